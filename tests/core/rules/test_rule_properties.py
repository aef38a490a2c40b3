"""What holds of every rule at once: order, lateness, repetition and correction decide nothing.

Histories are made up from bursts of facts of every kind, some of them corrected, taken back or told
again. A hub that hears them one by one, in whatever order, ends with what a hub finds that hears
all at once. A rule that no such history ever makes find anything fails here: it must be told how.
"""

from collections import Counter
from dataclasses import replace

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from hub.core.absence_fold import absences
from hub.core.alert import AlertState
from hub.core.chronology import Chronology, attendances
from hub.core.correlate import correlate, findings_of, may_concern
from hub.core.event import EventKind, EventState
from hub.core.incident_fold import incidents
from hub.core.routing import router
from hub.core.rules import RULES, said_yes
from hub.core.school_calendar import SchoolCalendar, SchoolCalendars, Term
from hub.core.siblings import HOUSEHOLD_KINDS, Sibling
from hub.core.waking import wakes_of
from tests.core.builders import (
    BRADFORD,
    a_date,
    a_policy,
    an_absence,
    an_entry,
    an_event,
    an_incident_event,
    digest,
    on_day,
)

LAST_DAY = 60
CALENDAR = SchoolCalendars(
    usual=SchoolCalendar(terms=(Term(name="long", first=a_date(0), last=a_date(200)),))
)
POLICY = a_policy(calendars=CALENDAR, household_correlation=HOUSEHOLD_KINDS)
REGISTER = (
    EventKind.CHILD_PROTECTION_PLAN,
    EventKind.LOOKED_AFTER_PERIOD,
    EventKind.UNBORN_CHILD_PROTECTION_PLAN,
    EventKind.CHILD_IN_NEED_PERIOD,
)


class Hub:
    """A hub of one child: holds what it was told, and what stands."""

    def __init__(self):
        self.events, self.siblings, self.register, self.alerts = [], [], {}, {}

    def hears(self, *messages):
        for kind, message in messages:
            if kind == "entry":
                revision, entry = message
                if revision >= self.register.get(entry.fact_key, (0, None))[0]:
                    self.register[entry.fact_key] = message
            else:
                (self.siblings if kind == "sibling" else self.events).append(message)

    def chronology(self, as_of):
        entries = [entry for _, entry in self.register.values()]
        told = Chronology(
            child_ref=b"child",
            attendances=attendances(self.events),
            incidents=incidents(self.events),
            absences=absences(self.events, {}),
            register=tuple(sorted(entries, key=lambda one: (one.started_on, one.fact_key))),
            household=(
                Sibling(
                    child_ref=b"sib",
                    since=on_day(0),
                    incidents=incidents(self.siblings),
                    attendances=attendances(self.siblings),
                ),
            ),
            home_authorities=(BRADFORD,),
        )
        wanted = wakes_of(told, POLICY, as_of, RULES)
        return replace(told, woken=tuple(o.came() for o in wanted if o.wake.due_at <= as_of))

    def decide(self, as_of):
        chronology = self.chronology(as_of)
        route = router(
            chronology,
            authority_of_site=lambda _: BRADFORD,
            as_of=as_of,
            windows=POLICY.windows,
        )
        standing = tuple(self.standing())
        changes = correlate(chronology, standing, POLICY, as_of, route)
        self.alerts |= {change.alert.alert_id: change.alert for change in changes}
        return changes

    def standing(self):
        return [one for one in self.alerts.values() if one.state is AlertState.STANDING]

    def facts(self):
        """What stands, without ids and without when it was raised."""
        return sorted(
            (
                one.rule,
                sorted((ground.fact_key, ground.role.value) for ground in one.grounds),
                one.severity.value,
                one.sentence,
                one.not_known,
            )
            for one in self.standing()
        )


@st.composite
def histories(draw):
    """Messages about one child, in the order of the agencies' own revisions."""
    bursts = draw(st.lists(st.sampled_from(BURSTS), min_size=1, max_size=5))
    told = []
    for number, burst in enumerate(bursts):
        day = draw(st.integers(0, LAST_DAY - 20))
        length = draw(st.sampled_from([1, 1, 2, 3, 5, 12]))
        step = draw(st.sampled_from([1, 1, 2, 3]))
        corrected = draw(st.booleans())
        for place, first in enumerate(burst(draw, number, length)):
            on = _school_day(day + step * place)
            message = first(on)
            told += _revisions(draw, message) if corrected else [message]
    return told


def _school_day(count):
    """The day of that many weekdays after day 0, a Monday."""
    return count // 5 * 7 + count % 5


def _revisions(draw, message):
    """What an agency says of one fact: told, perhaps put right, taken back or told again."""
    kind, first = message
    said = [message]
    if kind == "entry":
        if draw(st.booleans()):
            ended = replace(first[1], ended_on=a_date(draw(st.integers(0, LAST_DAY))))
            said.append(("entry", (2, ended)))
        return said
    what = draw(st.sampled_from(["stands", "stands", "stands", "moved", "gone", "gone, back"]))
    if what == "moved":
        said.append((kind, _moved(first, draw(st.integers(0, LAST_DAY)))))
    if what.startswith("gone"):
        said.append((kind, _again(first, 2, EventState.WITHDRAWN, facts={})))
    if what == "gone, back":
        said.append((kind, _again(first, 3, EventState.REPORTED)))
    return said


def _again(event, revision, state, **more):
    event_id = digest(f"{event.event_id.hex()}/{revision}")
    return replace(event, revision=revision, state=state, event_id=event_id, **more)


def _moved(event, day):
    """The same fact at another time; a session of school stays the session that it is."""
    if event.kind is EventKind.SCHOOL_ABSENCE:
        return _again(event, 2, EventState.CORRECTED, facts={**event.facts, "code": "U"})
    name = "arrived_at" if event.kind is EventKind.EMERGENCY_ATTENDANCE else "began_at"
    facts = {**event.facts, name: on_day(day).isoformat()}
    return _again(event, 2, EventState.CORRECTED, facts=facts)


CODED = {"safeguarding_concerns": ["836881000000105"]}
TAPPED = {"clinician_concern": "injury_or_bruise_not_yet_mobile"}
HELD = {"departure": "left"}


def _held(facts, on):
    """A hold that was open when the child left."""
    if facts.get("departure") != "left":
        return {}
    return {"held_from": on_day(on).isoformat(), "departed_at": on_day(on + 0.1).isoformat()}


def _visits(draw, number, length, kind="event"):
    site = draw(st.sampled_from([("RAE01",), ("RAE01", "RR801"), (None, "RR801")]))
    facts = {
        "counted_because": "site_mapping",
        "attendance_category": draw(st.sampled_from(["1", "1", "4", None])),
        "injury": draw(st.sampled_from([True, False, None])),
        "left_before_seen": draw(st.sampled_from([True, False])),
        "age_months": draw(st.sampled_from([3, 11, 12, 60, None])),
        **draw(st.sampled_from([{}, CODED, TAPPED, HELD])),
    }

    def visit(place):
        at = site[place % len(site)]
        agency = at[:3] if at else "RAE"
        return lambda on: (
            kind,
            an_event(
                f"v{kind}{number}.{place}",
                day=on,
                agency=agency,
                facts={**facts, **_held(facts, on), "site_code": at},
            ),
        )

    return [visit(place) for place in range(length)]


def _callouts(draw, number, length, kind="event"):
    role = draw(st.sampled_from(["suspect", "victim", "victim_and_suspect"]))
    facts = {
        "officer_grade": draw(st.sampled_from(["standard", "medium", "high", "unknown"])),
        "present": draw(st.sampled_from([True, False, None])),
        "resident": draw(st.sampled_from([True, False, None])),
        "injured": draw(st.sampled_from([True, None])),
        "seen": draw(st.sampled_from([True, False, None])),
        "age_months": draw(st.sampled_from([24, 90, None])),
        "adults": [{"role": role, "person": digest("one person").hex()}],
    }

    def callout(place):
        return lambda on: (
            kind,
            an_incident_event(f"c{kind}{number}.{place}", day=on + 0.4, facts=facts),
        )

    return [callout(place) for place in range(length)]


def _siblings_visits(draw, number, length):
    return _visits(draw, number, length, kind="sibling")


def _siblings_callouts(draw, number, length):
    return _callouts(draw, number, length, kind="sibling")


def _marks(draw, number, length):
    code = draw(st.sampled_from(["N", "N", "O", "G", "U"]))
    session = draw(st.sampled_from(["am", "pm"]))

    def mark(place):
        return lambda on: (
            "event",
            an_absence(f"m{number}.{place}", day=on, code=code, session=session),
        )

    return [mark(place) for place in range(length)]


def _days_ill(draw, number, length):
    """A school counts on from day to day; now and then it says only one of its counts."""
    counted = draw(st.integers(15, 40))
    said = draw(st.sampled_from([(True, True), (True, False), (False, True)]))

    def mark(place):
        counts = tuple(counted + place if one else None for one in said)
        return lambda on: ("event", an_absence(f"i{number}.{place}", day=on, ill=counts))

    return [mark(place) for place in range(length)]


def _entries(draw, number, length):
    """A plan comes alone."""
    kind = draw(st.sampled_from(REGISTER))
    return [lambda on: ("entry", (1, an_entry(f"e{number}", start=on - 30, kind=kind)))]


BURSTS = (
    _visits,
    _callouts,
    _siblings_visits,
    _siblings_callouts,
    _marks,
    _marks,
    _days_ill,
    _entries,
    _entries,
)
AT_THE_END = on_day(LAST_DAY + 100)


@settings(deadline=None, max_examples=120)  # the machine is shared: a slow moment is no failure
@given(histories(), st.randoms(use_true_random=False))
def test_whatever_the_order_the_same_findings_stand(told, chance):
    at_once, in_turn = Hub(), Hub()
    at_once.hears(*told)
    at_once.decide(AT_THE_END)
    order = [*told, *chance.sample(told, len(told) // 3)]
    chance.shuffle(order)
    for place in range(0, len(order), 3):
        in_turn.hears(*order[place : place + 3])
        in_turn.decide(on_day(place / len(order) * LAST_DAY))
    in_turn.decide(AT_THE_END)
    assert in_turn.facts() == at_once.facts()


@settings(deadline=None, max_examples=60)  # as above
@given(histories(), st.lists(st.integers(0, LAST_DAY), min_size=1, max_size=8))
def test_sickness_is_counted_by_no_rule_but_its_own(told, days):
    """Nobody's absence is called unexplained, and no pattern is made, of a child who was ill."""
    without, with_more = Hub(), Hub()
    without.hears(*told)
    ill = [("event", an_absence(f"ill {n}", day=on, ill=(15, 40))) for n, on in enumerate(days)]
    with_more.hears(*told, *ill)
    found, more = (
        findings_of(hub.chronology(AT_THE_END), POLICY, AT_THE_END) for hub in (without, with_more)
    )
    for rule in RULES:
        if rule.name != "sickness_return":
            assert more[rule.name] == found[rule.name]


@settings(deadline=None, max_examples=60)  # as above
@given(histories())
def test_told_again_nothing_changes(told):
    hub = Hub()
    hub.hears(*told)
    hub.decide(AT_THE_END)
    hub.hears(*told)
    assert hub.decide(AT_THE_END) == ()


@settings(deadline=None, max_examples=60)  # as above
@given(histories(), st.randoms(use_true_random=False))
def test_what_is_told_and_then_taken_back_leaves_no_trace(told, chance):
    """But for what other facts found before, which stands as it did."""
    without, with_more = Hub(), Hub()
    without.hears(*told)
    without.decide(AT_THE_END)
    more = [
        ("event", an_event("late", day=chance.randrange(LAST_DAY))),
        ("event", an_incident_event("late too", day=chance.randrange(LAST_DAY))),
        ("event", an_absence("late mark", day=_school_day(chance.randrange(40)))),
    ]
    with_more.hears(*told, *more)
    with_more.decide(AT_THE_END)
    gone = [_again(event, 2, EventState.WITHDRAWN, facts={}) for _, event in more]
    with_more.hears(*(("event", one) for one in gone))
    with_more.decide(AT_THE_END)
    assert with_more.facts() == without.facts()


@settings(deadline=None, max_examples=120)  # as above
@given(histories())
def test_a_child_of_whom_a_rule_finds_something_is_looked_at(told):
    """What is not at stake is not read: so nothing may be found that was not at stake."""
    hub = Hub()
    hub.hears(*told)
    counts = Counter(
        {kind: len({one.fact_key for one in some}) for kind, some in _by_kind(hub).items()}
    )
    said = {name for one in hub.events for name in said_yes(one.facts)}
    found = findings_of(hub.chronology(AT_THE_END), POLICY, AT_THE_END)
    for rule in RULES:
        if found[rule.name] and not rule.household:
            assert may_concern(counts, said), f"{rule.name} found something of a child not read"
            assert not rule.said or rule.said & said


def _by_kind(hub):
    entries = [entry for _, entry in hub.register.values()]
    kinds = {one.kind for one in (*hub.events, *entries)}
    return {kind: [o for o in (*hub.events, *entries) if o.kind is kind] for kind in kinds}


def test_every_rule_is_seen_to_find_something():
    """Else what is held here of all rules would hold of one of them by its silence."""
    found = Counter()

    @settings(
        deadline=None,
        max_examples=400,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
    )
    @given(histories())
    def told(messages):
        hub = Hub()
        hub.hears(*messages)
        for rule, some in findings_of(hub.chronology(AT_THE_END), POLICY, AT_THE_END).items():
            found[rule] += bool(some)

    told()
    assert [rule.name for rule in RULES if not found[rule.name]] == []
