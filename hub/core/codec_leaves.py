"""How instants, days and identifiers are written and read, in Avro and in JSON."""

import re
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Final

from hub.core.codec_shape import Drop, Leaf, Leaves, Plain, Shape, Unwritable
from hub.core.event import Contact, Mother, Subject
from hub.core.identifiers import NhsNumber, Postcode, SnomedCode, Upn, Urn
from hub.errors import InvalidIdentifier

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
YEAR_MIN: Final = 1900
YEAR_MAX: Final = 2199
"""Beyond these a time is a mistake, and near the last year that there is, 9999, nothing can be
counted on from it."""

_DAY_TEXT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PARTIAL_TEXT: Final = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2]))?")


def milliseconds(value: datetime) -> int:
    """Answer the whole milliseconds since 1970; raises ``Unwritable`` for a time without a zone."""
    if value.utcoffset() is None:
        raise Unwritable("", "a time with a zone was expected")
    return (value - _EPOCH) // _MILLISECOND


def _read_day_text(text: object) -> date:
    if isinstance(text, str) and _DAY_TEXT.fullmatch(text):
        if not YEAR_MIN <= int(text[:4]) <= YEAR_MAX:
            raise InvalidIdentifier("date", "shape", f"years {YEAR_MIN} to {YEAR_MAX} are dates.")
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise InvalidIdentifier("date", "shape", "a day as YYYY-MM-DD was expected.")


@cache
def identifier_leaves(*, test_numbers: bool) -> Leaves:
    """Answer how identifiers are written and read; the same in Avro and in JSON."""
    return {
        NhsNumber: Leaf(
            NhsNumber.reveal, lambda text: NhsNumber.parse(text, test_numbers=test_numbers)
        ),
        Postcode: Leaf(Postcode.reveal, Postcode.parse),
        Upn: Leaf(Upn.reveal, Upn.parse),
        Urn: Leaf(Urn.reveal, Urn),
        SnomedCode: Leaf(SnomedCode.reveal, SnomedCode.parse),
    }


DAY_AS_TEXT: Final = Leaf(date.isoformat, _read_day_text)
NUMERIC: Final[Leaves] = {
    datetime: Leaf(milliseconds, lambda value: value),
    date: Leaf(lambda value: value, lambda value: value),
}
"""Instants and days as Avro's logical types; ``fastavro`` reads them as they are wanted."""

TEXT_CHARACTERS_MAX: Final = 300
"""Of a text in a header or in what a body says beside its events: our own limit. Such texts are
keys of rows, and an index of PostgreSQL takes no more than 2,704 bytes in all."""


def _read_short_text(text: object) -> str:
    if not isinstance(text, str) or len(text) > TEXT_CHARACTERS_MAX or "\0" in text:
        raise ValueError(f"a text of at most {TEXT_CHARACTERS_MAX} characters was expected")
    return text


SHORT_TEXT: Final = Leaf(lambda value: value, _read_short_text)
"""A text that an agency's people or the hub's read, or by which something is found again."""

TEXT_DATES: Final = frozenset({Subject, Mother, Contact})
"""What agencies write of a person's dates travels as they wrote it, never as a count of days."""


def wrap_subject(shape: Shape[Subject]) -> Shape[Subject]:
    """Answer the shape of a subject whose birth date is one field, whole or partial."""

    def write(subject: Subject) -> Plain:
        plain = shape.write(subject)
        partial = plain.pop("birth_date_partial", None)
        if partial and not plain.get("birth_date"):
            plain["birth_date"] = partial
        return plain

    def read(plain: Plain, drop: Drop) -> Subject:
        born = plain.get("birth_date")
        if isinstance(born, str) and _PARTIAL_TEXT.fullmatch(born):
            plain = {**plain, "birth_date": None, "birth_date_partial": born}
        return shape.read(plain, drop)

    return Shape(write, read)
