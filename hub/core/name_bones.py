"""The consonants of a word as heard, by which transliterations of one name agree. Pure."""

from functools import lru_cache
from typing import Final

_WORDS_KEPT: Final = 20_000

_HEARD: Final = (
    ("sch", "s"), ("tsch", "s"), ("sz", "s"), ("cz", "s"), ("ch", "s"), ("sh", "s"), ("ph", "f"),
    ("th", "t"), ("dh", "d"), ("kh", "k"), ("gh", "g"), ("ck", "k"), ("dj", "j"), ("dz", "j"),
    ("c", "k"), ("q", "k"), ("x", "ks"), ("z", "s"), ("v", "f"), ("w", "f"),
)  # fmt: skip
_UNHEARD: Final = str.maketrans("", "", "aeiouyh")


@lru_cache(_WORDS_KEPT)
def bones(word: str) -> str:
    """Answer the consonants of a word as heard, and whether it begins with a vowel.

    Transliterations differ in vowels, doubled letters and in how one sound is written.
    """
    heard = word
    for written, sound in _HEARD:
        heard = heard.replace(written, sound)
    single = "".join(c for c, before in zip(heard, " " + heard, strict=False) if c != before)
    kept = single[1:].translate(_UNHEARD)
    first = "a" if single[:1] in "aeiouy" else single[:1]
    return first + kept if len(kept) > 1 else word
