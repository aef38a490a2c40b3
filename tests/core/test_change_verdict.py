"""What follows from an agency's word on who a person is."""

from dataclasses import replace
from datetime import date

import pytest

from hub.core.change_verdict import ChangeVerdict, Side, verdict
from hub.core.event import EventKind, Mother, Sex, SubjectRole
from hub.core.identifiers import NhsNumber, Upn
from hub.core.identity_change import JOINING, Change
from hub.core.identity_evidence import RecordEvidence

BORN, DUE = date(2026, 10, 1), date(2026, 10, 10)
NUMBER, OTHER_NUMBER = NhsNumber("9990000018"), NhsNumber("9990000026")


def a_record(name, **said):
    return RecordEvidence(record_ref=name, agency="RAE", **said)


def a_side(name, *others, register=(), child=None, **said):
    record = a_record(name, **said)
    return Side(
        record=record,
        child_ref=child or name,
        everything=(record, *others),
        register=frozenset(register),
    )


def unborn(**said):
    given = {"role": SubjectRole.UNBORN, "due_on": DUE} | said
    return a_side(b"x", register=[EventKind.UNBORN_CHILD_PROTECTION_PLAN], **given)


MERGED = Change.RECORDS_MERGED


@pytest.mark.parametrize("change", [Change.RECORDS_MERGED, Change.IDENTIFIER_CHANGED])
def test_two_records_that_say_nothing_against_each_other_are_joined(change):
    bare, full = a_side(b"a"), a_side(b"b", nhs_number=NUMBER, birth_date=BORN)
    assert verdict(change, bare, full) is ChangeVerdict.JOIN


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"nhs_number": NUMBER}, {"nhs_number": OTHER_NUMBER}),
        ({"birth_date": BORN}, {"birth_date": DUE}),
        ({"upn": Upn.parse("B801200005001")}, {"upn": Upn.parse("Q801200005002")}),
    ],
)
def test_children_who_contradict_each_other_are_asked_about(one, other):
    assert verdict(MERGED, a_side(b"a", **one), a_side(b"b", **other)) is ChangeVerdict.ASK


def test_what_another_agency_knows_of_either_child_counts_too():
    elsewhere = a_record(b"c", nhs_number=OTHER_NUMBER)
    one, other = a_side(b"a", elsewhere), a_side(b"b", nhs_number=NUMBER)
    assert verdict(MERGED, one, other) is ChangeVerdict.ASK


@pytest.mark.parametrize(
    "kind",
    [
        EventKind.CHILD_PROTECTION_PLAN,
        EventKind.LOOKED_AFTER_PERIOD,
        EventKind.UNBORN_CHILD_PROTECTION_PLAN,
    ],
)
def test_a_child_with_a_plan_is_joined_by_people(kind):
    plan, other = a_side(b"a", register=[kind]), a_side(b"b")
    assert verdict(MERGED, plan, other) is ChangeVerdict.ASK
    assert verdict(MERGED, other, plan) is ChangeVerdict.ASK


def test_work_with_a_child_in_need_is_no_plan():
    in_need = a_side(b"a", register=[EventKind.CHILD_IN_NEED_PERIOD])
    assert verdict(MERGED, in_need, a_side(b"b")) is ChangeVerdict.JOIN


def test_records_of_one_child_stay_together_whatever_is_with_them():
    plan = [EventKind.CHILD_PROTECTION_PLAN]
    one, other = (a_side(n, register=plan, child=b"c") for n in (b"a", b"b"))
    assert verdict(MERGED, one, other) is ChangeVerdict.JOIN


def test_an_adoption_parts_whatever_is_known():
    assert verdict(Change.ADOPTED, a_side(b"a"), a_side(b"b")) is ChangeVerdict.PART


def test_a_birth_that_fits_the_due_date_joins_although_there_is_a_plan():
    assert verdict(Change.BORN, unborn(), a_side(b"y", birth_date=BORN)) is ChangeVerdict.JOIN


def test_a_birth_months_from_the_due_date_is_asked_about():
    late = a_side(b"y", birth_date=date(2027, 2, 1))
    assert verdict(Change.BORN, unborn(), late) is ChangeVerdict.ASK


def test_a_birth_of_another_mother_is_asked_about():
    before = unborn(mother=Mother(nhs_number=NUMBER))
    now = a_side(b"y", birth_date=BORN, mother=Mother(nhs_number=OTHER_NUMBER))
    assert verdict(Change.BORN, before, now) is ChangeVerdict.ASK


def test_a_birth_without_a_birth_date_or_a_mother_is_asked_about():
    assert verdict(Change.BORN, unborn(), a_side(b"y")) is ChangeVerdict.ASK


def test_twins_share_the_plan_and_stay_apart():
    now = a_side(b"y", birth_date=BORN)
    assert verdict(Change.BORN, unborn(), now, born=2) is ChangeVerdict.SHARE


def test_a_pregnancy_that_is_joined_with_another_born_child_already_is_asked_about():
    before = unborn()
    taken = replace(before, everything=(*before.everything, a_record(b"z", birth_date=DUE)))
    assert verdict(Change.BORN, taken, a_side(b"y", birth_date=BORN)) is ChangeVerdict.ASK


@pytest.mark.parametrize("change", sorted(set(Change) - JOINING - {Change.ADOPTED}))
def test_a_change_about_no_two_records_has_no_verdict(change):
    with pytest.raises(ValueError, match="no two records"):
        verdict(change, a_side(b"a"), a_side(b"b"))


def test_a_birth_of_somebody_who_is_not_known_unborn_is_asked_about():
    mother = Mother(nhs_number=OTHER_NUMBER)
    plan = [EventKind.CHILD_PROTECTION_PLAN]
    born_before = a_side(b"x", register=plan, mother=mother)
    now = a_side(b"y", birth_date=BORN, mother=mother)
    assert verdict(Change.BORN, born_before, now) is ChangeVerdict.ASK


def test_a_birth_joins_no_third_child_who_is_one_with_the_unborn_past_a_plan():
    before = replace(unborn(), register=frozenset())
    with_a_child = replace(before, everything=(*before.everything, a_record(b"z")))
    plan = [EventKind.CHILD_PROTECTION_PLAN]
    now = a_side(b"y", birth_date=BORN, register=plan)
    assert verdict(Change.BORN, with_a_child, now) is ChangeVerdict.ASK


BOY = {"given_names": ("Oliver",), "sex": Sex.MALE, "birth_date": BORN}
GIRL = {"given_names": ("Amelia",), "sex": Sex.FEMALE, "birth_date": BORN}


def test_a_merger_of_a_brother_and_a_sister_is_asked_about():
    assert verdict(MERGED, a_side(b"a", **BOY), a_side(b"b", **GIRL)) is ChangeVerdict.ASK


@pytest.mark.parametrize(
    "said",
    [
        {"sex": Sex.MALE},
        {"sex": Sex.UNKNOWN},
        {"given_names": ("Oliver", "James")},
        {"given_names": ("Olliver",)},
        {"given_names": ("Baby",)},
        {"given_names": ("Twin 1",)},
        {"given_names": ()},
    ],
)
def test_a_name_or_a_sex_alone_that_differs_leaves_a_merger_to_the_agency(said):
    other = a_side(b"b", **GIRL | said)
    assert verdict(MERGED, a_side(b"a", **BOY), other) is ChangeVerdict.JOIN


def test_a_name_that_is_written_for_the_other_is_no_other_name():
    jack = a_side(b"a", **BOY | {"given_names": ("Jack",)})
    john = a_side(b"b", **GIRL | {"given_names": ("John",)})
    assert verdict(MERGED, jack, john) is ChangeVerdict.ASK
    written = {"jack": frozenset({1}), "john": frozenset({1})}
    found = verdict(MERGED, jack, john, synonyms=written)
    assert found is ChangeVerdict.JOIN


def test_records_of_one_child_are_joined_although_name_and_sex_were_mistaken_once():
    mistaken = a_record(b"c", **GIRL)
    assert (
        verdict(MERGED, a_side(b"a", mistaken, **BOY), a_side(b"b", **GIRL)) is ChangeVerdict.JOIN
    )
