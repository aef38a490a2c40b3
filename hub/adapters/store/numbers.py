"""NHS numbers that were replaced by others, in PostgreSQL: sealed, and found by keyed digests."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from psycopg import Connection
from psycopg.rows import TupleRow

from hub.adapters.store import review_rows
from hub.adapters.store.arrays import bytea
from hub.adapters.store.connection import PostgresStore
from hub.adapters.store.epochs import digests_of, take_epochs
from hub.adapters.store.known import read_known
from hub.adapters.store.links import read_links
from hub.adapters.store.operator_faults import NUMBERS_AT_ODDS, count_operator_faults
from hub.adapters.store.superseded import (
    AROUND,
    NUMBERS_LOCK,
    closure,
    supersessions,
)
from hub.core.superseded import Supersession
from hub.ports import ColumnSealer, IdentityDigests, Known, LinkRow, OperatorFaultRow
from hub.ports.changes import ChangeOutcome
from hub.ports.numbers import NumberRow, NumberStanding
from hub.ports.review import ReviewAsked


class PostgresNumberTransaction:
    """One transaction over one connection."""

    def __init__(
        self, connection: Connection[TupleRow], sealer: ColumnSealer, digests: IdentityDigests
    ) -> None:
        self._cursor = connection.cursor()
        self._sealer = sealer
        self._digests = digests

    def told_number(self, fact_key: bytes) -> NumberRow | None:
        """The supersession; ``None`` if its numbers were never told."""
        found = self._cursor.execute(
            "SELECT sealed, standing FROM superseded_number WHERE fact_key = %s FOR UPDATE",
            (fact_key,),
        ).fetchone()
        if found is None:
            return None
        (told,) = supersessions(self._sealer, [(fact_key, found[0])]).values()
        return NumberRow(told=told, standing=NumberStanding(found[1]))

    def around(self, one: Supersession) -> Mapping[bytes, Supersession]:
        """Every supersession that this one's numbers are tied to by others, by its fact key."""

        def ask(numbers: Collection[str]) -> Iterable[tuple[bytes, bytes]]:
            wanted = bytea(self._nhs(numbers))
            self._cursor.execute(AROUND, (wanted, wanted), binary=True)
            return self._cursor.fetchall()

        return closure(ask, self._sealer, {one.former, one.now})

    def bearers(self, numbers: Sequence[str]) -> tuple[bytes, ...]:
        """The records that have or had one of these numbers."""
        self._cursor.execute(
            "SELECT DISTINCT record_ref FROM record_key WHERE kind = 'nhs' AND digest = ANY(%s)",
            (bytea(self._nhs(numbers)),),
            binary=True,
        )
        return tuple(sorted(ref for (ref,) in self._cursor))

    def _nhs(self, numbers: Collection[str]) -> Sequence[bytes]:
        epochs = take_epochs(self._cursor, self._digests)
        keys = [("nhs", number) for number in sorted(numbers)]
        return [digest for _, digest in digests_of(self._digests, epochs, keys)]

    def links(self, record_refs: Sequence[bytes]) -> Mapping[bytes, LinkRow]:
        """The links that stand of these records."""
        return read_links(self._cursor, record_refs)

    def known(self, child_refs: Sequence[bytes]) -> tuple[Known, ...]:
        """Everything stored of these children."""
        return read_known(self._cursor, self._sealer, child_refs)

    def adopted_among(self, record_refs: Sequence[bytes]) -> bool:
        """Whether two of these records are kept apart since an adoption."""
        refs = bytea(sorted(record_refs))
        found = self._cursor.execute(
            "SELECT 1 FROM identity_decision WHERE kind = 'adopted' AND reversed_at IS NULL"
            " AND one = ANY(%s) AND other = ANY(%s) LIMIT 1",
            (refs, refs),
        ).fetchone()
        return found is not None

    def ask_review(self, asked: Sequence[ReviewAsked], at: datetime) -> None:
        """Ask these questions; one that is open already stays as it is."""
        review_rows.ask(self._cursor, asked, at)

    def stand(self, fact_key: bytes, standing: NumberStanding) -> None:
        """Let a supersession stand so, once nobody links by what stood before."""
        self._cursor.execute("SELECT pg_advisory_xact_lock(%s)", (NUMBERS_LOCK,))
        self._cursor.execute(
            "UPDATE superseded_number SET standing = %s WHERE fact_key = %s",
            (standing.value, fact_key),
        )

    def doubt_answers(self, record_refs: Sequence[bytes]) -> None:
        """Have what was answered about the children of these records asked again."""
        self._cursor.execute(
            "INSERT INTO answer_doubt (child_ref)"
            " SELECT DISTINCT child_ref FROM link WHERE record_ref = ANY(%s)",
            (bytea(record_refs),),
        )

    def look_again(self, fact_keys: Sequence[bytes], outcome: ChangeOutcome, at: datetime) -> None:
        """Have those of these that stand with this outcome looked at again."""
        self._cursor.execute(
            "UPDATE identity_told SET outcome = 'due', due_at = %s"
            " WHERE fact_key = ANY(%s) AND outcome = %s",
            (at, bytea(fact_keys), outcome.value),
        )

    def tell_at_odds(self, fact_key: bytes, at: datetime) -> None:
        """Tell the operator that supersessions contradict each other."""
        fault = OperatorFaultRow(code=NUMBERS_AT_ODDS, feed="", subject=fact_key.hex())
        count_operator_faults(self._cursor, [fault], at)


class PostgresNumbers:
    """The port ``NumberStore`` over PostgreSQL."""

    def __init__(
        self, store: PostgresStore, sealer: ColumnSealer, digests: IdentityDigests
    ) -> None:
        self._store = store
        self._sealer = sealer
        self._digests = digests

    @contextmanager
    def number_transaction(self) -> Iterator[PostgresNumberTransaction]:
        """A transaction; commits on leaving, rolls back on an exception."""
        with self._store.connection() as connection:
            yield PostgresNumberTransaction(connection, self._sealer, self._digests)
