"""Questions about who is who, in PostgreSQL; see ``hub.ports.review``."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from psycopg import Connection
from psycopg.rows import TupleRow

from hub.adapters.store import review_rows
from hub.adapters.store.arrays import bytea
from hub.adapters.store.audit import write_audit
from hub.adapters.store.brief import read_in_brief
from hub.adapters.store.connection import PostgresStore
from hub.adapters.store.known import read_known
from hub.adapters.store.links import read_links
from hub.adapters.store.timers import write_effects
from hub.ports import (
    AuditRow,
    ChildInBrief,
    ColumnSealer,
    Effects,
    Known,
    LinkRow,
    OutboxRow,
)
from hub.ports.review import (
    RecordStand,
    ReviewAsked,
    ReviewRow,
    ReviewsFound,
    ReviewShows,
    ReviewStep,
    ReviewsWanted,
)

ROUND_LOCK: Final = 0x5245_5649_4557_4552
"""The advisory lock under which one process at a time looks at what changed links ask."""

BEHIND_AFTER: Final = timedelta(minutes=1)
_COUNTED_MAX: Final = 1000

_SHOWN: Final[Mapping[ReviewShows, str]] = {
    ReviewShows.WAITING: "(state = 'open' OR proposed IS NOT NULL)",
    ReviewShows.SECOND: "proposed IS NOT NULL",
    ReviewShows.SET_ASIDE: "state = 'decided' AND choice = 'cannot_tell'",
    ReviewShows.ENDED: "(state = 'withdrawn' OR (state = 'decided' AND choice <> 'cannot_tell'))",
}
_URGENT: Final = "cardinality(urgent) > 0"
_QUEUE: Final = f"({_URGENT}) DESC, unlikely, opened_at, review_id"
_LATEST: Final = "changed_at DESC, review_id"


class PostgresReviewTransaction:
    """One transaction over one connection."""

    def __init__(self, connection: Connection[TupleRow], sealer: ColumnSealer) -> None:
        self._cursor = connection.cursor()
        self._sealer = sealer

    def take_round(self) -> bool:
        """Whether this is the only one that looks at links now, until the transaction ends."""
        found = self._cursor.execute(
            "SELECT pg_try_advisory_xact_lock(%s)", (ROUND_LOCK,)
        ).fetchone()
        return bool(found and found[0])

    def marks(self, most: int, left_out: Sequence[bytes] = ()) -> Mapping[bytes, int]:
        """Records whose link changed and has not been looked at since, with the mark of each."""
        self._cursor.execute(
            "SELECT record_ref, version FROM identity_review_look WHERE record_ref <> ALL(%s)"
            " ORDER BY since, record_ref LIMIT %s",
            (bytea(left_out), most),
        )
        return {bytes(ref): version for ref, version in self._cursor}

    def settle_marks(self, marks: Mapping[bytes, int]) -> None:
        """These have been looked at; one whose link changed meanwhile stays marked."""
        for record_ref, version in sorted(marks.items()):
            self._cursor.execute(
                "DELETE FROM identity_review_look WHERE record_ref = %s AND version = %s",
                (record_ref, version),
            )

    def reviews_of(self, record_refs: Sequence[bytes]) -> tuple[ReviewRow, ...]:
        """Every question that names one of these records, held against change."""
        return review_rows.of_records(self._cursor, record_refs)

    def representatives(self, child_refs: Sequence[bytes]) -> Mapping[bytes, bytes]:
        """A record that stands for each child, children of whom a register ever told first."""
        self._cursor.execute(
            "SELECT child_ref, record_ref FROM (SELECT DISTINCT ON (link.child_ref)"
            " link.child_ref, link.record_ref"
            " FROM link JOIN child USING (child_ref) WHERE link.child_ref = ANY(%s)"
            " ORDER BY link.child_ref, (link.record_ref <> child.founded_by), link.record_ref)"
            " AS founder ORDER BY NOT EXISTS (SELECT FROM link JOIN plan USING (record_ref)"
            " WHERE link.child_ref = founder.child_ref), child_ref",
            (bytea(sorted(set(child_refs))),),
        )
        return {bytes(child): bytes(record) for child, record in self._cursor}

    def links(self, record_refs: Sequence[bytes]) -> Mapping[bytes, LinkRow]:
        """The links of these records."""
        return read_links(self._cursor, record_refs)

    def stands(self, child_refs: Sequence[bytes]) -> tuple[RecordStand, ...]:
        """Where every record of these children stands, in order of their references."""
        self._cursor.execute(
            "SELECT record_ref, child_ref, link.version, record.version FROM link"
            " JOIN record USING (record_ref) WHERE child_ref = ANY(%s) ORDER BY record_ref",
            (bytea(sorted(set(child_refs))),),
        )
        return tuple(
            RecordStand(
                record_ref=bytes(record),
                child_ref=bytes(child),
                link_version=link,
                record_version=version,
            )
            for record, child, link, version in self._cursor
        )

    def known(self, child_refs: Sequence[bytes]) -> tuple[Known, ...]:
        """Everything stored of these children."""
        return read_known(self._cursor, self._sealer, child_refs)

    def in_brief(self, child_refs: Sequence[bytes]) -> tuple[ChildInBrief, ...]:
        """What a list says of these children."""
        return read_in_brief(self._cursor, self._sealer, child_refs)

    def assessed_before(
        self, before: datetime, most: int, left_out: Sequence[UUID] = ()
    ) -> tuple[ReviewRow, ...]:
        """Open questions whose urgency was last looked at before an instant, held."""
        rest = (
            "FROM identity_review WHERE review_id IN (SELECT review_id FROM identity_review"
            " WHERE state = 'open' AND assessed_at < %s AND review_id <> ALL(%s)"
            " ORDER BY assessed_at LIMIT %s) ORDER BY review_id FOR NO KEY UPDATE"
        )
        return review_rows.read(self._cursor, rest, (before, list(left_out), most))

    def unfinished(self, most: int) -> tuple[UUID, ...]:
        """Questions that are decided and not carried out yet, the oldest first."""
        self._cursor.execute(
            "SELECT review_id FROM identity_review WHERE unfinished IS NOT NULL"
            " ORDER BY changed_at, review_id LIMIT %s",
            (most,),
        )
        return tuple(found for (found,) in self._cursor)

    def review(self, review_id: UUID, *, hold: bool = False) -> ReviewRow | None:
        """One question; with ``hold`` against change until the transaction ends."""
        held = " FOR NO KEY UPDATE" if hold else ""
        rest = f"FROM identity_review WHERE review_id = %s{held}"
        found = review_rows.read(self._cursor, rest, (review_id,))
        return found[0] if found else None

    def reviews_at(
        self, desks: Sequence[str], wanted: ReviewsWanted, now: datetime
    ) -> ReviewsFound:
        """A page of the questions of a desk, or of several, each once."""
        here = list(desks)
        mine = "desks && %s::text[]" + (f" AND {_URGENT}" if wanted.urgent_only else "")
        counts, urgent, oldest = self._counts(mine, here)
        pages = max(1, -(-counts[wanted.shows] // wanted.size))
        page = min(wanted.page, pages)
        waits = wanted.shows in {ReviewShows.WAITING, ReviewShows.SECOND}
        rest = (
            f"FROM identity_review WHERE {mine} AND {_SHOWN[wanted.shows]}"
            f" ORDER BY {_QUEUE if waits else _LATEST} LIMIT %s OFFSET %s"
        )
        rows = review_rows.read(self._cursor, rest, (here, wanted.size, (page - 1) * wanted.size))
        return ReviewsFound(
            rows=rows,
            page=page,
            counts=counts,
            urgent=urgent,
            oldest_at=oldest,
            behind=self._behind(now),
        )

    def _counts(
        self, mine: str, here: list[str]
    ) -> tuple[Mapping[ReviewShows, int], int, datetime | None]:
        each = ", ".join(f"count(*) FILTER (WHERE {of})" for of in _SHOWN.values())
        row = self._cursor.execute(
            f"SELECT {each}, count(*) FILTER (WHERE state = 'open' AND {_URGENT}),"
            " min(opened_at) FILTER (WHERE state = 'open')"
            f" FROM identity_review WHERE {mine}".encode(),
            (here,),
        ).fetchone()
        found = row or (*(0 for _ in _SHOWN), 0, None)
        return dict(zip(_SHOWN, found, strict=False)), found[-2], found[-1]

    def _behind(self, now: datetime) -> int:
        row = self._cursor.execute(
            "SELECT count(*) FROM"
            " (SELECT FROM identity_review_look WHERE since < %s LIMIT %s) AS waiting",
            (now - BEHIND_AFTER, _COUNTED_MAX),
        ).fetchone()
        return row[0] if row else 0

    def neighbours(
        self, desk: str, row: ReviewRow, *, urgent_only: bool
    ) -> tuple[UUID | None, ...]:
        """The waiting question before this one in the queue, and the one after it."""
        place = f"(({_URGENT})::integer * -1, unlikely, opened_at, review_id)"
        here = (-int(bool(row.urgent)), row.unlikely, row.opened_at, row.review_id)
        found: list[UUID | None] = []
        for than, order in (("<", "DESC"), (">", "ASC")):
            one = self._cursor.execute(
                (
                    "SELECT review_id FROM identity_review WHERE desks @> ARRAY[%s]"
                    f" AND state = 'open'{f' AND {_URGENT}' if urgent_only else ''}"
                    f" AND {place} {than} (%s, %s, %s, %s)"
                    f" ORDER BY ({_URGENT})::integer * -1 {order}, unlikely {order},"
                    f" opened_at {order}, review_id {order} LIMIT 1"
                ).encode(),
                (desk, *here),
            ).fetchone()
            found.append(one[0] if one else None)
        return tuple(found)

    def reviews_about(self, child_refs: Sequence[bytes]) -> tuple[ReviewRow, ...]:
        """Every question about a record of these children, the newest change first."""
        refs = bytea(sorted(set(child_refs)))
        rest = (
            "FROM identity_review WHERE review_id IN (SELECT review_id FROM link"
            " JOIN identity_review ON one = record_ref WHERE child_ref = ANY(%s)"
            " UNION SELECT review_id FROM link JOIN identity_review ON other = record_ref"
            f" WHERE child_ref = ANY(%s)) ORDER BY {_LATEST}"
        )
        return review_rows.read(self._cursor, rest, (refs, refs))

    def reviews_about_alert(self, alert_id: UUID) -> tuple[ReviewRow, ...]:
        """Every question about a record of an alert's child."""
        self._cursor.execute("SELECT child_ref FROM alert WHERE alert_id = %s", (alert_id,))
        found = self._cursor.fetchone()
        return self.reviews_about([bytes(found[0])]) if found else ()

    def moved_by(self, decision_id: bytes) -> Mapping[bytes, bytes]:
        """The records that a decision moved, each with the child with which it stood before."""
        self._cursor.execute(
            "SELECT record_ref, child_ref FROM identity_move WHERE decision_id = %s", (decision_id,)
        )
        return {bytes(record): bytes(child) for record, child in self._cursor}

    def steps(self, review_ids: Sequence[UUID]) -> Mapping[UUID, tuple[ReviewStep, ...]]:
        """What happened to these questions, in order."""
        return review_rows.read_steps(self._cursor, self._sealer, review_ids)

    def save_reviews(
        self,
        changes: Sequence[tuple[ReviewRow, Sequence[ReviewStep]]],
        told: Sequence[OutboxRow] = (),
    ) -> None:
        """Write questions as they are to stand, with their steps, and who is told of them."""
        review_rows.save(self._cursor, self._sealer, changes)
        if told:
            as_of = max(row.assessed_at for row, _ in changes)
            write_effects(self._cursor, Effects(outbox=tuple(told)), as_of)

    def ask_review(self, asked: Sequence[ReviewAsked], at: datetime) -> None:
        """Ask these questions; one that is open already stays as it is."""
        review_rows.ask(self._cursor, asked, at)

    def write_audit(self, row: AuditRow) -> None:
        """Write the audit row of what somebody looked at or decided, in this same transaction."""
        write_audit(self._cursor, row)


class PostgresReviews:
    """The store of questions, over the store's connections."""

    def __init__(self, store: PostgresStore, sealer: ColumnSealer) -> None:
        self._store = store
        self._sealer = sealer

    @contextmanager
    def review_transaction(self) -> Iterator[PostgresReviewTransaction]:
        """A transaction; commits on leaving, rolls back on an exception."""
        with self._store.connection() as connection:
            yield PostgresReviewTransaction(connection, self._sealer)
