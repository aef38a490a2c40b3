"""Slips of the pen: one letter left out, put in, doubled, replaced, or two exchanged."""

from collections.abc import Callable, Mapping
from itertools import accumulate
from random import Random

from training.population.chance import happens
from training.population.rates import Rates

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_HEARD = (
    *(("ph", "f"), ("f", "ph"), ("ck", "k"), ("k", "c"), ("c", "k"), ("ie", "ei"), ("ei", "ie")),
    *(("ee", "ea"), ("ea", "ee"), ("y", "i"), ("i", "y"), ("ou", "oo"), ("oo", "u"), ("s", "z")),
    *(("z", "s"), ("sh", "ch"), ("th", "t"), ("a", "e"), ("e", "a"), ("o", "u"), ("u", "o")),
    *(("w", "v"), ("v", "w"), ("j", "y"), ("x", "ks"), ("kh", "k"), ("gh", "g"), ("mm", "m")),
)
_SHORTEST = 3


def _neighbours() -> Mapping[str, str]:
    beside: dict[str, str] = {}
    for row, other in zip(_ROWS, (*_ROWS[1:], ""), strict=True):
        for place, letter in enumerate(row):
            beside[letter] = beside.get(letter, "") + row[max(0, place - 1) : place]
            beside[letter] += row[place + 1 : place + 2] + other[max(0, place - 1) : place + 1]
            for below in other[max(0, place - 1) : place + 1]:
                beside[below] = beside.get(below, "") + letter
    return beside


_BESIDE = _neighbours()


def slipped(random: Random, rates: Rates, word: str) -> tuple[str, int]:
    """Answer the word with a slip or two in it, and how many; a word of two letters stays.

    Never answers the word itself with a count above 0.
    """
    written, slips = word, 0
    for _ in range(2 if happens(random, rates.second_slip) else 1):
        if len(written) >= _SHORTEST:
            kind = random.choices(list(rates.slips), weights=list(rates.slips.values()))[0]
            after = _SLIPS[kind](random, written, _place(random, rates, written))
            slips += after != written
            written = after
    return (written, slips) if written != word else (word, 0)


def _place(random: Random, rates: Rates, word: str) -> int:
    weights = [rates.first_letter, *([1.0] * (len(word) - 1))]
    summed = list(accumulate(weights))
    drawn = random.random() * summed[-1]
    return next(place for place, upto in enumerate(summed) if drawn < upto)


def _cased(letter: str, like: str) -> str:
    return letter.upper() if like.isupper() else letter


def _left_out(_: Random, word: str, place: int) -> str:
    return word[:place] + word[place + 1 :]


def _put_in(random: Random, word: str, place: int) -> str:
    letter = random.choice(_BESIDE.get(word[place].lower(), "e"))
    return word[: place + 1] + letter + word[place + 1 :]


def _doubled(_: Random, word: str, place: int) -> str:
    return word[: place + 1] + word[place].lower() + word[place + 1 :]


def _replaced(random: Random, word: str, place: int) -> str:
    letter = random.choice(_BESIDE.get(word[place].lower(), "e"))
    return word[:place] + _cased(letter, word[place]) + word[place + 1 :]


def _exchanged(_: Random, word: str, place: int) -> str:
    at = min(place, len(word) - 2)
    one, other = word[at], word[at + 1]
    return word[:at] + _cased(other.lower(), one) + _cased(one.lower(), other) + word[at + 2 :]


def _heard(random: Random, word: str, place: int) -> str:
    fitting = [(old, new) for old, new in _HEARD if old in word[1:].lower()]
    if not fitting:
        return _replaced(random, word, place)
    old, new = random.choice(fitting)
    at = word.lower().index(old, 1)
    return word[:at] + new + word[at + len(old) :]


_SLIPS: Mapping[str, Callable[[Random, str, int], str]] = {
    "letter_left_out": _left_out,
    "letter_put_in": _put_in,
    "letter_doubled": _doubled,
    "letter_replaced_by_neighbour": _replaced,
    "letter_heard_otherwise": _heard,
    "letters_exchanged": _exchanged,
}
