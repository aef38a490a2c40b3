"""Alerts that wait: to be seen, or to be decided again."""

from collections.abc import Sequence
from uuid import UUID

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.arrays import array
from hub.core.alert import Severity
from hub.core.identifiers import GssCode
from hub.ports import AlertUnseen


def alerts_unseen(cursor: Cursor[TupleRow], alert_ids: Sequence[UUID]) -> tuple[AlertUnseen, ...]:
    """Lock these alerts and answer those that stand, are delivered, and wait."""
    cursor.execute(
        "SELECT alert_id, child_ref, owner, severity, coalesce(counts_from, raised_at), disputed_at"
        " FROM alert"
        " WHERE alert_id = ANY(%s) AND state = 'standing' AND delivered"
        " AND (acknowledged_at IS NULL OR disputed_at IS NOT NULL)"
        " ORDER BY alert_id FOR NO KEY UPDATE",
        (array("uuid", sorted(set(alert_ids))),),
    )
    return tuple(
        AlertUnseen(
            alert_id=alert_id,
            child_ref=child_ref,
            owner=GssCode.parse(owner) if owner else None,
            severity=Severity(severity),
            counts_from=counts_from,
            disputed_at=disputed_at,
        )
        for alert_id, child_ref, owner, severity, counts_from, disputed_at in cursor.fetchall()
    )
