"""What one cell of an extract says: days, flags, codes and texts in the spellings councils use."""

import re
import unicodedata
from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

LONDON: Final = ZoneInfo("Europe/London")

DAY_EXPECTED: Final = "a date as YYYY-MM-DD or DD/MM/YYYY"
YEAR_MIN: Final = 1900
NO_DAY: Final = date(1900, 1, 1)
"""What SQL Server makes of an empty date; read as empty."""

_ISO: Final = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})"
    r"(?:[T ](?P<clock>\d{2}:\d{2}(?::\d{2})?)(?:[.,]\d+)?\s*(?P<offset>Z|[+-]\d{2}:?\d{2})?)?"
)
_BRITISH: Final = re.compile(
    r"(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})"
    r"(?:[T ]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
)
_PARTIAL: Final = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2]))?")

_YES: Final = frozenset({"y", "yes", "1", "true", "t"})
_NO: Final = frozenset({"", "n", "no", "0", "false", "f"})

_CATEGORIES: Final = {
    "neg": "NEG",
    "neglect": "NEG",
    "phy": "PHY",
    "physical": "PHY",
    "physicalabuse": "PHY",
    "sab": "SAB",
    "sexual": "SAB",
    "sexualabuse": "SAB",
    "emo": "EMO",
    "emotional": "EMO",
    "emotionalabuse": "EMO",
    "mul": "MUL",
}


class UnreadableCell(Exception):  # noqa: N818  # named for what it says of the cell
    """A cell cannot be read; the message is what was expected, never the cell's text."""


def read_day(text: str, *, as_written: bool = False) -> date | None:
    """Answer the day in a cell, or ``None`` for an empty one.

    Takes ISO dates and date-times and DD/MM/YYYY. An instant with an offset is the day in London,
    unless ``as_written`` (dates of birth are never converted between zones).

    Raises:
        UnreadableCell: the cell is neither empty nor a day from 1900 on.
    """
    if not text:
        return None
    found = _ISO.fullmatch(text) or _BRITISH.fullmatch(text)
    if found is None:
        raise UnreadableCell(DAY_EXPECTED)
    parts = found.groupdict()
    try:
        day = date(int(parts["year"]), int(parts["month"]), int(parts["day"]))
        if parts.get("offset") and not as_written:
            instant = datetime.fromisoformat(f"{day}T{parts['clock']}{parts['offset']}")
            day = instant.astimezone(LONDON).date()
    except (ValueError, OverflowError):
        raise UnreadableCell(DAY_EXPECTED) from None
    if day.year < YEAR_MIN:
        raise UnreadableCell(f"{DAY_EXPECTED}, from {YEAR_MIN} on")
    return None if day == NO_DAY else day


def is_partial_day(text: str) -> bool:
    """Answer whether a cell holds only a year, or a year and a month, from 1900 on."""
    return _PARTIAL.fullmatch(text) is not None and int(text[:4]) >= YEAR_MIN


def london_midnight(day: date) -> datetime:
    """Answer the instant, in UTC, at which a day begins in London."""
    return datetime.combine(day, time(), tzinfo=LONDON).astimezone(UTC)


def read_flag(text: str) -> bool:
    """Answer a yes or no; an empty cell is no.

    Raises:
        UnreadableCell: the cell is none of the spellings of yes and no.
    """
    spelling = text.casefold()
    if spelling in _YES:
        return True
    if spelling in _NO:
        return False
    raise UnreadableCell("Y or N")


def letters_and_digits(text: str) -> str:
    """Answer a text for comparison: lower case, only its letters and digits."""
    return "".join(character for character in text.casefold() if character.isalnum())


def read_category(text: str) -> str | None:
    """Answer the code of a category of abuse (CIN code list), or ``None`` for an empty cell.

    Raises:
        UnreadableCell: the cell is no category that the code list knows.
    """
    if not text:
        return None
    spelling = letters_and_digits(text)
    if spelling.startswith("multiple"):
        return "MUL"
    if spelling not in _CATEGORIES:
        raise UnreadableCell("one of NEG, PHY, SAB, EMO, MUL or the dataset's words for them")
    return _CATEGORIES[spelling]


def plain_text(text: str) -> str:
    """Answer a text on one line: control characters gone, runs of spaces made one."""
    kept = (" " if unicodedata.category(c).startswith("C") else c for c in text)
    return " ".join("".join(kept).split())
