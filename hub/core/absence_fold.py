"""Folds what registers said of missed sessions into the absences that stand.

The rules of folding are those of attendances: the source's order and not that of arrival decides.
A complete register says more than its marks: who is not in it is not marked absent, and so an
absence that was told from an earlier reading has ended.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby

from hub.core.absence import Absence
from hub.core.chronology import (
    StoredEvent,
    flag_in,
    folded_facts,
    in_order,
    is_withdrawn,
    text_in,
    whole_number_in,
)
from hub.core.event import EventKind
from hub.core.handling import folded_handling
from hub.core.identifiers import Urn
from hub.core.school_marks import REASON_AS_TOLD, SICKNESS_CODE, SICKNESS_COUNTS, SchoolSession


def absences(
    events: Iterable[StoredEvent], registers_read: Mapping[bytes, datetime]
) -> tuple[Absence, ...]:
    """Answer the absences that stand, by day and session; other kinds are passed over.

    Args:
        events: stored revisions of facts of one child.
        registers_read: for each fact, when a complete register of its session was last read.
    """
    marks = (event for event in events if event.kind is EventKind.SCHOOL_ABSENCE)
    by_fact = groupby(sorted(marks, key=in_order), key=lambda event: event.fact_key)
    folded = (fold_absence(tuple(told), registers_read.get(fact)) for fact, told in by_fact)
    standing = [absence for absence in folded if absence is not None]
    return tuple(sorted(standing, key=place_in_order))


def fold_absence(
    revisions: Sequence[StoredEvent], register_read_at: datetime | None
) -> Absence | None:
    """Fold the revisions of one mark, in the order of the source; arrival order does not matter.

    Answers ``None`` if the mark is withdrawn, if a complete register was read after the last
    reading that listed it, or if no revision says which session of which school it is.
    """
    ordered = sorted({event.event_id: event for event in revisions}.values(), key=in_order)
    if is_withdrawn(ordered) or _is_ended(ordered, register_read_at):
        return None
    facts = folded_facts(ordered)
    code = text_in(facts.get("code"))
    day = text_in(facts.get("session_date"))
    school = text_in(facts.get("school"))
    if code not in REASON_AS_TOLD or day is None or school is None:
        return None
    first, last = ordered[0], ordered[-1]
    received_at = min(event.received_at for event in ordered)
    return Absence(
        fact_key=first.fact_key,
        event_id=first.event_id,
        record_ref=last.record_ref,
        agency=last.agency,
        school=Urn(school),
        session_date=date.fromisoformat(day),
        session=SchoolSession(text_in(facts.get("session")) or "unknown"),
        began_at=last.occurred_at,
        code=code,
        reason=REASON_AS_TOLD[code],
        minutes_late=whole_number_in(facts.get("minutes_late")),
        register_complete=flag_in(facts.get("register_complete")),
        **(_counts(facts) if code == SICKNESS_CODE else {}),
        received_at=received_at,
        handling=folded_handling([event.handling for event in ordered], received_at),
        shielded=any(event.shielded for event in ordered),
        backfill=all(event.backfill for event in ordered),
    )


def _counts(facts: Mapping[str, object]) -> Mapping[str, int | None]:
    """Answer how long the sickness has lasted; of a mark that was changed since, nothing."""
    return {name: whole_number_in(facts.get(name)) for name in SICKNESS_COUNTS}


def _is_ended(ordered: Sequence[StoredEvent], register_read_at: datetime | None) -> bool:
    last_listed = max(event.recorded_at for event in ordered)
    return register_read_at is not None and last_listed < register_read_at


_SESSIONS = tuple(SchoolSession)


def place_in_order(absence: Absence) -> tuple[date, int, bytes]:
    """Answer the place of an absence among others: its day, its session, its fact."""
    return absence.session_date, _SESSIONS.index(absence.session), absence.fact_key
