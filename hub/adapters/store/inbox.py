"""Alerts as an inbox reads them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.alerts import ALERT_COLUMNS, add_step
from hub.adapters.store.answered import settle_unanswered
from hub.adapters.store.arrays import array
from hub.adapters.store.grounds import read_grounds
from hub.adapters.store.inbox_changes import SEEN_COLUMNS, SHOWN_DAYS, Snapshot, inbox_alert
from hub.adapters.store.life import add_life_steps, decided_before, read_steps
from hub.core.alert import AlertState, Severity
from hub.core.front_door import OWN_DESK
from hub.ports import (
    ColumnSealer,
    Held,
    InboxAlert,
    InboxCount,
    InboxFound,
    InboxShows,
    InboxWanted,
    LifeStep,
)

INBOX = f"SELECT {ALERT_COLUMNS}, {SEEN_COLUMNS} FROM alert"

_HELD = {
    Held.ANYONE: "true",
    Held.MINE: "alert.claimed_by = %(viewer)s",
    Held.UNCLAIMED: "alert.claimed_by IS NULL",
    Held.COLLEAGUE: "alert.claimed_by <> %(viewer)s",
}
TOLD = "alert.delivered AND alert.repeat_of IS NULL"
_STANDS = f"{TOLD} AND alert.state = 'standing' AND alert.closed_at IS NULL"
_WAITS = "alert.state = 'standing' AND alert.acknowledged_at IS NULL"
SHOWN = {
    InboxShows.WAITING: f"{_STANDS} AND alert.acknowledged_at IS NULL",
    InboxShows.ACKNOWLEDGED: (
        f"{_STANDS} AND alert.acknowledged_at IS NOT NULL AND alert.decided_at IS NULL"
    ),
    InboxShows.DECIDED: f"{_STANDS} AND alert.decided_at IS NOT NULL",
    InboxShows.ALL: (
        f"{TOLD} AND ((alert.state = 'standing' AND alert.closed_at IS NULL)"
        " OR (alert.state IN ('standing', 'withdrawn')"
        " AND alert.changed_at > now() - %(kept)s * interval '1 day'))"
    ),
}


def alerts_of(cursor: Cursor[TupleRow], desks: Sequence[str], wanted: InboxWanted) -> InboxFound:
    """One page of the delivered alerts that an authority owns or is informed of, and the counts.

    What waits comes first, by severity and then what was raised first; after it the rest, by
    severity and the newest. The transaction must see one instant.
    """
    counts = _counts(cursor, desks, wanted.viewer)
    total = sum(
        one.count
        for one in counts
        if wanted.severity in {None, one.severity}
        and wanted.held.includes(one.held)
        and wanted.shows.includes(
            one.state, acknowledged=one.acknowledged, decided=one.decided, closed=one.closed
        )
    )
    page = min(wanted.page, max(1, -(-total // wanted.size)))
    cursor.execute(
        f"{INBOX} WHERE {SHOWN[wanted.shows]} AND {whose(desks)}"
        f" AND {_HELD[wanted.held]}"
        " AND (%(severity)s::text IS NULL OR alert.severity = %(severity)s)"
        f" ORDER BY ({_WAITS}) DESC,"
        " array_position(ARRAY['immediate', 'today', 'information'], alert.severity),"
        f" CASE WHEN {_WAITS} THEN alert.raised_at END, alert.raised_at DESC, alert.alert_id"
        " LIMIT %(most)s OFFSET %(passed)s",
        {
            "who": list(desks),
            "kept": SHOWN_DAYS,
            "viewer": wanted.viewer,
            "severity": wanted.severity.value if wanted.severity else None,
            "most": wanted.size,
            "passed": (page - 1) * wanted.size,
        },
    )
    listed = tuple(inbox_alert(row) for row in cursor)
    return InboxFound(
        alerts=listed, counts=counts, page=page, cursor=str(Snapshot.now(cursor, desks))
    )


def _counts(cursor: Cursor[TupleRow], desks: Sequence[str], viewer: str) -> tuple[InboxCount, ...]:
    cursor.execute(
        "SELECT alert.severity, alert.state, alert.acknowledged_at IS NOT NULL,"
        " alert.decided_at IS NOT NULL, alert.closed_at IS NOT NULL,"
        " CASE WHEN alert.claimed_by IS NULL THEN 'unclaimed'"
        " WHEN alert.claimed_by = %(viewer)s THEN 'mine' ELSE 'colleague' END, count(*)"
        f" FROM alert WHERE {SHOWN[InboxShows.ALL]} AND {whose(desks)}"
        " GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6",
        {"who": list(desks), "kept": SHOWN_DAYS, "viewer": viewer},
    )
    return tuple(
        InboxCount(
            severity=Severity(severity),
            state=AlertState(state),
            acknowledged=acknowledged,
            decided=decided,
            closed=closed,
            held=Held(held),
            count=count,
        )
        for severity, state, acknowledged, decided, closed, held, count in cursor
    )


def whose(desks: Sequence[str]) -> str:
    """Of one of these authorities, or of nobody: the two are separate, each uses its index."""
    if OWN_DESK in desks:
        return "alert.owner IS NULL"
    return "(alert.owner = ANY(%(who)s::text[]) OR alert.informed && %(who)s::text[])"


def concerned(
    cursor: Cursor[TupleRow], alert_ids: list[UUID]
) -> dict[UUID, tuple[str | None, tuple[str, ...]]]:
    """Who acts on each of these alerts, and who is informed."""
    cursor.execute(
        "SELECT alert_id, owner, informed FROM alert WHERE alert_id = ANY(%s)",
        (array("uuid", alert_ids),),
    )
    return {alert_id: (owner, tuple(informed)) for alert_id, owner, informed in cursor}


def alert(cursor: Cursor[TupleRow], sealer: ColumnSealer, alert_id: UUID) -> InboxAlert | None:
    """One alert, whatever its state, with its steps and what was decided of its child before."""
    cursor.execute(f"{INBOX} WHERE alert.alert_id = %s", (alert_id,))
    found = _with_grounds(cursor, cursor.fetchall())
    if not found:
        return None
    steps = read_steps(cursor, sealer, alert_id)
    lived = replace(
        found[0],
        steps=steps,
        before=decided_before(cursor, found[0].alert.child_ref, alert_id),
    )
    endings = [step for step in steps if step.kind in _ENDINGS]
    if lived.alert.state is AlertState.STANDING or not endings:
        return lived
    return replace(lived, ended_at=endings[-1].at, ended_because=endings[-1].sentence)


_ENDINGS = frozenset({"withdrawn", "superseded"})


def _with_grounds(cursor: Cursor[TupleRow], rows: list[TupleRow]) -> tuple[InboxAlert, ...]:
    grounds = read_grounds(cursor, [row[0] for row in rows])
    everything = [g for some in grounds.values() for g in some]
    cursor.execute(
        "SELECT fact_key, min(received_at), min(agency) FROM event WHERE fact_key = ANY(%s)"
        " GROUP BY fact_key",
        (sorted({g.fact_key for g in everything}),),
    )
    told = {fact_key: (received_at, agency) for fact_key, received_at, agency in cursor}
    return tuple(
        inbox_alert(
            row,
            grounds=tuple(grounds.get(row[0], ())),
            told=tuple(
                (g.fact_key, *told[g.fact_key])
                for g in grounds.get(row[0], ())
                if g.fact_key in told
            ),
        )
        for row in rows
    )


def hold(cursor: Cursor[TupleRow], alert_id: UUID) -> None:
    """Lock an alert: a decision that would give it to others waits, or is seen."""
    cursor.execute("SELECT 1 FROM alert WHERE alert_id = %s FOR NO KEY UPDATE", (alert_id,))


def acknowledge(
    cursor: Cursor[TupleRow], sealer: ColumnSealer, alert_id: UUID, step: LifeStep
) -> bool:
    """Note who saw it first; answer whether that was now. The alarm that nobody did goes too."""
    cursor.execute(
        "UPDATE alert SET acknowledged_at = %s, acknowledged_by = %s, changed_at = %s"
        " WHERE alert_id = %s AND acknowledged_at IS NULL RETURNING 1",
        (step.at, step.by, step.at, alert_id),
    )
    first = cursor.fetchone() is not None
    if first:
        add_life_steps(cursor, sealer, alert_id, [step])
        settle_unanswered(cursor, alert_id, step.at)
    return first


def claim(
    cursor: Cursor[TupleRow],
    alert_id: UUID,
    *,
    by: str,
    at: datetime,
    instead_of: str | None = None,
) -> bool:
    """Note who has a standing alert in hand, if nobody has; answer whether that was now.

    With ``instead_of`` if that colleague has it. Of two at once one waits for the other's row, and
    then finds it in other hands.
    """
    cursor.execute(
        "UPDATE alert SET claimed_at = %s, claimed_by = %s, changed_at = %s"
        " WHERE alert_id = %s AND claimed_by IS NOT DISTINCT FROM %s AND state = 'standing'"
        " RETURNING 1",
        (at, by, at, alert_id, instead_of),
    )
    first = cursor.fetchone() is not None
    if first and instead_of is None:
        add_step(cursor, alert_id, "claimed", at, by, "Taken in hand by one of the duty team.")
    elif first:
        add_step(cursor, alert_id, "taken over", at, by, f"Taken over from {instead_of}.")
    return first


def release(cursor: Cursor[TupleRow], alert_id: UUID, *, by: str, at: datetime) -> bool:
    """Note that who had it in hand has it no more; answer whether they had."""
    cursor.execute(
        "UPDATE alert SET claimed_at = NULL, claimed_by = NULL, changed_at = %s"
        " WHERE alert_id = %s AND claimed_by = %s RETURNING 1",
        (at, alert_id, by),
    )
    had = cursor.fetchone() is not None
    if had:
        add_step(cursor, alert_id, "released", at, by, "Given back to the duty team.")
    return had
