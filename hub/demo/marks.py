"""The marks of a school day: who is in school, who is not, and what each reading says of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from random import Random
from zoneinfo import ZoneInfo

from hub.demo.happenings import Absence
from hub.demo.people import Person
from hub.demo.school_days import last_school_day
from hub.demo.schools import School, school_of
from hub.demo.story import Town

LONDON = ZoneInfo("Europe/London")
PRESENT = {"AM": "/", "PM": "\\"}

TOLD = 0.026
"""Share of marks that are N, G, O or U: design section 6 reckons 450,000 of England's school day
among some 17 million marks."""
TOLD_CODES = {"N": 60, "O": 20, "U": 15, "G": 5}
ILL = 0.04
EXPLAINED = 0.5
"""Share of the morning's N that the next reading explains; with ILL this project's own choice."""
ALL_DAY = 0.8
"""Share of those who miss the morning who miss the afternoon too; this project's own choice."""
EXPLANATIONS = ("I", "I", "I", "M", "L")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Absent:
    """The marks of one pupil's day, as each reading finds them."""

    morning: str
    late_morning: str
    afternoon: str
    ill_days: int | None = None


class Reading(StrEnum):
    """When the vendor reads the registers of a school day out of the schools' systems."""

    MORNING = "morning"
    LATE_MORNING = "late_morning"
    """The morning's registers again, with what parents have said since."""
    AFTERNOON = "afternoon"


READ_AT: Mapping[Reading, time] = {
    Reading.MORNING: time(9, 40),
    Reading.LATE_MORNING: time(11, 40),
    Reading.AFTERNOON: time(13, 40),
}
SESSION_OF: Mapping[Reading, str] = {
    Reading.MORNING: "AM",
    Reading.LATE_MORNING: "AM",
    Reading.AFTERNOON: "PM",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One pupil's mark of one session, as a reading finds it."""

    pupil: Person
    school: School
    code: str
    previous_code: str = ""
    ill_days: int | None = None
    """For how many school days in a row, of a pupil of whom the school makes a sickness return."""

    @property
    def is_absence(self) -> bool:
        """Whether the pupil was not there, explained or not."""
        return self.code not in PRESENT.values()


def read_at(day: date, reading: Reading) -> datetime:
    """Answer the instant of a reading, UTC."""
    return datetime.combine(day, READ_AT[reading], tzinfo=LONDON).astimezone(UTC)


def marks_of(town: Town, day: date, reading: Reading, *, played: date) -> Iterator[Mark]:
    """Yield the mark of every pupil of the town for one session of a school day.

    Args:
        town: whose pupils.
        day: the school day.
        reading: which session, and what of it is known by then.
        played: the day that is played: what stories tell is reckoned from it.
    """
    told = _absent(town, day, played)
    for pupil in town.people:
        mark = _mark(pupil, day, reading, told.get(pupil.key))
        if mark is not None:
            yield mark


def absences_of(town: Town, day: date, reading: Reading, *, played: date) -> Iterator[Mark]:
    """Yield the marks of those who are not there, explained or not; the same as ``marks_of``."""
    told = _absent(town, day, played)
    for pupil in town.people:
        if pupil.key in told:
            mark = _mark(pupil, day, reading, told[pupil.key])
            if mark is not None and mark.is_absence:
                yield mark


def _mark(pupil: Person, day: date, reading: Reading, absent: _Absent | None) -> Mark | None:
    school = school_of(pupil, day)
    if school is None:
        return None
    if absent is None:
        return Mark(pupil=pupil, school=school, code=PRESENT[SESSION_OF[reading]])
    if reading is not Reading.LATE_MORNING:
        code = absent.afternoon if reading is Reading.AFTERNOON else absent.morning
        return Mark(pupil=pupil, school=school, code=code, ill_days=absent.ill_days)
    before = absent.morning if absent.morning != absent.late_morning else ""
    return Mark(
        pupil=pupil,
        school=school,
        code=absent.late_morning,
        previous_code=before,
        ill_days=absent.ill_days,
    )


def _absent(town: Town, day: date, played: date) -> Mapping[str, _Absent]:
    """Answer by key who is not there for a part of the day at least; the same for all readings."""
    told = _by_chance(town, day)
    for story in town.stories:
        for person in story.people:
            told.pop(person.key, None)
        for absence in story.absences:
            if last_school_day(played, absence.school_days_ago) == day:
                told[absence.person.key] = _of_story(absence)
    return told


def _of_story(absence: Absence) -> _Absent:
    here = "AM" in absence.sessions
    morning = absence.code if here else PRESENT["AM"]
    return _Absent(
        morning=morning,
        late_morning=(absence.explained_as or morning) if here else morning,
        afternoon=absence.code if "PM" in absence.sessions else PRESENT["PM"],
        ill_days=absence.ill_days,
    )


def _by_chance(town: Town, day: date) -> dict[str, _Absent]:
    random = Random(f"marks {town.seed} {day}")  # noqa: S311 - reproducible
    told = {}
    for pupil in town.people:
        chance = random.random()
        if chance < TOLD + ILL:
            told[pupil.key] = _drawn(random, ill=chance >= TOLD)
    return told


def _drawn(random: Random, *, ill: bool) -> _Absent:
    code = random.choices(tuple(TOLD_CODES), weights=tuple(TOLD_CODES.values()))[0]
    explanation = random.choice(EXPLANATIONS) if random.random() < EXPLAINED else ""
    first = "I" if ill else code
    last = explanation if first == "N" and explanation else first
    there = last in {"L", "U"} or random.random() >= ALL_DAY
    return _Absent(morning=first, late_morning=last, afternoon=PRESENT["PM"] if there else last)
