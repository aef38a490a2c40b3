"""The rules, one module each, and the explicit list of them."""

from typing import Any

from hub.core.rule import Rule
from hub.core.rules import plan_match, repeat_attendance

RULES: tuple[Rule[Any], ...] = (
    plan_match.RULE,
    repeat_attendance.RULE,
)
"""Every rule that exists. One that a policy does not name is off."""
