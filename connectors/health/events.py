"""What a message becomes: one event, by what its trigger does and where its visit is."""

from typing import Final

from connectors.health.attendance import (
    Standing,
    Visit,
    age_months,
    injury,
    is_adult,
    name_gaps,
    timing_of_age,
    visit,
)
from connectors.health.case import Case, visit_key
from connectors.health.demographics import Birth, birth
from connectors.health.discharge import outcome
from connectors.health.moments import british_day
from connectors.health.staff import staff_said
from connectors.health.subject import cancelled_subject, is_shielded, subject, who
from connectors.health.triggers import Act
from connectors.outcome import LeftOut, Refused
from hub.core.attendance_facts import DepartureManner
from hub.core.event import (
    EmergencyAttendanceFacts,
    Event,
    EventState,
    Facts,
    PersonDetailsFacts,
    Subject,
)

_STATES: Final = {
    Act.DESCRIBES: EventState.REPORTED,
    Act.OPENS: EventState.REPORTED,
    Act.UPDATES: EventState.CORRECTED,
    Act.MOVES: EventState.CORRECTED,
    Act.DISCHARGES: EventState.CORRECTED,
    Act.REOPENS: EventState.CORRECTED,
    Act.CANCELS: EventState.WITHDRAWN,
}


def event_of(case: Case) -> Event:
    """Answer the event of a message.

    Raises:
        LeftOut: it is not about an emergency attendance, or the person is an adult.
        Refused: it cannot be keyed, or says of nothing whether it is an emergency attendance.
    """
    if case.trigger.act is Act.DESCRIBES:
        return _person(case)
    if case.trigger.act is Act.CANCELS:
        return _cancelled(case)
    seen = visit(case.message, case.mapping, case.sent)
    if seen.standing is Standing.HERE:
        return _attendance(case, seen)
    if seen.standing is Standing.ELSEWHERE:
        raise LeftOut("not_emergency")
    if case.trigger.act is Act.MOVES and seen.left_department:
        return _moved_away(case)
    return _person(case)


def _attendance(case: Case, seen: Visit) -> Event:
    """An attendance, or a change to one while the patient is in the department."""
    key, born = visit_key(case), _of_a_child(case)
    name_gaps(seen, case.notes)
    opens = case.trigger.act is Act.OPENS
    arrived_at = case.times.occurred_at if opens else case.times.admitted_at
    ended = outcome(case)
    said = staff_said(
        case.message,
        case.mapping.staff,
        arrived_at or case.times.occurred_at,
        min(ended.departed_at or case.times.recorded_at, case.times.recorded_at),
        case.notes,
    )
    facts = EmergencyAttendanceFacts(
        site_code=seen.location.site,
        site_as_sent=seen.location.as_sent,
        arrived_at=arrived_at,
        departed_at=ended.departed_at,
        department_type=seen.department_type,
        counted_because=seen.counted_because,
        disposition=ended.disposition,
        left_before_seen=ended.left_before_seen,
        injury=injury(case.message),
        age_months=age_months(born, arrived_at),
        departure=ended.departure,
        **said.facts,
    )
    cleared = tuple(dict.fromkeys((*ended.deleted, *said.deleted)))
    return _event(case, key, _subject(case, born, key), facts, cleared)


def _moved_away(case: Case) -> Event:
    """A move from the department to a ward ends the attendance, and says nothing else of it."""
    key, born = visit_key(case), _of_a_child(case)
    reads = case.mapping.staff.reads_anything
    facts = EmergencyAttendanceFacts(
        departed_at=case.times.left_at, departure=DepartureManner.ADMITTED if reads else None
    )
    return _event(case, key, _subject(case, born, key), facts)


def _cancelled(case: Case) -> Event:
    """A cancelled visit: sent whatever its class and whatever the age, without saying who it was.

    Neither can be told from what a cancel carries, and one that is held back would leave an
    attendance that never was.
    """
    key = visit_key(case)
    local_id = who(case).local_id or key
    return _event(case, key, cancelled_subject(local_id), EmergencyAttendanceFacts())


def _person(case: Case) -> Event:
    """Who a person is: A28 and A31, and whatever an admitted patient's messages say of them.

    After admission the same visit number runs on, so the discharge from a ward must not be read as
    the departure from the department; the name, the address and above all a shield still count.
    """
    born = _of_a_child(case)
    local_id = who(case).local_id
    if local_id is None:
        raise Refused("PID-3", "the hospital's own number of the person, or a valid NHS number")
    key = f"{case.sender}|person|{local_id}"
    return _event(case, key, _subject(case, born, local_id), PersonDetailsFacts())


def _event(
    case: Case, key: str, person: Subject, facts: Facts, cleared: tuple[str, ...] = ()
) -> Event:
    described = isinstance(facts, PersonDetailsFacts)
    return Event(
        source_key=key,
        revision=case.revision,
        state=EventState.REPORTED if described else _STATES[case.trigger.act],
        occurred_at=case.times.occurred_at,
        recorded_at=case.times.recorded_at,
        subject=person,
        facts=facts,
        cleared=cleared,
        shielded=is_shielded(case.message),
    )


def _subject(case: Case, born: Birth, key: str) -> Subject:
    """The person; one without any number is known by the visit, until a number is sent."""
    person = who(case)
    if person.local_id is None:
        case.notes.fault("person_without_number", case.named_sender)
    return subject(case, person, person.local_id or key, born)


def _of_a_child(case: Case) -> Birth:
    """Answer the date of birth, or leave the message out: the person is certainly an adult."""
    pid = case.message.row("PID")
    born = birth(pid, british_day(case.times.recorded_at), case.notes)
    opens = case.trigger.act is Act.OPENS
    if is_adult(born, timing_of_age(case.times, opens=opens)):
        raise LeftOut("adult")
    return born
