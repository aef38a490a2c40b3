"""What a message that merges, renumbers or moves becomes: changes of who a person is."""

from itertools import zip_longest
from typing import Final

from connectors.health.attendance import is_adult, timing_of_age
from connectors.health.case import CX_AUTHORITY, PV1_VISIT, Case, key_of_visit, visit_key
from connectors.health.demographics import Birth, birth
from connectors.health.former import MRG_VISIT, former_local_ids
from connectors.health.message import Value
from connectors.health.moments import british_day
from connectors.health.subject import cancelled_subject, is_shielded, subject, who
from connectors.health.triggers import Act
from connectors.outcome import LeftOut, Refused
from hub.core.event import (
    EmergencyAttendanceFacts,
    Event,
    EventState,
    Facts,
    IdentityChangeFacts,
    Subject,
)
from hub.core.identity_change import Change

_CHANGES: Final = {
    Act.MERGES: (Change.RECORDS_MERGED, "merged"),
    Act.RENUMBERS: (Change.IDENTIFIER_CHANGED, "renumbered"),
}
"""What each does, and the word that stands in the key of the fact."""


def changes_of(case: Case) -> tuple[Event, ...]:
    """Answer the changes of a message: one for each number before, or for each visit.

    Raises:
        LeftOut: the person is an adult.
        Refused: it does not say who was before, or which visit; or both are the same.
    """
    if case.trigger.act is Act.MOVES_VISIT:
        return _visits_moved(case)
    return _joined(case)


def _joined(case: Case) -> tuple[Event, ...]:
    """Records that are one person's: the key is of the number before, which has one successor."""
    born = _born(case)
    if _is_adults(case, born):
        raise LeftOut("adult")
    person = who(case)
    if person.local_id is None:
        raise Refused("PID-3", "the hospital's own number of the person, or a valid NHS number")
    former = _former(case)
    if not former:
        raise Refused("MRG-1", "the number that the person had before")
    before = tuple(one for one in former if one != person.local_id)
    if not before:
        raise Refused("MRG-1", "another number than that of PID-3: a record is itself already")
    change, word = _CHANGES[case.trigger.act]
    now = subject(case, person, person.local_id, born)
    return tuple(
        _event(
            case,
            f"{case.sender}|{word}|{one}",
            now,
            IdentityChangeFacts(change=change, former_local_id=one),
        )
        for one in before
    )


def _visits_moved(case: Case) -> tuple[Event, ...]:
    """Visits that are another patient's. Sent whatever their class, as a cancel is.

    Of a visit that turns out to be an adult's the hub needs to know nothing more: it is withdrawn.
    """
    born = _born(case)
    keys = _visit_keys(case)
    if _is_adults(case, born):
        former = next(iter(_former(case)), None)
        return tuple(
            _event(case, key, cancelled_subject(former or key), EmergencyAttendanceFacts())
            for key in keys
        )
    person = who(case)
    if person.local_id is None:
        raise Refused("PID-3", "the hospital's own number of the person, or a valid NHS number")
    now = subject(case, person, person.local_id, born)
    return tuple(
        _event(
            case,
            f"{case.sender}|moved|{key}",
            now,
            IdentityChangeFacts(change=Change.VISIT_MOVED, visit_key=key),
        )
        for key in keys
    )


def _visit_keys(case: Case) -> tuple[str, ...]:
    """Answer the keys of every visit that moves: PV1-19, and MRG-5 where that was another number.

    A message moves several visits in groups of MRG and PV1.
    """
    visits, merged = case.message.rows("PV1"), case.message.rows("MRG")
    keys = []
    for visit, before in zip_longest(visits, merged):
        now = visit.value(PV1_VISIT) if visit else Value()
        former = before.value(MRG_VISIT) if before else Value()
        for number in (now, former):
            if number.part(1):
                issuer = number.part(CX_AUTHORITY) or now.part(CX_AUTHORITY)
                keys.append(key_of_visit(case, issuer, number.part(1)))
    return tuple(dict.fromkeys(keys)) or (visit_key(case),)


def _former(case: Case) -> tuple[str, ...]:
    return former_local_ids(
        case.message, case.sender, case.notes, test_numbers=case.context.test_numbers
    )


def _born(case: Case) -> Birth:
    return birth(case.message.row("PID"), british_day(case.times.recorded_at), case.notes)


def _is_adults(case: Case, born: Birth) -> bool:
    return is_adult(born, timing_of_age(case.times, opens=False))


def _event(case: Case, key: str, person: Subject, facts: Facts) -> Event:
    taken_back = isinstance(facts, EmergencyAttendanceFacts)
    return Event(
        source_key=key,
        revision=case.revision,
        state=EventState.WITHDRAWN if taken_back else EventState.REPORTED,
        occurred_at=case.times.occurred_at,
        recorded_at=case.times.recorded_at,
        subject=person,
        facts=facts,
        shielded=is_shielded(case.message),
    )
