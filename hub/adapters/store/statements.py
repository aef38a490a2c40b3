"""Daily statements of what a register holds open, and how the hub's register compares with them."""

from collections.abc import Sequence

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.registers import OPEN
from hub.adapters.store.rows import insert
from hub.ports import StatementSlice


def take_statement_slices(cursor: Cursor[TupleRow], slices: Sequence[StatementSlice]) -> None:
    """Note slices of statements; a whole one that is the newest becomes the one compared with."""
    for one in sorted(slices, key=lambda s: (s.agency, s.as_at, s.slice)):
        cursor.execute(
            "INSERT INTO statement AS held (agency, statement_id, as_at, slices, received)"
            " VALUES (%s, %s, %s, %s, int4multirange(int4range(%s, %s)))"
            " ON CONFLICT (agency, statement_id) DO UPDATE SET"
            " received = held.received + excluded.received"
            " RETURNING received @> int4range(0, held.slices)",
            (*(one.agency, one.statement_id, one.as_at, one.slices), one.slice, one.slice + 1),
        )
        row = cursor.fetchone()
        columns = {"agency": "text", "statement_id": "text", "fact_key": "bytea"}
        entries = [(one.agency, one.statement_id, key) for key in sorted(set(one.fact_keys))]
        insert(cursor, "statement_entry", columns, entries)
        if row and row[0]:
            cursor.execute(
                "UPDATE register SET statement_id = %s, statement_as_at = %s,"
                " as_of = greatest(as_of, %s) WHERE agency = %s"
                " AND (statement_as_at IS NULL OR statement_as_at <= %s)",
                (one.statement_id, one.as_at, one.as_at, one.agency, one.as_at),
            )
    compare_statements(cursor, sorted({one.agency for one in slices}))


def compare_statements(cursor: Cursor[TupleRow], agencies: Sequence[str]) -> None:
    """Compare each register with the council's newest statement, facts newer than it aside."""
    cursor.execute(
        "UPDATE register SET statement_missing = found.missing,"
        " statement_surplus = found.surplus,"
        " statement_agrees = (found.missing = 0 AND found.surplus = 0)"
        " FROM (SELECT r.agency,"
        "  (SELECT count(*) FROM statement_entry AS entry LEFT JOIN plan USING (fact_key)"
        "   WHERE entry.agency = r.agency AND entry.statement_id = r.statement_id"
        "   AND (plan.fact_key IS NULL OR (plan.as_at <= r.statement_as_at"
        f"        AND NOT ({OPEN} OR plan.ended_on > r.statement_as_at::date)))) AS missing,"
        "  (SELECT count(*) FROM plan WHERE plan.agency = r.agency"
        f"   AND plan.as_at <= r.statement_as_at AND {OPEN} AND NOT EXISTS ("
        "    SELECT 1 FROM statement_entry AS entry WHERE entry.agency = r.agency"
        "    AND entry.statement_id = r.statement_id AND entry.fact_key = plan.fact_key)"
        "  ) AS surplus"
        "  FROM register AS r WHERE r.agency = ANY(%s) AND r.statement_id IS NOT NULL) AS found"
        " WHERE register.agency = found.agency",
        (list(agencies),),
    )
