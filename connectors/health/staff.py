"""What staff said of a visit, read from where a hospital's mapping says that it keeps it.

HL7 v2 has no place for a safeguarding concern, a tap or a hold: hospitals send them as observations
(OBX), as diagnoses (DG1) or as codes of their own. Where the mapping names none, nothing is read.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from connectors.health.message import Message, Row
from connectors.health.moments import instant
from connectors.outcome import Notes
from hub.core.attendance_facts import ClinicianConcern, DepartureManner
from hub.core.identifiers import SnomedCode

DG1_DIAGNOSIS: Final = 3
OBX_WHAT: Final = 3
OBX_VALUE: Final = 5
OBX_STATUS: Final = 11
OBX_AT: Final = 14
ZU3_CATEGORY: Final = 6

NONE: Final = "none"
"""What a mapping makes of a value that says that nothing of the kind is so."""
OPEN: Final = "open"
ENDED: Final = "ended"

_TAKEN_BACK: Final = frozenset({"D", "W"})
"""OBX-11 (HL7 table 0085): deleted; posted in error, such as to the wrong patient."""


def _nothing() -> Mapping[str, Any]:
    return MappingProxyType({})


class Fact(StrEnum):
    """What an observation may say."""

    CONCERN = "safeguarding_concern"
    CLINICIAN = "clinician_concern"
    HOLD = "hold"
    CATEGORY = "attendance_category"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One kind of observation, as a hospital sends it.

    Attributes:
        fact: what it says.
        values: OBX-5 to what that means: a SNOMED CT code, ``clinician_concern``'s symbol, ``open``
            or ``ended``, a category, or ``none``.
    """

    fact: Fact
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMapping:
    """Where one hospital keeps what its staff say of a visit.

    Attributes:
        concerns: codes of DG1-3 that are a safeguarding concern, and the SNOMED CT code of each.
        departures: codes of PV1-36 beyond HL7 table 0112, and how the patient left.
        categories: codes of ZU3-6, and the ECDS attendance category of each.
        observations: OBX-3 to what such an observation says.
    """

    concerns: Mapping[str, SnomedCode] = field(default_factory=_nothing)
    departures: Mapping[str, DepartureManner] = field(default_factory=_nothing)
    categories: Mapping[str, str] = field(default_factory=_nothing)
    observations: Mapping[str, Observation] = field(default_factory=_nothing)

    @property
    def reads_anything(self) -> bool:
        """Whether the hospital has named any of it; if not, it is told as it always was."""
        return bool(self.concerns or self.departures or self.categories or self.observations)


@dataclass(slots=True, kw_only=True)
class StaffSaid:
    """What a message says of it: facts by name, and the names of those that it takes back."""

    facts: dict[str, Any] = field(default_factory=dict)
    deleted: list[str] = field(default_factory=list)

    def concern(self, code: SnomedCode) -> None:
        """Take a concern beside those that there are."""
        known = self.facts.get(_CONCERNS, ())
        self.facts[_CONCERNS] = known if code in known else (*known, code)


_CONCERNS: Final = "safeguarding_concerns"


def staff_said(
    message: Message, mapping: StaffMapping, since: datetime, at: datetime, notes: Notes
) -> StaffSaid:
    """Answer what staff said of a visit.

    Args:
        message: the message.
        mapping: where the hospital keeps it.
        since: when the visit began, as far as is known; then a hold begins that has no time.
        at: when the message was recorded, or the patient left; then a hold ends that has no time.
        notes: takes what the mapping lacks.
    """
    said = StaffSaid()
    for row in message.rows("DG1"):
        concern = mapping.concerns.get(_code(row.text(DG1_DIAGNOSIS)))
        if concern is not None:
            said.concern(concern)
    local = _code(message.row("ZU3").text(ZU3_CATEGORY))
    if local in mapping.categories:
        said.facts["attendance_category"] = mapping.categories[local]
    elif local and mapping.categories:
        notes.fault("attendance_category_not_mapped", "ZU3-6")
    for row in message.rows("OBX"):
        observed = mapping.observations.get(_code(row.text(OBX_WHAT)))
        if observed is not None:
            _observe(row, observed, said, (since, at), notes)
    said.deleted = [name for name in dict.fromkeys(said.deleted) if name not in said.facts]
    return said


def _observe(
    row: Row,
    observed: Observation,
    said: StaffSaid,
    usual: tuple[datetime, datetime],
    notes: Notes,
) -> None:
    """Take what one observation says."""
    if row.deletes(OBX_VALUE) or row.text(OBX_STATUS).upper() in _TAKEN_BACK:
        said.deleted += _NAMES[observed.fact]
        return
    for meaning in _meanings(row, observed, notes):
        if meaning == NONE:
            said.deleted += _NAMES[observed.fact]
        elif observed.fact is Fact.CONCERN:
            said.concern(SnomedCode(meaning))
        elif observed.fact is Fact.CLINICIAN:
            said.facts["clinician_concern"] = ClinicianConcern(meaning)
        elif observed.fact is Fact.CATEGORY:
            said.facts["attendance_category"] = meaning
        else:
            since, at = usual
            told = instant(row.text(OBX_AT))
            begins = meaning == OPEN
            name = "held_from" if begins else "hold_ended_at"
            said.facts[name] = told or (since if begins else at)


def _meanings(row: Row, observed: Observation, notes: Notes) -> Iterator[str]:
    for value in row.values(OBX_VALUE):
        meaning = observed.values.get(_code(value.part(1)))
        if meaning is None:
            notes.fault("observation_not_mapped", _code(row.text(OBX_WHAT)))
        else:
            yield meaning


_NAMES: Final = {
    Fact.CONCERN: (_CONCERNS,),
    Fact.CLINICIAN: ("clinician_concern",),
    Fact.HOLD: ("held_from", "hold_ended_at"),
    Fact.CATEGORY: ("attendance_category",),
}


def _code(text: str) -> str:
    return " ".join(text.split()).upper()
