"""Every way in which something can end has a test that names it.

That a test names a member does not say that it is a good test. That none does says that nobody has
looked: so a new verdict, state, answer or reason fails here until somebody has.
"""

import ast

import pytest

from hub.core.alert import AlertState
from hub.core.answer import CannotSay, PlanAnswer, SeenAnswer
from hub.core.chronology import Listing
from hub.core.event import EventState
from hub.core.identity import Verdict
from hub.core.plan_standing import PlanStanding
from hub.core.reasons import EventFlag, EventOutcome, ParkReason, RejectReason, ReportState
from hub.core.rule import RuleMode
from hub.core.status_others import Doubt
from tests.architecture.source_tree import Module, dotted, modules

CLOSED = (
    *(Verdict, PlanAnswer, SeenAnswer, CannotSay, Doubt, PlanStanding, Listing),
    *(ReportState, EventState, EventOutcome, EventFlag, ParkReason, RejectReason),
    *(AlertState, RuleMode),
)
HERE = "tests/architecture/test_every_outcome_is_tested.py"


def named_in(module):
    """Names like ``Verdict.NEW`` anywhere in a test module, and texts that it asserts."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute):
            yield dotted(node)
        if isinstance(node, ast.Assert):
            for part in ast.walk(node):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.value


def named_by_tests():
    tests = (m for m in modules("tests") if "/test_" in m.path and m.path != HERE)
    return {name for module in tests for name in named_in(module)}


@pytest.mark.parametrize("closed", CLOSED, ids=lambda closed: closed.__name__)
def test_every_member_is_named_by_a_test(closed):
    named = named_by_tests()
    unnamed = [
        member.name
        for member in closed
        if f"{closed.__name__}.{member.name}" not in named and member.value not in named
    ]
    assert unnamed == []


def test_a_member_that_no_test_names_is_seen():
    told = set(named_in(Module("test_it.py", "assert found is Verdict.NEW\nx = 'many'\n")))
    assert "Verdict.NEW" in told
    assert "many" not in told
    assert set(named_in(Module("test_it.py", "assert row == ('parked',)"))) == {"parked"}
