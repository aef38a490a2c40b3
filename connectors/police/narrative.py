"""What a force tells in words: kept out of the facts, to be sealed to the disclosure key alone.

Names of adults, addresses, the circumstances and the voice of the child are here and nowhere else.
Of a shielded child no address is here either.
"""

import json
from collections.abc import Sequence
from typing import Any, Final

from connectors.police.case import Case
from connectors.police.facts import Adult
from connectors.police.shape import Part

_OF_THE_INCIDENT: Final = (
    *("occurrence_number", "crime_number", "cad_reference", "body_worn_video"),
    *("circumstances", "other_agencies"),
)
_OF_THE_PLACE: Final = ("location_address", "location_postcode")
_OF_AN_ADULT: Final = ("person_id", "role", "family_name", "given_names", "birth_date")
_ADULTS_HOME: Final = ("postcode", "address")
_OF_THE_CHILD: Final = ("voice", "injury", "gp")
_CHILDS_SCHOOL: Final = ("school_name", "encompass_sent_to")


def narrative(
    case: Case, adults: Sequence[Adult], child: Part | None, *, shielded: bool
) -> bytes | None:
    """Answer the narrative of one child's event as JSON in UTF-8; ``None`` if nothing is told.

    Other children of the incident are not in it: each has an event of its own.
    """
    withheld = shielded or case.addresses_withheld
    told: dict[str, Any] = _texts(
        case.record.own, _OF_THE_INCIDENT, () if withheld else _OF_THE_PLACE
    )
    people = [_texts(one.part, _OF_AN_ADULT, () if withheld else _ADULTS_HOME) for one in adults]
    if any(people):
        told["adults"] = people
    if child is not None:
        told |= _texts(child, _OF_THE_CHILD, () if shielded else _CHILDS_SCHOOL)
    if set(told) <= {"occurrence_number"}:
        return None
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _texts(part: Part, *names: Sequence[str]) -> dict[str, Any]:
    every = (name for some in names for name in some)
    return {name: part.text(name) for name in every if part.text(name)}
