"""Reports that alerts rest on, as those who reported them ask of what became of them."""

import json
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.arrays import array
from hub.adapters.store.life import TOLD, place_of_step
from hub.core.alert import AlertState, Severity
from hub.core.alert_life import Life, Outcome
from hub.core.disclosure_feedback import REPORTED_KINDS
from hub.core.event import EventKind
from hub.core.identifiers import GssCode
from hub.ports import ColumnSealer, FeedbackFound, FeedbackRow, FeedbackWanted

_KINDS: Final = ", ".join(f"'{kind.value}'" for kind in REPORTED_KINDS)

_REPORTED: Final = f"""
FROM alert_ground AS ground JOIN alert USING (alert_id)
JOIN LATERAL (
  SELECT event_id, sealed, state, record_ref, received_at FROM event
  WHERE event.fact_key = ground.fact_key
  ORDER BY revision DESC, event_id DESC LIMIT 1) AS latest ON latest.state <> 'withdrawn'
WHERE ground.role = 'trigger' AND ground.live AND ground.kind IN ({_KINDS}) AND alert.delivered
"""

_FEEDBACK: Final = f"""
SELECT reported.*, acted.alert_id, acted.acknowledged_at, acted.decided_at, acted.outcome,
  acted.disputed_at, acted.closed_at,
  (SELECT min(event.received_at) FROM event WHERE event.fact_key = reported.fact_key),
  said.step, said.told, count(*) OVER ()
FROM (
  SELECT ground.feedback_id, ground.agency, ground.kind, ground.occurred_at, ground.fact_key,
    latest.event_id, latest.sealed, alert.alert_id, alert.child_ref, alert.owner, alert.severity,
    coalesce(ground.added_at, greatest(alert.raised_at, (
      SELECT min(received_at) FROM event WHERE event.fact_key = ground.fact_key))) AS part_since,
    coalesce(alert.counts_from, alert.raised_at) AS counts_from, alert.state,
    alert.delivered, alert.repeat_of, latest.received_at AS told_at, latest.record_ref
  {_REPORTED}) AS reported
JOIN alert AS acted ON acted.alert_id = coalesce(reported.repeat_of, reported.alert_id)
LEFT JOIN LATERAL (
  SELECT step, told FROM alert_step WHERE alert_step.alert_id = acted.alert_id
    AND alert_step.kind = 'decided' ORDER BY step DESC LIMIT 1) AS said ON true
WHERE (reported.state = 'standing'
    OR (reported.state = 'withdrawn' AND acted.acknowledged_at IS NOT NULL))
  AND NOT EXISTS (SELECT FROM notice_conflict AS known
    WHERE known.child_ref = reported.child_ref AND known.staff_id = %(reader)s)
"""

_NEWS: Final = """
  greatest(reported.told_at, (SELECT max(step.at) FROM alert_step AS step
    WHERE step.alert_id IN (reported.alert_id, acted.alert_id) AND step.kind IN ('raised',
      'raised again', 'counted', 'withdrawn', 'acknowledged', 'decided', 'disputed', 'closed')),
  (SELECT link.linked_at FROM link WHERE link.record_ref = reported.record_ref
    AND EXISTS (SELECT FROM link_history AS former WHERE former.record_ref = link.record_ref
      AND former.child_ref <> link.child_ref)))
"""
"""When something last became of a report: what another agency adds to its alert is none of it, or
whoever asks again and again would learn of that."""

PAGE: Final = (
    _FEEDBACK
    + f"""
  AND reported.agency = %(agency)s AND reported.occurred_at > %(occurred_after)s
  AND (%(changed_after)s::timestamptz IS NULL
    OR {_NEWS} > %(changed_after)s)
ORDER BY reported.occurred_at DESC, reported.feedback_id LIMIT %(most)s OFFSET %(passed)s
"""
)

REPORTERS: Final = f"""
SELECT DISTINCT coalesce(alert.repeat_of, alert.alert_id), ground.agency {_REPORTED}
  AND alert.state = 'standing' AND ground.agency IS NOT NULL
  AND (alert.alert_id = ANY(%(alerts)s) OR alert.repeat_of = ANY(%(alerts)s))
ORDER BY 1, 2
"""


def feedback_of(
    cursor: Cursor[TupleRow], sealer: ColumnSealer, wanted: FeedbackWanted
) -> FeedbackFound:
    """A page of the reports of an agency on which delivered alerts rest."""
    cursor.execute(
        PAGE,
        {
            "agency": wanted.agency,
            "reader": wanted.reader,
            "occurred_after": wanted.occurred_after,
            "changed_after": wanted.changed_after,
            "most": wanted.most,
            "passed": wanted.passed,
        },
    )
    rows = cursor.fetchall()
    total = rows[0][-1] if rows else 0
    return FeedbackFound(rows=tuple(_row(sealer, row) for row in rows), total=total)


def feedback(
    cursor: Cursor[TupleRow], sealer: ColumnSealer, feedback_id: UUID, reader: str
) -> FeedbackRow | None:
    """One of them, whoever's it is; ``None`` if there is none that this reader may see."""
    cursor.execute(
        f"{_FEEDBACK} AND reported.feedback_id = %(feedback)s",
        {"feedback": feedback_id, "reader": reader},
    )
    row = cursor.fetchone()
    return _row(sealer, row) if row else None


def reporters(cursor: Cursor[TupleRow], alert_ids: Sequence[UUID]) -> tuple[tuple[UUID, str], ...]:
    """Whose reports are live triggers of these alerts, or of what is counted on them."""
    if not alert_ids:
        return ()
    cursor.execute(REPORTERS, {"alerts": array("uuid", sorted(set(alert_ids)))})
    return tuple((alert_id, agency) for alert_id, agency in cursor)


def _row(sealer: ColumnSealer, row: TupleRow) -> FeedbackRow:
    feedback_id, agency, kind, occurred_at, _, event_id, sealed, alert_id, child_ref = row[:9]
    owner, severity, part_since, counts_from, state, delivered, repeat_of, _, _ = row[9:18]
    acted_on, acknowledged_at, decided_at, outcome, disputed_at, closed_at = row[18:24]
    received_at, step, told, _ = row[24:]
    private = json.loads(sealer.unseal("event", "sealed", bytes(event_id), bytes(sealed)))
    return FeedbackRow(
        feedback_id=feedback_id,
        agency=agency,
        kind=EventKind(kind),
        occurred_at=occurred_at,
        received_at=received_at,
        reference=private["source_key"],
        alert_id=alert_id,
        acted_on=acted_on,
        child_ref=bytes(child_ref),
        owner=GssCode.parse(owner) if owner else None,
        severity=Severity(severity),
        part_since=part_since,
        counts_from=counts_from,
        life=Life(
            state=AlertState(state),
            delivered=delivered,
            acknowledged_at=acknowledged_at,
            decided_at=decided_at,
            outcome=Outcome(outcome) if outcome else None,
            disputed_at=disputed_at,
            closed_at=closed_at,
        ),
        counted=repeat_of is not None,
        told=(
            sealer.unseal(*TOLD, place_of_step(acted_on, step), bytes(told)).decode()
            if told
            else None
        ),
    )
