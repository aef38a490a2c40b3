"""Which agencies come to know a child, and when: the occasions on which a record is made.

A record is what one agency first writes of one child; a second one of the same agency is a
duplicate of its own system. How many there are is this project's own assumption throughout: enough
of police, schools and councils that most true pairs share no number.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from training.population.chance import happens
from training.population.families import AS_OF
from training.population.people import Child
from training.population.places import FORCE, Agencies
from training.population.rates import Kind

WINDOW_DAYS = 6 * 365
"""How far back records go."""
_STARTS = AS_OF - timedelta(days=WINDOW_DAYS)
_VISITS_A_YEAR = 0.30
_BORN_IN_HOSPITAL = 0.55
_WITH_A_PRACTICE = 0.90
_NEW_PRACTICE_AFTER_A_MOVE = 0.45
_AT_SCHOOL = 0.95
_NEW_SCHOOL_AFTER_A_MOVE = 0.35
_KNOWN_TO_COUNCIL = 0.38
_KNOWN_TO_POLICE = 0.36
_AGAIN = 0.42
"""That a council or the police write once more of a child they have written of."""
_DUPLICATE = 0.12
"""That a hospital opens a second record at a later visit."""
_NURSERY, _PRIMARY, _SECONDARY, _LEAVES = 3, 4, 11, 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One occasion on which an agency writes a new record of a child."""

    child: Child
    kind: Kind
    agency: str
    at: datetime
    """Aware, UTC."""


def contacts_of(child: Child, agencies: Agencies, random: Random) -> list[Contact]:
    """Answer every contact of a child, at least one."""
    first = max(child.born, _STARTS)
    found = [
        *_practices(child, agencies, first, random),
        *_hospitals(child, agencies, first, random),
        *_schools(child, agencies, first, random),
        *_again_and_again(child, Kind.COUNCIL, _KNOWN_TO_COUNCIL, first, random),
        *_again_and_again(child, Kind.POLICE, _KNOWN_TO_POLICE, first, random),
    ]
    if not found:
        found.append(_practice(child, agencies, _day(random, first), random))
    return found


def _day(random: Random, first: date) -> date:
    """Answer a day from the first one until nothing more is recorded."""
    return first + timedelta(days=random.randrange(max(1, (AS_OF - first).days)))


def _contact(child: Child, kind: Kind, agency: str, day: date, random: Random) -> Contact:
    second = random.randrange(7 * 3_600, 22 * 3_600)
    at = datetime.combine(day, time(), UTC) + timedelta(seconds=second)
    return Contact(child=child, kind=kind, agency=agency, at=at)


def _practice(child: Child, agencies: Agencies, day: date, random: Random) -> Contact:
    code = agencies.practice(child.home_on(day), random)
    return _contact(child, Kind.GP, code, day, random)


def _practices(child: Child, agencies: Agencies, first: date, random: Random) -> list[Contact]:
    if not happens(random, _WITH_A_PRACTICE):
        return []
    later = first + timedelta(days=random.randrange(12, 60))
    days = [later if child.born >= _STARTS else _day(random, first)]
    moves = [since for since, _ in child.homes[1:] if since > days[0]]
    days += [
        since + timedelta(days=random.randrange(5, 200))
        for since in moves
        if happens(random, _NEW_PRACTICE_AFTER_A_MOVE)
    ]
    return [_practice(child, agencies, day, random) for day in days if day < AS_OF]


def _hospitals(child: Child, agencies: Agencies, first: date, random: Random) -> list[Contact]:
    days: list[date] = []
    if child.born >= _STARTS and happens(random, _BORN_IN_HOSPITAL):
        days.append(child.born + timedelta(days=random.randrange(3)))
    day = first
    while True:
        day += timedelta(days=1 + int(random.expovariate(_VISITS_A_YEAR) * 365))
        if day >= AS_OF:
            break
        days.append(day)
    found: list[Contact] = []
    for visited in days:
        trust = agencies.trust(child.home_on(visited), random)
        known = trust in {contact.agency for contact in found}
        if visited < AS_OF and (not known or happens(random, _DUPLICATE)):
            found.append(_contact(child, Kind.HOSPITAL, trust, visited, random))
    return found


def _schools(child: Child, agencies: Agencies, first: date, random: Random) -> list[Contact]:
    if not happens(random, _AT_SCHOOL):
        return []
    days = [
        starts
        for age in (_NURSERY, _PRIMARY, _SECONDARY)
        if first <= (starts := _september(child, age)) < AS_OF and happens(random, _share_of(age))
    ]
    age = child.age_on(first)
    if not days and _PRIMARY <= age < _LEAVES:
        days = [_day(random, first)]
    days += [
        since + timedelta(days=random.randrange(3, 60))
        for since, _ in child.homes[1:]
        if since > first
        and _PRIMARY <= child.age_on(since) < _LEAVES
        and happens(random, _NEW_SCHOOL_AFTER_A_MOVE)
    ]
    return [
        _contact(child, Kind.SCHOOL, _school(child, agencies, day, random), day, random)
        for day in days
        if day < AS_OF
    ]


def _share_of(age: int) -> float:
    return 0.4 if age == _NURSERY else 1.0


def _september(child: Child, age: int) -> date:
    """Answer the September in which a child begins at a school of that age."""
    late = child.born.month >= 9  # noqa: PLR2004 - the school year begins in September
    return date(child.born.year + age + late, 9, 3)


def _school(child: Child, agencies: Agencies, day: date, random: Random) -> str:
    home = child.home_on(day)
    is_older = child.age_on(day) >= _SECONDARY
    return (agencies.secondary_school if is_older else agencies.primary_school)(home, random)


def _again_and_again(
    child: Child, kind: Kind, known: float, first: date, random: Random
) -> list[Contact]:
    found: list[Contact] = []
    chance = known
    while happens(random, chance):
        day = _day(random, first)
        agency = FORCE if kind is Kind.POLICE else Agencies.council(child.home_on(day))
        found.append(_contact(child, kind, agency, day, random))
        chance = _AGAIN
    return found
