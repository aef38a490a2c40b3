"""What a row of ``marks.csv`` says of the pupil. Pure."""

from collections import Counter
from datetime import date
from typing import Final, TypeVar

from connectors.schools.registers import UnusableRow, read_day
from connectors.schools.tables import Row
from hub.core.event import Sex, Subject
from hub.core.identifiers import Postcode, Upn
from hub.errors import InvalidIdentifier

T = TypeVar("T", Upn, Postcode)

_SEXES: Final = {
    "f": Sex.FEMALE,
    "female": Sex.FEMALE,
    "2": Sex.FEMALE,
    "m": Sex.MALE,
    "male": Sex.MALE,
    "1": Sex.MALE,
}


def read_pupil(row: Row, pupil: str, dropped: Counter[str], shielded: bool) -> Subject:  # noqa: FBT001  # a cell's own word
    """Answer the pupil; a value that is not valid is left out and counted, the mark is not."""
    forename = row.text("forename")
    return Subject(
        local_id=pupil,
        upn=_identifier(Upn, row, "upn", dropped),
        family_name=row.text("surname") or None,
        given_names=tuple(forename.split()) or None,
        birth_date=_birth_date(row, dropped),
        sex=_SEXES.get(row.text("sex").casefold(), Sex.UNKNOWN),
        postcode=None if shielded else _identifier(Postcode, row, "postcode", dropped),
        cleared=("postcode",) if shielded else (),
    )


def _identifier(kind: type[T], row: Row, column: str, dropped: Counter[str]) -> T | None:
    text = row.text(column)
    if not text:
        return None
    try:
        return kind.parse(text)
    except InvalidIdentifier:
        dropped[f"{column}_not_valid"] += 1
        return None


def _birth_date(row: Row, dropped: Counter[str]) -> date | None:
    if not row.text("date_of_birth"):
        return None
    try:
        born = read_day(row, "date_of_birth")
    except UnusableRow:
        born = date.max
    if born > read_day(row, "date"):
        dropped["date_of_birth_not_valid"] += 1
        return None
    return born
