"""Builders of made-up facts, valid by default, so that a test says only what it is about."""

import hashlib
from datetime import UTC, date, datetime, time, timedelta

from hub.core.chronology import Attendance, RegisterEntry, StoredEvent
from hub.core.clock import Hours
from hub.core.event import EventKind, EventState
from hub.core.identifiers import GssCode, NhsNumber, OdsCode, Postcode
from hub.core.identity import Candidate, RecordEvidence
from hub.core.incident import Incident
from hub.core.incident_facts import RiskGrade
from hub.core.policy import (
    LocalAuthorityPolicy,
    PhoneEntry,
    PhoneHours,
    Policies,
    RuleSetting,
    Source,
)
from hub.core.report import Feed
from hub.core.rule import RuleMode
from hub.core.rules import RULES
from hub.core.school_marks import REASON_AS_TOLD

BRADFORD = GssCode("E08000032")
LEEDS = GssCode("E08000035")
DAY_0 = datetime(2026, 3, 2, 12, tzinfo=UTC)


def digest(text):
    return hashlib.sha256(text.encode()).digest()[:16]


def on_day(day):
    return DAY_0 + timedelta(days=day)


def a_date(day):
    return on_day(day).date()


def an_event(name="a1", *, revision=1, day=0.0, state=EventState.REPORTED, facts=None, **more):
    told = {"counted_because": "site_mapping", "site_code": "RAE01"} if facts is None else facts
    values = {
        "event_id": digest(f"{name}/{revision}"),
        "fact_key": digest(name),
        "record_ref": digest("record"),
        "agency": "RAE",
        "kind": EventKind.EMERGENCY_ATTENDANCE,
        "revision": revision,
        "state": state,
        "occurred_at": on_day(day),
        "recorded_at": on_day(day),
        "received_at": on_day(day),
        "facts": told,
    }
    return StoredEvent(**(values | more))


def an_incident_event(name="i1", *, revision=1, day=0.0, facts=None, **more):
    """Answer one revision of a domestic-abuse incident at which the child was, graded medium."""
    told = (
        {"officer_grade": "medium", "present": True, "resident": True} if facts is None else facts
    )
    kind = EventKind.DOMESTIC_ABUSE_INCIDENT
    return an_event(
        name, revision=revision, day=day, facts=told, **({"agency": "POL13", "kind": kind} | more)
    )


def an_incident(name="i1", *, day=0.0, **more):
    values = {
        "fact_key": digest(name),
        "event_id": digest(f"{name}/1"),
        "record_ref": digest("police record"),
        "agency": "POL13",
        "began_at": on_day(day),
        "officer_grade": RiskGrade.MEDIUM,
        "present": True,
        "resident": True,
        "received_at": on_day(day),
    }
    return Incident(**(values | more))


def an_absence(  # noqa: PLR0913  # what a mark is made of, all by name
    name="m1", *, day=0.0, code="N", session="am", complete=True, ill=None, **more
):
    """A stored mark of absence; ``ill`` for so many school days in a row, and in the year."""
    if ill is not None:
        code = "I"
    in_a_row, in_year = ill or (None, None)
    facts = {
        "school": "107200",
        "session_date": a_date(day).isoformat(),
        "session": session,
        "code": code,
        "reason": REASON_AS_TOLD[code].value,
        "register_complete": complete,
        "sickness_days_in_a_row": in_a_row,
        "sickness_days_in_year": in_year,
    }
    values = {"agency": "URN107200", "kind": EventKind.SCHOOL_ABSENCE, "facts": facts}
    return an_event(name, day=day, **(values | more))


def an_attendance(name="a1", *, day=0.0, site="RAE01", **more):
    values = {
        "fact_key": digest(name),
        "event_id": digest(f"{name}/1"),
        "record_ref": digest("record"),
        "agency": "RR8" if site and site.startswith("RR8") else "RAE",
        "arrived_at": on_day(day),
        "site_code": OdsCode(site) if site else None,
        "received_at": on_day(day),
        "attendance_category": "1",
    }
    return Attendance(**(values | more))


def an_entry(
    name="p1",
    *,
    start=0,
    end=None,
    kind=EventKind.CHILD_PROTECTION_PLAN,
    authority=BRADFORD,
    **more,
):
    values = {
        "fact_key": digest(name),
        "event_id": digest(f"{name}/1"),
        "record_ref": digest("council record"),
        "agency": authority.reveal() if authority else BRADFORD.reveal(),
        "kind": kind,
        "authority": authority,
        "started_on": a_date(start) if start is not None else None,
        "ended_on": a_date(end) if end is not None else None,
        "as_at": on_day(400),
    }
    return RegisterEntry(**(values | more))


def a_day(text):
    return date.fromisoformat(text)


def a_number(last_four="0018"):
    """Answer a made-up NHS number of the 999 range, such as 999 000 0018."""
    return NhsNumber.parse(f"999000{last_four}", test_numbers=True)


def a_record(name="r1", **more):
    values = {
        "record_ref": digest(name),
        "agency": "RAE",
        "nhs_number": a_number("0018"),
        "birth_date": date(2019, 5, 4),
        "family_name": "Holroyd",
        "given_names": ("Amina",),
        "postcode": Postcode("BD9 6RJ"),
    }
    return RecordEvidence(**(values | more))


def a_candidate(name="c1", *records):
    return Candidate(child_ref=digest(name), records=records or (a_record(),))


A_PHONE = PhoneEntry(label="Front door", number="01632 960001", hours=PhoneHours.ALWAYS)


def a_source(agency, feed=Feed.HEALTH, *, hours=24, live_from_day=-1000):
    return Source(
        agency=agency,
        feed=feed,
        name=f"Source {agency}",
        live_from=on_day(live_from_day),
        maximum_age=timedelta(hours=hours),
    )


def a_policy(authority=BRADFORD, **more):
    """Answer a policy with every rule live; trusts, a force and the register are joined."""
    sources = [a_source("RAE"), a_source("RR8"), a_source("POL13", Feed.POLICE)]
    if authority:
        sources.append(a_source(authority.reveal(), Feed.SOCIAL_CARE, hours=36))
    settings = {
        rule.name: RuleSetting(mode=RuleMode.LIVE, parameters=rule.parameters()) for rule in RULES
    }
    values = {
        "authority": authority,
        "name": "An authority",
        "version": "1+abc",
        "sources": {source.agency: source for source in sources},
        "phones": (A_PHONE,),
        "relay": PhoneEntry(label="Relay", number="01632 960999", hours=PhoneHours.ALWAYS),
        "office_hours": Hours.on_weekdays(opens=time(9), closes=time(17)),
        "rules": settings,
    }
    return LocalAuthorityPolicy(**(values | more))


def some_policies(*authorities):
    joined = authorities or (BRADFORD, LEEDS)
    return Policies(
        hub=a_policy(None),
        authorities={authority: a_policy(authority) for authority in joined},
        version="1+all",
    )
