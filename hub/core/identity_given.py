"""Records whose truth is known, as a file gives them: what the hub's linking is measured on. Pure.

Cells are read as generously as an agency's connector reads them: what is no valid value is left
out and counted by its column and the check that it failed, and the record stands without it.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final, TypeVar

from hub.core.event import Sex, Subject
from hub.core.identifiers import ForceCode, GssCode, NhsNumber, Postcode, Upn, Urn
from hub.errors import InvalidIdentifier

COLUMNS: Final = (
    *("record_id", "person_id", "agency", "given_name", "family_name", "date_of_birth", "sex"),
    *("postcode", "address", "nhs_number", "upn", "recorded_at"),
)
NEEDED: Final = ("record_id", "person_id")
"""The columns that no row may leave empty."""

SCHOOL_BY_WORD: Final = "URN999999"
"""The agency of every school that is named by a word and no number."""

YEAR_MIN: Final = 1900
UNREADABLE: Final = "unreadable"

_T = TypeVar("_T")


class AgencyKind(StrEnum):
    """What kind of agency wrote a record."""

    COUNCIL = "council"
    HEALTH = "health"
    POLICE = "police"
    SCHOOL = "school"
    OTHER = "other agency"


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenRecord:
    """One row of a file, read: what an agency wrote of one person, and who it was."""

    record_id: str = field(repr=False)
    person: str = field(repr=False)
    """The truth; linking never sees it."""
    agency: str
    kind: AgencyKind
    subject: Subject
    recorded_at: datetime | None


class CellFlaw(StrEnum):
    """What is the matter with a cell that is named by its line and column."""

    LEFT_OUT = "left out"
    AS_WRITTEN = "taken as written"
    NOT_SPECIFIED = "taken as not specified"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlawedCell:
    """A cell that was left out, or that is doubtful: where it is, never what is in it."""

    line: int
    column: str
    expected: str
    flaw: CellFlaw


FLAWED_CELLS_KEPT: Final = 1000
"""So many are named at the most; what was left out is counted whole beside."""


@dataclass(frozen=True, slots=True)
class CellReader:
    """Reads rows, counts by column and failed check what was left out, and names flawed cells."""

    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)
    flawed: list[FlawedCell] = field(default_factory=list)
    today: date | None = None
    """A birth date behind it is named; ``None`` for no such look."""

    def record(self, cells: Mapping[str, str], line: int = 0) -> GivenRecord:
        """Answer the record of a row's cells, each without outer spaces; ``line`` is its line."""
        before = Counter(self.left_out)
        found = self._record(cells)
        for column, _ in self.left_out - before:
            self._name(line, column, CellFlaw.LEFT_OUT)
        born = found.subject.birth_date
        if born is not None and self.today is not None and born > self.today:
            self._name(line, "date_of_birth", CellFlaw.AS_WRITTEN)
        if cells["sex"].casefold() == "x":
            self._name(line, "sex", CellFlaw.NOT_SPECIFIED)
        return found

    def _name(self, line: int, column: str, flaw: CellFlaw) -> None:
        if len(self.flawed) < FLAWED_CELLS_KEPT:
            expected = _EXPECTED[column]
            self.flawed.append(FlawedCell(line=line, column=column, expected=expected, flaw=flaw))

    def _record(self, cells: Mapping[str, str]) -> GivenRecord:
        born, partial = self._born(cells["date_of_birth"])
        agency, kind = agency_of(cells["agency"])
        subject = Subject(
            local_id=cells["record_id"],
            nhs_number=self._identifier("nhs_number", cells, _nhs_number),
            upn=self._identifier("upn", cells, Upn.parse),
            family_name=_plain(cells["family_name"]) or None,
            given_names=tuple(_plain(cells["given_name"]).split()) or None,
            birth_date=born,
            birth_date_partial=partial,
            sex=self._sex(cells["sex"]),
            postcode=self._identifier("postcode", cells, Postcode.parse),
            address_lines=_lines(cells["address"]) or None,
        )
        return GivenRecord(
            record_id=cells["record_id"],
            person=cells["person_id"],
            agency=agency,
            kind=kind,
            subject=subject,
            recorded_at=self._recorded_at(cells["recorded_at"]),
        )

    def _identifier(
        self, column: str, cells: Mapping[str, str], parse: Callable[[str], _T]
    ) -> _T | None:
        if not cells[column]:
            return None
        try:
            return parse(cells[column])
        except InvalidIdentifier as invalid:
            self.left_out[column, str(invalid.reason)] += 1
            return None

    def _born(self, text: str) -> tuple[date | None, str | None]:
        if not text:
            return None, None
        if (partial := _PARTIAL.fullmatch(text)) and int(text[:4]) >= YEAR_MIN:
            return None, partial[0]
        day = read_day(text)
        if day is None:
            self.left_out["date_of_birth", UNREADABLE] += 1
        return day, None

    def _sex(self, text: str) -> Sex:
        found = _SEXES.get(text.casefold())
        if found is None:
            self.left_out["sex", UNREADABLE] += 1
        return found or Sex.UNKNOWN

    def _recorded_at(self, text: str) -> datetime | None:
        if not text:
            return None
        found = read_instant(text)
        if found is None:
            self.left_out["recorded_at", UNREADABLE] += 1
        return found


def read_day(text: str) -> date | None:
    """Answer the day in a cell, from 1900 on: year first, or in the British order; else ``None``.

    A time of day behind it is left out; a day is never moved between time zones.
    """
    found = _YEAR_FIRST.match(text) or _DAY_FIRST.match(text)
    if found is None:
        return None
    try:
        day = date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return None
    return day if day.year >= YEAR_MIN else None


def read_instant(text: str) -> datetime | None:
    """Answer when a record was written; a day alone is its first instant, and no offset is UTC."""
    day = read_day(text)
    if day is None:
        return None
    clock = _CLOCK.search(text)
    try:
        told = datetime.fromisoformat(f"{day}T{clock[0] if clock else '00:00'}".replace(" ", ""))
        return told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def agency_of(text: str) -> tuple[str, AgencyKind]:
    """Answer the hub's code of an agency and its kind, from its code or from any word for it.

    Only whether it is a school changes how its records are linked: those wait for a child.
    """
    word = text.casefold()
    for kind, words in _WORDS.items():
        if words.search(word):
            return (SCHOOL_BY_WORD if kind is AgencyKind.SCHOOL else text), kind
    for kind, code in _CODES.items():
        try:
            return code(text.upper()), kind
        except InvalidIdentifier:
            continue
    health = _HEALTH_CODE.fullmatch(text.upper())
    return text, AgencyKind.HEALTH if health else AgencyKind.OTHER


_PARTIAL: Final = re.compile(r"[0-9]{4}(?:-(?:0[1-9]|1[0-2]))?")
_YEAR_FIRST: Final = re.compile(
    r"(?P<year>\d{4})(?P<between>[-/.]?)(?P<month>\d{2})(?P=between)(?P<day>\d{2})(?!\d)",
    re.ASCII,
)
_DAY_FIRST: Final = re.compile(
    r"(?P<day>\d{1,2})(?P<between>[-/.])(?P<month>\d{1,2})(?P=between)(?P<year>\d{4})(?!\d)",
    re.ASCII,
)
_CLOCK: Final = re.compile(
    r"\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?: ?Z| ?[+-]\d{2}:?\d{2})?$", re.ASCII
)
_SEXES: Final = {
    "": Sex.UNKNOWN,
    **dict.fromkeys(("m", "male", "boy", "1"), Sex.MALE),
    **dict.fromkeys(("f", "female", "girl", "2"), Sex.FEMALE),
    **dict.fromkeys(("i", "x", "9", "indeterminate", "other", "not specified"), Sex.NOT_SPECIFIED),
    **dict.fromkeys(("u", "0", "n", "unknown", "not known", "neither"), Sex.UNKNOWN),
}
_EXPECTED: Final = {
    "nhs_number": "ten digits with a right check digit, of one person",
    "upn": "a unique pupil number with its check letter",
    "postcode": "a whole postcode of the United Kingdom",
    "date_of_birth": "a day from 1900 to today, such as 2020-03-04 or 04/03/2020,",
    "sex": "M, F, 1, 2, or 9 or unknown for not known,",
    "recorded_at": "a day or a time, such as 2020-03-04T10:15:00Z,",
}
_WORDS: Final = {
    AgencyKind.SCHOOL: re.compile(r"school|academy|college|nursery|education|pupil"),
    AgencyKind.POLICE: re.compile(r"police|constabulary"),
    AgencyKind.COUNCIL: re.compile(r"council|social|local authority|\bla\b|\blea\b"),
    AgencyKind.HEALTH: re.compile(
        r"hospital|health|trust|\bnhs\b|\bgp\b|practice|surgery|clinic|maternity|midwi|\ba&e\b"
    ),
}
_CODES: Final[Mapping[AgencyKind, Callable[[str], str]]] = {
    AgencyKind.COUNCIL: lambda text: GssCode.parse(text).reveal(),
    AgencyKind.SCHOOL: lambda text: Urn.of_agency(text).agency,
    AgencyKind.POLICE: lambda text: ForceCode(text).reveal(),
}
_HEALTH_CODE: Final = re.compile(r"R[0-9A-Z]{2}(?:[0-9A-Z]{2})?|[A-Z][0-9]{5}")
"""Codes of NHS trusts and their sites, and of general practices."""


def _nhs_number(text: str) -> NhsNumber:
    return NhsNumber.parse(text, test_numbers=True)


def _plain(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _lines(text: str) -> tuple[str, ...]:
    return tuple(filter(None, map(_plain, re.split(r"[,\r\n]", text))))
