"""How agencies write the NHS number and the UPN, and whose they write."""

from collections.abc import Sequence
from datetime import date

from training.population.chance import happens
from training.population.draft import NHS, UPN, Draft, Fact
from training.population.names_written import NEWBORN_DAYS
from training.population.numbers import UPN_LETTERS, upn_check_letter
from training.population.people import Child
from training.population.rates import Luck

_IN_PLACE_OF_ONE = ("9999999999", "0000000000", "9999999999")


def write_numbers(
    draft: Draft, child: Child, siblings: Sequence[Child], day: date, luck: Luck
) -> None:
    """Write NHS number and UPN into a draft; ``siblings`` are the child's brothers and sisters."""
    draft.nhs_number = _nhs_number(draft, child, siblings, day, luck)
    draft.upn = _upn(draft, child, siblings, day, luck)


def _nhs_number(
    draft: Draft, child: Child, siblings: Sequence[Child], day: date, luck: Luck
) -> str:
    is_newborn = child.days_old(day) < NEWBORN_DAYS
    missing = "nhs_missing_newborn" if is_newborn else "nhs_missing"
    if luck.strikes(missing):
        draft.mistakes.append(missing)
        if luck.strikes("nhs_placeholder"):
            draft.mistakes.append("nhs_placeholder")
            return luck.random.choice(_IN_PLACE_OF_ONE)
        return ""
    number = _whose_nhs_number(draft, child, siblings, day, luck)
    if number == child.nhs_number and luck.strikes("nhs_digit"):
        draft.mistakes.append("nhs_digit")
        number = _other_digit(number, luck)
    elif number == child.nhs_number:
        draft.kept.add(Fact(NHS, number))
    if luck.strikes("nhs_spaced"):
        draft.ways.append("nhs_spaced")
        number = f"{number[:3]} {number[3:6]} {number[6:]}"
    return number


def _whose_nhs_number(
    draft: Draft, child: Child, siblings: Sequence[Child], day: date, luck: Luck
) -> str:
    born = [sibling for sibling in siblings if sibling.born <= day]
    if born and luck.strikes("nhs_of_sibling"):
        draft.mistakes.append("nhs_of_sibling")
        draft.of_another = True
        return luck.random.choice(born).nhs_number
    if child.days_old(day) < NEWBORN_DAYS and luck.strikes("nhs_of_mother"):
        draft.mistakes.append("nhs_of_mother")
        draft.of_another = True
        return child.mothers_nhs_number
    return child.nhs_number


def _other_digit(number: str, luck: Luck) -> str:
    """Answer the number with one digit other than it is: its check digit then never fits."""
    place = luck.random.randrange(3, 10)
    digit = luck.random.choice([d for d in "0123456789" if d != number[place]])
    return number[:place] + digit + number[place + 1 :]


def _upn(draft: Draft, child: Child, siblings: Sequence[Child], day: date, luck: Luck) -> str:
    own = child.upn_on(day)
    if own is None:
        return ""
    if luck.strikes("upn_missing"):
        draft.mistakes.append("upn_missing")
        return "UN1" if luck.kind == "council" and happens(luck.random, 0.3) else ""
    if luck.strikes("upn_temporary"):
        draft.mistakes.append("upn_temporary")
        twelve = own[1:12] + luck.random.choice(UPN_LETTERS)
        return upn_check_letter(twelve) + twelve
    if luck.strikes("upn_check_letter"):
        draft.mistakes.append("upn_check_letter")
        return luck.random.choice([c for c in UPN_LETTERS if c != own[0]]) + own[1:]
    at_school = [upn for sibling in siblings if (upn := sibling.upn_on(day)) is not None]
    if at_school and luck.strikes("upn_of_sibling"):
        draft.mistakes.append("upn_of_sibling")
        draft.of_another = True
        return luck.random.choice(at_school)
    draft.kept.add(Fact(UPN, own))
    return own
