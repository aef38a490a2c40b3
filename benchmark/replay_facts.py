"""Made-up coded facts of children for a backtest: rows without a person behind them.

Each child has so many events over two years: visits, incidents, marks of absence, and for one in
ten a plan. No name, number or address is made, so what is sealed is a byte that nobody opens.
"""

import hashlib
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Final

from hub.core.chronology import StoredEvent
from hub.core.event import EventKind, EventState

DAYS: Final = 730
SITES: Final = ("RAE01", "RR801", "RR813")
COUNCILS: Final = ("E08000032", "E08000035")
SCHOOLS: Final = ("900101", "900102", "900201", "900202")
_VISIT, _INCIDENT = EventKind.EMERGENCY_ATTENDANCE, EventKind.DOMESTIC_ABUSE_INCIDENT
_MARK, _PLAN = EventKind.SCHOOL_ABSENCE, EventKind.CHILD_PROTECTION_PLAN


def digest(*words: object) -> bytes:
    """Answer 16 bytes that follow from words."""
    return hashlib.blake2b("|".join(map(str, words)).encode(), digest_size=16).digest()


def events_of(number: int, events: int, until: datetime) -> Sequence[StoredEvent]:
    """Answer so many revisions of facts of one child, in the order in which they came."""
    chance = random.Random(number)  # made-up facts, the same in every run
    told = list(_facts(chance, number, events, until))
    return sorted(told[:events], key=lambda one: one.received_at)


def _facts(
    chance: random.Random, number: int, events: int, until: datetime
) -> Iterator[StoredEvent]:
    if not number % 10:
        yield from _told(chance, number, 0, _PLAN, until)
    for fact in range(1, events + 1):
        kind = chance.choices((_VISIT, _INCIDENT, _MARK), (12, 4, 9))[0]
        yield from _told(chance, number, fact, kind, until)


def _told(
    chance: random.Random, number: int, fact: int, kind: EventKind, until: datetime
) -> Iterator[StoredEvent]:
    """Yield a fact, and for one in ten its correction a day later."""
    at = until - timedelta(days=chance.randrange(1, DAYS), minutes=chance.randrange(600))
    agency, facts = _content(chance, number, kind, at)
    for revision in range(1, 3 if chance.random() < 0.1 else 2):  # one in ten
        came = at + timedelta(days=revision - 1, minutes=chance.randrange(1, 240))
        taken_back = revision > 1 and chance.random() < 0.2  # one in five of them
        yield StoredEvent(
            event_id=digest(number, fact, revision),
            fact_key=digest(number, fact),
            record_ref=digest(number, agency, "record"),
            agency=agency,
            kind=kind,
            revision=revision,
            state=EventState.WITHDRAWN if taken_back else EventState.REPORTED,
            occurred_at=at,
            recorded_at=came,
            received_at=came,
            facts=facts,
        )


def _content(
    chance: random.Random, number: int, kind: EventKind, at: datetime
) -> tuple[str, dict[str, object]]:
    council = COUNCILS[number % 2]
    if kind is _VISIT:
        site = chance.choice(SITES)
        return site[:3], {
            "site_code": site,
            "arrived_at": at.isoformat(),
            "counted_because": "site_mapping",
            "attendance_category": chance.choice("1114"),
            "age_months": 60,
            "injury": chance.random() < 0.3,  # three in ten
        }
    if kind is _INCIDENT:
        return "POL13", {
            "began_at": at.isoformat(),
            "occurrence": digest(number, at).hex(),
            "officer_grade": chance.choice(("standard", "standard", "medium", "high")),
            "place_authority": council,
            "present": chance.random() < 0.6,  # six in ten
            "resident": True,
        }
    if kind is _MARK:
        school = SCHOOLS[number % len(SCHOOLS)]
        return f"URN{school}", {
            "school": school,
            "session_date": at.date().isoformat(),
            "session": chance.choice(("am", "pm")),
            "code": chance.choice("NNOGU"),
            "reason": "no_reason_established",
        }
    return council, {
        "authority": council,
        "started_on": datetime.combine(at.date(), time(), tzinfo=UTC).date().isoformat(),
        "ended_on": None,
        "held_for_another_authority": False,
    }
