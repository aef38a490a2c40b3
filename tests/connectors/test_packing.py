"""Readings become as few reports as can be, each within its bounds, and nothing is left out."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.contract import Reading
from connectors.packing import Packer
from connectors.writing_out import EVENT_BYTES_MAX
from hub.core import codec
from hub.core.codec_padding import BODY_CONTENT_MAX
from hub.core.event import ChildProtectionPlanFacts
from hub.core.report import Dropped, Extract, FeedFault, Refusal, RegisterStatement
from hub.errors import ConfigurationError
from tests.connectors.fakes import NOW, REGISTRY, a_reading, a_refusal, an_event

EXTRACT = Extract(extract_id="x", slice=0, slices=1, as_at=NOW, full=True)


@pytest.fixture
def packer():
    return Packer(REGISTRY, NOW)


def packed(packer, readings):
    return [draft for reading in readings for draft in packer.add(reading)] + list(packer.flush())


def source_keys(drafts):
    decoded = [
        codec.decode_event(event, REGISTRY, test_numbers=True).event.source_key
        for draft in drafts
        for event in draft.body.events
    ]
    return [int(key.rpartition("V")[2]) for key in decoded]


def test_many_readings_become_one_report_with_the_latest_time_of_the_source(packer):
    readings = [a_reading(n, source_as_of=NOW + timedelta(minutes=n % 3)) for n in range(10)]
    (draft,) = packed(packer, readings)
    assert source_keys([draft]) == list(range(10))
    assert draft.source_as_of == NOW + timedelta(minutes=2)
    assert draft.event_schemas == ("emergency_attendance.v2",)
    assert draft.body.status is None


def test_no_report_has_more_than_500_events_and_the_order_stands(packer):
    readings = [a_reading(n) for n in range(1203)]
    drafts = packed(packer, readings)
    assert [len(draft.body.events) for draft in drafts] == [500, 500, 203]
    assert source_keys(drafts) == list(range(1203))


def test_one_reading_of_many_events_is_cut(packer):
    reading = a_reading(events=tuple(an_event(n) for n in range(1100)))
    drafts = packed(packer, [reading])
    assert [len(draft.body.events) for draft in drafts] == [500, 500, 100]
    assert source_keys(drafts) == list(range(1100))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60_000), st.integers(0, 300)), max_size=40))
def test_every_report_can_be_sealed_whatever_its_events_and_refusals_measure(sizes):
    packer = Packer(REGISTRY, NOW)
    long = "x" * 500
    readings = [
        a_reading(
            n,
            events=(an_event(n, family_name="n" * size),),
            refusals=(Refusal(reference=long, field=long, expected=long, at=NOW),) * refusals,
        )
        for n, (size, refusals) in enumerate(sizes)
    ]
    drafts = [*packed(packer, readings), *packer.heartbeat()]
    for draft in drafts:
        assert len(codec.encode_encoded_body(draft.body, REGISTRY)) <= BODY_CONTENT_MAX
    assert source_keys(drafts) == list(range(len(sizes)))
    statuses = [draft.body.status for draft in drafts if draft.body.status]
    assert sum(len(status.refusals) for status in statuses) == sum(n for _, n in sizes)
    assert sum(status.read_count for status in statuses) == len(sizes)


def test_a_slice_stands_alone_with_its_extract_and_its_own_refusals(packer):
    drafts = packed(
        packer,
        [a_reading(1), a_reading(2, extract=EXTRACT, refusals=(a_refusal(2),)), a_reading(3)],
    )
    assert source_keys(drafts) == [1, 2, 3]
    assert [draft.extract for draft in drafts] == [None, EXTRACT, None]
    assert [bool(draft.body.status) for draft in drafts] == [False, True, False]


def test_a_slice_without_events_is_sent_too(packer):
    (draft,) = packed(packer, [a_reading(events=(), extract=EXTRACT)])
    assert (draft.extract, draft.body.events) == (EXTRACT, ())


def test_a_statement_stands_alone(packer):
    statement = RegisterStatement(statement_id="s", as_at=NOW, slice=0, slices=1, open_plans=())
    drafts = packed(packer, [a_reading(1), a_reading(2, events=(), statement=statement)])
    assert [draft.body.statement for draft in drafts] == [None, statement]


def test_a_slice_that_is_larger_than_a_report_is_named(packer):
    reading = a_reading(
        events=tuple(an_event(n) for n in range(501)), extract=EXTRACT, reference="extract x"
    )
    with pytest.raises(ConfigurationError, match="extract x: 501 events"):
        packed(packer, [reading])


def test_a_refusal_or_a_fault_goes_with_the_next_report_and_a_count_waits_for_the_heartbeat(packer):
    dropped = (Dropped(reason="adult", count=1),)
    quiet = a_reading(1, dropped=dropped)
    (first,) = packed(packer, [quiet])
    assert first.body.status is None
    fault = FeedFault(code="site_not_mapped", subject="RR899")
    (second,) = packed(packer, [a_reading(2, faults=(fault,), dropped=dropped)])
    assert second.body.status.faults == (fault,)
    assert second.body.status.dropped == (Dropped(reason="adult", count=2),)
    (beat,) = packer.heartbeat()
    assert (beat.body.status.read_count, beat.body.events) == (0, ())


def test_an_event_that_cannot_be_written_is_a_refusal_and_costs_only_itself(packer):
    naive = replace(an_event(1), occurred_at=datetime(2026, 1, 1))  # noqa: DTZ001  # the point
    large = an_event(2, family_name="n" * EVENT_BYTES_MAX)
    (draft,) = packed(packer, [a_reading(events=(naive, large, an_event(3)))])
    assert source_keys([draft]) == [3]
    expected = [refusal.expected for refusal in draft.body.status.refusals]
    assert "occurred_at: a time with a zone was expected" in expected[0]
    assert "at most" in expected[1]


def test_an_attendance_that_cannot_be_written_is_a_fault_of_its_feed(packer):
    large = an_event(2, family_name="n" * EVENT_BYTES_MAX)
    (draft,) = packed(packer, [a_reading(events=(large, large))])
    assert draft.body.status.faults == (
        FeedFault(code="event_refused", subject="emergency_attendance"),
    )


def test_a_plan_that_cannot_be_written_flaws_the_extract_it_belongs_to(packer):
    plan = replace(
        an_event(2, family_name="n" * EVENT_BYTES_MAX),
        facts=ChildProtectionPlanFacts(authority="E08000035"),
    )
    (draft,) = packed(packer, [a_reading(events=(plan,), extract=EXTRACT)])
    assert draft.body.events == ()
    assert draft.body.status.faults == (
        FeedFault(code="register_row_refused", subject="child_protection_plan"),
    )


def test_a_heartbeat_says_what_was_read_even_if_nothing_was(packer):
    (beat,) = packer.heartbeat()
    assert (beat.body.status.read_count, beat.source_as_of) == (0, NOW)
    list(packer.add(Reading(reference="m", read_count=7)))
    (beat,) = packer.heartbeat()
    assert beat.body.status.read_count == 7


def test_no_report_claims_more_than_what_was_read_says():
    since = NOW - timedelta(days=1)
    packer = Packer(REGISTRY, since)
    (beat,) = packer.heartbeat()
    assert beat.source_as_of == since
    unreadable = a_reading(1, source_as_of=None)
    (draft,) = packed(packer, [unreadable])
    assert draft.source_as_of == since
    packed(packer, [a_reading(2, source_as_of=NOW), a_reading(3, source_as_of=since)])
    (beat,) = packer.heartbeat()
    assert beat.source_as_of == NOW


def test_a_code_as_it_was_sent_is_cut_to_what_the_hub_takes(packer):
    """A department's name of a page would else have the hub set the whole report aside."""
    page = "Ward " * 1000
    reading = a_reading()
    reading = replace(
        reading,
        faults=(FeedFault(code="department_not_mapped", subject=page),),
        dropped=(Dropped(reason=page, count=1),),
    )
    list(packer.add(reading))
    (draft,) = packer.flush()
    told = codec.decode_encoded_body(codec.encode_encoded_body(draft.body, REGISTRY), REGISTRY)
    assert told.status.faults[0].subject == page[:200]
    assert told.status.dropped[0].reason == page[:200]
