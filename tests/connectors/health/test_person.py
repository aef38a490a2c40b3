"""The person of a message: names, birth, sex, address, death, mother, and HL7's null rule."""

from datetime import date

import pytest

from hub.core.event import Mother, OtherName, Sex
from hub.core.identifiers import NhsNumber, Postcode
from tests.connectors.health.messages import OTHER_NHS_NUMBER, a_message, dropped, event_of, read


def person_of(*, trigger="A04", more=(), **pid):
    fields = {int(name.removeprefix("pid")): text for name, text in pid.items()}
    return event_of(a_message(trigger, pid=fields, more=tuple(more))).subject


# --- names --------------------------------------------------------------------------------------


def test_the_legal_name_counts_wherever_it_stands_and_the_others_are_kept():
    person = person_of(pid5="ROB^ROBIN^^^^^A~ARKWRIGHT^ROBIN^JAMES LEE^^^^L~BAKER^ROBIN^^^^^M")
    assert (person.family_name, person.given_names) == ("ARKWRIGHT", ("ROBIN", "JAMES", "LEE"))
    assert person.other_names == (
        OtherName(family_name="ROB", given_names=("ROBIN",)),
        OtherName(family_name="BAKER", given_names=("ROBIN",)),
    )


def test_a_name_without_a_type_counts_before_an_alias():
    assert person_of(pid5="ROB^R^^^^^A~ARKWRIGHT^ROBIN").family_name == "ARKWRIGHT"


def test_of_an_adopted_child_no_other_name_leaves_the_hospital():
    person = person_of(pid5="ARKWRIGHT^ROBIN^^^^^L~BAKER^ROBIN^^^^^C")
    assert (person.family_name, person.other_names) == ("BAKER", None)


def test_a_family_name_with_subcomponents_is_read():
    assert person_of(pid5="VAN DYCK&VAN&DYCK^EVA").family_name == "VAN DYCK"


def test_names_keep_escaped_separators_and_other_alphabets():
    person = person_of(pid5=r"O\T\BRIEN^ZOË ŁUCJA")
    assert (person.family_name, person.given_names) == ("O&BRIEN", ("ZOË ŁUCJA",))


def test_aliases_of_pid_9_are_never_used():
    assert person_of(pid9="OTHER^NAME").other_names is None


def test_an_empty_name_says_nothing():
    person = person_of(pid5="")
    assert (person.family_name, person.given_names, person.cleared) == (None, None, ())


# --- the null rule ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "cleared"),
    [
        ({"pid5": '""'}, ("family_name", "given_names", "other_names")),
        ({"pid5": 'ARKWRIGHT^""'}, ("given_names",)),
        ({"pid7": '""'}, ("birth_date",)),
        ({"pid8": '""'}, ("sex",)),
        ({"pid11": '""'}, ("address_lines", "postcode")),
        ({"pid11": '4 MADE UP LANE^^YORK^^""^GBR^H'}, ("postcode",)),
        ({"pid21": '""'}, ("mother",)),
        ({"pid29": '""'}, ("died_on",)),
    ],
)
def test_two_quotes_delete_what_is_stored(field, cleared):
    assert person_of(trigger="A31", **field).cleared == cleared


@pytest.mark.parametrize("field", ["pid5", "pid7", "pid8", "pid11", "pid21", "pid29", "pid32"])
def test_an_empty_field_deletes_nothing(field):
    assert person_of(trigger="A31", **{field: ""}).cleared == ()


@pytest.mark.parametrize(
    ("pv1", "cleared"),
    [
        ({36: '""'}, ("disposition", "left_before_seen")),
        ({45: '""'}, ("departed_at",)),
        ({36: ""}, ()),
    ],
)
def test_two_quotes_delete_what_was_said_of_the_end_of_a_visit(pv1, cleared):
    assert event_of(a_message("A08", pv1=pv1)).cleared == cleared


# --- birth --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("20160121+^D", date(2016, 1, 21)),
        ("202607010015", date(2026, 7, 1)),  # in London still the 1st, in UTC the 30th
        ("20260630233000+0000", date(2026, 6, 30)),
    ],
)
def test_a_date_of_birth_is_never_moved_to_another_day(text, day):
    assert person_of(pid7=text).birth_date == day


def test_a_birth_at_midnight_in_summer_is_on_the_day_written():
    summer = {2: "20260701001600", 6: "20260701001500"}
    event = event_of(a_message(evn=summer, msh={7: "20260701001600"}, pid={7: "202607010010"}))
    assert event.occurred_at.isoformat() == "2026-06-30T23:15:00+00:00"
    assert event.subject.birth_date == date(2026, 7, 1)
    assert event.facts.age_months == 0


@pytest.mark.parametrize(("text", "partial"), [("2019", "2019"), ("201905", "2019-05")])
def test_a_partial_date_of_birth_is_kept_as_partial(text, partial):
    event = event_of(a_message(pid={7: text}))
    assert (event.subject.birth_date, event.subject.birth_date_partial) == (None, partial)
    assert event.facts.age_months is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("196513121515", "birth_date_not_a_date"),
        ("20260230", "birth_date_not_a_date"),
        ("18991230", "birth_date_not_a_date"),
        ("19000101", "birth_date_implausible"),
        ("20270504", "birth_date_in_future"),
        ("2027", "birth_date_in_future"),
    ],
)
def test_an_impossible_date_of_birth_is_dropped_and_named_and_the_event_stands(text, reason):
    reading = read(a_message(pid={7: text}))
    assert dropped(reading) == {reason: 1}
    event = reading.events[0]
    assert (event.subject.birth_date, event.facts.age_months) == (None, None)


@pytest.mark.parametrize("code", ["ED", "NSTS01~ED"])
def test_an_estimated_date_of_birth_says_so(code):
    assert person_of(pid32=code).birth_date_estimated


def test_a_date_of_birth_that_a_system_made_up_is_dropped_and_named():
    reading = read(a_message(pid={32: "NSTS02~UD"}))
    assert dropped(reading) == {"birth_date_default": 1}
    assert reading.events[0].subject.birth_date is None
    assert reading.events[0].facts.age_months is None


# --- sex, address, death ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "sex"),
    [
        ("1", Sex.MALE),
        ("2", Sex.FEMALE),
        ("9", Sex.NOT_SPECIFIED),
        ("0", Sex.UNKNOWN),
        ("M", Sex.MALE),
        ("f", Sex.FEMALE),
        ("U", Sex.UNKNOWN),
        ("X", Sex.NOT_SPECIFIED),
        ("", Sex.UNKNOWN),
    ],
)
def test_sex_is_read_in_both_code_lists(code, sex):
    assert person_of(pid8=code).sex is sex


def test_the_home_address_counts_before_others():
    person = person_of(pid11="9 OFFICE ST^^LEEDS^^LS1 3EX^GBR^O~4 MADE UP LANE^^YORK^^yo318he^^H")
    assert person.address_lines == ("4 MADE UP LANE", "YORK")
    assert person.postcode == Postcode("YO31 8HE")


@pytest.mark.parametrize("kind", ["BA", "N", "F", "O", "B"])
def test_an_address_that_is_no_home_is_not_told(kind):
    person = person_of(pid11=f"9 OFFICE ST^^LEEDS^^LS1 3EX^GBR^{kind}")
    assert (person.address_lines, person.postcode) == (None, None)


def test_a_default_address_is_not_told():
    reading = read(a_message(pid={32: "UA"}))
    assert dropped(reading) == {"address_default": 1}
    assert reading.events[0].subject.postcode is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [("ZZ99 3VZ", "postcode_placeholder"), ("NOWHERE", "postcode_shape")],
)
def test_a_postcode_that_is_none_is_dropped_and_named(text, reason):
    reading = read(a_message(pid={11: f"4 MADE UP LANE^^YORK^^{text}^GBR^H"}))
    assert dropped(reading) == {reason: 1}
    assert reading.events[0].subject.address_lines == ("4 MADE UP LANE", "YORK")


def test_a_death_is_told_and_what_follows_it_is_read():
    died = a_message("A08", pid={29: "202611201600", 30: "Y"})
    later = a_message("A03", pid={30: "Y"}, pv1={36: "10"})
    assert event_of(died).subject.died_on == date(2026, 11, 20)
    assert event_of(later).facts.disposition == "10"


# --- mother -------------------------------------------------------------------------------------

NEWBORN = {7: "20261119"}
MOTHER = "NK1|1|ARKWRIGHT^JUNE|MTH|4 MADE UP LANE^^YORK^^YO31 8HE^GBR^H|" + "|" * 11 + "19950302"


def test_the_mother_of_a_newborn_is_told():
    fields = NEWBORN | {21: f"M77^^^RCB^MR~{OTHER_NHS_NUMBER}^^^NHS", 6: "BAKER^JUNE"}
    mother = event_of(a_message(pid=fields, more=(MOTHER,))).subject.mother
    assert mother == Mother(
        local_id="RCB|M77",
        nhs_number=NhsNumber(OTHER_NHS_NUMBER),
        family_name="ARKWRIGHT",
        given_names=("JUNE",),
        birth_date=date(1995, 3, 2),
        postcode=Postcode("YO31 8HE"),
    )


def test_without_next_of_kin_the_mothers_name_is_that_of_pid_6():
    mother = event_of(a_message(pid=NEWBORN | {6: "BAKER^JUNE"})).subject.mother
    assert mother == Mother(family_name="BAKER", given_names=("JUNE",))


@pytest.mark.parametrize("birth", ["20190504", "20251120", "", "2026"])
def test_the_mother_of_an_older_child_or_of_one_of_unknown_age_is_not_told(birth):
    fields = {7: birth, 21: "M77^^^RCB^MR"}
    assert event_of(a_message(pid=fields, more=(MOTHER,))).subject.mother is None


def test_next_of_kin_who_is_not_the_mother_is_not_told():
    kin = MOTHER.replace("|MTH|", "|GRD|")
    assert event_of(a_message(pid=NEWBORN, more=(kin,))).subject.mother is None


def test_a_mothers_invalid_number_is_dropped_and_named():
    reading = read(a_message(pid=NEWBORN | {21: "9999999999^^^NHS"}))
    assert dropped(reading) == {"mother_nhs_number_repeated_digit": 1}
    assert reading.events[0].subject.mother is None
