"""The loop's inside: what a reading becomes on Kafka, and what happens while Kafka is away."""

from datetime import timedelta

import pytest

from connectors.publish import IN_FLIGHT_MAX
from connectors.writing_out import EVENT_BYTES_MAX
from hub.core import seal
from hub.core.intake import SIGNATURE_HEADER
from hub.core.report import Extract, Feed
from hub.errors import TransientFault
from hub.topics import report_topic
from tests.connectors.fakes import (
    EPOCH,
    NOW,
    SIGNER,
    FakeKafka,
    a_reading,
    a_refusal,
    an_event,
    open_line,
    open_spool,
    opened,
)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    monkeypatch.setattr("connectors.publish.RETRY_SECONDS", 0)


def finished(folder, kafka, readings):
    line = open_line(folder, kafka)
    try:
        for reading in readings:
            line.take(reading)
        line.finish()
    finally:
        line.close()
    return [opened(value) for value in kafka.values]


def test_a_run_ends_with_a_heartbeat_and_every_report_says_who_and_in_which_place(tmp_path):
    reports = finished(tmp_path, FakeKafka(), [a_reading(n) for n in range(3)])
    (first, events), (last, beat) = reports
    assert events.events == tuple(an_event(n) for n in range(3))
    assert (beat.events, beat.status.read_count) == ((), 3)
    assert (first.sequence, last.sequence) == (1, 2)
    assert (first.publisher, first.connector, first.agency) == ("leeds-teaching", "adt", "RR8")
    assert first.epoch == EPOCH
    assert first.report_id == seal.report_id("leeds-teaching", "adt", EPOCH, 1)
    assert (first.key_id, first.source_as_of, first.created_at) == ("ingest-1", NOW, NOW)


def test_every_message_is_signed_for_its_topic(tmp_path):
    kafka = FakeKafka()
    finished(tmp_path, kafka, [a_reading()])
    for topic, _, value, headers in kafka.messages:
        ((name, signature),) = headers
        assert (topic, name) == (report_topic(Feed.HEALTH), SIGNATURE_HEADER)
        assert seal.verify(topic, value, signature, SIGNER.public_key())


def test_slices_keep_their_extract(tmp_path):
    extracts = [Extract(extract_id="x", slice=n, slices=2, as_at=NOW, full=True) for n in range(2)]
    readings = [a_reading(n, extract=extract) for n, extract in enumerate(extracts)]
    headers = [header for header, _ in finished(tmp_path, FakeKafka(), readings)]
    assert [header.extract for header in headers] == [*extracts, None]


def test_a_run_while_kafka_is_away_ends_in_a_sentence_and_the_next_run_sends_everything(tmp_path):
    kafka = FakeKafka(away=True)
    line = open_line(tmp_path, kafka)
    line.take(a_reading(1))
    with pytest.raises(TransientFault, match="2 reports wait in the spool"):
        line.finish(seconds=0)
    line.close()
    kafka.away = False
    reports = finished(tmp_path, kafka, [a_reading(2)])
    assert [header.sequence for header, _ in reports] == [1, 2, 3, 4]
    assert [body.events for _, body in reports if body.events] == [(an_event(1),), (an_event(2),)]


def take_slices(line, count):
    extract = Extract(extract_id="x", slice=0, slices=1, as_at=NOW, full=False)
    for n in range(count):
        line.take(a_reading(n, extract=extract))


def test_the_spool_never_runs_far_ahead_of_kafka(tmp_path, monkeypatch):
    monkeypatch.setattr("connectors.line.PATIENCE_SECONDS", 0)
    line = open_line(tmp_path, FakeKafka(away=True))
    with pytest.raises(TransientFault):
        take_slices(line, 1000)
    assert line.outlet.waiting == IN_FLIGHT_MAX
    line.close()


def test_waiting_for_kafka_ends_when_the_process_is_told_to_stop(tmp_path):
    line = open_line(tmp_path, FakeKafka(away=True))
    line.stop_asked = lambda: True
    with pytest.raises(TransientFault):
        take_slices(line, IN_FLIGHT_MAX)
    line.close()


def test_counts_say_what_the_run_did(tmp_path):
    line = open_line(tmp_path, FakeKafka())
    line.take(a_reading(1, refusals=(a_refusal(),)))
    line.finish()
    line.close()
    counts = line.counts
    assert (counts.read, counts.events, counts.refused, counts.reports) == (1, 1, 1, 2)


def test_each_refusal_is_named_once_also_that_of_an_event_that_cannot_be_written(tmp_path):
    line, named = open_line(tmp_path, FakeKafka()), []
    line.name_refusal = named.append
    line.take(a_reading(1, refusals=(a_refusal(1),)))
    line.take(a_reading(2, events=(an_event(2, family_name="n" * EVENT_BYTES_MAX),)))
    line.finish()
    line.close()
    assert [one.reference for one in named] == ["message 1", "message 2"]
    assert (line.counts.read, line.counts.events, line.counts.refused) == (2, 1, 2)


def test_the_same_record_read_again_is_the_same_event_in_another_report(tmp_path):
    kafka = FakeKafka()
    finished(tmp_path, kafka, [a_reading(1)])
    reports = finished(tmp_path, kafka, [a_reading(1)])
    events = [body.events[0] for _, body in reports if body.events]
    assert events[0] == events[1]
    assert len({header.report_id for header, _ in reports}) == len(reports)


def test_the_epoch_is_made_once(tmp_path):
    open_spool(tmp_path).close()
    headers = [header for header, _ in finished(tmp_path, FakeKafka(), [a_reading()])]
    assert {header.epoch for header in headers} == {EPOCH}


def test_a_source_whose_clock_is_ahead_is_as_current_as_the_moment_it_is_read(tmp_path):
    ahead = a_reading(1, source_as_of=NOW + timedelta(days=400))
    headers = [header for header, _ in finished(tmp_path, FakeKafka(), [ahead])]
    assert {header.source_as_of for header in headers} == {NOW}


def test_the_heartbeat_after_an_old_file_does_not_make_its_source_current(tmp_path):
    old = a_reading(1, source_as_of=NOW - timedelta(days=400))
    (_, _), (beat, body) = finished(tmp_path, FakeKafka(), [old])
    assert body.events == ()
    assert beat.source_as_of < NOW
