"""What intake makes of an incident: stored with keyed references, or rejected with a reason."""

from dataclasses import replace
from datetime import timedelta

from hub.core import codec
from hub.core.event import DomesticAbuseIncidentFacts, EventState, Subject, SubjectRole
from hub.core.incident_facts import AdultRole, IncidentAdult
from hub.core.intake_event import EventContext, RejectedEvent, ValidEvent, judge_event
from hub.core.reasons import EventFlag, RejectReason
from hub.core.report import Feed
from tests.core.a_report import DIGESTS, NOW, REGISTRY, an_event

FACTS = DomesticAbuseIncidentFacts(
    occurrence="13260123456",
    began_at=NOW - timedelta(hours=8),
    adults=(IncidentAdult(role=AdultRole.SUSPECT, person="N1002", on_bail=True), IncidentAdult()),
)


def an_incident(**changes):
    event = an_event(source_key="POL13|13260123456|N1003", facts=FACTS)
    return replace(event, **changes)


def judged(event, agency="POL13"):
    context = EventContext(
        feed=Feed.POLICE,
        agency=agency,
        received_at=NOW,
        schemas=REGISTRY,
        digests=DIGESTS,
        test_numbers=True,
    )
    return judge_event(0, codec.encode_event(event, REGISTRY), context)


def test_an_incident_is_stored_and_its_references_are_keyed():
    found = judged(an_incident())
    assert isinstance(found, ValidEvent)
    assert found.event == an_incident()
    suspect, other = found.facts["adults"]
    assert suspect["person"] == DIGESTS.reference("POL13", "person", "N1002").hex()
    assert (suspect["role"], suspect["on_bail"]) == ("suspect", True)
    assert other == {}
    assert found.facts["occurrence"] != FACTS.occurrence
    assert "N1002" not in str(found.facts)


def test_the_same_reference_has_another_digest_at_another_force_and_of_another_kind():
    ours, theirs = judged(an_incident()), judged(an_incident(), agency="POL14")
    assert ours.facts["occurrence"] != theirs.facts["occurrence"]
    assert DIGESTS.reference("POL13", "person", "1") != DIGESTS.reference(
        "POL13", "occurrence", "1"
    )


def test_facts_without_references_are_stored_as_told():
    bare = an_incident(facts=DomesticAbuseIncidentFacts(present=True))
    assert judged(bare).facts == {"present": True}


def test_an_incident_that_says_nothing_is_rejected_with_the_reason():
    found = judged(an_incident(facts=DomesticAbuseIncidentFacts(occurrence="1")))
    assert isinstance(found, RejectedEvent)
    assert found.reason is RejectReason.NOTHING_SAID
    assert "When it began" in found.expected


def test_a_withdrawal_need_say_nothing():
    gone = an_incident(state=EventState.WITHDRAWN, facts=DomesticAbuseIncidentFacts())
    assert isinstance(judged(gone), ValidEvent)


def test_an_end_before_the_beginning_is_odd_and_stored():
    facts = replace(FACTS, ended_at=FACTS.began_at - timedelta(minutes=1))
    assert judged(an_incident(facts=facts)).flags == (EventFlag.ENDED_BEFORE_BEGINNING,)


def test_no_event_is_about_an_adult():
    adult = Subject(local_id="N1002", role=SubjectRole.CARER)
    assert judged(an_incident(subject=adult)).reason is RejectReason.ROLE_NOT_ACCEPTED
