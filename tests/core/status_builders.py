"""A question to which NO_PLAN_FOUND and NONE_KNOWN are the true answers, to be spoilt by tests."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hub.core.answer import CheckQuestion
from hub.core.event import EventKind, Mother, SubjectRole
from hub.core.identifiers import OdsCode, Postcode
from hub.core.identity import Verdict
from hub.core.status import Concern, ConcernedAuthority, Knowledge
from hub.core.status_others import Other
from hub.core.status_registers import FeedState, RegisterState
from tests.core.builders import (
    BRADFORD,
    LEEDS,
    a_number,
    a_record,
    an_attendance,
    an_entry,
    digest,
    some_policies,
)

NOW = datetime(2026, 11, 23, 14, tzinfo=UTC)
BORN = date(2019, 5, 4)
POLICIES = some_policies()
ELSEWHERE = Postcode("LS9 7TF")
UNBORN_PLAN, CARE = EventKind.UNBORN_CHILD_PROTECTION_PLAN, EventKind.LOOKED_AFTER_PERIOD


def hours_ago(hours):
    return NOW - timedelta(hours=hours)


def days_ago(days):
    return (NOW - timedelta(days=days)).date()


def a_register(**more):
    values = {
        "as_of": hours_ago(5),
        "first_load_whole": True,
        "last_extract_whole": True,
        "statement_agrees": True,
        "statement_as_at": hours_ago(5),
    }
    return RegisterState(**(values | more))


def a_question(**more):
    values = {
        "nhs_number": a_number(),
        "birth_date": BORN,
        "family_name": "Holroyd",
        "given_name": "Amina",
        "postcode": Postcode("BD9 6RJ"),
        "site": OdsCode("RAE01"),
    }
    return CheckQuestion(**(values | more))


HOME = ConcernedAuthority(authority=BRADFORD, concern=Concern.HOME_GIVEN)
ATTENDING = ConcernedAuthority(authority=BRADFORD, concern=Concern.ATTENDING)
FORMER = ConcernedAuthority(authority=LEEDS, concern=Concern.FORMER)


def knowledge(**more):
    values = {
        "verdict": Verdict.MATCHED,
        "records": (a_record(),),
        "authorities": (HOME, ATTENDING, FORMER),
        "registers": {BRADFORD: a_register(), LEEDS: a_register()},
        "feeds": {
            "RAE": FeedState(agency="RAE", as_of=hours_ago(1)),
            "RR8": FeedState(agency="RR8", as_of=hours_ago(1)),
        },
        "site_names": {OdsCode("RAE01"): "Bradford Royal Infirmary"},
    }
    return Knowledge(**(values | more))


def a_plan(name="p1", *, began=100, ended=None, **more):
    return replace(
        an_entry(name, start=0, **more),
        started_on=days_ago(began),
        ended_on=days_ago(ended) if ended is not None else None,
        as_at=hours_ago(5),
    )


def somebody(*, entries=None, **more):
    """Another plan holder, alike in nothing but what is said."""
    values = {
        "agency": BRADFORD.reveal(),
        "nhs_number": None,
        "birth_date": date(2015, 1, 30),
        "family_name": "Pemberton",
        "given_names": ("Thomas",),
        "postcode": ELSEWHERE,
    }
    record = a_record("other", **(values | more))
    return Other(records=(record,), entries=(a_plan("p9"),) if entries is None else entries)


def an_unborn(*, due_in_days=40, entry=None, mother=None, **more):
    due = (NOW + timedelta(days=due_in_days)).date()
    record = a_record(
        "unborn",
        agency=BRADFORD.reveal(),
        role=SubjectRole.UNBORN,
        nhs_number=None,
        birth_date=None,
        family_name=None,
        given_names=(),
        postcode=None,
        due_on=due,
        mother=mother,
        **more,
    )
    plan = replace(a_plan("u1", began=60, kind=UNBORN_PLAN), due_on=due)
    return Other(records=(record,), entries=(entry or plan,))


def a_mother(**more):
    values = {"nhs_number": a_number(), "birth_date": BORN, "family_name": "Holroyd"}
    return Mother(**(values | more))


def a_visit(name="a1", *, ago=240, site="RR801", **more):
    return an_attendance(name, site=site, **({"arrived_at": hours_ago(ago)} | more))


def key(name):
    return digest(name)
