"""What agencies of the laboratory tell about who a person is."""

from dataclasses import replace
from datetime import timedelta

from hub.core.event import Event, EventState, IdentityChangeFacts
from hub.core.identity_change import Change
from tests.service.laboratory import NOW, a_child


def a_change(change, *, now, former=None, visit=None, **changes):
    """A made-up change: who was ``former`` is ``now``, or the visit is ``now``'s."""
    at = NOW - timedelta(minutes=5)
    event = Event(
        source_key=changes.pop("source_key", f"{change.value}|{former or visit}"),
        revision=1,
        state=EventState.REPORTED,
        occurred_at=at,
        recorded_at=at,
        subject=now,
        facts=IdentityChangeFacts(change=change, former_local_id=former, visit_key=visit),
    )
    return replace(event, **changes)


def a_move(visit, now, *, site="RAE01", **changes):
    """A45: a visit of the laboratory's is ``now``'s."""
    return a_change(Change.VISIT_MOVED, now=now, visit=f"{site}|{visit}", **changes)


def a_merge(former, now, **changes):
    """A40: who was ``former`` is ``now``."""
    return a_change(Change.RECORDS_MERGED, now=now, former=former, **changes)


def somebody(local_id, number=None, **changes):
    """A made-up child whom the hospital knows by nothing but its own number, or told more."""
    known = a_child(0 if number is None else number, local_id=local_id)
    bare = (
        {}
        if number is not None
        else {
            "nhs_number": None,
            "family_name": None,
            "given_names": None,
            "birth_date": None,
            "postcode": None,
        }
    )
    return replace(known, **(bare | changes))
