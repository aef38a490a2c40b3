"""Whether a visit is an emergency attendance, of whom it may be told, and its coded facts (PV1)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from connectors.health.demographics import Birth
from connectors.health.message import Message
from connectors.health.moments import british_day, completed_months
from connectors.health.sites import (
    EMERGENCY_CLASS,
    UNNAMED,
    Department,
    HospitalMapping,
    Location,
    code,
)
from connectors.health.timing import Timing
from connectors.outcome import Notes, Refused
from connectors.shown_codes import may_be_shown
from hub.core.event import CountedBecause, DepartmentType

PV1_CLASS: Final = 2
PV1_LOCATION: Final = 3
PV1_ADMISSION_METHOD: Final = 4
PV1_PRIOR_LOCATION: Final = 6
DG1_DIAGNOSIS: Final = 3

ADULT_MONTHS: Final = 18 * 12
ESTIMATE_MARGIN_MONTHS: Final = 5 * 12
"""How much older than 18 an estimated age must be to be an adult's. This project's own choice:
ages of children who arrive without papers are estimated, and a child must not be left out by it."""

UPDATE_MARGIN: Final = timedelta(days=31)
"""How long a visit may have lasted when an update does not say when it began, so that the
discharge of a child who came of age in the department is not left out. Our own choice."""

_NAMES: Final = (("PID", 5), ("PID", 6), ("PID", 9), ("NK1", 2))
"""Where names stand: the patient's, the mother's maiden name, aliases, next of kin."""

_FAULT_PLACE = re.compile(r"[A-Z0-9][A-Z0-9_-]{0,19}")
_ICD_10: Final = frozenset({"I10", "ICD10", "ICD-10", "I10P"})
_INJURY = re.compile(r"(?:S\d\d|T[0-2]\d|T3[0-5])[.\dA-Z]{0,4}")
"""ICD-10 chapter XIX, from S00 to T35: injuries, foreign bodies, burns and frostbite."""


class Standing(StrEnum):
    """What a visit has to do with an emergency department."""

    HERE = "here"
    CAME_FROM = "came_from"
    """It began there and the patient has been admitted, or has been moved away."""
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A visit as the hospital's mapping reads it.

    Attributes:
        left_department: whether PV1-6 names an emergency department that PV1-3 is not.
    """

    standing: Standing
    location: Location
    department: Department | None
    counted_because: CountedBecause
    left_department: bool

    @property
    def department_type(self) -> DepartmentType | None:
        """The kind of the department, where the mapping says it."""
        return self.department.type if self.department else None


def visit(message: Message, mapping: HospitalMapping, sent: str) -> Visit:
    """Answer what a visit has to do with an emergency department.

    It is one here when the mapping names the place and its patient class, or by class ``E``. It
    came from one when the place before (PV1-6) or this place is one, or when the admission method
    says that the patient came through it.

    Raises:
        Refused: nothing is said by which it could be told: no patient class, no mapped place.
    """
    row = message.row("PV1")
    said = code(row.text(PV1_CLASS))
    location = mapping.locate(row.value(PV1_LOCATION), sent)
    department = mapping.department_at(location)
    if department is None:  # its own words may then be shown, for somebody to map them
        location = without_people(location, message)
    prior_place = row.value(PV1_PRIOR_LOCATION)
    prior = (
        mapping.department_at(mapping.locate(prior_place, sent)) if prior_place.part(1) else None
    )
    counted = _counted(said, department)
    method = code(row.text(PV1_ADMISSION_METHOD))
    came_from = bool(prior or department) or method in mapping.admission_methods
    if counted is CountedBecause.UNKNOWN and not came_from and not said:
        raise Refused("PV1-2", "a patient class of HL7 table 0004, such as E")
    here = counted is not CountedBecause.UNKNOWN
    away = Standing.CAME_FROM if came_from else Standing.ELSEWHERE
    return Visit(
        standing=Standing.HERE if here else away,
        location=location,
        department=department,
        counted_because=counted,
        left_department=prior is not None and not here and department is None,
    )


def name_gaps(seen: Visit, notes: Notes) -> None:
    """Note what the hospital's mapping does not name, for a person to add."""
    location = seen.location
    if not location.mapped:
        notes.fault("site_not_mapped", location.site or location.as_sent or UNNAMED)
    elif seen.department is None:
        place = location.department or location.point_of_care
        is_code = location.names_nobody and _FAULT_PLACE.fullmatch(place)
        named = place if is_code else "a place without a code"
        notes.fault("department_not_mapped", f"{location.site} {named}")


def without_people(location: Location, message: Message) -> Location:
    """Answer a location without words of its own that repeat a name of the message's people."""
    names = tuple(_names_in(message))
    as_sent = location.as_sent
    shown = as_sent is None or may_be_shown(as_sent, names)
    return replace(
        location,
        as_sent=as_sent if shown else UNNAMED,
        names_nobody=may_be_shown(location.department or location.point_of_care, names),
    )


def _names_in(message: Message) -> Iterator[str]:
    """Yield the parts of every name in a message."""
    for segment, field in _NAMES:
        for row in message.rows(segment):
            for value in row.values(field):
                yield from (value.part(1), value.part(2), value.part(3))


def is_adult(born: Birth, on: date) -> bool:
    """Say whether a person is certainly 18 or over on a day.

    A date that is not known is never an adult's; of a partial date the latest day counts, and an
    estimate must be years above. The 18th birthday is an adult's day.
    """
    latest = born.written.latest
    if latest is None:
        return False
    margin = ESTIMATE_MARGIN_MONTHS if born.estimated else 0
    return completed_months(latest, on) >= ADULT_MONTHS + margin


def age_months(born: Birth, arrived_at: datetime | None) -> int | None:
    """Answer the age in completed months on arrival, ``None`` when either is not known."""
    day = born.written.day
    if day is None or arrived_at is None:
        return None
    return max(0, completed_months(day, british_day(arrived_at)))


def injury(message: Message) -> bool | None:
    """Answer whether a diagnosis (DG1-3) is coded as an injury; ``None`` when none says so."""
    for row in message.rows("DG1"):
        diagnosis = row.value(DG1_DIAGNOSIS)
        coded = code(diagnosis.part(3)) in _ICD_10
        if coded and _INJURY.fullmatch(code(diagnosis.part(1))):
            return True
    return None


def timing_of_age(times: Timing, *, opens: bool) -> date:
    """Answer the day by which it is judged whether a person is a child.

    The day of arrival; an update that does not say it is given ``UPDATE_MARGIN``.
    """
    if opens:
        return british_day(times.occurred_at)
    return british_day(times.admitted_at or times.occurred_at - UPDATE_MARGIN)


def _counted(said: str, department: Department | None) -> CountedBecause:
    if department is not None and said in department.patient_classes:
        return CountedBecause.SITE_MAPPING
    return CountedBecause.PATIENT_CLASS if said == EMERGENCY_CLASS else CountedBecause.UNKNOWN
