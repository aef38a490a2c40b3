"""Reads one signal of the Multicast Notification Service: what it is about, and of whom. Pure.

Both of its forms (CloudEvents, FHIR) name one number and where to look further. So a signal alone
tells no change: it is held against what has been looked up.
"""

import json
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Final

from connectors.contract import Reading
from connectors.outcome import LeftOut, Refused

NUMBER_CHANGE: Final = "nhs-number-change-"
"""How the type of such a signal begins; its version follows. The first version has the number in an
object with birth date and surname, the second the number alone."""

LOOKED_UP: Final = "signal_looked_up"
ANOTHER_TYPE: Final = "signal_of_another_type"


def map_signal(content: bytes, looked_up: AbstractSet[str]) -> Reading:
    """Answer nothing: a signal is left out, or refused by name.

    Args:
        content: the file.
        looked_up: every number in ``superseded.csv``.

    Raises:
        LeftOut: it is about something else, or its number has been looked up.
        Refused: it is no signal, or its number is to be looked up.
    """
    told = _parsed(content)
    kind, number = _fhir(told) if told.get("resourceType") == "Bundle" else _cloud_event(told)
    if not kind:
        raise Refused("type", "a signal in CloudEvents or FHIR form, with its type")
    if not kind.startswith(NUMBER_CHANGE):
        raise LeftOut(ANOTHER_TYPE)
    if "".join(number.split()) in looked_up:
        raise LeftOut(LOOKED_UP)
    raise Refused(
        "dataref",
        "the new number, in superseded.csv: the signal names one number alone, so the other has to"
        " be looked up in the demographics service",
    )


def _parsed(content: bytes) -> Mapping[str, Any]:
    try:
        told = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, Mapping):
        raise Refused("file", "a JSON object in UTF-8")
    return told


def _cloud_event(told: Mapping[str, Any]) -> tuple[str, str]:
    subject = told.get("subject")
    if isinstance(subject, Mapping):
        subject = subject.get("nhsNumber")
    return _text(told.get("type")), _text(subject)


def _fhir(told: Mapping[str, Any]) -> tuple[str, str]:
    kind = number = ""
    for part in _listed(told.get("entry")):
        resource = _object(part.get("resource"))
        for parameter in _listed(resource.get("parameter")):
            for inner in _listed(parameter.get("part")):
                if inner.get("name") == "event-type":
                    kind = _text(inner.get("valueString"))
                elif inner.get("name") == "subject":
                    identifier = _object(inner.get("valueReference")).get("identifier")
                    number = _text(_object(identifier).get("value"))
    return kind, number


def _listed(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
