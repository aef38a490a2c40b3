"""Made-up people whose names, numbers, postcodes and birth dates stand nowhere else.

So a hit is a leak. Each is looked for in every form in which software writes such a thing: as text
in small and large letters, UTF-16, hexadecimal and base64; a number grouped or not; a date as ISO,
as the United Kingdom writes it, as HL7 does.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from hub.core.identifiers import NhsNumber
from hub.errors import InvalidIdentifier


@dataclass(frozen=True)
class Canary:
    """One made-up person."""

    family: str
    given: str
    born: date
    nhs: str
    postcode: str
    street: str
    upn: str = ""

    @property
    def day(self):
        """The birth date as a council's and a school's files have it."""
        return self.born.isoformat()


def number(serial):
    """The next NHS number from here on that is well formed, in the range never issued."""
    for nine in range(999_700_000 + serial * 100, 999_700_000 + serial * 100 + 100):
        for check in range(10):
            try:
                return NhsNumber.parse(f"{nine}{check}", test_numbers=True).reveal()
            except InvalidIdentifier:
                continue
    raise AssertionError("no number")


MINA = Canary(
    "Quillonbeck", "Zephandra", date(2016, 2, 29), number(1), "BD8 7ZX", "17 Oxwithiel Garth"
)
TOBY = Canary(
    "Vexmorland", "Tobrannoch", date(2013, 3, 7), number(2), "BD5 9YQ", "3 Umbrelgate Fold"
)
INFANT = Canary(
    "Jarroquist", "Ynessabel", date(2026, 9, 13), number(3), "BD9 6XJ", "8 Fennimorel Way"
)
HIDDEN = Canary(
    "Drusgallow", "Wexanna", date(2019, 11, 5), number(4), "BD3 0QZ", "21 Ketterwhin Bank"
)
MOTHER = Canary(
    "Pellisandre", "Oriavelle", date(1994, 4, 27), number(5), "BD2 3XQ", "5 Hobblestrand Yard"
)
STRAY = Canary(
    "Brackenfrith", "Ulyxandor", date(2017, 8, 19), number(6), "BD4 8JX", "40 Sillowmere Rise"
)
CHILDREN = (MINA, TOBY, INFANT, HIDDEN, STRAY)
ADULTS = {
    "worker": "Marchantwood Zillah",
    "suspect": "Corvantress Jedediah",
    "officer": "PC Thrumbolane",
}
CONTROL = Canary(
    "Plantedcontrolname", "Kindlyfoundagain", date(2011, 6, 23), number(9), "LS9 9XZ", "1 Control"
)
"""Stands in no source: planted in each medium, to see that it is found there."""


def dates(day):
    """The forms in which a day is written."""
    plain = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y%m%d", "%d%m%Y", "%d %B %Y")
    yield from (day.strftime(form) for form in plain)
    yield f"{day.day} {day:%B %Y}"
    yield f"{day.day} {day:%b %Y}"
    yield f"{day.day}/{day.month}/{day.year}"


def texts_of(person):
    """What must not be found of a person, each as it could be written."""
    yield from (person.family, person.given, person.street)
    yield from dates(person.born)
    nhs = person.nhs
    for between in ("", " ", "-"):
        yield between.join((nhs[:3], nhs[3:6], nhs[6:]))
    yield from (person.postcode, person.postcode.replace(" ", ""))
    if person.upn:
        yield person.upn


def days_since_1970(person):
    """The birth date as Avro and PostgreSQL count days; looked for where a number can be one."""
    return (person.born - date(1970, 1, 1)).days


def _encoded(text) -> Iterator[bytes]:
    """A text in each encoding, for a search that does not tell small from large letters."""
    plain = text.lower().encode()
    yield plain
    yield text.lower().encode("utf-16-le")[:-1]  # big-endian holds the same, one byte on
    yield plain.hex().encode()
    yield text.encode().hex().encode()
    yield text.upper().encode().hex().encode()


def _in_base64(text) -> Iterator[bytes]:
    """The part of a text's base64 that is the same whatever stands before and after it."""
    for form in {text, text.lower(), text.upper()}:
        for before in range(3):
            whole = base64.b64encode(b"\0" * before + form.encode())
            cut = whole.rstrip(b"=")
            yield cut[(before * 8 + 5) // 6 : len(cut) - (1 if b"=" in whole else 0)]


class Search:
    """Looks for some people's texts in bytes, whatever their encoding."""

    def __init__(self, people, more=()):
        texts = {text for person in people for text in texts_of(person)} | set(more)
        self._any_case = [(text, form) for text in texts for form in set(_encoded(text))]
        self._exact = [(text, form) for text in texts for form in set(_in_base64(text))]

    def found_in(self, data):
        """The texts that are there, in alphabetical order."""
        lowered = data.lower()
        found = {text for text, form in self._any_case if form in lowered}
        found |= {text for text, form in self._exact if form in data}
        return sorted(found)


def every_encoding_of(person):
    """A person's texts in every encoding that is searched for, to see that each is found."""
    for text in texts_of(person):
        for codec in ("utf-8", "utf-16-le", "utf-16-be"):
            yield text, text.encode(codec)
            yield text, text.upper().encode(codec)
        yield text, text.encode().hex().encode()
        yield text, text.encode().hex().upper().encode()
        for before in range(3):
            yield text, base64.b64encode(b"~" * before + text.encode() + b"~~")


def hl7_time(at: datetime):
    return at.strftime("%Y%m%d%H%M%S+0000")
