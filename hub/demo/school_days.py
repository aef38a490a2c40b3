"""When school is held in the town: on every weekday that is no bank holiday, all the year round.

The town has no school holidays, so that there are registers on whatever day it is played. The
hub is told so in calendars of the demo's own, which stand beside its state.
"""

from datetime import date, timedelta
from pathlib import Path

from hub.adapters.reference import bank_holidays
from hub.demo.places import COUNCILS
from hub.demo.schools import SCHOOLS

SATURDAY = 5
DAY = timedelta(days=1)
YEARS_BEFORE = 1
YEARS_AFTER = 1


def is_school_day(day: date) -> bool:
    """Answer whether the town's schools are open on a day."""
    return day.weekday() < SATURDAY and day not in bank_holidays()


def last_school_day(day: date, back: int = 0) -> date:
    """Answer the last school day that is not after a day; ``back`` counts further ones before."""
    while back or not is_school_day(day):
        back -= is_school_day(day)
        day -= DAY
    return day


def write_calendars(folder: Path, anchor: date) -> Path:
    """Write the school calendars of the town that begins on a day, and answer their folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "hub.toml").write_text(_calendar("Usual school days", anchor), encoding="utf-8")
    for authority, name in COUNCILS.items():
        schools = [one for one in SCHOOLS if one.authority == authority]
        if schools:
            own = [f'\n[schools.{one.urn}]\nname = "{one.name}"\n' for one in schools]
            text = _calendar(name, anchor) + "".join(own)
            (folder / f"{authority}.toml").write_text(text, encoding="utf-8")
    return folder


def _calendar(name: str, anchor: date) -> str:
    first = date(anchor.year - YEARS_BEFORE, 1, 1)
    last = date(anchor.year + YEARS_AFTER, 12, 31)
    return (
        f'name = "{name}"\n'
        'source = "Made up for the demonstration: no holidays, so that any day can be played."\n'
        "terms = [\n"
        f'  {{ name = "All year round", first = {first}, last = {last} }},\n'
        "]\n"
    )
