"""What the hub's matching of records is trained and measured on. No part of what is installed."""
