"""Which school a child is known at in this school year, and who says so."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import groupby
from typing import Final

from hub.core.chronology import StoredEvent, text_in
from hub.core.clock import LONDON, london_date
from hub.core.encompass_notice import NoticeReason, RollSource, RollWord
from hub.core.encompass_time import school_year_began
from hub.core.event import EventKind, EventState
from hub.core.identifiers import Urn
from hub.errors import InvalidIdentifier

MOVED_AFTER: Final = timedelta(days=28)
"""So long after a school's last mark of a child another school's mark is taken for a move; sooner,
the two disagree. This project's own figure, no source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolKnown:
    """The school of a child, or ``None``, and why."""

    school: Urn | None
    reason: NoticeReason


_REASONS = {
    RollSource.REGISTER: NoticeReason.SCHOOL_REPORTS_CHILD,
    RollSource.SCHOOL_LEAD: NoticeReason.SCHOOL_CONFIRMED,
    RollSource.COUNCIL: NoticeReason.COUNCIL_NAMED_SCHOOL,
}


def school_known(
    words: Sequence[RollWord], force_names: str | None, as_of: datetime
) -> SchoolKnown:
    """Answer the school of a child in the school year of an instant.

    The latest word of a school's register, of its lead or of the council counts; a school that has
    said "not on our roll" is out until its own register names the child later. Where a register
    alone speaks against another school, neither is taken unless the force names one of the two.
    Without any word, the school that the force names, which is to be asked first.
    """
    latest = _latest(_counted(words, as_of))
    there = sorted(
        (one for one in latest if one.on_roll), key=lambda one: (one.said_at, one.school.agency)
    )
    named = _urn(force_names)
    if _disputed(there):
        there = [one for one in there if one.school == named]
        if not there:
            return SchoolKnown(school=None, reason=NoticeReason.SCHOOLS_DISAGREE)
    if there:
        return SchoolKnown(school=there[-1].school, reason=_REASONS[there[-1].source])
    refused = {one.school for one in latest}
    if named is not None and named not in refused:
        return SchoolKnown(school=named, reason=NoticeReason.FORCE_NAMED_SCHOOL)
    reason = NoticeReason.NOT_ON_ROLL if refused else NoticeReason.NO_SCHOOL_KNOWN
    return SchoolKnown(school=None, reason=reason)


def _disputed(there: Sequence[RollWord]) -> bool:
    """Answer whether the last word is a register's alone, against another school's standing word.

    Whoever keeps a register could else have any child's notices sent to their school by one mark.
    What a person at a school or the council said this school year is not outdone by a mark, nor is
    another register that has spoken lately.
    """
    if not there or there[-1].source is not RollSource.REGISTER:
        return False
    last = there[-1]
    return any(
        one.source is not RollSource.REGISTER or last.said_at - one.said_at < MOVED_AFTER
        for one in there[:-1]
    )


def said_no(words: Iterable[RollWord], agency: str, as_of: datetime) -> bool:
    """Answer whether a school's last word in this school year is "not on our roll"."""
    own = [one for one in _counted(words, as_of) if one.school.agency == agency]
    return any(not one.on_roll for one in _latest(own))


def _counted(words: Iterable[RollWord], as_of: datetime) -> list[RollWord]:
    """Answer what was said in the school year of an instant, and no mark of a day to come.

    A mistyped date would else outlast every later word, the school's own "no" included.
    """
    began = school_year_began(london_date(as_of))
    return [
        one
        for one in words
        if one.said_at >= began and (one.said_at <= as_of or one.source is not RollSource.REGISTER)
    ]


def _latest(words: Iterable[RollWord]) -> list[RollWord]:
    """Answer the last word on each school; of two at one instant a no counts."""
    ordered = sorted(words, key=lambda one: (one.school.agency, one.said_at, not one.on_roll))
    return [list(of)[-1] for _, of in groupby(ordered, key=lambda one: one.school.agency)]


def register_words(events: Iterable[StoredEvent]) -> tuple[RollWord, ...]:
    """Answer what schools' own registers say: a mark of absence is of a pupil on roll."""
    marks = (
        event
        for event in events
        if event.kind is EventKind.SCHOOL_ABSENCE and event.state is not EventState.WITHDRAWN
    )
    return tuple(word for mark in marks if (word := _word(mark)) is not None)


def _word(mark: StoredEvent) -> RollWord | None:
    school = _urn(text_in(mark.facts.get("school")))
    if school is None:
        return None
    day = london_date(mark.occurred_at)
    said_at = datetime.combine(day, time.min, tzinfo=LONDON)
    return RollWord(school=school, on_roll=True, source=RollSource.REGISTER, said_at=said_at)


def _urn(text: str | None) -> Urn | None:
    try:
        return Urn(text) if text else None
    except InvalidIdentifier:
        return None
