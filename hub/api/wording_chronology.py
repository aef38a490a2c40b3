"""A child's history in plain words, line by line, and what the sources did not tell."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from hub.api.times import age_from_months, day, london_day, moment
from hub.api.wording import DEPARTMENTS
from hub.api.wording_incident import incident_parts
from hub.core.absence_words import missed_in_words, sickness_in_words
from hub.core.attendance_facts import ClinicianConcern
from hub.core.chronology import Attendance, Listing, RegisterEntry
from hub.core.concern_words import (
    CONCERN_WORDS,
    concerns_known,
    concerns_without_words,
    left_while_held,
)
from hub.core.disclosure_ended import closes_at
from hub.core.event import REGISTER_KINDS, DepartmentType, EventKind
from hub.core.history import EntryState, HistoryEntry
from hub.core.history_sources import SourceProblem, SourceTold
from hub.core.incident import Incident
from hub.core.report import Feed
from hub.core.school_marks import AbsenceReason

KIND_WORDS = {
    EventKind.EMERGENCY_ATTENDANCE: "Visit to A&E",
    EventKind.DOMESTIC_ABUSE_INCIDENT: "Domestic-abuse incident",
    EventKind.SCHOOL_ABSENCE: "Absence from school",
    EventKind.CHILD_PROTECTION_PLAN: "Child protection plan",
    EventKind.UNBORN_CHILD_PROTECTION_PLAN: "Child protection plan before birth",
    EventKind.LOOKED_AFTER_PERIOD: "Period in care",
    EventKind.CHILD_IN_NEED_PERIOD: "Work with a child in need",
    EventKind.PERSON_DETAILS: "Details of the child",
    EventKind.IDENTITY_CHANGE: "A correction of who the child is",
}
"""What each kind of event is called where no more of it may be said."""

UNNAMED = {
    EventKind.EMERGENCY_ATTENDANCE: "a hospital",
    EventKind.DOMESTIC_ABUSE_INCIDENT: "a police force",
    EventKind.SCHOOL_ABSENCE: "a school",
}
"""Who told it, where the agency is not named; a council for what is not here."""

SOURCE_KINDS = {
    Feed.HEALTH: "Hospitals",
    Feed.POLICE: "Police",
    Feed.SCHOOLS: "Schools",
    Feed.SOCIAL_CARE: "Council registers",
}

STATE_WORDS = {
    EntryState.STANDS: "",
    EntryState.CORRECTED: "Corrected",
    EntryState.WITHDRAWN: "Taken back by the agency",
    EntryState.NO_LONGER_MARKED: "Explained since: no longer marked absent",
}

_PROBLEMS = {
    SourceProblem.NOT_JOINED: "is not joined to the hub",
    SourceProblem.NOT_LIVE_YET: "is not live yet",
    SourceProblem.NEVER_HEARD: "has not been heard from yet",
    SourceProblem.NOT_HEARD_LATELY: "has not been heard from lately",
    SourceProblem.REPORTS_MISSING: "has sent reports that have not arrived",
    SourceProblem.REPORTS_UNREADABLE: "has sent reports that cannot be read yet",
    SourceProblem.EVENTS_REFUSED: "has told something lately that could not be used",
    SourceProblem.REGISTER_NOT_WHOLE: "has a register that is not whole",
}


def line_words(entry: HistoryEntry, holder: str) -> tuple[str, tuple[str, ...]]:
    """Answer what a line says, and what more there is to it.

    Args:
        entry: what may be seen of it.
        holder: the council that holds a plan, or the site attended, by name; empty if not shown.
    """
    match entry.happened:
        case Attendance():
            return _attended(entry.happened, holder)
        case Incident():
            first, *more = incident_parts(entry.happened)
            return first, tuple(more)
        case RegisterEntry():
            return _period(entry, entry.happened, holder)
        case tuple() as missed:
            ill = missed[0].reason is AbsenceReason.SICKNESS
            counted = (f"By the school's count {sickness_in_words(missed)}",) if ill else ()
            return f"Absent from school {missed_in_words(missed)}", counted
        case None:
            end = " ended" if entry.ends else " began" if entry.kind in REGISTER_KINDS else ""
            return f"{KIND_WORDS[entry.kind]}{end}", ()


def _attended(attended: Attendance, site: str) -> tuple[str, tuple[str, ...]]:
    said = f"Visit to {site}" if site else KIND_WORDS[EventKind.EMERGENCY_ATTENDANCE]
    kind = attended.department_type
    details = [
        DEPARTMENTS[kind.value] if _says_more(kind, site) else "",
        "Left before being seen" if attended.left_before_seen else "",
        "With an injury" if attended.injury else "",
        _TAPPED.get(attended.clinician_concern, ""),
        _coded(attended.safeguarding_concerns),
        "Left while it was to be kept there" if left_while_held(attended) else "",
        f"Aged {age_from_months(attended.age_months).lower()}" if attended.age_months else "",
    ]
    return said, tuple(one for one in details if one)


_TAPPED: Final = {
    ClinicianConcern.INJURY_OR_BRUISE_NOT_YET_MOBILE: (
        "A clinician said: injury or bruise, not yet mobile"
    )
}


def _coded(codes: Sequence[str]) -> str:
    words = [CONCERN_WORDS[code] for code in concerns_known(codes)]
    words += [f"SNOMED CT code {code}" for code in concerns_without_words(codes)]
    return f"Concern coded: {'; '.join(words)}" if words else ""


def _says_more(kind: DepartmentType, site: str) -> bool:
    """Whether the kind of department is known, and not said with the visit already."""
    return kind is not DepartmentType.UNKNOWN and bool(site or kind is not DepartmentType.MAJOR)


def _period(entry: HistoryEntry, period: RegisterEntry, holder: str) -> tuple[str, tuple[str, ...]]:
    what = KIND_WORDS[entry.kind]
    by = f"Held by {holder}" if holder else ""
    if entry.ends:
        listed = period.listing is Listing.LISTED
        ended = "ended" if listed else "no longer listed"
        return f"{what} {ended}", (by,) if by else ()
    details = [
        by,
        "The day on which it began is not known" if period.started_on is None else "",
        "For another council" if period.held_for_another_authority else "",
        f"Baby due {day(period.due_on)}" if period.due_on and not period.born_on else "",
        f"Baby born {day(period.born_on)}" if period.born_on else "",
        f"Until {london_day(entry.until)}" if entry.until else "Open now",
    ]
    return f"{what} began", tuple(one for one in details if one)


def problem_words(source: SourceTold) -> tuple[str, ...]:
    """Answer what is wrong with a source, each as the end of a sentence that its name begins."""
    said = []
    for problem, at in source.problems:
        since = {
            SourceProblem.NOT_HEARD_LATELY: f": last on {moment(at)}",
            SourceProblem.REPORTS_UNREADABLE: f", the first of {moment(at)}",
            SourceProblem.NOT_LIVE_YET: f": from {moment(at)}",
        }.get(problem, "")
        said.append(_PROBLEMS[problem] + (since if at else ""))
    return tuple(said)


def ended_words(ended_at: datetime) -> str:
    """Answer why an alert that no longer stands opens no more than what it rested on, until when.

    It need not be this child's fault or an agency's: the child may have turned out to be another.
    """
    return (
        f"This alert has not stood since {moment(ended_at)}. Until"
        f" {london_day(closes_at(ended_at))} it shows what it rested on, so that whoever acted on"
        " it can see why. It opens nothing else of the child; another alert about the child may."
    )


def notes_words(
    *, kept_back: bool, narrowed: bool, location_withheld: bool, possible: int
) -> tuple[str, ...]:
    """Answer in what ways a chronology is less, or less certain, than the whole."""
    others = "1 other child is" if possible == 1 else f"{possible} other children are"
    said = (
        (
            narrowed,
            "You are informed of this alert. You see what it rests on, and your own reports.",
        ),
        (kept_back, "An agency asked that something be shown later, or to others only."),
        (
            location_withheld,
            "Where this child is must not be known: places and agencies are left out.",
        ),
        (
            possible > 0,
            f"{others} possibly this child. Their entries are marked: kind and day alone.",
        ),
    )
    return tuple(sentence for holds, sentence in said if holds)
