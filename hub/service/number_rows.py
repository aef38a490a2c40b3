"""What events tell of NHS numbers that were replaced, as rows."""

from hub.core.event import IdentityChangeFacts
from hub.core.identity_change import Change
from hub.core.intake_event import ValidEvent
from hub.core.superseded import Supersession
from hub.ports import NumberTold


def number_told(valid: ValidEvent) -> NumberTold | None:
    """What an event tells of an NHS number that was replaced; a withdrawal need not say which."""
    facts, now = valid.event.facts, valid.event.subject.nhs_number
    if not isinstance(facts, IdentityChangeFacts):
        return None
    former = facts.former_nhs_number
    told = None
    if facts.change is Change.NUMBER_SUPERSEDED and former and now:
        told = Supersession(former=former.reveal(), now=now.reveal())
    return NumberTold(fact_key=valid.fact_key, revision=valid.event.revision, told=told)
