"""The rules, one module each, and the explicit list of them."""

from typing import Any

from hub.core.rule import Rule
from hub.core.rules import (
    absence_after_incident,
    cumulative_concern,
    domestic_abuse_incident,
    household_incident,
    plan_match,
    repeat_attendance,
    repeat_domestic_abuse,
    unexplained_absence,
)

RULES: tuple[Rule[Any], ...] = (
    absence_after_incident.RULE,
    cumulative_concern.RULE,
    domestic_abuse_incident.RULE,
    household_incident.RULE,
    plan_match.RULE,
    repeat_attendance.RULE,
    repeat_domestic_abuse.RULE,
    unexplained_absence.RULE,
)
"""Every rule that exists. One that a policy does not name is off."""
