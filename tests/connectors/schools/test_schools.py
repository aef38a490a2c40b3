"""What the schools connector refuses, how it cuts, and that its codes are those the hub takes."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

import connectors.schools
from connectors.contract import ConnectorContext
from connectors.schools import connector
from connectors.schools.codes import CODES, CountsAs, code_in
from connectors.schools.tables import MARKS, REGISTERS
from hub.core.event import EventState
from hub.core.report import Feed
from hub.core.school_marks import REASON_AS_TOLD, REASON_OF_CODE, AbsenceReason
from hub.errors import ConfigurationError

CONTEXT = ConnectorContext(started_at=datetime(2026, 11, 20, 15, tzinfo=UTC), test_numbers=True)
TEMPLATE = Path(connectors.schools.__file__).parent / "template"


@pytest.fixture
def delivery(tmp_path):
    def write(registers, marks, folder=tmp_path):
        folder.mkdir(exist_ok=True)
        for table, rows in ((REGISTERS, registers), (MARKS, marks)):
            header = ",".join(table.required)
            (folder / table.file_name).write_text("\n".join([header, *rows]) + "\n")
        return folder

    return write


def a_register(marks, *, urn="107200", session="AM", complete="Y"):
    return f"{urn},2026-11-20,{session},2026-11-20T09:45:00+00:00,{complete},{marks}"


def a_mark(pupil, code="N", *, urn="107200", session="AM"):
    return f"{urn},2026-11-20,{session},{pupil},{code}"


def read(folder, **changes):
    told = {"started_at": CONTEXT.started_at, **changes}
    return list(connector.read(folder, ConnectorContext(**told)))


def refused(folder, **changes):
    with pytest.raises(ConfigurationError) as caught:
        read(folder, **changes)
    return str(caught.value)


def test_the_codes_are_those_in_force_and_four_of_them_are_told_and_long_sickness():
    assert connector.feed is Feed.SCHOOLS
    assert len(CODES) == 34
    assert {code: one.told_as for code, one in CODES.items() if one.told_as} == REASON_AS_TOLD
    unauthorised = {c for c, one in CODES.items() if one.counts_as is CountsAs.UNAUTHORISED}
    assert unauthorised == set(REASON_OF_CODE)


@pytest.mark.parametrize("retired", ["H", "Y", "J", "Y8", "present", ""])
def test_a_code_that_is_not_in_force_is_none(retired):
    assert code_in(retired) is None


def test_the_template_has_the_columns_that_are_read():
    for table in (REGISTERS, MARKS):
        with (TEMPLATE / table.file_name).open() as opened:
            assert next(csv.reader(opened)) == list(table.columns)


def test_no_mark_but_the_four_leaves_the_school(delivery):
    folder = delivery(
        [a_register(len(CODES))], [a_mark(f"p{n}", code) for n, code in enumerate(CODES)]
    )
    (reading,) = read(folder)
    assert {event.facts.code for event in reading.events} == set(REASON_OF_CODE)
    assert sum(dropped.count for dropped in reading.dropped) == len(CODES) - len(REASON_OF_CODE)


SICK = "urn,date,session,pupil_id,code,previous_code,ill_days_in_a_row,ill_days_this_year"


@pytest.fixture
def ill(delivery):
    """What is told of one pupil with this mark, these counts and perhaps another mark before."""

    def told(code, in_a_row="", this_year="", *, before=""):
        folder = delivery([a_register(1)], [])
        row = f"107200,2026-11-20,AM,p1,{code},{before},{in_a_row},{this_year}"
        (folder / "marks.csv").write_text(f"{SICK}\n{row}\n")
        (register,) = read(folder)
        return register

    return told


@pytest.mark.parametrize(("in_a_row", "this_year"), [("15", ""), ("", "15"), ("1", "15")])
def test_the_fifteenth_school_day_of_sickness_is_told_with_its_counts(ill, in_a_row, this_year):
    (event,) = ill("I", in_a_row, this_year).events
    counts = (event.facts.sickness_days_in_a_row, event.facts.sickness_days_in_year)
    assert counts == tuple(int(text) if text else None for text in (in_a_row, this_year))
    assert event.facts.reason is AbsenceReason.SICKNESS
    assert event.facts.minutes_late is None


@pytest.mark.parametrize(
    ("code", "in_a_row", "this_year"),
    [("I", "14", "14"), ("I", "", ""), ("I", "0", ""), ("I", "about 20", "999"), ("M", "20", "20")],
)
def test_shorter_sickness_and_an_appointment_stay_with_the_school(ill, code, in_a_row, this_year):
    register = ill(code, in_a_row, this_year)
    assert register.events == ()
    assert register.attendance_register.complete
    dropped = {one.reason: one.count for one in register.dropped}
    not_valid = {"ill_days_not_valid": 2} if this_year == "999" else {}
    not_valid |= {"ill_days_not_valid": 1} if in_a_row == "0" else {}
    assert dropped == {"authorised": 1} | not_valid


def test_days_of_sickness_beside_another_mark_are_not_told(ill):
    (event,) = ill("N", "15", "15").events
    assert event.facts.sickness_days_in_a_row is event.facts.sickness_days_in_year is None


@pytest.mark.parametrize(("in_a_row", "told"), [("15", 1), ("14", 0)])
def test_sickness_that_was_a_mistake_is_taken_back_if_it_was_told(ill, in_a_row, told):
    events = ill("/", in_a_row, before="I").events
    assert [event.state for event in events] == [EventState.WITHDRAWN] * told
    assert all(event.facts.code is None for event in events)


def test_an_absence_that_turns_out_to_be_short_sickness_is_taken_back_without_saying_so(ill):
    (event,) = ill("I", "2", before="N").events
    assert event.state is EventState.WITHDRAWN
    assert event.facts.code is event.facts.sickness_days_in_a_row is None


def test_an_absence_that_turns_out_to_be_long_sickness_is_told_as_that(ill):
    (event,) = ill("I", "15", before="N").events
    assert (event.state, event.facts.code) == (EventState.REPORTED, "I")


def test_a_register_of_more_marks_than_a_report_holds_is_told_in_parts_and_never_as_complete(
    delivery,
):
    readings = read(delivery([a_register(501)], [a_mark(f"p{n}") for n in range(501)]))
    assert [len(reading.events) for reading in readings] == [500, 1]
    assert not any(reading.attendance_register.complete for reading in readings)
    assert [fault.code for fault in readings[0].faults] == ["register_too_large"]


def test_a_pupil_whose_former_code_cannot_be_read_is_taken_back_rather_than_left(
    delivery, tmp_path
):
    folder = delivery([a_register(1, complete="N")], [])
    (folder / "marks.csv").write_text(
        "urn,date,session,pupil_id,code,previous_code\n107200,2026-11-20,AM,p1,I,??\n"
    )
    (reading,) = read(folder)
    (event,) = reading.events
    assert event.state is EventState.WITHDRAWN
    assert event.facts.code is None
    assert event.subject.family_name is None


def test_the_same_row_twice_is_one_mark(delivery):
    (reading,) = read(delivery([a_register(2)], [a_mark("p1"), a_mark("p1")]))
    assert len(reading.events) == 1
    assert reading.refusals == ()


def test_a_delivery_of_another_school_than_is_asked_for_is_refused_whole(delivery):
    folder = delivery([a_register(0), a_register(0, urn="107201")], [])
    assert "URN107201" in refused(folder, agency="URN107200")
    assert len(read(folder)) == 2


def test_what_is_no_delivery_is_refused_and_said_why(delivery, tmp_path):
    assert "registers.csv" in refused(tmp_path)
    folder = delivery(["107200,2026-11-20,AM,,Y,0"], [])
    assert "read_at" in refused(folder)
    delivery([a_register(0)], [])
    (folder / "marks.csv").unlink()
    assert "marks.csv" in refused(folder)
    (folder / "marks.csv").write_text("urn,date\n")
    with pytest.raises(ConfigurationError, match="session, pupil_id, code"):
        read(folder)


def test_a_quote_that_is_never_closed_costs_one_row_and_the_register_its_completeness(delivery):
    whole = [a_mark("p1"), a_mark("p2").replace("107200", '"107200', 1), a_mark("p3")]
    stray, register = read(delivery([a_register(3)], whole))
    assert [refusal.reference for refusal in stray.refusals] == ["marks.csv:3"]
    assert [event.subject.local_id for event in register.events] == ["p1", "p3"]
    assert [fault.code for fault in register.faults] == ["register_cut_off"]
    assert not register.attendance_register.complete


def test_a_mapping_file_is_refused(delivery, tmp_path):
    assert "no mapping file" in refused(delivery([], []), mapping_path=tmp_path)


@pytest.mark.parametrize("other", ["I", "/"])
def test_of_two_marks_of_one_pupil_the_first_counts_though_one_of_them_stays(delivery, other):
    marks = [a_mark("p1"), a_mark("p1", other), a_mark("p2", other), a_mark("p2")]
    (register,) = read(delivery([a_register(4)], marks))
    assert [event.subject.local_id for event in register.events] == ["p1"]
    assert [refusal.reference for refusal in register.refusals] == ["marks.csv:3", "marks.csv:5"]
    assert not register.attendance_register.complete


def test_two_marks_of_one_pupil_that_both_stay_are_of_no_concern(delivery):
    (register,) = read(delivery([a_register(2)], [a_mark("p1", "I"), a_mark("p1", "/")]))
    assert (register.events, register.refusals) == ((), ())
    assert register.attendance_register.complete


def test_a_register_of_a_day_that_has_not_come_is_refused(delivery):
    early = "107200,2026-11-21,AM,2026-11-20T09:45:00+00:00,Y,0"
    stray, register = read(delivery([early, a_register(0)], []))
    assert [refusal.field for refusal in stray.refusals] == ["date"]
    assert register.attendance_register.complete


def test_a_count_of_thousands_of_digits_costs_one_row(delivery):
    stray, register = read(delivery([a_register("9" * 5000), a_register(0, session="PM")], []))
    assert [refusal.field for refusal in stray.refusals] == ["marks"]
    assert register.attendance_register.complete


def test_any_word_but_a_plain_no_withholds_a_pupils_whereabouts(delivery):
    folder = delivery([a_register(2)], [])
    (folder / "marks.csv").write_text(
        "urn,date,session,pupil_id,code,postcode,restricted\n"
        "107200,2026-11-20,AM,p1,N,BD1 1HX,see office\n"
        "107200,2026-11-20,AM,p2,N,BD1 1HX,No\n"
    )
    (register,) = read(folder)
    assert [event.shielded for event in register.events] == [True, False]
    assert [event.subject.postcode is None for event in register.events] == [True, False]


def test_what_cannot_be_read_of_a_mark_is_left_out_and_counted(delivery):
    folder = delivery([a_register(1)], [])
    (folder / "marks.csv").write_text(
        "urn,date,session,pupil_id,code,minutes_late,date_of_birth\n"
        "107200,2026-11-20,AM,p1,U,12 mins,2031-01-01\n"
    )
    (register,) = read(folder)
    assert {drop.reason: drop.count for drop in register.dropped} == {
        "date_of_birth_not_valid": 1,
        "minutes_late_not_valid": 1,
    }
    assert len(register.events) == 1


def test_a_row_without_a_mark_does_not_stand_against_a_mark(delivery):
    (register,) = read(delivery([a_register(2)], [a_mark("p1", "-"), a_mark("p1")]))
    assert [event.subject.local_id for event in register.events] == ["p1"]
    assert register.refusals == ()


def test_a_bug_of_ours_costs_one_register_and_is_shown(delivery, monkeypatch):
    def broken(*_arguments):
        raise ZeroDivisionError

    monkeypatch.setattr("connectors.schools.mapping._facts", broken)
    folder = delivery(
        [a_register(1), a_register(0, session="PM"), a_register(0, urn="107201")], [a_mark("p1")]
    )
    broken_one, *good = read(folder)
    assert [fault.code for fault in broken_one.faults] == ["connector_bug"]
    assert "ZeroDivisionError" in broken_one.refusals[0].expected
    assert broken_one.agency == "URN107200"
    assert broken_one.attendance_register is None
    assert [one.attendance_register.complete for one in good] == [True, True]


@pytest.mark.parametrize("year", ["99999999999", "9" * 5000])
def test_a_year_beyond_counting_costs_one_row(delivery, year):
    marks = [a_mark("p1"), f"107200,20/11/{year},AM,p2,N"]
    stray, register = read(delivery([a_register(1), f"107200,20/11/{year},AM,,Y,0"], marks))
    assert [refusal.field for refusal in stray.refusals] == ["date", "date"]
    assert len(register.events) == 1
