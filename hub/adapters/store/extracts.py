"""Extracts on their way: slices that come one by one, flawed or not, until the last is in."""

from collections.abc import Sequence
from datetime import datetime

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.reports import count_faults
from hub.adapters.store.rows import insert
from hub.core.report import Feed
from hub.ports import ExtractSlice, FaultRow


def telling(one: ExtractSlice) -> tuple[str, str, datetime, bool, int]:
    """What all slices of one extract have in common."""
    return (one.agency, one.extract_id, one.as_at, one.full, one.slices)


def completes(cursor: Cursor[TupleRow], slices: Sequence[ExtractSlice]) -> bool:
    """Whether these slices of one telling complete their extract with those that are held."""
    first = slices[0]
    cursor.execute(
        "SELECT received FROM extract WHERE agency = %s AND extract_id = %s AND as_at = %s"
        " AND complete_list = %s AND slices = %s",
        telling(first),
    )
    row = cursor.fetchone()
    have = {n for part in row[0] for n in range(part.lower, part.upper)} if row else set()
    return len(have | {s.slice for s in slices}) >= first.slices


def note_slice(cursor: Cursor[TupleRow], one: ExtractSlice) -> bool:
    """Note one slice; answer whether its extract has become whole with it."""
    if _contradicts(cursor, one):
        return False
    cursor.execute(
        "INSERT INTO extract AS held (agency, extract_id, as_at, complete_list, slices, received,"
        " state, flawed, publisher, connector, epoch, sequence, first_received_at)"
        " VALUES (%s, %s, %s, %s, %s, int4multirange(int4range(%s, %s)), 'collecting',"
        " %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (agency, extract_id) DO UPDATE SET"
        " received = held.received + excluded.received,"
        " flawed = held.flawed OR excluded.flawed,"
        " sequence = least(held.sequence, excluded.sequence),"
        " first_received_at = least(held.first_received_at, excluded.first_received_at)"
        " WHERE held.state = 'collecting'"
        " RETURNING received @> int4range(0, held.slices)",
        (
            *(*telling(one), one.slice, one.slice + 1, one.flawed),
            *(one.publisher, one.connector, one.epoch, one.sequence, one.received_at),
        ),
    )
    row = cursor.fetchone()
    if row is None:
        return False
    if one.full:
        entries = [(one.agency, one.extract_id, key) for key in sorted(set(one.fact_keys))]
        columns = {"agency": "text", "extract_id": "text", "fact_key": "bytea"}
        insert(cursor, "extract_entry", columns, entries)
    return bool(row[0])


def _contradicts(cursor: Cursor[TupleRow], one: ExtractSlice) -> bool:
    """Whether the slice bears the id of another extract; then neither counts, and it is told.

    One that was not applied yet is refused. The register reads incomplete until a full extract
    that is newer than both.
    """
    cursor.execute(
        "UPDATE extract SET contradicted_as_at = greatest(as_at, contradicted_as_at, %s),"
        " state = CASE WHEN state IN ('collecting', 'waiting') THEN 'refused' ELSE state END"
        " WHERE agency = %s AND extract_id = %s"
        " AND (as_at <> %s OR complete_list <> %s OR slices <> %s) RETURNING 1",
        (one.as_at, *telling(one)),
    )
    if cursor.fetchone() is None:
        return False
    fault = FaultRow(
        agency=one.agency,
        feed=Feed.SOCIAL_CARE.value,
        code="extract_contradicts_itself",
        subject=one.extract_id,
    )
    count_faults(cursor, [fault], one.received_at)
    return True
