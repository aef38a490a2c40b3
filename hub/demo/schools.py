"""The town's schools: made up, URNs and all; and which of them a child goes to.

A school follows from the home, the age and the mother, so that brothers and sisters of one age
group go to one school, and the same child to the same school every day. A story may settle it
otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache

from hub.demo.people import Person
from hub.demo.places import BRADFORD, LANCASHIRE, LEEDS

DAYS_A_YEAR = 365.25
VENDOR_NAME = "Loomfold School Systems"


class Phase(StrEnum):
    """Which years a school teaches; from the birthdays on, for the town keeps no school years."""

    PRIMARY = "primary"
    SECONDARY = "secondary"


FIRST_AGE: Mapping[Phase, int] = {Phase.PRIMARY: 5, Phase.SECONDARY: 11}


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """One school of the town."""

    urn: str
    name: str
    authority: str
    phase: Phase

    @property
    def agency(self) -> str:
        """Its name as an agency of the hub."""
        return f"URN{self.urn}"


def _schools(authority: str, first: int, primary: str, secondary: str) -> tuple[School, ...]:
    named = [(name, Phase.PRIMARY) for name in primary.split(", ")]
    named += [(name, Phase.SECONDARY) for name in secondary.split(", ")]
    return tuple(
        School(urn=str(first + number), name=name, authority=authority, phase=phase)
        for number, (name, phase) in enumerate(named)
    )


SCHOOLS: tuple[School, ...] = (
    *_schools(
        BRADFORD,
        900101,
        "Tenter Croft Primary School, Dyehouse Primary School, Beck Hill Primary School, "
        "Heald Mount Primary Academy, St Wenna's Catholic Primary School, "
        "Loom Street Primary School, Ings View Primary School",
        "Wool Exchange Academy, Almshouse High School, Fold Terrace School",
    ),
    *_schools(
        LEEDS,
        900201,
        "Cinder Lane Primary School, Mungo Place Primary School, Shoddy Lane Primary School, "
        "Kirk Ings Primary Academy, St Osyth's Church of England Primary School, "
        "Gasworks Road Primary School, Weir Bank Primary School",
        "Aire Reach High School, Kirk Lane Academy, Ropewalk School, Millrace High School",
    ),
    *_schools(
        LANCASHIRE,
        900301,
        "Weavers' Triangle Primary School, Pendle Water Primary School",
        "Calder Vale High School",
    ),
)
"""Two dozen made-up schools, by authority; their registers are kept by one vendor."""


_BY_URN: Mapping[str, School] = {one.urn: one for one in SCHOOLS}


def school_of(person: Person, on: date) -> School | None:
    """Answer the school to which a child goes on a day; None before school age and elsewhere."""
    years = (on - person.birth_date).days / DAYS_A_YEAR
    if not FIRST_AGE[Phase.PRIMARY] <= years < 18:  # noqa: PLR2004  # grown up from then on
        return None
    if person.school is not None:
        return _BY_URN.get(person.school)
    phase = Phase.SECONDARY if years >= FIRST_AGE[Phase.SECONDARY] else Phase.PRIMARY
    there = _of(person.home_on(on).authority, phase)
    return there[int((person.mother or person.key)[1:]) % len(there)] if there else None


@cache
def _of(authority: str, phase: Phase) -> tuple[School, ...]:
    return tuple(one for one in SCHOOLS if one.authority == authority and one.phase is phase)
