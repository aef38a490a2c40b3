"""Which people of which school a notice may be addressed to, as data that a council keeps.

The Department's register of establishments names no safeguarding lead, so the hub holds a directory
of its own: people in their office, never a child.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hub.core.identifiers import GssCode, Urn


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolContact:
    """One named person of a school; ``staff_id`` is by what they sign in."""

    staff_id: str
    name: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """One school as the directory knows it."""

    urn: Urn
    name: str
    authority: GssCode | None
    """In whose area it lies; ``None`` for one in the hub's own file."""
    lead: SchoolContact | None = None
    """The designated safeguarding lead."""
    deputy: SchoolContact | None = None
    webhook: str | None = None
    """Where its system is told that something waits, if it wants to be told."""

    def contacts(self) -> tuple[SchoolContact, ...]:
        """Answer who may be addressed, the lead first."""
        return tuple(one for one in (self.lead, self.deputy) if one is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolDirectory:
    """Every school that is listed."""

    schools: Mapping[Urn, School] = field(default_factory=dict)

    def of(self, urn: Urn) -> School | None:
        """Answer a school; ``None`` if nobody has listed it."""
        return self.schools.get(urn)

    def of_agency(self, agency: str) -> School | None:
        """Answer the school that reports as this agency, such as ``URN107442``."""
        return next((one for urn, one in self.schools.items() if urn.agency == agency), None)

    def in_area(self, authority: GssCode) -> tuple[School, ...]:
        """Answer the schools of an authority's area, by name."""
        there = (one for one in self.schools.values() if one.authority == authority)
        return tuple(sorted(there, key=lambda one: (one.name, one.urn.agency)))
