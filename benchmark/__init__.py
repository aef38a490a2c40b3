"""Measures the hub on real Kafka and PostgreSQL, prints a table, keeps it, asserts nothing.

``python -m benchmark --help`` says how; ``benchmark/README.md`` says what each figure means.
"""
