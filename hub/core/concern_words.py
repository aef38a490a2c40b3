"""What codes of the safeguarding concern reference set say, and whether a hold was open, in words.

Only codes whose words were read in a published source are here (RCGP toolkit, part 4; NEL ICB; the
SNOMED CT browser of tx-dev.fhir.org). The set (ECDS, 999002381000000108) has 46 terms, among them
"no safeguarding issues identified", whose code is not known here: so a code without words is shown
as the number that it is, and nothing is read into it.
"""

from collections.abc import Iterable
from typing import Final

from hub.core.attendance_facts import DepartureManner
from hub.core.chronology import Attendance

CONCERN_WORDS: Final = {
    "836881000000105": "child is cause for safeguarding concern",
    "878111000000109": "unborn child is cause for concern",
    "1064961000000107": "child in family is cause for concern",
    "375041000000100": "family member subject to a Child Protection Plan",
    "1076171000000104": "carer behaviour is cause for concern",
}

NO_CONCERNS: Final = frozenset({"342891000000105", "764951000000107"})
"""No longer subject to a Child Protection Plan, no longer looked after: no concern is coded."""


def concerns_known(codes: Iterable[str]) -> tuple[str, ...]:
    """Answer the codes that are a concern for certain."""
    return tuple(code for code in codes if code in CONCERN_WORDS)


def concerns_without_words(codes: Iterable[str]) -> tuple[str, ...]:
    """Answer the codes that may be a concern, or may say that there is none."""
    return tuple(code for code in codes if code not in CONCERN_WORDS.keys() | NO_CONCERNS)


def left_while_held(attendance: Attendance) -> bool:
    """Answer whether a child left the hospital while staff had been asked to keep it there.

    A move to a ward or to another hospital is no leaving. A hold that begins after the departure
    was not open then, and an end before its beginning is an earlier hold's.
    """
    since, ended = attendance.held_from, attendance.hold_ended_at
    if since is None or attendance.departure not in _GONE:
        return False
    if ended is not None and ended < since:
        ended = None
    if attendance.departed_at is None:
        return attendance.departure is DepartureManner.LEFT and ended is None
    return since <= attendance.departed_at and (ended is None or ended > attendance.departed_at)


_GONE: Final = {DepartureManner.UNKNOWN, DepartureManner.LEFT, DepartureManner.DISCHARGED}
