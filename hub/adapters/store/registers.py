"""Registers: extracts that arrive in slices, and what they close by omission."""

from collections.abc import Sequence
from datetime import date, datetime

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.extracts import completes, note_slice, telling
from hub.adapters.store.rows import insert
from hub.errors import ConfigurationError
from hub.ports import ExtractSlice, WaitingExtract

CLOSING_FLOOR = 5
CLOSING_SHARE = 0.02
"""A full extract that would close more open plans than max(5, 2 %) waits for a named person."""

IN_NEED = "child_in_need_period"

OPEN = (
    f"plan.kind <> '{IN_NEED}' AND plan.state <> 'withdrawn' AND plan.ended_on IS NULL"
    " AND (plan.omitted_as_at IS NULL OR plan.omitted_as_at <= plan.as_at)"
)
"""A plan that its register last told as open and that no later full extract has left out.

A child in need is not counted: they are so many more that their number would lift the ceiling.
"""

_CLOSING = (
    f"plan.agency = %(agency)s AND plan.as_at < %(as_at)s AND {OPEN} AND NOT EXISTS ("
    " SELECT 1 FROM extract_entry AS entry WHERE entry.agency = %(agency)s"
    " AND entry.extract_id = %(extract_id)s AND entry.fact_key = plan.fact_key)"
)


def closing_ceiling(open_before: int) -> int:
    """The most open plans that a full extract closes without a named person."""
    return max(CLOSING_FLOOR, int(CLOSING_SHARE * open_before))


def lock_registers(cursor: Cursor[TupleRow], agencies: Sequence[str]) -> None:
    """Lock the registers of these councils, in order, making those that are not there."""
    ordered = sorted(set(agencies))
    insert(cursor, "register", {"agency": "text"}, [(agency,) for agency in ordered])
    cursor.execute(
        "SELECT 1 FROM register WHERE agency = ANY(%s) ORDER BY agency FOR UPDATE", (ordered,)
    )


def closings(cursor: Cursor[TupleRow], slices: Sequence[ExtractSlice]) -> tuple[bytes, ...]:
    """Records whose plans would be closed if these slices complete a full extract."""
    records: set[bytes] = set()
    for told in sorted({telling(one) for one in slices if one.full}):
        mine = [one for one in slices if telling(one) == told]
        listed = [key for s in mine for key in s.fact_keys]
        parameters = {
            "agency": mine[0].agency,
            "extract_id": mine[0].extract_id,
            "as_at": mine[0].as_at,
            "listed": listed,
        }
        if completes(cursor, mine):
            cursor.execute(
                f"SELECT plan.record_ref FROM plan WHERE {_CLOSING}"
                " AND plan.fact_key <> ALL(%(listed)s)",
                parameters,
            )
            records.update(ref for (ref,) in cursor)
    return tuple(sorted(records))


def take_extract_slices(
    cursor: Cursor[TupleRow], slices: Sequence[ExtractSlice], now: datetime
) -> tuple[bytes, ...]:
    """Note slices; apply an extract that is whole, or let it wait; answer records touched."""
    touched: list[bytes] = []
    for one in sorted(slices, key=lambda s: (s.agency, s.as_at, s.extract_id, s.slice)):
        if note_slice(cursor, one):
            touched += _settle_whole(cursor, one, now)
    return tuple(touched)


def _settle_whole(cursor: Cursor[TupleRow], one: ExtractSlice, now: datetime) -> list[bytes]:
    """Decide what becomes of an extract all of whose slices are in."""
    cursor.execute("SELECT baseline_as_at FROM register WHERE agency = %s", (one.agency,))
    row = cursor.fetchone()
    baseline = row[0] if row else None
    _advance(cursor, one.agency, one.as_at)
    if not one.full:
        _set_state(cursor, one.agency, one.extract_id, "applied")
        return []
    if baseline is not None and one.as_at <= baseline:
        _set_state(cursor, one.agency, one.extract_id, "superseded")
        _forget_entries(cursor, one.agency, one.extract_id)
        return []
    cursor.execute(
        "SELECT flawed FROM extract WHERE agency = %s AND extract_id = %s",
        (one.agency, one.extract_id),
    )
    row = cursor.fetchone()
    flawed = bool(row and row[0])
    would_close, open_before = _weigh(cursor, one.agency, one.extract_id, one.as_at)
    cursor.execute(
        "UPDATE extract SET would_close = %s, open_before = %s"
        " WHERE agency = %s AND extract_id = %s",
        (would_close, open_before, one.agency, one.extract_id),
    )
    _supersede_waiting(cursor, one.agency, one.as_at)
    most = 0 if flawed else closing_ceiling(open_before)
    if would_close > most:
        _set_state(cursor, one.agency, one.extract_id, "waiting")
        return []
    if flawed:  # it says nothing of what it does not list, so it is no baseline either
        _set_state(cursor, one.agency, one.extract_id, "applied")
        return []
    return _apply(cursor, one.agency, one.extract_id, now)


def _advance(cursor: Cursor[TupleRow], agency: str, as_at: datetime) -> None:
    cursor.execute(
        "UPDATE register SET as_of = greatest(as_of, %s) WHERE agency = %s", (as_at, agency)
    )


def _set_state(cursor: Cursor[TupleRow], agency: str, extract_id: str, state: str) -> None:
    cursor.execute(
        "UPDATE extract SET state = %s WHERE agency = %s AND extract_id = %s",
        (state, agency, extract_id),
    )


def _forget_entries(cursor: Cursor[TupleRow], agency: str, extract_id: str) -> None:
    cursor.execute(
        "DELETE FROM extract_entry WHERE agency = %s AND extract_id = %s", (agency, extract_id)
    )


def _supersede_waiting(cursor: Cursor[TupleRow], agency: str, as_at: datetime) -> None:
    """A newer full extract takes the place of one that still waits for a person."""
    cursor.execute(
        "UPDATE extract SET state = 'superseded' WHERE agency = %s AND state = 'waiting'"
        " AND as_at < %s",
        (agency, as_at),
    )


def _weigh(
    cursor: Cursor[TupleRow], agency: str, extract_id: str, as_at: datetime
) -> tuple[int, int]:
    """How many open plans the extract would close by omission, and how many are open."""
    cursor.execute(
        f"SELECT count(*) FILTER (WHERE {_CLOSING}), count(*) FROM plan"
        f" WHERE plan.agency = %(agency)s AND {OPEN}",
        {"agency": agency, "extract_id": extract_id, "as_at": as_at},
    )
    row = cursor.fetchone()
    return (row[0], row[1]) if row else (0, 0)


def _apply(cursor: Cursor[TupleRow], agency: str, extract_id: str, now: datetime) -> list[bytes]:
    """Close what the extract no longer lists and make it the register's baseline.

    Losses before it no longer matter only if nothing newer had been begun: an older full extract
    that arrives late cannot make up for what was lost since it was read.
    """
    cursor.execute(
        "UPDATE extract SET state = 'applied', decided_at = coalesce(decided_at, %s)"
        " WHERE agency = %s AND extract_id = %s"
        " RETURNING as_at, publisher, connector, epoch, sequence, first_received_at",
        (now, agency, extract_id),
    )
    row = cursor.fetchone()
    if row is None:
        return []
    as_at = row[0]
    cursor.execute(
        f"UPDATE plan SET omitted_as_at = %(as_at)s WHERE {_CLOSING} RETURNING record_ref",
        {"agency": agency, "extract_id": extract_id, "as_at": as_at},
    )
    touched = [ref for (ref,) in cursor]
    _end_in_need(cursor, agency, extract_id, as_at)
    cursor.execute(
        "UPDATE register SET baseline_extract = %s, baseline_as_at = %s WHERE agency = %s",
        (extract_id, as_at, agency),
    )
    cursor.execute(
        "UPDATE register SET baseline_publisher = %s, baseline_connector = %s,"
        " baseline_epoch = %s, baseline_sequence = %s, baseline_received_at = %s"
        " WHERE agency = %s AND %s >= ALL ("
        "  SELECT greatest(as_at, contradicted_as_at) FROM extract WHERE agency = %s)",
        (*row[1:], agency, as_at, agency),
    )
    cursor.execute(
        "DELETE FROM extract_entry USING extract WHERE extract.agency = extract_entry.agency"
        " AND extract.extract_id = extract_entry.extract_id AND extract.agency = %s"
        " AND extract.as_at < %s",
        (agency, as_at),
    )
    return touched


def _end_in_need(cursor: Cursor[TupleRow], agency: str, extract_id: str, as_at: datetime) -> None:
    """Leave out the children in need whom the extract no longer lists.

    One that lists no child in need says nothing of them: not every shape of an extract tells of
    them. It changes no answer on plans, so nobody is looked at again for it.
    """
    listed = (
        "SELECT 1 FROM extract_entry AS entry WHERE entry.agency = plan.agency"
        " AND entry.extract_id = %(extract_id)s AND entry.fact_key = plan.fact_key"
    )
    cursor.execute(
        f"UPDATE plan SET omitted_as_at = %(as_at)s WHERE plan.agency = %(agency)s"
        f" AND plan.kind = '{IN_NEED}' AND plan.as_at < %(as_at)s AND plan.ended_on IS NULL"
        f" AND NOT EXISTS ({listed}) AND EXISTS (SELECT 1 FROM extract_entry AS one"
        "  JOIN plan AS told ON told.fact_key = one.fact_key WHERE one.agency = %(agency)s"
        f"  AND one.extract_id = %(extract_id)s AND told.kind = '{IN_NEED}')",
        {"agency": agency, "extract_id": extract_id, "as_at": as_at},
    )


def decide_extract(  # noqa: PLR0913  # a decision names who, what, why and when
    cursor: Cursor[TupleRow],
    agency: str,
    extract_id: str,
    *,
    approve: bool,
    by: str,
    reason: str,
    now: datetime,
) -> tuple[bytes, ...]:
    """Apply or refuse an extract that waits; answer the records touched.

    Raises:
        ConfigurationError: there is no such extract, or it does not wait.
    """
    cursor.execute(
        "UPDATE extract SET decided_by = %s, decided_at = %s, decision_reason = %s,"
        " state = 'refused' WHERE agency = %s AND extract_id = %s AND state = 'waiting'"
        " RETURNING 1",
        (by, now, reason, agency, extract_id),
    )
    if cursor.fetchone() is None:
        raise ConfigurationError(
            f"no extract {extract_id} of {agency} waits for a decision:"
            " see 'hub register list' for those that do."
        )
    return tuple(_apply(cursor, agency, extract_id, now)) if approve else ()


def waiting_extracts(cursor: Cursor[TupleRow]) -> tuple[WaitingExtract, ...]:
    """The extracts that wait for a decision, the oldest first."""
    cursor.execute(
        "SELECT agency, extract_id, as_at, would_close, open_before, flawed FROM extract"
        " WHERE state = 'waiting' ORDER BY as_at, agency, extract_id"
    )
    return tuple(
        WaitingExtract(
            agency=agency,
            extract_id=extract_id,
            as_at=as_at,
            would_close=would_close,
            open_before=open_before,
            flawed=flawed,
        )
        for agency, extract_id, as_at, would_close, open_before, flawed in cursor
    )


def closing_plans(
    cursor: Cursor[TupleRow], agency: str, extract_id: str, as_at: datetime
) -> tuple[tuple[str, date | None], ...]:
    """Kind and first day of the plans that an extract that waits would close, the latest first."""
    cursor.execute(
        f"SELECT plan.kind, plan.started_on FROM plan WHERE {_CLOSING}"
        " ORDER BY plan.started_on DESC NULLS LAST, plan.kind",
        {"agency": agency, "extract_id": extract_id, "as_at": as_at},
    )
    return tuple((kind, started_on) for kind, started_on in cursor)


def waiting_closings(cursor: Cursor[TupleRow], agency: str, extract_id: str) -> tuple[bytes, ...]:
    """Records whose plans an extract that waits would close."""
    cursor.execute(
        "SELECT as_at FROM extract WHERE agency = %s AND extract_id = %s", (agency, extract_id)
    )
    row = cursor.fetchone()
    if row is None:
        return ()
    cursor.execute(
        f"SELECT plan.record_ref FROM plan WHERE {_CLOSING}",
        {"agency": agency, "extract_id": extract_id, "as_at": row[0]},
    )
    return tuple(ref for (ref,) in cursor)
