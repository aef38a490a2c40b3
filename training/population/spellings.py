"""When two spellings are one name to a careful reader, and how else a name is written."""

import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files

_UNDECOMPOSED = str.maketrans(
    {"ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ø": "o", "Ø": "O", "ı": "i", "İ": "I", "ß": "ss"}  # noqa: RUF001 - the dotless i is a Turkish letter
)
APOSTROPHES = "'’`"  # noqa: RUF001 - both are typed


def without_accents(name: str) -> str:
    """Answer the name in the letters of an English keyboard."""
    taken_apart = unicodedata.normalize("NFKD", name.translate(_UNDECOMPOSED))
    return "".join(c for c in taken_apart if not unicodedata.combining(c))


@lru_cache(100_000)
def words_of(name: str) -> tuple[str, ...]:
    """Answer the words of a name as a careful reader tells them apart, each in one spelling.

    Accents, case, apostrophes and hyphens make no difference to such a reader, and neither do the
    known spellings of one name.
    """
    plain = without_accents(name).casefold()
    for sign in APOSTROPHES:
        plain = plain.replace(sign, "")
    known = _one_spelling()
    return tuple(known.get(word, word) for word in plain.replace("-", " ").split())


def other_spellings(name: str, *, family: bool) -> tuple[str, ...]:
    """Answer the other ways in which a name of one word is written, none if none are known."""
    return _spellings("family" if family else "given").get(name, ())


def nicknames(name: str) -> tuple[str, ...]:
    """Answer what somebody of that name may be called, none if nothing is known."""
    return tuple(str(_table()["nicknames"].get(name, "")).split())


def is_known_name(word: str) -> bool:
    """Answer whether a word is a spelling that stands in the tables, whoever's name it is."""
    return word in _one_spelling()


@cache
def _table() -> Mapping[str, dict[str, str]]:
    path = files("training.population").joinpath("names").joinpath("spellings.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def _spellings(kind: str) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for line in _table()[kind]:
        names = line.split()
        for name in names:
            found.setdefault(name, []).extend(other for other in names if other != name)
    return {name: tuple(dict.fromkeys(others)) for name, others in found.items()}


@cache
def _one_spelling() -> Mapping[str, str]:
    """Answer, for each spelling, the one that stands for all of its name.

    Spellings that share a line are one name, and so are lines that share a spelling: whoever reads
    "Salam" cannot say which of two names was meant.
    """
    stands: dict[str, str] = {}
    for line in [*_table()["given"], *_table()["family"]]:
        plain = [_plain(word) for word in line.split()]
        heads = {stands[word] for word in plain if word in stands}
        head = min(heads, default=plain[0])
        for word, other in list(stands.items()):
            if other in heads:
                stands[word] = head
        stands.update(dict.fromkeys(plain, head))
    return stands


def _plain(word: str) -> str:
    plain = without_accents(word).casefold()
    for sign in APOSTROPHES:
        plain = plain.replace(sign, "")
    return plain.replace("-", "")
