"""The made-up people of the town and what is known of them: families, registers, visits."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from hub.demo.places import Site
from hub.demo.staff_words import StaffWord


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """An address: a made-up street under a postcode that exists."""

    line: str
    town: str
    postcode: str
    authority: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One made-up person. ``key`` never changes for one seed and is no identifier of anyone."""

    key: str
    family_name: str
    given_names: tuple[str, ...]
    sex: str
    """``F`` or ``M``."""
    birth_date: date
    nhs_number: str | None
    home: Home
    mother: str | None = None
    """Key of the mother."""
    mother_number: str | None = None
    """The mother's NHS number, where a hospital tells it with a newborn."""
    upn: str | None = None
    shielded: bool = False
    former_family_name: str | None = None
    former_home: Home | None = None
    moved_on: date | None = None
    school: str | None = None
    """URN of the school, where a story settles which; ``""``: the child goes to none."""

    def home_on(self, day: date) -> Home:
        """Answer where the person lived on a day."""
        if self.former_home and self.moved_on and day < self.moved_on:
            return self.former_home
        return self.home


class Category(StrEnum):
    """Category of abuse, as councils code it."""

    NEGLECT = "NEG"
    PHYSICAL = "PHY"
    SEXUAL = "SAB"
    EMOTIONAL = "EMO"
    MULTIPLE = "MUL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A Child Protection Plan on one council's register."""

    key: str
    council: str
    person: str
    started_on: date
    ended_on: date | None = None
    category: Category
    held_elsewhere: bool = False
    worker: str
    team: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnbornPlan:
    """A plan for a child not yet born, or born since."""

    key: str
    council: str
    unborn: str
    """The key of the child to be, under which the council keeps it."""
    mother: str
    family_name: str
    due_on: date
    started_on: date
    ended_on: date | None = None
    category: Category
    worker: str
    team: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One episode of care; a period of care is a chain of them that X1 holds together."""

    started_on: date
    start_reason: str
    ceased_on: date | None = None
    ceased_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Care:
    """A child's episodes of care, as one council keeps them."""

    key: str
    council: str
    person: str
    episodes: tuple[Episode, ...]
    worker: str
    team: str


class Quirk(StrEnum):
    """What is odd about a visit's messages; each is seen in real feeds."""

    TWICE = "twice"
    """The arrival is sent again, byte for byte."""
    UPDATE_FIRST = "update_first"
    """An update overtakes the arrival."""
    NUMBER_WITH_SPACES = "number_with_spaces"
    NUMBER_WITH_HYPHENS = "number_with_hyphens"
    NO_NUMBER = "no_number"
    PLACEHOLDER_NUMBER = "placeholder_number"
    WRONG_CHECK_DIGIT = "wrong_check_digit"
    BIRTH_DATE_WITH_TIME = "birth_date_with_time"
    DAY_AND_MONTH_SWAPPED = "day_and_month_swapped"
    FORMER_NAME = "former_name"
    MOVED_WITHIN = "moved_within"
    """An A02 to another bay."""
    DISCHARGE_TAKEN_BACK = "discharge_taken_back"
    """A03, then A13, then A03 again."""
    LEFT_BEFORE_SEEN = "left_before_seen"
    NO_VISIT_NUMBER = "no_visit_number"
    """PV1-19 is empty: no later message could find the visit, so the connector refuses it."""
    NO_BIRTH_DATE = "no_birth_date"
    """Nobody knows yet who came."""
    IMPOSSIBLE_BIRTH_DATE = "impossible_birth_date"
    """Month 13, with the time of day, as a national example message has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Became:
    """Of whom a visit is from an instant on, and by which ADT trigger the hospital says so."""

    at: datetime
    person: Person
    trigger: str
    """``A40`` merges two registrations, ``A45`` moves the visit, ``A47`` gives another number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One arrival at an emergency department. All instants are aware UTC."""

    number: str
    site: Site
    person: Person
    arrived_at: datetime
    departed_at: datetime
    cancelled_at: datetime | None = None
    became: tuple[Became, ...] = ()
    """Who the hospital says later that the patient is, in order."""
    disposition: str = "3"
    words: tuple[StaffWord, ...] = ()
    quirks: frozenset[Quirk] = field(default_factory=frozenset)
