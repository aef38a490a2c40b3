"""Whether a careful person could tell two records to be one child's, from the facts."""

from dataclasses import replace
from datetime import UTC, date, datetime
from random import Random

import pytest

from training.population.contacts import Contact
from training.population.draft import Draft, Fact
from training.population.names_written import facts_of_names
from training.population.people import Child
from training.population.places import TOWNS, Home
from training.population.rates import Kind, error_rates
from training.population.records import Population, Record, population
from training.population.slips import slipped
from training.population.spellings import nicknames, other_spellings, words_of
from training.population.telling import Facts, facts_of, told_as

HOME = Home(flat="", house="4", street="Elm Road", town=TOWNS[0], postcode="BD1 1AA")
ELSEWHERE = replace(HOME, street="Mill Lane", postcode="BD9 9ZZ")
BORN = date(2015, 3, 4)


def a_child(key, given, family="Thackray", *, born=BORN, home=HOME, number="9990000018"):  # noqa: PLR0913 - one thing is said a test
    return Child(
        key=key,
        family=1,
        origin="British",
        british_names=True,
        sex="F",
        born=born,
        given=(given,),
        called=given,
        family_names=((born, family),),
        mothers_family=family,
        other_family=family,
        homes=((born, home),),
        other_home=None,
        nhs_number=number,
        mothers_nhs_number="9990000026",
        upn=None,
    )


def a_record(child, number, without=(), *, of_another=False, kind=Kind.POLICE):
    kept = {fact for fact in facts_of(child) if fact.kind not in {*without, "nhs", "upn"}}
    if "born" not in without:
        kept.add(Fact("nearly born", child.born.isoformat()))
    contact = Contact(child=child, kind=kind, agency="POL13", at=datetime(2024, 1, 1, tzinfo=UTC))
    draft = Draft(kept=kept, of_another=of_another)
    return Record(record_id=f"r{number}", contact=contact, draft=draft)


def strangers(how_many=2_000):
    return [
        a_child(
            f"s{n}",
            f"Given{n}",
            f"Family{n % 400}",
            born=date(2010 + n % 7, 1 + n % 12, 1 + n % 28),
        )
        for n in range(how_many)
    ]


def told(children, records, postcodes=3_000):
    everybody = (*children, *strangers())
    return told_as(Population(children=everybody, records=tuple(records), postcodes=postcodes))


def one_label(labels):
    return len(set(labels.values())) == 1


def test_a_name_and_a_birth_date_that_no_other_has_tell():
    child = a_child("a", "Freya")
    assert one_label(told([child], [a_record(child, 1), a_record(child, 2, ("home",))]))


def test_a_name_alone_does_not_tell():
    child = a_child("a", "Freya")
    records = [a_record(child, 1, ("born",)), a_record(child, 2, ("home",))]
    assert not one_label(told([child], records))


def test_name_and_home_tell_without_a_birth_date():
    child = a_child("a", "Freya")
    assert one_label(told([child], [a_record(child, 1), a_record(child, 2, ("born",))]))


def test_a_birth_date_and_a_home_alone_do_not_tell():
    child = a_child("a", "Freya")
    records = [a_record(child, 1, ("given",)), a_record(child, 2, ("family",))]
    assert not one_label(told([child], records, postcodes=300))


def test_twins_are_not_told_apart_without_the_given_name():
    one = a_child("a", "Freya")
    twin = a_child("b", "Isla", number="9990000034")
    records = [a_record(one, 1), a_record(one, 2, ("given",))]
    assert not one_label(told([one, twin], records))
    assert one_label(told([one], records))


def test_twins_with_names_of_their_own_are_told():
    one = a_child("a", "Freya")
    twin = a_child("b", "Isla", number="9990000034")
    assert one_label(told([one, twin], [a_record(one, 1), a_record(one, 2)]))


def test_two_children_of_one_name_and_birthday_are_not_told_without_a_home():
    one, other = a_child("a", "Freya"), a_child("b", "Freya", home=ELSEWHERE, number="9990000034")
    records = [a_record(one, 1), a_record(one, 2, ("home",))]
    assert not one_label(told([one, other], records))
    assert one_label(told([one, other], [a_record(one, 1), a_record(one, 2)]))


def test_a_common_name_needs_more_than_a_birth_date():
    one = a_child("a", "Freya")
    others = [
        a_child(f"b{n}", "Freya", born=date(2012, 1 + n % 12, 1 + n % 27), home=ELSEWHERE)
        for n in range(60)
    ]
    records = [a_record(one, 1), a_record(one, 2, ("home",))]
    assert not one_label(told([one, *others], records))
    assert one_label(told([one, *others], [a_record(one, 1), a_record(one, 2)]))


def test_a_record_with_somebody_elses_number_is_never_told():
    child = a_child("a", "Freya")
    records = [a_record(child, 1), a_record(child, 2, of_another=True)]
    assert not one_label(told([child], records))


def test_a_third_record_joins_two_that_alone_would_not_be_told():
    child = a_child("a", "Freya")
    apart = [a_record(child, 1, ("given", "family")), a_record(child, 2, ("home", "born"))]
    assert not one_label(told([child], apart))
    joined = [
        a_record(child, 1, ("born", "family")),
        a_record(child, 2, ("home", "family")),
        a_record(child, 3),
    ]
    assert one_label(told([child], joined))


def test_an_own_number_with_one_thing_more_suffices():
    child = a_child("a", "Freya")
    records = [a_record(child, 1, ("given", "home")), a_record(child, 2, ("family", "home"))]
    assert not one_label(told([child], records))
    for record in records:
        record.draft.kept.add(Fact("nhs", child.nhs_number))
    assert one_label(told([child], records))


def test_a_birth_date_misread_in_one_of_two_still_counts_for_something():
    child = a_child("a", "Freya")
    exact, misread = a_record(child, 1), a_record(child, 2)
    misread.draft.kept.discard(Fact("born", child.born.isoformat()))
    facts = Facts(Population(children=(child, *strangers()), records=(), postcodes=300))
    assert facts.can_tell(exact, misread)
    misread.draft.kept -= {f for f in misread.draft.kept if f.kind == "home"}
    assert not facts.can_tell(exact, misread)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mohammed", "Muhammad"),
        ("Khadija", "KHADIJAH"),
        ("O'Brien", "OBrien"),
        ("Zoë", "zoe"),
        ("Lily-Mae", "Lily Mae"),
        ("Łukasz", "Lukasz"),
        ("Nguyễn", "Nguyen"),
    ],
)
def test_a_careful_reader_takes_two_spellings_for_one_name(one, other):
    assert words_of(one) == words_of(other)


def test_other_names_remain_other_names():
    assert words_of("Freya") != words_of("Fleur")
    assert "Kate" in nicknames("Catherine")
    assert "Muhammad" in other_spellings("Mohammed", family=False)
    assert nicknames("Nobody") == other_spellings("Nobody", family=True) == ()


def test_every_name_a_child_ever_had_is_true_of_it():
    child = replace(
        a_child("a", "Freya"),
        family_names=((BORN, "Smith-Jones"), (date(2020, 1, 1), "O'Neill")),
        mothers_family="Jones",
    )
    words = {fact.value for fact in facts_of_names(child) if fact.kind == "family"}
    assert {"smith", "jones", "oneill"} <= words


def test_slips_change_a_word_and_mostly_leave_its_first_letter():
    random, rates = Random(3), error_rates()
    written = [slipped(random, rates, "Hebblethwaite") for _ in range(2_000)]
    changed = [word for word, slips in written if slips]
    assert len(changed) > 1_950
    assert all(word != "Hebblethwaite" for word in changed)
    assert sum(word[0] == "H" for word in changed) / len(changed) > 0.9
    assert all(abs(len(word) - len("Hebblethwaite")) <= 4 for word in changed)
    assert slipped(random, rates, "Ng") == ("Ng", 0)


def test_nearly_all_that_is_made_could_be_told_and_not_all():
    made = population(2_000, 9, error_rates())
    labels = told_as(made)
    assert set(labels) == {record.record_id for record in made.records}
    assert all(labels[r.record_id].startswith(f"{r.child.key}/") for r in made.records)
    alone = sum(not label.endswith("/0") for label in labels.values())
    assert 0 < alone / len(labels) < 0.05
