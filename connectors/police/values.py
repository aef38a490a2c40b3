"""What one field of an incident says: flags, codes, days and times, identifiers, in any spelling.

A value that cannot be read is left out, counted under its field's name, and never guessed.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from connectors.outcome import Notes
from connectors.police.mapping_file import ForceMapping
from connectors.police.shape import Part
from connectors.police.vocabulary import spelling
from hub.core.identifiers import GssCode, Identifier
from hub.errors import InvalidIdentifier

AnIdentifier = TypeVar("AnIdentifier", bound=Identifier)

LONDON: Final = ZoneInfo("Europe/London")
YEAR_MIN: Final = 1900
YEAR_MAX: Final = 2199
NO_DAYS: Final = frozenset({date(1900, 1, 1), date(1901, 1, 1)})
"""What systems write for a date of birth that is not known."""

DIGITS_MAX: Final = 9
"""Of a number; Python refuses to read one of thousands of digits."""

_PARTIAL: Final = re.compile(r"(?:19|20)\d{2}(?:-(?:0[1-9]|1[0-2]))?")
_OFFENCE: Final = re.compile(r"[0-9A-Z][0-9A-Z/ .-]{0,11}")
_URN: Final = re.compile(r"[0-9]{6}")


@dataclass(frozen=True, slots=True)
class Values:
    """Reads the fields of a part under one force's mapping; what is left out goes to ``notes``."""

    mapping: ForceMapping
    notes: Notes

    def flag(self, part: Part, name: str) -> bool | None:
        """Answer yes or no, or ``None`` if it was not said or cannot be read."""
        said = self.code(part, name, "flag")
        return None if said is None else said == "yes"

    def code(self, part: Part, name: str, vocabulary: str) -> str | None:
        """Answer the published code; one that the mapping does not know is named as a fault."""
        text = part.text(name)
        if not text:
            return None
        found = self.mapping.codes[vocabulary].get(spelling(text))
        if found is None:
            self.notes.drop(f"{name}_not_mapped")
            self.notes.fault("code_not_mapped", name)
        return found

    def instant(self, part: Part, name: str) -> datetime | None:
        """Answer a time in UTC to the millisecond; one without an offset is British wall time.

        Of the hour that occurs twice the first is meant, and of the hour that does not occur the
        time as much later. A day alone is no time.
        """
        text = part.text(name)
        if not text:
            return None
        told = self._time(text)
        if told is None or not YEAR_MIN <= told.year <= YEAR_MAX:
            self.notes.drop(f"{name}_not_a_time")
            return None
        aware = told if told.tzinfo is not None else told.replace(tzinfo=LONDON)
        whole = aware.replace(microsecond=aware.microsecond // 1000 * 1000)
        return whole.astimezone(UTC)

    def _time(self, text: str) -> datetime | None:
        for form in self.mapping.date_times:
            try:
                return datetime.strptime(text, form)  # noqa: DTZ007  # a wall time, placed in London by the caller
            except ValueError:
                continue
        try:
            return datetime.fromisoformat(text) if len(text) > len("2026-11-22") else None
        except ValueError:
            return None

    def day(self, part: Part, name: str) -> date | None:
        """Answer a day as written, never converted between zones; a stand-in day is left out."""
        text = part.text(name)
        if not text:
            return None
        told = self._day(text)
        if told is None or told.year < YEAR_MIN:
            self.notes.drop(f"{name}_not_a_date")
            return None
        if told in NO_DAYS:
            self.notes.drop(f"{name}_placeholder")
            return None
        return told

    def _day(self, text: str) -> date | None:
        for form in (*self.mapping.dates, *self.mapping.date_times):
            try:
                return datetime.strptime(text, form).date()  # noqa: DTZ007  # a day, no time
            except ValueError:
                continue
        try:
            return datetime.fromisoformat(text).date()
        except ValueError:
            return None

    def partial_day(self, part: Part, name: str) -> str | None:
        """Answer a year, or a year and a month, where no more than that is written."""
        text = part.text(name)
        return text if _PARTIAL.fullmatch(text) else None

    def number(self, part: Part, name: str, most: int) -> int | None:
        """Answer a whole number from 0."""
        text = part.text(name)
        if not text:
            return None
        if not (
            text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX and int(text) <= most
        ):
            self.notes.drop(f"{name}_not_a_number")
            return None
        return int(text)

    def identifier(
        self, part: Part, name: str, parse: Callable[[str], AnIdentifier]
    ) -> AnIdentifier | None:
        """Answer a valid identifier; any other is left out, named by field and flaw."""
        text = part.text(name)
        if not text:
            return None
        try:
            return parse(text)
        except InvalidIdentifier as fault:
            self.notes.drop(f"{name}_{fault.reason}")
            return None

    def authority(self, part: Part, name: str) -> str | None:
        """Answer the local authority's GSS code: as sent, or by the mapping's areas."""
        text = part.text(name)
        if not text:
            return None
        mapped = self.mapping.areas.get(spelling(text))
        if mapped is not None:
            return mapped
        try:
            return GssCode.parse(text).reveal()
        except InvalidIdentifier:
            self.notes.drop(f"{name}_not_mapped")
            self.notes.fault("area_not_mapped", name)
            return None

    def offence(self, part: Part, name: str) -> str | None:
        """Answer an offence's code; words are left out, for they could name somebody."""
        return self._of_form(part, name, _OFFENCE)

    def school_urn(self, part: Part, name: str) -> str | None:
        """Answer a school's six-digit unique reference number."""
        return self._of_form(part, name, _URN)

    def handling_code(self, part: Part, name: str) -> str | None:
        """Answer a handling code as it was sent, in upper case."""
        return self._of_form(part, name, _OFFENCE)

    def _of_form(self, part: Part, name: str, form: re.Pattern[str]) -> str | None:
        text = part.text(name).upper()
        if not text:
            return None
        if not form.fullmatch(text):
            self.notes.drop(f"{name}_not_a_code")
            return None
        return text
