"""What keeps a plan, or a period of care, from being taken."""

from collections.abc import Iterator

from hub.core.event import PlanFacts
from hub.core.identifiers import GssCode
from hub.core.reasons import Fault, RejectReason
from hub.errors import InvalidIdentifier


def plan_faults(facts: PlanFacts) -> Iterator[Fault]:
    """Yield why a plan is not taken: nobody is named who holds it, or it ends before it begins."""
    if not _is_authority(facts):
        yield Fault(
            reason=RejectReason.AUTHORITY_MISSING,
            field="facts.authority",
            expected="The GSS code of the authority that holds the plan was expected.",
        )
    if facts.started_on and facts.ended_on and facts.ended_on < facts.started_on:
        yield Fault(
            reason=RejectReason.ENDS_BEFORE_START,
            field="facts.ended_on",
            expected="A last day not before the first was expected.",
        )


def _is_authority(facts: PlanFacts) -> bool:
    """Whether the holder is named by its code, or is another authority that need not be named."""
    if facts.authority is None:
        return facts.held_for_another_authority
    try:
        GssCode(facts.authority)
    except InvalidIdentifier:
        return False
    return True
