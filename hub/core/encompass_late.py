"""What becomes of a notice that nobody has acknowledged by the time it was due."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from hub.core.encompass_notice import (
    EncompassNotice,
    NoticeChange,
    NoticeStep,
    RecipientKind,
    council_seat,
    desk_seat,
    staff_seat,
)
from hub.core.encompass_policy import EncompassPolicy, LateTo
from hub.core.school_directory import SchoolDirectory


def late_notice(
    notice: EncompassNotice,
    policy: EncompassPolicy,
    directory: SchoolDirectory,
    conflicted: frozenset[str],
    at: datetime,
) -> NoticeChange | None:
    """Answer a notice that was due and that nobody has acknowledged, as others are shown it too.

    ``None`` if it was acknowledged, no longer stands, or is known to be late.
    """
    if not notice.waits or notice.late_at is not None or at < notice.due_at:
        return None
    seats, told = list(notice.seats), [notice.recipient.agency]
    for to in policy.late_to:
        for seat, agency in _also(to, notice, directory, conflicted):
            if seat not in seats:
                seats.append(seat)
                told.append(agency)
    changed = replace(notice, late_at=at, seats=tuple(seats), changed_at=at)
    return NoticeChange(notice=changed, step=NoticeStep.LATE, told=tuple(dict.fromkeys(told)))


def _also(
    to: LateTo,
    notice: EncompassNotice,
    directory: SchoolDirectory,
    conflicted: frozenset[str],
) -> Iterable[tuple[str, str]]:
    if to is LateTo.DESK:
        yield desk_seat(notice.force), notice.force
    elif to is LateTo.COUNCIL and notice.council is not None:
        yield council_seat(notice.council), notice.council.reveal()
    elif to is LateTo.DEPUTY and notice.recipient.kind is RecipientKind.SCHOOL:
        school = directory.of_agency(notice.recipient.agency)
        deputy = school.deputy if school else None
        if deputy is not None and deputy.staff_id not in conflicted:
            yield staff_seat(deputy.staff_id), notice.recipient.agency
