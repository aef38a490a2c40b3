"""PostgreSQL: every statement of the hub."""
