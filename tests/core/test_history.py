"""A child's history: in date order, with what was taken back, and every period's two ends."""

from datetime import timedelta

import pytest

from hub.core.chronology import Listing
from hub.core.event import EventKind, EventState
from hub.core.history import EntryState, HistoryFacts, ToldTimes, history, since
from hub.core.school_marks import AbsenceReason
from tests.core.builders import (
    a_date,
    an_absence,
    an_entry,
    an_event,
    an_incident_event,
    digest,
    on_day,
)

NO_FACTS = {}


def of(*events, **more):
    return history(HistoryFacts(events=events, **more))


def test_everything_of_every_agency_is_in_date_order_the_latest_first():
    entries = of(
        an_absence(day=3),
        an_event(day=1),
        an_incident_event(day=5),
        register=(an_entry(start=-40),),
    )

    assert [one.kind for one in entries] == [
        EventKind.DOMESTIC_ABUSE_INCIDENT,
        EventKind.SCHOOL_ABSENCE,
        EventKind.EMERGENCY_ATTENDANCE,
        EventKind.CHILD_PROTECTION_PLAN,
    ]


def test_what_was_taken_back_stays_and_says_since_when():
    (entry,) = of(
        an_event(day=1),
        an_event(
            revision=2, day=1, state=EventState.WITHDRAWN, facts=NO_FACTS, received_at=on_day(4)
        ),
    )

    assert entry.state is EntryState.WITHDRAWN
    assert entry.changed_at == on_day(4)


def test_what_was_corrected_stands_as_corrected():
    (entry,) = of(
        an_event(day=1),
        an_event(
            revision=2,
            day=1,
            state=EventState.CORRECTED,
            facts={"left_before_seen": True},
            received_at=on_day(2),
        ),
    )

    assert entry.state is EntryState.CORRECTED
    assert entry.changed_at == on_day(2)
    assert entry.happened.left_before_seen


def test_a_visit_told_anew_after_it_was_taken_back_stands():
    (entry,) = of(
        an_event(day=1),
        an_event(revision=2, day=1, state=EventState.WITHDRAWN, facts=NO_FACTS),
        an_event(revision=3, day=1),
    )

    assert entry.state is EntryState.STANDS


def test_a_withdrawal_alone_of_which_nothing_was_told_is_no_entry():
    assert of(an_event(state=EventState.WITHDRAWN, facts=NO_FACTS)) == ()


def test_an_absence_that_a_later_register_does_not_mark_was_explained():
    mark = an_absence(day=0)
    entries = of(mark, registers_read={mark.fact_key: on_day(1)})

    assert [(one.state, one.changed_at) for one in entries] == [
        (EntryState.NO_LONGER_MARKED, on_day(1))
    ]


def test_sickness_is_shown_by_the_alert_that_rests_on_it_and_by_no_other():
    ill = an_absence("ill", day=1, ill=(15, None))
    facts = HistoryFacts(events=(ill, an_absence("missed", day=0)))

    (missed,) = history(facts, grounds=(digest("another"), digest("missed")))
    assert [one.reason for one in missed.happened] == [AbsenceReason.UNEXPLAINED]
    of_sickness, missed = history(facts, grounds=(ill.fact_key,))
    assert [one.sickness_days_in_a_row for one in of_sickness.happened] == [15]
    assert (of_sickness.ground, missed.ground) == (True, False)


def test_a_mark_that_became_sickness_shows_as_explained_and_not_by_what():
    ill = an_absence(revision=2, day=0, ill=(15, None), received_at=on_day(3))
    (entry,) = of(an_absence(day=0), ill)

    assert (entry.state, entry.changed_at) == (EntryState.NO_LONGER_MARKED, on_day(3))
    assert [one.code for one in entry.happened] == ["N"]


def test_sickness_that_was_taken_back_is_no_entry_of_another_alert():
    gone = an_absence(revision=2, state=EventState.WITHDRAWN, facts=NO_FACTS)
    assert of(an_absence(ill=(15, None)), gone) == ()


def test_absences_over_a_weekend_are_one_spell_and_a_fortnight_later_another():
    entries = of(an_absence("fri", day=4), an_absence("mon", day=7), an_absence("later", day=21))

    assert [len(one.happened) for one in entries] == [1, 2]
    assert entries[1].on == on_day(4)
    assert entries[1].until == on_day(7)


def test_a_spell_of_which_one_day_was_explained_is_two_entries():
    explained = an_absence("tue", day=1)
    entries = of(
        an_absence("mon", day=0), explained, registers_read={explained.fact_key: on_day(2)}
    )

    assert {one.state for one in entries} == {EntryState.STANDS, EntryState.NO_LONGER_MARKED}


def test_a_plan_that_ended_has_two_entries_each_on_its_day():
    entries = of(register=(an_entry(start=0, end=30),))

    assert [(one.ends, one.on.date()) for one in entries] == [
        (True, a_date(30)),
        (False, a_date(0)),
    ]


def test_a_plan_that_is_no_longer_listed_ends_on_the_day_since_when():
    plan = an_entry(start=0, listing=Listing.NOT_LISTED, not_listed_since=a_date(9))

    assert [(one.ends, one.on.date()) for one in of(register=(plan,))] == [
        (True, a_date(9)),
        (False, a_date(0)),
    ]


def test_a_plan_says_when_the_hub_was_first_told_of_it():
    plan = an_entry(start=0)
    told = ToldTimes(first_at=on_day(3), corrected_at=on_day(8))
    (entry,) = of(register=(plan,), told={plan.fact_key: told})

    assert entry.told_at == on_day(3)
    assert (entry.state, entry.changed_at) == (EntryState.CORRECTED, on_day(8))


def test_the_last_year_shows_a_plan_that_is_open_however_long_ago_it_began():
    entries = of(an_event(day=-500), register=(an_entry(start=-900),))

    assert [one.kind for one in since(entries, on_day(-365))] == [EventKind.CHILD_PROTECTION_PLAN]
    assert len(since(entries, None)) == 2


def test_the_last_year_shows_both_ends_of_a_plan_that_ended_within_it():
    entries = of(register=(an_entry(start=-900, end=-10), an_entry("old", start=-900, end=-800)))

    assert {(one.fact_keys[0], one.ends) for one in since(entries, on_day(-365))} == {
        (digest("p1"), True),
        (digest("p1"), False),
    }


def test_grounds_are_marked_and_the_end_of_a_period_is_none():
    attended = an_event(day=1)
    plan = an_entry(start=-9, end=3)
    facts = HistoryFacts(events=(attended, an_event("a2", day=2)), register=(plan,))

    marked = [
        (one.fact_keys[0], one.ends)
        for one in history(facts, {attended.fact_key, plan.fact_key})
        if one.ground
    ]

    assert marked == [(attended.fact_key, False), (plan.fact_key, False)]


@pytest.mark.parametrize("event", [an_event(), an_incident_event(), an_absence()])
def test_an_entry_of_an_unsure_record_is_a_possible_match(event):
    (sure,) = of(event)
    (unsure,) = of(event, unsure_records=frozenset({event.record_ref}))

    assert not sure.possible
    assert unsure.possible


def test_history_told_when_the_feed_was_joined_is_marked():
    (entry,) = of(an_event(backfill=True))

    assert entry.backfill


def test_the_order_of_arrival_changes_nothing():
    events = [an_event(f"a{n}", day=n) for n in range(4)] + [
        an_absence(f"m{n}", day=n) for n in (1, 9)
    ]

    assert of(*events) == of(*reversed(events))
    assert of(*events)[0].on - of(*events)[-1].on == timedelta(days=9)
