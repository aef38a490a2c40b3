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
    told = _told_by_stories(town, day, played)
    in_stories = {person.key for story in town.stories for person in story.people}
    for pupil in town.people:
        school = school_of(pupil, day)
        if school is None:
            continue
        if pupil.key in told:
            first, last = _of_story(told[pupil.key], SESSION_OF[reading])
        elif pupil.key in in_stories:
            first = last = PRESENT[SESSION_OF[reading]]
        else:
            first, last = _by_chance(town, pupil, day, SESSION_OF[reading])
        changed = reading is Reading.LATE_MORNING and first != last
        code = last if reading is Reading.LATE_MORNING else first
        yield Mark(pupil=pupil, school=school, code=code, previous_code=first if changed else "")


def _told_by_stories(town: Town, day: date, played: date) -> dict[str, Absence]:
    return {
        absence.person.key: absence
        for story in town.stories
        for absence in story.absences
        if last_school_day(played, absence.school_days_ago) == day
    }


def _of_story(absence: Absence, session: str) -> tuple[str, str]:
    """Answer the mark as first read and as read again."""
    if session not in absence.sessions:
        return PRESENT[session], PRESENT[session]
    return absence.code, absence.explained_as or absence.code


def _by_chance(town: Town, pupil: Person, day: date, session: str) -> tuple[str, str]:
    random = Random(f"marks {town.seed} {pupil.key} {day}")  # noqa: S311 - reproducible
    chance, stays, explained = random.random(), random.random(), random.random()
    code = random.choices(tuple(TOLD_CODES), weights=tuple(TOLD_CODES.values()))[0]
    explanation = random.choice(EXPLANATIONS)
    if chance >= TOLD + ILL or (session == "PM" and stays >= ALL_DAY):
        return PRESENT[session], PRESENT[session]
    if chance >= TOLD:
        return "I", "I"
    if code == "N" and explained < EXPLAINED:
        return (code, explanation) if session == "AM" else (explanation.replace("L", "\\"),) * 2
    return code, code
