"""How names of people are compared: normal form, the sound of a surname, agreement of given names.

Names are compared, never replaced: the spelling that an agency sent is what is kept and shown.
All here answer the same for the same text for ever, since answers become stored keys: raise
:data:`SURNAME_SOUND_VERSION` with any change to how a surname sounds, and rebuild the keys.
"""

import re
import unicodedata
from enum import Enum
from functools import lru_cache
from typing import Final

import jellyfish

SURNAME_SOUND_VERSION: Final = 1
"""Part of every key made from a surname's sound, so that two rules never mix in one index."""

_SURNAMES_KEPT: Final = 20_000
"""Of how many surnames the sounds are remembered: the commonest ones come again and again."""

_APOSTROPHES: Final = str.maketrans("", "", "'`´‘’‛ʹʻʼʽʾʿˈ′＇\u200b\u200c\u200d\u2060\ufeff\u00ad")  # noqa: RUF001  # every apostrophe that feeds carry, and characters without width
_UNDECOMPOSED: Final = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "\u0131": "i",
        "ħ": "h",
    }
)
"""Latin letters that Unicode does not take apart into a plain letter and a mark."""

_BRACKETED: Final = re.compile(
    r"\([^)]*(?:\)|$)|\[[^\]]*(?:\]|$)|\{[^}]*(?:\}|$)|\"[^\"]*\"|“[^”]*”"
)
_NOT_ALPHANUMERIC: Final = re.compile(r"[^a-z0-9]")
_KNOWN_AS: Final = re.compile(r"(?<=\w) (?:known as|a k a|aka|nee|formerly|previously)(?: .*)?$")


def normalise_name(name: str) -> str:
    """Answer the name as compared: plain lower-case words with one space between them.

    Marks and apostrophes go (``O'Brien`` and ``OBrien``, ``Zoë`` and ``Zoe`` are one), hyphens and
    other punctuation become spaces, bracketed parts and what follows "known as" are left out.
    Other scripts are kept in their own letters. Normalising again changes nothing.
    """
    if name.isascii():  # nearly all, and nothing in them has another form: a fifth of the time
        return _normal_ascii(name)
    folded = name
    for _ in range(2):  # folding can produce letters and apostrophes that decompose again
        plain = folded.translate(_APOSTROPHES)
        folded = unicodedata.normalize("NFKD", plain).casefold().translate(_APOSTROPHES)
    folded = _BRACKETED.sub(" ", folded.translate(_UNDECOMPOSED))
    unmarked = (c for c in folded if not unicodedata.category(c).startswith("M"))
    words = "".join(c if c.isalnum() else " " for c in unmarked).split()
    return _KNOWN_AS.sub("", " ".join(words))


def _normal_ascii(name: str) -> str:
    folded = _BRACKETED.sub(" ", name.translate(_APOSTROPHES).casefold())
    return _KNOWN_AS.sub("", " ".join(_NOT_ALPHANUMERIC.sub(" ", folded).split()))


_NOT_SAID: Final = frozenset(
    {
        "anon", "anonymous", "n k", "name unknown", "nk", "no name", "none", "not given",
        "not known", "not named", "not recorded", "not stated", "tba", "tbc", "to be advised",
        "to be confirmed", "unknown", "unnamed",
    }
)  # fmt: skip
_BEFORE_NAMING: Final = frozenset(
    {"baby", "babyboy", "babygirl", "foetus", "fetus", "infant", "neonate", "newborn", "triplet"}
    | {"twin", "unborn"}
)
_IN_PLACE_OF_A_NAME: Final = frozenset({"boy", "child", "female", "girl", "male", "unknown"})
_ORDER: Final = frozenset(
    {"1", "2", "3", "a", "b", "c", "first", "i", "ii", "iii", "number", "of", "one", "second"}
    | {"third", "three", "two"}
)


def is_placeholder_name(given_name: str) -> bool:
    """Answer whether a given name stands for a name not given: baby, infant, twin 1, male, unknown.

    What follows "baby", "infant", "twin" and the like is the mother's name or the surname, so the
    whole is a placeholder. An empty name is not one.
    """
    normal = normalise_name(given_name)
    words = normal.split()
    if not words:
        return False
    if normal in _NOT_SAID or words[0] in _BEFORE_NAMING or words[:2] == ["b", "o"]:
        return True
    kinds = _IN_PLACE_OF_A_NAME | _BEFORE_NAMING
    return bool(kinds & set(words)) and set(words) <= kinds | _ORDER


PARTICLES: Final = frozenset(
    {
        "ab", "al", "ap", "ben", "bin", "bint", "da", "das", "de", "del", "della", "den", "der",
        "des", "di", "do", "dos", "du", "e", "el", "ibn", "la", "le", "les", "lo", "mac", "mc",
        "o", "of", "saint", "st", "ten", "ter", "the", "ul", "van", "von", "y",
    }
)  # fmt: skip
"""Words that belong to the part after them: alone they would make half of all surnames alike."""

_RESPELLINGS: Final = tuple(
    (re.compile(pattern), plain)
    for pattern, plain in (
        (r"^(?:kn|gn|pn)", "n"),  # Knight, Night
        (r"^wr", "r"),  # Wright, Right
        (r"^wh", "w"),
        (r"^(?:sch|ps|x|z)", "s"),  # Schmidt, Smith
        (r"ph", "f"),  # Phillips, Filips
        (r"^v", "f"),
        (r"^(?:kh|k|q)", "c"),  # Qureshi, Kureshi; Katherine, Catherine
        (r"^g(?=e[aeiouy]|i|y)", "j"),  # Geoffrey, Jeffrey
        (r"^[aeiouy]+(?=[^aeiouy]|$)", "a"),  # Ibrahim, Ebrahim; Osman, Usman; Yusuf, Youssef
        (r"(?<=[aeiou])gh(?![aeiouy])", ""),  # Leigh, Lee
        (r"m[pb](?=[st])", "m"),  # Thompson, Thomson
        (r"(?<=n)st(?=on)", "s"),  # Johnston, Johnson
    )
)
_RESPELLED: Final = re.compile("|".join(f"(?:{one.pattern})" for one, _ in _RESPELLINGS))
"""Found in no name that the respellings leave as it is."""


def is_name_not_said(name: str) -> bool:
    """Answer whether a name in normal form says that there is none: unknown, not given."""
    return name in _NOT_SAID


def surname_sound(surname: str) -> str | None:
    """Answer how the whole surname sounds, or None if it holds no letter or says "unknown".

    A Soundex of the respelled name, such as ``S530`` for Smith, Smyth and Schmidt. A name without
    a Latin letter has no sound here: its own spelling after ``=`` stands in, so that it agrees with
    itself.
    """
    normal = normalise_name(surname)
    return None if normal in _NOT_SAID else _sound(normal.replace(" ", ""))


@lru_cache(_SURNAMES_KEPT)
def surname_sounds(surname: str) -> frozenset[str]:
    """Answer every sound under which a surname should be found: of each part, and of the whole.

    Double-barrelled names are written with either part left out, apart or together. Empty where
    :func:`surname_sound` is None: nothing can be told from such a name.
    """
    normal = normalise_name(surname)
    if normal in _NOT_SAID:
        return frozenset()
    words = normal.split()
    spellings = {"".join(words)}
    led = ""
    for word in words:
        led += word
        if word not in PARTICLES and len(word) > 1:
            spellings |= {word, led}
            led = ""
    return frozenset(sound for spelling in spellings if (sound := _sound(spelling)) is not None)


def _sound(word: str) -> str | None:
    latin = re.sub(r"[^a-z]", "", word)
    if not latin:
        return f"={word}" if any(c.isalpha() for c in word) else None
    if _RESPELLED.search(latin):
        for pattern, plain in _RESPELLINGS:
            latin = pattern.sub(plain, latin)
    return jellyfish.soundex(latin)


class NameVerdict(Enum):
    """What comparing two given names tells about whether they are one person's."""

    AGREES = "agrees"
    DIFFERS = "differs"
    CANNOT_TELL = "cannot_tell"


_LIKE_ENOUGH_TO_DOUBT: Final = 0.88
"""Jaro-Winkler similarity from which two names may be one name spelt twice: this project's own."""

_SHORTEST_SHORT_FORM: Final = 3


def given_name_agrees(one: str, other: str) -> NameVerdict:
    """Answer whether two given names are one name, are two, or do not tell.

    Agreement and difference both carry weight (twins are told apart by them), so each is answered
    only where it is plain. The same words agree, in any case and with or without accents, and so
    does a name with one of its parts left out (``Mary``, ``Mary Jane``). An initial that fits, a
    short form that begins the longer (``Sam``, ``Samuel``), a near spelling (``Jon``, ``John``),
    one part in common and another not, an empty name and a placeholder do not tell. There is no
    table of diminutives: ``Bob`` differs from ``Robert``.
    """
    if is_placeholder_name(one) or is_placeholder_name(other):
        return NameVerdict.CANNOT_TELL
    fewer, more = sorted((normalise_name(one).split(), normalise_name(other).split()), key=len)
    if not fewer:
        return NameVerdict.CANNOT_TELL
    if "".join(fewer) == "".join(more):
        return NameVerdict.AGREES
    if any(len(word) > 1 and word in more for word in fewer):
        fits = all(any(_fits(word, candidate) for candidate in more) for word in fewer)
        return NameVerdict.AGREES if fits else NameVerdict.CANNOT_TELL
    if any(_might_be(word, candidate) for word in fewer for candidate in more):
        return NameVerdict.CANNOT_TELL
    return NameVerdict.DIFFERS


def _fits(one: str, other: str) -> bool:
    """Answer whether the two are the same word, or one is the other's initial."""
    return one == other or (1 in (len(one), len(other)) and one[0] == other[0])


def _might_be(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return (
        _fits(one, other)
        or (len(short) >= _SHORTEST_SHORT_FORM and long.startswith(short))
        or jellyfish.jaro_winkler_similarity(one, other) >= _LIKE_ENOUGH_TO_DOUBT
        or _sounds_alike(one, other)
    )


def _sounds_alike(one: str, other: str) -> bool:
    sound = _sound(one)
    return sound is not None and sound == _sound(other)
