"""A year of a made-up town, as the messages that a hub would get: seeded, and nobody is real.

What happens to whom is drawn with rates that are this project's own and stand below; how it is told
is drawn after that: late, twice, out of order, corrected, withdrawn, to the wrong child, while the
hub is down. What comes of it is judged by ``oracle.py`` and never by this module.
"""

import hashlib
import random
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

from hub.core.chronology import RegisterEntry, StoredEvent
from hub.core.event import EventKind, EventState
from hub.core.identifiers import GssCode, Urn
from hub.core.school_calendar import SchoolCalendars, is_school_day
from hub.core.school_marks import REASON_OF_CODE

FIRST = date(2026, 9, 7)
DAYS = 365
BRADFORD, LEEDS = GssCode("E08000032"), GssCode("E08000035")
SITES = {"RAE": ("RAE01",), "RR8": ("RR801", "RR813")}
SCHOOLS = ("900101", "900102", "900103", "900201", "900202", "900203")

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

# How it is told.
TWICE = 0.03
CORRECTED = 0.06
WITHDRAWN = 0.02
LATE = 0.04  # by days, not minutes
OUT_OF_ORDER = 0.3  # of corrections: before what they correct
BACKFILL = 0.01
FOUND_LATER = 0.08  # children of whom one record is first taken for another child's own
MIXED_UP = 0.02  # children of whom one record is taken for somebody else's for a while


def digest(*parts):
    """A made-up reference of 16 bytes."""
    return hashlib.sha256("/".join(map(str, parts)).encode()).digest()[:16]


@dataclass(frozen=True, slots=True)
class Child:
    """Somebody who does not exist."""

    number: int
    family: int
    born: date
    authority: GssCode
    school: str | None
    troubled: bool
    frequent: bool

    @property
    def ref(self):
        return digest("child", self.number)

    def record(self, agency):
        return digest("record", self.number, agency)


@dataclass(frozen=True, slots=True)
class Listed:
    """What a register says of a plan, as read at an instant."""

    entry: RegisterEntry


@dataclass(frozen=True, slots=True)
class RegisterRead:
    """A complete register of a session that does not list a pupil any more."""

    record_ref: bytes
    fact_key: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Moved:
    """A record turns out to be another child's: half of a merge, or of a split."""

    record_ref: bytes
    child_ref: bytes


@dataclass(frozen=True, slots=True)
class PolicyChanged:
    """Other policies hold from now on."""

    number: int


@dataclass(frozen=True, slots=True, order=True)
class Arrival:
    """A message: when the broker took it, in which order, and what it says."""

    at: datetime
    place: int
    says: object = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """Everything that comes to a hub."""

    children: tuple[Child, ...]
    links: dict[bytes, bytes]
    """Record -> child, as they are taken to be at first."""
    arrivals: tuple[Arrival, ...]
    downtimes: tuple[tuple[datetime, datetime], ...]

    @property
    def ends(self):
        return at_noon(FIRST + timedelta(days=DAYS + 60))


def at_noon(day):
    return datetime.combine(day, time(12), tzinfo=UTC)


def a_year(seed, children, calendars: SchoolCalendars, *, times=1):
    """Make a year in which everything happens so many times as often.

    The same arguments make the same year.
    """
    chance = random.Random(seed)  # noqa: S311  # a made-up town, and no secret
    staff = random.Random(f"staff {seed}")  # noqa: S311  # as above
    return _Maker(chance, staff, calendars, times).year(children)


class _Maker:
    def __init__(self, chance, staff, calendars, times):
        self.chance = chance
        self.staff = staff
        self.often = times
        self.calendars = calendars
        self.arrivals = []
        self.facts = 0

    def year(self, count):
        children = self.children(count)
        for child in children:
            self.live(child)
        self.incidents(children)
        links = self.links(children)
        for number, day in enumerate((120, 240), start=1):
            self.arrive(at_noon(FIRST + timedelta(days=day)), PolicyChanged(number))
        starts = sorted(self.chance.sample(range(20, DAYS), 6))
        downtimes = tuple(
            (at_noon(FIRST + timedelta(days=day)), at_noon(FIRST + timedelta(days=day + 1.5 * n)))
            for n, day in enumerate(starts, start=1)
        )
        return Year(
            children=children,
            links=links,
            arrivals=tuple(sorted(self.arrivals)),
            downtimes=downtimes,
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

    def links(self, children):
        links = {}
        for child in children:
            for agency in ("RAE", "RR8", "POL13", "school", child.authority.reveal()):
                links[child.record(agency)] = child.ref
        for child in children:
            kind = self.chance.random()
            agency = self.chance.choice(("RAE", "RR8", "POL13", "school"))
            record = child.record(agency)
            if kind < FOUND_LATER:
                links[record] = digest("provisional", child.number, agency)
                self.arrive(self.some_time(), Moved(record, child.ref))
            elif kind < FOUND_LATER + MIXED_UP:
                stranger = self.chance.choice(children)
                first, second = sorted((self.some_time(), self.some_time()))
                self.arrive(first, Moved(record, stranger.ref))
                self.arrive(second, Moved(record, child.ref))
        return links

    def some_time(self):
        return self.instant(FIRST + timedelta(days=self.chance.randrange(10, DAYS)))

    def instant(self, day):
        minutes = self.chance.randrange(0, 24 * 60)
        return datetime.combine(day, time(0), tzinfo=UTC) + timedelta(minutes=minutes)

    def times(self, rate):
        """How often something of this rate happens in the year."""
        count, spent = 0, self.chance.expovariate(1)
        while spent < rate * self.often:
            count += 1
            spent += self.chance.expovariate(1)
        return count

    # What happens.

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
            (EventKind.CHILD_PROTECTION_PLAN, PLAN_SHARE),
            (EventKind.LOOKED_AFTER_PERIOD, LOOKED_AFTER_SHARE),
            (EventKind.CHILD_IN_NEED_PERIOD, IN_NEED_SHARE),
        ):
            if chance.random() < part * share * self.often:
                self.list(child, kind)

    def attend(self, child):
        chance = self.chance
        trust = chance.choice(("RAE", "RAE", "RR8"))
        at = self.some_time()
        facts = {
            "counted_because": "site_mapping",
            "site_code": chance.choice(SITES[trust]),
            "arrived_at": at.isoformat(),
            "attendance_category": chance.choice("11111111124"),
            "injury": chance.random() < 0.3,
            "left_before_seen": chance.random() < 0.04,
            "age_months": max((at.date() - child.born).days // 30, 0),
            **self.said_by_staff(child, at),
        }
        self.tell(child, trust, EventKind.EMERGENCY_ATTENDANCE, at, facts)

    def said_by_staff(self, child, at):
        """A concern that is coded, a tap, a hold and how the child left."""
        staff, facts = self.staff, {}
        left = at + timedelta(minutes=staff.randrange(30, 300))
        if staff.random() < CONCERN_CODED * (5 if child.troubled else 1):
            facts["safeguarding_concerns"] = [staff.choice(("836881000000105", "1064961000000107"))]
        if (at.date() - child.born).days < 300 and staff.random() < NOT_YET_MOBILE:
            facts["clinician_concern"] = "injury_or_bruise_not_yet_mobile"
        if staff.random() < HELD:
            facts["held_from"] = (at + timedelta(minutes=20)).isoformat()
            facts["departed_at"] = left.isoformat()
            facts["departure"] = staff.choice(("admitted", "admitted", "discharged", "left"))
            if staff.random() < 0.7:
                facts["hold_ended_at"] = (left - timedelta(minutes=5)).isoformat()
        return facts

    def incidents(self, children):
        families = {}
        for child in children:
            if child.troubled:
                families.setdefault(child.family, []).append(child)
        for family, members in sorted(families.items()):
            suspect = digest("suspect", family).hex()
            victim = digest("victim", family).hex()
            for number in range(self.times(INCIDENTS_OF_TROUBLED)):
                self.incident(members, f"{family}/{number}", suspect, victim)

    def incident(self, members, name, suspect, victim):
        chance = self.chance
        at = self.some_time()
        grade = chance.choices(("standard", "medium", "high"), (6, 3, 1))[0]
        adults = [
            {"role": role, "person": person, "relation": "unknown", "lives_with_child": True}
            for role, person in (("victim", victim), ("suspect", suspect))
        ]
        for child in members:
            if chance.random() < 0.15:
                continue  # nobody listed it
            facts = {
                "began_at": at.isoformat(),
                "officer_grade": grade,
                "present": chance.random() < 0.7,
                "resident": True,
                "injured": chance.random() < 0.03,
                "occurrence": digest("occurrence", name).hex(),
                "adults": adults,
                "age_months": max((at.date() - child.born).days // 30, 0),
            }
            self.tell(child, "POL13", EventKind.DOMESTIC_ABUSE_INCIDENT, at, facts)

    def miss(self, child, days):
        calendar = self.calendars.of(Urn(child.school))
        while days:
            day = FIRST + timedelta(days=self.chance.randrange(0, DAYS - 20))
            spell = min(days, self.chance.choice((1, 1, 1, 2, 5)))
            days -= spell
            for on in (day + timedelta(days=n) for n in range(spell)):
                if is_school_day(calendar, on):
                    self.mark(child, on)

    def mark(self, child, day):
        chance = self.chance
        code = chance.choice("NNNOOUG")
        for session, hour in (("am", 9), ("pm", 13)):
            at = datetime.combine(day, time(hour), tzinfo=UTC)
            facts = {
                "school": child.school,
                "session_date": day.isoformat(),
                "session": session,
                "code": code,
                "reason": REASON_OF_CODE[code].value,
                "register_complete": True,
            }
            told = self.tell(child, "school", EventKind.SCHOOL_ABSENCE, at, facts)
            if chance.random() < 0.25:  # explained later: a complete register lists it no more
                read = told + timedelta(hours=chance.randrange(5, 200))
                ended = RegisterRead(child.record("school"), self.fact_key(), read)
                self.arrive(read, ended)

    def list(self, child, kind):
        chance = self.chance
        start = FIRST + timedelta(days=chance.randrange(-300, DAYS - 30))
        end = start + timedelta(days=chance.randrange(60, 500))
        council = child.authority.reveal()
        self.facts += 1
        entry = RegisterEntry(
            fact_key=self.fact_key(),
            event_id=digest("event", self.facts, 1),
            record_ref=child.record(council),
            agency=council,
            kind=kind,
            authority=child.authority,
            started_on=start,
            as_at=at_noon(max(start, FIRST)),
        )
        self.arrive(self.delayed(entry.as_at), Listed(entry))
        if end < FIRST + timedelta(days=DAYS):
            ended = replace(
                entry, ended_on=end, as_at=at_noon(max(end, FIRST)) + timedelta(hours=1)
            )
            self.arrive(self.delayed(ended.as_at), Listed(ended))

    # How it is told.

    def fact_key(self):
        return digest("fact", self.facts)

    def delayed(self, at):
        late = self.chance.random() < LATE
        minutes = self.chance.randrange(1440, 40 * 1440) if late else self.chance.randrange(1, 90)
        return at + timedelta(minutes=minutes)

    def tell(self, child, agency, kind, at, facts):
        """Tell a fact in all its revisions; answer when it was told first."""
        chance = self.chance
        self.facts += 1
        code = f"URN{child.school}" if agency == "school" else agency
        first = StoredEvent(
            event_id=digest("event", self.facts, 1),
            fact_key=self.fact_key(),
            record_ref=child.record(agency),
            agency=code,
            kind=kind,
            revision=1,
            state=EventState.REPORTED,
            occurred_at=at,
            recorded_at=at,
            received_at=self.delayed(at),
            facts=facts,
            backfill=chance.random() < BACKFILL,
        )
        self.send(first)
        drawn = chance.random()
        if drawn < CORRECTED + WITHDRAWN:
            state = EventState.CORRECTED if drawn < CORRECTED else EventState.WITHDRAWN
            self.send(self.later(first, state))
        return first.received_at

    def later(self, first, state):
        chance = self.chance
        recorded = first.recorded_at + timedelta(hours=chance.randrange(1, 400))
        received = self.delayed(recorded)
        if chance.random() < OUT_OF_ORDER:
            received = first.received_at - timedelta(minutes=chance.randrange(1, 60))
        return replace(
            first,
            event_id=digest("event", self.facts, 2),
            revision=2,
            state=state,
            recorded_at=recorded,
            received_at=received,
            facts=self.corrected(first) if state is EventState.CORRECTED else {},
        )

    def corrected(self, first):
        """What a correction says; nothing said is unchanged."""
        if first.kind is EventKind.EMERGENCY_ATTENDANCE:
            moved = first.occurred_at + timedelta(days=self.chance.randrange(-5, 6))
            return {"arrived_at": moved.isoformat(), "attendance_category": "1"}
        if first.kind is EventKind.DOMESTIC_ABUSE_INCIDENT:
            return {"officer_grade": self.chance.choice(("standard", "medium", "high"))}
        return {"code": "N", "reason": REASON_OF_CODE["N"].value}

    def send(self, event):
        self.arrive(event.received_at, event)
        if self.chance.random() < TWICE:
            again = event.received_at + timedelta(minutes=self.chance.randrange(1, 20_000))
            self.arrive(again, event)

    def arrive(self, at, says):
        self.arrivals.append(Arrival(at, len(self.arrivals), says))
