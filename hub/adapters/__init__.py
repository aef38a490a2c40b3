"""What touches the outside: Kafka, PostgreSQL, keys, policy files, places."""
