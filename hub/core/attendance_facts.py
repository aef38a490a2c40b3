"""What a hospital may say of a visit beside that there was one: how it ended, and what worried it.

Hardly anything of it stands in a standard message: hospitals send it in fields of their own, or
later with their ECDS returns. So each fact may come with any revision, and is unknown until then.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from hub.core.identifiers import SnomedCode


class DepartureManner(StrEnum):
    """How a child left the department."""

    UNKNOWN = "unknown"
    LEFT = "left"
    """Before treatment was complete, or against advice; nobody discharged it."""
    DISCHARGED = "discharged"
    """By the staff's decision: home, or to other care that does not keep it here."""
    ADMITTED = "admitted"
    """To a ward of the same hospital: it is still there."""
    TRANSFERRED = "transferred"
    """To another hospital, by this one."""
    DIED = "died"


class ClinicianConcern(StrEnum):
    """What a clinician said by one tap, in words agreed beforehand."""

    UNKNOWN = "unknown"
    INJURY_OR_BRUISE_NOT_YET_MOBILE = "injury_or_bruise_not_yet_mobile"
    """Of a child who does not pull to stand, cruise or walk yet, whatever its age."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceTold:
    """Coded facts of one attendance since version 2; ``None`` is unchanged."""

    departure: DepartureManner | None = None
    safeguarding_concerns: tuple[SnomedCode, ...] | None = None
    """Codes of the safeguarding concern reference set (ECDS), all that stand now."""
    clinician_concern: ClinicianConcern | None = None
    held_from: datetime | None = None
    """Since when staff have been asked not to let the child go before safeguarding has spoken."""
    hold_ended_at: datetime | None = None
    """When that was lifted; one before ``held_from`` is of an earlier hold."""


_BY_DISPOSITION: Final = {
    "1": DepartureManner.ADMITTED,
    "2": DepartureManner.DISCHARGED,  # follow-up by a general practitioner
    "3": DepartureManner.DISCHARGED,  # no follow-up
    "4": DepartureManner.DISCHARGED,  # to a clinic of the department
    "6": DepartureManner.DISCHARGED,  # to another out-patient clinic
    "7": DepartureManner.TRANSFERRED,
    "10": DepartureManner.DIED,
    "11": DepartureManner.DISCHARGED,  # to another health care professional
    "12": DepartureManner.LEFT,  # before treatment
    "13": DepartureManner.LEFT,  # refused treatment
}
"""HL7 table 0112 as the national messages have it (ITK 2.4); of 14, other, nothing follows."""

_MANNERS: Final = {manner.value: manner for manner in DepartureManner}
_CONCERNS: Final = {concern.value: concern for concern in ClinicianConcern}


def departure_in(told: object, disposition: str | None) -> DepartureManner:
    """Answer how a child left: as it was told, else as the disposition has it in table 0112."""
    manner = _MANNERS.get(told) if isinstance(told, str) else None
    return manner or _BY_DISPOSITION.get((disposition or "").lstrip("0"), DepartureManner.UNKNOWN)


def clinician_concern_in(told: object) -> ClinicianConcern:
    """Answer what a clinician said by a tap, as it is stored."""
    return _CONCERNS.get(told if isinstance(told, str) else "", ClinicianConcern.UNKNOWN)


def concerns_in(told: object) -> tuple[str, ...]:
    """Answer the codes of safeguarding concerns as they are stored, each once."""
    codes = told if isinstance(told, list | tuple) else ()
    return tuple(dict.fromkeys(one for one in codes if isinstance(one, str)))
