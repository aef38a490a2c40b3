"""Splink and the hub's matching on the same files: ``python -m benchmark.splink_beside --help``."""
