"""Which changes of identity are taken, on which feed, and that no identifier of them is stored."""

import json

import pytest

from hub.core import codec
from hub.core.event import EventState, IdentityChangeFacts, Subject
from hub.core.identifiers import NhsNumber
from hub.core.identity_change import ABOUT_RECORDS, Change
from hub.core.intake_event import EventContext, ValidEvent, judge_event
from hub.core.intake_identity import CHANGES_BY_FEED
from hub.core.reasons import RejectReason
from hub.core.report import Feed
from tests.core.a_report import DIGESTS, NOW, REGISTRY, an_event

FORMER, VISIT = "RR8|FORMER77", "RR8||VISIT99"
NUMBERED = Subject(local_id="1", nhs_number=NhsNumber("9990000018"))


def judged(facts, feed=Feed.HEALTH, *, agency="RR8", **changes):
    event = an_event(facts=facts, **changes)
    context = EventContext(
        feed=feed,
        agency=agency,
        received_at=NOW,
        schemas=REGISTRY,
        digests=DIGESTS,
        test_numbers=True,
    )
    return judge_event(0, codec.encode_event(event, REGISTRY), context)


def told(change, **said):
    return IdentityChangeFacts(
        change=change, **{"former_local_id": FORMER, "visit_key": VISIT} | said
    )


@pytest.mark.parametrize("feed", Feed)
@pytest.mark.parametrize("change", Change)
def test_a_change_is_taken_on_its_own_feeds_alone(change, feed):
    by = "X26" if change is Change.NUMBER_SUPERSEDED else "RR8"
    said = told(change, former_nhs_number=NhsNumber("9990000026"))
    valid = isinstance(judged(said, feed, agency=by, subject=NUMBERED), ValidEvent)
    assert valid == (change in CHANGES_BY_FEED.get(feed, ()))


def test_an_adoption_is_a_councils_to_tell_and_a_visit_a_hospitals():
    assert Change.ADOPTED not in CHANGES_BY_FEED[Feed.HEALTH]
    assert Change.VISIT_MOVED not in CHANGES_BY_FEED[Feed.SOCIAL_CARE]


def test_the_former_record_is_stored_under_the_reference_that_it_has_everywhere():
    facts = judged(told(Change.RECORDS_MERGED)).facts
    assert facts["former_local_id"] == DIGESTS.record_ref("RR8", FORMER).hex()


def test_outer_spaces_of_the_former_id_make_no_other_record():
    spaced = judged(told(Change.RECORDS_MERGED, former_local_id=f" {FORMER} "))
    assert spaced.facts == judged(told(Change.RECORDS_MERGED)).facts


def test_the_visit_is_stored_under_the_key_of_its_attendance():
    facts = judged(told(Change.VISIT_MOVED)).facts
    assert facts["visit_key"] == DIGESTS.fact_key("RR8", VISIT).hex()


def test_nothing_of_the_identifiers_before_is_stored_in_clear():
    said = told(Change.RECORDS_MERGED, former_nhs_number=NhsNumber("9990000018"))
    stored = json.dumps(dict(judged(said).facts))
    assert not any(part in stored for part in ("FORMER77", "VISIT99", "9990000018"))
    assert not any(part in repr(said) for part in ("FORMER77", "VISIT99", "9990000018"))


@pytest.mark.parametrize("change", sorted(ABOUT_RECORDS))
def test_a_change_about_two_records_needs_the_one_before(change):
    for former in (None, "", "   "):
        rejected = judged(told(change, former_local_id=former), Feed.SOCIAL_CARE)
        assert rejected.reason is RejectReason.FORMER_MISSING


def test_a_visit_that_is_not_named_cannot_be_moved():
    rejected = judged(told(Change.VISIT_MOVED, visit_key=" "))
    assert (rejected.reason, rejected.field) == (RejectReason.FORMER_MISSING, "facts.visit_key")


def test_a_record_merged_with_itself_is_refused_by_name_and_without_its_number():
    subject = Subject(local_id=f" {FORMER}")
    rejected = judged(told(Change.RECORDS_MERGED), subject=subject)
    assert rejected.reason is RejectReason.SAME_AS_BEFORE
    assert "FORMER77" not in rejected.expected


def test_a_change_taken_back_needs_nothing_but_its_key():
    taken_back = judged(IdentityChangeFacts(), state=EventState.WITHDRAWN)
    assert isinstance(taken_back, ValidEvent)


def replaced(former="9990000026", agency="X26", **changes):
    number = NhsNumber(former) if former else None
    facts = IdentityChangeFacts(change=Change.NUMBER_SUPERSEDED, former_nhs_number=number)
    return judged(facts, agency=agency, **{"subject": NUMBERED} | changes)


def test_only_who_keeps_the_numbers_may_say_that_one_was_replaced():
    assert isinstance(replaced(), ValidEvent)
    refused = replaced(agency="RR8")
    assert refused.reason is RejectReason.CHANGE_NOT_TAKEN
    assert "X26" in refused.expected


def test_a_replaced_number_needs_both_numbers_and_two():
    assert replaced(former=None).reason is RejectReason.FORMER_MISSING
    assert replaced(subject=Subject(local_id="1")).reason is RejectReason.FORMER_MISSING
    assert replaced(former="9990000018").reason is RejectReason.SAME_AS_BEFORE
