"""Codes of a terminology: what a clinician recorded, in words that others share."""

from typing import ClassVar, Self

from hub.core.identifiers.base import HYPHENS, INVISIBLE, Flaw, Identifier


class SnomedCode(Identifier):
    """A SNOMED CT identifier, such as ``836881000000105``: 6 to 18 digits, the last a check digit.

    Only form and check digit (Verhoeff's) are checked. Which concept it is, and whether that is
    still in use, says a release of the terminology, which changes twice a year.
    """

    __slots__ = ()
    kind = "SNOMED CT code"
    _SHORTEST: ClassVar = 6
    _LONGEST: ClassVar = 18

    @classmethod
    def parse(cls, text: str) -> Self:
        """Answer the code in ``text``, however it is spaced.

        Raises:
            InvalidIdentifier: the reason says which check failed; a term in words fails by
                characters.
        """
        return cls(cls._compact(text, also=HYPHENS + INVISIBLE))

    @classmethod
    def _check(cls, canonical: str) -> None:
        if not (canonical.isascii() and canonical.isdigit()):
            cls._refuse(Flaw.CHARACTERS, "it holds something other than digits.")
        if not cls._SHORTEST <= len(canonical) <= cls._LONGEST:
            cls._refuse(Flaw.LENGTH, f"it has {len(canonical)} digits; 6 to 18 were expected.")
        if canonical.startswith("0"):
            cls._refuse(Flaw.NOT_ISSUED, "it begins with 0, and none does.")
        if _checksum(canonical):
            cls._refuse(Flaw.CHECK_DIGIT, "its check digit is wrong.")


def _checksum(digits: str) -> int:
    """Answer Verhoeff's checksum, 0 for a code without a slip: the dihedral group of order ten."""
    found = 0
    for place, digit in enumerate(reversed(digits)):
        found = _product(found, _MOVED[place % len(_MOVED)][int(digit)])
    return found


_HALF = 5


def _product(one: int, other: int) -> int:
    turned = (one + other if one < _HALF else one - other) % _HALF
    return turned if (one < _HALF) == (other < _HALF) else turned + _HALF


_STEP = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def _moved() -> tuple[tuple[int, ...], ...]:
    rows = [tuple(range(10))]
    for _ in range(7):
        rows.append(tuple(_STEP[value] for value in rows[-1]))
    return tuple(rows)


_MOVED = _moved()
"""Verhoeff's permutation, applied as often as the digit's place says; the eighth is the first."""
