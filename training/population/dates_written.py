"""How agencies write a birth date and a sex."""

from datetime import date

from training.population.draft import BORN, NEARLY_BORN, Draft, Fact
from training.population.people import Child
from training.population.rates import Luck

_MONTHS = 12


def write_birth(draft: Draft, child: Child, day: date, luck: Luck) -> None:
    """Write birth date and sex into a draft; the date as YYYY-MM-DD, YYYY-MM, YYYY or empty."""
    draft.born = _born(draft, child.born, day, luck)
    if draft.born == child.born.isoformat():
        draft.kept |= {Fact(BORN, draft.born), Fact(NEARLY_BORN, draft.born)}
    draft.sex = child.sex
    if luck.strikes("sex_missing"):
        draft.sex = ""
        draft.mistakes.append("sex_missing")
    elif luck.strikes("sex_wrong"):
        draft.sex = "M" if child.sex == "F" else "F"
        draft.mistakes.append("sex_wrong")


def _born(draft: Draft, born: date, day: date, luck: Luck) -> str:
    if luck.strikes("born_missing"):
        draft.mistakes.append("born_missing")
        return ""
    if luck.strikes("born_year_only"):
        draft.mistakes.append("born_year_only")
        return f"{born.year}"
    if luck.strikes("born_year_and_month"):
        draft.mistakes.append("born_year_and_month")
        return f"{born:%Y-%m}"
    for name, wrong in (
        ("born_first_of_january", born.replace(month=1, day=1)),
        ("born_first_of_month", born.replace(day=1)),
    ):
        if luck.strikes(name) and wrong != born:
            draft.mistakes.append(name)
            return wrong.isoformat()
    return _misread(draft, born, day, luck)


def _misread(draft: Draft, born: date, day: date, luck: Luck) -> str:
    """Answer the date, or one that a careful reader sees to be a slip from it."""
    for name, wrong in (
        ("born_day_and_month_swapped", _swapped(born)),
        ("born_digit", _one_digit(born, luck)),
        ("born_year_off", _year_off(born, luck)),
    ):
        if luck.strikes(name) and wrong is not None and wrong != born and wrong <= day:
            draft.mistakes.append(name)
            draft.kept.add(Fact(NEARLY_BORN, born.isoformat()))
            return wrong.isoformat()
    return born.isoformat()


def _swapped(born: date) -> date | None:
    if born.day > _MONTHS:
        return None
    return born.replace(month=born.day, day=born.month)


def _one_digit(born: date, luck: Luck) -> date | None:
    """Answer the date with one digit other than it is, None if that is no date."""
    text = born.isoformat()
    place = luck.random.choice((3, 5, 6, 8, 9))
    digit = luck.random.choice([d for d in "0123456789" if d != text[place]])
    try:
        return date.fromisoformat(text[:place] + digit + text[place + 1 :])
    except ValueError:
        return None


def _year_off(born: date, luck: Luck) -> date | None:
    try:
        return born.replace(year=born.year + luck.random.choice((-1, 1)))
    except ValueError:  # the 29th of February
        return None
