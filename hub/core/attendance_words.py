"""What rules share of attendances: which count, how old the child was, and counts in words."""

from collections.abc import Iterable, Sequence

from hub.core.chronology import Attendance, Chronology
from hub.core.clock import age_in_months, london_date

_PLANNED_FOLLOW_UP = "4"
_ADULT_MONTHS = 18 * 12


def counted_attendances(chronology: Chronology) -> list[Attendance]:
    """Answer the attendances that count in a pattern, by arrival.

    Planned follow-up (ECDS attendance category 4) does not: the child was asked to come. Cancelled
    visits are in no chronology.
    """
    return not_planned(chronology.attendances)


def not_planned(attendances: Iterable[Attendance]) -> list[Attendance]:
    """Answer those of the attendances that were not planned follow-up."""
    return [
        one
        for one in attendances
        if not (code := one.attendance_category) or code.lstrip("0") != _PLANNED_FOLLOW_UP
    ]


def age_months_at(chronology: Chronology, attendance: Attendance) -> int | None:
    """Answer the age at arrival in completed months: as told, else by the birth date, if known."""
    if attendance.age_months is not None:
        return attendance.age_months
    arrived = london_date(attendance.arrived_at)
    born = chronology.birth_date
    return age_in_months(born, arrived) if born is not None and born <= arrived else None


def may_be_child(chronology: Chronology, attendance: Attendance) -> bool:
    """Answer whether the person was under 18 at arrival; one whose age is not known may be."""
    return (age_months_at(chronology, attendance) or 0) < _ADULT_MONTHS


def not_known_of_site(attendance: Attendance) -> tuple[str, ...]:
    """Answer that the site of a visit was not told, in a sentence, where it was not."""
    return () if attendance.site_code is not None else ("Which site it was is not known.",)


def counted(count: int, noun: str) -> str:
    """Answer a count with its noun, such as ``2 arrivals``."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def not_known_of_visits(attendances: Sequence[Attendance]) -> tuple[str, ...]:
    """Answer what hospitals have not told of these visits, in sentences."""
    unknown = []
    sites = sum(one.site_code is None for one in attendances)
    if sites:
        unknown.append(f"The site of {counted(sites, 'arrival')} is not known.")
    categories = sum(one.attendance_category is None for one in attendances)
    if categories:
        unknown.append(
            f"Whether {counted(categories, 'arrival')} had been planned as follow-up is not known."
        )
    return tuple(unknown)
