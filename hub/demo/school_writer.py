"""Writes what the schools' vendor hands over: registers and marks in our template's columns."""

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from hub.demo.marks import SESSION_OF, Mark, Reading, absences_of, marks_of, read_at
from hub.demo.people import Person
from hub.demo.school_days import last_school_day
from hub.demo.schools import SCHOOLS
from hub.demo.story import Town

HISTORY_SCHOOL_DAYS = 20
"""As long as a mark waits for a child to be known (design section 2.3)."""

Marks = Sequence[tuple[str, Mark]]
"""Marks with the session of each."""

REGISTER_COLUMNS = ("urn", "date", "session", "read_at", "complete", "marks")
MARK_COLUMNS = (
    *("urn", "date", "session", "pupil_id", "code", "upn", "surname", "forename"),
    *("date_of_birth", "sex", "postcode", "previous_code", "restricted"),
    *("ill_days_in_a_row", "ill_days_this_year"),
)


def write_past_registers(folder: Path, town: Town) -> Path:
    """Write the registers of the school days before the town's first day, as last read.

    Only absences stand in them: what was marked present is not kept for the hub's sake.
    """
    days = [last_school_day(town.anchor, back) for back in range(HISTORY_SCHOOL_DAYS, 0, -1)]
    delivery = _Delivery()
    for day in days:
        for reading in (Reading.LATE_MORNING, Reading.AFTERNOON):
            found = absences_of(town, day, reading, played=town.anchor)
            absent = [replace(one, previous_code="") for one in found]
            delivery.add(day, reading, absent)
    return delivery.write(folder)


def write_reading(folder: Path, town: Town, day: date, reading: Reading, *, played: date) -> Path:
    """Write one reading of all schools' registers, and answer its folder."""
    delivery = _Delivery()
    delivery.add(day, reading, list(marks_of(town, day, reading, played=played)))
    return delivery.write(folder)


def write_single_marks(folder: Path, day: date, read: datetime, marks: Marks) -> Path:
    """Write a few marks of a school day without the rest of their registers.

    Such a register is not complete, and so ends no absence of a pupil whom it does not list.
    """
    registers = [
        (school.urn, day.isoformat(), session, read.isoformat(), "N", str(count))
        for (school, session), count in Counter((m.school, s) for s, m in marks).items()
    ]
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "marks.csv", MARK_COLUMNS, [_row(m, day, session) for session, m in marks])
    _write(folder / "registers.csv", REGISTER_COLUMNS, registers)
    return folder


class _Delivery:
    """The rows of the two files."""

    def __init__(self) -> None:
        self._registers: list[Sequence[str]] = []
        self._marks: list[Sequence[str]] = []

    def add(self, day: date, reading: Reading, marks: Sequence[Mark]) -> None:
        session = SESSION_OF[reading]
        read = read_at(day, reading).isoformat()
        count = Counter(mark.school.urn for mark in marks)
        for school in SCHOOLS:
            told = (school.urn, day.isoformat(), session, read, "Y", str(count[school.urn]))
            self._registers.append(told)
        self._marks += [_row(mark, day, session) for mark in marks]

    def write(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / "marks.csv", MARK_COLUMNS, self._marks)
        _write(folder / "registers.csv", REGISTER_COLUMNS, self._registers)
        return folder


def pupil_id(person: Person) -> str:
    """Answer a pupil's id in the schools' system."""
    return f"M{int(person.key[1:]):05d}"


def _row(mark: Mark, day: date, session: str) -> Sequence[str]:
    pupil = mark.pupil
    return (
        mark.school.urn,
        day.isoformat(),
        session,
        pupil_id(pupil),
        mark.code,
        pupil.upn or "",
        pupil.family_name,
        " ".join(pupil.given_names),
        pupil.birth_date.isoformat(),
        pupil.sex,
        "" if pupil.shielded else pupil.home_on(day).postcode,
        mark.previous_code,
        "Y" if pupil.shielded else "",
        str(mark.ill_days or ""),
        str(mark.ill_days or ""),
    )


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)
