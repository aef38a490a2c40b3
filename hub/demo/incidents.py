"""What the force's system holds: two years of callouts, those of the last days, and each change."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from hub.demo.families import partner_of
from hub.demo.happenings import Callout, ChildThere, LaterWord, Reckoned
from hub.demo.people import Person
from hub.demo.places import BRADFORD, CALDERDALE, KIRKLEES, LEEDS
from hub.demo.school_days import last_school_day
from hub.demo.story import Town
from hub.demo.town import ordinary_people

LONDON = ZoneInfo("Europe/London")
DAY = timedelta(days=1)
HISTORY_DAYS = 730
FORCE_AREA = frozenset({BRADFORD, LEEDS, CALDERDALE, KIRKLEES})
"""Lancashire has a force of its own, which is not in the town."""
RECENT_DAYS = 6
"""Callouts of so many days before the played day are never history by chance."""

EXPORTS = (time(6, 30), time(12, 0), time(18, 0), time(23, 50))
"""When the force exports what was written since the last time, by the town's clocks."""

EVER = 0.15
"""Share of families with a callout in two years, so that a child has about as many as design
section 6 reckons for England: 2,500 incidents a day among 12 million children."""
HOW_OFTEN = {1: 60, 2: 20, 3: 10, 4: 6, 5: 4}
CALLOUTS_A_DAY = 3
"""By chance, whatever the size of the town; a real day would bring one among 5,000 children."""
GRADES = {"standard": 60, "medium": 28, "high": 12}
PRESENT, RESIDENT, INJURED, SPOKEN_TO = 0.6, 0.95, 0.02, 0.35
NUMBERS_TRACED = 0.6
"""Share of children of whom the force has traced the numbers."""
AMENDED, WITHDRAWN, PREGNANT = 0.08, 0.03, 0.04
HOURS = (9, 7, 5, 3, 2, 1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 4, 5, 6, 7, 8, 9, 9, 10, 10)
ROOMS = ("same_room", "other_room", "outside")
"""Every number from EVER on but the first is this project's own choice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One callout on a date."""

    callout: Callout
    began_at: datetime

    @property
    def number(self) -> str:
        """The force's number of it: it says nothing of anybody."""
        day = self.began_at.astimezone(LONDON)
        return f"13{day:%y%j}{int(self.callout.victim.key[1:]):05d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What the force's system holds of an occurrence from an instant on."""

    occurrence: Occurrence
    status: str
    grade: str
    updated_at: datetime


def opening(day: date) -> datetime:
    """Answer from when on what happened before a played day is told as it came, not as history.

    From the last school day on, so that its registers and what led to them are alerts.
    """
    return _instant(last_school_day(day), time(0))


def past_versions(town: Town) -> tuple[Version, ...]:
    """Answer what the force exported before the opening of the town's first day, in order."""
    held = [*_of_stories(town, town.anchor), *_by_chance_in_the_past(town)]
    held += _by_chance_on(town, opening(town.anchor).astimezone(LONDON).date() - DAY)
    until = opening(town.anchor)
    return _in_order(one for one in _versions(held) if exported_at(one.updated_at) < until)


def recent_versions(town: Town, day: date) -> tuple[Version, ...]:
    """Answer what the force exports from the opening of a played day to its end, in order."""
    first = opening(day).astimezone(LONDON).date() - DAY
    held = list(_of_stories(town, day))
    while first <= day:
        held += _by_chance_on(town, first)
        first += DAY
    begin, end = opening(day), _instant(day + DAY, time(0))
    return _in_order(one for one in _versions(held) if begin <= exported_at(one.updated_at) < end)


def exported_at(updated_at: datetime) -> datetime:
    """Answer with which export a version leaves the force."""
    day = updated_at.astimezone(LONDON).date()
    slots = [_instant(on, at) for on in (day, day + DAY) for at in EXPORTS]
    return next(slot for slot in slots if slot >= updated_at)


def _in_order(versions: Iterator[Version]) -> tuple[Version, ...]:
    return tuple(sorted(versions, key=lambda one: (one.updated_at, one.occurrence.number)))


def _of_stories(town: Town, day: date) -> Iterator[Occurrence]:
    for story in town.stories:
        for callout in story.callouts:
            school = callout.reckoned is Reckoned.SCHOOL_DAY
            on = last_school_day(day) if school else day
            yield _occurrence(callout, on - callout.days_ago * DAY)


def _occurrence(callout: Callout, on: date) -> Occurrence:
    return Occurrence(callout=callout, began_at=_instant(on, callout.at))


def _versions(occurrences: list[Occurrence]) -> Iterator[Version]:
    for one in occurrences:
        told = one.began_at + timedelta(minutes=one.callout.told_after_minutes)
        grade = one.callout.grade
        yield Version(occurrence=one, status="new", grade=grade, updated_at=told)
        for later in one.callout.later:
            grade = later.grade or grade
            at = told + timedelta(minutes=later.after_minutes)
            yield Version(occurrence=one, status=later.status, grade=grade, updated_at=at)


def _households(town: Town) -> list[tuple[Person, tuple[Person, ...]]]:
    """Answer mothers with their children, of the families that are in no story and not hidden."""
    grown, held = town.by_key, dict[str, list[Person]]()
    for child in ordinary_people(town):
        if child.mother is not None and child.mother in grown:
            held.setdefault(child.mother, []).append(child)
    return [
        (grown[mother], tuple(children))
        for mother, children in held.items()
        if not any(child.shielded for child in children)
        and all(_in_the_forces_area(child) for child in children)
    ]


def _in_the_forces_area(child: Person) -> bool:
    homes = [home for home in (child.home, child.former_home) if home]
    return all(home.authority in FORCE_AREA for home in homes)


def _by_chance_in_the_past(town: Town) -> Iterator[Occurrence]:
    for mother, children in _households(town):
        random = Random(f"callouts {town.seed} {town.anchor} {mother.key}")  # noqa: S311 - reproducible
        if random.random() >= EVER:
            continue
        count = random.choices(tuple(HOW_OFTEN), weights=tuple(HOW_OFTEN.values()))[0]
        for days_ago in sorted(random.sample(range(RECENT_DAYS, HISTORY_DAYS), count)):
            on = town.anchor - days_ago * DAY
            if born := tuple(child for child in children if child.birth_date < on):
                yield _by_chance(random, mother, born, on)


def _by_chance_on(town: Town, on: date) -> Iterator[Occurrence]:
    random = Random(f"callouts {town.seed} {on}")  # noqa: S311 - the same day again is the same
    households = _households(town)
    for mother, children in random.sample(households, min(CALLOUTS_A_DAY, len(households))):
        if born := tuple(child for child in children if child.birth_date < on):
            yield _by_chance(random, mother, born, on)


def _by_chance(
    random: Random, mother: Person, children: tuple[Person, ...], on: date
) -> Occurrence:
    grade = random.choices(tuple(GRADES), weights=tuple(GRADES.values()))[0]
    hour = random.choices(range(24), weights=HOURS)[0]
    callout = Callout(
        victim=mother,
        suspect=partner_of(random, mother),
        children=tuple(_child_there(random, child) for child in children),
        home=children[0].home_on(on),
        at=time(hour, random.randint(0, 59)),
        told_after_minutes=random.randint(35, 400),
        grade=grade,
        due_on=on + random.randint(20, 200) * DAY if random.random() < PREGNANT else None,
        later=_later(random, grade),
    )
    return _occurrence(callout, on)


def _child_there(random: Random, child: Person) -> ChildThere:
    present = random.random() < PRESENT
    traced = Random(f"traced {child.key} {child.birth_date}")  # noqa: S311 - the same every time
    return ChildThere(
        person=child,
        present=present,
        resident=random.random() < RESIDENT,
        where_in_house=random.choice(ROOMS),
        seen=present,
        spoken_to=present and random.random() < SPOKEN_TO,
        injured=present and random.random() < INJURED,
        numbers=traced.random() < NUMBERS_TRACED,
    )


def _later(random: Random, grade: str) -> tuple[LaterWord, ...]:
    chance = random.random()
    after = random.randint(60, 2000)
    if chance < WITHDRAWN:
        return (LaterWord(after_minutes=after, status="withdrawn"),)
    if chance < WITHDRAWN + AMENDED:
        other = random.choice([one for one in GRADES if one != grade])
        return (LaterWord(after_minutes=after, grade=other),)
    return ()


def _instant(day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=LONDON).astimezone(UTC)
