"""Alerts and what happened to them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.arrays import array, bytea
from hub.adapters.store.grounds import read_grounds, rewrite_grounds
from hub.adapters.store.rows import in_columns, insert, with_rows
from hub.core.alert import Alert, AlertState, Ground, Severity
from hub.core.identifiers import GssCode
from hub.ports import AlertStepRow, AlertWrite

INBOX_CHANNEL = "hub_inbox"
"""On which the database tells its listeners whose inbox changed, never what: a trigger does."""

_ALERT = {
    "alert_id": "uuid",
    "child_ref": "bytea",
    "rule": "text",
    "severity": "text",
    "state": "text",
    "sentence": "text",
    "not_known": "text[]",
    "owner": "text",
    "informed": "text[]",
    "delivered": "boolean",
    "policy_version": "text",
    "raised_at": "timestamptz",
    "changed_at": "timestamptz",
    "superseded_by": "uuid",
    "repeat_of": "uuid",
    "acknowledged_at": "timestamptz",
    "counts_from": "timestamptz",
}
_STEP = {
    "alert_id": "uuid",
    "kind": "text",
    "at": "timestamptz",
    "by_whom": "text",
    "sentence": "text",
}
_ADD_STEPS: Final = (
    "INSERT INTO alert_step (alert_id, step, kind, at, by_whom, sentence)"
    " SELECT given.alert_id, coalesce((SELECT max(step) FROM alert_step AS former"
    " WHERE former.alert_id = given.alert_id), 0) + 1, given.kind, given.at, given.by_whom,"
    " given.sentence FROM {}"
)
ALERT_COLUMNS = (
    "alert.alert_id, alert.child_ref, alert.rule, alert.severity, alert.state, alert.sentence,"
    " alert.not_known, alert.owner, alert.informed, alert.delivered, alert.policy_version,"
    " alert.raised_at, alert.counts_from"
)


def read_standing(
    cursor: Cursor[TupleRow], child_refs: Sequence[bytes]
) -> Mapping[bytes, list[Alert]]:
    """The alerts that stand for these children, with their grounds."""
    cursor.execute(
        f"SELECT {ALERT_COLUMNS}, CASE WHEN repeat_of IS NULL THEN acknowledged_at END"
        " FROM alert WHERE child_ref = ANY(%s) AND state = 'standing'"
        " ORDER BY child_ref, raised_at, alert_id",
        (bytea(child_refs),),
        binary=True,
    )
    rows = cursor.fetchall()
    grounds = read_grounds(cursor, [row[0] for row in rows])
    found: dict[bytes, list[Alert]] = {}
    for row in rows:
        alert = alert_of(row, tuple(grounds.get(row[0], ())))
        found.setdefault(row[1], []).append(replace(alert, seen_at=row[-1]))
    return found


def alert_of(row: TupleRow, grounds: tuple[Ground, ...]) -> Alert:
    """An alert from a row of ``ALERT_COLUMNS``."""
    return Alert(
        alert_id=row[0],
        child_ref=row[1],
        rule=row[2],
        severity=Severity(row[3]),
        state=AlertState(row[4]),
        sentence=row[5],
        not_known=tuple(row[6]),
        grounds=grounds,
        owner=GssCode.parse(row[7]) if row[7] else None,
        informed=tuple(GssCode.parse(code) for code in row[8]),
        delivered=row[9],
        policy_version=row[10],
        raised_at=row[11],
        counts_from=row[12],
    )


_URGENT_FIRST = "ARRAY['immediate', 'today', 'information']"
_STILL_SEEN = (
    "alert.state = 'standing' AND array_position("
    f"{_URGENT_FIRST}, excluded.severity) >= array_position({_URGENT_FIRST}, alert.severity)"
)

_SHOWN_BEFORE = "alert.delivered OR alert.state = 'standing'"
"""It was raised then; one that was taken out of sight, since it was to be told later, anew."""

_STILL_HELD = (
    "alert.state = 'standing' AND excluded.state = 'standing'"
    " AND alert.owner IS NOT DISTINCT FROM excluded.owner"
)
"""Who has it in hand keeps it while it stands and their authority acts on it."""


_LIVED = (*("acknowledged_by", "decided_at", "decided_by", "outcome", "disputed_at", "closed_at"),)
"""What people did with it stands as long as it counts as seen; its steps keep it for good."""

_OF_REPEATS = ("acknowledged_at", "repeat_of")
"""What is counted on another alert waits for nobody; it is that alert which was seen."""

_REWRITE: Final = (
    "ON CONFLICT (alert_id) DO UPDATE SET "
    + ", ".join(
        f"{name} = excluded.{name}"
        for name in _ALERT
        if name not in {"alert_id", "child_ref", "rule", "raised_at", "counts_from", *_OF_REPEATS}
    )
    + ", version = alert.version + 1,"
    + "".join(f" {name} = CASE WHEN {_STILL_SEEN} THEN alert.{name} END," for name in _LIVED)
    + "".join(
        f" {name} = CASE WHEN {_STILL_SEEN} THEN alert.{name} ELSE excluded.{name} END,"
        for name in _OF_REPEATS
    )
    + f" raised_at = CASE WHEN {_SHOWN_BEFORE} THEN alert.raised_at ELSE excluded.raised_at END,"
    " counts_from = greatest(alert.counts_from, excluded.counts_from),"
    f" claimed_at = CASE WHEN {_STILL_HELD} THEN alert.claimed_at END,"
    f" claimed_by = CASE WHEN {_STILL_HELD} THEN alert.claimed_by END,"
    " ended_seen_at = NULL, ended_seen_by = NULL"
)


def write_alerts(cursor: Cursor[TupleRow], writes: Sequence[AlertWrite], at: datetime) -> None:
    """Raise, revise, withdraw or supersede alerts, each with its grounds and its step.

    One that comes back after it was withdrawn keeps its id and is to be seen anew; so is one that
    has become more urgent, such as by an amended risk grade, or of which ``again`` says why. What
    was counted on one that stands no more is told by itself.
    """
    if not writes:
        return
    ordered = sorted(writes, key=lambda write: write.alert.alert_id)
    reopened = _reopened(cursor, ordered, at)
    insert(cursor, "alert", _ALERT, [_alert_values(write, at) for write in ordered], then=_REWRITE)
    rewrite_grounds(cursor, [one.alert for one in ordered], at)
    _add_steps(cursor, [(w.alert.alert_id, w.step, at, None, w.sentence) for w in ordered])
    again = [(w.alert.alert_id, w.again) for w in ordered if w.alert.alert_id in reopened]
    counted = [(w.alert.alert_id, _COUNTED) for w in ordered if w.repeat_of]
    _add_steps(cursor, [(one, "raised again", at, None, why) for one, why in again])
    _add_steps(cursor, [(one, "counted", at, None, why) for one, why in counted])
    _release(cursor, [one for one in ordered if one.alert.state is not AlertState.STANDING], at)


_COUNTED = "Counted on an earlier alert of the same kind about the child that has been seen."
_ALONE = "To be seen by itself: the alert that it was counted on stands no more."
_REOPEN: Final = (
    "UPDATE alert SET acknowledged_at = NULL, acknowledged_by = NULL, decided_at = NULL,"
    " decided_by = NULL, outcome = NULL, closed_at = NULL, repeat_of = NULL, counts_from = %s"
    " WHERE state = 'standing' AND acknowledged_at IS NOT NULL AND {} RETURNING alert_id"
)
"""A dispute stands: that another agency tells of it too is no answer to who disagrees."""


def _reopened(
    cursor: Cursor[TupleRow], writes: Sequence[AlertWrite], at: datetime
) -> frozenset[UUID]:
    """Let those be seen anew that are to be; answer which somebody had seen."""
    ids = [write.alert.alert_id for write in writes if write.again]
    if not ids:
        return frozenset()
    cursor.execute(_REOPEN.format("alert_id = ANY(%s)"), (at, array("uuid", ids)))
    return frozenset(alert_id for (alert_id,) in cursor)


def _release(cursor: Cursor[TupleRow], ended: Sequence[AlertWrite], at: datetime) -> None:
    """Let what was counted on these alerts be told by itself."""
    if not ended:
        return
    ids = [write.alert.alert_id for write in ended]
    cursor.execute(_REOPEN.format("repeat_of = ANY(%s)"), (at, array("uuid", ids)))
    released = sorted(alert_id for (alert_id,) in cursor)
    _add_steps(cursor, [(one, "raised again", at, None, _ALONE) for one in released])


def _add_steps(cursor: Cursor[TupleRow], steps: Sequence[tuple[object, ...]]) -> None:
    """One step of each alert; each alert at most once."""
    if steps:
        cursor.execute(with_rows(_ADD_STEPS, _STEP), in_columns(steps, _STEP))


def _alert_values(write: AlertWrite, at: datetime) -> tuple[object, ...]:
    alert = write.alert
    return (
        *(alert.alert_id, alert.child_ref, alert.rule, alert.severity.value, alert.state.value),
        *(alert.sentence, alert.not_known, alert.owner.reveal() if alert.owner else None),
        *([code.reveal() for code in alert.informed], alert.delivered, alert.policy_version),
        *(alert.raised_at, at, write.superseded_by, write.repeat_of),
        at if write.repeat_of else None,
        alert.clock_began_at,
    )


def add_step(  # noqa: PLR0913, PLR0917  # a step is what, when, by whom and why
    cursor: Cursor[TupleRow],
    alert_id: object,
    kind: str,
    at: datetime,
    by_whom: str | None,
    sentence: str,
) -> None:
    """Note what happened to an alert, after what happened before."""
    _add_steps(cursor, [(alert_id, kind, at, by_whom, sentence)])


def add_steps(cursor: Cursor[TupleRow], rows: Sequence[AlertStepRow], at: datetime) -> None:
    """Note what happened to alerts by itself; whoever has their inbox open is told."""
    for row in rows:
        add_step(cursor, row.alert_id, row.kind, at, None, row.sentence)
        cursor.execute("UPDATE alert SET changed_at = %s WHERE alert_id = %s", (at, row.alert_id))
