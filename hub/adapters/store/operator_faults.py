"""Faults of no one agency, for the operator: told until a person settles them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.rows import insert
from hub.ports import OperatorFaultRow, ReportRow
from hub.ports.escalating import ALERT_UNANSWERED_FAULT
from hub.topics import FEED_OF_TOPIC

REMOVED: Final = "offsets_removed"
"""Kafka's retention removed reports before they had their row; subject: topic:partition:from-to."""

OVER_QUOTA: Final = "unverified_over_quota"
"""Bytes of unknown senders were not kept; subject: topic:partition."""

KEY_WIDE: Final = "identity_key_wide"
"""As many children stand behind an identity key as are looked at; subject: the kind of key."""

UNDELIVERED: Final = "push_undelivered"
"""An agency's system could not be told that something waits for it; subject: the agency."""

TIMER_PARKED: Final = "timer_parked"
"""The hub failed on a timer; subject: its kind, and kind and place of the error."""

DECISION_UNSIGNED: Final = "decision_unsigned"
"""The signature of a decision about identity does not verify; subject: the decision's id."""

NUMBERS_AT_ODDS: Final = "numbers_at_odds"
"""One NHS number was replaced by two others, or by itself; subject: the change's fact key."""


ALERT_UNANSWERED: Final = ALERT_UNANSWERED_FAULT
"""Nobody acknowledged an alert, and no contact is left; subject: whose it is."""


def count_operator_faults(
    cursor: Cursor[TupleRow], rows: Sequence[OperatorFaultRow], at: datetime
) -> None:
    """Count faults; rows of the same fault are added up, and one that was settled stands again."""
    totals: dict[tuple[str, str, str], int] = {}
    for row in rows:
        key = (row.code, row.feed, row.subject)
        totals[key] = totals.get(key, 0) + row.count
    columns = {
        "code": "text",
        "feed": "text",
        "subject": "text",
        "first_at": "timestamptz",
        "last_at": "timestamptz",
        "count": "bigint",
    }
    then = (
        "ON CONFLICT (code, feed, subject) DO UPDATE SET settled_at = NULL,"
        " last_at = greatest(operator_fault.last_at, excluded.last_at),"
        " count = operator_fault.count + excluded.count"
    )
    values = [(*key, at, at, count) for key, count in sorted(totals.items())]
    insert(cursor, "operator_fault", columns, values, then=then)


def tell_over_quota(cursor: Cursor[TupleRow], rows: Sequence[ReportRow], at: datetime) -> None:
    """Tell the operator where bytes of unknown senders were not kept."""
    places = [row.position for row in rows if row.left_bytes is not None]
    faults = [
        OperatorFaultRow(
            code=OVER_QUOTA, feed=feed_of(one.topic), subject=f"{one.topic}:{one.partition}"
        )
        for one in places
    ]
    count_operator_faults(cursor, faults, at)


def feed_of(topic: str) -> str:
    """The feed of a topic; empty for a topic that is none of ours."""
    feed = FEED_OF_TOPIC.get(topic)
    return feed.value if feed else ""


def tell_wide_keys(cursor: Cursor[TupleRow], kinds: Sequence[str]) -> None:
    """Tell the operator which kinds of identity keys have more behind them than is looked at."""
    for kind in sorted(set(kinds)):
        cursor.execute(
            "INSERT INTO operator_fault AS held (code, subject, first_at, last_at, count)"
            " VALUES (%s, %s, now(), now(), %s) ON CONFLICT (code, feed, subject) DO UPDATE SET"
            " settled_at = NULL, last_at = now(), count = held.count + excluded.count",
            (KEY_WIDE, kind, kinds.count(kind)),
        )
