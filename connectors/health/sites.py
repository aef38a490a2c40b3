"""Which places of a hospital are emergency departments, by that hospital's own mapping.

HL7 v2 has no message that says "A&E arrival" and no code list of places, so what counts is what
the hospital says: point of care or department id, and patient class. Where it has said nothing,
patient class ``E`` counts, and the gap is reported for a person to close.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from connectors.health.message import Value
from connectors.health.staff import StaffMapping
from hub.core.event import DepartmentType

EMERGENCY_CLASS: Final = "E"
"""Patient class of an emergency attendance (HL7 table 0004)."""

UNNAMED: Final = "unnamed place"
"""Stands for what a sender wrote where a place was expected and that is no name of one."""

_PL_FACILITY: Final = 4
_PL_LOCATION_ID: Final = 11
_NAME_AS_SENT = re.compile(r"\w[\w &/.'-]{0,39}")
_TRUST_SITE = re.compile(r"R[A-Z0-9]{4}")


def code(text: str) -> str:
    """Answer a hospital's code as it is compared: upper case, single spaces."""
    return text.upper() if text.isalnum() else " ".join(text.split()).upper()


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """An emergency department, urgent treatment centre, minor injuries or walk-in unit.

    A department without points of care and ids is every place of its site.

    Attributes:
        site: ODS code of its site.
        type: its kind (ECDS 01 to 05).
        points_of_care: PV1-3.1 as this hospital writes it.
        ids: PV1-3.11 as this hospital writes it.
        patient_classes: PV1-2 of its attendances; an empty text stands for a class left out.
    """

    site: str
    type: DepartmentType
    points_of_care: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()
    patient_classes: frozenset[str] = frozenset({"E", "O", "U", ""})

    def is_at(self, location: "Location") -> bool:
        """Say whether a location is this department."""
        if location.site != self.site:
            return False
        anywhere = not (self.points_of_care or self.ids)
        named = location.point_of_care in self.points_of_care or location.department in self.ids
        return anywhere or named


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A location (PV1-3 or PV1-6) as this hospital's mapping reads it.

    Attributes:
        site: ODS code of the site, when it is known.
        mapped: whether the mapping names the site.
        as_sent: the sender's own word for the site, when no ODS code of it is known.
        names_nobody: whether point of care and department repeat no name of the message's people.
    """

    site: str | None
    mapped: bool
    as_sent: str | None
    point_of_care: str
    department: str
    names_nobody: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class HospitalMapping:
    """What one hospital trust has told the connector about its own feed.

    Attributes:
        trust: ODS code of the trust; stands in the key of every fact in place of MSH-4.
        senders: the spellings of MSH-4 that are this trust.
        sites: ODS site code by every name the feed uses for it, the code itself included.
        departments: its emergency departments.
        admission_methods: PV1-4 codes that mean "came through our own A&E" (NHS code 21).
        left_before_seen: PV1-36 codes that mean that the patient left (table 0112: 12, 13).
        mother_relationships: NK1-3 codes that mean mother (table 0063: MTH).
        enhanced_acknowledgements: answer CA, CE or CR where MSH-15 is AL.
        edition: how often the mapping has been mended: what was told under an earlier one is
            corrected by telling it again.
        staff: where it keeps what staff say of a visit; by default nowhere.
    """

    trust: str | None = None
    senders: frozenset[str] = frozenset()
    sites: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    departments: tuple[Department, ...] = ()
    admission_methods: frozenset[str] = frozenset({"21"})
    left_before_seen: frozenset[str] = frozenset({"12", "13"})
    mother_relationships: frozenset[str] = frozenset({"MTH", "MOTHER"})
    enhanced_acknowledgements: bool = False
    edition: int = 0
    staff: StaffMapping = field(default_factory=StaffMapping)

    def sender(self, sent: str) -> str:
        """Answer the stable name of the sender: the trust's code, or MSH-4 as it came."""
        name = code(sent)
        return self.trust if self.trust and name in self.senders else name

    def locate(self, place: Value, sent: str) -> Location:
        """Answer where a location is.

        The facility is PV1-3.4; without one, MSH-4 where that names a site. An unmapped facility
        of the form of a trust's site code (five characters from R) is taken as that ODS code, as
        the national specification says it is; anything else is kept as the sender's own word.
        """
        facility = code(place.part(_PL_FACILITY))
        site = self.sites.get(facility or code(sent))
        unmapped = facility or code(sent)
        stated = unmapped if _TRUST_SITE.fullmatch(unmapped) else None
        shown = unmapped if _NAME_AS_SENT.fullmatch(unmapped) else UNNAMED
        return Location(
            site=site or stated,
            mapped=site is not None,
            as_sent=None if site or stated else shown,
            point_of_care=code(place.part(1)),
            department=code(place.part(_PL_LOCATION_ID)),
        )

    def department_at(self, location: Location) -> Department | None:
        """Answer the emergency department that a location is, if it is one."""
        return next((d for d in self.departments if d.is_at(location)), None)
