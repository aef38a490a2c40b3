"""Long illness of the town's pupils, as schools tell of it: from the fifteenth school day on."""

import random
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from hub.core.event import Event, EventState, SchoolAbsenceFacts
from hub.core.identifiers import Urn
from hub.core.school_calendar import sessions_on
from hub.core.school_marks import (
    REASON_OF_CODE,
    SICKNESS_CODE,
    SICKNESS_DAYS_LEAST,
    AbsenceReason,
    SchoolSession,
)
from tests.simulation.messages import RegisterRead

# Rates of a year, this project's own assumptions and an estimate of nowhere.
LONG_ILLNESS = 0.06  # of pupils, in a row or together
NO_REASON_AT_FIRST = 0.1  # of sessions: marked N until the parents have rung
MISTAKEN = 0.1  # of illnesses: of another pupil, and taken back a month later
WAS_THERE = 0.15  # of sessions: a later complete register does not list the pupil


def fall_ill(maker, pupils, began):
    """Let some pupils be ill for long, from some day of the year that began then.

    It draws from a source of its own: all else that happens in the year stays as it was.
    """
    kept, maker.chance = maker.chance, random.Random(maker.staff.random())  # noqa: S311  # no secret
    for pupil in pupils:
        for _ in range(maker.times(LONG_ILLNESS)):
            _fall_ill(maker, pupil, began)
    maker.chance = kept


def _fall_ill(maker, pupil, began):
    chance, calendar = maker.chance, maker.calendars.of(Urn(pupil.school))
    day = began + timedelta(days=chance.randrange(0, max(maker.days - 45, 1)))
    lasts, before, count = SICKNESS_DAYS_LEAST + chance.randrange(8), chance.choice((0, 0, 4)), 0
    mistaken = chance.random() < MISTAKEN
    while count < lasts and day < began + timedelta(days=maker.days):
        sessions = sessions_on(calendar, day)
        count += bool(sessions)
        for session in sessions if count >= SICKNESS_DAYS_LEAST else ():
            counts = (count, count + before)
            _mark(maker, pupil, (day, session), counts, mistaken=mistaken)
        day += timedelta(days=1)


def _mark(maker, pupil, session_of, counts, *, mistaken):
    chance, agency, (day, session) = maker.chance, Urn(pupil.school).agency, session_of
    at = datetime.combine(day, time(9 if session is SchoolSession.AM else 13), tzinfo=UTC)
    facts = SchoolAbsenceFacts(
        school=Urn(pupil.school),
        session_date=day,
        session=session,
        code=SICKNESS_CODE,
        reason=AbsenceReason.SICKNESS,
        register_complete=True,
        sickness_days_in_a_row=counts[0],
        sickness_days_in_year=counts[1],
    )
    if mistaken:
        gone = {"state": EventState.WITHDRAWN, "recorded_at": at + timedelta(days=30)}
        told = _tell_twice(maker, pupil, (facts, at), gone)
    elif chance.random() < NO_REASON_AT_FIRST:
        ill = {"facts": facts, "recorded_at": at + timedelta(hours=2)}
        told = _tell_twice(maker, pupil, (_without_reason(facts), at), ill)
    else:
        told = maker.tell(pupil, agency, at, facts)
    if (agency, day, session) not in maker.sessions:
        maker.sessions.add((agency, day, session))
        if chance.random() < WAS_THERE:
            read = told + timedelta(hours=chance.randrange(5, 200))
            maker.arrive(read, RegisterRead(agency, day, session.value, read))


def _without_reason(facts):
    unknown = {"sickness_days_in_a_row": None, "sickness_days_in_year": None}
    return replace(facts, code="N", reason=REASON_OF_CODE["N"], **unknown)


def _tell_twice(maker, pupil, facts, later):
    """Tell of a mark as it was at first, and what a later reading of the register said of it."""
    agency, (first_facts, at) = Urn(pupil.school).agency, facts
    maker.facts += 1
    first = Event(
        source_key=f"{agency}|{maker.facts}",
        revision=1,
        state=EventState.REPORTED,
        occurred_at=at,
        recorded_at=at,
        subject=pupil.subject(agency, maker.unsure),
        facts=first_facts,
    )
    told, again = maker.delayed(at), later["recorded_at"]
    maker.send(agency, first, told)
    maker.send(agency, replace(first, revision=2, **later), told + (again - at))
    return again
