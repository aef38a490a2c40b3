"""The made-up children, and what is true of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from training.population.places import Home

_Held = TypeVar("_Held")

FIRST_SCHOOL_AGE = 3
"""A nursery class may give the first UPN."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """One made-up child and all that is true of it. ``key`` is the answer a matcher must find."""

    key: str
    family: int
    """Brothers and sisters have one number."""
    origin: str
    british_names: bool
    """Whether English agencies spell the names without being told how."""
    sex: str
    """``F`` or ``M``."""
    born: date
    given: tuple[str, ...]
    """In their legal order."""
    called: str
    """The one of the given names that the child is called by."""
    family_names: tuple[tuple[date, str], ...]
    """Each with the day it was taken; the first was borne from birth."""
    mothers_family: str
    other_family: str
    """The surname of the other parent, or of the parent's partner."""
    homes: tuple[tuple[date, Home], ...]
    """Each with the day of moving in; the first from birth."""
    other_home: Home | None
    """Of the parent that the child does not mainly live with."""
    nhs_number: str
    mothers_nhs_number: str
    upn: str | None
    twin: str | None = None
    """The key of the twin."""
    twin_sex_same: bool = False

    def family_name_on(self, day: date) -> str:
        """Answer the legal surname on a day."""
        return _held_on(self.family_names, day)

    def home_on(self, day: date) -> Home:
        """Answer where the child mainly lived on a day."""
        return _held_on(self.homes, day)

    def former_home(self, day: date) -> Home | None:
        """Answer the home before the one of that day, None if there was none."""
        before = [home for since, home in self.homes if since <= day][:-1]
        return before[-1] if before else None

    def former_family_name(self, day: date) -> str | None:
        """Answer the surname before the one of that day, None if there was none."""
        before = [name for since, name in self.family_names if since <= day][:-1]
        return before[-1] if before else None

    def upn_on(self, day: date) -> str | None:
        """Answer the UPN, None before the child goes to any school."""
        return self.upn if self.age_on(day) >= FIRST_SCHOOL_AGE else None

    def age_on(self, day: date) -> int:
        """Answer the age in whole years on a day."""
        return day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))

    def days_old(self, day: date) -> int:
        """Answer the age in days."""
        return (day - self.born).days


def _held_on(held: Sequence[tuple[date, _Held]], day: date) -> _Held:
    latest = held[0][1]
    for since, one in held:
        if since <= day:
            latest = one
    return latest
