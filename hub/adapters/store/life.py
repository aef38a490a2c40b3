"""What people did with an alert, in PostgreSQL: its steps with their sealed reasons."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.alerts import ALERT_COLUMNS, alert_of
from hub.adapters.store.answered import settle_unanswered
from hub.adapters.store.timers import write_effects
from hub.core.alert_life import Outcome
from hub.ports import ColumnSealer, DecidedBefore, LifeStep, Lived

_TABLE: Final = "alert_step"
_WORDS: Final = "words"
TOLD: Final = (_TABLE, "told")
"""To what the words for those who reported are bound, beside the place of their step."""

_BEFORE_MAX: Final = 20

_LIVED: Final = """
UPDATE alert SET acknowledged_at = %(acknowledged_at)s,
  acknowledged_by = CASE WHEN %(acknowledged_at)s::timestamptz IS NULL THEN NULL
    ELSE coalesce(acknowledged_by, %(by)s) END,
  decided_at = %(decided_at)s, outcome = %(outcome)s,
  decided_by = CASE WHEN %(decided_at)s::timestamptz IS NULL THEN NULL
    WHEN decided_at IS NOT DISTINCT FROM %(decided_at)s THEN decided_by ELSE %(by)s END,
  disputed_at = %(disputed_at)s, closed_at = %(closed_at)s,
  changed_at = %(at)s, version = version + 1
WHERE alert_id = %(alert_id)s
"""

_ADD: Final = """
INSERT INTO alert_step
  (alert_id, step, kind, at, by_whom, role, organisation, code, words, told, sentence)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


def record(
    cursor: Cursor[TupleRow], sealer: ColumnSealer, alert_id: UUID, lived: Lived, at: datetime
) -> None:
    """Let an alert that is held be as a person's act leaves it, with the steps that say so.

    Beside them what follows from the act: timers, and what agencies are told.
    """
    cursor.execute("SET LOCAL synchronous_commit = on")
    life = lived.life
    cursor.execute(
        _LIVED,
        {
            "acknowledged_at": life.acknowledged_at,
            "decided_at": life.decided_at,
            "outcome": life.outcome.value if life.outcome else None,
            "disputed_at": life.disputed_at,
            "closed_at": life.closed_at,
            "by": lived.by,
            "at": at,
            "alert_id": alert_id,
        },
    )
    add_life_steps(cursor, sealer, alert_id, lived.steps)
    write_effects(cursor, lived.effects, at)
    if life.acknowledged_at is not None and life.disputed_at is None:
        settle_unanswered(cursor, alert_id, at)


def add_life_steps(
    cursor: Cursor[TupleRow], sealer: ColumnSealer, alert_id: UUID, steps: Sequence[LifeStep]
) -> None:
    """Note what people did with an alert, after what happened before."""
    row = cursor.execute(
        "SELECT coalesce(max(step), 0) FROM alert_step WHERE alert_id = %s", (alert_id,)
    ).fetchone()
    last = row[0] if row else 0
    for number, step in enumerate(steps, start=last + 1):
        _add(cursor, sealer, alert_id, number, step)


def _add(
    cursor: Cursor[TupleRow], sealer: ColumnSealer, alert_id: UUID, number: int, step: LifeStep
) -> None:
    place = place_of_step(alert_id, number)
    words = sealer.seal(_TABLE, _WORDS, place, step.words.encode()) if step.words else None
    told = sealer.seal(*TOLD, place, step.told.encode()) if step.told else None
    cursor.execute(
        _ADD,
        (
            *(alert_id, number, step.kind, step.at, step.by, step.role, step.organisation),
            *(step.code, words, told, step.sentence),
        ),
    )


def place_of_step(alert_id: UUID, number: int) -> bytes:
    """Answer to what the words of a step are bound: they open in no other step's place."""
    return alert_id.bytes + number.to_bytes(4)


def read_steps(
    cursor: Cursor[TupleRow], sealer: ColumnSealer, alert_id: UUID
) -> tuple[LifeStep, ...]:
    """Everything that happened to an alert, the earliest first."""
    cursor.execute(
        "SELECT step, kind, at, by_whom, role, organisation, code, words, told, sentence"
        " FROM alert_step WHERE alert_id = %s ORDER BY step",
        (alert_id,),
    )
    return tuple(
        LifeStep(
            kind=kind,
            at=at,
            by=by,
            role=role,
            organisation=organisation,
            code=code,
            words=_opened(sealer, (_TABLE, _WORDS), alert_id, step, words),
            told=_opened(sealer, TOLD, alert_id, step, told),
            sentence=sentence,
        )
        for step, kind, at, by, role, organisation, code, words, told, sentence in cursor.fetchall()
    )


def _opened(
    sealer: ColumnSealer, column: tuple[str, str], alert_id: UUID, step: int, sealed: bytes | None
) -> str | None:
    if sealed is None:
        return None
    return sealer.unseal(*column, place_of_step(alert_id, step), bytes(sealed)).decode()


def decided_before(
    cursor: Cursor[TupleRow], child_ref: bytes, other_than: UUID
) -> tuple[DecidedBefore, ...]:
    """What was decided about other alerts of a child, the latest first; not those withdrawn.

    Once an alert is decided itself, what was decided with it or later is not before it.
    """
    cursor.execute(
        f"SELECT {ALERT_COLUMNS}, decided_at, outcome FROM alert WHERE child_ref = %s"
        " AND decided_at IS NOT NULL AND state <> 'withdrawn' AND alert_id <> %s"
        " AND decided_at < coalesce("
        "(SELECT decided_at FROM alert WHERE alert_id = %s), 'infinity'::timestamptz)"
        " ORDER BY decided_at DESC, alert_id LIMIT %s",
        (child_ref, other_than, other_than, _BEFORE_MAX),
    )
    return tuple(
        DecidedBefore(alert=alert_of(row[:-2], ()), decided_at=row[-2], outcome=Outcome(row[-1]))
        for row in cursor.fetchall()
    )
