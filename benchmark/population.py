"""Made-up children, each following from its number: the same number is always the same child.

Their NHS numbers are of the 999 range, which no person has. Family names are put together from
syllables so that their sounds spread; postcodes are real ones of Bradford and Leeds.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import islice, product
from typing import Final

from hub.adapters.places import Places
from hub.core.event import NhsNumberStatus, Sex, Subject
from hub.core.identifiers import GssCode, NhsNumber, Postcode, Upn
from hub.demo.numbers import check_digit
from hub.demo.places import BRADFORD, LEEDS

CHILDREN_MAX: Final = 899_000
"""Of each ten numbers of nine digits from 999 000 000 at least nine have a check digit."""

ATTENDANCES_OF: Final = (0, 1, 1, 2, 3)
"""Past attendances by the child's number modulo five: 1.4 a child in three years."""

_AREAS: Final = {BRADFORD: ("BD", range(1, 11)), LEEDS: ("LS", range(1, 13))}
_POSTCODES_MAX: Final = 3_989
"""A prime: with a factor of ``_BIRTH_DAYS``, two children of one birth date would soon share a
postcode too, and nearly everyone would have look-alikes."""
_BIRTH_DAYS: Final = 6_007
_YOUNGEST_DAYS: Final = 60
_FIRST_EIGHT: Final = 99_900_000
_NUMBERS_AN_EIGHT: Final = 9
_LETTERS: Final = "ABDEFGHJLNPQRSTUWXYZ"
_UPN_LETTERS: Final = "ABCDEFGHJKLMNPQRTUVWXYZ"
_UPN_FROM: Final = 380_200_000_000
_SYLLABLES: Final = tuple(
    head + tail
    for head, tail in product(
        ("b", "br", "ch", "d", "f", "g", "h", "k", "l", "m", "n", "r", "s", "t", "w"),
        ("an", "ell", "ow", "im"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """One made-up child. ``home`` is the council and ``site`` the hospital nearest to it."""

    number: int
    nhs_number: NhsNumber | None
    """``None`` from the number ``CHILDREN_MAX`` on: the range that nobody has holds no more."""
    family_name: str
    given_name: str
    birth_date: date
    postcode: Postcode
    home: str
    site: str
    trust: str

    @property
    def full_name(self) -> str:
        """The name as an inbox shows it; no two children have the same."""
        return f"{self.given_name} {self.family_name}"

    @property
    def past_attendances(self) -> int:
        """How often the child was at an emergency department before the measuring begins."""
        return ATTENDANCES_OF[self.number % len(ATTENDANCES_OF)]

    @property
    def upn(self) -> Upn:
        """The child's unique pupil number, which councils and schools know."""
        return upn(self.number)

    def pupil(self) -> Subject:
        """Answer the child as a school knows it: without an NHS number."""
        known = self.subject("S", with_upn=True)
        return replace(known, nhs_number=None, nhs_number_status=NhsNumberStatus.UNKNOWN)

    def as_police_know(self) -> Subject:
        """Answer the child as a force knows it: by name, birth date and address."""
        known = self.subject("P")
        return replace(known, nhs_number=None, nhs_number_status=NhsNumberStatus.UNKNOWN)

    def subject(self, prefix: str, *, with_upn: bool = False) -> Subject:
        """Answer the child as an agency knows it, under that agency's own id."""
        status = NhsNumberStatus.VERIFIED if self.nhs_number else NhsNumberStatus.UNKNOWN
        return Subject(
            local_id=f"{prefix}{self.number}",
            nhs_number=self.nhs_number,
            nhs_number_status=status,
            upn=self.upn if with_upn else None,
            family_name=self.family_name,
            given_names=(self.given_name,),
            birth_date=self.birth_date,
            sex=Sex.FEMALE if self.number % 4 < 2 else Sex.MALE,
            postcode=self.postcode,
        )


class Population:
    """Every child there could be, by number."""

    def __init__(self, places: Places, now: datetime) -> None:
        """Count ages back from ``now``."""
        self._places = places
        self._today = now.date()

    def child(self, number: int) -> Child:
        """Answer the child of this number, from 0."""
        in_bradford = number % 2 == 0
        home = BRADFORD if in_bradford else LEEDS
        postcodes = self._postcodes[home]
        days = _YOUNGEST_DAYS + number * 7919 % _BIRTH_DAYS
        return Child(
            number=number,
            nhs_number=nhs_number(number) if number < CHILDREN_MAX else None,
            family_name=_word(number * 104_729 % len(_SYLLABLES) ** 3, 3),
            given_name=_word(number // len(_SYLLABLES) ** 2 * 61 + number % 3_600, 2),
            birth_date=self._today - timedelta(days=days),
            postcode=postcodes[number * 31 % len(postcodes)],
            home=home,
            site="RAE01" if in_bradford else "RR801",
            trust="RAE" if in_bradford else "RR8",
        )

    @cached_property
    def _postcodes(self) -> dict[str, tuple[Postcode, ...]]:
        return {
            council: tuple(islice(self._postcodes_of(council), _POSTCODES_MAX))
            for council in _AREAS
        }

    def _postcodes_of(self, council: str) -> Iterator[Postcode]:
        area, districts = _AREAS[council]
        wanted = GssCode(council)
        for district, digit, one, two in product(districts, range(10), _LETTERS, _LETTERS):
            postcode = Postcode.parse(f"{area}{district} {digit}{one}{two}")
            if self._places.authority_of_postcode(postcode) == wanted:
                yield postcode


def nhs_number(number: int) -> NhsNumber:
    """Answer the NHS number of the child of this number.

    Raises:
        ValueError: there are not so many.
    """
    if not 0 <= number < CHILDREN_MAX:
        raise ValueError(f"There are NHS numbers for {CHILDREN_MAX:,} made-up children.")
    eight, place = divmod(number, _NUMBERS_AN_EIGHT)
    nines = (f"{_FIRST_EIGHT + eight}{digit}" for digit in range(10))
    valid = [(nine, check) for nine in nines if (check := check_digit(nine)) is not None]
    nine, check = valid[place]
    return NhsNumber(f"{nine}{check}")


def upn(number: int) -> Upn:
    """Answer the unique pupil number of the child of this number (check letter: CIN rule 1510)."""
    digits = f"{_UPN_FROM + number:012d}"
    total = sum(int(digit) * place for place, digit in enumerate(digits, start=2))
    return Upn(f"{_UPN_LETTERS[total % len(_UPN_LETTERS)]}{digits}")


def _word(number: int, syllables: int) -> str:
    parts = []
    for _ in range(syllables):
        number, place = divmod(number, len(_SYLLABLES))
        parts.append(_SYLLABLES[place])
    return "".join(parts).capitalize()
