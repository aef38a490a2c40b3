"""What keeps a mark of a school register from being taken."""

from collections.abc import Iterator

from hub.core.event import SchoolAbsenceFacts
from hub.core.reasons import Fault, RejectReason
from hub.core.school_marks import (
    REASON_AS_TOLD,
    REASON_OF_CODE,
    SICKNESS_CODE,
    SICKNESS_COUNTS,
    SICKNESS_DAYS_LEAST,
    SICKNESS_DAYS_MOST,
    SchoolSession,
)


def mark_faults(facts: SchoolAbsenceFacts, agency: str, *, sickness_asked: bool) -> Iterator[Fault]:
    """Yield why a mark is not taken, the most basic first.

    A presence is refused by its code, so that one is never kept even if a connector sent it; and so
    is sickness that is too short for a school's return, or that no authority's policy asks for.
    """
    if facts.school is None or facts.school.agency != agency:
        yield Fault(
            reason=RejectReason.SCHOOL_NOT_ITS_OWN,
            field="facts.school",
            expected="The URN of the school that the report is for was expected.",
        )
    if facts.session_date is None or facts.session is SchoolSession.UNKNOWN:
        yield Fault(
            reason=RejectReason.SESSION_MISSING,
            field="facts.session_date",
            expected="The day and the session, morning or afternoon, were expected.",
        )
    if REASON_AS_TOLD.get(facts.code or "") is not facts.reason:
        told = ", ".join(sorted(REASON_OF_CODE))
        yield Fault(
            reason=RejectReason.MARK_NOT_FOR_US,
            field="facts.code",
            expected=f"One of the codes {told}, with what it counts as, was expected.",
        )
    elif facts.code == SICKNESS_CODE and not sickness_asked:
        yield Fault(
            reason=RejectReason.SICKNESS_NOT_ASKED,
            field="facts.code",
            expected="No mark of sickness was expected: no authority here has asked for them.",
        )
    else:
        yield from _count_faults(facts)


def _count_faults(facts: SchoolAbsenceFacts) -> Iterator[Fault]:
    """Yield that days of sickness are counted of another mark, or too few or too many of one."""
    for name in SICKNESS_COUNTS:
        days = getattr(facts, name)
        if days is not None and (
            facts.code != SICKNESS_CODE or not 1 <= days <= SICKNESS_DAYS_MOST
        ):
            yield Fault(
                reason=RejectReason.MARK_NOT_FOR_US,
                field=f"facts.{name}",
                expected=(
                    f"With code {SICKNESS_CODE} 1 to {SICKNESS_DAYS_MOST} school days were"
                    " expected; with every other code none."
                ),
            )
    if facts.code == SICKNESS_CODE and facts.sickness_days < SICKNESS_DAYS_LEAST:
        yield Fault(
            reason=RejectReason.MARK_NOT_FOR_US,
            field=f"facts.{SICKNESS_COUNTS[0]}",
            expected=(
                f"Code {SICKNESS_CODE} was expected only with {SICKNESS_DAYS_LEAST} school days of"
                " sickness or more, in a row or in the school year."
            ),
        )
