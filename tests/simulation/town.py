"""A year of a made-up town, as the messages that a hub would get: seeded, and nobody is real.

What happens to whom is drawn with rates that are this project's own and stand below; how it is told
is drawn after that (``_Telling``): late, twice, out of order, corrected, withdrawn, of the wrong
child, while a connector cannot send or the hub is down. What comes of it is judged by ``oracle.py``
and never by this module.
"""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hub.core.attendance_facts import ClinicianConcern, DepartureManner
from hub.core.event import (
    ChildInNeedPeriodFacts,
    ChildProtectionPlanFacts,
    CountedBecause,
    DomesticAbuseIncidentFacts,
    EmergencyAttendanceFacts,
    Event,
    EventState,
    LookedAfterPeriodFacts,
    SchoolAbsenceFacts,
)
from hub.core.identifiers import GssCode, SnomedCode, Urn
from hub.core.identity_decision import DecisionKind
from hub.core.incident_facts import AdultRole, IncidentAdult, RiskGrade
from hub.core.report import Feed
from hub.core.school_calendar import SchoolCalendars, is_school_day
from hub.core.school_marks import REASON_OF_CODE, SchoolSession
from tests.simulation.homes import Homes
from tests.simulation.illness import fall_ill
from tests.simulation.messages import (
    Arrival,
    Beat,
    Decided,
    DeskLooks,
    PolicyChanged,
    RegisterRead,
    Reversed,
    Told,
    Year,
    at_noon,
)
from tests.simulation.people import ANCHOR, FORCE, HOSPITALS, Child

FIRST = date(2026, 9, 7)
DAYS = 365
BRADFORD, LEEDS = GssCode("E08000032"), GssCode("E08000035")
SITES = {"RAE": ("RAE01",), "RR8": ("RR801", "RR813")}
SCHOOLS = ("900101", "900102", "900103", "900201", "900202", "900203")
FEEDS = {
    **dict.fromkeys(HOSPITALS, Feed.HEALTH),
    FORCE: Feed.POLICE,
    BRADFORD.reveal(): Feed.SOCIAL_CARE,
    LEEDS.reveal(): Feed.SOCIAL_CARE,
    **{Urn(school).agency: Feed.SCHOOLS for school in SCHOOLS},
}
"""Who tells."""

# Rates of a year, for a child unless said. All are this project's own assumptions, chosen so that a
# year holds many of everything; they are not an estimate of any town.
ATTENDANCES = 0.45
ATTENDANCES_OF_FREQUENT = 3.5
FREQUENT_SHARE = 0.04
INCIDENTS_OF_TROUBLED = 1.6
TROUBLED_SHARE = 0.06  # of families
UNEXPLAINED_DAYS = 0.8
UNEXPLAINED_DAYS_OF_TROUBLED = 8.0
CONCERN_CODED = 0.008  # of attendances
NOT_YET_MOBILE = 0.02  # of attendances of infants
HELD = 0.02  # of attendances
PLAN_SHARE = 0.006
LOOKED_AFTER_SHARE = 0.007
IN_NEED_SHARE = 0.03
_CONCERNS = tuple(map(SnomedCode, ("836881000000105", "1064961000000107")))
_DEPARTURES = (
    *(DepartureManner.ADMITTED, DepartureManner.ADMITTED),
    *(DepartureManner.DISCHARGED, DepartureManner.LEFT),
)
KNOWN_BEFORE_DAYS = 500
"""So long before the year everybody was at a hospital, or at birth: what a first load tells of."""

# How it is told.
TWICE = 0.03
CORRECTED = 0.06
WITHDRAWN = 0.02
LATE = 0.04  # by days, not minutes
OUT_OF_ORDER = 0.3  # of corrections: before what they correct
BACKFILL = 0.01
EXPLAINED = 0.25  # of sessions: a later complete register lists nobody
OUTAGE_SHARE = 0.25  # of agencies: for some days its connector cannot send

# Who is taken for whom.
FOUND_LATER = 0.04  # children of whom one record tells nothing, until a person knows whose it is
MIXED_UP = 0.01  # children whom a person takes for another, most of them for a while
PARTED = 0.01  # children of whom a person says that one record is somebody else's


def a_year(seed, children, calendars: SchoolCalendars, *, times=1, days=DAYS):
    """Make a year in which everything happens so many times as often.

    The same arguments make the same year. With fewer ``days`` it holds as much in less time.
    """
    chance = random.Random(seed)  # noqa: S311  # a made-up town, and no secret
    staff = random.Random(f"staff {seed}")  # noqa: S311  # as above
    return _Maker(seed, chance, staff, calendars, times, days).year(children)


class _Telling:
    """How what happens comes to a hub."""

    def __init__(self, chance, days):
        self.chance = chance
        self.days = days
        self.arrivals = []
        self.facts = 0

    def some_time(self):
        return self.instant(FIRST + timedelta(days=self.chance.randrange(10, self.days)))

    def instant(self, day):
        minutes = self.chance.randrange(0, 24 * 60)
        return datetime.combine(day, time(0), tzinfo=UTC) + timedelta(minutes=minutes)

    def delayed(self, at):
        late = self.chance.random() < LATE
        minutes = self.chance.randrange(1440, 40 * 1440) if late else self.chance.randrange(1, 90)
        return at + timedelta(minutes=minutes)

    def tell(self, child, agency, at, facts):
        """Tell a fact in all its revisions; answer when it was told first."""
        chance = self.chance
        self.facts += 1
        home = self.homes.at(child, at.date())
        first = Event(
            source_key=f"{agency}|{self.facts}",
            revision=_milliseconds(at),
            state=EventState.REPORTED,
            occurred_at=at,
            recorded_at=at,
            subject=child.subject(agency, self.unsure, home),
            facts=facts,
        )
        told = self.delayed(at)
        self.send(agency, first, told, home, backfill=chance.random() < BACKFILL)
        drawn = chance.random()
        if drawn < CORRECTED + WITHDRAWN:
            state = EventState.CORRECTED if drawn < CORRECTED else EventState.WITHDRAWN
            recorded = at + timedelta(hours=chance.randrange(1, 400))
            home = self.homes.at(child, recorded.date())
            later = replace(
                first,
                revision=_milliseconds(recorded),
                state=state,
                recorded_at=recorded,
                subject=child.subject(agency, self.unsure, home),
            )
            if state is EventState.CORRECTED:
                later = replace(later, facts=self.corrected(first))
            received = self.delayed(recorded)
            if chance.random() < OUT_OF_ORDER:
                received = told - timedelta(minutes=chance.randrange(1, 60))
            self.send(agency, later, received, home)
        return told

    def corrected(self, first):
        """What a correction says; nothing said is unchanged."""
        if isinstance(first.facts, EmergencyAttendanceFacts):
            moved = first.occurred_at + timedelta(days=self.chance.randrange(-5, 6))
            return EmergencyAttendanceFacts(arrived_at=moved, attendance_category="1")
        if isinstance(first.facts, DomesticAbuseIncidentFacts):
            grade = self.chance.choice((RiskGrade.STANDARD, RiskGrade.MEDIUM, RiskGrade.HIGH))
            began = first.facts.began_at
            return DomesticAbuseIncidentFacts(began_at=began, officer_grade=grade)
        facts = replace(first.facts, code="N", reason=REASON_OF_CODE["N"])
        return replace(facts, sickness_days_in_a_row=None, sickness_days_in_year=None)

    def send(self, agency, event, at, home=None, *, backfill=False):
        told = Told.of(agency, event, home=home, backfill=backfill)
        self.arrive(at, told)
        if self.chance.random() < TWICE:
            self.arrive(at + timedelta(minutes=self.chance.randrange(1, 20_000)), told)

    def arrive(self, at, says):
        self.arrivals.append(Arrival(at, len(self.arrivals), says, at))


class _Maker(_Telling):
    """What happens in the year."""

    def __init__(self, seed, chance, staff, calendars, times, days):  # noqa: PLR0913, PLR0917  # a town and its chances
        super().__init__(chance, days)
        self.seed = seed
        self.staff = staff
        self.often = times
        self.calendars = calendars
        self.sessions = set()

    def year(self, count):
        children = self.children(count)
        self.homes = Homes(self.seed, children, self.often, FIRST, self.days)
        self.who_is_who(children)
        for child in children:
            self.known_before(child)
            self.live(child)
        self.incidents(children)
        self.beside()
        fall_ill(self, [one for one in children if one.school], FIRST)
        ends = at_noon(FIRST + timedelta(days=self.days + 60))
        arrivals, downtimes = self.held_up(self.arrivals), self.downtimes()
        return Year(
            children=children,
            unsure=self.unsure,
            arrivals=tuple(sorted(_while_it_runs(one, downtimes) for one in arrivals)),
            downtimes=downtimes,
            ends=ends,
        )

    def children(self, count):
        found, family = [], 0
        while len(found) < count:
            family += 1
            authority = BRADFORD if self.chance.random() < 0.6 else LEEDS
            troubled = self.chance.random() < TROUBLED_SHARE
            school = self.chance.choice(SCHOOLS)
            for _ in range(self.chance.choice((1, 1, 2, 2, 2, 3))):
                born = FIRST - timedelta(days=self.chance.randrange(60, 17 * 365))
                at_school = school if (FIRST - born).days > 5 * 365 else None
                frequent = self.chance.random() < FREQUENT_SHARE
                found.append(
                    Child(len(found), family, born, authority, at_school, troubled, frequent)
                )
        return tuple(found[:count])

    def times(self, rate):
        """How often something of this rate happens in the year."""
        count, spent = 0, self.chance.expovariate(1)
        while spent < rate * self.often:
            count += 1
            spent += self.chance.expovariate(1)
        return count

    # Who is taken for whom, and when.

    def who_is_who(self, children):
        """Let some be found later, taken for others, and parted; no child comes to two of these.

        What is decided in the end can then be said without asking who decides: ``oracle.py``.
        """
        chance, often = self.chance, min(self.often, 4)
        some = list(children)
        chance.shuffle(some)
        shares = [int(len(some) * often * share) for share in (FOUND_LATER, 2 * MIXED_UP, PARTED)]
        found, mixed = some[: shares[0]], some[shares[0] : shares[0] + shares[1]]
        parted = some[shares[0] + shares[1] : sum(shares)]
        elsewhere = [chance.choice((HOSPITALS[1], FORCE)) for _ in found]
        self.unsure = frozenset(one.record(at) for one, at in zip(found, elsewhere, strict=True))
        for child, agency in zip(found, elsewhere, strict=True):
            pair = (child.record(agency), child.anchor)
            self.decide(f"found {child.number}", DecisionKind.SAME, (pair,), back=0.2)
        for one, other in zip(mixed[::2], mixed[1::2], strict=False):
            pair = (one.anchor, other.anchor)
            self.decide(f"mixed {one.number}", DecisionKind.SAME, (pair,), back=0.7)
        for child in parted:
            agency = chance.choice((HOSPITALS[1], FORCE))
            own = child.record(agency)
            pairs = tuple((own, other) for other in child.records() if other != own)
            self.decide(f"parted {child.number}", DecisionKind.DIFFERENT, pairs, back=0.5)

    def decide(self, name, kind, pairs, *, back):
        first, second = sorted((self.some_time(), self.some_time()))
        self.arrive(first, Decided(name, kind, pairs))
        if self.chance.random() < back:
            self.arrive(max(second, first + timedelta(hours=1)), Reversed(name))

    # What happens.

    def known_before(self, child):
        """What a first load tells: that a hospital knows the child."""
        at = at_noon(max(FIRST - timedelta(days=KNOWN_BEFORE_DAYS), child.born))
        facts = EmergencyAttendanceFacts(
            counted_because=CountedBecause.SITE_MAPPING,
            site_code=SITES[ANCHOR][0],
            arrived_at=at,
            age_months=max((at.date() - child.born).days // 30, 0),
        )
        home = self.homes.at(child, at.date())
        event = Event(
            source_key=f"{ANCHOR}|known {child.number}",
            revision=_milliseconds(at),
            state=EventState.REPORTED,
            occurred_at=at,
            recorded_at=at,
            subject=child.subject(ANCHOR, home=home),
            facts=facts,
        )
        told = at_noon(FIRST - timedelta(days=1))
        self.arrive(told, Told.of(ANCHOR, event, home=home, backfill=True))

    def live(self, child):
        chance = self.chance
        rate = ATTENDANCES_OF_FREQUENT if child.frequent else ATTENDANCES
        infant = (FIRST - child.born).days < 365
        for _ in range(self.times(rate * (2 if infant else 1))):
            self.attend(child)
        if child.school and child.troubled:
            self.miss(child, self.times(UNEXPLAINED_DAYS_OF_TROUBLED))
        elif child.school:
            self.miss(child, self.times(UNEXPLAINED_DAYS))
        share = 6 if child.troubled else 1
        for kind, part in (
            (ChildProtectionPlanFacts, PLAN_SHARE),
            (LookedAfterPeriodFacts, LOOKED_AFTER_SHARE),
            (ChildInNeedPeriodFacts, IN_NEED_SHARE),
        ):
            if chance.random() < part * share * self.often:
                self.list(child, kind)

    def attend(self, child):
        chance = self.chance
        trust = chance.choice(("RAE", "RAE", "RR8"))
        at = self.some_time()
        facts = EmergencyAttendanceFacts(
            counted_because=CountedBecause.SITE_MAPPING,
            site_code=chance.choice(SITES[trust]),
            arrived_at=at,
            attendance_category=chance.choice("11111111124"),
            injury=chance.random() < 0.3,
            left_before_seen=chance.random() < 0.04,
            age_months=max((at.date() - child.born).days // 30, 0),
            **self.said_by_staff(child, at),
        )
        self.tell(child, trust, at, facts)

    def said_by_staff(self, child, at):
        """A concern that is coded, a tap, a hold and how the child left."""
        staff, facts = self.staff, {}
        left = at + timedelta(minutes=staff.randrange(30, 300))
        if staff.random() < CONCERN_CODED * (5 if child.troubled else 1):
            facts["safeguarding_concerns"] = (staff.choice(_CONCERNS),)
        if (at.date() - child.born).days < 300 and staff.random() < NOT_YET_MOBILE:
            facts["clinician_concern"] = ClinicianConcern.INJURY_OR_BRUISE_NOT_YET_MOBILE
        if staff.random() < HELD:
            facts["held_from"] = at + timedelta(minutes=20)
            facts["departed_at"] = left
            facts["departure"] = staff.choice(_DEPARTURES)
            if staff.random() < 0.7:
                facts["hold_ended_at"] = left - timedelta(minutes=5)
        return facts

    def incidents(self, children):
        families = {}
        for child in children:
            if child.troubled:
                families.setdefault(child.family, []).append(child)
        for family, members in sorted(families.items()):
            for number in range(self.times(INCIDENTS_OF_TROUBLED)):
                self.incident(members, family, number)

    def incident(self, members, family, number):
        chance = self.chance
        at = self.some_time()
        grades = (RiskGrade.STANDARD, RiskGrade.MEDIUM, RiskGrade.HIGH)
        grade = chance.choices(grades, (6, 3, 1))[0]
        adults = tuple(
            IncidentAdult(role=role, person=f"{role.value} {family}", lives_with_child=True)
            for role in (AdultRole.VICTIM, AdultRole.SUSPECT)
        )
        for child in members:
            if chance.random() < 0.15:
                continue  # nobody listed it
            facts = DomesticAbuseIncidentFacts(
                began_at=at,
                officer_grade=grade,
                present=chance.random() < 0.7,
                resident=True,
                seen=chance.choice((True, False, None)),
                injured=chance.random() < 0.03,
                occurrence=f"{family}/{number}",
                adults=adults,
                age_months=max((at.date() - child.born).days // 30, 0),
            )
            self.tell(child, FORCE, at, facts)

    def miss(self, child, days):
        calendar = self.calendars.of(Urn(child.school))
        while days:
            day = FIRST + timedelta(days=self.chance.randrange(0, max(self.days - 20, 20)))
            spell = min(days, self.chance.choice((1, 1, 1, 2, 5)))
            days -= spell
            for on in (day + timedelta(days=n) for n in range(spell)):
                if is_school_day(calendar, on):
                    self.mark(child, on)

    def mark(self, child, day):
        chance = self.chance
        code = chance.choice("NNNOOUG")
        agency = Urn(child.school).agency
        for session, hour in ((SchoolSession.AM, 9), (SchoolSession.PM, 13)):
            at = datetime.combine(day, time(hour), tzinfo=UTC)
            facts = SchoolAbsenceFacts(
                school=Urn(child.school),
                session_date=day,
                session=session,
                code=code,
                reason=REASON_OF_CODE[code],
                register_complete=True,
            )
            told = self.tell(child, agency, at, facts)
            if (agency, day, session) not in self.sessions:
                self.sessions.add((agency, day, session))
                if chance.random() < EXPLAINED:
                    read = told + timedelta(hours=chance.randrange(5, 200))
                    self.arrive(read, RegisterRead(agency, day, session.value, read))

    def list(self, child, kind):
        chance = self.chance
        start = FIRST + timedelta(days=chance.randrange(-300, self.days - 30))
        end = start + timedelta(days=chance.randrange(60, 500))
        council = child.authority.reveal()
        self.facts += 1
        as_at = at_noon(max(start, FIRST))
        home = self.homes.at(child, as_at.date())
        first = Event(
            source_key=f"{kind.kind.value}|{self.facts}",
            revision=_milliseconds(as_at),
            state=EventState.REPORTED,
            occurred_at=datetime.combine(start, time(0), tzinfo=UTC),
            recorded_at=as_at,
            subject=child.subject(council, home=home),
            facts=kind(authority=council, started_on=start),
        )
        self.arrive(self.delayed(as_at), Told.of(council, first, home=home))
        if end < FIRST + timedelta(days=self.days):
            ended = at_noon(max(end, FIRST)) + timedelta(hours=1)
            home = self.homes.at(child, ended.date())
            last = replace(
                first,
                revision=_milliseconds(ended),
                recorded_at=ended,
                subject=child.subject(council, home=home),
                facts=replace(first.facts, ended_on=end),
            )
            self.arrive(self.delayed(ended), Told.of(council, last, home=home))

    # What goes on beside it.

    def beside(self):
        """Connectors' word on how far they have read, the desks, and changes of policy."""
        for number in range(self.days + 60):
            day = FIRST + timedelta(days=number)
            for agency in (*HOSPITALS, FORCE, BRADFORD.reveal(), LEEDS.reveal()):
                at = datetime.combine(day, time(0, 30), tzinfo=UTC)
                self.arrive(at, Beat(agency, FEEDS[agency]))
            self.arrive(datetime.combine(day, time(9, 30), tzinfo=UTC), DeskLooks(number))
        for number, part in enumerate((0.33, 0.66), start=1):
            at = at_noon(FIRST + timedelta(days=int(self.days * part)))
            self.arrive(at, PolicyChanged(number))

    def downtimes(self):
        count = max(2, round(6 * self.days / DAYS))
        starts = sorted(self.chance.sample(range(20, self.days, 10), count))
        return tuple(
            (at_noon(FIRST + timedelta(days=day)), at_noon(FIRST + timedelta(days=day + 1.5 * n)))
            for n, day in enumerate(starts, start=1)
        )

    def held_up(self, arrivals):
        """The same where connectors could not send: they keep it, and send it in its order then."""
        outages = []
        for agency in sorted(FEEDS):
            if agency == FORCE or self.chance.random() < OUTAGE_SHARE:
                start = self.chance.randrange(15, self.days)
                end = start + self.chance.randrange(2, 9)
                outages.append(
                    (agency, *(at_noon(FIRST + timedelta(days=n)) for n in (start, end)))
                )
        for agency, start, end in outages:
            arrivals = [
                one.held_up(end)
                if getattr(one.says, "agency", None) == agency and start <= one.at < end
                else one
                for one in arrivals
            ]
        return arrivals


def _while_it_runs(arrival, downtimes):
    """A change of policy comes when the hub runs: nobody could say when else it came to hold."""
    if not isinstance(arrival.says, PolicyChanged):
        return arrival
    ends = (end for start, end in downtimes if start <= arrival.at < end)
    return next((replace(arrival, at=end) for end in ends), arrival)


def _milliseconds(at):
    return int(at.timestamp() * 1000)
