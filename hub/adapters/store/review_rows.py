"""Questions about who is who, written and read row by row."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.arrays import bytea
from hub.core.review import Choice, Proposed, ReviewReason, ReviewState, Urgency
from hub.ports import ColumnSealer
from hub.ports.review import ReviewAsked, ReviewRow, ReviewStep

_NAMES: Final = (
    *("review_id", "one", "other", "reason", "asked_by", "state", "choice", "decision_id"),
    *("unfinished", "proposed", "proposed_by", "proposed_at", "opened_at", "changed_at"),
    *(
        "desks",
        "urgent",
        "unlikely",
        "evidence",
        "claimed_by",
        "claimed_at",
        "assessed_at",
        "version",
    ),
)
COLUMNS: Final = ", ".join(f"identity_review.{name}" for name in _NAMES)
_SAVE: Final = (
    f"INSERT INTO identity_review ({', '.join(_NAMES)})"
    f" VALUES ({', '.join(f'%({name})s' for name in _NAMES)})"
    " ON CONFLICT (review_id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _NAMES if name not in {"review_id", "one"})
)
_STEP: Final = (
    "INSERT INTO identity_review_step (review_id, step, kind, at, by_whom, role, organisation,"
    " code, words) SELECT %(review_id)s, %(step)s, %(kind)s, %(at)s, %(by)s, %(role)s,"
    " %(organisation)s, %(code)s, %(words)s"
)
_STEPS_SO_FAR: Final = (
    "SELECT coalesce(max(step), 0) FROM identity_review_step WHERE review_id = %s"
)
TABLE, WORDS = "identity_review_step", "words"


def review_row(row: Sequence[Any]) -> ReviewRow:
    """A question from a row of ``COLUMNS``."""
    held = dict(zip(_NAMES, row, strict=True))
    held["reason"] = ReviewReason(held["reason"])
    held["state"] = ReviewState(held["state"])
    held["choice"] = Choice(held["choice"]) if held["choice"] else None
    held["proposed"] = Proposed(held["proposed"]) if held["proposed"] else None
    held["desks"] = tuple(held["desks"])
    held["urgent"] = tuple(Urgency(why) for why in held["urgent"])
    return ReviewRow(**held)


def read(
    cursor: Cursor[TupleRow], rest: str, parameters: Sequence[object]
) -> tuple[ReviewRow, ...]:
    """The questions that a FROM clause, and what follows it, finds."""
    cursor.execute(f"SELECT {COLUMNS} {rest}".encode(), parameters)
    return tuple(review_row(row) for row in cursor)


def save(
    cursor: Cursor[TupleRow],
    sealer: ColumnSealer,
    changes: Sequence[tuple[ReviewRow, Sequence[ReviewStep]]],
) -> None:
    """Write questions as they are to stand, in order of their ids, each with its steps."""
    for row, steps in sorted(changes, key=lambda change: change[0].review_id):
        held = {name: getattr(row, name) for name in _NAMES}
        held["desks"], held["urgent"] = list(row.desks), [why.value for why in row.urgent]
        cursor.execute(_SAVE.encode(), held)
        if not steps:
            continue
        found = cursor.execute(_STEPS_SO_FAR.encode(), (row.review_id,)).fetchone()
        first = 1 + (found[0] if found else 0)
        for number, step in enumerate(steps, first):
            _save_step(cursor, sealer, row.review_id, number, step)


def _save_step(
    cursor: Cursor[TupleRow], sealer: ColumnSealer, review_id: UUID, number: int, step: ReviewStep
) -> None:
    place = _place(review_id, number)
    words = sealer.seal(TABLE, WORDS, place, step.words.encode()) if step.words else None
    cursor.execute(
        _STEP.encode(),
        {
            "review_id": review_id,
            "step": number,
            "kind": step.kind,
            "at": step.at,
            "by": step.by,
            "role": step.role,
            "organisation": step.organisation,
            "code": step.code,
            "words": words,
        },
    )


def _place(review_id: UUID, number: int) -> bytes:
    """To what the words of a step are bound: they open in no other step's place."""
    return review_id.bytes + number.to_bytes(4, "big")


def read_steps(
    cursor: Cursor[TupleRow], sealer: ColumnSealer, review_ids: Sequence[UUID]
) -> Mapping[UUID, tuple[ReviewStep, ...]]:
    """What happened to these questions, in order."""
    cursor.execute(
        "SELECT review_id, step, kind, at, by_whom, role, organisation, code, words"
        " FROM identity_review_step WHERE review_id = ANY(%s) ORDER BY review_id, step",
        (list(review_ids),),
    )
    found: dict[UUID, list[ReviewStep]] = {}
    for review_id, number, kind, at, by, role, organisation, code, words in cursor:
        place = _place(review_id, number)
        told = sealer.unseal(TABLE, WORDS, place, bytes(words)).decode() if words else None
        step = ReviewStep(
            kind=kind, at=at, by=by, role=role, organisation=organisation, code=code, words=told
        )
        found.setdefault(review_id, []).append(step)
    return {review_id: tuple(steps) for review_id, steps in found.items()}


def of_records(cursor: Cursor[TupleRow], record_refs: Iterable[bytes]) -> tuple[ReviewRow, ...]:
    """Every question that names one of these records, held against change in order of its id."""
    refs = bytea(sorted(set(record_refs)))
    rest = (
        "FROM identity_review WHERE review_id IN"
        " (SELECT review_id FROM identity_review WHERE one = ANY(%s)"
        " UNION SELECT review_id FROM identity_review WHERE other = ANY(%s))"
        " ORDER BY review_id FOR NO KEY UPDATE"
    )
    return read(cursor, rest, (refs, refs))


def ask(cursor: Cursor[TupleRow], asked: Sequence[ReviewAsked], at: datetime) -> None:
    """Ask these questions; see ``hub.ports.review.ReviewQuestions``.

    They stand on no desk until the next round has found out whose they are.
    """
    for question in sorted(asked, key=lambda one: one.review_id):
        one, other = sorted((question.one, question.other))
        cursor.execute(
            "INSERT INTO identity_review AS asked (review_id, one, other, reason, asked_by, state,"
            " opened_at, changed_at, desks, evidence, assessed_at)"
            " VALUES (%(id)s, %(one)s, %(other)s, %(reason)s, %(by)s, 'open', %(at)s, %(at)s,"
            " '{}', %(evidence)s, 'epoch')"
            " ON CONFLICT (review_id) DO UPDATE SET state = 'open', reason = excluded.reason,"
            " asked_by = excluded.asked_by, choice = NULL, opened_at = excluded.opened_at,"
            " changed_at = excluded.changed_at, evidence = excluded.evidence,"
            " assessed_at = excluded.assessed_at, version = asked.version + 1"
            " WHERE asked.state = 'withdrawn' OR (asked.choice = 'cannot_tell'"
            "  AND asked.evidence <> excluded.evidence)",
            {
                "id": question.review_id,
                "one": one,
                "other": other,
                "reason": question.reason.value,
                "by": question.asked_by,
                "evidence": question.evidence,
                "at": at,
            },
        )
