"""How much of unknown senders has been kept whole; see ``hub/service/quota.py``."""

from datetime import UTC, date, datetime, time, timedelta

from psycopg import Cursor
from psycopg.rows import TupleRow


def unverified_kept(
    cursor: Cursor[TupleRow], topic: str, partition: int, day: date
) -> tuple[int, int]:
    """How much of unknown senders one partition has kept whole on a day: reports, bytes.

    One transaction at a time counts and adds on a partition, so that two never share what is left.
    """
    cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s), %s)", (topic, partition))
    cursor.execute(
        "SELECT count(*), coalesce(sum(octet_length(parked_value)), 0) FROM report"
        " WHERE topic = %s AND partition = %s AND state = 'parked' AND publisher IS NULL"
        " AND left_bytes IS NULL AND received_at >= %s AND received_at < %s",
        (topic, partition, *_day(day)),
    )
    row = cursor.fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def _day(day: date) -> tuple[datetime, datetime]:
    begins = datetime.combine(day, time.min, UTC)
    return begins, begins + timedelta(days=1)
