"""Two children side by side: every value with who said it, and nothing of where one may hide."""

from datetime import UTC, date, datetime

import pytest

from hub.adapters.identity_reference import shipped_matching
from hub.core.disclosure import Role
from hub.core.disclosure_review import (
    REVIEW_READERS,
    Waits,
    desk_of,
    disclose_pair,
    disclose_waiting,
    may_review,
)
from hub.core.event import Audience, EventKind, Handling, Mother, Sex, Subject, SubjectRole
from hub.core.identifiers import GssCode, NhsNumber, Postcode
from hub.core.identity import evidence_of
from hub.core.person import ledger_of
from hub.core.review import Urgency
from hub.core.review_pair import PairField, PairRecord, Tells, compared

MATCHING = shipped_matching()
SAID = 1_795_339_800_000
BRADFORD, LEEDS = GssCode("E08000032"), GssCode("E08000035")
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def a_record(agency="RAE", ref=b"r1", **subject):
    told = {
        "local_id": "H1",
        "family_name": "Ashworth",
        "given_names": ("Mira",),
        "birth_date": date(2021, 5, 4),
        "postcode": Postcode.parse("BD1 1HX"),
        "address_lines": ("14 Loom Street",),
    }
    person = Subject(**(told | subject))
    return PairRecord(
        agency=agency,
        ledger=ledger_of(person, SAID),
        evidence=evidence_of(person, record_ref=ref, agency=agency),
    )


def pair(one=None, other=None):
    other = other or a_record("E08000032", b"r2")
    return compared([one or a_record()], [other], MATCHING)


def row(found, name):
    return next(one for one in found.rows if one.name is name)


def test_each_value_says_who_told_it_and_when():
    found = row(pair(), PairField.FAMILY)
    (said,) = found.one
    ((agency, at),) = said.sources
    assert (said.text, agency) == ("Ashworth", "RAE")
    assert at == datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def test_two_agencies_that_say_the_same_stand_at_one_value():
    records = [a_record("RAE", b"r1"), a_record("RR8", b"r3")]
    (said,) = row(compared(records, [a_record(ref=b"r2")], MATCHING), PairField.BIRTH).one
    assert [agency for agency, _ in said.sources] == ["RAE", "RR8"]


def test_a_difference_speaks_against_and_an_agreement_for_it():
    found = pair(other=a_record(ref=b"r2", given_names=("Tobias",)))
    assert row(found, PairField.GIVEN).tells is Tells.AGAINST
    assert row(found, PairField.GIVEN).level == "differs"
    assert row(found, PairField.BIRTH).tells is Tells.FOR
    assert 0 < found.chance < 1


def test_what_one_side_does_not_say_is_not_held_against_it():
    found = row(pair(a_record(sex=Sex.FEMALE)), PairField.SEX)
    assert (found.tells, found.other) == (Tells.NOT_KNOWN, ())


def test_of_a_number_only_the_end_is_shown():
    number = NhsNumber("9990000018")
    (said,) = row(pair(a_record(nhs_number=number)), PairField.NHS_NUMBER).one
    assert said.text == "ends in 0018"


def test_a_child_not_born_yet_is_not_weighed_and_its_mother_is_shown():
    unborn = a_record(
        ref=b"r2",
        role=SubjectRole.UNBORN,
        given_names=None,
        birth_date=None,
        due_on=date(2021, 5, 1),
        mother=Mother(family_name="Ashworth", given_names=("Jo",)),
    )
    found = pair(other=unborn)
    assert found.chance is None
    assert found.words == ("birth or due date fits the pregnancy",)
    assert row(found, PairField.MOTHER).other[0].text == "Jo Ashworth"
    assert row(found, PairField.DUE).other[0].text == "1 May 2021"


def test_the_order_of_the_two_changes_no_likeness():
    one, other = a_record(), a_record("RR8", b"r2", given_names=("Mirabel",))
    assert pair(one, other).chance == pytest.approx(pair(other, one).chance)


def texts(found):
    return " ".join(
        said.text for one in found.rows for side in (one.one, one.other) for said in side
    )


def test_where_either_is_shielded_nothing_tells_where_either_is():
    whole = pair()
    assert "Loom Street" in texts(whole)
    seen = disclose_pair(Role.IDENTITY_REVIEWER, whole, shielded=True)
    assert "Loom Street" not in texts(seen)
    assert "BD1" not in texts(seen)
    home = row(seen, PairField.HOME)
    assert (home.tells, home.level, home.bits) == (Tells.WITHHELD, "", None)
    assert seen.chance is None
    agencies = {a for one in seen.rows for said in (*one.one, *one.other) for a, _ in said.sources}
    assert agencies == {""}


@pytest.mark.parametrize("role", [role for role in Role if role not in REVIEW_READERS])
def test_no_other_role_sees_a_pair_or_has_a_queue(role):
    assert disclose_pair(role, pair(), shielded=False) is None
    assert desk_of(role, BRADFORD) is None
    assert not may_review(role, BRADFORD, ("E08000032", "HUB"), (Urgency.PLAN,))
    assert disclose_waiting(role, (a_visit(),), NOW, shielded=False) == ((), False)


def test_a_duty_worker_sees_the_urgent_ones_of_its_own_authority():
    mine, urgent = ("E08000032",), (Urgency.PLAN,)
    assert may_review(Role.DUTY_WORKER, BRADFORD, mine, urgent)
    assert not may_review(Role.DUTY_WORKER, BRADFORD, mine, ())
    assert not may_review(Role.DUTY_WORKER, LEEDS, mine, urgent)
    assert not may_review(Role.DUTY_WORKER, None, ("HUB",), urgent)


def test_a_reviewer_sees_all_of_its_own_authority_and_none_of_anothers():
    assert may_review(Role.IDENTITY_REVIEWER, BRADFORD, ("E08000032",), ())
    assert not may_review(Role.IDENTITY_REVIEWER, LEEDS, ("E08000032", "HUB"), ())
    assert may_review(Role.IDENTITY_REVIEWER, None, ("HUB",), ())


def a_visit(**handling):
    return Waits(
        kind=EventKind.EMERGENCY_ATTENDANCE, on=NOW, agency="RAE", handling=Handling(**handling)
    )


def test_what_an_agency_keeps_back_is_not_shown_and_that_it_does_is_said():
    told = (a_visit(), a_visit(audience=Audience.SOCIAL_CARE_ONLY))
    seen, kept_back = disclose_waiting(Role.IDENTITY_REVIEWER, told, NOW, shielded=False)
    assert (len(seen), kept_back) == (1, True)
    seen, kept_back = disclose_waiting(Role.DUTY_WORKER, told, NOW, shielded=True)
    assert ([one.agency for one in seen], kept_back) == (["", ""], False)
