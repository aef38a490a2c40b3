"""Whatever an entitled publisher signs costs its own report, and nobody else's, for good."""

import random
import string
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from hub.core.event import (
    CountedBecause,
    DomesticAbuseIncidentFacts,
    EmergencyAttendanceFacts,
    Event,
    EventState,
    Handling,
)
from hub.core.reasons import ParkReason
from hub.core.report import (
    ConnectorStatus,
    Dropped,
    Extract,
    FeedFault,
    Refusal,
    RegisterStatement,
)
from tests.service.laboratory import NOW, a_child, an_attendance

pytestmark = pytest.mark.stack

UNLIKE_ITSELF = "".join(random.Random(4).choices(string.ascii_letters + string.digits, k=20_000))  # noqa: S311  # no secret
"""Such a text cannot be packed into an index, of which a row takes 2,704 bytes."""

TEXTS = {"with a NUL": "a\0b", "of 20,000 letters": UNLIKE_ITSELF}
LAST_YEAR = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)


def refusal(**changes):
    told = {"reference": "file.csv:2", "field": "born", "expected": "a day", "at": NOW}
    return ConnectorStatus(read_count=1, refusals=(Refusal(**(told | changes)),))


def fault(code="code", subject="subject"):
    return ConnectorStatus(read_count=1, faults=(FeedFault(code=code, subject=subject),))


IN_A_BODY = {
    "a fault's code": lambda text: {"status": fault(code=text)},
    "a fault's subject": lambda text: {"status": fault(subject=text)},
    "why something was left out": lambda text: {
        "status": ConnectorStatus(read_count=1, dropped=(Dropped(reason=text, count=1),))
    },
    "a refusal's place": lambda text: {"status": refusal(reference=text)},
    "a refusal's field": lambda text: {"status": refusal(field=text)},
    "what was expected": lambda text: {"status": refusal(expected=text)},
    "an extract's name": lambda text: {
        "extract": Extract(extract_id=text, slice=0, slices=1, as_at=NOW, full=True)
    },
    "a statement's name": lambda text: {
        "statement": RegisterStatement(
            statement_id=text, as_at=NOW, slice=0, slices=1, open_plans=()
        )
    },
}


def reasons(laboratory):
    return laboratory.rows("SELECT state, reason FROM report ORDER BY kafka_offset")


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("where", IN_A_BODY)
def test_an_unusable_text_in_a_body_parks_its_report_and_the_feed_goes_on(laboratory, where, text):
    of_a_register = "extract" in where or "statement" in where
    sender = laboratory.council if of_a_register else laboratory.hospital
    other = laboratory.other_council if of_a_register else laboratory.other_hospital
    batch = [laboratory.says(sender, **IN_A_BODY[where](text)), laboratory.says(other)]
    laboratory.receive(batch)
    (first, second) = reasons(laboratory)
    assert first[0] == "parked"
    assert first[1] in {ParkReason.BODY_UNREADABLE, ParkReason.HEADER_UNREADABLE}
    assert second == ("accepted", None)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_an_unusable_connector_name_parks_its_report_and_the_feed_goes_on(laboratory, text):
    sender = laboratory.hospital
    sender.connector = text
    batch = [laboratory.says(sender), laboratory.says(laboratory.other_hospital)]
    laboratory.receive(batch)
    assert reasons(laboratory) == [
        ("parked", ParkReason.HEADER_UNREADABLE),
        ("accepted", None),
    ]


@pytest.mark.parametrize("count", [-1, 2**63 - 1])
def test_a_count_that_cannot_be_added_up_parks_its_report(laboratory, count):
    status = ConnectorStatus(read_count=1, dropped=(Dropped(reason="seen", count=count),))
    laboratory.receive([laboratory.says(laboratory.hospital, status=status)])
    assert reasons(laboratory) == [("parked", ParkReason.BODY_UNREADABLE)]


def test_texts_as_long_as_may_be_fit_into_every_row(laboratory):
    """In letters of four bytes each, unlike each other, at once in every place."""
    letters = [chr(code) for code in range(0x20000, 0x20000 + 4000)]
    text = "".join(random.Random(5).choices(letters, k=300))  # noqa: S311  # no secret
    status = replace(
        refusal(reference=text, field=text, expected=text),
        faults=(FeedFault(code=text, subject=text),),
        dropped=(Dropped(reason=text, count=1),),
    )
    sender = laboratory.council
    sender.connector = text
    extract = Extract(extract_id=text, slice=0, slices=1, as_at=NOW, full=True)
    statement = RegisterStatement(statement_id=text, as_at=NOW, slice=0, slices=1, open_plans=())
    told = laboratory.says(sender, status=status, extract=extract, statement=statement)
    again = laboratory.raw(sender, sender.report(sequence=1))  # a fork, whose fault names it all
    laboratory.receive([told])
    laboratory.receive([again])
    assert reasons(laboratory) == [("accepted", None), ("accepted", None)]


def test_a_report_whose_parking_fails_by_its_header_is_parked_without_it(laboratory, monkeypatch):
    decide = laboratory.receive._decide

    class Failing:
        def __call__(self, reports, intake, *rest, **more):
            if any(one.header is not None for one in reports):
                raise ValueError("as a bug would")
            return decide(reports, intake, *rest, **more)

        def __getattr__(self, name):
            return getattr(decide, name)

    monkeypatch.setattr(laboratory.receive, "_decide", Failing())
    told = laboratory.says(laboratory.hospital, an_attendance())
    laboratory.receive([told])
    found = laboratory.rows("SELECT state, reason, publisher, parked_value FROM report")
    assert found == [("parked", ParkReason.HUB_FAULT, None, told.value)]


def an_incident(key="O1|P1", **changes):
    facts = {"occurrence": "O1", "began_at": NOW - timedelta(hours=3), "present": True}
    event = Event(
        source_key=key,
        revision=1,
        state=EventState.REPORTED,
        occurred_at=NOW,
        recorded_at=NOW,
        subject=a_child(local_id="POL13|1"),
        facts=DomesticAbuseIncidentFacts(**(facts | changes.pop("facts", {}))),
    )
    return replace(event, **changes)


def attended(**facts):
    told = {"site_code": "RAE01", "counted_because": CountedBecause.SITE_MAPPING}
    return an_attendance(facts=EmergencyAttendanceFacts(**(told | facts)))


BEYOND = {
    "an arrival": lambda: ("hospital", attended(arrived_at=LAST_YEAR)),
    "an attendance": lambda: ("hospital", an_attendance(occurred_at=LAST_YEAR)),
    "the recording": lambda: ("hospital", an_attendance(recorded_at=LAST_YEAR)),
    "an incident": lambda: ("force", an_incident(facts={"began_at": LAST_YEAR})),
    "the wish to wait": lambda: ("force", an_incident(handling=Handling(not_before=LAST_YEAR))),
}


@pytest.mark.parametrize("what", BEYOND)
def test_a_time_beyond_counting_is_rejected_and_silences_nobody_who_tells_of_the_child(
    laboratory, what
):
    name, event = BEYOND[what]()
    laboratory.receive([laboratory.says(getattr(laboratory, name), event)])
    assert laboratory.rows("SELECT state, events_rejected FROM report") == [("accepted", 1)]
    assert laboratory.one("SELECT reason FROM event_problem") == "time_absurd"
    for sender, later in (
        (laboratory.other_hospital, an_attendance("V9", site="RR801", child=a_child(local_id="L"))),
        (laboratory.force, an_incident("O2|P1", facts={"occurrence": "O2"})),
    ):
        laboratory.receive([laboratory.says(sender, later)])
    assert laboratory.one("SELECT count(*) FROM report WHERE state = 'parked'") == 0
    assert laboratory.one("SELECT count(*) FROM alert WHERE state = 'standing'") > 0


def test_a_birth_date_beyond_counting_is_left_out_and_the_incident_told(laboratory):
    child = a_child(local_id="POL13|1", birth_date=date(9999, 12, 31))
    laboratory.receive([laboratory.says(laboratory.force, an_incident(subject=child))])
    assert laboratory.rows("SELECT state, events_stored FROM report") == [("accepted", 1)]
    assert laboratory.rows("SELECT code, subject FROM feed_fault") == [
        ("identifier_dropped", "subject.birth_date: shape")
    ]
