"""What a story of the town consists of: people, what councils hold, arrivals, and the answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time

from hub.demo.happenings import Absence, Callout
from hub.demo.people import Care, Person, Plan, Quirk, UnbornPlan
from hub.demo.places import Site
from hub.demo.staff_words import StaffWord


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Someone comes to an emergency department; the times are those of the town's clocks."""

    person: Person
    site: Site
    days_ago: int = 0
    """0 is the day that is played; more is history."""
    at: time
    stay_minutes: int = 150
    cancelled_after_minutes: int | None = None
    merged_after_minutes: int | None = None
    merged_into: Person | None = None
    """Whom the hospital has registered already: it merges the two after so many minutes."""
    disposition: str = "3"
    words: tuple[StaffWord, ...] = ()
    """What staff code, tap and ask for in the meantime."""
    quirks: frozenset[Quirk] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One check that a person may try, and what the hub must answer once the day is over.

    ``reasons``: where the answer is ``CANNOT_SAY``, one of these is among the reasons given.
    """

    story: str
    asked_at: str
    """ODS code of the site that asks."""
    nhs_number: str
    birth_date: date
    postcode: str | None
    family_name: str | None = None
    given_name: str | None = None
    plan: str
    reasons: tuple[str, ...] = ()
    seen: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A small history with a name. ``told`` is one sentence without anyone's name.

    Attributes:
        plans: on the register in the morning.
        noon_plans: entered in the course of the day.
        noon_deleted: keys of morning plans that are deleted in the course of the day as errors.
        callouts: of the police to the story's families.
        absences: of the story's pupils; on every other day they are in school.
    """

    name: str
    told: str
    people: tuple[Person, ...]
    adults: tuple[Person, ...] = ()
    plans: tuple[Plan, ...] = ()
    unborn_plans: tuple[UnbornPlan, ...] = ()
    care: tuple[Care, ...] = ()
    noon_plans: tuple[Plan, ...] = ()
    noon_deleted: tuple[str, ...] = ()
    arrivals: tuple[Arrival, ...] = ()
    callouts: tuple[Callout, ...] = ()
    absences: tuple[Absence, ...] = ()
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """Everything there is; the same seed, anchor day and size always make the same town."""

    seed: int
    anchor: date
    people: tuple[Person, ...]
    """Children and young people under 18."""
    adults: tuple[Person, ...]
    """Mothers, and patients who are not children."""
    plans: tuple[Plan, ...]
    unborn_plans: tuple[UnbornPlan, ...]
    care: tuple[Care, ...]
    stories: tuple[Story, ...]
    newcomers: tuple[Story, ...] = ()
    """Stories that were played by themselves: of their families the councils go on telling."""

    @property
    def by_key(self) -> Mapping[str, Person]:
        """Everyone, by key."""
        came = (one for story in self.newcomers for one in (*story.people, *story.adults))
        return {person.key: person for person in (*self.people, *self.adults, *came)}
