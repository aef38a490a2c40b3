"""A child's history over a real PostgreSQL: every feed in it, audited, cut to the reader."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hub.api.chronology_views import ChronologyWanted, Period
from hub.api.hub_services import HubServices
from hub.core.disclosure import Role, Standing
from hub.core.event import EventKind, EventState, Handling
from hub.core.history import EntryState
from hub.core.history_sources import SourceProblem
from hub.core.identifiers import GssCode
from hub.core.policy import InformedSees
from hub.core.report import Feed
from hub.service.histories import Histories
from tests.service.laboratory import BRADFORD, LEEDS, NOW, a_child, a_plan, an_attendance
from tests.service.schools import an_absence, joined, told
from tests.service.test_triage import (
    DUTY,
    DUTY_WORKER,
    ELSEWHERE,
    OPERATOR,
    Unheard,
    register_desk,
    surroundings,
)

pytestmark = pytest.mark.stack


def always(now):
    del now


def last_year(now):
    return now - timedelta(days=365)


@pytest.fixture
def read(laboratory):
    """Answers what somebody is told of the child of the one alert."""

    def read_as(asker=DUTY, begin=last_year):
        alert_id = laboratory.one("SELECT alert_id FROM alert WHERE rule = 'plan_match'")
        return Histories(surroundings(laboratory)).of_alert(asker, alert_id, begin)

    return read_as


def a_match(laboratory, *more):
    laboratory.receive(
        [
            *laboratory.extract(laboratory.council, a_plan()),
            laboratory.says(laboratory.hospital, an_attendance(), *more),
        ]
    )


def kinds(told):
    return [(one.kind, one.ends) for one in told.history.entries]


def test_the_feeds_of_every_agency_are_one_list_with_the_grounds_marked(laboratory, read):
    school = joined(laboratory)
    a_match(laboratory, an_attendance("V0", days_ago=120))
    laboratory.receive([told(laboratory, school, an_absence())])

    found = read()

    assert kinds(found) == [
        (EventKind.EMERGENCY_ATTENDANCE, False),
        (EventKind.SCHOOL_ABSENCE, False),
        (EventKind.CHILD_PROTECTION_PLAN, False),
        (EventKind.EMERGENCY_ATTENDANCE, False),
    ]
    assert [one.ground for one in found.history.entries] == [True, False, True, False]
    assert all(one.told_at == NOW for one in found.history.entries)
    assert [one.agency for one in found.history.entries] == ["RAE", "URN107200", BRADFORD, "RAE"]


def test_reading_it_is_a_look_into_the_child_and_has_its_audit_row(laboratory, read):
    a_match(laboratory)
    child = laboratory.one("SELECT child_ref FROM alert")
    alert_id = laboratory.one("SELECT alert_id FROM alert")

    read()
    read(ELSEWHERE)

    assert laboratory.rows(
        "SELECT actor, action, purpose, outcome, subjects FROM audit_leaf ORDER BY audit_id"
    ) == [
        ("duty", "chronology", "safeguarding", f"{alert_id}: 2 entries", [child]),
        ("duty", "chronology", "safeguarding", f"{alert_id}: none", []),
    ]


def test_the_list_is_not_answered_where_its_audit_row_cannot_be_written(laboratory, read):
    a_match(laboratory)
    with laboratory.store.connection() as connection:
        connection.execute("ALTER TABLE audit_leaf ADD CHECK (action <> 'chronology')")

    with pytest.raises(Exception, match="could not be answered, or not be audited"):
        read()


def test_who_is_informed_sees_what_the_authority_that_acts_allows(laboratory, read):
    a_match(laboratory, an_attendance("V0", days_ago=120))
    with laboratory.store.connection() as connection:
        connection.execute("UPDATE alert SET informed = ARRAY[%s]", (LEEDS,))

    grounds = read(ELSEWHERE)
    assert grounds.disclosed.standing is Standing.INFORMED
    assert all(one.ground for one in grounds.history.entries)
    assert grounds.history.narrowed
    for sees, entries in ((InformedSees.WHOLE, 3), (InformedSees.NOTHING, None)):
        policies = laboratory.policies
        bradford = replace(policies.of(GssCode(BRADFORD)), informed_sees=sees)
        laboratory.policies = replace(
            policies, authorities={**policies.authorities, GssCode(BRADFORD): bradford}
        )
        found = read(ELSEWHERE)
        assert (found and len(found.history.entries)) == entries


@pytest.mark.parametrize("asker", [ELSEWHERE, OPERATOR, replace(DUTY, role=Role.ED_CLINICIAN)])
def test_nobody_else_sees_any_of_it(laboratory, read, asker):
    a_match(laboratory)
    assert read(asker) is None


def test_a_visit_taken_back_is_shown_as_such_and_says_no_more(laboratory, read):
    a_match(laboratory, an_attendance("V0", days_ago=120))
    withdrawn = an_attendance("V0", days_ago=120, revision=2, state=EventState.WITHDRAWN)
    laboratory.receive([laboratory.says(laboratory.hospital, withdrawn)])

    taken_back = [one for one in read().history.entries if one.state is EntryState.WITHDRAWN]

    assert [(one.happened, one.changed_at) for one in taken_back] == [(None, NOW)]


def test_an_open_plan_is_in_the_last_year_and_older_visits_are_counted(laboratory, read):
    a_match(laboratory, an_attendance("V0", days_ago=700))
    laboratory.receive(
        laboratory.extract(
            laboratory.council,
            a_plan(started=NOW.date().replace(2023)),
            as_at=NOW + timedelta(minutes=1),
        )
    )

    found = read()

    assert kinds(found)[-1] == (EventKind.CHILD_PROTECTION_PLAN, False)
    assert (len(found.history.entries), found.earlier) == (2, 1)
    assert len(read(begin=always).history.entries) == 3


def test_history_is_marked_as_such(laboratory, read):
    a_match(laboratory)
    old = an_attendance("V0", days_ago=90)
    laboratory.receive([laboratory.says(laboratory.hospital, old, backfill=True)])

    assert [one.backfill for one in read().history.entries] == [False, False, True]


def test_what_an_agency_wishes_to_be_shown_later_is_kept_back(laboratory, read):
    waits = Handling(not_before=NOW + timedelta(days=1))
    a_match(laboratory, an_attendance("V0", days_ago=120, handling=waits))

    assert len(read().history.entries) == 2
    assert read().history.kept_back


def test_a_shielded_childs_history_says_no_place(laboratory, read):
    laboratory.receive(
        [
            *laboratory.extract(laboratory.council, a_plan()),
            laboratory.says(laboratory.hospital, an_attendance(shielded=True)),
        ]
    )

    found = read()

    assert {one.agency for one in found.history.entries} == {""}
    assert found.history.location_withheld
    assert found.not_joined == ()


def test_what_is_possibly_the_childs_is_marked_and_says_kind_and_day_alone(laboratory, read):
    a_match(laboratory)
    alike = a_child(local_id="H9", nhs_number=None, given_names=("Oriel",))
    laboratory.receive(
        [laboratory.says(laboratory.hospital, an_attendance("V9", child=alike, days_ago=3))]
    )
    assert laboratory.one("SELECT count(*) FROM link WHERE verdict = 'possible'") == 1

    found = read()

    possible = [one for one in found.history.entries if one.possible]
    assert [(one.kind, one.happened) for one in possible] == [
        (EventKind.EMERGENCY_ATTENDANCE, None)
    ]
    assert found.possible_total == 1


def test_each_source_that_may_have_more_to_tell_is_named_with_why(laboratory, read):
    a_match(laboratory)
    before = {one.agency: one.problems for one in read().sources.troubled}
    assert "RAE" not in before

    laboratory.clock.instant = NOW + timedelta(hours=49)
    laboratory.receive([laboratory.says(laboratory.hospital, sequence=90)])
    laboratory.clock.instant = NOW + timedelta(hours=200)
    sources = read().sources

    troubles = {one.agency: dict(one.problems) for one in sources.troubled}
    assert set(troubles["RAE"]) == {SourceProblem.NOT_HEARD_LATELY, SourceProblem.REPORTS_MISSING}
    assert troubles["RAE"][SourceProblem.NOT_HEARD_LATELY] == datetime(
        2026, 11, 22, 9, 30, tzinfo=UTC
    )
    policy = laboratory.policies.of(GssCode(BRADFORD))
    for feed in Feed:
        assert sources.joined[feed] == sum(one.feed is feed for one in policy.sources.values())


def test_reports_that_cannot_be_read_yet_are_named_with_the_first_of_them(laboratory, read):
    a_match(laboratory)
    raw = laboratory.says(laboratory.hospital, an_attendance("V5"))
    laboratory.receive(
        [
            replace(
                raw,
                value=raw.value[:-4] + b"0000",
                headers=(("signature", laboratory.hospital.sign(raw.value[:-4] + b"0000")),),
            )
        ]
    )
    assert laboratory.one("SELECT count(*) FROM report WHERE state = 'parked'") == 1

    troubles = {one.agency: dict(one.problems) for one in read().sources.troubled}

    assert troubles["RAE"][SourceProblem.REPORTS_UNREADABLE] == NOW


def test_a_council_that_knows_the_child_and_is_not_joined_is_named(laboratory, read):
    a_match(laboratory)
    policies = laboratory.policies
    laboratory.policies = replace(
        policies,
        authorities={k: v for k, v in policies.authorities.items() if k != GssCode(LEEDS)},
    )
    moved = a_child(local_id="C1", nhs_number=a_child().nhs_number)
    assert read().not_joined == ()
    with laboratory.store.connection() as connection:
        connection.execute(
            "UPDATE record SET authorities = authorities || jsonb_build_object(%s::text, 1)",
            (LEEDS,),
        )

    assert moved.local_id == "C1"
    assert read().not_joined == (GssCode(LEEDS),)


@pytest.fixture
def shown(laboratory):
    """Answers the chronology of the one alert as the duty worker's page lays it out."""

    def show(period=Period.YEAR):
        desk = register_desk(laboratory)
        services = HubServices(surroundings(laboratory), Unheard(), desk, None, None, None)
        alert_id = laboratory.one("SELECT alert_id FROM alert WHERE rule = 'plan_match'")
        return services.chronology(DUTY_WORKER, alert_id, ChronologyWanted(period=period))

    return show


def test_each_line_is_in_plain_words_with_the_agencys_name(laboratory, shown):
    school = joined(laboratory)
    a_match(laboratory, an_attendance("V0", days_ago=120))
    laboratory.receive([told(laboratory, school, an_absence())])

    assert [(line.sentence, line.source_name) for line in shown().lines] == [
        ("Visit to Bradford Royal Infirmary", "Bradford Teaching Hospitals"),
        (
            "Absent from school with no reason known, 1 session on 20 November 2026",
            "A made-up school",
        ),
        ("Child protection plan began", "Bradford children's social care"),
        ("Visit to Bradford Royal Infirmary", "Bradford Teaching Hospitals"),
    ]
    assert shown().lines[2].details == ("Held by Bradford", "Open now")


def test_from_when_on_a_source_is_silent_is_a_line_at_that_time(laboratory, shown):
    a_match(laboratory)
    laboratory.clock.instant = NOW + timedelta(hours=200)

    view = shown()

    silent = [line for line in view.lines if line.silence]
    assert ("From here on nothing has been heard from Bradford Teaching Hospitals", NOW) in [
        (line.sentence, line.on) for line in silent
    ]
    assert view.silent
    said = {group.title: [one.problems for one in group.troubled] for group in view.sources}
    assert any(
        "has not been heard from lately: last on 22 November 2026, 09:30" in problems
        for problems in said["Hospitals"]
    )


def test_the_words_of_a_shielded_childs_chronology_name_no_place(laboratory, shown):
    school = joined(laboratory)
    laboratory.receive(
        [
            *laboratory.extract(laboratory.council, a_plan()),
            laboratory.says(laboratory.hospital, an_attendance(shielded=True)),
        ]
    )
    laboratory.receive([told(laboratory, school, an_absence())])

    lines = [line for line in shown().lines if not line.silence]

    assert [line.source_name for line in lines] == ["a hospital", "a school", "a council"]
    said = " ".join(" ".join((line.sentence, *line.details)) for line in lines)
    assert not [
        place for place in ("Bradford", "Leeds", "school A made", "107200") if place in said
    ]
