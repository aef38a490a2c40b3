"""Whose record it is by weights: twins, sisters, movers, newborns, spellings, dates."""

from dataclasses import replace
from datetime import date
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.adapters.identity_reference import shipped_matching
from hub.core.event import Mother, OtherName, Sex, SubjectRole
from hub.core.identifiers import Postcode, Upn
from hub.core.identity import Verdict
from hub.core.identity_levels import (
    BirthLevel,
    PlaceLevel,
    birth_level,
    levels_of,
    place_level,
)
from hub.core.identity_matching import Band
from hub.core.identity_names import FamilyLevel, GivenLevel, family_level, given_level
from hub.core.identity_profile import profile_of
from hub.core.identity_weighed import resolve_by_weights
from tests.core.builders import a_candidate, a_number, a_record, digest

MATCHING = shipped_matching()
OFTENER = replace(
    MATCHING,
    weights=replace(MATCHING.weights, bands=replace(MATCHING.weights.bands, link_unnamed=0.95)),
)
"""As a policy may have it: nameless records link where nothing else speaks against it."""
SYNONYMS = MATCHING.weights.synonyms
BORN = date(2019, 5, 4)
HOME = {"postcode": Postcode("BD9 6RJ"), "address_lines": ("12 Park Road", "Bradford")}
ELSEWHERE = {"postcode": Postcode("LS9 7TF"), "address_lines": ("3 Mill Lane",)}
AMINA = {"family_name": "Holroyd", "given_names": ("Amina",), "birth_date": BORN, "sex": Sex.FEMALE}


def unnumbered(name="new", **more):
    return a_record(name, **({"nhs_number": None} | AMINA | HOME | more))


def child(name="c1", *records):
    return a_candidate(name, *(records or (a_record("r1", **(AMINA | HOME)),)))


def resolved(record, *candidates):
    return resolve_by_weights(record, candidates or (child(),), MATCHING)


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("without a number", {}),
        ("her second name too", {"given_names": ("Amina", "Jane")}),
        ("a near spelling", {"given_names": ("Aminah",)}),
        ("day and month exchanged", {"birth_date": date(2019, 4, 5)}),
        ("a digit of the date", {"birth_date": date(2019, 5, 14)}),
        ("the year alone", {"birth_date": None, "birth_date_partial": "2019"}),
        ("the names exchanged", {"given_names": ("Holroyd",), "family_name": "Amina"}),
        ("exchanged and misspelt", {"given_names": ("Holryod",), "family_name": "Amina"}),
        ("moved away", ELSEWHERE),
        ("another surname at the same home", {"family_name": "Pemberton"}),
        ("half of a double name", {"family_name": "Holroyd-Pemberton"}),
        ("a known-as name", {"given_names": ("Mina", "(known", "as", "Amina)")}),
        ("no birth date, the same home", {"birth_date": None}),
        ("a misspelt postcode", {"postcode": Postcode("BD9 6RG")}),
    ],
)
def test_a_child_is_known_again(who, said):
    answer = resolved(unnumbered(**said))
    assert (answer.verdict, answer.child_ref) == (Verdict.MATCHED, digest("c1")), who


def test_a_third_birth_date_is_not_linked_by_likeness_to_those_that_are_a_slip_apart():
    records = [a_record("r1", **(AMINA | HOME)), unnumbered("r2", birth_date=date(2019, 5, 14))]
    third = unnumbered(birth_date=date(2019, 5, 15))
    alone = resolved(third, child("c1", records[1]))
    assert alone.verdict is Verdict.MATCHED
    for order in permutations(records):
        both = resolved(third, child("c1", *order))
        assert (both.verdict, both.possible) == (Verdict.POSSIBLE, (digest("c1"),))
    numbered = resolved(replace(third, nhs_number=records[0].nhs_number), child("c1", *records))
    assert (numbered.verdict, numbered.child_ref) == (Verdict.MATCHED, digest("c1"))
    known = resolved(unnumbered(birth_date=date(2019, 5, 14)), child("c1", *records))
    assert known.verdict is Verdict.MATCHED


@pytest.mark.parametrize(
    ("who", "said", "verdict"),
    [
        ("a twin", {"given_names": ("Zainab",)}, {Verdict.NEW, Verdict.POSSIBLE}),
        ("a twin brother", {"given_names": ("Thomas",), "sex": Sex.MALE},
         {Verdict.NEW, Verdict.POSSIBLE}),
        ("a twin with a number", {"given_names": ("Zainab",), "nhs_number": a_number("0026")},
         {Verdict.NEW}),
        ("a sister", {"given_names": ("Zainab",), "birth_date": date(2016, 2, 9)}, {Verdict.NEW}),
        ("a twin whose name is near", {"given_names": ("Amira",)}, {Verdict.POSSIBLE}),
        ("not named, elsewhere", {"given_names": ("Baby",), **ELSEWHERE, "sex": Sex.UNKNOWN},
         {Verdict.POSSIBLE}),
        ("a twin not named", {"given_names": ("Twin 1",)}, {Verdict.POSSIBLE, Verdict.NEW}),
        ("another child of that name", {"birth_date": date(2015, 11, 30), **ELSEWHERE},
         {Verdict.NEW}),
        ("another number", {"nhs_number": a_number("0026")}, {Verdict.POSSIBLE}),
        ("another birth date under her number", {"nhs_number": a_number(),
         "birth_date": date(2017, 11, 30)}, {Verdict.POSSIBLE}),
        ("the number alone", {"nhs_number": a_number(), "birth_date": date(2015, 1, 30),
         "family_name": "Pemberton", "given_names": ("Thomas",), **ELSEWHERE}, {Verdict.POSSIBLE}),
        ("nothing alike", {"birth_date": date(2015, 1, 30), "family_name": "Pemberton",
         "given_names": ("Thomas",), **ELSEWHERE}, {Verdict.NEW}),
    ],
)  # fmt: skip
def test_somebody_else_is_never_linked(who, said, verdict):
    answer = resolved(unnumbered(**said))
    assert answer.verdict in verdict, (who, answer.evidence)
    assert answer.child_ref is None


def test_a_name_spelt_in_another_way_is_one_name():
    known = child("c1", a_record("r1", **AMINA | HOME | {"given_names": ("Mohammed",)}))
    assert resolved(unnumbered(given_names=("Muhammad",)), known).verdict is Verdict.MATCHED


def test_of_two_twins_the_one_so_named_is_matched():
    zainab = a_record("r2", **AMINA | HOME | {"given_names": ("Zainab",)}, nhs_number=None)
    answer = resolved(unnumbered(), child(), child("c2", zainab))
    assert answer.child_ref == digest("c1")


def test_a_newborn_without_a_name_is_a_question_though_no_twin_is_known():
    answer = resolved(unnumbered(given_names=("Baby",), agency="RR8"))
    assert (answer.verdict, answer.possible) == (Verdict.POSSIBLE, (digest("c1"),))


@pytest.mark.parametrize("agency", ["RR8", "B80001", "POL13"])
def test_if_policy_lets_it_a_newborn_without_a_name_is_the_child_of_that_home(agency):
    known = child("c1", a_record("r1", **AMINA | HOME, agency="E08000032"))
    baby = unnumbered(given_names=("Baby",), agency=agency)
    answer = resolve_by_weights(baby, [known], OFTENER)
    assert (answer.verdict, answer.child_ref) == (Verdict.MATCHED, digest("c1"))


def test_a_newborn_without_a_name_is_a_question_if_both_twins_are_known():
    zainab = a_record("r2", **AMINA | HOME | {"given_names": ("Zainab",)}, nhs_number=None)
    answer = resolved(unnumbered(given_names=("Baby",)), child(), child("c2", zainab))
    assert answer.verdict in {Verdict.MANY, Verdict.POSSIBLE}
    assert answer.child_ref is None
    assert set(answer.possible) == {digest("c1"), digest("c2")}


def test_a_hospital_that_writes_of_a_baby_and_of_a_named_child_may_write_of_twins():
    named = child("c1", a_record("r1", agency="RAE", **AMINA | HOME))
    again = unnumbered(given_names=("Baby",), agency="RAE")
    assert resolve_by_weights(again, [named], OFTENER).verdict is Verdict.POSSIBLE
    elsewhere = unnumbered(given_names=("Baby",), agency="RR8")
    assert resolve_by_weights(elsewhere, [named], OFTENER).verdict is Verdict.MATCHED


@pytest.mark.parametrize("agency", ["E08000032", "URN107442"])
def test_a_register_or_roll_without_a_name_is_for_people(agency):
    """A plan answers checks, and a roll says where a child is: a twin's would be disclosed."""
    nameless = unnumbered(given_names=("Baby",), agency=agency)
    assert resolve_by_weights(nameless, [child()], OFTENER).verdict is Verdict.POSSIBLE
    named = a_record("new", **AMINA | HOME | {"nhs_number": None}, agency="RR8")
    told = child("c1", replace(nameless, record_ref=digest("r9")))
    assert resolve_by_weights(named, [told], OFTENER).verdict is Verdict.POSSIBLE


def test_a_nameless_baby_of_another_family_name_is_for_people():
    baby = unnumbered(given_names=("Baby",), family_name="Pemberton", agency="RR8")
    assert resolve_by_weights(baby, [child()], OFTENER).verdict is Verdict.POSSIBLE


def test_two_pupil_numbers_are_two_pupils_unless_their_nhs_number_is_one():
    one, other = Upn("H801200001001"), Upn("X801200001002")
    pupil = child("c1", a_record("r1", **AMINA | HOME | {"upn": one}))
    assert resolved(unnumbered(upn=other), pupil).verdict is Verdict.POSSIBLE
    numbered = a_record("new", **AMINA | HOME | {"upn": other})
    assert resolved(numbered, pupil).verdict is Verdict.MATCHED


def test_two_newborns_without_a_name_may_be_twins():
    unnamed = a_record("r1", **AMINA | HOME | {"given_names": ("Baby", "Girl")})
    answer = resolve_by_weights(unnumbered(given_names=("Baby",)), [child("c1", unnamed)], OFTENER)
    assert (answer.verdict, answer.possible) == (Verdict.POSSIBLE, (digest("c1"),))


def test_two_newborns_without_a_name_are_one_by_their_number():
    unnamed = a_record("r1", **AMINA | HOME | {"given_names": ("Baby", "Girl")})
    answer = resolved(a_record("new", **AMINA | HOME | {"given_names": ()}), child("c1", unnamed))
    assert answer.verdict is Verdict.MATCHED


def test_a_twin_brother_under_his_sisters_number_is_a_question():
    thomas = a_record("new", **AMINA | HOME | {"given_names": ("Thomas",), "sex": Sex.MALE})
    assert resolved(thomas).verdict is Verdict.POSSIBLE


def test_a_number_traced_on_both_sides_is_whose_it_is():
    thomas = AMINA | HOME | {"given_names": ("Thomas",), "sex": Sex.MALE}
    traced = {"nhs_number_verified": True}
    known = child("c1", a_record("r1", **AMINA | HOME | traced))
    assert resolved(a_record("new", **thomas | traced), known).verdict is Verdict.MATCHED
    assert resolved(a_record("new", **thomas), known).verdict is Verdict.POSSIBLE


def test_two_likely_children_with_two_numbers_are_many():
    other = a_record("r2", **AMINA | HOME, nhs_number=a_number("0026"))
    answer = resolved(unnumbered(), child(), child("c2", other))
    assert answer.verdict is Verdict.MANY
    assert set(answer.possible) == {digest("c1"), digest("c2")}


def test_a_child_under_two_references_is_matched_once_and_the_other_is_possible():
    again = a_record("r2", **AMINA | HOME, nhs_number=None)
    answer = resolved(a_record("new", **AMINA | HOME), child(), child("c2", again))
    assert answer.verdict is Verdict.MATCHED
    assert answer.child_ref == digest("c1"), "the number is certain"
    assert answer.possible == (digest("c2"),)


def test_the_order_of_the_candidates_does_not_matter_to_weights():
    sister = a_record("r2", **AMINA | HOME | {"given_names": ("Zainab",)}, nhs_number=None)
    again = a_record("r3", **AMINA | ELSEWHERE, nhs_number=None)
    candidates = [child(), child("c2", sister), child("c3", again)]
    answers = {
        resolve_by_weights(unnumbered(), order, MATCHING) for order in permutations(candidates)
    }
    assert len(answers) == 1


def test_a_former_home_and_a_former_name_count():
    records = (
        a_record("r1", **AMINA | ELSEWHERE, other_names=(OtherName(family_name="Bell"),)),
        a_record("r2", **AMINA | HOME),
    )
    answer = resolved(unnumbered(family_name="Bell", **ELSEWHERE), child("c1", *records))
    assert answer.verdict is Verdict.MATCHED


def test_a_pregnancy_is_never_weighed():
    mother = Mother(nhs_number=a_number("0034"))
    unborn = a_record("u1", role=SubjectRole.UNBORN, birth_date=None, due_on=BORN, mother=mother)
    assert resolved(unnumbered(mother=mother), child("c1", unborn)).verdict is Verdict.POSSIBLE
    assert resolved(unborn).verdict is not Verdict.MATCHED


def test_an_adult_matches_no_child_by_weights():
    assert resolved(unnumbered(role=SubjectRole.CARER)).verdict is Verdict.NEW


def test_a_match_is_explained_field_by_field_without_values():
    answer = resolved(unnumbered(given_names=("Aminah",)))
    fields = [words.rsplit(" (", 1)[0] for words in answer.evidence]
    assert fields[:5] == [
        "given name known variant",
        "family name agrees",
        "birth date agrees",
        "sex agrees",
        "home same home",
    ]
    assert all(words.endswith(" bits)") for words in answer.evidence[:5])
    shown = repr(answer)
    assert not any(value in shown for value in ("Amina", "Holroyd", "2019", "BD9", "Park"))


def test_what_a_likeness_may_be_mistaken_for_is_said():
    answer = resolved(unnumbered(given_names=("Baby",)))
    assert answer.evidence[-1] == "if not the same child, likeliest a twin"


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        (("Amina",), ("AMINA",), GivenLevel.SAME),
        (("Mary", "Jane"), ("Mary",), GivenLevel.SAME),
        (("Mary", "Jane"), ("Jane", "Mary"), GivenLevel.FULL),
        (("Mary-Jane",), ("Maryjane", "Ann"), GivenLevel.SAME),
        (("Bob",), ("Robert",), GivenLevel.VARIANT),
        (("Mohd",), ("Muhammad", "Ali"), GivenLevel.VARIANT),
        (("Muhammad", "Ali"), ("Mohammed", "Hassan"), GivenLevel.SOME),
        (("Jon",), ("John",), GivenLevel.VARIANT),
        (("Dejuan",), ("Dejaun",), GivenLevel.NEAR),
        (("Bne",), ("Ben",), GivenLevel.NEAR),
        (("Bna",), ("Ben",), GivenLevel.DIFFERS),
        (("A",), ("Amina",), GivenLevel.INITIAL),
        (("Jane",), ("Mary", "Jane"), GivenLevel.LATER),
        (("Baby",), ("Amina",), GivenLevel.MISSING),
        (("Twin 2",), ("Amina",), GivenLevel.ONE_OF_SEVERAL),
        (("Zainab",), ("Thomas",), GivenLevel.DIFFERS),
        (("Nadia",), ("Sadia",), GivenLevel.NEAR_NAME),
        (("Nadia",), ("Nadja",), GivenLevel.NEAR),
        (("Halima",), ("Rahima",), GivenLevel.RESEMBLING_NAME),
    ],
)
def test_given_names_agree_at_a_level(one, other, level):
    first, second = (profile_of([a_record(given_names=names)]) for names in (one, other))
    assert given_level(first, second, SYNONYMS)[0] is level
    assert given_level(second, first, SYNONYMS)[0] is level, "either way round"


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("O'Brien", "OBRIEN", FamilyLevel.SAME),
        ("Holroyd-Bell", "Bell", FamilyLevel.PART),
        ("Smith (Bell)", "Bell", FamilyLevel.SAME),
        ("Holroyd", "Holryod", FamilyLevel.NEAR),
        ("Qureshi", "Kuraishi", FamilyLevel.SOUND),
        ("Unknown", "Holroyd", FamilyLevel.MISSING),
        ("Holroyd", "Bell", FamilyLevel.DIFFERS),
    ],
)
def test_family_names_agree_at_a_level(one, other, level):
    first, second = (profile_of([a_record(family_name=name)]) for name in (one, other))
    assert family_level(first, second)[0] is level
    assert family_level(second, first)[0] is level, "either way round"


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        (BORN, BORN, BirthLevel.SAME),
        (date(2019, 1, 1), date(2019, 1, 1), BirthLevel.SAME_JANUARY),
        (BORN, date(2019, 4, 5), BirthLevel.SWAPPED),
        (BORN, date(2019, 5, 14), BirthLevel.DIGIT),
        (date(2019, 5, 14), date(2019, 5, 24), BirthLevel.DIGIT),
        (BORN, date(2020, 5, 4), BirthLevel.YEAR_OFF),
        (BORN, date(2019, 1, 1), BirthLevel.DEFAULT),
        (BORN, date(2019, 5, 1), BirthLevel.DEFAULT),
        (BORN, "2019-05", BirthLevel.MONTH),
        (BORN, "2019", BirthLevel.YEAR),
        (BORN, "2018", BirthLevel.DIFFERS),
        (BORN, None, BirthLevel.MISSING),
        (BORN, date(2016, 11, 23), BirthLevel.DIFFERS),
    ],
)
def test_birth_dates_agree_at_a_level(one, other, level):
    partial = other if isinstance(other, str) else None
    whole = None if partial else other
    first = profile_of([a_record(birth_date=one)])
    second = profile_of([a_record(birth_date=whole, birth_date_partial=partial)])
    assert birth_level(first, second) is level
    assert birth_level(second, first) is level, "either way round"


@pytest.mark.parametrize(
    ("said", "level"),
    [
        ({}, PlaceLevel.HOME),
        ({"address_lines": ("Flat 2, 12 Park Rd",)}, PlaceLevel.HOME_IN_PART),
        ({"address_lines": ()}, PlaceLevel.POSTCODE),
        ({"address_lines": ("14 Park Road",)}, PlaceLevel.NEIGHBOUR),
        ({"postcode": Postcode("BD9 6RG")}, PlaceLevel.HOME_NEAR_POSTCODE),
        ({"postcode": None}, PlaceLevel.HOME_NEAR_POSTCODE),
        ({"postcode": Postcode("BD9 6AA"), "address_lines": ()}, PlaceLevel.SECTOR),
        ({"postcode": Postcode("BD9 1AA"), "address_lines": ()}, PlaceLevel.DISTRICT),
        (ELSEWHERE, PlaceLevel.DIFFERS),
        ({"postcode": None, "address_lines": ()}, PlaceLevel.MISSING),
    ],
)
def test_homes_agree_at_a_level(said, level):
    first, second = profile_of([a_record(**HOME)]), profile_of([a_record(**HOME | said)])
    assert place_level(first, second) is level
    assert place_level(second, first) is level, "either way round"


NAMES = st.sampled_from(
    ("Amina", "Aminah", "Zoë", "Mary Jane", "Jane", "Baby", "Twin 1", "A", "Muhammad", "Mohd Ali")
)
FAMILIES = st.sampled_from(("Holroyd", "Holroyd-Bell", "Bell (Smith)", "Smyth", "Amina", "Unknown"))
DATES = st.one_of(st.none(), st.dates(date(2017, 1, 1), date(2019, 12, 31)))
RECORDS = st.builds(
    lambda given_name, family, born, sex, home, number, upn: a_record(
        given_names=(given_name,),
        family_name=family,
        birth_date=born,
        sex=sex,
        nhs_number=number,
        upn=upn,
        **home,
    ),
    NAMES,
    FAMILIES,
    DATES,
    st.sampled_from(Sex),
    st.sampled_from((HOME, ELSEWHERE)),
    st.sampled_from((None, a_number(), a_number("0026"))),
    st.sampled_from((None, Upn("H801200001001"))),
)


@given(st.lists(RECORDS, min_size=1, max_size=3), st.lists(RECORDS, min_size=1, max_size=3))
def test_a_judgement_does_not_depend_on_who_is_named_first(some, others):
    one, other = profile_of(some), profile_of(others)
    there, back = MATCHING.judge(one, other), MATCHING.judge(other, one)
    assert there.band is back.band
    assert there.score.chance == pytest.approx(back.score.chance)


def test_of_two_family_names_that_agree_the_rarer_counts_either_way_round():
    one = profile_of([a_record(**AMINA | {"family_name": "Bell (Khan)"})])
    other = profile_of([a_record(**AMINA | {"family_name": "Khan (Bell)"})])
    there, back = MATCHING.judge(one, other), MATCHING.judge(other, one)
    assert there.score.chance == pytest.approx(back.score.chance, rel=1e-12)
    assert family_level(one, other)[1] == family_level(other, one)[1] == ("bell", "khan")


@given(RECORDS, RECORDS)
def test_an_agreeing_number_never_lowers_a_chance(one, other):
    bare = [profile_of([_without_number(record)]) for record in (one, other)]
    same = [profile_of([_without_number(record, a_number())]) for record in (one, other)]
    assert MATCHING.judge(*same).score.chance >= MATCHING.judge(*bare).score.chance
    differing = [
        profile_of([_without_number(one, a_number())]),
        profile_of([_without_number(other, a_number("0026"))]),
    ]
    assert MATCHING.judge(*differing).score.chance <= MATCHING.judge(*bare).score.chance
    assert MATCHING.judge(*differing).band is not Band.LINK


def _without_number(record, number=None):
    values = {
        name: getattr(record, name)
        for name in ("given_names", "family_name", "birth_date", "sex", "postcode", "address_lines")
    }
    return a_record(nhs_number=number, **values)


@given(RECORDS, RECORDS)
def test_levels_show_nothing_of_anybody(one, other):
    shown = repr(levels_of(profile_of([one]), profile_of([other]), SYNONYMS)).lower()
    assert "holroyd" not in shown
    assert "amina" not in shown
