"""The outbox over PostgreSQL: claimed with SKIP LOCKED, given back by time alone."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from hub.adapters.store.connection import PostgresStore
from hub.adapters.store.operator_faults import UNDELIVERED, count_operator_faults
from hub.core.alert import Severity
from hub.core.delivery import Pushed
from hub.ports import OperatorFaultRow, OutboxRow

_CLAIM: Final = """
UPDATE outbox SET attempts = attempts + 1, next_at = %(until)s
WHERE outbox_id IN (
  SELECT outbox_id FROM outbox WHERE state = 'waiting' AND next_at <= %(now)s
  ORDER BY next_at, outbox_id LIMIT %(most)s FOR UPDATE SKIP LOCKED)
RETURNING outbox_id, kind, recipient, subject_id, next_at, attempts, severity, authority
"""

_SETTLE: Final = """
UPDATE outbox SET state = %(state)s, ended_at = %(ended)s, next_at = coalesce(%(again)s, next_at),
  last_fault = %(fault)s
WHERE outbox_id = %(row)s AND state = 'waiting' AND attempts = %(attempts)s RETURNING 1
"""


class PostgresOutbox:
    """The outbox port."""

    def __init__(self, store: PostgresStore) -> None:
        self._store = store

    def claim(self, now: datetime, until: datetime, most: int) -> Sequence[OutboxRow]:
        """Take rows whose time has come out of others' reach until an instant; see the port."""
        with self._store.connection() as connection:
            found = connection.execute(_CLAIM, {"now": now, "until": until, "most": most})
            rows = [
                OutboxRow(
                    outbox_id=row[0],
                    kind=row[1],
                    recipient=row[2],
                    subject_id=row[3],
                    not_before=row[4],
                    attempts=row[5],
                    severity=Severity(row[6]) if row[6] else None,
                    authority=row[7],
                )
                for row in found
            ]
        return sorted(rows, key=lambda row: row.outbox_id)

    def settle(
        self, row: OutboxRow, pushed: Pushed, *, at: datetime, again_at: datetime | None, fault: str
    ) -> bool:
        """Note what came of an attempt; a dead one is a fault that the operator is told."""
        waits = pushed is Pushed.AGAIN
        values = {
            "state": "waiting" if waits else pushed.value,
            "ended": None if waits else at,
            "again": again_at,
            "fault": fault or None,
            "row": row.outbox_id,
            "attempts": row.attempts,
        }
        with self._store.connection() as connection:
            ours = connection.execute(_SETTLE, values).fetchone() is not None
            if ours and pushed is Pushed.DEAD:
                told = OperatorFaultRow(code=UNDELIVERED, feed="", subject=row.recipient)
                count_operator_faults(connection.cursor(), [told], at)
        return ours
