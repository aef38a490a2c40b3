"""What a named person of a council is shown of its extracts: those that wait, and decisions."""

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.registers import closing_ceiling, closing_plans
from hub.ports import ExtractTold

DECIDED_SHOWN = 10

_COLUMNS = (
    "extract_id, state, as_at, first_received_at, publisher, connector, would_close, open_before,"
    " flawed, decided_by, decided_at, decision_reason"
)


def extracts_told(cursor: Cursor[TupleRow], agency: str) -> tuple[ExtractTold, ...]:
    """The extracts of one council that wait, the oldest first, then those decided on lately."""
    cursor.execute(
        f"SELECT {_COLUMNS} FROM extract WHERE agency = %s AND state = 'waiting' ORDER BY as_at",
        (agency,),
    )
    rows = cursor.fetchall()
    cursor.execute(
        f"SELECT {_COLUMNS} FROM extract WHERE agency = %s AND decided_by IS NOT NULL"
        " ORDER BY decided_at DESC LIMIT %s",
        (agency, DECIDED_SHOWN),
    )
    return tuple(_told(cursor, agency, row) for row in (*rows, *cursor.fetchall()))


def _told(cursor: Cursor[TupleRow], agency: str, row: TupleRow) -> ExtractTold:
    extract_id, state = row[0], row[1]
    return ExtractTold(
        extract_id=extract_id,
        state=state,
        as_at=row[2],
        received_at=row[3],
        publisher=row[4],
        connector=row[5],
        would_close=row[6],
        open_before=row[7],
        ceiling=closing_ceiling(row[7]),
        flawed=row[8],
        closing=closing_plans(cursor, agency, extract_id, row[2]) if state == "waiting" else (),
        decided_by=row[9],
        decided_at=row[10],
        decision_reason=row[11],
    )
