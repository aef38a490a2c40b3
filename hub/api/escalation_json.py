"""To whom an alert was passed on that nobody acknowledged by its time, as JSON and in words."""

from hub.api.json_values import Json, instant_json
from hub.core.escalation import EscalationStep, Passed

OPERATOR = "the hub's operator"


def whom(step: EscalationStep | None) -> str:
    """Answer a contact in words; after the last it is the operator's turn."""
    return step.label if step else OPERATOR


def passed_json(passed: Passed | None) -> Json | None:
    """Answer it as a client reads it; null while the clock of the alert has not run out."""
    if passed is None:
        return None
    return {
        "since": instant_json(passed.since),
        "to": whom(passed.with_whom),
        "number": (passed.with_whom.phone or None) if passed.with_whom else None,
        "next_at": instant_json(passed.next_at),
        "next_to": whom(passed.next_whom) if passed.next_at else None,
    }
