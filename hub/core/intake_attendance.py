"""Judges what a hospital says of one attendance: what keeps it from being stored, what is odd."""

from collections.abc import Iterator
from typing import Final

from hub.core.event import EmergencyAttendanceFacts
from hub.core.reasons import EventFlag, Fault, RejectReason

CONCERNS_MAX: Final = 46
"""As many terms as the reference set of safeguarding concerns has."""


def attendance_faults(facts: EmergencyAttendanceFacts) -> Iterator[Fault]:
    """Yield why an attendance cannot be stored, as ``Fault``s."""
    if not any((facts.site_code, facts.site_as_sent, facts.arrived_at, facts.departed_at)):
        yield Fault(
            reason=RejectReason.NOTHING_SAID,
            field="facts",
            expected="A site, an arrival or a departure was expected.",
        )
    if len(facts.safeguarding_concerns or ()) > CONCERNS_MAX:
        yield Fault(
            reason=RejectReason.TEXT_UNUSABLE,
            field="facts.safeguarding_concerns",
            expected=f"At most {CONCERNS_MAX} codes were expected.",
        )


def attendance_flags(facts: EmergencyAttendanceFacts) -> Iterator[EventFlag]:
    """Yield what is odd about an attendance that is stored all the same."""
    came, left = facts.arrived_at, facts.departed_at
    if came is not None and left is not None and left < came:
        yield EventFlag.DEPARTED_BEFORE_ARRIVAL
