"""The published codes of each field; a force's mapping file adds its own words for them."""

from collections.abc import Mapping
from typing import Final

from hub.core.incident_facts import (
    AdultRole,
    Consent,
    Parties,
    Premises,
    RecordedAs,
    RelationToChild,
    RiskGrade,
    RiskTool,
    WhereInHouse,
)

STATUSES: Final = ("new", "amended", "reinstated", "withdrawn", "merged")
CHILD_STATUSES: Final = ("named", "withdrawn")
SEXES: Final = ("male", "female", "not_specified")

VOCABULARIES: Final[Mapping[str, tuple[str, ...]]] = {
    "status": STATUSES,
    "child_status": CHILD_STATUSES,
    "sex": SEXES,
    "recorded_as": tuple(RecordedAs),
    "premises": tuple(Premises),
    "risk_tool": tuple(RiskTool),
    "risk_grade": tuple(RiskGrade),
    "parties": tuple(Parties),
    "role": tuple(AdultRole),
    "relation": tuple(RelationToChild),
    "where_in_house": tuple(WhereInHouse),
    "consent": tuple(Consent),
    "flag": ("yes", "no"),
}
"""By the name of the vocabulary, as a mapping file's ``[codes.<name>]`` has it."""

USUAL_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "flag": {"y": "yes", "true": "yes", "t": "yes", "1": "yes"}
    | {"n": "no", "false": "no", "f": "no", "0": "no"},
    "sex": {"m": "male", "f": "female", "1": "male", "2": "female"},
    "risk_grade": {"s": "standard", "m": "medium", "h": "high"},
}
"""What is understood of every force beside the published codes."""


def spelling(text: str) -> str:
    """Answer a code for comparison: lower case, its words of letters and digits joined by ``_``."""
    kept = "".join(c if c.isalnum() else " " for c in text.casefold())
    return "_".join(kept.split())
