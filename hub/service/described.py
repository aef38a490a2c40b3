"""A child in a few words, as lists and headings describe it to those who may know who it is."""

from datetime import date

from hub.core.clock import age_in_months
from hub.core.event import Sex
from hub.core.names import is_placeholder_name
from hub.core.person import PersonInBrief, in_brief
from hub.ports import ChildInBrief, Known

_MONTHS_IN_WORDS_BELOW = 24
"""Under two years, months say more."""


def described(child: ChildInBrief, on: date) -> tuple[str | None, date | None, str]:
    """Name, birth date and a description, from the record that says most of the child."""
    people = [in_brief(ledger) for ledger in child.ledgers]
    named = max(people, key=_how_much, default=None)
    if named is None:
        return None, None, "A child"
    name = " ".join(part for part in (*named.given_names, named.family_name) if part) or None
    sexes = {s.sex for s in people} & {Sex.FEMALE, Sex.MALE}
    word = {Sex.FEMALE: "Girl", Sex.MALE: "Boy"}[sexes.pop()] if len(sexes) == 1 else "Child"
    return name, named.birth_date, word + _age(named.birth_date, named.due_on, on)


def in_brief_of(known: Known) -> ChildInBrief:
    """What a list says of a child, from all that is stored of it."""
    return ChildInBrief(
        child_ref=known.child_ref,
        ledgers=tuple(record.ledger for record in known.records),
        unsure=known.unsure,
        shielded=False,
        perhaps_shielded=True,
    )


def _how_much(person: PersonInBrief) -> tuple[bool, bool, bool]:
    """Answer how much is said of who somebody is: "Baby" and "Unknown" are no given names."""
    given = any(name and not is_placeholder_name(name) for name in person.given_names)
    return bool(person.family_name), bool(person.birth_date), given


def _age(born: date | None, due: date | None, on: date) -> str:
    if born is None:
        return ", not born yet" if due else ", age not known"
    months = age_in_months(born, on)
    if months < _MONTHS_IN_WORDS_BELOW:
        return f", {max(months, 0)} month{'' if months == 1 else 's'}"
    return f", {months // 12} years"
