"""Identifiers of a person: NHS number, unique pupil number, an agency's own identifier."""

import re
import unicodedata
from operator import mul
from typing import ClassVar, Self

from nhs_number.constants import REGION_ENGLAND

from hub.core.identifiers.base import HYPHENS, INVISIBLE, Flaw, Identifier


class NhsNumber(Identifier):
    """A ten-digit NHS number that passes Modulus 11 and could have been issued to a person.

    The ranges are those of England, Wales and the Isle of Man. Every number of one repeated digit
    passes Modulus 11 and is refused: feeds use them as a stand-in for everyone, and a match on
    one would join all patients into one child.
    """

    __slots__ = ()
    kind = "NHS number"
    _LENGTH: ClassVar = 10
    _PLACEHOLDERS: ClassVar = frozenset({"0123456789", "1234567890", "9876543210"})
    _WEIGHTS: ClassVar = range(10, 0, -1)
    """Of each digit, the check digit with one: their sum is a multiple of 11 (Modulus 11)."""
    _ASCII_PART: ClassVar = ord("0") * sum(_WEIGHTS) % 11
    """What characters add to that sum beyond their digits: read so, a number takes a fifth."""

    @classmethod
    def parse(cls, text: str, *, test_numbers: bool) -> Self:
        """Answer the NHS number in ``text``, spaced and hyphenated in any way.

        Args:
            text: as it came, such as ``999 000 0018`` or ``999-000-0018``.
            test_numbers: whether numbers that are never issued (all that begin with 9; our own
                made-up people use those that begin with 999) are accepted. False on live feeds.

        Raises:
            InvalidIdentifier: the reason says which check failed.
        """
        number = cls(cls._compact(text, also=HYPHENS + INVISIBLE))
        if number.is_test_number and not test_numbers:
            cls._refuse(Flaw.TEST_NUMBER, "it is of the test range, which no person has.")
        return number

    @property
    def is_test_number(self) -> bool:
        """Whether the number is of the range that is valid but never issued."""
        return self._value.startswith("9")

    def display(self) -> str:
        """Answer the number as pages and letters show it: three, three and four digits."""
        return f"{self._value[:3]} {self._value[3:6]} {self._value[6:]}"

    @classmethod
    def _check(cls, canonical: str) -> None:
        if not (canonical.isascii() and canonical.isdigit()):
            cls._refuse(Flaw.CHARACTERS, "it holds something other than digits.")
        if len(canonical) != cls._LENGTH:
            cls._refuse(Flaw.LENGTH, f"it has {len(canonical)} digits and must have 10.")
        if len(set(canonical)) == 1:
            cls._refuse(Flaw.REPEATED_DIGIT, "it is one digit repeated, a stand-in for anyone.")
        if canonical in cls._PLACEHOLDERS:
            cls._refuse(Flaw.PLACEHOLDER, "it is a made-up number that people type as a filler.")
        if sum(map(mul, canonical.encode(), cls._WEIGHTS)) % 11 != cls._ASCII_PART:
            cls._refuse(Flaw.CHECK_DIGIT, "its last digit does not agree with the other nine.")
        if canonical[0] != "9" and not cls._is_issued(int(canonical)):
            cls._refuse(Flaw.NOT_ISSUED, "it is outside the ranges issued in England and Wales.")

    @staticmethod
    def _is_issued(number: int) -> bool:
        return any(band.start <= number <= band.end for band in REGION_ENGLAND.ranges)


class Upn(Identifier):
    """A unique pupil number: a check letter, eleven digits, then a digit (a letter if temporary).

    The check (CIN rule 1510): the value of each of characters 2 to 13 times its position, summed,
    modulo 23, is the index of character 1 in the alphabet without I, O and S. Many exports carry
    wrong check letters: then the child has no usable UPN, and is kept.
    """

    __slots__ = ()
    kind = "UPN"
    _LENGTH: ClassVar = 13
    _ALPHABET: ClassVar = "ABCDEFGHJKLMNPQRTUVWXYZ"
    _SHAPE: ClassVar = re.compile(rf"[{_ALPHABET}][0-9]{{11}}[0-9{_ALPHABET}]")
    _UNKNOWN: ClassVar = re.compile(r"UN[1-9]")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Answer the UPN in ``text``, in either case, with or without spaces.

        Raises:
            InvalidIdentifier: the reason says which check failed.
        """
        return cls(cls._compact(text, also=HYPHENS + INVISIBLE))

    @property
    def is_temporary(self) -> bool:
        """Whether a school gave it until the permanent number is known."""
        return self._value[-1].isalpha()

    @classmethod
    def _check(cls, canonical: str) -> None:
        if cls._UNKNOWN.fullmatch(canonical):
            cls._refuse(Flaw.PLACEHOLDER, "it is a code that says why no UPN is known.")
        if len(canonical) != cls._LENGTH:
            cls._refuse(Flaw.LENGTH, f"it has {len(canonical)} characters and must have 13.")
        if not cls._SHAPE.fullmatch(canonical):
            cls._refuse(Flaw.CHARACTERS, "a letter, 11 digits and a digit or letter were expected.")
        if len(set(canonical[1:])) == 1:
            cls._refuse(Flaw.REPEATED_DIGIT, "its digits are one digit repeated.")
        if cls._check_letter(canonical) != canonical[0]:
            cls._refuse(Flaw.CHECK_DIGIT, "its first letter does not agree with what follows.")

    @classmethod
    def _check_letter(cls, canonical: str) -> str:
        values = [int(c) if c.isdigit() else cls._ALPHABET.index(c) for c in canonical[1:]]
        total = sum(position * value for position, value in enumerate(values, start=2))
        return cls._ALPHABET[total % len(cls._ALPHABET)]


class LocalId(Identifier):
    """An agency's own identifier of a person, kept as it is written but for outer spaces."""

    __slots__ = ()
    kind = "local identifier"
    _LONGEST: ClassVar = 100

    @classmethod
    def parse(cls, text: str) -> Self:
        """Answer the identifier in ``text`` without the spaces around it, case kept.

        Raises:
            InvalidIdentifier: it is empty, longer than 100 characters or holds control characters.
        """
        return cls(unicodedata.normalize("NFC", text).strip())

    @classmethod
    def _check(cls, canonical: str) -> None:
        if not canonical:
            cls._refuse(Flaw.EMPTY, "nothing was given.")
        if len(canonical) > cls._LONGEST:
            cls._refuse(Flaw.LENGTH, f"it has {len(canonical)} characters; at most 100 are taken.")
        if canonical != canonical.strip() or (
            not canonical.isprintable()
            and any(unicodedata.category(c).startswith("C") for c in canonical)
        ):
            cls._refuse(Flaw.CHARACTERS, "it holds control characters or outer spaces.")
