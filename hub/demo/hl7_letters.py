"""The letters of a message, as the two kinds of hospital system write them."""

import unicodedata

from hub.demo.places import Style, Trust

LATIN_1_LETTERS = str.maketrans({"ł": "l", "Ł": "L", "đ": "d", "Đ": "D"})
"""Letters that have no plain letter under a mark, as a Latin-1 system writes them."""


def encoded(segments: tuple[str, ...], trust: Trust) -> bytes:
    """Answer the bytes of a message: letters with marks as the trust's system can write them."""
    text = "".join(f"{segment}\r" for segment in segments)
    if trust.style is Style.ITK:
        return text.encode()
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return _without_marks(text).encode("latin-1")


def _without_marks(text: str) -> str:
    """Answer the text in Latin-1, marks dropped where a letter with its mark is not in it."""
    kept: list[str] = []
    for letter in unicodedata.normalize("NFC", text.translate(LATIN_1_LETTERS)):
        if ord(letter) < 256:  # noqa: PLR2004 - the size of Latin-1
            kept.append(letter)
        else:
            kept += [c for c in unicodedata.normalize("NFD", letter) if ord(c) < 128]  # noqa: PLR2004 - ASCII
    return "".join(kept)
