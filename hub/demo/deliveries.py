"""What is handed over as files: councils' extracts, the force's exports, the schools' registers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hub.core.report import Feed
from hub.demo.agencies import FORCE, VENDOR
from hub.demo.holdings import Holdings, noon_changes, whole_register
from hub.demo.incidents import EXPORTS, Version, exported_at, recent_versions
from hub.demo.marks import Reading, read_at
from hub.demo.places import CALDERDALE, COUNCILS
from hub.demo.police_writer import write_export
from hub.demo.register_writer import write_extract
from hub.demo.school_days import last_school_day
from hub.demo.school_writer import write_reading
from hub.demo.story import Town

LONDON = ZoneInfo("Europe/London")
MORNING = time(2, 0)
NOON = time(12, 30)
EVENING = time(23, 59)
SILENT = CALDERDALE
SILENT_DAYS = timedelta(days=3)
"""The council whose file does not come, and since when before the town's first day."""
HANDED_OVER_AFTER = timedelta(minutes=5)
"""From a reading of the registers to the hand-over of its files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One hand-over of one agency: when its files are ready to be read.

    Attributes:
        agency: the code of the agency, or the vendor's name, under which it is counted.
        path: a file or a folder; its name is that of no other hand-over.
    """

    at: datetime
    agency: str
    feed: Feed
    path: Path
    full: bool = False
    """Of a council's extract: whether it is the whole register."""


def instant(day: date, at: time) -> datetime:
    """Answer an instant, UTC, from the town's calendar and clocks."""
    return datetime.combine(day, at, tzinfo=LONDON).astimezone(UTC)


def council_extracts(folder: Path, town: Town, day: date) -> Iterator[Delivery]:
    """Write each council's extracts of a day: whole ones as at 02:00 and 23:59.

    On the town's first day the councils change something at noon; on later days they have. One
    council's file last came days before the town's first day.
    """
    first_day = day == town.anchor
    for council in COUNCILS:
        if council == SILENT:
            continue
        whole = whole_register(town, council, after_noon=not first_day)
        yield _extract(folder, town, whole, instant(day, MORNING), full=True)
        if first_day:
            changes = noon_changes(town, council)
            yield _extract(folder, town, changes, instant(day, NOON), full=False)
        whole = whole_register(town, council, after_noon=True)
        yield _extract(folder, town, whole, instant(day, EVENING), full=True)
    whole = whole_register(town, SILENT, after_noon=False)
    yield _extract(folder, town, whole, instant(town.anchor - SILENT_DAYS, MORNING), full=True)


def force_exports(folder: Path, town: Town, day: date) -> Iterator[Delivery]:
    """Write the force's exports of a day, and before it in one folder those since its opening.

    An export in which nothing stands is handed over too: it says that the force is heard.
    """
    versions = recent_versions(town, day)
    before = folder / f"{FORCE.code}-before-{day:%Y%m%d}"
    earlier = sorted({exported_at(one.updated_at) for one in versions} - set(_slots(day)))
    for at in earlier:
        _export(before, at, versions)
    if earlier:
        yield Delivery(at=earlier[-1], agency=FORCE.code, feed=FORCE.feed, path=before)
    for at in _slots(day):
        path = _export(folder, at, versions)
        yield Delivery(at=at, agency=FORCE.code, feed=FORCE.feed, path=path)


def school_readings(folder: Path, town: Town, day: date) -> Iterator[Delivery]:
    """Write the readings of the last school day's registers, the played day's if it is one."""
    school_day = last_school_day(day)
    for reading in Reading:
        at = read_at(school_day, reading)
        path = folder / f"registers-{at.astimezone(LONDON):%Y%m%dT%H%M}"
        write_reading(path, town, school_day, reading, played=day)
        handed_over = at + HANDED_OVER_AFTER
        yield Delivery(at=handed_over, agency=VENDOR.code, feed=VENDOR.feed, path=path)


def _slots(day: date) -> tuple[datetime, ...]:
    return tuple(instant(day, slot) for slot in EXPORTS)


def _export(folder: Path, at: datetime, versions: Sequence[Version]) -> Path:
    path = folder / f"{FORCE.code}-{at.astimezone(LONDON):%Y%m%dT%H%M}.csv"
    return write_export(path, [one for one in versions if exported_at(one.updated_at) == at])


def _extract(
    folder: Path, town: Town, holdings: Holdings, as_at: datetime, *, full: bool
) -> Delivery:
    council = holdings.council
    path = folder / f"{council}-{as_at:%Y%m%dT%H%M}-{'full' if full else 'changes'}"
    write_extract(path, town, holdings, as_at=as_at, full=full)
    return Delivery(at=as_at, agency=council, feed=Feed.SOCIAL_CARE, path=path, full=full)
