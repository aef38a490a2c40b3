"""England's school day as reports: registers with the marks that are told, attendances, incidents.

The sizes are those of the design (section 6). Registers come from vendors that publish for many
schools; most marks are of pupils whom nobody else has told the hub of, one in a hundred of a child
on a plan.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from benchmark.agency import Agency, Message, Publishing
from benchmark.cast import Cast
from benchmark.happenings import attendance
from benchmark.population import Child
from benchmark.stage import Stage
from hub.core.event import DomesticAbuseIncidentFacts, Event, EventState, SchoolAbsenceFacts
from hub.core.identifiers import Urn
from hub.core.incident_facts import RiskGrade
from hub.core.report import AttendanceRegister, Feed
from hub.core.school_marks import REASON_OF_CODE, SchoolSession
from hub.demo.agencies import HOSPITALS

REGISTERS: Final = 44_000
MARKS: Final = 450_000
ATTENDANCES: Final = 15_000
INCIDENTS: Final = 2_500
MARKS_OF_ONE_ON_A_PLAN: Final = 100
"""Of so many marks one is of a child on a plan."""

VENDORS: Final = 8
"""So many publishers have the schools between them, so that every partition has some."""

FORCE: Final = Publishing(code="POL13", feed=Feed.POLICE, publisher="west-yorkshire-police")
PUPILS_FROM: Final = 2_000_000
MARKS_A_REGISTER: Final = 10
_FLOOD_PUPILS_FROM: Final = 4_000_000
_FLOOD_URNS_FROM: Final = 150_000
_URNS_FROM: Final = 100_000
_READ_AT: Final = time(9, 45)
_CODE: Final = "N"


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySize:
    """How much of England's day is played."""

    registers: int
    marks: int
    on_plans: int
    attendances: int
    incidents: int

    @classmethod
    def of(cls, share: float) -> "DaySize":
        """Answer this share of the whole; at least one of each."""
        marks = max(2, round(MARKS * share))
        return cls(
            registers=max(1, round(REGISTERS * share)),
            marks=marks,
            on_plans=max(1, marks // MARKS_OF_ONE_ON_A_PLAN),
            attendances=max(1, round(ATTENDANCES * share)),
            incidents=max(1, round(INCIDENTS * share)),
        )

    def __str__(self) -> str:
        return (
            f"{self.registers:,} registers with {self.marks:,} marks ({self.on_plans:,} of children"
            f" on plans), {self.attendances:,} attendances, {self.incidents:,} incidents"
        )

    @property
    def events(self) -> int:
        """How many events the day is."""
        return self.marks + self.attendances + self.incidents


def marks_stored(stage: Stage) -> int:
    """Answer how many marks of schools are stored, whoever sent them."""
    return stage.ask("SELECT count(*) FROM event WHERE kind = 'school_absence'")


class SchoolDays:
    """Days of one run: every day the same pupils are missing, and others are hurt."""

    def __init__(self, cast: Cast, size: DaySize) -> None:
        """Enter the publishers; the children on plans are taken from the cast."""
        self.size = size
        self._stage: Stage = cast.stage
        self._on_plans = cast.take_on_plans(size.on_plans)
        self._town = [child for child in cast.known() if not cast.has_a_plan(child)]
        self._day = 0
        self.marks_before = marks_stored(self._stage)
        self.alerts_before = standing_by_rule(self._stage)
        """What stands because of the town's history: the plans are younger than some visits."""
        urns = [_urn(place) for place in range(size.registers)]
        for number in range(VENDORS):
            agencies = [Urn(urn).agency for urn in urns[number::VENDORS]]
            self._stage.enter(_vendor(number), agencies)
        self._stage.enter(FORCE, [FORCE.code])

    def records_on_plans(self) -> list[bytes]:
        """Answer the councils' records of the children on plans who are missing."""
        digests = self._stage.hub.keys.events
        return [digests.record_ref(child.home, f"C{child.number}") for child in self._on_plans]

    def next_day(self, on: date) -> tuple[list[Agency], list[Message]]:
        """Answer one day's reports, sealed and signed, and who sends them."""
        self._day += 1
        senders: list[Agency] = []
        messages = [
            *self._registers(on, senders),
            *self._attendances(senders),
            *self._incidents(senders),
        ]
        return senders, messages

    def _registers(self, on: date, senders: list[Agency]) -> Iterator[Message]:
        name = f"registers-{self._day}"
        vendors = [self._stage.agency_of(_vendor(n), name) for n in range(VENDORS)]
        senders += vendors
        now, size = self._stage.clock.now(), self.size
        read_at = datetime.combine(on, _READ_AT, UTC)
        for place in range(size.registers):
            first, stop = (size.marks * (place + more) // size.registers for more in (0, 1))
            pupils = [self._pupil(number) for number in range(first, stop)]
            yield register_of(vendors[place % VENDORS], _urn(place), pupils, read_at, now)

    def _pupil(self, number: int) -> Child:
        """The pupil of a mark: children on plans are spread over the day's registers."""
        apart = self.size.marks // self.size.on_plans
        if number % apart == 0 and number // apart < self.size.on_plans:
            return self._on_plans[number // apart]
        return self._stage.population.child(PUPILS_FROM + number)

    def _attendances(self, senders: list[Agency]) -> Iterator[Message]:
        name, now = f"ward-{self._day}", self._stage.clock.now()
        hospitals = {one.code: self._stage.agency(one.code, name) for one in HOSPITALS}
        senders += hospitals.values()
        for place, child in enumerate(self._of_town(self.size.attendances, part=0)):
            event = attendance(child, f"{name}-{place}", now - timedelta(minutes=1))
            yield hospitals[child.trust].report([event], at=now)

    def _incidents(self, senders: list[Agency]) -> Iterator[Message]:
        force, now = self._stage.agency_of(FORCE, f"incidents-{self._day}"), self._stage.clock.now()
        senders.append(force)
        for place, child in enumerate(self._of_town(self.size.incidents, part=1)):
            yield force.report([_incident(child, f"{self._day}-{place}", now)], at=now)

    def _of_town(self, count: int, *, part: int) -> Sequence[Child]:
        """Children of the town whom nothing else happens to, as long as there are enough."""
        before = 0 if part == 0 else self.size.attendances
        first = (self._day - 1) * (self.size.attendances + self.size.incidents) + before
        return [self._town[place % len(self._town)] for place in range(first, first + count)]


def register_of(
    vendor: Agency, urn: str, missing: Sequence[Child], read_at: datetime, now: datetime
) -> Message:
    """Answer the report of a school's morning register in which these pupils are missing."""
    on = read_at.date()
    register = AttendanceRegister(
        school=urn, session_date=on, session=SchoolSession.AM, as_at=read_at, complete=True
    )
    marks = [_mark(child, urn, on, read_at) for child in missing]
    return vendor.report(marks, at=now, register=register)


def flood(stage: Stage, registers: int) -> tuple[Agency, list[Message]]:
    """Answer registers of one vendor with ten marks each, of pupils whom nobody knows."""
    vendor = Publishing(code="", feed=Feed.SCHOOLS, publisher="registers-in-a-flood")
    urns = [str(_FLOOD_URNS_FROM + place) for place in range(registers)]
    stage.enter(vendor, [Urn(urn).agency for urn in urns])
    sender, now = stage.agency_of(vendor, "flood"), stage.clock.now()
    read_at = datetime.combine(now.date() - timedelta(days=3), _READ_AT, UTC)
    messages = []
    for place, urn in enumerate(urns):
        first = _FLOOD_PUPILS_FROM + place * MARKS_A_REGISTER
        numbers = range(first, first + MARKS_A_REGISTER)
        pupils = [stage.population.child(number) for number in numbers]
        messages.append(register_of(sender, urn, pupils, read_at, now))
    return sender, messages


def standing_by_rule(stage: Stage) -> dict[str, int]:
    """Answer how many alerts stand, by rule."""
    found = stage.rows(
        "SELECT rule, count(*) FROM alert WHERE state = 'standing' GROUP BY rule ORDER BY rule"
    )
    return {str(rule): int(str(count)) for rule, count in found}


def _vendor(number: int) -> Publishing:
    return Publishing(code="", feed=Feed.SCHOOLS, publisher=f"registers-{number}")


def _urn(place: int) -> str:
    return str(_URNS_FROM + place)


def _mark(child: Child, urn: str, on: date, read_at: datetime) -> Event:
    return Event(
        source_key=f"{urn}|S{child.number}|{on.isoformat()}|am",
        revision=int(read_at.timestamp() * 1000),
        state=EventState.REPORTED,
        occurred_at=datetime.combine(on, time(9), UTC),
        recorded_at=read_at,
        subject=child.pupil(),
        facts=SchoolAbsenceFacts(
            school=Urn(urn),
            session_date=on,
            session=SchoolSession.AM,
            code=_CODE,
            reason=REASON_OF_CODE[_CODE],
            register_complete=True,
        ),
    )


def _incident(child: Child, name: str, now: datetime) -> Event:
    at = now - timedelta(hours=8)
    return Event(
        source_key=f"{FORCE.code}|{name}|P{child.number}",
        revision=1,
        state=EventState.REPORTED,
        occurred_at=at,
        recorded_at=at,
        subject=child.as_police_know(),
        facts=DomesticAbuseIncidentFacts(
            occurrence=name,
            began_at=at,
            place_authority=child.home,
            officer_grade=RiskGrade.STANDARD,
            present=True,
            resident=True,
        ),
    )
