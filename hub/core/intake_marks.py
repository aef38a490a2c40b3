"""What keeps a mark of a school register from being taken."""

from collections.abc import Iterator

from hub.core.event import SchoolAbsenceFacts
from hub.core.reasons import Fault, RejectReason
from hub.core.school_marks import REASON_OF_CODE, SchoolSession


def mark_faults(facts: SchoolAbsenceFacts, agency: str) -> Iterator[Fault]:
    """Yield why a mark is not taken, the most basic first.

    A presence is refused by its code, so that one is never kept even if a connector sent it.
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
    if REASON_OF_CODE.get(facts.code or "") is not facts.reason:
        told = ", ".join(sorted(REASON_OF_CODE))
        yield Fault(
            reason=RejectReason.MARK_NOT_FOR_US,
            field="facts.code",
            expected=f"One of the codes {told}, with what it counts as, was expected.",
        )
