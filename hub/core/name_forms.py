"""The names that a written name holds, each in words: known-as, former and bracketed ones too.

``normalise_name`` makes one name of what was written, for keys that are stored. Here nothing is
left out: what stands in brackets, after "known as" or after "née" is a further name of the same
person. Nothing here is stored.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from hub.core.names import (
    PARTICLES,
    is_name_not_said,
    is_placeholder_name,
    normalise_name,
    surname_sounds,
)

Words = tuple[str, ...]
"""A name as its words, normal form, in the order written."""

_NAMES_KEPT: Final = 20_000
"""Of how many written names the forms are remembered: common ones come again and again."""

_ASIDE: Final = re.compile(r"[(\[{]([^)\]}]*)(?:[)\]}]|$)|[\"“]([^\"”]*)(?:[\"”]|$)")
_FURTHER: Final = re.compile(
    r"(?<=\S)[\s,;]+(?:also known as|likes to be called|known as|preferred name|prefers"
    r"|a\.?k\.?a\b\.?|k/a|n[eé]e|formerly|previously|alias)\b[\s:]*",
    re.IGNORECASE,
)
_WITHIN: Final = re.compile(
    r"^(?:k(?:n(?:o(?:w(?:n(?: as?)?)?)?)?)?|aka|nee|formerly|previously)\b\s*", re.IGNORECASE
)
"""How an aside begins, whole or cut off."""

_SEVERAL: Final = frozenset({"twin", "twins", "triplet", "triplets"})
_TITLES: Final = frozenset({"master", "miss", "mr", "mrs", "ms", "mx", "dr"})


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenForms:
    """The given names of one written name; ``repr`` shows none of them."""

    names: tuple[Words, ...] = field(default=(), repr=False)
    placeholder: bool = False
    """Whether something was written that stands for a name not given: baby, twin 1, unknown."""
    of_several: bool = False
    """Whether that says that several were born together: twin 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyForm:
    """One family name: its words, the whole without spaces, and the parts that stand alone."""

    words: Words = field(repr=False)
    whole: str = field(repr=False)
    parts: frozenset[str] = field(repr=False)
    sounds: frozenset[str] = field(repr=False)


@lru_cache(_NAMES_KEPT)
def given_forms(written: str) -> GivenForms:
    """Answer every given name in what was written, in words; a placeholder holds none.

    ``Mohammad Tariq aka Tariq`` is two names, ``Penelope (known as Penny)`` too; ``Twin 1`` none.
    """
    found = [_untitled(words) for words in _written_names(written)]
    named = [words for words in found if words and not is_placeholder_name(" ".join(words))]
    unnamed = bool(found) and not named
    return GivenForms(
        names=tuple(dict.fromkeys(named)),
        placeholder=unnamed,
        of_several=unnamed and any(word in _SEVERAL for words in found for word in words),
    )


@lru_cache(_NAMES_KEPT)
def family_forms(written: str) -> tuple[FamilyForm, ...]:
    """Answer every family name in what was written: ``Smith (Jones)`` is two; "unknown" is none."""
    found = [words for words in _written_names(written) if not is_name_not_said(" ".join(words))]
    return tuple(_family(words) for words in dict.fromkeys(found))


def _family(words: Words) -> FamilyForm:
    parts, led = set(), ""
    for word in words:
        led += word
        if word not in PARTICLES and len(word) > 1:
            parts |= {word, led}
            led = ""
    whole = "".join(words)
    return FamilyForm(
        words=words,
        whole=whole,
        parts=frozenset(parts or {whole}),
        sounds=surname_sounds(" ".join(words)),
    )


def _written_names(written: str) -> list[Words]:
    """Answer each name in the text as words: first what stands outside brackets."""
    asides = [_WITHIN.sub("", one or other) for one, other in _ASIDE.findall(written)]
    texts = [*_FURTHER.split(_ASIDE.sub(" ", written)), *asides]
    return [words for text in texts if (words := tuple(normalise_name(text).split()))]


def _untitled(words: Words) -> Words:
    return tuple(word for word in words if word not in _TITLES) or words
