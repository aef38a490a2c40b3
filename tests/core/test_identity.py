"""Which child a record is about: strong evidence links, likeness only forbids an answer."""

from datetime import date
from itertools import permutations

import pytest

from hub.core.answer import CheckQuestion
from hub.core.event import Mother, NhsNumberStatus, OtherName, Subject, SubjectRole
from hub.core.identifiers import Postcode, Upn
from hub.core.identity import (
    UNAVAILABLE,
    Candidate,
    RecordEvidence,
    Strength,
    Verdict,
    evidence_of,
    evidence_of_question,
    identity_keys,
    linking_keys,
    resolve,
    search_keys,
    strength,
    unborn_due_between,
)
from tests.core.builders import a_candidate, a_number, a_record, digest

BORN = date(2019, 5, 4)
OTHER_NUMBER = a_number("0026")
ELSEWHERE = Postcode("LS9 7TF")


UPN = Upn("H801200001001")


def stranger(**more):
    """A record that shares nothing with the usual one but what is said."""
    values = {
        "nhs_number": None,
        "birth_date": date(2015, 1, 30),
        "family_name": "Pemberton",
        "given_names": ("Thomas",),
        "postcode": ELSEWHERE,
    }
    return a_record("r2", **(values | more))


@pytest.mark.parametrize(
    ("name", "expected", "shared"),
    [
        ("number and birth date, all else contradicts", "possible",
         {"nhs_number": a_number(), "birth_date": BORN}),
        ("number, birth date, surname", "strong",
         {"nhs_number": a_number(), "birth_date": BORN, "family_name": "Holroyd"}),
        ("number, birth date, postcode", "strong",
         {"nhs_number": a_number(), "birth_date": BORN, "postcode": a_record().postcode}),
        ("number, no date, surname", "strong",
         {"nhs_number": a_number(), "birth_date": None, "family_name": "Holroyde"}),
        ("number, no date, other surname", "possible",
         {"nhs_number": a_number(), "birth_date": None}),
        ("number, other date, surname", "possible",
         {"nhs_number": a_number(), "family_name": "Holroyd"}),
        ("number, other date and surname", "possible", {"nhs_number": a_number()}),
        ("date and surname sound", "possible", {"birth_date": BORN, "family_name": "Holroid"}),
        ("date and postcode", "possible", {"birth_date": BORN, "postcode": Postcode("BD9 6RJ")}),
        ("date alone", "none", {"birth_date": BORN}),
        ("surname and postcode alone", "none",
         {"family_name": "Holroyd", "postcode": Postcode("BD9 6RJ")}),
        ("twins: two numbers, two given names", "none",
         {"nhs_number": OTHER_NUMBER, "birth_date": BORN, "family_name": "Holroyd"}),
        ("two numbers, one given name", "possible",
         {"nhs_number": OTHER_NUMBER, "birth_date": BORN, "family_name": "Holroyd",
          "given_names": ("Amina",)}),
        ("two numbers, given name a placeholder", "possible",
         {"nhs_number": OTHER_NUMBER, "birth_date": BORN, "family_name": "Holroyd",
          "given_names": ("Twin 1",)}),
        ("other given name but no number", "possible",
         {"birth_date": BORN, "family_name": "Holroyd"}),
        ("nothing", "none", {}),
    ],
)  # fmt: skip
def test_how_far_two_records_are_about_one_child(name, expected, shared):
    one, other = a_record(), stranger(**shared)
    assert strength(one, other) is Strength(expected), name
    assert strength(other, one) is Strength(expected), "either way round"


def test_a_upn_and_birth_date_are_strong_unless_two_numbers_differ():
    one = a_record(upn=UPN)
    assert strength(one, stranger(upn=UPN, birth_date=BORN)) is Strength.STRONG
    differing = stranger(upn=UPN, birth_date=BORN, nhs_number=OTHER_NUMBER)
    assert strength(one, differing) is Strength.POSSIBLE
    assert strength(one, stranger(upn=UPN)) is Strength.POSSIBLE


def test_a_former_surname_counts():
    other = stranger(birth_date=BORN, other_names=(OtherName(family_name="Holroyd"),))
    assert strength(a_record(), other) is Strength.POSSIBLE


def test_the_same_agencys_own_identifier_is_strong_whatever_changed():
    assert strength(a_record(), stranger(record_ref=digest("r1"))) is Strength.STRONG


def test_one_strong_child_is_matched_and_says_why_without_values():
    answer = resolve(a_record("new"), [a_candidate()])
    assert answer.verdict is Verdict.MATCHED
    assert answer.child_ref == digest("c1")
    assert "NHS number equal" in answer.evidence
    assert "999" not in repr(answer)
    assert "Holroyd" not in repr(answer)


def test_two_strong_children_are_many():
    candidates = [a_candidate("c1"), a_candidate("c2", a_record("r9"))]
    answer = resolve(a_record("new"), candidates)
    assert answer.verdict is Verdict.MANY
    assert answer.child_ref is None
    assert set(answer.possible) == {digest("c1"), digest("c2")}


def test_a_likeness_alone_is_possible():
    answer = resolve(a_record("new", nhs_number=None), [a_candidate()])
    assert answer.verdict is Verdict.POSSIBLE
    assert answer.child_ref is None
    assert answer.possible == (digest("c1"),)


def test_a_matched_record_still_names_the_other_possible_children():
    alike = a_candidate("c2", a_record("r9", nhs_number=None))
    answer = resolve(a_record("new"), [a_candidate("c1"), alike])
    assert answer.verdict is Verdict.MATCHED
    assert answer.possible == (digest("c2"),)


def test_no_likeness_is_new():
    assert resolve(a_record("new"), [a_candidate("c1", stranger())]).verdict is Verdict.NEW
    assert resolve(a_record("new"), []).verdict is Verdict.NEW


def test_unavailable_is_never_new():
    assert UNAVAILABLE.verdict is Verdict.UNAVAILABLE
    assert UNAVAILABLE.verdict is not Verdict.NEW


def test_one_number_with_two_birth_dates_is_a_contradiction_and_never_automatic():
    answer = resolve(a_record("new", birth_date=date(2018, 5, 4)), [a_candidate()])
    assert answer.verdict is Verdict.POSSIBLE
    assert answer.contradiction is True


@pytest.mark.parametrize("role", [SubjectRole.MOTHER, SubjectRole.CARER, SubjectRole.UNKNOWN])
def test_nobody_but_a_child_matches_a_child(role):
    assert resolve(a_record("new", role=role), [a_candidate()]).verdict is Verdict.NEW
    adult = a_candidate("c1", a_record(role=role))
    assert resolve(a_record("new"), [adult]).verdict is Verdict.NEW
    assert identity_keys(a_record(role=role)) == ()


def test_the_order_of_the_candidates_does_not_matter():
    candidates = [
        a_candidate("c1"),
        a_candidate("c2", a_record("r9", nhs_number=None)),
        a_candidate("c3", stranger()),
    ]
    answers = {resolve(a_record("new"), order) for order in permutations(candidates)}
    assert len(answers) == 1


MOTHER = Mother(nhs_number=a_number("0034"), family_name="Holroyd", birth_date=date(1998, 2, 1))


def unborn(name="u1", **more):
    values = {
        "nhs_number": None,
        "birth_date": None,
        "family_name": None,
        "given_names": (),
        "postcode": None,
        "role": SubjectRole.UNBORN,
        "due_on": date(2026, 5, 1),
        "mother": MOTHER,
    }
    return a_record(name, **(values | more))


def test_an_unborn_child_is_matched_only_by_the_agencys_own_identifier():
    assert resolve(unborn(), [a_candidate("c1", unborn())]).verdict is Verdict.MATCHED
    other = a_candidate("c1", unborn("u2"))
    assert resolve(unborn(), [other]).verdict is Verdict.POSSIBLE


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        (date(2026, 5, 1), Strength.POSSIBLE),
        (date(2025, 12, 27), Strength.POSSIBLE),
        (date(2025, 12, 25), Strength.NONE),
        (date(2026, 5, 29), Strength.POSSIBLE),
        (date(2026, 5, 30), Strength.NONE),
    ],
)
def test_a_newborn_is_possibly_any_unborn_child_due_within_weeks(born, expected):
    assert strength(a_record(birth_date=born), unborn()) is expected
    first, last = unborn_due_between(born)
    assert (first <= date(2026, 5, 1) <= last) is (expected is Strength.POSSIBLE)


def test_a_newborn_of_another_mother_is_not_that_unborn_child():
    other = a_record(birth_date=date(2026, 5, 1), mother=Mother(nhs_number=OTHER_NUMBER))
    assert strength(other, unborn()) is Strength.NONE


def test_a_later_pregnancy_of_the_same_mother_is_another_child():
    assert strength(unborn(), unborn("u2", due_on=date(2027, 5, 1))) is Strength.NONE


def test_a_number_traced_on_both_sides_needs_no_name():
    traced = {"nhs_number": a_number(), "nhs_number_verified": True}

    assert strength(a_record(**traced), stranger(birth_date=BORN, **traced)) is Strength.STRONG


def test_the_keys_find_whatever_may_be_alike():
    record = a_record(upn=UPN, mother=MOTHER)
    kinds = [kind for kind, _ in identity_keys(record)]
    assert kinds == [
        "nhs",
        "upn",
        "mother_nhs",
        "nhs_birth",
        "upn_birth",
        "birth_surname",
        "birth_postcode",
        "names_birth",
        "given_birth",
        "names_year",
        "given_postcode",
        "family_postcode",
    ]
    double = [kind for kind, _ in identity_keys(a_record(family_name="Holroyd-Khan"))]
    assert double.count("birth_surname") == 2


def test_two_records_that_are_alike_share_a_key():
    one = a_record(nhs_number=None)
    for shared in ({"family_name": "Holroid"}, {"postcode": Postcode("BD9 6RJ")}):
        other = stranger(birth_date=BORN, **shared)
        assert set(identity_keys(one)) & set(identity_keys(other))


def test_a_search_also_finds_records_without_a_birth_date():
    undated = a_record("r2", nhs_number=None, birth_date=None, given_names=())
    shared = set(identity_keys(a_record())) & set(identity_keys(undated))
    assert {kind for kind, _ in shared} == {"family_postcode"}, "by which nobody asks"
    assert set(search_keys(a_record())) & set(identity_keys(undated))


def test_a_search_on_the_mothers_number_finds_the_unborn_child():
    asked = a_record(nhs_number=MOTHER.nhs_number)
    assert set(search_keys(asked)) & set(identity_keys(unborn()))


def test_a_question_and_a_subject_become_evidence():
    question = CheckQuestion(nhs_number=a_number(), birth_date=BORN, given_name="Amina")
    assert evidence_of_question(question).given_names == ("Amina",)
    subject = Subject(
        local_id="123",
        nhs_number=a_number(),
        nhs_number_status=NhsNumberStatus.VERIFIED,
        given_names=None,
    )
    evidence = evidence_of(subject, record_ref=b"x", agency="RAE")
    assert isinstance(evidence, RecordEvidence)
    assert evidence.nhs_number_verified is True
    assert evidence.given_names == ()


def test_evidence_shows_nothing_of_anybody():
    shown = repr(Candidate(child_ref=b"c", records=(a_record(mother=MOTHER), unborn())))
    for secret in ("999", "Holroyd", "Amina", "BD9", "2019", "1998", "2026"):
        assert secret not in shown


def test_a_search_without_a_name_finds_every_child_of_that_birth_date_whom_a_council_knows():
    councils = stranger(agency="E08000032", birth_date=BORN)
    asked = a_record(nhs_number=None, family_name=None, given_names=())
    assert set(search_keys(asked)) & set(identity_keys(councils))
    assert not set(linking_keys(councils)) & set(search_keys(asked)), "but it links nothing"


def test_a_search_finds_an_unborn_child_by_what_is_known_of_its_mother():
    known = unborn(mother=Mother(family_name="Holroyd", birth_date=BORN))
    assert set(search_keys(a_record(nhs_number=None))) & set(identity_keys(known))


@pytest.mark.parametrize("due_on", [date(2026, 4, 10), date(2026, 8, 28), None])
def test_a_search_for_a_newborn_finds_every_unborn_child_due_within_weeks(due_on):
    asked = a_record(birth_date=date(2026, 5, 1))
    assert set(search_keys(asked)) & set(identity_keys(unborn(mother=None, due_on=due_on)))
    elder = a_record(birth_date=date(2020, 5, 1))
    shared = set(search_keys(elder)) & set(identity_keys(unborn(mother=None, due_on=due_on)))
    assert bool(shared) is (due_on is None)
