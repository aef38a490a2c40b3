"""The made-up population: the same for one seed, complete, and wrong as often as it says."""

import csv
import re
from collections import Counter, defaultdict
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.population.__main__ import main
from training.population.draft import BORN, FAMILY, GIVEN, HOME, NHS, UPN
from training.population.families import AS_OF
from training.population.files import BETWEEN, GROUPS_HEADER, HEADER, groups_file, write_population
from training.population.naming import origins
from training.population.numbers import is_valid_nhs_number, is_valid_upn
from training.population.rates import Kind, error_rates
from training.population.records import PEOPLE_MAX, population
from training.population.spellings import words_of

RATES = error_rates()
PEOPLE = 4_000


@pytest.fixture(scope="module")
def made():
    return population(PEOPLE, 1, RATES)


@pytest.fixture(scope="module")
def another():
    return population(PEOPLE, 2, RATES)


@pytest.fixture(scope="module")
def rows(made, tmp_path_factory):
    """The rows of the two files of one population, joined by record."""
    path = tmp_path_factory.mktemp("people") / "people.csv"
    write_population(made, path)
    with path.open(encoding="utf-8", newline="") as file:
        records = list(csv.DictReader(file))
    with groups_file(path).open(encoding="utf-8", newline="") as file:
        groups = {row["record_id"]: row for row in csv.DictReader(file)}
    return [row | groups[row["record_id"]] for row in records]


def marks(record):
    return {*record.draft.mistakes, *record.draft.ways}


@settings(max_examples=4, deadline=None)
@given(seed=st.integers(-5, 10**9), people=st.integers(1, 60))
def test_one_seed_gives_the_same_files_to_the_byte(tmp_path_factory, seed, people):
    folder = tmp_path_factory.mktemp("twice")
    for name in ("a.csv", "b.csv"):
        write_population(population(people, seed, RATES), folder / name)
    assert (folder / "a.csv").read_bytes() == (folder / "b.csv").read_bytes()
    assert (folder / "a.groups.csv").read_bytes() == (folder / "b.groups.csv").read_bytes()


def test_two_seeds_share_no_person_and_no_record(made, another):
    assert not {c.key for c in made.children} & {c.key for c in another.children}
    assert not {r.record_id for r in made.records} & {r.record_id for r in another.records}
    alike = {(c.called, c.family_names, c.born) for c in made.children}
    assert sum((c.called, c.family_names, c.born) in alike for c in another.children) < 10


def test_as_many_children_come_as_were_asked_for_and_each_is_recorded(made):
    assert len(made.children) == len({child.key for child in made.children}) == PEOPLE
    assert {record.child.key for record in made.records} == {child.key for child in made.children}
    assert 3.5 < len(made.records) / PEOPLE < 6


def test_records_come_in_the_order_of_their_times_and_after_the_birth(made):
    assert all(one.contact.at <= other.contact.at for one, other in pairwise(made.records))
    assert all(r.child.born <= r.written_on <= AS_OF for r in made.records)
    ids = [record.record_id for record in made.records]
    assert ids == sorted(ids)


def test_children_are_of_every_age_from_birth_to_eighteen(made):
    ages = Counter(record.child.age_on(record.written_on) for record in made.records)
    assert set(range(18)) <= set(ages) <= set(range(19))


def test_the_files_have_the_columns_that_were_agreed_and_no_record_without_truth(rows):
    assert set(rows[0]) == {*HEADER, *GROUPS_HEADER}
    assert all(row["record_id"] and row["person_id"] and row["agency"] for row in rows)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", r["recorded_at"]) for r in rows)
    forms = re.compile(r"(\d{4}(-\d\d(-\d\d)?)?)?")
    assert all(forms.fullmatch(row["date_of_birth"]) for row in rows)
    assert {row["sex"] for row in rows} == {"F", "M", ""}


def test_a_whole_birth_date_is_a_date(rows):
    whole = [row["date_of_birth"] for row in rows if len(row["date_of_birth"]) == 10]
    assert all(date.fromisoformat(text) <= AS_OF for text in whole)


def test_the_truth_and_the_ids_do_not_give_a_person_away(rows):
    order = [row["person_id"] for row in rows[:500]]
    assert order != sorted(order)
    assert not any(row["person_id"] in row["record_id"] for row in rows)


def test_numbers_are_of_the_range_that_nobody_has_and_pass_their_checks(made):
    for child in made.children:
        assert child.nhs_number.startswith("999")
        assert is_valid_nhs_number(child.nhs_number)
        assert child.upn is None or is_valid_upn(child.upn)
    numbers = [child.nhs_number for child in made.children]
    numbers += [child.upn for child in made.children if child.upn]
    assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize(
    "upn", ["B801200005001", "B 801200005001", "A801200005001", "B80120000500"]
)
def test_a_upn_is_valid_by_its_check_letter_alone(upn):
    assert is_valid_upn(upn) is (upn == "B801200005001")


@pytest.mark.parametrize(
    ("number", "valid"),
    [("999 000 0018", True), ("9990000019", False), ("9999999999", False), ("", False)],
)
def test_an_nhs_number_is_valid_by_its_check_digit_and_not_one_digit_repeated(number, valid):
    assert is_valid_nhs_number(number) is valid


def test_a_number_that_a_record_keeps_is_the_childs_own_and_valid(made):
    for record in made.records:
        for fact in record.draft.kept:
            if fact.kind == NHS:
                assert fact.value == record.child.nhs_number
                assert record.draft.nhs_number.replace(" ", "") == fact.value
            if fact.kind == UPN:
                assert fact.value == record.child.upn == record.draft.upn
        if {"nhs_digit"} & marks(record):
            assert not is_valid_nhs_number(record.draft.nhs_number)
        if "upn_check_letter" in marks(record):
            assert not is_valid_upn(record.draft.upn)


def test_a_record_with_somebody_elses_number_says_so(made):
    owners = {child.nhs_number: child.key for child in made.children}
    found = 0
    for record in made.records:
        owner = owners.get(record.draft.nhs_number.replace(" ", ""))
        if owner not in {None, record.child.key} and "nhs_digit" not in marks(record):
            assert record.draft.of_another
            found += 1
    assert found


def test_every_mistake_occurs(made, another):
    seen = {mark for one in (made, another) for record in one.records for mark in marks(record)}
    assert seen == set(RATES.rates)


MEASURED = ("nhs_missing", "capitals", "postcode_without_space", "sex_missing", "born_missing")
"""Mistakes that any record can have (of those without a first month), so that shares are rates."""


@pytest.mark.parametrize("name", MEASURED)
@pytest.mark.parametrize("kind", list(Kind))
def test_rates_come_out_within_what_chance_allows(made, another, name, kind):
    could = [
        record
        for one in (made, another)
        for record in one.records
        if record.contact.kind is kind and record.child.days_old(record.written_on) >= 28
    ]
    assert len(could) > 500
    had = sum(name in marks(record) for record in could)
    chance = RATES.chance(name, kind)
    spread = (chance * (1 - chance) / len(could)) ** 0.5
    assert abs(had / len(could) - chance) <= 4.5 * spread + 1 / len(could)


def test_most_true_pairs_share_no_number(made):
    of_child = defaultdict(list)
    for record in made.records:
        own = {fact for fact in record.draft.kept if fact.kind in {NHS, UPN}}
        of_child[record.child.key].append(own)
    pairs = shared = 0
    for records in of_child.values():
        for place, one in enumerate(records):
            for other in records[place + 1 :]:
                pairs += 1
                shared += bool(one & other)
    assert 0.2 < shared / pairs < 0.45


def test_names_are_many_and_some_are_very_common(made):
    surnames = Counter(child.family_names[0][1] for child in made.children)
    called = Counter(child.called for child in made.children)
    assert len(surnames) > PEOPLE / 4
    assert len(called) > PEOPLE / 6
    assert surnames.most_common(1)[0][1] > PEOPLE / 150
    assert {child.origin for child in made.children} == {origin.name for origin in origins()}


def test_no_two_children_of_a_family_are_called_alike(made):
    for family in made.siblings().values():
        names = [words_of(child.called) for child in family]
        assert len(names) == len(set(names))


def test_twins_share_birthday_mother_and_home_and_name_each_other(made):
    of_key = {child.key: child for child in made.children}
    twins = [child for child in made.children if child.twin is not None]
    assert 0.012 < len(twins) / PEOPLE < 0.05
    for child in twins:
        twin = of_key[child.twin]
        assert twin.twin == child.key
        assert (twin.born, twin.homes[0], twin.family) == (child.born, child.homes[0], child.family)
        assert child.twin_sex_same is (twin.sex == child.sex)
    assert any(child.twin_sex_same for child in twins)
    assert not all(child.twin_sex_same for child in twins)


def test_what_a_record_keeps_is_true_of_its_child(made):
    for record in made.records:
        child, kept = record.child, record.draft.kept
        assert all(f.value == child.born.isoformat() for f in kept if f.kind == BORN)
        homes = {home.postcode for _, home in child.homes}
        homes |= {child.other_home.postcode} if child.other_home else set()
        assert {f.value for f in kept if f.kind == HOME} <= homes


def test_a_placeholder_keeps_no_given_name_and_a_lost_surname_no_surname(made):
    for record in made.records:
        kinds = {fact.kind for fact in record.draft.kept}
        if {"newborn_placeholder", "given_unknown", "given_initial"} & marks(record):
            assert GIVEN not in kinds
        if "family_unknown" in marks(record):
            assert FAMILY not in kinds


def test_groups_are_complete(rows, made):
    seen = {group for row in rows for group in row["groups"].split(BETWEEN)}
    assert {f"origin: {origin.name}" for origin in origins()} <= seen
    assert {"twin", "twin of the same sex", "sibling", "mover", "two homes"} <= seen
    assert {"name changed", "newborn", "missing fields", "hard", "no number"} <= seen
    assert "number of another" in seen
    for row in rows:
        groups = row["groups"].split(BETWEEN)
        assert sum(group.startswith("origin: ") for group in groups) == 1
        assert sum(group.startswith("by: ") for group in groups) == 1
    assert [row["record_id"] for row in rows] == [record.record_id for record in made.records]


def test_a_record_without_birth_date_or_name_is_in_the_group_of_missing_fields(rows):
    for row in rows:
        if not (row["date_of_birth"] and row["family_name"] and row["given_name"]):
            assert "missing fields" in row["groups"].split(BETWEEN)


@pytest.mark.parametrize("people", [0, -1, PEOPLE_MAX + 1])
def test_a_population_of_nobody_or_of_too_many_is_refused(people):
    with pytest.raises(ValueError, match="people can be made"):
        population(people, 1, RATES)


def test_the_command_writes_both_files_and_describes_them(tmp_path, capsys):
    path = tmp_path / "few.csv"
    main(["--people", "80", "--seed", "5", "--out", str(path)])
    assert "80 made-up children in few.csv" in capsys.readouterr().out
    main(["--describe", str(path)])
    said = capsys.readouterr().out
    assert "of 80 people." in said
    assert re.search(r"^\| all \| \d+ \| \d+ \| [\d.]+ % \| [\d.]+ % \|$", said, re.MULTILINE)
    assert "| capitals |" in said


@pytest.mark.parametrize("asked", [["--out", "x.csv", "--people", "0"], [], ["--people", "5"]])
def test_a_command_that_asks_for_nothing_or_nobody_is_refused(asked, capsys):
    with pytest.raises(SystemExit):
        main(asked)
    assert "usage" in capsys.readouterr().err
