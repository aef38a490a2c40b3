"""What is missing from feeds and stands against answers, until a named person settles it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.operator_faults import (
    ALERT_UNANSWERED,
    DECISION_UNSIGNED,
    KEY_WIDE,
    NUMBERS_AT_ODDS,
    OVER_QUOTA,
    REMOVED,
    TIMER_PARKED,
    UNDELIVERED,
    feed_of,
)
from hub.ports import Unsettled
from hub.ports.operator_flags import (
    POLICY_REFUSED,
    POLICY_WAITS,
    RULE_ABOVE_CEILING,
    RULE_BELOW_FLOOR,
    RULE_REVIEW_OVERDUE,
)

UNSETTLED_MAX: Final = 1000
"""How many of each kind are listed; the next look sees the rest."""

_GAPS = """
SELECT s.feed, s.publisher, s.connector, s.epoch, lower(hole), upper(hole) - 1, s.agencies
FROM spool AS s, unnest(int8multirange(int8range(1, upper(s.received)))
  - s.received - s.settled) AS hole
WHERE NOT isempty(s.received) AND (s.feed <> 'social_care' OR EXISTS (
  SELECT 1 FROM unnest(s.agencies) AS one(agency) LEFT JOIN register AS r USING (agency)
  WHERE (s.publisher = r.baseline_publisher AND s.connector = r.baseline_connector
    AND (s.epoch < r.baseline_epoch
      OR (s.epoch = r.baseline_epoch AND upper(hole) <= r.baseline_sequence))) IS NOT TRUE))
ORDER BY s.feed, s.publisher, s.connector, s.epoch, hole LIMIT %s
"""
"""A gap that a later whole extract has made up for stands against nothing."""

_PARKED = """
SELECT topic, partition, kafka_offset, feed, agency, sentence, received_at FROM report
WHERE state = 'parked' AND publisher IS NOT NULL AND settled_at IS NULL
ORDER BY received_at, topic, partition, kafka_offset LIMIT %s
"""

_STRANGERS = """
SELECT topic, partition, count(*), min(received_at), max(kafka_offset) FROM report
WHERE state = 'parked' AND publisher IS NULL AND settled_at IS NULL
GROUP BY topic, partition ORDER BY topic, partition
"""

_FAULTS = """
SELECT code, feed, subject, count, first_at, (SELECT array_agg(agency ORDER BY agency) FROM feed
  WHERE feed.feed = operator_fault.feed AND code = %s) FROM operator_fault
WHERE settled_at IS NULL ORDER BY first_at, code, feed, subject LIMIT %s
"""

_ANSWERS_FOR_IT: Final = (
    ": whoever answers for it ('hub rules list') is to look at it; it is settled by itself when"
    " that holds no longer."
)

FAULT_SENTENCES: Final = {
    REMOVED: "Kafka removed {count} positions before the hub had read them: {subject}.",
    OVER_QUOTA: "The bytes of {count} reports of unknown senders were not kept: {subject}.",
    KEY_WIDE: (
        "Behind an identity key stand as many children as are looked at, or more; kind of key:"
        " {subject}; seen {times}."
    ),
    DECISION_UNSIGNED: (
        "A decision about whose records are one child's does not bear the hub's signature, so it"
        " is not followed ({subject}; seen {times}): see whether the keys are all there, and"
        " who can write to the database."
    ),
    NUMBERS_AT_ODDS: (
        "One NHS number is said to be replaced by two others, or in the end by itself, so neither"
        " is followed ({subject}; seen {times}): ask who follows the signals of the"
        " demographics service which of them is right, and to take back the other."
    ),
    UNDELIVERED: (
        "{subject} could not be told that something waits for it (tried {times}): look at its"
        " address, and at its webhook's secret or the mail server."
    ),
    ALERT_UNANSWERED: (
        "Nobody acknowledged in time what {subject} should act on ({times}), and no contact of its"
        " policy is left: ring its front door, or its out-of-hours team, now."
    ),
    TIMER_PARKED: (
        "The hub failed {times} on what was due ({subject}): it is kept, and tried again when"
        " the timekeeper starts, or by 'hub timers retry'."
    ),
    RULE_REVIEW_OVERDUE: "A rule is past its review ({subject})" + _ANSWERS_FOR_IT,
    RULE_BELOW_FLOOR: (
        "A rule's alerts lead to action less often than its floor ({subject})" + _ANSWERS_FOR_IT
    ),
    RULE_ABOVE_CEILING: "A rule tells more alerts than its ceiling ({subject})" + _ANSWERS_FOR_IT,
    POLICY_REFUSED: (
        "The policy files were changed and are not taken; what held before holds on. {subject}"
    ),
    POLICY_WAITS: (
        "The table [{subject}] of hub.toml was changed: it holds from the next start of each"
        " process, so start them anew."
    ),
}


def unsettled(cursor: Cursor[TupleRow]) -> tuple[Unsettled, ...]:
    """Everything that stands: gaps, parked reports of known senders, faults of the hub's own."""
    return (*_gaps(cursor), *_parked(cursor), *_strangers(cursor), *faults(cursor))


def _gaps(cursor: Cursor[TupleRow]) -> Iterator[Unsettled]:
    cursor.execute(_GAPS, (UNSETTLED_MAX,))
    for feed, publisher, connector, epoch, first, last, agencies in cursor:
        many = f"Reports {first} to {last}" if last > first else f"Report {first}"
        yield Unsettled(
            reference=f"gap:{feed}:{publisher}/{connector}:{epoch}:{first}-{last}",
            kind="gap",
            place=(publisher, connector, epoch, feed, first, last),
            feed=feed,
            agencies=tuple(agencies),
            sentence=f"{many} of {publisher}/{connector} (epoch {epoch}) have not come.",
        )


def _parked(cursor: Cursor[TupleRow]) -> Iterator[Unsettled]:
    cursor.execute(_PARKED, (UNSETTLED_MAX,))
    for topic, partition, offset, feed, agency, sentence, received_at in cursor:
        yield Unsettled(
            reference=f"parked:{topic}:{partition}:{offset}",
            kind="parked",
            place=(topic, partition, offset),
            feed=feed or feed_of(topic),
            agencies=(agency,) if agency else (),
            sentence=f"A report is parked: {sentence}",
            since=received_at,
        )


def _strangers(cursor: Cursor[TupleRow]) -> Iterator[Unsettled]:
    """All that is parked of unknown senders in one partition: no answer rests on it."""
    cursor.execute(_STRANGERS)
    for topic, partition, count, since, last in cursor:
        yield Unsettled(
            reference=f"unknown:{topic}:{partition}:{last}",
            kind="unknown",
            place=(topic, partition, last),
            feed=feed_of(topic),
            agencies=(),
            sentence=f"{count} reports of unknown senders are parked, up to offset {last}.",
            since=since,
        )


def faults(cursor: Cursor[TupleRow]) -> tuple[Unsettled, ...]:
    """The faults of no one agency that stand."""
    cursor.execute(_FAULTS, (REMOVED, UNSETTLED_MAX))
    return tuple(
        Unsettled(
            reference=f"fault:{code}:{feed}:{subject}",
            kind="fault",
            place=(code, feed, subject),
            feed=feed,
            agencies=tuple(agencies or ()),
            sentence=FAULT_SENTENCES[code].format(
                count=count, times=_times(count), subject=subject
            ),
            since=first_at,
        )
        for code, feed, subject, count, first_at, agencies in cursor
    )


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


_SETTLE: Final = {
    "gap": (
        "UPDATE spool SET settled = settled + int8multirange(int8range(%s, %s, '[]'))"
        " WHERE publisher = %s AND connector = %s AND epoch = %s AND feed = %s"
    ),
    "parked": (
        "UPDATE report SET settled_at = %s WHERE topic = %s AND partition = %s"
        " AND kafka_offset = %s AND state = 'parked'"
    ),
    "unknown": (
        "UPDATE report SET settled_at = %s WHERE topic = %s AND partition = %s"
        " AND kafka_offset <= %s AND state = 'parked' AND publisher IS NULL"
        " AND settled_at IS NULL"
    ),
    "fault": (
        "UPDATE operator_fault SET settled_at = %s WHERE code = %s AND feed = %s AND subject = %s"
    ),
}


def settle(cursor: Cursor[TupleRow], one: Unsettled, at: datetime) -> None:
    """Let it stand against nothing from now on."""
    first = one.place[4:] if one.kind == "gap" else (at,)
    place = one.place[:4] if one.kind == "gap" else one.place
    cursor.execute(_SETTLE[one.kind], (*first, *place))


def note_settlement(  # noqa: PLR0913  # a settlement names who, what, why, when, and its effect
    cursor: Cursor[TupleRow],
    settlement_id: UUID,
    one: Unsettled,
    *,
    by: str,
    reason: str,
    answerable: tuple[str, ...],
    at: datetime,
) -> None:
    """Keep who settled it and why, and what could be answered then."""
    cursor.execute(
        "INSERT INTO settlement (settlement_id, at, reference, settled_by, reason, answerable)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (settlement_id, at, one.reference, by, reason, list(answerable)),
    )
