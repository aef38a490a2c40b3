"""How a domestic-abuse incident is judged, and which of its references are stored keyed."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from hub.core.event import DomesticAbuseIncidentFacts, Facts, IdentityChangeFacts
from hub.core.intake_identity import stored_change
from hub.core.reasons import EventFlag, Fault, RejectReason
from hub.core.seal import EventDigests

OCCURRENCE: Final = "occurrence"
PERSON: Final = "person"


def incident_faults(facts: DomesticAbuseIncidentFacts) -> Iterator[Fault]:
    """Yield why an incident cannot be stored: it says neither when nor how the child was in it."""
    child = (facts.present, facts.resident, facts.seen, facts.injured)
    if facts.began_at is None and all(said is None for said in child) and not facts.adults:
        yield Fault(
            reason=RejectReason.NOTHING_SAID,
            field="facts",
            expected="When it began, or how the child was in it, was expected.",
        )


def incident_flags(facts: DomesticAbuseIncidentFacts) -> tuple[EventFlag, ...]:
    """Answer what is odd about an incident that is stored all the same."""
    if facts.began_at and facts.ended_at and facts.ended_at < facts.began_at:
        return (EventFlag.ENDED_BEFORE_BEGINNING,)
    return ()


def stored_facts(
    facts: Facts, said: Mapping[str, Any], agency: str, digests: EventDigests
) -> Mapping[str, Any]:
    """Answer the facts as they are stored: references of incidents and adults are keyed digests.

    They are a force's own; by their digests the same incident and the same adult are known again,
    and nobody is found by them. Other kinds of facts are stored as they are said.

    Args:
        facts: the event's facts.
        said: the same as ``json`` takes them, defaults left out.
        agency: whose references they are.
        digests: make the digests, under the hub's event key.
    """
    if isinstance(facts, IdentityChangeFacts):
        return stored_change(facts, said, agency, digests)
    if not isinstance(facts, DomesticAbuseIncidentFacts):
        return said

    def keyed(part: Mapping[str, Any], name: str) -> dict[str, Any]:
        text = part.get(name)
        digest = {name: digests.reference(agency, name, text).hex()} if text else {}
        return {**part, **digest}

    stored = keyed(said, OCCURRENCE)
    if "adults" in stored:
        stored["adults"] = [keyed(adult, PERSON) for adult in stored["adults"]]
    return stored
