"""A school mark never creates a child: its record waits until a child appears, or goes."""

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from hub.adapters.calendar_files import load_calendars
from hub.adapters.store.identity import children_behind
from hub.core.event import EventState
from hub.core.identifiers import NhsNumber
from hub.core.school_calendar import SchoolCalendar, SchoolCalendars, Term
from hub.service.expire import ExpireWaiting
from hub.settings import PROJECT_ROOT
from tests.service.laboratory import NUMBERS, a_child, a_plan, an_attendance
from tests.service.schools import (
    FRIDAY,
    OTHER_SCHOOL,
    PM,
    SCHOOL,
    a_pupil,
    an_absence,
    joined,
    read_at,
    told,
)

pytestmark = pytest.mark.stack


@pytest.fixture
def school(laboratory):
    return joined(laboratory)


def counts(laboratory):
    """Records, those that wait, links, children and marks that are stored."""
    return laboratory.rows(
        "SELECT (SELECT count(*) FROM record)::int,"
        " (SELECT count(*) FROM record WHERE waits)::int, (SELECT count(*) FROM link)::int,"
        " (SELECT count(*) FROM child)::int,"
        " (SELECT count(*) FROM event WHERE kind = 'school_absence')::int"
    )[0]


def rules(laboratory):
    return sorted(rule for rule, _, _ in laboratory.standing())


def test_a_mark_alone_is_kept_sealed_without_a_child_or_a_link(laboratory, school):
    received = laboratory.receive([told(laboratory, school, an_absence())])
    assert (received.accepted, received.events, received.alerts_changed) == (1, 1, 0)
    assert counts(laboratory) == (1, 1, 0, 0, 1)
    assert laboratory.one("SELECT count(*) FROM record_key") > 0
    sealed = bytes(laboratory.one("SELECT sealed FROM record"))
    assert b"Ashworth" not in sealed


def test_no_question_finds_a_record_that_waits(laboratory, school):
    laboratory.receive([told(laboratory, school, an_absence())])
    with laboratory.store.connection() as connection:
        keys = [
            (kind, bytes(digest))
            for kind, digest in laboratory.rows("SELECT kind, digest FROM record_key")
        ]
        behind, children = children_behind(connection.cursor(), laboratory.keys.sealer, keys)
    assert (behind, children) == ({}, {})


def test_the_same_report_again_changes_nothing(laboratory, school):
    value = school.report(an_absence())
    raw = laboratory.raw(school, value)
    laboratory.receive([raw])
    before = counts(laboratory)
    assert laboratory.receive([raw]).known == 1
    assert laboratory.receive([laboratory.raw(school, value)]).duplicate == 1
    assert counts(laboratory) == before


@pytest.mark.parametrize("ground", ["plan", "attendance"])
def test_a_child_that_appears_finds_its_marks(laboratory, school, ground):
    laboratory.receive([told(laboratory, school, an_absence())])
    said = {
        "plan": lambda: laboratory.says(laboratory.council, a_plan()),
        "attendance": lambda: laboratory.says(laboratory.hospital, an_attendance()),
    }[ground]()

    laboratory.receive([said])

    assert counts(laboratory) == (2, 0, 2, 1, 1)
    assert rules(laboratory) == (["unexplained_absence"] if ground == "plan" else [])


def test_a_plan_that_comes_after_the_mark_raises_what_the_other_order_raises(laboratory, school):
    laboratory.receive([laboratory.says(laboratory.council, a_plan())])
    laboratory.receive([told(laboratory, school, an_absence())])
    ((rule, severity, owner, delivered, sentence),) = laboratory.rows(
        "SELECT rule, severity, owner, delivered, sentence FROM alert"
    )
    assert (rule, severity, owner, delivered) == ("unexplained_absence", "today", "E08000032", True)
    assert sentence == (
        "Absent from school with no reason known, 1 session on 20 November 2026, while on a Child"
        " Protection Plan."
    )


def test_the_marks_of_a_pupil_with_another_number_keep_waiting(laboratory, school):
    stranger = a_pupil(1, family_name="Bell", birth_date=date(2019, 1, 2), postcode=None)
    laboratory.receive([told(laboratory, school, an_absence(pupil=stranger))])
    laboratory.receive([laboratory.says(laboratory.council, a_plan())])
    assert counts(laboratory) == (2, 1, 1, 1, 1)
    assert rules(laboratory) == []


def test_a_pupil_who_is_only_possibly_the_child_waits_and_reaches_nobody(laboratory, school):
    alike = a_pupil(0, nhs_number=None, upn=None, given_names=("Oriel",))
    laboratory.receive([laboratory.says(laboratory.council, a_plan())])
    laboratory.receive([told(laboratory, school, an_absence(pupil=alike))])
    assert counts(laboratory) == (2, 1, 1, 1, 1)
    assert rules(laboratory) == []


def test_a_promoted_record_finds_others_by_its_own_identifiers(laboratory, school):
    """The council knows the NHS number, one school both numbers, the other school only the UPN."""
    other = joined(laboratory, OTHER_SCHOOL, seed=21)
    without_number = a_pupil(0, nhs_number=None, local_id="X9")
    laboratory.receive(
        [told(laboratory, other, an_absence(pupil=without_number, school=OTHER_SCHOOL))]
    )
    laboratory.receive([told(laboratory, school, an_absence())])
    assert counts(laboratory)[1:4] == (2, 0, 0)

    laboratory.receive([laboratory.says(laboratory.council, a_plan())])

    assert counts(laboratory) == (3, 0, 3, 1, 2)
    assert laboratory.one("SELECT count(*) FROM alert_ground WHERE role = 'trigger'") == 2


def test_a_pupil_whose_number_was_wrong_leaves_the_child_and_waits_again(laboratory, school):
    laboratory.receive([laboratory.says(laboratory.council, a_plan())])
    laboratory.receive([told(laboratory, school, an_absence())])
    assert rules(laboratory) == ["unexplained_absence"]
    right = a_pupil(0, nhs_number=NhsNumber(NUMBERS[3]), upn=None, cleared=("upn",))

    later = read_at(hour=14)
    mark = an_absence(pupil=right, session=PM, as_at=later)
    laboratory.receive([told(laboratory, school, mark, session=PM, as_at=later)])

    assert counts(laboratory)[1:4] == (1, 1, 1)
    assert rules(laboratory) == []


def test_a_school_record_does_not_stay_with_a_child_that_others_have_left(laboratory, school):
    laboratory.receive([laboratory.says(laboratory.hospital, an_attendance())])
    laboratory.receive([told(laboratory, school, an_absence())])
    assert counts(laboratory)[1:4] == (0, 2, 1)
    elsewhere = a_child(nhs_number=NhsNumber(NUMBERS[4]), birth_date=date(2012, 2, 2))
    known = replace(an_attendance("V9", child=elsewhere), subject=replace(elsewhere, local_id="H9"))
    laboratory.receive([laboratory.says(laboratory.hospital, known)])
    corrected = replace(an_attendance(revision=9), subject=replace(elsewhere, local_id="H0"))

    laboratory.receive([laboratory.says(laboratory.hospital, corrected)])

    assert (
        laboratory.one(
            "SELECT count(*) FROM link JOIN record USING (record_ref) WHERE agency = 'URN107200'"
        )
        == 0
    )
    assert counts(laboratory)[1] == 1


def test_what_a_school_says_anew_of_a_waiting_pupil_counts_when_a_child_appears(laboratory, school):
    alike = a_pupil(0, nhs_number=None, upn=None, given_names=("Oriel",))
    laboratory.receive([told(laboratory, school, an_absence(pupil=alike))])
    laboratory.receive([laboratory.says(laboratory.council, a_plan())])
    assert counts(laboratory)[2] == 1
    laboratory.receive([told(laboratory, school, an_absence(session=PM), session=PM)])
    assert counts(laboratory) == (2, 0, 2, 1, 2)
    assert rules(laboratory) == ["unexplained_absence"]


def test_a_mark_and_a_plan_that_come_at_the_same_moment_do_not_miss_each_other(laboratory, school):
    """Two workers, many times over: whichever is first, the mark joins the child's chronology."""
    for number in range(3):
        pupil, child = a_pupil(number), a_child(number, local_id=f"C{number}")
        mark = told(laboratory, school, an_absence(pupil=pupil))
        plan = laboratory.says(laboratory.council, a_plan(f"P{number}", child=child))
        failed = []
        start = threading.Barrier(2)

        def work(raw, start=start, failed=failed):
            receive = laboratory.a_receive()
            start.wait()
            for _ in range(50):
                try:
                    receive([raw])
                except Exception as error:  # noqa: BLE001  # tried again as a worker does
                    failed.append(error)
                else:
                    return

        workers = [threading.Thread(target=work, args=(raw,)) for raw in (mark, plan)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        laboratory.receive([])
        assert counts(laboratory)[1] == 0, failed
    assert len(rules(laboratory)) == 3


# ------------------------------------------------------------------------------- they go


def expire(laboratory, calendars=None):
    calendars = calendars or load_calendars(PROJECT_ROOT / "deploy" / "calendars")
    return ExpireWaiting(store=laboratory.store, calendars=calendars, clock=laboratory.clock)


def at(day):
    return datetime(day.year, day.month, day.day, 3, tzinfo=UTC)


def test_a_mark_waits_through_the_twentieth_school_day_and_goes_the_day_after(laboratory, school):
    usual = SchoolCalendar(
        terms=(Term(name="Autumn", first=date(2026, 9, 1), last=date(2026, 12, 31)),)
    )
    calendars = SchoolCalendars(usual=usual)
    laboratory.receive([told(laboratory, school, an_absence())])
    laboratory.clock.instant = at(FRIDAY + timedelta(days=28))  # the 20th weekday after
    assert expire(laboratory, calendars)().marks == 0
    assert counts(laboratory) == (1, 1, 0, 0, 1)

    laboratory.clock.instant = at(FRIDAY + timedelta(days=29))
    gone = expire(laboratory, calendars)()

    assert (gone.marks, gone.records, gone.sessions) == (1, 1, 1)
    assert counts(laboratory) == (0, 0, 0, 0, 0)
    assert laboratory.one("SELECT count(*) FROM record_key") == 0
    assert laboratory.one("SELECT count(*) FROM attendance_register") == 0


def test_holidays_are_no_school_days_and_so_the_mark_waits_over_them(laboratory, school):
    day = date(2026, 11, 27)  # 15 school days before the holidays
    laboratory.clock.instant = at(day) + timedelta(hours=9)
    laboratory.receive([told(laboratory, school, an_absence(day=day), day=day)])
    laboratory.clock.instant = at(date(2027, 1, 8))
    assert expire(laboratory)().marks == 0
    laboratory.clock.instant = at(date(2027, 1, 9))
    assert expire(laboratory)().marks == 1


def test_only_the_marks_that_waited_their_time_go(laboratory, school):
    early = date(2026, 10, 5)
    laboratory.receive(
        [
            told(laboratory, school, an_absence(day=early), day=early),
            told(laboratory, school, an_absence()),
        ]
    )
    gone = expire(laboratory)()
    assert (gone.marks, gone.records) == (1, 0)
    assert counts(laboratory) == (1, 1, 0, 0, 1)


def test_the_marks_of_a_child_stay(laboratory, school):
    early = date(2026, 10, 5)
    laboratory.receive([laboratory.says(laboratory.council, a_plan())])
    laboratory.receive([told(laboratory, school, an_absence(day=early), day=early)])
    gone = expire(laboratory)()
    assert (gone.marks, gone.records, gone.sessions) == (0, 0, 0)
    assert counts(laboratory) == (2, 0, 2, 1, 1)


def test_a_mark_that_is_gone_and_comes_again_waits_again(laboratory, school):
    early = date(2026, 10, 5)
    value = school.report(an_absence(day=early))
    laboratory.receive([laboratory.raw(school, value)])
    expire(laboratory)()
    assert counts(laboratory)[0] == 0
    later = read_at(early, hour=12)
    mark = an_absence(day=early, as_at=later)
    laboratory.receive([told(laboratory, school, mark, day=early, as_at=later)])
    assert counts(laboratory) == (1, 1, 0, 0, 1)


def test_what_a_conflicting_mark_said_goes_with_it(laboratory, school):
    early = date(2026, 10, 5)
    mark = an_absence(day=early)
    other = replace(mark, facts=replace(mark.facts, minutes_late=3))
    laboratory.receive([told(laboratory, school, mark, day=early)])
    laboratory.receive([told(laboratory, school, other, day=early)])
    assert laboratory.one("SELECT count(*) FROM event_problem WHERE sealed IS NOT NULL") == 1
    expire(laboratory)()
    assert laboratory.one("SELECT count(*) FROM event_problem WHERE sealed IS NOT NULL") == 0


def test_it_is_done_once_a_day(laboratory, school):
    early = date(2026, 10, 5)
    daily = expire(laboratory)
    daily.if_due()
    laboratory.receive([told(laboratory, school, an_absence(day=early), day=early)])
    assert daily.if_due().marks == 0
    laboratory.clock.instant += timedelta(days=1)
    assert daily.if_due().marks == 1


def test_a_withdrawn_mark_waits_and_goes_like_any_other(laboratory, school):
    mark = replace(an_absence(), state=EventState.WITHDRAWN)
    laboratory.receive([told(laboratory, school, mark)])
    laboratory.receive([laboratory.says(laboratory.council, a_plan())])
    assert rules(laboratory) == []
    assert SCHOOL.agency == school.name
