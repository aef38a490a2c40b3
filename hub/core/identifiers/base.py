"""What every identifier has in common: made once, never changed, hidden wherever it is printed."""

import unicodedata
from enum import StrEnum
from typing import ClassVar, Final, NoReturn, Self

from hub.errors import InvalidIdentifier

HYPHENS: Final = "-\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
"""Every dash that people and word processors put into numbers."""

INVISIBLE: Final = "\u200b\u200c\u200d\u2060\ufeff"
"""Characters without width that copying and pasting leaves behind."""


class Flaw(StrEnum):
    """Which check a text failed: counted, and told to the agency in place of the text."""

    EMPTY = "empty"
    LENGTH = "length"
    CHARACTERS = "characters"
    SHAPE = "shape"
    CHECK_DIGIT = "check_digit"
    REPEATED_DIGIT = "repeated_digit"
    PLACEHOLDER = "placeholder"
    TEST_NUMBER = "test_number"
    NOT_ISSUED = "not_issued"
    UNKNOWN_AREA = "unknown_area"


class Identifier:
    """An immutable text that identifies someone or something, hidden wherever it is printed.

    Two are equal if their type and value are. There is no order, and none can be pickled.
    """

    __slots__ = ("_value",)

    kind: ClassVar[str]
    """What it is, in the field's words, for messages and counts."""

    _value: str

    def __init__(self, canonical: str) -> None:
        """Take the canonical spelling; anything else raises ``InvalidIdentifier``."""
        self._check(canonical)
        object.__setattr__(self, "_value", canonical)

    def reveal(self) -> str:
        """Answer the canonical value itself: only for storing, sending, comparing, showing."""
        return self._value

    @classmethod
    def _check(cls, canonical: str) -> None:
        raise NotImplementedError

    @classmethod
    def _refuse(cls, flaw: Flaw, sentence: str) -> NoReturn:
        raise InvalidIdentifier(cls.kind, flaw, sentence)

    @classmethod
    def _compact(cls, text: str, *, also: str = "") -> str:
        """Answer the text in upper case without spaces, refusing an empty one."""
        if text.isascii():  # as nearly all are: then there is nothing to normalise
            kept = "".join(text.split()).upper()
            kept = kept.replace("-", "") if "-" in also else kept
        else:
            plain = unicodedata.normalize("NFKC", text)
            kept = "".join(c for c in plain if not c.isspace() and c not in also).upper()
        if not kept:
            cls._refuse(Flaw.EMPTY, "nothing was given.")
        return kept

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} cannot be changed.")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} cannot be changed.")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Identifier) or type(other) is not type(self):
            return NotImplemented
        return self._value == other._value

    def __hash__(self) -> int:
        return hash((type(self).__name__, self._value))

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"

    __str__ = __repr__

    def __format__(self, specification: str) -> str:
        return repr(self)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} is not pickled: reveal it and seal it instead.")
