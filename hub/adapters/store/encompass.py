"""Notices to schools: who is to be told of which incident, and what people said of it."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final
from uuid import UUID

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.arrays import bytea
from hub.adapters.store.rows import in_columns, insert, with_rows
from hub.core.encompass_notice import (
    EncompassNotice,
    NoticeReason,
    NoticeState,
    Recipient,
    RecipientKind,
    RollSource,
    RollWord,
)
from hub.core.encompass_policy import ContentLevel
from hub.core.identifiers import GssCode, Urn
from hub.errors import HubError
from hub.ports import ColumnSealer, NoticesFound, NoticesKnown, NoticeWrites, SealedWords

_NOTICE: Final = {
    "notice_id": "uuid",
    "child_ref": "bytea",
    "fact_key": "bytea",
    "force": "text",
    "recipient_kind": "text",
    "recipient": "text",
    "reason": "text",
    "state": "text",
    "version": "integer",
    "unconfirmed": "boolean",
    "level": "text",
    "seats": "text[]",
    "council": "text",
    "content_digest": "bytea",
    "opens_at": "timestamptz",
    "due_at": "timestamptz",
    "late_at": "timestamptz",
    "seen_at": "timestamptz",
    "acknowledged_at": "timestamptz",
    "acknowledged_by": "text",
    "policy_version": "text",
    "made_at": "timestamptz",
    "changed_at": "timestamptz",
}
_STEP: Final = {
    "notice_id": "uuid",
    "kind": "text",
    "version": "integer",
    "at": "timestamptz",
    "by_whom": "text",
}
_WORD: Final = {
    "child_ref": "bytea",
    "school": "text",
    "on_roll": "boolean",
    "source": "text",
    "said_at": "timestamptz",
    "said_by": "text",
}
_CONFLICT: Final = {"child_ref": "bytea", "staff_id": "text", "declared_at": "timestamptz"}

_COLUMNS: Final = ", ".join(_NOTICE)
_OF_ITS_OWN: Final = frozenset({"notice_id", "child_ref", "fact_key", "made_at", "seen_at"})
_KEPT: Final = ", ".join(
    (
        *(f"{name} = excluded.{name}" for name in _NOTICE if name not in _OF_ITS_OWN),
        "seen_at = coalesce(encompass_notice.seen_at, excluded.seen_at)",  # by then it may be read
    )
)
_ADD_STEPS: Final = (
    "INSERT INTO encompass_step (notice_id, step, kind, version, at, by_whom)"
    " SELECT given.notice_id, coalesce((SELECT max(step) FROM encompass_step AS former"
    " WHERE former.notice_id = given.notice_id), 0)"
    " + row_number() OVER (PARTITION BY given.notice_id), given.kind, given.version, given.at,"
    " given.by_whom FROM {}"
)


def notices_known(
    cursor: Cursor[TupleRow], child_refs: Sequence[bytes]
) -> tuple[NoticesKnown, ...]:
    """What is stored of these children's notices; only of those with a notice or a word."""
    refs = bytea(sorted(set(child_refs)))
    notices = _by_child(
        cursor,
        f"SELECT child_ref, {_COLUMNS} FROM encompass_notice WHERE child_ref = ANY(%s)"
        " ORDER BY made_at, notice_id",
        refs,
    )
    words = _by_child(
        cursor,
        "SELECT child_ref, school, on_roll, source, said_at FROM school_word"
        " WHERE child_ref = ANY(%s) ORDER BY said_at, school",
        refs,
    )
    conflicted = _by_child(
        cursor, "SELECT child_ref, staff_id FROM notice_conflict WHERE child_ref = ANY(%s)", refs
    )
    return tuple(
        NoticesKnown(
            child_ref=ref,
            notices=tuple(_notice_of(row) for row in notices.get(ref, ())),
            words=tuple(_word_of(row) for row in words.get(ref, ())),
            conflicted=frozenset(staff_id for (staff_id,) in conflicted.get(ref, ())),
        )
        for ref in sorted({*notices, *words, *conflicted})
    )


def _by_child(
    cursor: Cursor[TupleRow], statement: str, refs: bytes
) -> Mapping[bytes, list[TupleRow]]:
    cursor.execute(statement, (refs,), binary=True)
    found: dict[bytes, list[TupleRow]] = {}
    for child_ref, *row in cursor.fetchall():
        found.setdefault(child_ref, []).append(tuple(row))
    return found


def _word_of(row: TupleRow) -> RollWord:
    school, on_roll, source, said_at = row
    return RollWord(school=Urn(school), on_roll=on_roll, source=RollSource(source), said_at=said_at)


_AT = (
    " FROM encompass_notice WHERE seats && %(seats)s AND opens_at <= %(now)s"
    " AND ((state = 'standing' AND acknowledged_at IS NULL)"
    "  OR (state = 'standing' AND changed_at > %(after)s)"
    "  OR (state <> 'standing' AND changed_at > %(after)s"
    "      AND (seen_at IS NOT NULL OR acknowledged_at IS NOT NULL)))"
)


def notices_at(  # noqa: PLR0913, PLR0917  # whose, when, and which page
    cursor: Cursor[TupleRow],
    seats: Sequence[str],
    now: datetime,
    ended_after: datetime,
    most: int,
    passed: int,
) -> NoticesFound:
    """A page of what these seats may read and that has opened, what waits first.

    A row that cannot be read, such as one of a later version, is counted and costs no other.
    """
    asked = {"seats": list(seats), "now": now, "after": ended_after}
    cursor.execute(f"SELECT count(*){_AT}", asked)
    ((total,),) = cursor.fetchall()
    cursor.execute(
        f"SELECT {_COLUMNS}{_AT}"
        " ORDER BY (state = 'standing' AND acknowledged_at IS NULL) DESC, due_at, notice_id"
        " LIMIT %(most)s OFFSET %(passed)s",
        {**asked, "most": most, "passed": passed},
        binary=True,
    )
    rows = cursor.fetchall()
    found = []
    for row in rows:
        with suppress(ValueError, HubError):
            found.append(_notice_of(row))
    return NoticesFound(notices=tuple(found), total=total, unreadable=len(rows) - len(found))


def notice(cursor: Cursor[TupleRow], notice_id: UUID) -> EncompassNotice | None:
    """One notice, whatever its state."""
    cursor.execute(
        f"SELECT {_COLUMNS} FROM encompass_notice WHERE notice_id = %s", (notice_id,), binary=True
    )
    row = cursor.fetchone()
    return _notice_of(row) if row else None


def words_of(
    cursor: Cursor[TupleRow], sealer: ColumnSealer, fact_keys: Sequence[bytes]
) -> tuple[SealedWords, ...]:
    """What the latest revision of each of these facts says in words."""
    cursor.execute(
        "SELECT DISTINCT ON (fact_key) fact_key, event_id, agency, sealed, detail FROM event"
        " WHERE fact_key = ANY(%s) ORDER BY fact_key, revision DESC, event_id DESC",
        (bytea(sorted(set(fact_keys))),),
        binary=True,
    )
    found = []
    for fact_key, event_id, agency, sealed, detail in cursor.fetchall():
        private = json.loads(sealer.unseal("event", "sealed", event_id, sealed))
        source_key = private["source_key"]
        found.append(
            SealedWords(fact_key=fact_key, agency=agency, source_key=source_key, detail=detail)
        )
    return tuple(found)


def write_notices(cursor: Cursor[TupleRow], writes: NoticeWrites, at: datetime) -> None:
    """Write notices, their steps, and what people said."""
    ordered = sorted(writes.notices, key=lambda one: one.notice_id)
    then = f"ON CONFLICT (notice_id) DO UPDATE SET {_KEPT}"
    insert(cursor, "encompass_notice", _NOTICE, [_values(one) for one in ordered], then=then)
    if writes.steps:
        steps = [(one.notice_id, one.kind, one.version, one.at, one.by) for one in writes.steps]
        cursor.execute(with_rows(_ADD_STEPS, _STEP), in_columns(steps, _STEP))
    for notice_id, version in writes.seen:
        cursor.execute(
            "UPDATE encompass_notice SET seen_at = %s"
            " WHERE notice_id = %s AND version = %s AND seen_at IS NULL",
            (at, notice_id, version),
        )
    words = [
        (
            *(one.child_ref, one.word.school.reveal(), one.word.on_roll, one.word.source.value),
            *(one.word.said_at, one.by),
        )
        for one in writes.words
    ]
    insert(cursor, "school_word", _WORD, words)
    conflicts = [(child_ref, staff_id, at) for child_ref, staff_id in writes.conflicts]
    insert(cursor, "notice_conflict", _CONFLICT, conflicts)


def _values(one: EncompassNotice) -> tuple[object, ...]:
    return (
        *(one.notice_id, one.child_ref, one.fact_key, one.force, one.recipient.kind.value),
        *(one.recipient.agency, one.reason.value, one.state.value, one.version, one.unconfirmed),
        *(one.level.value, one.seats, one.council.reveal() if one.council else None),
        *(one.content_digest, one.opens_at, one.due_at, one.late_at, one.seen_at),
        *(one.acknowledged_at, one.acknowledged_by, one.policy_version, one.made_at),
        one.changed_at,
    )


def _notice_of(row: TupleRow) -> EncompassNotice:
    told = dict(zip(_NOTICE, row, strict=True))
    kind, agency = RecipientKind(told.pop("recipient_kind")), told.pop("recipient")
    read = {
        "recipient": Recipient(kind=kind, agency=agency),
        "reason": NoticeReason(told["reason"]),
        "state": NoticeState(told["state"]),
        "level": ContentLevel(told["level"]),
        "seats": tuple(told["seats"]),
        "council": GssCode(told["council"]) if told["council"] else None,
    }
    return EncompassNotice(**(told | read))
