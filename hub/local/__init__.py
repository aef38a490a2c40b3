"""The development stack: Kafka and PostgreSQL started, stopped and wiped without Docker."""
