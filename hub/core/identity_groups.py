"""Groups of records that a file itself tells apart, so that each can be measured. Pure.

Whoever makes a file may know more (where names are from, who is really a twin); then its own groups
are used in place of these.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from hub.core.event import Sex
from hub.core.identity_given import GivenRecord
from hub.core.names import is_placeholder_name, normalise_name

NEWBORN: Final = timedelta(days=28)
"""The neonatal period: the first 28 days of life."""

MISTAKE: Final = "mistake: "
"""How groups begin that are of one kind of mistake, of which only the file's maker knows."""

TWIN, SIBLING, MOVER = "twin", "sibling", "mover"
NEWBORN_GROUP, MISSING_FIELDS = "newborn", "missing fields"


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenGroups:
    """The groups of one record, and the label of what a person could tell; as a file has them."""

    groups: tuple[str, ...] = ()
    told_as: str | None = field(default=None, repr=False)


def groups_in(records: Sequence[GivenRecord]) -> tuple[GivenGroups, ...]:
    """Answer the groups of each record.

    * ``twin``: another person of the file has the same family name, birth date and postcode.
    * ``sibling``: another person has the same family name and postcode, and another birth date.
    * ``mover``: the person's records have two postcodes or more.
    * ``newborn``: written in the first 28 days of life.
    * ``missing fields``: a name, the whole birth date, the sex or the postcode is not there, or the
      given name is a placeholder such as Baby.
    * ``by: ...``: the kind of agency that wrote it.
    """
    of_person = {
        TWIN: _sharing((_twin_key(one), one.person, ()) for one in records),
        SIBLING: _sharing((_home_key(one), one.person, one.subject.birth_date) for one in records),
        MOVER: _movers(records),
    }
    return tuple(
        GivenGroups(
            groups=(
                *(group for group, people in of_person.items() if one.person in people),
                *((NEWBORN_GROUP,) if _is_newborn(one) else ()),
                *((MISSING_FIELDS,) if _misses_fields(one) else ()),
                f"by: {one.kind.value}",
            )
        )
        for one in records
    )


def _sharing(rows: Iterable[tuple[Hashable, str, Hashable]]) -> frozenset[str]:
    """Answer the people who share a key with another person who differs in the third, if told."""
    behind: dict[Hashable, set[tuple[str, Hashable]]] = defaultdict(set)
    for key, person, told in rows:
        if key is not None and told is not None:
            behind[key].add((person, told))
    return frozenset(
        person
        for members in behind.values()
        if len(members) > 1
        for person, told in members
        if any(other != person and (told == () or also != told) for other, also in members)
    )


def _home_key(one: GivenRecord) -> Hashable:
    if one.subject.family_name is None or one.subject.postcode is None:
        return None
    return (normalise_name(one.subject.family_name), one.subject.postcode)


def _twin_key(one: GivenRecord) -> Hashable:
    home = _home_key(one)
    return (
        None if home is None or one.subject.birth_date is None else (home, one.subject.birth_date)
    )


def _movers(records: Iterable[GivenRecord]) -> frozenset[str]:
    homes: dict[str, set[object]] = defaultdict(set)
    for one in records:
        if one.subject.postcode is not None:
            homes[one.person].add(one.subject.postcode)
    return frozenset(person for person, postcodes in homes.items() if len(postcodes) > 1)


def _is_newborn(one: GivenRecord) -> bool:
    if one.subject.birth_date is None or one.recorded_at is None:
        return False
    return timedelta(0) <= one.recorded_at.date() - one.subject.birth_date < NEWBORN


def _misses_fields(one: GivenRecord) -> bool:
    told = one.subject
    given = " ".join(told.given_names or ())
    fields = (given, told.family_name, told.birth_date, told.postcode, told.sex is not Sex.UNKNOWN)
    return not all(fields) or is_placeholder_name(given)
