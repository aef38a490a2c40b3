"""Who a person is as at an extract: names, dates, identifiers that are in force, home, shielding.

Pure. An invalid identifier never costs the person: it is left out, named by its row, and counted.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, TypeVar

from connectors.social_care.addresses import Home, read_home
from connectors.social_care.cells import (
    UnreadableCell,
    is_partial_day,
    letters_and_digits,
    plain_text,
    read_day,
    read_flag,
)
from connectors.social_care.findings import ROW_REFUSED, Findings
from connectors.social_care.tables import PersonRows, Row
from connectors.social_care.validity import latest_in_force
from hub.core.event import Sex
from hub.core.identifiers import Flaw, GssCode, Identifier, NhsNumber, Upn
from hub.errors import InvalidIdentifier

AnIdentifier = TypeVar("AnIdentifier", bound=Identifier)

UNBORN_DAYS_MAX: Final = 300
"""A date of birth further ahead than a pregnancy lasts is a mistake, not an unborn child."""

_NHS_NUMBER_TYPES: Final = frozenset({"nhsnumber", "nhsno", "nhs", "nhsnum", "nhsid"})
_UPN_TYPES: Final = frozenset({"uniquepupilnumber", "upn", "upnnumber", "uniquepupilno"})
_SEXES: Final = {
    "f": Sex.FEMALE,
    "female": Sex.FEMALE,
    "2": Sex.FEMALE,
    "m": Sex.MALE,
    "male": Sex.MALE,
    "1": Sex.MALE,
    "9": Sex.NOT_SPECIFIED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What an extract is read under: whose it is, as at when, and the words it looks up."""

    authority: GssCode
    as_at: datetime
    day: date
    revision: int
    started_at: datetime
    test_numbers: bool
    workers: dict[str, str] = field(default_factory=dict, repr=False)
    teams: dict[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Birth:
    """When a child was born or is due; ``unborn`` as at the extract."""

    born_on: date | None = field(default=None, repr=False)
    partial: str | None = field(default=None, repr=False)
    due_on: date | None = field(default=None, repr=False)
    unborn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person as the council knows them at the extract."""

    person_id: str = field(repr=False)
    family_name: str | None = field(default=None, repr=False)
    given_names: tuple[str, ...] | None = field(default=None, repr=False)
    birth: Birth = Birth()
    died_on: date | None = field(default=None, repr=False)
    sex: Sex = Sex.UNKNOWN
    nhs_number: NhsNumber | None = None
    upn: Upn | None = None
    home: Home = field(default_factory=Home)
    shielded: bool = False
    cleared: tuple[str, ...] = ()


def read_person(rows: PersonRows, terms: Terms, findings: Findings) -> Person | None:
    """Answer who a person is, or ``None`` if ``ssd_person`` has no row of them."""
    row = _one_row(rows.person, findings)
    if row is None:
        return None
    nhs_number, nhs_ended = _nhs_number(rows, row, terms, findings)
    upn, upn_ended = _identifier(rows.identifiers, _UPN_TYPES, Upn.parse, terms.day, findings)
    home = read_home(rows.addresses, terms.day, findings)
    shielded = home.confidential or _restricted(row)
    if shielded:
        home = Home(confidential=True, cleared=("postcode", "address_lines"))
    ended = (("nhs_number",) if nhs_ended else ()) + (("upn",) if upn_ended else ())
    return Person(
        person_id=rows.person_id,
        family_name=plain_text(row.text("pers_surname")) or None,
        given_names=_names(row.text("pers_forename")) or None,
        birth=_birth(row, terms, findings),
        died_on=_day(row, "pers_death_date", findings),
        sex=_SEXES.get(row.text("pers_sex").casefold(), Sex.UNKNOWN),
        nhs_number=nhs_number,
        upn=upn,
        home=home,
        shielded=shielded,
        cleared=ended + home.cleared,
    )


def _names(text: str) -> tuple[str, ...]:
    return tuple(plain_text(text.replace(",", " ")).split())


def _one_row(rows: Sequence[Row], findings: Findings) -> Row | None:
    """The first row stands; another that says something else is refused."""
    for other in rows[1:]:
        if other.cells == rows[0].cells:
            findings.drop("row_listed_twice")
        else:
            findings.refuse(other, "pers_person_id", "a person listed once", fault=ROW_REFUSED)
    return rows[0] if rows else None


def _birth(row: Row, terms: Terms, findings: Findings) -> Birth:
    """Answer birth or due date. A date of birth later than the extract is a due date.

    A birth date that cannot be read is a fault of the register: nobody could find the child by it.
    """
    text = row.text("pers_dob")
    if is_partial_day(text):
        return Birth(partial=text)
    try:
        born_on = read_day(text, as_written=True)
    except UnreadableCell as unreadable:
        findings.refuse(row, "pers_dob", str(unreadable), fault=ROW_REFUSED)
        return Birth()
    due_on = _due_on(row, terms, findings)
    if born_on is None:
        return Birth(due_on=due_on, unborn=bool(row.text("pers_expected_dob")))
    if born_on <= terms.day:
        return Birth(born_on=born_on, due_on=due_on)
    if born_on > terms.day + timedelta(days=UNBORN_DAYS_MAX):
        expected = f"a date at most {UNBORN_DAYS_MAX} days after the extract"
        findings.refuse(row, "pers_dob", expected, fault=ROW_REFUSED)
        return Birth()
    return Birth(due_on=due_on or born_on, unborn=True)


def _due_on(row: Row, terms: Terms, findings: Findings) -> date | None:
    due_on = _day(row, "pers_expected_dob", findings)
    if due_on is not None and due_on > terms.day + timedelta(days=UNBORN_DAYS_MAX):
        expected = f"a date at most {UNBORN_DAYS_MAX} days after the extract"
        findings.refuse(row, "pers_expected_dob", expected)
        return None
    return due_on


def _day(row: Row, column: str, findings: Findings) -> date | None:
    try:
        return read_day(row.text(column), as_written=True)
    except UnreadableCell as unreadable:
        findings.refuse(row, column, str(unreadable))
        return None


def _restricted(row: Row) -> bool:
    """Any mark but a plain no restricts: an unknown word must not disclose an address."""
    try:
        return read_flag(row.text("pers_restricted"))
    except UnreadableCell:
        return True


def _nhs_number(
    rows: PersonRows, person: Row, terms: Terms, findings: Findings
) -> tuple[NhsNumber | None, bool]:
    """The linked identifiers decide; ``pers_common_child_id`` where they hold no NHS number."""

    def parse(text: str) -> NhsNumber:
        return NhsNumber.parse(text, test_numbers=terms.test_numbers)

    if any(_is_type(row, _NHS_NUMBER_TYPES) for row in rows.identifiers):
        return _identifier(rows.identifiers, _NHS_NUMBER_TYPES, parse, terms.day, findings)
    if person.text("pers_common_child_id"):
        return _parsed(person, "pers_common_child_id", parse, findings), False
    return None, False


def _is_type(row: Row, spellings: frozenset[str]) -> bool:
    return letters_and_digits(row.text("link_identifier_type")) in spellings


def _identifier(
    rows: Sequence[Row],
    spellings: frozenset[str],
    parse: Callable[[str], AnIdentifier],
    day: date,
    findings: Findings,
) -> tuple[AnIdentifier | None, bool]:
    """Answer the identifier in force and, if there is none, whether one has come to its end.

    Two different ones in force from the same day are used neither: one of them is another child's.
    """
    of_type = [row for row in rows if _is_type(row, spellings)]
    latest = latest_in_force(of_type, "link_valid_from_date", "link_valid_to_date", day, findings)
    value: AnIdentifier | None = None
    for row in latest.rows:
        other = _parsed(row, "link_identifier_value", parse, findings)
        if value is not None and other is not None and other != value:
            findings.refuse(row, "link_identifier_value", "one identifier of a type at a time")
            findings.drop("identifier_ambiguous")
            return None, False
        value = value or other
    return value, not latest.rows and latest.any_ended


def _parsed(
    row: Row, column: str, parse: Callable[[str], AnIdentifier], findings: Findings
) -> AnIdentifier | None:
    if not row.text(column):
        return None
    try:
        return parse(row.text(column))
    except InvalidIdentifier as invalid:
        findings.drop(f"{invalid.kind.casefold().replace(' ', '_')}_{invalid.reason}")
        if invalid.reason != Flaw.PLACEHOLDER:
            findings.refuse(row, column, f"a valid {invalid.kind} ({invalid.reason})")
        return None
