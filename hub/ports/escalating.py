"""The rows of alerts that wait beyond their time, and of what is noted of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from hub.core.alert import Severity
from hub.core.identifiers import GssCode
from hub.ports.feedback import ReporterRows

ALERT_UNANSWERED_FAULT: Final = "alert_unanswered"
"""The code of the operator's fault: nobody is left to whom an alert could be passed on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertUnseen:
    """An alert that stands, is delivered, and waits: to be seen, or to be decided again."""

    alert_id: UUID
    child_ref: bytes
    owner: GssCode | None
    severity: Severity
    counts_from: datetime
    """From when its clock counts."""
    disputed_at: datetime | None = None
    """Since when somebody disagrees with what was decided; until it is decided again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertStepRow:
    """Something that happened to an alert, in one sentence of no person."""

    alert_id: UUID
    kind: str
    sentence: str


class UnseenRows(ReporterRows, Protocol):
    """What the deciding transaction reads of alerts that wait."""

    def alerts_unseen(self, alert_ids: Sequence[UUID]) -> tuple[AlertUnseen, ...]:
        """Lock these alerts, after their children, and answer those that wait.

        Those are what nobody has seen, and what is disputed, seen or not.
        """
        ...
