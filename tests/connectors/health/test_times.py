"""Times and dates as feeds write them, and which of them counts."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.health.moments import completed_months, instant, written_date
from tests.connectors.health.messages import a_message, dropped, event_of, faults, read


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20261120091200", "2026-11-20T09:12:00+00:00"),
        ("20260701091200", "2026-07-01T08:12:00+00:00"),
        ("202607010912", "2026-07-01T08:12:00+00:00"),
        ("2026070109", "2026-07-01T08:00:00+00:00"),
        ("20260701", "2026-06-30T23:00:00+00:00"),
        ("20260701091200.1239", "2026-07-01T08:12:00.123000+00:00"),
        ("20260701091200+0000", "2026-07-01T09:12:00+00:00"),
        ("20260701091200-0530", "2026-07-01T14:42:00+00:00"),
        ("20260701091200.5+0100", "2026-07-01T08:12:00.500000+00:00"),
        ("2025-05-05 23:23:32", "2025-05-05T22:23:32+00:00"),
        ("2025-05-05T23:23:32Z", "2025-05-05T23:23:32+00:00"),
        ("2025-05-05T23:23:32+01:00", "2025-05-05T22:23:32+00:00"),
        ("20260701240000", "2026-07-01T23:00:00+00:00"),
        ("20260701091200+01", "2026-07-01T08:12:00+00:00"),
        ("20260701091200+", "2026-07-01T08:12:00+00:00"),
        ("20261025013000", "2026-10-25T00:30:00+00:00"),  # occurs twice: the first
        ("20261025023000", "2026-10-25T02:30:00+00:00"),
        ("20260329013000", "2026-03-29T01:30:00+00:00"),  # does not occur: 02:30 in summer time
    ],
)
def test_a_time_is_british_wall_time_unless_it_says_its_offset(text, expected):
    moment = instant(text)
    assert moment is not None
    assert moment.isoformat() == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "2026", "202607", "20261301", "20260230", "2026070125", "202607010961", "yesterday",
        "20260701091", "20260701091200+9900", "00010101", "99991231", "²0260701", "20260701241500",
    ],
)  # fmt: skip
def test_what_is_not_a_time_is_none(text):
    assert instant(text) is None


@given(st.datetimes(min_value=datetime(1900, 1, 2), max_value=datetime(2199, 12, 30)))  # noqa: DTZ001  # bounds
def test_an_instant_with_an_offset_is_read_back(moment):
    text = moment.strftime("%Y%m%d%H%M%S") + "+0000"
    assert instant(text) == moment.replace(microsecond=0, tzinfo=UTC)


@given(st.text())
def test_no_text_makes_reading_a_time_or_a_date_fail(text):
    assert instant(text) is None or instant(text).tzinfo is UTC
    assert written_date(text) is None or written_date(text).latest is not None


@pytest.mark.parametrize(
    ("text", "day", "partial"),
    [
        ("20160121", date(2016, 1, 21), None),
        ("20160121+", date(2016, 1, 21), None),
        ("201607010015", date(2016, 7, 1), None),
        ("20160701000000+01", date(2016, 7, 1), None),
        ("201607010015+0100", date(2016, 7, 1), None),
        ("20160701001500.00", date(2016, 7, 1), None),
        ("2016-07-01", date(2016, 7, 1), None),
        ("2016-07-01 00:15:00", date(2016, 7, 1), None),
        ("2016", None, "2016"),
        ("201607", None, "2016-07"),
        ("20160000", None, "2016"),
        ("20160700", None, "2016-07"),
        ("196513121515", None, None),
        ("20160230", None, None),
        ("20160001", None, None),
        ("unknown", None, None),
    ],
)
def test_a_date_is_taken_as_written(text, day, partial):
    written = written_date(text)
    assert (
        (written.day, written.partial) == (day, partial)
        if written
        else (day, partial) == (None, None)
    )


@pytest.mark.parametrize(
    ("birth", "on", "months"),
    [
        (date(2024, 1, 31), date(2024, 2, 29), 0),
        (date(2024, 1, 31), date(2024, 3, 1), 1),
        (date(2008, 2, 29), date(2026, 2, 28), 215),
        (date(2008, 2, 29), date(2026, 3, 1), 216),
        (date(2026, 11, 20), date(2026, 11, 20), 0),
    ],
)
def test_months_are_counted_when_completed(birth, on, months):
    assert completed_months(birth, on) == months


# --- which time counts --------------------------------------------------------------------------

ARRIVED = "20261120085500"


def test_an_arrival_happened_when_evn_6_says():
    event = event_of(a_message(pv1={44: ARRIVED}))
    assert event.occurred_at.isoformat() == "2026-11-20T09:12:00+00:00"
    assert event.facts.arrived_at == event.occurred_at


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (a_message(evn={6: ""}, pv1={44: ARRIVED}), "2026-11-20T08:55:00+00:00"),
        (a_message(evn={6: ""}), "2026-11-20T09:15:00+00:00"),
        (a_message(evn={6: "", 2: ""}), "2026-11-20T09:15:30+00:00"),
        (a_message(without=("EVN",)), "2026-11-20T09:15:30+00:00"),
    ],
)
def test_an_arrival_without_evn_6_falls_back_in_order(message, expected):
    event = event_of(message)
    assert event.occurred_at.isoformat() == expected
    assert event.facts.arrived_at == event.occurred_at


@pytest.mark.parametrize("trigger", ["A08", "A02", "A03", "A13"])
def test_a_change_says_the_arrival_only_from_pv1_44(trigger):
    silent = event_of(a_message(trigger))
    said = event_of(a_message(trigger, pv1={44: ARRIVED}))
    assert (silent.facts.arrived_at, silent.facts.age_months) == (None, None)
    assert said.facts.arrived_at.isoformat() == "2026-11-20T08:55:00+00:00"
    assert said.facts.age_months == 90


def test_it_was_recorded_when_evn_2_says_or_else_msh_7():
    assert event_of(a_message()).recorded_at.isoformat() == "2026-11-20T09:15:00+00:00"
    assert event_of(a_message(evn={2: ""})).recorded_at.isoformat() == "2026-11-20T09:15:30+00:00"


def test_a_message_without_any_time_is_refused():
    (refusal,) = read(a_message(evn={2: "", 6: ""}, msh={7: "soon"})).refusals
    assert refusal.field == "EVN-2"


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (a_message(evn={6: "20261399"}), "evn_6_not_a_time"),
        (a_message(evn={6: "20270101"}), "evn_6_ahead"),
        (a_message(evn={2: "20360101"}), "evn_2_ahead"),
        (a_message(evn={2: "now"}), "evn_2_not_a_time"),
        (a_message(pv1={44: "20270101"}), "pv1_44_ahead"),
        (a_message(pv1={45: "later"}), "pv1_45_not_a_time"),
        (a_message(msh={7: "13:05"}), "msh_7_not_a_time"),
    ],
)
def test_a_time_that_cannot_be_is_passed_over_and_named(message, reason):
    reading = read(message)
    assert reading.events[0].occurred_at.date() == date(2026, 11, 20)
    assert dropped(reading) == {reason: 1}


def test_a_hospital_clock_that_is_ahead_is_a_fault_of_the_feed():
    ahead = {2: "20261123090000", 6: "20261123090000"}
    reading = read(a_message(evn=ahead, msh={7: "20261123090000"}))
    assert len(reading.events) == 1
    assert faults(reading) == {"clock_ahead": "RCB"}


def test_times_that_are_not_hl7_are_read():
    event = event_of(a_message(msh={7: "2026-11-20 09:15:30"}, evn={2: "2026-11-20 09:15"}))
    assert event.revision == event_of(a_message()).revision


def test_the_feed_is_as_current_as_its_messages():
    assert read(a_message()).source_as_of.isoformat() == "2026-11-20T09:15:30+00:00"
