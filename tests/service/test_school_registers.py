"""A complete register ends the absences that it does not list; an incomplete one ends none."""

from dataclasses import replace
from itertools import permutations

import pytest

from hub.core.event import EventState
from tests.service.laboratory import Laboratory, a_plan
from tests.service.schools import PM, a_pupil, an_absence, joined, read_at, told

pytestmark = pytest.mark.stack

EARLY, LATER, LATEST = read_at(hour=9), read_at(hour=11), read_at(hour=14)


@pytest.fixture
def school(laboratory):
    laboratory.receive([laboratory.says(laboratory.council, a_plan())])
    return joined(laboratory)


def absent(laboratory):
    return bool(laboratory.standing())


def test_a_complete_register_that_does_not_list_the_child_ends_the_absence(laboratory, school):
    laboratory.receive([told(laboratory, school, an_absence(as_at=EARLY), as_at=EARLY)])
    assert absent(laboratory)
    laboratory.receive([told(laboratory, school, as_at=LATER)])
    assert not absent(laboratory)
    assert laboratory.one("SELECT state FROM alert") == "withdrawn"


def test_an_incomplete_register_ends_nothing(laboratory, school):
    laboratory.receive([told(laboratory, school, an_absence(as_at=EARLY), as_at=EARLY)])
    laboratory.receive([told(laboratory, school, as_at=LATER, complete=False)])
    assert absent(laboratory)


def test_a_complete_register_of_the_other_session_ends_nothing(laboratory, school):
    laboratory.receive([told(laboratory, school, an_absence(as_at=EARLY), as_at=EARLY)])
    laboratory.receive([told(laboratory, school, session=PM, as_at=LATER)])
    assert absent(laboratory)


def test_a_complete_register_that_lists_the_child_again_lets_the_absence_stand(laboratory, school):
    laboratory.receive([told(laboratory, school, an_absence(as_at=EARLY), as_at=EARLY)])
    laboratory.receive([told(laboratory, school, an_absence(as_at=LATER), as_at=LATER)])
    assert absent(laboratory)


def test_an_absence_ends_and_comes_back_when_it_is_listed_again(laboratory, school):
    laboratory.receive([told(laboratory, school, an_absence(as_at=EARLY), as_at=EARLY)])
    laboratory.receive([told(laboratory, school, as_at=LATER)])
    laboratory.receive([told(laboratory, school, an_absence(as_at=LATEST), as_at=LATEST)])
    assert absent(laboratory)


def test_a_late_explanation_withdraws_the_mark(laboratory, school):
    laboratory.receive([told(laboratory, school, an_absence(as_at=EARLY), as_at=EARLY)])
    explained = replace(an_absence(as_at=LATER), state=EventState.WITHDRAWN)
    laboratory.receive([told(laboratory, school, explained, as_at=LATER, complete=False)])
    assert not absent(laboratory)


def test_a_register_of_which_a_mark_was_rejected_is_not_taken_as_complete(laboratory, school):
    laboratory.receive([told(laboratory, school, an_absence(as_at=EARLY), as_at=EARLY)])
    unusable = an_absence(pupil=a_pupil(1), as_at=LATER)
    unusable = replace(unusable, facts=replace(unusable.facts, code="/"))
    received = laboratory.receive([told(laboratory, school, unusable, as_at=LATER)])
    assert received.rejected == 1
    assert absent(laboratory)
    assert laboratory.one("SELECT reason FROM event_problem") == "mark_not_for_us"
    assert laboratory.one("SELECT count(*) FROM event WHERE kind = 'school_absence'") == 1


def test_whatever_the_order_of_three_registers_the_same_stands(local_stack, new_database):
    """Listed early, not listed later, listed latest: and without the last, ended."""
    for readings in ([EARLY, LATER, LATEST], [EARLY, LATER]):
        for number, order in enumerate(permutations(range(len(readings)))):
            name = f"registers_{len(readings)}_{number}"
            laboratory = Laboratory(new_database(name))
            laboratory.receive([laboratory.says(laboratory.council, a_plan())])
            school = joined(laboratory)
            reports = [
                told(laboratory, school, *([an_absence(as_at=at)] if at != LATER else []), as_at=at)
                for at in readings
            ]
            for place in order:
                laboratory.receive([reports[place]])
            assert absent(laboratory) == (len(readings) == 3), order
            laboratory.close()
            local_stack.drop_database(name)
