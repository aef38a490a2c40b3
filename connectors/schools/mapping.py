"""Maps one register and its marks to a reading. Pure: no file, no clock.

Only unexplained and unauthorised marks, and those of long sickness, become events; every other mark
is counted and left here.
What each column becomes is in the README.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from typing import Final

from connectors.contract import Reading
from connectors.schools.codes import CODE_EXPECTED, NO_MARK, AttendanceCode, code_in
from connectors.schools.pupils import read_pupil
from connectors.schools.registers import Register, RegisterKey, UnusableRow, is_restricted
from connectors.schools.sickness import counts_in, is_told
from connectors.schools.tables import Row
from hub.core.clock import LONDON
from hub.core.event import Event, EventState, SchoolAbsenceFacts, Subject
from hub.core.identifiers import LocalId, Urn
from hub.core.report import (
    EVENTS_PER_REPORT_MAX,
    REFUSALS_PER_REPORT_MAX,
    AttendanceRegister,
    Dropped,
    FeedFault,
    Refusal,
)
from hub.core.school_marks import AbsenceReason, SchoolSession
from hub.errors import InvalidIdentifier

ROW_REFUSED: Final = "register_row_refused"
CUT_OFF: Final = "register_cut_off"
TOO_MANY_MARKS: Final = "register_too_large"
MINUTES_DIGITS_MAX: Final = 3
"""A session has fewer than 1,000 minutes."""


ANOTHER_MARK: Final = UnusableRow(
    "pupil_id", "one mark for each pupil and session; another stands in the file"
)

_BEGINS: Final = {SchoolSession.AM: time(9), SchoolSession.PM: time(13)}
"""When a session is taken to begin, in London: schools differ, and their files do not say."""


@dataclass(slots=True)
class MarksRead:
    """What has been read of one register's marks: told ones as rows, the others as counts."""

    rows: int = 0
    counted: Counter[str] = field(default_factory=Counter)
    unmarked: int = 0
    refusals: list[Refusal] = field(default_factory=list)

    def take(self, row: Row, at: datetime) -> bool:
        """Count a row of ``marks.csv``; answer whether it is to be told."""
        self.rows += 1
        if row.text("code") in NO_MARK:
            self.unmarked += 1
            return False
        code = code_in(row.text("code"))
        if code is None:
            self.refuse(row, UnusableRow("code", CODE_EXPECTED), at)
            return False
        if is_told(code, row) or _may_have_been_told(row):
            return True
        self.counted[code.counts_as.value] += 1
        if code.told_as is not None:
            counts_in(row, self.counted)
        return False

    def refuse(self, row: Row, unusable: UnusableRow, at: datetime) -> None:
        """Note that a row cannot be used; beyond what one report holds only that it is one."""
        if len(self.refusals) < REFUSALS_PER_REPORT_MAX:
            self.refusals.append(
                Refusal(
                    reference=row.reference,
                    field=unusable.column,
                    expected=unusable.expected,
                    at=at,
                )
            )


def _may_have_been_told(row: Row) -> bool:
    """Answer whether a mark was told before it was changed; one that is not known may have been."""
    previous = row.text("previous_code")
    code = code_in(previous)
    return bool(previous) and (code is None or is_told(code, row))


def map_register(
    register: Register, told: Iterable[Row], marks: MarksRead, started_at: datetime
) -> tuple[Reading, ...]:
    """Answer what is told of one register: one reading, or several where one cannot hold it.

    It is complete only if the school says so, every row it announces came, each could be read and
    none is without a mark. A register too large for one report is never told as complete.
    """
    events, dropped = _events(register, told, marks, started_at)
    parts = [
        events[at : at + EVENTS_PER_REPORT_MAX]
        for at in range(0, max(1, len(events)), EVENTS_PER_REPORT_MAX)
    ]
    faults = _faults(register, marks, parts=len(parts))
    whole = register.complete and not faults and not marks.unmarked
    left_out = {**marks.counted, **dropped} | (
        {"no_mark": marks.unmarked} if marks.unmarked else {}
    )
    first = Reading(
        reference=register.key.words,
        agency=Urn(register.key.urn).agency,
        events=_said(parts[0], whole=whole),
        refusals=tuple(marks.refusals),
        dropped=tuple(Dropped(reason=r, count=c) for r, c in sorted(left_out.items())),
        faults=faults,
        attendance_register=_statement(register, whole=whole),
        source_as_of=register.read_at,
        read_count=marks.rows,
    )
    rest = [
        Reading(
            reference=register.key.words,
            agency=first.agency,
            events=_said(part, whole=False),
            attendance_register=first.attendance_register,
            source_as_of=register.read_at,
            read_count=0,
        )
        for part in parts[1:]
    ]
    return (first, *rest)


def _events(
    register: Register, told: Iterable[Row], marks: MarksRead, started_at: datetime
) -> tuple[list[Event], Counter[str]]:
    """Answer the events in the order of the file, each pupil once, and what was left out."""
    events: dict[str, Event] = {}
    dropped: Counter[str] = Counter()
    for row in told:
        try:
            event = _event(register, row, dropped)
        except UnusableRow as unusable:
            marks.refuse(row, unusable, started_at)
            continue
        first = events.setdefault(event.source_key, event)
        if first != event:
            marks.refuse(row, ANOTHER_MARK, started_at)
    return list(events.values()), dropped


def _event(register: Register, row: Row, dropped: Counter[str]) -> Event:
    code = code_in(row.text("code"))
    if code is None:
        raise UnusableRow("code", CODE_EXPECTED)
    try:
        pupil = LocalId.parse(row.text("pupil_id")).reveal()
    except InvalidIdentifier:
        raise UnusableRow("pupil_id", "the school's own id of the pupil") from None
    explained = not is_told(code, row)
    shielded = is_restricted(row)
    subject = Subject(local_id=pupil) if explained else read_pupil(row, pupil, dropped, shielded)
    key = register.key
    return Event(
        source_key=f"{key.urn}|{pupil}|{key.day.isoformat()}|{key.session.value}",
        revision=round(register.read_at.timestamp() * 1000),
        state=EventState.WITHDRAWN if explained else EventState.REPORTED,
        occurred_at=session_begins(key.day, key.session),
        recorded_at=register.read_at,
        subject=subject,
        facts=_explained(key) if explained else _facts(key, row, code, dropped),
        shielded=shielded,
    )


def _explained(key: RegisterKey) -> SchoolAbsenceFacts:
    """Answer the facts of a mark that was explained: only which it was, never the code."""
    return SchoolAbsenceFacts(school=Urn(key.urn), session_date=key.day, session=key.session)


def _facts(
    key: RegisterKey, row: Row, code: AttendanceCode, dropped: Counter[str]
) -> SchoolAbsenceFacts:
    ill = code.told_as is AbsenceReason.SICKNESS
    counts = counts_in(row, dropped) if ill else {}
    return SchoolAbsenceFacts(
        school=Urn(key.urn),
        session_date=key.day,
        session=key.session,
        code=code.code,
        reason=code.told_as or AbsenceReason.UNKNOWN,
        minutes_late=None if ill else _minutes(row, dropped),
        sickness_days_in_a_row=counts.get("sickness_days_in_a_row"),
        sickness_days_in_year=counts.get("sickness_days_in_year"),
    )


def _minutes(row: Row, dropped: Counter[str]) -> int | None:
    text = row.text("minutes_late")
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) <= MINUTES_DIGITS_MAX:
        return int(text)
    dropped["minutes_late_not_valid"] += 1
    return None


def session_begins(day: date, session: SchoolSession) -> datetime:
    """Answer the instant, in UTC, at which a session is taken to begin."""
    return datetime.combine(day, _BEGINS[session], tzinfo=LONDON).astimezone(UTC)


def _said(events: list[Event], *, whole: bool) -> tuple[Event, ...]:
    """Answer the events with the word on whether their register was complete."""
    return tuple(
        replace(event, facts=replace(event.facts, register_complete=whole))
        if isinstance(event.facts, SchoolAbsenceFacts) and event.state is EventState.REPORTED
        else event
        for event in events
    )


def _statement(register: Register, *, whole: bool) -> AttendanceRegister:
    return AttendanceRegister(
        school=register.key.urn,
        session_date=register.key.day,
        session=register.key.session,
        as_at=register.read_at,
        complete=whole,
    )


def _faults(register: Register, marks: MarksRead, *, parts: int) -> tuple[FeedFault, ...]:
    """Answer what keeps a register from being whole, and a person should mend."""
    found = {
        CUT_OFF: marks.rows != register.marks,
        ROW_REFUSED: bool(marks.refusals),
        TOO_MANY_MARKS: parts > 1,
    }
    return tuple(FeedFault(code=code, subject="register") for code, is_so in found.items() if is_so)
