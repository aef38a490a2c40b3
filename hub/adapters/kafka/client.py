"""The one door to kafka-python: its names, its errors turned into ours, its limits."""

import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

from hub.errors import HubError, ReportFault, ServiceMissing, TransientFault

with warnings.catch_warnings():
    # kafka-python 3.0.12 reads its protocol files by a function that Python 3.11 deprecates.
    warnings.simplefilter("ignore", DeprecationWarning)
    from kafka import KafkaConsumer, KafkaProducer, TopicPartition
    from kafka.admin import ConfigFilterType, ConfigResource, ConfigResourceType, KafkaAdminClient
    from kafka.errors import (
        KafkaError,
        MessageSizeTooLargeError,
        RecordListTooLargeError,
        TopicAlreadyExistsError,
        UnknownTopicOrPartitionError,
    )
    from kafka.structs import OffsetAndMetadata

__all__ = [
    "ConfigFilterType",
    "ConfigResource",
    "ConfigResourceType",
    "KafkaAdminClient",
    "KafkaConsumer",
    "KafkaProducer",
    "OffsetAndMetadata",
    "TopicAlreadyExistsError",
    "TopicPartition",
    "milliseconds",
    "named_faults",
    "patiently",
]

CONNECT_SECONDS: Final = 10.0
DELIVER_SECONDS: Final = 10.0
FETCH_SECONDS: Final = 30.0
CLOSE_SECONDS: Final = 5.0
_RETRY_SECONDS: Final = 0.2

T = TypeVar("T")


@contextmanager
def named_faults(doing: str, servers: str) -> Iterator[None]:
    """Turn kafka-python's errors into ours: whose fault it is decides the type."""
    try:
        yield
    except KafkaError as error:
        raise _fault(error, doing, servers) from None


def _fault(error: BaseException, doing: str, servers: str) -> HubError:
    if isinstance(error, UnknownTopicOrPartitionError):
        return ServiceMissing(f"{doing}: Kafka has no such topic; `hub topics apply` creates it.")
    if isinstance(error, MessageSizeTooLargeError | RecordListTooLargeError):
        return ReportFault(f"{doing}: the message is larger than Kafka takes.", code="too_large")
    return TransientFault(f"{doing}: Kafka at {servers} does not answer ({type(error).__name__}).")


def patiently(ask: Callable[[], T]) -> T:
    """Answer what ``ask`` answers, asking again while a coordinator of Kafka is not ready yet.

    A broker answers so for a few seconds after its first start. Gives up after ten.
    """
    until = time.monotonic() + CONNECT_SECONDS
    while True:
        try:
            return ask()
        except KafkaError as error:
            if not error.retriable or time.monotonic() > until:
                raise
        time.sleep(_RETRY_SECONDS)


def milliseconds(seconds: float) -> int:
    """Answer whole milliseconds, as kafka-python takes them."""
    return int(seconds * 1000)
