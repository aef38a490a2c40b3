"""Answers that were given, and which of them have changed since, in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.arrays import bytea
from hub.adapters.store.connection import PostgresStore
from hub.adapters.store.rows import bytea_array
from hub.adapters.store.timers import write_effects
from hub.adapters.store.together import Statement
from hub.ports import AnswerChanged, AnswerGiven, AskedAgain, ColumnSealer, Effects, OutboxRow
from hub.ports.answers import ANSWER_CHANGED

EXPIRED_MAX: Final = 500
"""So many answers go at a time whose time is over."""

_GIVEN: Final = (
    "INSERT INTO answer_given (audit_id, asked_at, keep_until, asked_by, role, organisation, site,"
    " about, sealed) VALUES ($1, $2, $3, $4, $5, $6, nullif($7, ''), $8, $9)"
)
_CLAIM: Final = (
    "UPDATE answer_given AS given SET ask_at = %s WHERE audit_id = (SELECT audit_id"
    "  FROM answer_given WHERE ask_at <= %s ORDER BY ask_at, audit_id LIMIT 1"
    "  FOR UPDATE SKIP LOCKED)"
    " RETURNING audit_id, asked_at, keep_until, asked_by, role, organisation, site, about, sealed,"
    " (SELECT changed_id FROM answer_changed AS told WHERE told.audit_id = given.audit_id"
    "  AND told.seen_at IS NULL AND told.ended_at IS NULL)"
)
_SETTLE: Final = (
    "UPDATE answer_given SET ask_at = NULL, sealed = %s WHERE audit_id = %s AND ask_at = %s"
    " RETURNING 1"
)
_END: Final = (
    "UPDATE answer_changed SET ended_at = %s WHERE changed_id = %s AND seen_at IS NULL RETURNING 1"
)
_CHANGED: Final = "changed_id, audit_id, organisation, role, asked_by, asked_at, part, told_at"
_TAKEN: Final = (
    "SELECT doubt_id, child_ref FROM answer_doubt WHERE seen_at <= clock_timestamp() - %s"
    " ORDER BY doubt_id LIMIT %s FOR UPDATE SKIP LOCKED"
)
_AGAIN: Final = (
    "UPDATE answer_given SET ask_at = %s WHERE audit_id IN (SELECT audit_id FROM answer_given"
    "  WHERE about && %s::bytea[] ORDER BY audit_id FOR UPDATE)"
)
_EXPIRE: Final = (
    "DELETE FROM answer_given WHERE audit_id IN (SELECT audit_id FROM answer_given"
    "  WHERE keep_until <= %s ORDER BY keep_until LIMIT %s FOR UPDATE SKIP LOCKED)"
)


def given(sealer: ColumnSealer, answer: AnswerGiven) -> Statement:
    """What keeps an answer, to be sent with the row of its audit."""
    return Statement(
        _GIVEN,
        (
            *(str(answer.audit_id), answer.asked_at.isoformat(), answer.keep_until.isoformat()),
            *(answer.asked_by, answer.role, answer.organisation, answer.site or ""),
            bytea_array(answer.about),
            f"\\x{_sealed(sealer, answer.audit_id, answer.content).hex()}",
        ),
    )


def acknowledge_changed(  # noqa: PLR0913  # which, whose, to which roles, and who saw it when
    cursor: Cursor[TupleRow],
    changed_id: UUID,
    organisation: str,
    roles: Sequence[str],
    *,
    by: str,
    at: datetime,
) -> bool:
    """Note who has seen first that an answer has changed; ``False`` if there is none to see."""
    cursor.execute(
        "UPDATE answer_changed SET seen_at = coalesce(seen_at, %s),"
        " seen_by = coalesce(seen_by, %s) WHERE changed_id = %s AND organisation = %s"
        " AND role = ANY(%s) AND ended_at IS NULL RETURNING 1",
        (at, by, changed_id, organisation, list(roles)),
    )
    return cursor.fetchone() is not None


def changed_answers(
    cursor: Cursor[TupleRow], organisation: str, roles: Sequence[str], most: int
) -> tuple[AnswerChanged, ...]:
    """The changes that nobody of an organisation has seen, of answers given to these roles."""
    cursor.execute(
        f"SELECT {_CHANGED} FROM answer_changed WHERE organisation = %s AND role = ANY(%s)"
        " AND seen_at IS NULL AND ended_at IS NULL ORDER BY asked_at DESC, changed_id LIMIT %s",
        (organisation, list(roles), most),
    )
    return tuple(
        AnswerChanged(
            changed_id=changed_id,
            audit_id=audit_id,
            organisation=of,
            role=role,
            asked_by=asked_by,
            asked_at=asked_at,
            part=part,
            told_at=told_at,
        )
        for changed_id, audit_id, of, role, asked_by, asked_at, part, told_at in cursor
    )


class PostgresAnswers:
    """The answers port over PostgreSQL."""

    def __init__(self, store: PostgresStore, sealer: ColumnSealer) -> None:
        self._store = store
        self._sealer = sealer

    def doubt(self, settled: timedelta, most: int, now: datetime) -> int:
        """Have the answers about children who are in doubt asked again; see the port."""
        with self._store.connection() as connection:
            connection.execute(
                "UPDATE answer_doubt SET seen_at = clock_timestamp() WHERE seen_at IS NULL"
            )
        with self._store.connection() as connection:
            connection.execute(_EXPIRE, (now, EXPIRED_MAX))
            taken = connection.execute(_TAKEN, (settled, most)).fetchall()
            if taken:
                refs = sorted({bytes(ref) for _, ref in taken})
                connection.execute(_AGAIN, (now, bytea(refs)))
                connection.execute(
                    "DELETE FROM answer_doubt WHERE doubt_id = ANY(%s)",
                    ([doubt_id for doubt_id, _ in taken],),
                )
        return len(taken)

    def claim(self, now: datetime, until: datetime) -> AnswerGiven | None:
        """Take one answer that is to be asked again out of others' reach until an instant."""
        with self._store.connection() as connection:
            row = connection.execute(_CLAIM, (until, now)).fetchone()
        if row is None:
            return None
        audit_id, asked_at, keep_until, asked_by, role, organisation, site, about, sealed = row[:9]
        content = self._sealer.unseal("answer_given", "sealed", audit_id.bytes, sealed)
        return AnswerGiven(
            audit_id=audit_id,
            asked_at=asked_at,
            keep_until=keep_until,
            asked_by=asked_by,
            role=role,
            organisation=organisation,
            site=site,
            about=tuple(about),
            content=content.decode(),
            unseen=row[9],
        )

    def settle(self, again: AskedAgain, at: datetime) -> bool:
        """Note what came of it, tell a change, and let the answer rest; see the port."""
        sealed = _sealed(self._sealer, again.audit_id, again.content)
        with self._store.connection() as connection:
            cursor = connection.cursor()
            cursor.execute(_SETTLE, (sealed, again.audit_id, again.claimed_until))
            ours = cursor.fetchone() is not None
            if ours and again.as_before is not None:
                ours = cursor.execute(_END, (at, again.as_before)).fetchone() is not None
            if not ours:
                connection.rollback()
                return False
            if again.changed is not None:
                _tell(cursor, again.changed)
        return True


def _tell(cursor: Cursor[TupleRow], one: AnswerChanged) -> None:
    cursor.execute(
        f"INSERT INTO answer_changed ({_CHANGED}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (changed_id) DO NOTHING",
        (
            *(one.changed_id, one.audit_id, one.organisation, one.role, one.asked_by),
            *(one.asked_at, one.part, one.told_at),
        ),
    )
    waits = OutboxRow(
        outbox_id=uuid5(one.changed_id, ANSWER_CHANGED),
        kind=ANSWER_CHANGED,
        recipient=one.organisation,
        subject_id=one.changed_id,
        not_before=one.told_at,
    )
    write_effects(cursor, Effects(outbox=(waits,)), one.told_at)


def _sealed(sealer: ColumnSealer, audit_id: UUID, content: str) -> bytes:
    return sealer.seal("answer_given", "sealed", audit_id.bytes, content.encode())
