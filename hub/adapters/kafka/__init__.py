"""Kafka: sending reports, looking after topics, and reading positions.

Everything here blocks, within stated limits, while the broker is away: call it off an event loop.
Only ``client.py`` imports kafka-python.
"""

from hub.adapters.kafka.administration import create_topic, find_topics, set_topic
from hub.adapters.kafka.positions import PositionReader
from hub.adapters.kafka.producer import ReportProducer, Sending

__all__ = [
    "PositionReader",
    "ReportProducer",
    "Sending",
    "create_topic",
    "find_topics",
    "set_topic",
]
