"""What may be shown of a code as an agency sent it: never a person who stands where a code should.

A fault names the code that a mapping lacks, so that a person can add it. In a message whose fields
are misplaced that code can be a name or a number. Pure.
"""

import re
from collections.abc import Iterable
from typing import Final

_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_NUMBER: Final = re.compile(r"\d(?:[ -]?\d){8,}")
"""Nine digits or more: longer than a place's code, as long as a person's number."""


def may_be_shown(code: str, names: Iterable[str]) -> bool:
    """Answer whether a code repeats no word of these names and holds no person's number.

    Args:
        code: as it was sent.
        names: the names of everybody in the same record, in any case.
    """
    words = {word for name in names for word in _words(name)}
    return not words & _words(code) and _NUMBER.search(code) is None


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text)}
