"""Texts of an HL7 v2 message: cleaned, bounded, and without escape sequences."""

import re
import unicodedata
from typing import Final

TEXT_CHARACTERS_MAX: Final = 200
"""Longest component that is kept; an HL7 name, street or code is far shorter."""

_DEFAULTS: Final = "^~\\&"


class Escapes:
    """HL7 escape sequences of one message's separators."""

    __slots__ = ("_pattern", "_replacements", "mark")

    def __init__(self, separator: str, encoding: str) -> None:
        """Take what MSH-1 and MSH-2 say; HL7's own marks stand in for those left out."""
        chosen = encoding + _DEFAULTS[len(encoding) :]
        self.mark = chosen[2]
        mark = re.escape(self.mark)
        self._pattern = re.compile(f"{mark}([^{mark}]{{1,40}}){mark}")
        self._replacements = {
            "F": separator,
            "S": chosen[0],
            "R": chosen[1],
            "E": chosen[2],
            "T": chosen[3],
        }

    def are_plain(self, text: str) -> bool:
        """Say whether every part of a text is certain to be what ``replace`` answers of it."""
        return (
            text.isprintable()
            and " " not in text
            and self.mark not in text
            and len(text) <= TEXT_CHARACTERS_MAX
        )

    def replace(self, text: str) -> str:
        """Answer the text with its sequences replaced, without control characters, bounded."""
        return clean(self._pattern.sub(self._one, text) if self.mark in text else text)

    def _one(self, match: re.Match[str]) -> str:
        sequence = match[1]
        if sequence.startswith("X"):
            try:
                return bytes.fromhex(sequence[1:]).decode("latin-1")
            except ValueError:
                return ""
        if sequence.startswith("."):
            return " "
        return self._replacements.get(sequence, "")


def clean(text: str) -> str:
    """Answer a text without control characters and doubled spaces, cut at the longest kept."""
    if text.isprintable() and " " not in text:
        return text[:TEXT_CHARACTERS_MAX]
    spaced = " ".join(text.split())
    if not spaced.isprintable():
        spaced = "".join(c for c in spaced if not unicodedata.category(c).startswith("C"))
    return spaced[:TEXT_CHARACTERS_MAX].strip()
