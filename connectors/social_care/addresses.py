"""Where a person lives as at an extract, and whether that must not be disclosed. Pure.

Only a home address leaves the council. A placement, a refuge, a school: never.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from connectors.social_care.cells import UnreadableCell, letters_and_digits, plain_text, read_day
from connectors.social_care.findings import Findings
from connectors.social_care.tables import Row
from connectors.social_care.validity import latest_in_force
from hub.core.identifiers import Flaw, Postcode
from hub.errors import InvalidIdentifier

HOME_TYPES: Final = frozenset(
    {
        "home",
        "homeaddress",
        "main",
        "mainaddress",
        "primary",
        "primaryaddress",
        "primaryresidence",
        "usual",
        "usualaddress",
        "usualresidence",
        "permanent",
        "permanentaddress",
    }
)
"""Compared without case and punctuation. A closed list: a "Children's Home" is a placement."""

CONFIDENTIAL_WORDS: Final = ("confidential", "refuge", "restricted", "safehouse")
_LINES: Final = (("ROOM", "FLOOR", "FLAT"), ("BUILDING",), ("HOUSE", "STREET"), ("TOWN",))
_CLEARED_BY_BLANK: Final = (
    ("postcode", "addr_address_postcode"),
    ("address_lines", "addr_address_json"),
)
_REFUGEE: Final = "refugee"


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The home address in force.

    ``cleared`` names what a former address leaves to be deleted: what the one in force leaves
    blank. What it has and cannot be read deletes nothing.
    """

    postcode: Postcode | None = None
    lines: tuple[str, ...] | None = field(default=None, repr=False)
    confidential: bool = False
    cleared: tuple[str, ...] = ()


def read_home(rows: Sequence[Row], day: date, findings: Findings) -> Home:
    """Answer the home in force on a day, or, for a confidential address, only that it is one."""
    if any(_is_confidential(row, day) for row in rows):
        return Home(confidential=True)
    homes = [row for row in rows if letters_and_digits(row.text("addr_address_type")) in HOME_TYPES]
    latest = latest_in_force(
        homes, "addr_address_start_date", "addr_address_end_date", day, findings
    )
    if not latest.rows:
        return Home(cleared=("postcode", "address_lines") if latest.any_ended else ())
    row = latest.rows[-1]
    return Home(
        postcode=_postcode(row, findings),
        lines=_lines(row, findings),
        cleared=tuple(name for name, column in _CLEARED_BY_BLANK if not row.text(column)),
    )


def _is_confidential(row: Row, day: date) -> bool:
    """A confidential address counts until it is known to have ended; when in doubt it counts."""
    kind = letters_and_digits(row.text("addr_address_type")).replace(_REFUGEE, "")
    if not any(word in kind for word in CONFIDENTIAL_WORDS):
        return False
    try:
        last = read_day(row.text("addr_address_end_date"))
    except UnreadableCell:
        return True
    return last is None or last > day


def _postcode(row: Row, findings: Findings) -> Postcode | None:
    text = row.text("addr_address_postcode")
    if not text:
        return None
    try:
        return Postcode.parse(text)
    except InvalidIdentifier as invalid:
        findings.drop(f"postcode_{invalid.reason}")
        if invalid.reason != Flaw.PLACEHOLDER:
            findings.refuse(row, "addr_address_postcode", f"a valid postcode ({invalid.reason})")
        return None


def _lines(row: Row, findings: Findings) -> tuple[str, ...] | None:
    text = row.text("addr_address_json")
    if not text:
        return None
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        findings.refuse(row, "addr_address_json", "a JSON object with HOUSE, STREET and so on")
        return None
    parts = {str(key).upper(): plain_text(str(value)) for key, value in told.items() if value}
    lines = (" ".join(parts[key] for key in keys if parts.get(key)) for keys in _LINES)
    return tuple(line for line in lines if line) or None
