"""Sends reports to Kafka, as fast as they are taken or each at its time, and sees them decided."""

import time
from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from multiprocessing.connection import Connection

import psycopg

from benchmark.agency import Agency, Message
from benchmark.partner import READY
from benchmark.stage import Stage, wait_until
from hub.adapters.kafka import ReportProducer, Sending

DECIDED_SECONDS_MAX = 240.0
SENT_SECONDS_MAX = 30.0
UNDER_WAY_MAX = 256

_DECIDED = (
    "SELECT coalesce(sum(upper(part) - lower(part)), 0) FROM spool, unnest(received) AS part"
    " WHERE publisher = %s AND connector = %s AND epoch = %s"
)
"""Noted in the same transaction as the reports' rows, and one row to read however many they are."""


class Decided:
    """Counts how many reports of some agencies are decided, over one connection."""

    def __init__(self, stage: Stage, agencies: Sequence[Agency]) -> None:
        self._connection = psycopg.connect(stage.database_url, autocommit=True)
        self._agencies = agencies

    def count(self) -> int:
        """Answer how many reports have their rows."""
        found = 0
        for one in self._agencies:
            row = self._connection.execute(_DECIDED, (one.publisher, one.connector, one.epoch))
            found += int((row.fetchone() or (0,))[0])
        return found

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


def send_all(stage: Stage, messages: Iterable[Message]) -> int:
    """Hand these messages to Kafka and answer how many, once it has them all."""
    sent = 0
    under_way: deque[Sending] = deque()
    with ReportProducer(stage.settings.kafka) as producer:
        for message in messages:
            under_way.append(send(producer, message))
            sent += 1
            if len(under_way) > UNDER_WAY_MAX:
                under_way.popleft().wait(SENT_SECONDS_MAX)
        for sending in under_way:
            sending.wait(SENT_SECONDS_MAX)
    return sent


def send_and_wait(
    stage: Stage,
    agencies: Sequence[Agency],
    messages: Sequence[Message],
    *,
    seconds_max: float = DECIDED_SECONDS_MAX,
) -> float:
    """Send these and wait until each has its row; answer the seconds from the first send.

    Raises:
        ServiceMissing: the workers ended, or did not get there in time.
    """
    with closing(Decided(stage, agencies)) as decided:
        wanted = decided.count() + len(messages)
        began = time.monotonic()
        send_all(stage, messages)
        wait_until(
            lambda: decided.count() >= wanted,
            seconds_max,
            f"not all of {len(messages)} reports are decided",
            meanwhile=stage.processes.require_running,
        )
        return time.monotonic() - began


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """Messages, and how many of them are sent a second, evenly."""

    kafka: str
    messages: Sequence[Message]
    a_second: float


def send_in_time(timetable: Timetable, conversation: Connection) -> None:
    """Send each message at its time, whether or not the last was taken: a partner's body.

    It hears the instant of ``time.monotonic`` of the first message and says by how many seconds
    each was handed over after its time.
    """
    with ReportProducer(timetable.kafka) as producer:
        conversation.send(READY)
        began: float = conversation.recv()
        late, under_way = [], []
        for place, message in enumerate(timetable.messages):
            intended = began + place / timetable.a_second
            pause = intended - time.monotonic()
            if pause > 0:
                time.sleep(pause)
            under_way.append(send(producer, message))
            late.append(time.monotonic() - intended)
        for sending in under_way:
            sending.wait(SENT_SECONDS_MAX)
    conversation.send(late)


def send(producer: ReportProducer, message: Message) -> Sending:
    """Hand one message to Kafka's client."""
    return producer.send(
        message.topic, key=message.key, value=message.value, headers=message.headers
    )
