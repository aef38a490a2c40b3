"""Cells of a file whose truth is known: read generously, and what is left out is counted."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.event import Sex
from hub.core.identity_given import (
    COLUMNS,
    AgencyKind,
    CellReader,
    agency_of,
    read_day,
    read_instant,
)
from hub.core.identity_groups import groups_in
from hub.core.person import ledger_of, subject_of


def a_row(**cells):
    return dict.fromkeys(COLUMNS, "") | {"record_id": "r1", "person_id": "p1"} | cells


def read(**cells):
    reader = CellReader()
    return reader.record(a_row(**cells)), dict(reader.left_out)


def test_every_column_is_read():
    record, left_out = read(
        agency="rae01",
        given_name=" Ann  May ",
        family_name="Ashworth",
        date_of_birth="2020-02-29",
        sex="F",
        postcode="bd11aa",
        address="Flat 2, 10 Park Road\nBradford",
        nhs_number="999 000 0018",
        recorded_at="2026-11-22T09:30:00Z",
    )
    told = record.subject
    assert left_out == {}
    assert (record.record_id, record.person, record.kind) == ("r1", "p1", AgencyKind.HEALTH)
    assert (told.given_names, told.family_name) == (("Ann", "May"), "Ashworth")
    assert (told.birth_date, told.sex) == (date(2020, 2, 29), Sex.FEMALE)
    assert (told.postcode.reveal(), told.nhs_number.reveal()) == ("BD1 1AA", "9990000018")
    assert told.address_lines == ("Flat 2", "10 Park Road", "Bradford")
    assert record.recorded_at == datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def test_a_row_without_anything_is_a_record_of_which_nothing_is_known():
    record, left_out = read()
    told = record.subject
    assert left_out == {}
    assert record.recorded_at is None
    assert (told.given_names, told.family_name, told.birth_date, told.postcode) == (None,) * 4


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("nhs_number", "9990000019", "check_digit"),
        ("nhs_number", "1111111111", "repeated_digit"),
        ("upn", "UN3", "placeholder"),
        ("postcode", "ZZ99 3WZ", "placeholder"),
        ("date_of_birth", "31/02/2020", "unreadable"),
        ("date_of_birth", "1850", "unreadable"),
        ("sex", "q", "unreadable"),
        ("recorded_at", "yesterday", "unreadable"),
    ],
)
def test_what_is_no_valid_value_is_left_out_and_counted(column, cell, reason):
    _, left_out = read(**{column: cell})
    assert left_out == {(column, reason): 1}


@pytest.mark.parametrize(
    "text", ["2020-03-04", "2020-03-04T00:00:00", "04/03/2020", "4/3/2020", "20200304", "4.3.2020"]
)
def test_a_day_is_read_year_first_or_in_the_british_order(text):
    assert read_day(text) == date(2020, 3, 4)


@pytest.mark.parametrize("text", ["2020", "2020-03"])
def test_a_part_of_a_birth_date_is_kept_as_a_part(text):
    record, left_out = read(date_of_birth=text)
    assert (record.subject.birth_date, record.subject.birth_date_partial) == (None, text)
    assert left_out == {}


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2026-11-22", 0),
        ("22/11/2026 09:30", 9),
        ("2026-11-22 09:30:05.123", 9),
        ("2026-11-22T09:30:00+02:00", 7),
        ("2026-11-22T09:30:00 Z", 9),
    ],
)
def test_an_instant_is_a_day_or_a_day_with_a_time(text, hour):
    found = read_instant(text)
    assert (found.date(), found.hour, found.tzinfo) == (date(2026, 11, 22), hour, UTC)


@pytest.mark.parametrize(
    ("text", "agency", "kind"),
    [
        ("E08000032", "E08000032", AgencyKind.COUNCIL),
        ("e08000032", "E08000032", AgencyKind.COUNCIL),
        ("social care", "social care", AgencyKind.COUNCIL),
        ("URN107442", "URN107442", AgencyKind.SCHOOL),
        ("Primary School", "URN999999", AgencyKind.SCHOOL),
        ("POL13", "POL13", AgencyKind.POLICE),
        ("police", "police", AgencyKind.POLICE),
        ("RAE", "RAE", AgencyKind.HEALTH),
        ("B80001", "B80001", AgencyKind.HEALTH),
        ("GP", "GP", AgencyKind.HEALTH),
        ("file-a", "file-a", AgencyKind.OTHER),
        ("", "", AgencyKind.OTHER),
    ],
)
def test_an_agency_is_known_by_its_code_or_a_word(text, agency, kind):
    assert agency_of(text) == (agency, kind)


CELLS = st.text(max_size=12) | st.sampled_from(
    [
        "9999-12-31T23:59-05:00",
        "0001-01-01",
        "\u0662\u0660\u0662\u0660-\u0660\u0661-\u0660\u0661",
        "2020-13",
        "URN000000",
        "POL",
        "20200230",
    ]
)


@given(st.fixed_dictionaries(dict.fromkeys(COLUMNS, CELLS)))
def test_whatever_stands_in_the_cells_is_a_person_that_the_hub_can_hold(cells):
    subject = CellReader().record(cells).subject
    assert subject_of(ledger_of(subject, 1), subject.local_id) == subject


HOME = {"family_name": "Ashworth", "postcode": "BD1 1AA"}
WHOLE = {**HOME, "given_name": "Ann", "sex": "F", "date_of_birth": "2020-01-01"}


def groups(*rows):
    reader = CellReader()
    records = [
        reader.record(a_row(**{"record_id": f"r{n}", "agency": "RAE", **row}))
        for n, row in enumerate(rows)
    ]
    return [set(one.groups) - {"by: health"} for one in groups_in(records)]


def test_twins_are_two_people_of_one_family_name_birth_date_and_postcode():
    other = {"person_id": "p2"}
    assert groups(WHOLE, WHOLE | other) == [{"twin"}, {"twin"}]
    assert groups(WHOLE, WHOLE) == [set(), set()]
    assert groups(WHOLE, WHOLE | other | {"family_name": "Barnes"}) == [set(), set()]


def test_siblings_share_family_name_and_postcode_and_no_birth_date():
    other = {"person_id": "p2", "date_of_birth": "2018-01-01"}
    assert groups(WHOLE, WHOLE | other) == [{"sibling"}, {"sibling"}]
    assert groups(WHOLE, WHOLE | other | {"postcode": "BD2 1AA"}) == [set(), set()]


def test_whose_records_have_two_postcodes_has_moved():
    rows = groups(WHOLE, WHOLE | {"postcode": "BD2 1AA"}, WHOLE | {"postcode": ""})
    assert ["mover" in one for one in rows] == [True, True, True]


@pytest.mark.parametrize(
    ("written", "newborn"), [("2020-01-28", True), ("2020-01-29", False), ("", False)]
)
def test_a_record_of_the_first_28_days_is_a_newborns(written, newborn):
    assert groups(WHOLE | {"recorded_at": written}) == [{"newborn"} if newborn else set()]


@pytest.mark.parametrize(
    "less", [{"sex": ""}, {"date_of_birth": "2020"}, {"given_name": "Baby girl"}, {"postcode": ""}]
)
def test_a_record_without_a_field_or_with_a_placeholder_misses_one(less):
    assert groups(WHOLE, WHOLE | less) == [set(), {"missing fields"}]
