"""An alarm that nobody answers goes when somebody has: the operator rings no front door in vain."""

from datetime import datetime
from typing import Final
from uuid import UUID

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.ports.escalating import ALERT_UNANSWERED_FAULT

_STANDS: Final = """
SELECT fault.subject, alert.owner FROM alert JOIN operator_fault AS fault
  ON fault.code = %(code)s AND fault.subject = coalesce(alert.owner, 'HUB')
WHERE alert.alert_id = %(alert)s AND fault.settled_at IS NULL FOR UPDATE OF fault
"""

_OTHERS: Final = """
SELECT EXISTS (SELECT FROM alert WHERE alert.state = 'standing' AND alert.delivered
  AND (alert.acknowledged_at IS NULL OR alert.disputed_at IS NOT NULL)
  AND (alert.owner = %(owner)s OR (%(owner)s::text IS NULL AND alert.owner IS NULL))
  AND EXISTS (SELECT FROM alert_step AS step
    WHERE step.alert_id = alert.alert_id AND step.kind = 'escalated')
  AND NOT EXISTS (SELECT FROM timer WHERE timer.subject_id = alert.alert_id
    AND timer.state = 'waiting' AND timer.kind IN ('alert_unseen', 'alert_disputed')))
"""
"""Others that went from contact to contact, and of which no turn is left."""


def settle_unanswered(cursor: Cursor[TupleRow], alert_id: UUID, at: datetime) -> None:
    """Settle the alarm of the authority that acts on an alert which somebody has just answered.

    It stands on while another of its alerts has come to the operator and waits.
    """
    cursor.execute(_STANDS, {"code": ALERT_UNANSWERED_FAULT, "alert": alert_id})
    row = cursor.fetchone()
    if row is None:
        return
    subject, owner = row
    others = cursor.execute(_OTHERS, {"owner": owner}).fetchone()
    if others is None or not others[0]:
        cursor.execute(
            "UPDATE operator_fault SET settled_at = %s WHERE code = %s AND subject = %s",
            (at, ALERT_UNANSWERED_FAULT, subject),
        )
