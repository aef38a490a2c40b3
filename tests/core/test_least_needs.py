"""A child with less than any rule needs concerns none, whatever a policy sets."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.absence_fold import absences
from hub.core.chronology import Chronology, attendances
from hub.core.correlate import may_concern
from hub.core.event import EventKind
from hub.core.incident_fold import incidents
from hub.core.rules import RULES
from hub.core.school_calendar import SchoolCalendar, SchoolCalendars, Term
from tests.core.builders import a_date, an_absence, an_entry, an_event, an_incident_event, on_day

ALWAYS = SchoolCalendars(
    usual=SchoolCalendar(terms=(Term(name="always", first=a_date(-9), last=a_date(90)),))
)
REGISTER = (
    EventKind.CHILD_PROTECTION_PLAN,
    EventKind.LOOKED_AFTER_PERIOD,
    EventKind.UNBORN_CHILD_PROTECTION_PLAN,
    EventKind.CHILD_IN_NEED_PERIOD,
)
MOST_SENSITIVE = {
    "repeat_attendance": {"attendances": 2, "attendances_within_days": 1098},
    "repeat_domestic_abuse": {"incidents": 2, "within_days": 1098},
    "unexplained_absence": {"in_need_days": 1, "codes": ("N", "O", "G", "U")},
    "absence_after_incident": {"within_days": 60, "codes": ("N", "O", "G", "U")},
    "cumulative_concern": {
        "within_days": 366,
        "absence_days": 1,
        "codes": ("N", "O", "G", "U"),
    },
}
DAYS = st.integers(0, 40)
SITES = st.sampled_from(["RAE01", "RR801"])


def found_by(rule, chronology):
    parameters = rule.parameters(calendars=ALWAYS, **MOST_SENSITIVE.get(rule.name, {}))
    return rule.findings(chronology, parameters, on_day(60))


@st.composite
def few_facts(draw):
    """A chronology of few facts, and how many of each kind were told."""
    visits = [
        an_event(
            f"v{place}",
            day=day,
            agency=site[:3],
            facts={"counted_because": "site_mapping", "site_code": site},
        )
        for place, (day, site) in enumerate(draw(st.lists(st.tuples(DAYS, SITES), max_size=2)))
    ]
    callouts = [
        an_incident_event(f"c{place}", day=day)
        for place, day in enumerate(draw(st.lists(DAYS, max_size=2)))
    ]
    marks = [
        an_absence(f"s{place}", day=day, code=code, ill=(15, 15) if code == "I" else None)
        for place, (day, code) in enumerate(
            draw(st.lists(st.tuples(DAYS, st.sampled_from("NOGUI")), max_size=2))
        )
    ]
    entries = [
        an_entry(f"e{place}", kind=kind)
        for place, kind in enumerate(draw(st.lists(st.sampled_from(REGISTER), max_size=1)))
    ]
    chronology = Chronology(
        child_ref=b"child",
        attendances=attendances(visits),
        incidents=incidents(callouts),
        absences=absences(marks, {}),
        register=tuple(entries),
    )
    return chronology, Counter(one.kind for one in [*visits, *callouts, *marks, *entries])


@settings(deadline=None, max_examples=400)  # the machine is shared: a slow moment is no failure
@given(few_facts())
def test_below_every_need_no_rule_finds_anything(told):
    chronology, counts = told
    for rule in RULES:
        found = found_by(rule, chronology)
        met = any(
            all(counts[kind] >= count for kind, count in least.items()) for least in rule.least
        )
        assert met or not found, f"{rule.name} found with less than it says that it needs"
        assert may_concern(counts) or not found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_needs_only_kinds_that_it_looks_at(rule):
    assert bool(rule.least) is not bool(rule.household)
    for least in rule.least:
        assert set(least) <= rule.kinds
        assert all(count >= 1 for count in least.values())


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {EventKind.EMERGENCY_ATTENDANCE: 1},
        {EventKind.SCHOOL_ABSENCE: 40},
        {EventKind.EMERGENCY_ATTENDANCE: 1, EventKind.CHILD_IN_NEED_PERIOD: 1},
        {EventKind.CHILD_PROTECTION_PLAN: 2, EventKind.LOOKED_AFTER_PERIOD: 1},
        {EventKind.SCHOOL_ABSENCE: 9, EventKind.UNBORN_CHILD_PROTECTION_PLAN: 1},
    ],
    ids=str,
)
def test_what_concerns_no_rule(facts):
    assert not may_concern(facts)
