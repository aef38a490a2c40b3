"""What is made of changes of identity, in PostgreSQL; see ``hub.ports.changes``."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from psycopg import Connection
from psycopg.rows import TupleRow

from hub.adapters.store import review_rows
from hub.adapters.store.arrays import bytea
from hub.adapters.store.connection import PostgresStore
from hub.adapters.store.known import read_known
from hub.adapters.store.links import read_links
from hub.adapters.store.waiting import note_pending
from hub.core.event import EventState
from hub.core.identity_change import Change
from hub.ports import ColumnSealer, Known, LinkRow
from hub.ports.changes import ChangeOutcome, ChangeRow
from hub.ports.review import ReviewAsked

_COLUMNS: Final = (
    "SELECT fact_key, event_id, agency, change, revision, state, record_ref, former_ref,"
    " recorded_at, outcome, decision_id FROM identity_told"
)


class PostgresChangeTransaction:
    """One transaction over one connection."""

    def __init__(self, connection: Connection[TupleRow], sealer: ColumnSealer) -> None:
        self._cursor = connection.cursor()
        self._sealer = sealer

    def change(self, fact_key: bytes) -> ChangeRow | None:
        """The change if it is due, held against everybody else."""
        found = self._cursor.execute(
            _COLUMNS + " WHERE fact_key = %s AND outcome = 'due' FOR UPDATE", (fact_key,)
        ).fetchone()
        return _row(found) if found else None

    def births(self, former_ref: bytes) -> tuple[ChangeRow, ...]:
        """Every birth of this unborn child that was told and not taken back, held."""
        self._cursor.execute(
            _COLUMNS + " WHERE former_ref = %s AND change = 'born' AND state <> 'withdrawn'"
            " ORDER BY fact_key FOR UPDATE",
            (former_ref,),
        )
        return tuple(map(_row, self._cursor))

    def links(self, record_refs: Sequence[bytes]) -> Mapping[bytes, LinkRow]:
        """The links of these records."""
        return read_links(self._cursor, record_refs)

    def known(self, child_refs: Sequence[bytes]) -> tuple[Known, ...]:
        """Everything stored of these children."""
        return read_known(self._cursor, self._sealer, child_refs)

    def ask_review(self, asked: Sequence[ReviewAsked], at: datetime) -> None:
        """Ask these questions; one that is open already stays as it is."""
        review_rows.ask(self._cursor, asked, at)

    def note_outcome(
        self, row: ChangeRow, outcome: ChangeOutcome, decision_id: bytes | None
    ) -> None:
        """Note what was made of a revision; nothing if another has come meanwhile."""
        self._cursor.execute(
            "UPDATE identity_told SET outcome = %s, decision_id = %s"
            " WHERE fact_key = %s AND revision = %s",
            (outcome.value, decision_id, row.fact_key, row.revision),
        )

    def share_plans(self, record_refs: Sequence[bytes], former_ref: bytes, at: datetime) -> None:
        """Let these records, and no other, be those born of an unborn child; look at all again."""
        gone = self._cursor.execute(
            "DELETE FROM born_of WHERE former_ref = %s AND record_ref <> ALL(%s::bytea[])"
            " RETURNING record_ref",
            (former_ref, bytea(record_refs)),
        ).fetchall()
        self._cursor.execute(
            "INSERT INTO born_of (record_ref, former_ref)"
            " SELECT unnest(%s::bytea[]), %s ON CONFLICT DO NOTHING",
            (bytea(record_refs), former_ref),
        )
        concerned = {*record_refs, former_ref, *(ref for (ref,) in gone)}
        note_pending(self._cursor, sorted(concerned), at)
        self._cursor.execute(
            "INSERT INTO answer_doubt (child_ref)"
            " SELECT DISTINCT child_ref FROM link WHERE record_ref = ANY(%s)",
            (bytea(sorted(concerned)),),
        )


class PostgresChanges:
    """The store of changes, over the store's connections."""

    def __init__(self, store: PostgresStore, sealer: ColumnSealer) -> None:
        self._store = store
        self._sealer = sealer

    def changes_due(self, most: int, now: datetime) -> tuple[bytes, ...]:
        """The facts of changes that are to be looked at, the oldest first."""
        with self._store.reading() as connection:
            rows = connection.execute(
                "SELECT fact_key FROM identity_told WHERE outcome = 'due' AND due_at <= %s"
                " ORDER BY due_at, fact_key LIMIT %s",
                (now, most),
            )
            return tuple(fact for (fact,) in rows)

    def defer_change(self, fact_key: bytes, until: datetime) -> None:
        """Let a change wait that could not be acted on."""
        with self._store.connection() as connection:
            connection.execute(
                "UPDATE identity_told SET due_at = %s WHERE fact_key = %s AND outcome = 'due'",
                (until, fact_key),
            )

    @contextmanager
    def change_transaction(self) -> Iterator[PostgresChangeTransaction]:
        """A transaction; commits on leaving, rolls back on an exception."""
        with self._store.connection() as connection:
            yield PostgresChangeTransaction(connection, self._sealer)


def _row(row: TupleRow) -> ChangeRow:
    fact_key, event_id, agency, change, revision, state, record, former, at, outcome, decided = row
    return ChangeRow(
        fact_key=fact_key,
        event_id=event_id,
        agency=agency,
        change=Change(change),
        revision=revision,
        state=EventState(state),
        record_ref=record,
        former_ref=former,
        recorded_at=at,
        outcome=ChangeOutcome(outcome),
        decision_id=decided,
    )
