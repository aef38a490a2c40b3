"""Every rule has scenarios beside it that a practitioner can read, and does what they say."""

import re
import tomllib
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from hub.core.absence_fold import absences
from hub.core.alert import GroundRole, Severity
from hub.core.chronology import Chronology, attendances
from hub.core.correlate import findings_of
from hub.core.event import EventKind, EventState
from hub.core.identifiers import GssCode
from hub.core.incident_fold import incidents
from hub.core.policy import RuleSetting
from hub.core.rule import NO_SOURCE, RuleMode
from hub.core.rules import RULES
from hub.core.school_calendar import SchoolCalendar, SchoolCalendars, Term
from hub.core.school_marks import SchoolSession
from hub.core.siblings import Sibling
from hub.errors import ConfigurationError
from tests.core.builders import (
    BRADFORD,
    a_date,
    a_policy,
    a_source,
    an_absence,
    an_entry,
    an_event,
    an_incident_event,
    digest,
    on_day,
)

FOLDER = Path(__file__).parents[3] / "hub" / "core" / "rules"
FOLDERS = sorted(path.parent.name for path in FOLDER.glob("*/__init__.py"))

ATTENDANCE = re.compile(
    r"day (?P<day>\d+): attendance (?P<name>\w+) at "
    r"(an unknown site of (?P<trust>\w+)|(?P<site>\w+))"
    r"(?P<more>(, (planned follow-up|cancelled|backfill|category not told|category 3|injury"
    r"|no injury|left before being seen|aged (?P<age>\d+) months|concern \d+"
    r"|said to be not yet mobile|(held from|hold lifted at) \d\d:\d\d"
    r"|(left|discharged|admitted|transferred|gone) at (\d\d:\d\d|an unknown time)))*)"
)
INCIDENT = re.compile(
    r"day (?P<day>\d+)( at (?P<hour>\d\d):(?P<minute>\d\d))?: incident (?P<name>\w+)"
    r"( by (?P<force>\w+))?( of occurrence (?P<same>\w+))?"
    r"(, not graded|, graded (?P<grade>\w+))(, assessed (?P<assessed>\w+))?"
    r"(, child (?P<child>[a-z ]+))?(, aged (?P<age>\d+) months)?"
    r"(?P<adults>(, (suspect|victim|both) \w+)*)"
    r"(?P<more>(, (withdrawn|backfill))*)"
)
ABSENCE = re.compile(
    r"day (?P<day>\d+): absence (?P<name>\w+) (?P<session>am|pm) "
    r"(with (?P<code>[A-Z])|ill for (?P<ill>\d+)( and on (?P<year>\d+) of the year)?)"
    r"(?P<more>, (explained|not in a later complete register|register not complete))?"
)
ENTRY = re.compile(
    r"(day (?P<start>\d+)|long ago): (?P<kind>\w+) (?P<name>\w+)( of (?P<authority>\w+))? begins"
    r"( and (?P<how>ends|moves) on day (?P<end>\d+))?(, due on day (?P<due>\d+))?"
)


def told_of(rule):
    path = FOLDER / rule.name / "scenarios.toml"
    return tomllib.loads(path.read_text())["scenario"]


def scenarios():
    for rule in RULES:
        for scenario in told_of(rule):
            yield pytest.param(rule, scenario, id=f"{rule.name}: {scenario['name']}")


def the_events(line):
    told = ATTENDANCE.fullmatch(line)
    if told is None:
        return []
    day, name, more = int(told["day"]), told["name"], told["more"]
    site = told["site"]
    category = "4" if "planned" in more else "3" if "category 3" in more else "1"
    facts = {
        "counted_because": "site_mapping",
        "site_code": site,
        "attendance_category": None if "category not told" in more else category,
        "injury": False if "no injury" in more else True if "injury" in more else None,
        "left_before_seen": True if "left" in more else None,
        "age_months": int(told["age"]) if told["age"] else None,
        **since_version_2(day, more),
    }
    agency = told["trust"] or site[:3]
    first = an_event(name, day=day, facts=facts, agency=agency, backfill="backfill" in more)
    cancel = an_event(name, revision=2, day=day, state=EventState.WITHDRAWN, facts={})
    return [first, cancel] if "cancelled" in more else [first]


def since_version_2(day, more):
    """What staff coded, tapped and asked for at a visit, and how the child left."""
    facts = {"safeguarding_concerns": re.findall(r"concern (\d+)", more) or None}
    if "not yet mobile" in more:
        facts["clinician_concern"] = "injury_or_bruise_not_yet_mobile"
    at = r" (?:at|from) (?:(\d\d):(\d\d)|an unknown time)"
    for what, hour, minute in re.findall(rf"(held|hold lifted){at}", more):
        name = "held_from" if what == "held" else "hold_ended_at"
        facts[name] = the_time(day, hour, minute)
    for how, hour, minute in re.findall(rf"(left|discharged|admitted|transferred|gone){at}", more):
        facts["departure"] = "unknown" if how == "gone" else how
        facts["departed_at"] = the_time(day, hour, minute) if hour else None
    return facts


def the_time(day, hour, minute):
    return on_day(day + (int(hour) - 12) / 24 + int(minute) / 1440).isoformat()


def the_incidents(line):
    told = INCIDENT.fullmatch(line)
    if told is None:
        return []
    child = (told["child"] or "").split(" and ")
    said = {"present": True, "resident": True, "injured": True, "unborn": True, "seen": True}
    facts = {word.removeprefix("not "): not word.startswith("not ") for word in child if word}
    assert set(facts) <= set(said), "how the child was in the incident is not understood"
    facts |= {"officer_grade": told["grade"] or "unknown", "assessor_grade": told["assessed"]}
    facts["age_months"] = int(told["age"]) if told["age"] else None
    facts["adults"] = [
        {"role": "victim_and_suspect" if role == "both" else role, "person": digest(who).hex()}
        for role, who in re.findall(r"(suspect|victim|both) (\w+)", told["adults"])
    ]
    if told["same"]:
        facts["occurrence"] = digest(told["same"]).hex()
    day, more = int(told["day"]), told["more"]
    if told["hour"]:  # a day is its noon
        day += (int(told["hour"]) - 12) / 24 + int(told["minute"]) / 1440
    of = {"day": day, "agency": told["force"] or "POL13", "backfill": "backfill" in more}
    first = an_incident_event(told["name"], facts=facts, **of)
    gone = an_incident_event(told["name"], revision=2, state=EventState.WITHDRAWN, facts={}, **of)
    return [first, gone] if "withdrawn" in more else [first]


def the_marks(line):
    told = ABSENCE.fullmatch(line)
    if told is None:
        return []
    day, name, more = int(told["day"]), told["name"], told["more"] or ""
    at = {"day": day + (0.0 if told["session"] == "am" else 0.2), "agency": "URN107200"}
    at |= {"session": told["session"], "complete": "not complete" not in more}
    first = an_absence(name, code=told["code"] or "I", ill=the_illness(told), **at)
    explained = an_absence(name, revision=2, state=EventState.WITHDRAWN, **at)
    return [first, explained] if "explained" in more else [first]


def the_illness(told):
    """For how many school days the school says that a pupil was ill."""
    counts = tuple(int(told[name]) if told[name] else None for name in ("ill", "year"))
    return counts if any(counts) else None


def ended_by(lines):
    """When a complete register was read that does not list the mark, by the mark's fact."""
    told = [ABSENCE.fullmatch(line) for line in lines]
    return {
        digest(one["name"]): on_day(int(one["day"]) + 0.5)
        for one in told
        if one and "later complete register" in (one["more"] or "")
    }


def the_entries(line):
    told = ENTRY.fullmatch(line)
    if told is None:
        return []
    return [
        an_entry(
            told["name"],
            start=int(told["start"]) if told["start"] else None,
            end=int(told["end"]) if told["end"] else None,
            kind=EventKind(told["kind"]),
            authority=GssCode(told["authority"]) if told["authority"] else BRADFORD,
            end_reason="transferred" if told["how"] == "moves" else None,
            due_on=a_date(int(told["due"])) if told["due"] else None,
        )
    ]


def the_household(lines):
    """What happened to a sibling, who is known at the child's address since day 30."""
    told = [event for line in lines for event in (*the_events(line), *the_incidents(line))]
    assert len({event.fact_key for event in told}) == len(lines), "a line is not understood"
    if not lines:
        return ()
    return (
        Sibling(
            child_ref=b"sibling",
            since=on_day(30),
            incidents=incidents(told),
            attendances=attendances(told),
        ),
    )


def the_chronology(lines):
    of_siblings = [line.replace("sibling's ", "") for line in lines if "sibling's " in line]
    household = the_household(of_siblings)
    lines = [line for line in lines if "sibling's " not in line]
    events = [event for line in lines for event in (*the_events(line), *the_incidents(line))]
    entries = [entry for line in lines for entry in the_entries(line)]
    marks = [mark for line in lines for mark in the_marks(line)]
    understood = {event.fact_key for event in [*events, *marks]} | {
        entry.fact_key for entry in entries
    }
    assert len(understood) == len(lines), "a line of the scenario is not understood"
    return Chronology(
        child_ref=b"child",
        attendances=attendances(events),
        register=tuple(entries),
        incidents=incidents(events),
        absences=absences(marks, ended_by(lines)),
        household=household,
    )


def names_of(grounds, role):
    names = {
        digest(f"{letter}{number}"): f"{letter}{number}"
        for letter in "apilmnu"
        for number in range(20)
    }
    return sorted(names[ground.fact_key] for ground in grounds if ground.role is role)


def in_words(finding):
    words = f"{finding.severity} on {', '.join(names_of(finding.grounds, GroundRole.TRIGGER))}"
    context = names_of(finding.grounds, GroundRole.CONTEXT)
    live = any(ground.live for ground in finding.grounds if ground.role is GroundRole.TRIGGER)
    return (
        words
        + (f" with {', '.join(context)}" if context else "")
        + ("" if live else ", never delivered")
        + (", told elsewhere" if finding.told_elsewhere else "")
    )


def school_days(first):
    """Two terms; 11 March 2026 (day 9) is an inset day; holidays are days 26 to 41.

    On day 22 school is held only in the afternoon, on day 23 only in the morning.
    """
    terms = ((first, 25), (42, 81))
    return SchoolCalendars(
        usual=SchoolCalendar(
            terms=tuple(
                Term(name=f"from day {begins}", first=a_date(begins), last=a_date(ends))
                for begins, ends in terms
            ),
            closed=frozenset({a_date(9)}),
            half_days={a_date(22): SchoolSession.PM, a_date(23): SchoolSession.AM},
        )
    )


def found_by(rule, parameters, chronology, as_of):
    """What a rule finds; of one that yields, beside all the others with the numbers they have."""
    if not rule.yields:
        return rule.findings(chronology, parameters, as_of)
    settings = {
        other.name: RuleSetting(
            mode=RuleMode.LIVE, parameters=parameters if other is rule else other.parameters()
        )
        for other in RULES
    }
    sources = {
        agency: replace(a_source(agency), live_from=since)
        for agency, since in parameters.live_from.items()
    }
    policy = a_policy(rules=settings, sources=sources, calendars=parameters.calendars)
    return findings_of(chronology, policy, as_of)[rule.name]


@pytest.mark.parametrize(("rule", "scenario"), list(scenarios()))
def test_the_rule_does_what_the_scenario_says(rule, scenario):
    numbers = {
        name: Severity(value) if isinstance(value, str) else value
        for name, value in scenario.get("parameters", {}).items()
    }
    live_from = on_day(scenario.get("live_from_day", 0))
    agencies = ("RAE", "RR8", "POL13", "POL14", "URN107200")
    parameters = rule.parameters(
        live_from=dict.fromkeys(agencies, live_from),
        calendars=school_days(scenario.get("calendar_from_day", 0)),
        **numbers,
    )
    as_of = on_day(scenario.get("as_of_day", 500))
    found = found_by(rule, parameters, the_chronology(scenario["given"]), as_of)
    assert [in_words(finding) for finding in found] == scenario["then"]
    if "later" in scenario:
        lines = as_corrected(scenario["given"], scenario["later"])
        found = found_by(rule, parameters, the_chronology(lines), as_of)
        assert [in_words(finding) for finding in found] == scenario["afterwards"]
    told = " ".join(" ".join((finding.sentence, *finding.not_known)) for finding in found)
    for words in scenario.get("says", []):
        assert words in told


def name_in(line):
    """The name of the fact that a line tells of."""
    patterns = (ATTENDANCE, INCIDENT, ABSENCE, ENTRY)
    plain = line.replace("sibling's ", "")
    return next(told["name"] for one in patterns if (told := one.fullmatch(plain)))


def day_in(line):
    found = re.match(r"day (\d+)", line)
    return int(found[1]) if found else 0


def as_corrected(lines, later):
    """The lines with those told later: one of a fact already told replaces what was told of it."""
    anew = {name_in(line) for line in later}
    return [*(line for line in lines if name_in(line) not in anew), *later]


def is_corrected(scenario):
    known = {name_in(line) for line in scenario["given"]}
    return any(name_in(line) in known for line in scenario.get("later", []))


def is_late(scenario):
    """Whether something is told later that happened before the last of what was known."""
    known = {name_in(line) for line in scenario["given"]}
    last = max((day_in(line) for line in scenario["given"]), default=0)
    later = [line for line in scenario.get("later", []) if name_in(line) not in known]
    return any(day_in(line) < last for line in later)


def test_every_folder_is_a_rule_of_its_name():
    assert [rule.name for rule in RULES] == FOLDERS


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_scenarios_of_a_rule_show_it_from_every_side(rule):
    told = told_of(rule)
    assert any(one["then"] for one in told), "it is never seen to find"
    assert any(not one["then"] for one in told), "it is never silent"
    assert sum(one.get("boundary", False) for one in told) >= 2, "both sides of a boundary"
    corrected = [one for one in told if is_corrected(one)]
    assert any(one["then"] != one["afterwards"] for one in corrected), "a correction counts"
    assert any(is_late(one) and one["then"] != one["afterwards"] for one in told), "late counts"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_says_its_source_and_who_answers_for_it(rule):
    words = (FOLDER / rule.name / "__init__.py").read_text().split('"""')[1]
    assert "Source" in words
    said = " ".join(words.split())
    assert rule.source != NO_SOURCE or "no source" in said
    assert rule.kinds
    assert rule.title
    assert rule.source
    assert rule.owner.startswith("the "), "a role, and nobody's name"
    assert date(2026, 11, 22) < rule.review_on < date(2028, 1, 1)
    assert rule.default_mode in set(RuleMode)
    assert timedelta(0) <= rule.window(rule.parameters()) <= timedelta(days=366)


def test_a_ceiling_of_nothing_is_refused():
    with pytest.raises(ValueError, match="needs a ceiling"):
        replace(RULES[0], ceiling=0)


NUMBERS = [
    pytest.param(rule, name, id=f"{rule.name}: {name}")
    for rule in RULES
    for name in rule.numbers()
    if type(getattr(rule.parameters(), name)) is int
]


@pytest.mark.parametrize(("rule", "name"), NUMBERS)
def test_a_number_that_cannot_be_meant_is_refused_by_name(rule, name):
    with pytest.raises(ConfigurationError, match=name):
        rule.parameters(**{name: -1})


@pytest.mark.parametrize(
    ("rule", "name"), [one for one in NUMBERS if one.values[1].endswith(("days", "hours"))]
)
def test_a_time_beyond_all_reason_is_refused_with_its_bounds(rule, name):
    with pytest.raises(ConfigurationError, match=rf"{name} must be between \d+ and \d+ \w+"):
        rule.parameters(**{name: 10_000})
