"""Relations are told to the duty worker who acts on the alert, and to nobody else."""

from datetime import date
from itertools import product

import pytest

from hub.core.chronology import Chronology
from hub.core.disclosure import Role, Standing
from hub.core.disclosure_ended import Opening
from hub.core.disclosure_related import (
    RelatedChild,
    Relation,
    RelationReason,
    disclose_related,
    is_concerned,
    plans_of,
)
from hub.core.event import EventKind
from hub.core.plan_standing import DisplayWindows
from tests.core.builders import BRADFORD, LEEDS, a_date, an_entry, on_day

HOME = Relation(reason=RelationReason.SAME_HOME, at=on_day(0))
WINDOWS = DisplayWindows()


def a_sibling(**more):
    values = {
        "child_ref": b"sibling",
        "relations": (HOME,),
        "label": "Girl, 4 years",
        "name": "Mira Ashworth",
        "birth_date": date(2021, 5, 4),
        "plans": frozenset({EventKind.CHILD_PROTECTION_PLAN}),
        "alerts": 2,
    }
    return RelatedChild(**(values | more))


def test_the_duty_worker_who_acts_is_told_everything():
    told = disclose_related(
        Role.DUTY_WORKER, Standing.OWNER, Opening.WHOLE, a_sibling(), shielded=False
    )
    assert told == a_sibling()


@pytest.mark.parametrize(
    ("role", "standing"),
    [one for one in product(Role, Standing) if one != (Role.DUTY_WORKER, Standing.OWNER)],
)
def test_everybody_else_is_told_nothing(role, standing):
    assert disclose_related(role, standing, Opening.WHOLE, a_sibling(), shielded=False) is None


def test_a_shielded_child_has_no_relation():
    assert (
        disclose_related(
            Role.DUTY_WORKER, Standing.OWNER, Opening.WHOLE, a_sibling(), shielded=True
        )
        is None
    )


def test_without_a_reason_there_is_no_relation():
    alone = a_sibling(relations=())
    assert (
        disclose_related(Role.DUTY_WORKER, Standing.OWNER, Opening.WHOLE, alone, shielded=False)
        is None
    )


def test_of_a_child_of_another_authority_only_that_there_is_one_is_told():
    other = a_sibling(concerned=False)
    told = disclose_related(Role.DUTY_WORKER, Standing.OWNER, Opening.WHOLE, other, shielded=False)
    assert told.relations == (HOME,)
    assert (told.name, told.birth_date, told.label) == (None, None, "A child")
    assert (told.plans, told.alerts) == (frozenset(), 0)


def a_chronology(*entries, homes=()):
    return Chronology(child_ref=b"sibling", register=entries, home_authorities=homes)


@pytest.mark.parametrize(
    ("chronology", "alerts", "concerned"),
    [
        (a_chronology(homes=(BRADFORD, LEEDS)), 0, True),
        (a_chronology(homes=(LEEDS, BRADFORD)), 0, False),
        (a_chronology(an_entry(authority=BRADFORD), homes=(LEEDS,)), 0, True),
        (a_chronology(an_entry(authority=BRADFORD, end=5), homes=(LEEDS,)), 0, False),
        (a_chronology(homes=(LEEDS,)), 1, True),
        (a_chronology(), 0, False),
    ],
    ids=["lives here", "lived here", "plan here", "plan ended here", "alert here", "nothing"],
)
def test_an_authority_is_concerned_by_home_by_plan_or_by_an_alert(chronology, alerts, concerned):
    assert is_concerned(chronology, BRADFORD, a_date(20), WINDOWS, alerts) is concerned


def test_what_has_ended_is_not_how_a_child_stands():
    stands = an_entry("l1", kind=EventKind.LOOKED_AFTER_PERIOD)
    in_need = an_entry("n1", kind=EventKind.CHILD_IN_NEED_PERIOD)
    ended = an_entry("p1", end=5)
    found = plans_of(a_chronology(stands, in_need, ended), a_date(20), WINDOWS)
    assert found == {EventKind.LOOKED_AFTER_PERIOD, EventKind.CHILD_IN_NEED_PERIOD}


@pytest.mark.parametrize("opening", [Opening.GROUNDS, Opening.NOTHING])
def test_by_an_alert_that_ended_nobody_is_told_of_anybody(opening):
    asked = (Role.DUTY_WORKER, Standing.OWNER, opening)
    assert disclose_related(*asked, a_sibling(), shielded=False) is None
