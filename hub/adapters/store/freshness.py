"""How fresh each feed is, and which sequence numbers of each spool have come."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.rows import insert
from hub.core.intake_order import SEQUENCE_MAX
from hub.ports import ReportRow

_Spool = tuple[str, str, int, str]
"""Publisher, connector, epoch and feed: a number sent on one feed fills no gap on another."""


def touch_feeds(
    cursor: Cursor[TupleRow],
    rows: Sequence[ReportRow],
    first_occurred: Mapping[tuple[str, str], datetime],
) -> None:
    """Note how fresh each feed is and which sequence numbers of each spool have come."""
    feeds: dict[tuple[str, str], tuple[datetime, datetime]] = {}
    spools: dict[_Spool, tuple[set[str], set[int]]] = {}
    for row in rows:
        key = (row.agency or "", row.feed or "")
        source = min(row.source_as_of or row.received_at, row.received_at)
        received, as_of = feeds.get(key, (row.received_at, source))
        feeds[key] = (max(received, row.received_at), max(as_of, source))
        spool = (row.publisher or "", row.connector or "", row.epoch or 0, row.feed or "")
        agencies, numbers = spools.setdefault(spool, (set(), set()))
        agencies.add(row.agency or "")
        numbers.add(row.sequence or 0)
    columns = {
        "agency": "text",
        "feed": "text",
        "last_received_at": "timestamptz",
        "source_as_of": "timestamptz",
        "first_occurred_at": "timestamptz",
    }
    then = (
        "ON CONFLICT (agency, feed) DO UPDATE SET"
        " last_received_at = greatest(feed.last_received_at, excluded.last_received_at),"
        " source_as_of = greatest(feed.source_as_of, excluded.source_as_of),"
        " first_occurred_at = least(feed.first_occurred_at, excluded.first_occurred_at)"
    )
    values = [(*key, *times, first_occurred.get(key)) for key, times in sorted(feeds.items())]
    insert(cursor, "feed", columns, values, then=then)
    _touch_spools(cursor, spools)


def _touch_spools(
    cursor: Cursor[TupleRow], spools: Mapping[_Spool, tuple[set[str], set[int]]]
) -> None:
    """Note the numbers that have come; one out of range is parked for it and is no number."""
    columns = {
        "publisher": "text",
        "connector": "text",
        "epoch": "bigint",
        "feed": "text",
        "agencies": "text[]",
        "received": "int8multirange",
    }
    values = [
        (*key, sorted(agencies), multirange({n for n in numbers if 1 <= n <= SEQUENCE_MAX}))
        for key, (agencies, numbers) in sorted(spools.items())
    ]
    then = (
        "ON CONFLICT (publisher, connector, epoch, feed) DO UPDATE SET"
        " received = spool.received + excluded.received,"
        " agencies = ARRAY(SELECT DISTINCT unnest(spool.agencies || excluded.agencies) ORDER BY 1)"
    )
    insert(cursor, "spool", columns, values, then=then)


def multirange(numbers: set[int]) -> str:
    """The numbers as a PostgreSQL multirange; it merges neighbours itself."""
    return "{" + ",".join(f"[{number},{number + 1})" for number in sorted(numbers)) + "}"
