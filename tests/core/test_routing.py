"""Every alert has one owner, whoever else is told, and nothing is left unrouted."""

from itertools import product

import pytest

from hub.core.alert import Finding, Severity
from hub.core.chronology import Chronology
from hub.core.event import EventKind
from hub.core.identifiers import GssCode
from hub.core.plan_standing import DisplayWindows
from hub.core.routing import latest_place, responsible_authority, router
from hub.core.rule import RuleParameters, incident_trigger, trigger
from tests.core.builders import (
    BRADFORD,
    LEEDS,
    a_date,
    an_attendance,
    an_entry,
    an_incident,
    on_day,
)

KIRKLEES = GssCode("E08000034")
PLAN = an_entry()
CARE = an_entry("l1", kind=EventKind.LOOKED_AFTER_PERIOD, authority=LEEDS)
WINDOWS = DisplayWindows()


def routed_by(chronology, severity, ground, found_in):
    """Whose a finding on this ground is; hospitals lie in that authority's area."""
    finding = Finding(rule="plan_match", severity=severity, grounds=(ground,), sentence="")
    whose = router(
        chronology, authority_of_site=lambda _site: found_in, as_of=on_day(100), windows=WINDOWS
    )
    return whose(finding)


def routed(severity, register=(), homes=(), found_in=None, *, shielded=False):
    visit = an_attendance()
    chronology = Chronology(
        child_ref=b"c",
        attendances=(visit,),
        register=tuple(register),
        home_authorities=tuple(homes),
        shielded=shielded,
    )
    return routed_by(chronology, severity, trigger(visit, RuleParameters()), found_in)


def test_the_holder_of_the_plan_comes_before_all_others():
    answer = routed(Severity.TODAY, [PLAN, CARE], [KIRKLEES], LEEDS)
    assert answer.owner == BRADFORD
    assert set(answer.informed) == {LEEDS, KIRKLEES}


def test_then_who_looks_after_the_child_then_the_home_then_where_it_was_found():
    assert routed(Severity.TODAY, [CARE], [KIRKLEES], BRADFORD).owner == LEEDS
    assert routed(Severity.TODAY, [], [KIRKLEES], BRADFORD).owner == KIRKLEES
    assert routed(Severity.TODAY, [], [], BRADFORD).owner == BRADFORD


def test_who_works_with_a_child_in_need_comes_before_the_home_and_after_who_looks_after_it():
    need = an_entry("n1", kind=EventKind.CHILD_IN_NEED_PERIOD, authority=LEEDS)
    answer = routed(Severity.TODAY, [need], [KIRKLEES], BRADFORD)
    assert (answer.owner, answer.informed) == (LEEDS, (KIRKLEES,))
    assert "as in need" in answer.reason
    elsewhere = an_entry("l1", kind=EventKind.LOOKED_AFTER_PERIOD, authority=BRADFORD)
    assert routed(Severity.TODAY, [need, elsewhere], [KIRKLEES]).owner == BRADFORD
    ended = an_entry("n2", kind=EventKind.CHILD_IN_NEED_PERIOD, authority=LEEDS, end=50)
    assert routed(Severity.TODAY, [ended], [KIRKLEES]).owner == KIRKLEES


def test_an_immediate_alert_is_owned_where_the_child_is_and_the_holder_informed():
    answer = routed(Severity.IMMEDIATE, [PLAN], [BRADFORD], LEEDS)
    assert answer.owner == LEEDS
    assert answer.informed == (BRADFORD,)
    assert "where the child was found" in answer.reason


def test_an_immediate_alert_from_an_unknown_place_goes_to_the_holder():
    assert routed(Severity.IMMEDIATE, [PLAN]).owner == BRADFORD


def test_a_plan_held_for_a_child_who_lives_elsewhere_is_shown_to_both():
    answer = routed(Severity.TODAY, [PLAN], [KIRKLEES])
    assert answer.owner == BRADFORD
    assert answer.informed == (KIRKLEES,)


def test_the_home_of_a_shielded_child_is_not_told():
    answer = routed(Severity.TODAY, [PLAN], [KIRKLEES], shielded=True)
    assert answer.informed == ()
    assert routed(Severity.TODAY, [], [KIRKLEES], LEEDS, shielded=True).owner == LEEDS


def test_the_holder_of_an_ended_plan_is_told_but_does_not_own():
    answer = routed(Severity.INFORMATION, [an_entry(end=50)], [LEEDS])
    assert answer.owner == LEEDS
    assert answer.informed == (BRADFORD,)


def test_a_plan_on_its_way_to_another_authority_stays_with_the_sender():
    moved = an_entry(end=50, end_reason="transferred")
    assert routed(Severity.TODAY, [moved], [LEEDS]).owner == BRADFORD


def test_a_plan_held_for_an_authority_that_is_not_named_is_the_reporters():
    held = an_entry(authority=None, held_for_another_authority=True)
    assert routed(Severity.TODAY, [held], [LEEDS]).owner == BRADFORD


def test_a_council_that_reports_anothers_plan_is_informed():
    held = an_entry(authority=LEEDS, agency=BRADFORD.reveal())
    answer = routed(Severity.TODAY, [held])
    assert answer.owner == LEEDS
    assert answer.informed == (BRADFORD,)


def test_with_no_authority_known_it_is_the_hubs_own_desk():
    answer = routed(Severity.IMMEDIATE)
    assert answer.owner is None
    assert "own desk" in answer.reason


REGISTERS = [(), (PLAN,), (CARE,), (PLAN, CARE), (an_entry(end=50),)]


@pytest.mark.parametrize(
    ("severity", "register", "homes", "found_in"),
    list(product(Severity, REGISTERS, [(), (KIRKLEES,)], [None, LEEDS])),
)
def test_nothing_is_left_unrouted(severity, register, homes, found_in):
    answer = routed(severity, register, homes, found_in)
    known = [*homes, *([found_in] if found_in else []), *(e.authority for e in register)]
    open_claim = any(e.ended_on is None for e in register) or homes or found_in
    assert (answer.owner is None) is not bool(open_claim)
    concerned = {answer.owner, *answer.informed}
    assert {e.authority for e in register} <= concerned
    assert concerned <= {*known, None}
    assert answer.owner not in answer.informed
    assert answer.reason


def test_the_responsible_authority_does_not_depend_on_urgency():
    chronology = Chronology(child_ref=b"c", register=(PLAN,))
    assert (
        responsible_authority(chronology, lambda _: LEEDS, on=a_date(9), windows=WINDOWS)
        == BRADFORD
    )


def test_what_is_immediate_is_owned_where_its_own_grounds_were_and_not_where_the_child_was_last():
    seen = an_attendance(day=5)
    earlier = an_incident(day=1, place_authority=BRADFORD)
    chronology = Chronology(child_ref=b"c", attendances=(seen,), incidents=(earlier,))
    at_home, at_hospital = (
        incident_trigger(earlier, RuleParameters()),
        trigger(seen, RuleParameters()),
    )
    assert routed_by(chronology, Severity.IMMEDIATE, at_home, LEEDS).owner == BRADFORD
    assert routed_by(chronology, Severity.IMMEDIATE, at_hospital, LEEDS).owner == LEEDS


def placed(*incidents, attendances=()):
    chronology = Chronology(child_ref=b"c", attendances=attendances, incidents=incidents)
    return latest_place(chronology, lambda _site: LEEDS)


def test_a_child_was_last_found_at_the_latest_attendance_or_incident():
    seen = an_attendance(day=5)
    earlier = an_incident("i1", day=1, place_authority=BRADFORD)
    later = an_incident("i2", day=9, place_authority=BRADFORD)
    assert placed(earlier, attendances=(seen,)) == LEEDS
    assert placed(earlier, later, attendances=(seen,)) == BRADFORD
    assert placed() is None


def test_an_incident_at_which_the_child_was_not_tells_no_place():
    away = an_incident(place_authority=BRADFORD, present=False)
    assert placed(away) is None
    assert placed(an_incident(place_authority=BRADFORD, present=None)) == BRADFORD
    unborn = an_incident(place_authority=BRADFORD, present=False, unborn=True)
    assert placed(unborn) == BRADFORD


def test_an_incident_whose_place_is_not_told_leaves_the_one_before():
    known = an_incident("i1", day=1, place_authority=BRADFORD)
    assert placed(known, an_incident("i2", day=2)) == BRADFORD
