"""A played day: every message of every trust and everything that is handed over, in order."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path

from hub.core.report import Feed
from hub.demo.agencies import FORCE, VENDOR
from hub.demo.attendances import day_visits, history
from hub.demo.deliveries import (
    MORNING,
    Delivery,
    council_extracts,
    force_exports,
    instant,
    school_readings,
)
from hub.demo.hl7_writer import Ending, Message, as_file, demographics, messages, past_messages
from hub.demo.incidents import past_versions
from hub.demo.people import Person
from hub.demo.places import SITES, TRUSTS, Trust
from hub.demo.police_writer import write_export
from hub.demo.school_writer import write_past_registers
from hub.demo.story import Town

TOWN_DAYS_MAX = 14
"""How many days one town can be played: then its newborns, due dates and windows have moved on."""
ENDINGS = {"RAE01": Ending.CR, "RR801": Ending.CRLF, "RR813": Ending.LF, "RR8KL": Ending.LF}


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPlan:
    """What the agencies of the town send in one day.

    Attributes:
        first: what is handed over before the day begins, in order: the whole registers as at this
            morning, then what happened since the last school day.
        messages: by the time at which they leave the hospital.
        deliveries: what councils, force and vendor hand over in the course of the day, by time.
    """

    day: date
    first: tuple[Delivery, ...]
    messages: tuple[Message, ...]
    deliveries: tuple[Delivery, ...]


def write_history(folder: Path, town: Town) -> Iterator[tuple[str, Path]]:
    """Write the history of each agency but the councils; yield its code and where it is, in turn.

    Two years of every site's visits, one message a visit and one file a site; two years of the
    force's exports in one; the registers of the school days of which a mark still waits.
    """
    visits = history(town)
    for trust in TRUSTS:
        own = folder / trust.code
        own.mkdir(parents=True, exist_ok=True)
        for site in (one for one in SITES if one.trust is trust):
            written = [
                one for visit in visits if visit.site is site for one in past_messages(visit)
            ]
            written.sort(key=lambda one: (one.at, one.control_id))
            (own / f"{site.ods}.hl7").write_bytes(as_file(tuple(written), ENDINGS[site.ods]))
        yield trust.code, own
    yield VENDOR.code, write_past_registers(folder / VENDOR.code, town)
    yield FORCE.code, write_export(folder / FORCE.code / "callouts.csv", past_versions(town))


def day_messages(town: Town, day: date) -> tuple[Message, ...]:
    """Answer every message that leaves a hospital on a day, in order; what is later is not sent."""
    begin, end = instant(day, time(0)), instant(day + timedelta(days=1), time(0))
    written = [one for visit in day_visits(town, day) for one in messages(visit)]
    written += _address_changes(town, day)
    inside = [one for one in written if begin <= one.at < end]
    return tuple(sorted(inside, key=lambda one: one.at))


def plan_day(folder: Path, town: Town, day: date) -> DayPlan:
    """Write what is handed over for a day, and answer all that is sent on it."""
    begin = instant(day, time(0))
    handed_over = (
        *council_extracts(folder, town, day),
        *force_exports(folder, town, day),
        *school_readings(folder, town, day),
    )
    morning = instant(day, MORNING)
    first = [one for one in handed_over if one.at < begin or one.at == morning]
    later = [one for one in handed_over if one not in first]
    return DayPlan(
        day=day,
        first=tuple(sorted(first, key=lambda one: (one.feed != Feed.SOCIAL_CARE, one.at))),
        messages=day_messages(town, day),
        deliveries=tuple(sorted(later, key=lambda one: (one.at, one.agency))),
    )


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
