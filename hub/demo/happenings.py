"""What happens to the town's people beside visits to A&E: callouts, absences, other identities."""

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from hub.demo.people import Home, Person, Plan, UnbornPlan
from hub.demo.places import Trust


class Reckoned(StrEnum):
    """From which day a happening's ``days_ago`` count back."""

    PLAYED_DAY = "played_day"
    SCHOOL_DAY = "school_day"
    """From the last school day that is not after the day that is played."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildThere:
    """One child of a callout, as the officers list it.

    Attributes:
        numbers: whether the force has traced the child's NHS number and UPN. Only by a number that
            agrees is a child of one agency known to be the child of another.
    """

    person: Person
    present: bool = True
    resident: bool = True
    where_in_house: str = "other_room"
    seen: bool = True
    spoken_to: bool = False
    injured: bool = False
    voice: str = ""
    numbers: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterWord:
    """What the force says of an occurrence later: another grade, or that it is withdrawn."""

    after_minutes: int
    status: str = "amended"
    """``amended`` or ``withdrawn``."""
    grade: str | None = None
    """The grade from then on; None leaves it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Callout:
    """The police are called to domestic abuse; the times are those of the town's clocks.

    Attributes:
        days_ago: 0 is the day that it is reckoned from.
        told_after_minutes: from when it began to when it is written in the force's system.
        grade: the officer's, ``standard``, ``medium`` or ``high``.
        due_on: when the victim's unborn child is due, if she is pregnant.
        restricted: whether nobody may learn where it was.
    """

    victim: Person
    suspect: Person
    children: tuple[ChildThere, ...]
    home: Home
    days_ago: int = 0
    reckoned: Reckoned = Reckoned.PLAYED_DAY
    at: time
    told_after_minutes: int = 55
    grade: str = "medium"
    due_on: date | None = None
    restricted: bool = False
    circumstances: str = "Made-up words about what happened."
    later: tuple[LaterWord, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """A pupil is not in school.

    Attributes:
        school_days_ago: 0 is the last school day that is not after the day that is played.
        code: the national code that the mark has first.
        sessions: of the day.
        explained_as: the code that the mark of the morning has from the next reading on.
        ill_days: for how many school days in a row, with this one, if the school counts them.
    """

    person: Person
    school_days_ago: int = 0
    code: str = "N"
    sessions: tuple[str, ...] = ("AM", "PM")
    explained_as: str | None = None
    ill_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Birth:
    """A council closes the plan of an unborn child, and keeps the child under another id."""

    unborn: UnbornPlan
    child: Person
    plan: Plan
    """The child's own, from the birth on."""
    at: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """A council says that a child has been adopted, and has another id since."""

    council: str
    former: Person
    now: Person
    at: time


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberReplaced:
    """The keeper of the NHS numbers puts one in the place of another."""

    former: Person
    now: Person
    at: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Retold:
    """A hospital tells anew who its patient is: another number, name or home (A31).

    Attributes:
        person: as the hospital knows the patient from then on, under the same key.
        said: what is new, in a sentence.
    """

    trust: Trust
    person: Person
    at: time
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """People answer the urgent question of who is who that names a child.

    Attributes:
        by: ids of demo roles: who answers, and who confirms it where two must say so.
        reason: of the list.
    """

    about: Person
    by: tuple[str, ...]
    at: time
    answer: str
    reason: str
    words: str
