"""Identifiers that pass every check and are nobody's: NHS numbers of the 999 range, and UPNs."""

import re
from random import Random

_NHS_WEIGHTS = range(10, 1, -1)
_NHS_FIRST, _NHS_LAST = 999_000_000, 999_999_999
_TEN = 10
UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
_UPN = re.compile(rf"[{UPN_LETTERS}][0-9]{{11}}[0-9{UPN_LETTERS}]")
_LEA = ("380", "381", "382", "383", "384")
"""The Department's numbers of Bradford, Calderdale, Kirklees, Leeds and Wakefield."""


def nhs_check_digit(nine: str) -> int | None:
    """Answer the Modulus 11 check digit of nine digits; None if there is no valid one."""
    total = sum(weight * int(digit) for weight, digit in zip(_NHS_WEIGHTS, nine, strict=True))
    digit = (11 - total % 11) % 11
    return None if digit == _TEN else digit


def is_valid_nhs_number(text: str) -> bool:
    """Answer whether the digits in a text are an NHS number with a right check digit."""
    digits = "".join(c for c in text if c.isdigit())
    if len(digits) != _TEN or len(set(digits)) == 1:
        return False
    return nhs_check_digit(digits[:9]) == int(digits[9])


def upn_check_letter(twelve: str) -> str:
    """Answer the check letter before twelve characters (CIN rule 1510)."""
    values = [int(c) if c.isdigit() else UPN_LETTERS.index(c) for c in twelve]
    total = sum(place * value for place, value in enumerate(values, start=2))
    return UPN_LETTERS[total % len(UPN_LETTERS)]


def is_valid_upn(text: str) -> bool:
    """Answer whether a text is a UPN, permanent or temporary, with a right check letter."""
    return bool(_UPN.fullmatch(text)) and upn_check_letter(text[1:]) == text[0]


class Numbers:
    """Deals identifiers, none of them twice in one population."""

    def __init__(self, random: Random) -> None:
        """Deal in the order that ``random`` gives."""
        self._random = random
        self._dealt: set[str] = set()

    def nhs_number(self) -> str:
        """Answer an NHS number, ten digits without spaces."""
        while True:
            nine = str(self._random.randint(_NHS_FIRST, _NHS_LAST))
            digit = nhs_check_digit(nine)
            number = f"{nine}{digit}"
            if digit is not None and len(set(number)) > 1 and self._is_new(number):
                return number

    def upn(self, year: int) -> str:
        """Answer the UPN that a pupil was given in a year."""
        while True:
            number = self._upn_of(year, str(self._random.randrange(10)))
            if self._is_new(number):
                return number

    def _upn_of(self, year: int, last: str) -> str:
        establishment = self._random.randrange(2000, 4400)
        serial = self._random.randrange(100)
        twelve = f"{self._random.choice(_LEA)}{establishment}{year % 100:02d}{serial:02d}{last}"
        return upn_check_letter(twelve) + twelve

    def _is_new(self, number: str) -> bool:
        if number in self._dealt:
            return False
        self._dealt.add(number)
        return True
