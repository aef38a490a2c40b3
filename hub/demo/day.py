"""A played day: every message of every trust and every extract of every council, in order."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hub.demo.attendances import day_visits, history
from hub.demo.hl7_writer import Ending, Message, as_file, demographics, messages
from hub.demo.holdings import noon_changes, whole_register
from hub.demo.people import Person
from hub.demo.places import COUNCILS, SITES, TRUSTS, Trust
from hub.demo.register_writer import write_extract
from hub.demo.story import Town

LONDON = ZoneInfo("Europe/London")
MORNING = time(2, 0)
NOON = time(12, 30)
MIDNIGHT = timedelta(days=1) - timedelta(minutes=1)
TOWN_DAYS_MAX = 14
"""How many days one town can be played: then its newborns, due dates and windows have moved on."""
ENDINGS = {"RAE01": Ending.CR, "RR801": Ending.CRLF, "RR813": Ending.LF, "RR8KL": Ending.LF}


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """One extract of one council: when its folder is ready to be read."""

    at: datetime
    council: str
    folder: Path
    full: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPlan:
    """What the agencies of the town send in one day.

    Attributes:
        first_extracts: the whole registers as at this morning; loaded before the day begins.
        messages: by the time at which they leave the hospital.
        extracts: the councils' further extracts of the day, by time.
    """

    day: date
    first_extracts: tuple[Extract, ...]
    messages: tuple[Message, ...]
    extracts: tuple[Extract, ...]


def instant(day: date, at: time) -> datetime:
    """Answer an instant, UTC, from the town's calendar and clocks."""
    return datetime.combine(day, at, tzinfo=LONDON).astimezone(UTC)


def write_history(folder: Path, town: Town) -> dict[str, Path]:
    """Write two years of every site's messages, one file a site; answer a folder for each trust."""
    visits = history(town)
    folders: dict[str, Path] = {}
    for site in SITES:
        written = [one for visit in visits if visit.site is site for one in messages(visit)]
        written.sort(key=lambda one: (one.at, one.control_id))
        own = folder / site.trust.code
        own.mkdir(parents=True, exist_ok=True)
        (own / f"{site.ods}.hl7").write_bytes(as_file(tuple(written), ENDINGS[site.ods]))
        folders[site.trust.code] = own
    return folders


def day_messages(town: Town, day: date) -> tuple[Message, ...]:
    """Answer every message that leaves a hospital on a day, in order; what is later is not sent."""
    begin, end = instant(day, time(0)), instant(day + timedelta(days=1), time(0))
    written = [one for visit in day_visits(town, day) for one in messages(visit)]
    written += _address_changes(town, day)
    inside = [one for one in written if begin <= one.at < end]
    return tuple(sorted(inside, key=lambda one: one.at))


def plan_day(folder: Path, town: Town, day: date) -> DayPlan:
    """Write a day's extracts and answer all that is sent on it.

    On the town's first day the councils change something at noon; on later days they have.
    """
    first_day = day == town.anchor
    first = tuple(
        _full(folder, town, council, instant(day, MORNING), after_noon=not first_day)
        for council in COUNCILS
    )
    later = [
        _full(folder, town, council, instant(day, time(0)) + MIDNIGHT, after_noon=True)
        for council in COUNCILS
    ]
    if first_day:
        later += [_changes(folder, town, council, instant(day, NOON)) for council in COUNCILS]
    return DayPlan(
        day=day,
        first_extracts=first,
        messages=day_messages(town, day),
        extracts=tuple(sorted(later, key=lambda one: (one.at, one.council))),
    )


def _full(folder: Path, town: Town, council: str, as_at: datetime, *, after_noon: bool) -> Extract:
    own = write_extract(
        folder / f"{council}-{as_at:%Y%m%dT%H%M}-full",
        town,
        whole_register(town, council, after_noon=after_noon),
        as_at=as_at,
        full=True,
    )
    return Extract(at=as_at, council=council, folder=own, full=True)


def _changes(folder: Path, town: Town, council: str, as_at: datetime) -> Extract:
    own = write_extract(
        folder / f"{council}-{as_at:%Y%m%dT%H%M}-changes",
        town,
        noon_changes(town, council),
        as_at=as_at,
        full=False,
    )
    return Extract(at=as_at, council=council, folder=own, full=False)


def _address_changes(town: Town, day: date) -> list[Message]:
    """Answer an A31 from each trust for a few families who have moved."""
    moved = [person for person in town.people if person.former_home and not person.shielded]
    return [
        _address_change(person, trust, day, number)
        for trust in TRUSTS
        for number, person in enumerate(moved[:4])
    ]


def _address_change(person: Person, trust: Trust, day: date, number: int) -> Message:
    at = instant(day, time(9, 12 + number))
    return demographics(person, trust, at, f"{trust.code}31{day:%y%m%d}{number:02d}")
