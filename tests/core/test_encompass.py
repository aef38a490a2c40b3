"""Notices to schools as a safeguarding lead would tell of them: who is told, when, and what not."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from hub.core.chronology import Chronology
from hub.core.encompass import decide_notices
from hub.core.encompass_late import late_notice
from hub.core.encompass_notice import (
    NoticeReason,
    NoticeState,
    NoticeStep,
    RecipientKind,
    RollSource,
    RollWord,
)
from hub.core.encompass_policy import ContentLevel, EncompassPolicy, LateTo
from hub.core.encompass_recipient import Concerning
from hub.core.encompass_school import register_words
from hub.core.encompass_time import due_at, is_of_school_age
from hub.core.event import Audience, EventState, Handling
from hub.core.identifiers import Urn
from hub.core.incident_facts import RiskGrade
from hub.core.school_calendar import SchoolCalendar, SchoolCalendars, Term
from hub.core.school_directory import School, SchoolContact, SchoolDirectory
from tests.core.builders import BRADFORD, a_policy, an_absence, an_incident, digest

SCHOOL, OTHER = Urn("107200"), Urn("107201")
LEAD, DEPUTY, OTHER_LEAD = "lead-1", "deputy-1", "lead-2"
CALENDAR = SchoolCalendar(
    terms=(
        Term(name="Autumn", first=date(2026, 9, 2), last=date(2026, 12, 18)),
        Term(name="Spring", first=date(2027, 1, 4), last=date(2027, 2, 12)),
    ),
    closed=frozenset({date(2026, 11, 23)}),  # a Monday of training
)
TUESDAY_NIGHT = datetime(2026, 11, 17, 21, 40, tzinfo=UTC)
WEDNESDAY_0815 = datetime(2026, 11, 18, 8, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
DIRECTORY = SchoolDirectory(
    schools={
        SCHOOL: School(
            urn=SCHOOL,
            name="A primary school",
            authority=BRADFORD,
            lead=SchoolContact(staff_id=LEAD, name="Ruth Adeyemi"),
            deputy=SchoolContact(staff_id=DEPUTY, name="Daniel Whitfield"),
        ),
        OTHER: School(
            urn=OTHER,
            name="An academy",
            authority=BRADFORD,
            lead=SchoolContact(staff_id=OTHER_LEAD, name="Farida Karim"),
        ),
    }
)


def agreed(**changes):
    encompass = EncompassPolicy(
        level=ContentLevel.FULL, not_to_school_codes=frozenset({"NTS"}), **changes
    )
    return a_policy(encompass=encompass, calendars=SchoolCalendars(usual=CALENDAR))


def word(school=SCHOOL, *, on_roll=True, source=RollSource.REGISTER, at=None):
    said_at = at or datetime(2026, 11, 3, tzinfo=UTC)
    return RollWord(school=school, on_roll=on_roll, source=source, said_at=said_at)


def at_night(name="i1", **changes):
    told = {"began_at": TUESDAY_NIGHT, "received_at": TUESDAY_NIGHT + HOUR}
    return an_incident(name, **(told | changes))


REPORTED = (word(),)


def child(*incidents, words=REPORTED, notices=(), shielded=False, born=date(2017, 5, 4), **changes):
    chronology = Chronology(
        child_ref=digest("child"), incidents=incidents, birth_date=born, shielded=shielded
    )
    given = {"certain": True, "council": BRADFORD}
    return Concerning(chronology=chronology, words=words, notices=notices, **(given | changes))


def decided(given, policy=None, at=TUESDAY_NIGHT + HOUR):
    return decide_notices(given, policy or agreed(), DIRECTORY, at)


def the_notice(given, policy=None, at=TUESDAY_NIGHT + HOUR):
    (change,) = decided(given, policy, at)
    assert change.step is NoticeStep.MADE
    return change.notice


# ------------------------------------------------------------------------------------- who is told


def test_the_lead_of_the_school_that_reports_the_child_is_told():
    (change,) = decided(child(at_night()))

    notice = change.notice
    assert (notice.recipient.kind, notice.recipient.agency) == (RecipientKind.SCHOOL, "URN107200")
    assert notice.reason is NoticeReason.SCHOOL_REPORTS_CHILD
    assert notice.seats == (f"staff:{LEAD}",)
    assert notice.unconfirmed is False
    assert change.told == ("URN107200",)


@pytest.mark.parametrize(
    ("present", "resident"), [(True, False), (False, True), (False, False), (None, None)]
)
def test_a_child_that_was_there_lives_there_or_is_linked_is_told_of(present, resident):
    assert the_notice(child(at_night(present=present, resident=resident)))


def test_the_latest_school_of_this_school_year_is_told():
    words = (word(SCHOOL, at=datetime(2026, 9, 8, tzinfo=UTC)), word(OTHER))
    assert the_notice(child(at_night(), words=words)).recipient.agency == "URN107201"


@pytest.mark.parametrize(
    "first",
    [
        word(SCHOOL),
        word(SCHOOL, source=RollSource.SCHOOL_LEAD, at=datetime(2026, 9, 8, tzinfo=UTC)),
        word(SCHOOL, source=RollSource.COUNCIL, at=datetime(2026, 9, 8, tzinfo=UTC)),
    ],
    ids=["marked lately", "its lead said so", "the council said so"],
)
def test_one_mark_in_another_register_moves_no_notice_to_that_school(first):
    words = (first, word(OTHER, at=datetime(2026, 11, 10, tzinfo=UTC)))
    notice = the_notice(child(at_night(), words=words))
    assert notice.recipient.kind is RecipientKind.COUNCIL
    assert notice.reason is NoticeReason.SCHOOLS_DISAGREE


def test_where_two_schools_disagree_the_one_that_the_police_name_is_told():
    words = (word(SCHOOL), word(OTHER, at=datetime(2026, 11, 10, tzinfo=UTC)))
    notice = the_notice(child(at_night(school_urn="107200"), words=words))
    assert notice.recipient.agency == "URN107200"
    assert notice.reason is NoticeReason.SCHOOL_REPORTS_CHILD


def test_where_two_schools_disagree_what_the_council_says_then_counts():
    settled = word(SCHOOL, source=RollSource.COUNCIL, at=datetime(2026, 11, 10, 12, tzinfo=UTC))
    words = (word(SCHOOL), word(OTHER, at=datetime(2026, 11, 10, tzinfo=UTC)), settled)
    notice = the_notice(child(at_night(), words=words))
    assert notice.recipient.agency == "URN107200"
    assert notice.reason is NoticeReason.COUNCIL_NAMED_SCHOOL


def test_a_school_of_last_year_is_not_told():
    words = (word(at=datetime(2026, 7, 14, tzinfo=UTC)),)
    notice = the_notice(child(at_night(), words=words))
    assert notice.recipient.kind is RecipientKind.COUNCIL
    assert notice.reason is NoticeReason.NO_SCHOOL_KNOWN


def test_a_mark_of_absence_says_that_the_child_is_on_roll_and_a_withdrawn_one_says_nothing():
    told = register_words([an_absence("m1", day=10), an_absence("m2", state=EventState.WITHDRAWN)])
    assert [(one.school, one.on_roll, one.source) for one in told] == [
        (SCHOOL, True, RollSource.REGISTER)
    ]


def test_a_mark_of_a_day_to_come_outlasts_no_later_word():
    mistyped = word(OTHER, at=datetime(2027, 6, 3, tzinfo=UTC))
    no = word(OTHER, on_roll=False, source=RollSource.SCHOOL_LEAD, at=TUESDAY_NIGHT)
    told = the_notice(child(at_night(), words=(word(), mistyped)))
    assert told.recipient.agency == "URN107200"
    refused = the_notice(child(at_night(school_urn="107201"), words=(mistyped, no)))
    assert refused.recipient.key == "force:POL13"


def test_a_school_that_only_the_force_names_is_asked_first():
    notice = the_notice(child(at_night(school_urn="107200"), words=()))
    assert notice.recipient.agency == "URN107200"
    assert notice.reason is NoticeReason.FORCE_NAMED_SCHOOL
    assert notice.unconfirmed is True


def test_after_yes_the_same_notice_tells():
    asked = the_notice(child(at_night(school_urn="107200"), words=()))
    yes = word(source=RollSource.SCHOOL_LEAD, at=TUESDAY_NIGHT + 2 * HOUR)

    (change,) = decided(child(at_night(school_urn="107200"), words=(yes,), notices=(asked,)))

    assert change.step is NoticeStep.READDRESSED
    assert change.notice.notice_id == asked.notice_id
    assert change.notice.unconfirmed is False
    assert change.notice.reason is NoticeReason.SCHOOL_CONFIRMED


def test_after_no_the_desk_is_told_and_that_school_not_again():
    incident = at_night(school_urn="107200")
    asked = replace(the_notice(child(incident, words=())), seen_at=TUESDAY_NIGHT + 2 * HOUR)
    no = word(on_roll=False, source=RollSource.SCHOOL_LEAD, at=TUESDAY_NIGHT + 2 * HOUR)

    passed_on, made = decided(child(incident, words=(no,), notices=(asked,)))

    assert passed_on.notice.state is NoticeState.PASSED_ON
    assert made.notice.recipient.key == "force:POL13"
    assert made.notice.reason is NoticeReason.NOT_ON_ROLL
    again = at_night("i2", school_urn="107200", occurrence="ab")
    later = decided(child(again, words=(no,), notices=()))
    assert [one.notice.recipient.key for one in later] == ["force:POL13"]


def test_a_register_that_names_the_child_after_no_counts_again():
    no = word(on_roll=False, source=RollSource.SCHOOL_LEAD, at=datetime(2026, 11, 4, tzinfo=UTC))
    back = word(at=datetime(2026, 11, 16, tzinfo=UTC))
    assert the_notice(child(at_night(), words=(no, back))).recipient.agency == "URN107200"


def test_without_a_school_the_council_is_told_and_without_a_council_the_desk():
    notice = the_notice(child(at_night(), words=()))
    assert notice.recipient.key == "council:E08000032"
    assert notice.seats == ("council:E08000032",)
    notice = the_notice(child(at_night(), words=(), council=None))
    assert notice.recipient.key == "force:POL13"
    assert notice.reason is NoticeReason.NO_SCHOOL_KNOWN


def test_the_school_that_the_council_names_is_told():
    words = (word(OTHER, source=RollSource.COUNCIL),)
    notice = the_notice(child(at_night(), words=words))
    assert notice.recipient.agency == "URN107201"
    assert notice.reason is NoticeReason.COUNCIL_NAMED_SCHOOL


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"certain": False}, NoticeReason.CHILD_NOT_CERTAIN),
        ({"nameless": frozenset({at_night().record_ref})}, NoticeReason.CHILD_NOT_CERTAIN),
        ({"words": (word(Urn("107999")),)}, NoticeReason.SCHOOL_NOT_LISTED),
        ({"conflicted": frozenset({LEAD, DEPUTY})}, NoticeReason.NOBODY_TO_ADDRESS),
    ],
)
def test_a_child_that_no_school_can_be_told_of_goes_to_the_desk(changes, reason):
    notice = the_notice(child(at_night(), **changes))
    assert (notice.recipient.key, notice.reason) == ("force:POL13", reason)
    assert notice.seats == ("desk:POL13",)


@pytest.mark.parametrize(
    ("incident", "reason"),
    [
        (at_night(handling_code="NTS"), NoticeReason.SCHOOL_CONCERNED),
        (
            at_night(handling=Handling(audience=Audience.SOCIAL_CARE_ONLY)),
            NoticeReason.NOT_FOR_SCHOOLS,
        ),
        (at_night(handling=Handling(audience=Audience.UNKNOWN)), NoticeReason.NOT_FOR_SCHOOLS),
    ],
)
def test_what_the_force_keeps_from_schools_goes_to_its_desk(incident, reason):
    assert the_notice(child(incident)).reason is reason


def test_a_lead_who_knows_the_people_concerned_is_passed_over_for_the_deputy():
    notice = the_notice(child(at_night(), conflicted=frozenset({LEAD})))
    assert notice.seats == (f"staff:{DEPUTY}",)


def test_a_shielded_child_is_told_of_at_least_and_no_school_is_asked_about_it():
    notice = the_notice(child(at_night(), shielded=True))
    assert notice.level is ContentLevel.MINIMUM
    asked = the_notice(child(at_night(school_urn="107200", shielded=True), words=()))
    assert asked.reason is NoticeReason.SHIELDED_UNCONFIRMED
    assert asked.recipient.key == "force:POL13"


# ---------------------------------------------------------------------------------- of whom is none


@pytest.mark.parametrize(
    "incident",
    [
        at_night(unborn=True),
        at_night(backfill=True),
        at_night(encompass_sent_at=TUESDAY_NIGHT),
        at_night(agency="POL14"),
    ],
)
def test_no_notice_of_the_unborn_of_history_or_of_what_was_sent_already(incident):
    assert decided(child(incident)) == ()


def test_no_notice_where_none_is_agreed_or_before_it_was():
    assert decided(child(at_night()), a_policy()) == ()
    assert decided(child(at_night()), agreed(live_from=TUESDAY_NIGHT + 2 * HOUR)) == ()


@pytest.mark.parametrize(
    ("born", "counts"),
    [
        (date(2022, 8, 31), True),  # four in the summer: in reception since September
        (date(2022, 9, 2), False),
        (date(2008, 11, 20), True),  # eighteen on Friday
        (date(2008, 11, 18), False),
        (date(2008, 2, 29), False),
        (None, True),
    ],
)
def test_notices_are_of_children_from_reception_to_seventeen(born, counts):
    assert is_of_school_age(born, None, date(2026, 11, 18)) is counts


def test_where_no_birth_date_is_known_the_age_told_counts():
    on = date(2026, 11, 18)
    ages = [is_of_school_age(None, months, on) for months in (12, 60, 12 * 18)]
    assert ages == [False, True, False]


# ------------------------------------------------------------------------------------ by when


def at(day, hour, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("happened", "opens", "due"),
    [
        (at(17, 21), at(17, 22), at(18, 8, 15)),  # the evening before
        (at(18, 3), at(18, 5), at(18, 8, 15)),  # in the night
        (at(13, 23), at(14, 1), at(16, 8, 15)),  # Friday night: Monday
        (at(20, 22), at(21, 9), at(24, 8, 15)),  # Friday night before a training day: Tuesday
        (at(17, 21), at(18, 10), at(18, 12)),  # it comes when school is held already
        (at(17, 21), at(18, 8, 30), at(18, 10, 30)),  # it comes a quarter of an hour before
        (at(17, 21), at(18, 18), at(19, 8, 15)),  # it comes in the evening
    ],
)
def test_it_is_due_before_the_next_school_day_starts(happened, opens, due):
    assert due_at(happened, opens, CALENDAR, EncompassPolicy()) == due


def test_over_the_holidays_it_is_due_on_the_first_day_of_term():
    happened = datetime(2026, 12, 18, 20, tzinfo=UTC)
    due = due_at(happened, happened + HOUR, CALENDAR, EncompassPolicy())
    assert due == datetime(2027, 1, 4, 8, 15, tzinfo=UTC)


def test_in_summer_time_the_clock_on_the_wall_counts():
    calendar = SchoolCalendar(
        terms=(Term(name="Summer", first=date(2026, 6, 1), last=date(2026, 7, 21)),)
    )
    happened = datetime(2026, 6, 9, 20, tzinfo=UTC)
    due = due_at(happened, happened, calendar, EncompassPolicy(school_day_starts=time(9)))
    assert due == datetime(2026, 6, 10, 7, 30, tzinfo=UTC)


def test_where_the_calendar_ends_weekdays_count():
    happened = datetime(2027, 2, 12, 20, tzinfo=UTC)
    for calendar in (CALENDAR, None):
        due = due_at(happened, happened, calendar, EncompassPolicy())
        assert due == datetime(2027, 2, 15, 8, 15, tzinfo=UTC)


def test_a_school_is_told_no_sooner_than_the_force_allows():
    wait = TUESDAY_NIGHT + timedelta(days=3)
    notice = the_notice(child(at_night(handling=Handling(not_before=wait))))
    assert notice.opens_at == wait
    assert notice.due_at == datetime(2026, 11, 24, 8, 15, tzinfo=UTC)


# ------------------------------------------------------------------------------------ what changes


def test_the_same_knowledge_again_changes_nothing():
    given = child(at_night())
    notice = the_notice(given)
    assert decided(replace(given, notices=(notice,)), at=TUESDAY_NIGHT + 9 * HOUR) == ()


def test_one_incident_told_of_two_records_of_a_child_makes_one_notice():
    twice = (at_night("i1", occurrence="ab"), at_night("i2", occurrence="ab"))
    assert len(decided(child(*twice))) == 1


def test_an_amended_incident_is_told_again_even_after_it_was_acknowledged():
    notice = replace(
        the_notice(child(at_night())),
        seen_at=TUESDAY_NIGHT,
        acknowledged_at=TUESDAY_NIGHT,
        acknowledged_by=LEAD,
    )

    (change,) = decided(
        child(at_night(officer_grade=RiskGrade.HIGH), notices=(notice,)), at=at(18, 11)
    )

    assert change.step is NoticeStep.REVISED
    assert change.told == ("URN107200",)
    assert change.notice.version == 2
    assert change.notice.waits
    assert change.notice.due_at == at(19, 8, 15)


def test_a_withdrawn_incident_takes_the_notice_back_and_whoever_saw_it_is_told():
    notice = the_notice(child(at_night()))

    (unseen,) = decided(child(notices=(notice,)))
    (seen,) = decided(child(notices=(replace(notice, seen_at=TUESDAY_NIGHT),)))

    assert unseen.notice.state is seen.notice.state is NoticeState.WITHDRAWN
    assert (unseen.told, seen.told) == ((), ("URN107200",))


def test_a_notice_that_comes_back_keeps_its_id_and_is_told_anew():
    notice = replace(the_notice(child(at_night())), state=NoticeState.WITHDRAWN)
    again = the_notice(child(at_night(), notices=(notice,)))
    assert (again.notice_id, again.version, again.waits) == (notice.notice_id, 2, True)


def test_a_better_recipient_takes_over_what_nobody_has_acknowledged():
    at_council = the_notice(child(at_night(), words=()))

    passed_on, made = decided(child(at_night(), notices=(at_council,)))

    assert passed_on.step is NoticeStep.PASSED_ON
    assert made.notice.recipient.agency == "URN107200"
    done = replace(at_council, acknowledged_at=TUESDAY_NIGHT)
    assert decided(child(at_night(), notices=(done,))) == ()


def test_a_policy_that_changes_withdraws_nothing():
    notice = the_notice(child(at_night()))
    assert decided(child(at_night(), notices=(notice,)), a_policy()) == ()


def test_a_notice_is_handed_on_though_the_agreement_has_ended_meanwhile():
    asked = the_notice(child(at_night(school_urn="107200"), words=()))
    no = word(on_roll=False, source=RollSource.SCHOOL_LEAD, at=TUESDAY_NIGHT + 2 * HOUR)
    given = child(at_night(school_urn="107200"), words=(no,), notices=(asked,))

    _, made = decided(given, a_policy())

    assert made.notice.recipient.key == "force:POL13"
    assert made.notice.level is ContentLevel.FULL


def test_whoever_read_it_is_told_that_it_is_taken_back_though_it_was_amended_meanwhile():
    read = replace(the_notice(child(at_night())), seen_at=TUESDAY_NIGHT + HOUR)
    amended = at_night(
        officer_grade=RiskGrade.HIGH, handling=Handling(not_before=TUESDAY_NIGHT + 90 * HOUR)
    )
    (revised,) = decided(child(amended, notices=(read,)))

    (gone,) = decided(child(notices=(revised.notice,)), at=TUESDAY_NIGHT + 5 * HOUR)

    assert gone.told == ("URN107200",)
    assert gone.notice.seen_at == TUESDAY_NIGHT + HOUR
    assert gone.notice.opens_at <= TUESDAY_NIGHT + 5 * HOUR


@pytest.mark.parametrize(
    "against",
    [{"handling": Handling(audience=Audience.SOCIAL_CARE_ONLY)}, {"handling_code": "NTS"}],
)
def test_an_amendment_that_is_not_for_schools_leaves_the_school_that_acknowledged(against):
    done = replace(the_notice(child(at_night())), acknowledged_at=TUESDAY_NIGHT + HOUR)

    passed_on, made = decided(child(at_night(**against), notices=(done,)))

    assert passed_on.step is NoticeStep.PASSED_ON
    assert made.notice.recipient.key == "force:POL13"


def test_an_amendment_is_not_for_a_lead_who_knows_the_people_though_it_was_acknowledged():
    done = replace(
        the_notice(child(at_night())), acknowledged_at=TUESDAY_NIGHT, acknowledged_by=LEAD
    )
    amended = at_night(officer_grade=RiskGrade.HIGH)

    (change,) = decided(child(amended, notices=(done,), conflicted=frozenset({LEAD})))

    assert change.step is NoticeStep.REVISED
    assert change.notice.seats == (f"staff:{DEPUTY}",)


# ------------------------------------------------------------------------------------ what is late


def test_a_late_notice_goes_to_the_deputy_and_the_desk():
    notice = the_notice(child(at_night()))

    change = late_notice(notice, EncompassPolicy(), DIRECTORY, frozenset(), WEDNESDAY_0815)

    assert change.step is NoticeStep.LATE
    assert change.notice.late_at == WEDNESDAY_0815
    assert change.notice.seats == (f"staff:{LEAD}", f"staff:{DEPUTY}", "desk:POL13")
    assert change.told == ("URN107200", "POL13")


def test_who_is_shown_a_late_notice_is_local_policy():
    notice = the_notice(child(at_night()))
    council = EncompassPolicy(late_to=(LateTo.COUNCIL,))
    change = late_notice(notice, council, DIRECTORY, frozenset(), WEDNESDAY_0815)
    assert change.notice.seats == (f"staff:{LEAD}", "council:E08000032")


def test_a_deputy_with_a_conflict_is_not_shown_a_late_notice():
    notice = the_notice(child(at_night()))
    change = late_notice(notice, EncompassPolicy(), DIRECTORY, frozenset({DEPUTY}), WEDNESDAY_0815)
    assert f"staff:{DEPUTY}" not in change.notice.seats


@pytest.mark.parametrize(
    "changes",
    [
        {"acknowledged_at": TUESDAY_NIGHT},
        {"late_at": WEDNESDAY_0815},
        {"state": NoticeState.WITHDRAWN},
        {"due_at": WEDNESDAY_0815 + HOUR},
    ],
)
def test_what_is_acknowledged_known_gone_or_not_due_is_not_late(changes):
    notice = replace(the_notice(child(at_night())), **changes)
    found = late_notice(notice, EncompassPolicy(), DIRECTORY, frozenset(), WEDNESDAY_0815)
    assert found is None


def test_what_was_late_stays_with_those_it_was_shown_to():
    late = late_notice(
        the_notice(child(at_night())), EncompassPolicy(), DIRECTORY, frozenset(), WEDNESDAY_0815
    ).notice
    assert decided(child(at_night(), notices=(late,)), at=at(18, 9)) == ()
