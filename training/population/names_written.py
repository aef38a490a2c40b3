"""How agencies write a child's names, and which words of them a careful reader still recognises."""

from collections.abc import Iterable
from datetime import date

from training.population.chance import happens
from training.population.draft import FAMILY, GIVEN, Draft, Fact
from training.population.people import Child
from training.population.rates import Luck
from training.population.slips import slipped
from training.population.spellings import (
    APOSTROPHES,
    is_known_name,
    nicknames,
    other_spellings,
    without_accents,
    words_of,
)

NEWBORN_DAYS = 28
REGISTERED_BY_DAYS = 42
_CUT_AT = 12
_RECOGNISED_AFTER_A_SLIP = 4
_RECOGNISED_AFTER_TWO = 8


def write_names(draft: Draft, child: Child, day: date, luck: Luck) -> None:
    """Write given and family name into a draft."""
    factor = 1.0 if child.british_names else luck.rates.other_origin
    _write_given(draft, child, day, luck, factor)
    _write_family(draft, child, day, luck, factor)
    if draft.given and draft.family and luck.strikes("names_exchanged", factor):
        draft.given, draft.family = draft.family, draft.given
        draft.mistakes.append("names_exchanged")
    draft.given = _as_typed(draft, draft.given, luck)
    draft.family = _as_typed(draft, draft.family, luck)
    if luck.strikes("capitals"):
        draft.given, draft.family = draft.given.upper(), draft.family.upper()
        draft.ways.append("capitals")


def _write_given(draft: Draft, child: Child, day: date, luck: Luck, factor: float) -> None:
    if child.days_old(day) < NEWBORN_DAYS and luck.strikes("newborn_placeholder"):
        draft.given = _newborn(child, luck)
        draft.mistakes.append("newborn_placeholder")
    elif luck.strikes("given_unknown"):
        said = "girl" if child.sex == "F" else "boy"
        draft.given = luck.random.choice(("", "Unknown", "UNKNOWN", "Not known", f"Child ({said})"))
        draft.mistakes.append("given_unknown")
    elif luck.strikes("given_initial"):
        draft.given = child.called[0]
        draft.mistakes.append("given_initial")
    else:
        names = _names_told(draft, child, luck, factor)
        spoken = [_spelled(draft, name, luck, factor, family=False) for name in names]
        draft.given = " ".join(spoken)
        _known_as(draft, child, luck)


def _newborn(child: Child, luck: Luck) -> str:
    girl = child.sex == "F"
    forms = [
        "Baby",
        "Baby Girl" if girl else "Baby Boy",
        "Female Infant" if girl else "Male Infant",
    ]
    forms += ["BABY", "Babygirl" if girl else "Babyboy", "Infant"]
    if child.twin is not None:
        which = "1" if child.key < child.twin else "2"
        forms = [f"Twin {which}", f"Baby Twin {which}", f"Twin {'I' * int(which)}", *forms[:2]]
    return luck.random.choice(forms)


def _names_told(draft: Draft, child: Child, luck: Luck, factor: float) -> list[str]:
    """Answer which of the child's given names are written, in which order."""
    others = [name for name in child.given if name != child.called]
    if luck.strikes("given_nickname") and nicknames(child.called):
        draft.mistakes.append("given_nickname")
        draft.kept |= _facts(GIVEN, child.called)
        return [luck.random.choice(nicknames(child.called))]
    if others and luck.strikes("given_order", factor):
        draft.mistakes.append("given_order")
        return list(reversed(child.given))
    if others and luck.strikes("given_middle", factor):
        draft.mistakes.append("given_middle")
        return [luck.random.choice(others)]
    if luck.strikes("given_all_names"):
        draft.ways.append("given_all_names")
        return list(child.given)
    return [child.given[0] if happens(luck.random, 0.5) else child.called]


def _known_as(draft: Draft, child: Child, luck: Luck) -> None:
    short = nicknames(child.called)
    if luck.strikes("given_known_as") and (short or child.called != child.given[0]):
        also = luck.random.choice(short) if short else child.called
        form = luck.random.choice(("{} ({})", "{} (known as {})", "{} known as {}", "{} aka {}"))
        draft.given = form.format(draft.given, also)
        draft.kept |= _facts(GIVEN, child.called)
        draft.mistakes.append("given_known_as")


def _write_family(draft: Draft, child: Child, day: date, luck: Luck, factor: float) -> None:
    name = _family_told(draft, child, day, luck)
    if not name:
        draft.family = luck.random.choice(("", "Unknown"))
        return
    halves = name.split("-") if "-" in name[3:] else name.split(" ")
    if len(halves) > 1 and luck.strikes("family_half_dropped"):
        name = luck.random.choice((halves[0], halves[-1]))
        draft.mistakes.append("family_half_dropped")
    draft.family = _spelled(draft, name, luck, factor, family=True)
    other = child.former_family_name(day) or child.other_family
    if other != name and luck.strikes("family_bracketed"):
        draft.family = f"{draft.family} ({other})"
        draft.kept |= _facts(FAMILY, other)
        draft.mistakes.append("family_bracketed")


def _family_told(draft: Draft, child: Child, day: date, luck: Luck) -> str:
    """Answer the surname that somebody told the agency; empty if nobody did."""
    legal = child.family_name_on(day)
    former = child.former_family_name(day)
    is_new = child.days_old(day) < REGISTERED_BY_DAYS
    if luck.strikes("family_unknown"):
        draft.mistakes.append("family_unknown")
        return ""
    if is_new and child.mothers_family != legal and luck.strikes("newborn_mothers_family"):
        draft.mistakes.append("newborn_mothers_family")
        return child.mothers_family
    if former is not None and luck.strikes("family_former"):
        draft.mistakes.append("family_former")
        return former
    if child.other_family != legal and luck.strikes("family_other_parent"):
        draft.mistakes.append("family_other_parent")
        return child.other_family
    return legal


def _spelled(draft: Draft, name: str, luck: Luck, factor: float, *, family: bool) -> str:
    """Answer a name as it is spelt, and keep the facts that can be read from it."""
    of = "family" if family else "given"
    kind = FAMILY if family else GIVEN
    others = other_spellings(name, family=family)
    if others and luck.strikes(f"{of}_spelled_otherwise", factor):
        draft.mistakes.append(f"{of}_spelled_otherwise")
        draft.kept |= _facts(kind, name)
        return luck.random.choice(others)
    if luck.strikes(f"{of}_typo", factor):
        written, slips = slipped(luck.random, luck.rates, name)
        if slips:
            draft.mistakes.append(f"{of}_typo")
            draft.kept |= _recognised(kind, name, written, slips)
            return written
    draft.kept |= _facts(kind, name)
    return name


def _recognised(kind: str, name: str, written: str, slips: int) -> set[Fact]:
    """Answer the words of a name that a reader still recognises after slips.

    A word without a slip is; one with a slip if it is long enough and has not become another
    name that people bear.
    """
    before, after = words_of(name), words_of(written)
    if len(before) != len(after):
        return set()
    shortest = _RECOGNISED_AFTER_A_SLIP if slips == 1 else _RECOGNISED_AFTER_TWO
    return {
        Fact(kind, word)
        for word, seen in zip(before, after, strict=True)
        if word == seen or (len(word) >= shortest and not is_known_name(seen))
    }


def _facts(kind: str, name: str) -> set[Fact]:
    return {Fact(kind, word) for word in words_of(name)}


def facts_of_names(child: Child) -> set[Fact]:
    """Answer all words that are true of a child's names: every name it ever had or may go by."""
    families: Iterable[str] = (
        *(name for _, name in child.family_names),
        child.mothers_family,
        child.other_family,
    )
    facts = {fact for name in families for fact in _facts(FAMILY, name)}
    return facts.union(*(_facts(GIVEN, name) for name in child.given))


def _as_typed(draft: Draft, name: str, luck: Luck) -> str:
    """Answer a name in the letters and signs that the agency's system has."""
    if not name.isascii() and luck.strikes("accents_lost"):
        plain = without_accents(name)
        if plain != name:
            draft.mistakes.append("accents_lost")
        name = plain
    if any(sign in name for sign in APOSTROPHES) and luck.strikes("apostrophe_lost"):
        instead = luck.random.choice(("", "", " ", "`"))
        for sign in APOSTROPHES:
            name = name.replace(sign, instead)
        draft.mistakes.append("apostrophe_lost")
    if "-" in name and luck.strikes("hyphen_lost"):
        name = name.replace("-", luck.random.choice((" ", " ", "")))
        draft.mistakes.append("hyphen_lost")
    if len(name) > _CUT_AT and luck.strikes("truncated"):
        name = name[:_CUT_AT].rstrip()
        draft.mistakes.append("truncated")
    return name
