"""Who comes to A&E when: two years of history, and the day that is played."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from hub.demo.people import Became, Person, Quirk, Visit
from hub.demo.places import (
    BRADFORD,
    BRADFORD_ROYAL,
    LANCASHIRE,
    LEEDS_GENERAL,
    ST_JAMES,
    WALK_IN,
    Site,
)
from hub.demo.story import Arrival, Town
from hub.demo.town import ordinary_people

LONDON = ZoneInfo("Europe/London")
HISTORY_DAYS = 730
DAYS_A_YEAR = 365

ATTENDS_IN_A_YEAR = {2: 0.6, 5: 0.45, 18: 0.3}
"""Share of children under each age who come at least once in a year: this project's own choice."""
OFTEN = 0.091
"""Of those who come, 9.1 % come four times or more in a year (EMJ 2021;38:146, under 16)."""
OFTEN_VISITS = (4, 6)
OTHER_VISITS = (1, 2)
ON_THE_DAY = 0.15
ON_THE_DAY_MAX = 60
"""Of ordinary children this share comes on the played day, and no more than so many: 5,000 children
with the rates above would bring about nine."""
ADULTS_ON_THE_DAY = 0.4
ADULTS_ON_THE_DAY_MAX = 40
HOURS = (3, 2, 2, 1, 1, 2, 3, 4, 6, 7, 8, 8, 7, 7, 7, 8, 9, 9, 9, 8, 7, 6, 5, 4)
"""How many of a hundred or so come in each hour of the day: this project's own choice."""

DISPOSITIONS = {"3": 60, "2": 20, "1": 12, "6": 5, "12": 3}
"""HL7 table 0112: none needed, GP, admitted, outpatients, left before treatment."""
USUAL_SITES = {
    BRADFORD: ((BRADFORD_ROYAL, 85), (LEEDS_GENERAL, 9), (ST_JAMES, 6)),
    LANCASHIRE: ((BRADFORD_ROYAL, 90), (LEEDS_GENERAL, 10)),
    "elsewhere": ((LEEDS_GENERAL, 40), (ST_JAMES, 35), (WALK_IN, 17), (BRADFORD_ROYAL, 8)),
}
CHILD_QUIRKS = (
    (0.06, Quirk.TWICE),
    (0.05, Quirk.UPDATE_FIRST),
    (0.12, Quirk.NUMBER_WITH_SPACES),
    (0.05, Quirk.NUMBER_WITH_HYPHENS),
    (0.08, Quirk.BIRTH_DATE_WITH_TIME),
    (0.08, Quirk.MOVED_WITHIN),
    (0.04, Quirk.DISCHARGE_TAKEN_BACK),
)
FAULTY = (
    Quirk.WRONG_CHECK_DIGIT,
    Quirk.PLACEHOLDER_NUMBER,
    Quirk.IMPOSSIBLE_BIRTH_DATE,
    Quirk.NO_VISIT_NUMBER,
)
"""Each happens once on the played day, to a child who is in no story and on no register."""


def history(town: Town) -> tuple[Visit, ...]:
    """Answer every visit of the two years before the anchor's day, by arrival."""
    visits = [
        visit(town, arrival, town.anchor)
        for story in town.stories
        for arrival in story.arrivals
        if arrival.days_ago > 0
    ]
    for person in ordinary_people(town):
        visits += _history_of(town, person)
    return tuple(sorted(visits, key=lambda one: (one.arrived_at, one.number)))


def day_visits(town: Town, day: date) -> tuple[Visit, ...]:
    """Answer every visit that begins on a played day, adults' among them, by arrival."""
    random = Random(f"day {town.seed} {day}")  # noqa: S311 - the same day again must be the same
    visits = [
        visit(town, arrival, day)
        for story in town.stories
        for arrival in story.arrivals
        if arrival.days_ago == 0
    ]
    ordinary = ordinary_people(town)
    count = min(round(len(ordinary) * ON_THE_DAY), ON_THE_DAY_MAX)
    coming = random.sample(ordinary, count)
    visits += [_by_chance(town, person, day, random) for person in coming]
    came = {one.key for one in coming}
    visits += _faulty(town, [one for one in ordinary if one.key not in came], day, random)
    grown = [one for one in town.adults if (day - one.birth_date).days > 19 * DAYS_A_YEAR]
    count = min(round(len(grown) * ADULTS_ON_THE_DAY), ADULTS_ON_THE_DAY_MAX)
    visits += [_by_chance(town, person, day, random) for person in random.sample(grown, count)]
    return tuple(sorted(visits, key=lambda one: (one.arrived_at, one.number)))


def visit(town: Town, arrival: Arrival, day: date) -> Visit:
    """Answer the visit that an arrival of a story is on a played day."""
    arrived = _instant(day - timedelta(days=arrival.days_ago), arrival.at)
    cancelled = arrival.cancelled_after_minutes
    return Visit(
        number=visit_number(town, arrival.person, arrived),
        site=arrival.site,
        person=arrival.person,
        arrived_at=arrived,
        departed_at=arrived + timedelta(minutes=arrival.stay_minutes),
        cancelled_at=None if cancelled is None else arrived + timedelta(minutes=cancelled),
        became=tuple(
            Became(
                at=arrived + timedelta(minutes=one.after_minutes),
                person=one.person,
                trigger=one.trigger,
            )
            for one in arrival.becomes
        ),
        disposition=arrival.disposition,
        words=arrival.words,
        quirks=arrival.quirks,
    )


def visit_number(town: Town, person: Person, arrived: datetime) -> str:
    """Answer a visit number that a hospital's system would give: it says nothing of the person."""
    days = (arrived.date() - (town.anchor - timedelta(days=HISTORY_DAYS + 1))).days
    return f"V{days:04d}{int(person.key[1:]):05d}"


def _history_of(town: Town, person: Person) -> Iterator[Visit]:
    random = Random(f"history {town.seed} {town.anchor} {person.key}")  # noqa: S311 - reproducible
    often = random.random() < OFTEN
    seen: set[date] = set()
    for year in range(HISTORY_DAYS // DAYS_A_YEAR):
        if random.random() >= _attends(person, town.anchor):
            continue
        for _ in range(random.randint(*(OFTEN_VISITS if often else OTHER_VISITS))):
            days_ago = year * DAYS_A_YEAR + random.randint(2, DAYS_A_YEAR)
            day = town.anchor - timedelta(days=days_ago)
            if day > person.birth_date and day not in seen:
                seen.add(day)
                yield _by_chance(town, person, day, random)


def _attends(person: Person, day: date) -> float:
    years = (day - person.birth_date).days / DAYS_A_YEAR
    return next((share for under, share in ATTENDS_IN_A_YEAR.items() if years < under), 0.0)


def _by_chance(town: Town, person: Person, day: date, random: Random) -> Visit:
    hour = random.choices(range(24), weights=HOURS)[0]
    arrived = _instant(day, time(hour, random.randint(0, 59), random.randint(0, 59)))
    disposition = random.choices(tuple(DISPOSITIONS), weights=tuple(DISPOSITIONS.values()))[0]
    return Visit(
        number=visit_number(town, person, arrived),
        site=_site(person, day, random),
        person=person,
        arrived_at=arrived,
        departed_at=arrived + timedelta(minutes=random.randint(35, 330)),
        disposition=disposition,
        quirks=frozenset(quirk for share, quirk in CHILD_QUIRKS if random.random() < share),
    )


def _site(person: Person, day: date, random: Random) -> Site:
    authority = person.home_on(day).authority
    sites = USUAL_SITES[authority if authority in USUAL_SITES else "elsewhere"]
    return random.choices([site for site, _ in sites], weights=[share for _, share in sites])[0]


def _faulty(town: Town, free: Iterable[Person], day: date, random: Random) -> Iterator[Visit]:
    """Give each fault of a message to one child who holds no plan and does not come otherwise.

    All at one hospital, whose integration team then sees them.
    """
    held = {plan.person for plan in town.plans} | {care.person for care in town.care}
    free = [one for one in free if one.key not in held and one.nhs_number and not one.shielded]
    for quirk, person in zip(FAULTY, random.sample(free, len(FAULTY)), strict=True):
        base = _by_chance(town, person, day, random)
        yield Visit(
            number=base.number,
            site=BRADFORD_ROYAL,
            person=person,
            arrived_at=base.arrived_at,
            departed_at=base.departed_at,
            quirks=frozenset({quirk}),
        )


def _instant(day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=LONDON).astimezone(UTC)
