"""Every Kafka topic of the hub, declared: what it is for, how long it keeps, how it is laid out."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from hub.core.report import Feed

PARTITIONS: Final = 4
RETENTION_DAYS: Final = 35
MESSAGE_BYTES_MAX: Final = 1024 * 1024
"""Above the largest report (768 KiB padded, its seal, header and frame)."""

_DAY_MILLISECONDS: Final = 24 * 60 * 60 * 1000
_COPIES_FOR_A_QUORUM: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One topic as it is to be; ``copies`` is on how many brokers each message is kept."""

    name: str
    feed: Feed
    partitions: int = PARTITIONS
    copies: int = 1

    @property
    def settings(self) -> Mapping[str, str]:
        """The topic's settings that are not left to the broker's defaults."""
        enough = "2" if self.copies >= _COPIES_FOR_A_QUORUM else "1"
        return {
            "cleanup.policy": "delete",
            "max.message.bytes": str(MESSAGE_BYTES_MAX),
            "message.timestamp.type": "LogAppendTime",
            "min.insync.replicas": enough,
            "retention.ms": str(RETENTION_DAYS * _DAY_MILLISECONDS),
            "unclean.leader.election.enable": "false",
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTopic:
    """One topic as Kafka has it."""

    name: str
    partitions: int
    copies: int
    settings: Mapping[str, str]


def report_topic(feed: Feed) -> str:
    """Answer the topic that the reports of a feed come on."""
    return f"safeguarding.reports.{feed.value}.v1"


FEED_OF_TOPIC: Final[Mapping[str, Feed]] = MappingProxyType(
    {report_topic(feed): feed for feed in Feed}
)


def declared_topics(copies: int = 1) -> tuple[Topic, ...]:
    """Answer every topic, each message kept on ``copies`` brokers."""
    return tuple(Topic(name=report_topic(feed), feed=feed, copies=copies) for feed in Feed)


def differences(declared: Topic, found: FoundTopic | None) -> tuple[str, ...]:
    """Answer in words how a topic differs from its declaration; nothing if it does not."""
    if found is None:
        return (f"{declared.name} is not there.",)
    words = []
    if found.partitions != declared.partitions:
        words.append(
            f"{declared.name} has {found.partitions} partitions; {declared.partitions} were "
            "expected. Their number decides where a publisher's reports go, so it is not changed "
            "under way."
        )
    if found.copies != declared.copies:
        words.append(
            f"{declared.name} is kept on {found.copies} brokers; {declared.copies} were expected."
        )
    words += [
        f"{declared.name} has {name} = {found.settings.get(name, 'nothing')}; {value} was expected."
        for name, value in declared.settings.items()
        if found.settings.get(name) != value
    ]
    return tuple(words)
