"""What a story of the town consists of: people, what councils hold, arrivals, and the answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time

from hub.demo.happenings import (
    Absence,
    Adoption,
    Birth,
    Callout,
    NumberReplaced,
    Retold,
    Settling,
)
from hub.demo.people import Care, Person, Plan, Quirk, UnbornPlan
from hub.demo.places import Site
from hub.demo.staff_words import StaffWord


@dataclass(frozen=True, slots=True, kw_only=True)
class Becomes:
    """The hospital finds that the patient is somebody else: so long after the arrival, and how.

    Attributes:
        trigger: ``A40``: its two registrations are merged; ``A45``: the visit is moved to another
            patient; ``A47``: the patient has another number.
    """

    after_minutes: int
    person: Person
    trigger: str = "A40"


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
    becomes: tuple[Becomes, ...] = ()
    """Who the patient turns out to be, in order."""
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
class Asking:
    """A hospital's own system asks the hub about a child in the course of a story.

    Attributes:
        question: with the answer that it is given then.
    """

    question: Question
    at: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A small history with a name. ``told`` is one sentence without anyone's name.

    Attributes:
        plans: on the register in the morning.
        noon_plans: entered in the course of the day.
        noon_deleted: keys of morning plans that are deleted in the course of the day as errors.
        callouts: of the police to the story's families.
        absences: of the story's pupils; on every other day they are in school.
        askings: by hospitals, before something is corrected; only of stories on request.
        births: told by a council in the course of the day; likewise.
        adoptions: the same.
        numbers: NHS numbers that are replaced; likewise.
        retold: what hospitals say anew of a patient; likewise.
        settlings: of a question of who is who; likewise.
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
    askings: tuple[Asking, ...] = ()
    births: tuple[Birth, ...] = ()
    adoptions: tuple[Adoption, ...] = ()
    numbers: tuple[NumberReplaced, ...] = ()
    retold: tuple[Retold, ...] = ()
    settlings: tuple[Settling, ...] = ()
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
