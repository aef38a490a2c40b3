"""A live feed answers yes only when Kafka has a reading, and never blocks behind one of them."""

import asyncio
import threading
from dataclasses import replace

import pytest

from connectors.live import LiveLine
from connectors.spool import SpoolFull
from hub.errors import RefusedToStart, ReportFault
from tests.connectors.fakes import (
    FakeKafka,
    a_reading,
    a_refusal,
    an_event,
    open_line,
    open_spool,
    opened,
)


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    monkeypatch.setattr("connectors.publish.RETRY_SECONDS", 0)
    monkeypatch.setattr("connectors.live.STOP_SECONDS", 0.2)


@pytest.fixture
def _impatient(monkeypatch):
    monkeypatch.setattr("connectors.live.ANSWER_SECONDS", 0.5)


class Live:
    """A live line over a fake Kafka, stopped at the end of the test."""

    def __init__(self, folder, kafka, change=None):
        self.failures = []
        self.kafka = kafka

        def opening():
            line = open_line(folder, kafka)
            if change is not None:
                change(line)
            return line

        self.line = LiveLine(opening, lambda: self.failures.append(1))

    def __enter__(self):
        self.line.start()
        return self.line

    def __exit__(self, *_):
        self.line.stop()


def answers(line, readings):
    async def ask():
        return await asyncio.gather(*(line.handle(reading) for reading in readings))

    return asyncio.run(ask())


def events_of(kafka):
    return [event for value in kafka.values for event in opened(value)[1].events]


def test_a_reading_is_answered_yes_once_kafka_has_it(tmp_path):
    kafka = FakeKafka()
    with Live(tmp_path, kafka) as line:
        assert answers(line, [a_reading(1)]) == [True]
        assert events_of(kafka) == [an_event(1)]
    assert line.all_sent


@pytest.mark.usefixtures("_impatient")
def test_it_is_answered_no_while_kafka_does_not_say_so_and_sent_all_the_same(tmp_path):
    kafka = FakeKafka(silent=True)
    with Live(tmp_path, kafka) as line:
        assert answers(line, [a_reading(1)]) == [False]
        kafka.silent = False
        kafka.take()
    assert line.all_sent
    assert events_of(kafka) == [an_event(1)]


@pytest.mark.usefixtures("_impatient")
def test_while_kafka_is_away_the_answer_is_no_and_the_spool_keeps_it(tmp_path):
    kafka = FakeKafka(away=True)
    with Live(tmp_path, kafka) as line:
        assert answers(line, [a_reading(n) for n in range(3)]) == [False] * 3
    assert not line.all_sent
    assert line.waiting == 4
    spool = open_spool(tmp_path)
    assert spool.waiting == 4
    spool.close()


def test_many_at_once_are_all_answered_and_each_is_a_report_of_its_own(tmp_path):
    kafka = FakeKafka()
    with Live(tmp_path, kafka) as line:
        assert answers(line, [a_reading(n) for n in range(300)]) == [True] * 300
    bodies = [opened(value)[1] for value in kafka.values]
    assert [len(body.events) for body in bodies[:-1]] == [1] * 300
    assert bodies[-1].status.read_count == 300


def test_what_could_not_be_used_is_answered_yes_and_told_to_the_hub(tmp_path):
    kafka = FakeKafka()
    with Live(tmp_path, kafka) as line:
        refused = a_reading(1, events=(), refusals=(a_refusal(),))
        assert answers(line, [refused]) == [True]
        (value,) = kafka.values
        assert opened(value)[1].status.refusals == (a_refusal(),)


def test_what_is_left_out_is_answered_yes_and_needs_no_report(tmp_path):
    kafka = FakeKafka(away=True)
    with Live(tmp_path, kafka) as line:
        assert answers(line, [a_reading(1, events=())]) == [True]


def test_a_heartbeat_comes_by_itself_on_a_quiet_feed(tmp_path, monkeypatch):
    monkeypatch.setattr("connectors.live.HEARTBEAT_SECONDS", 0.05)
    monkeypatch.setattr("connectors.live._IDLE_SECONDS", 0.02)
    kafka = FakeKafka()
    with Live(tmp_path, kafka):
        for _ in range(200):
            if len(kafka.values) >= 2:
                break
            threading.Event().wait(0.02)
    headers = [opened(value)[0] for value in kafka.values]
    assert len(headers) >= 3
    assert [header.sequence for header in headers] == list(range(1, len(headers) + 1))


def test_a_full_spool_answers_no_and_the_line_goes_on(tmp_path):
    kafka = FakeKafka()

    def full_once(line):
        append, calls = line._spool.append, []

        def refuse_first(reports):
            calls.append(1)
            if len(calls) == 1:
                raise SpoolFull("full")
            append(reports)

        line._spool.append = refuse_first

    with Live(tmp_path, kafka, full_once) as line:
        assert answers(line, [a_reading(1)]) == [False]
        assert answers(line, [a_reading(1)]) == [True]


def test_a_reading_that_no_report_can_hold_becomes_a_refusal_and_blocks_nobody(tmp_path):
    kafka = FakeKafka()

    def refuse_second(line):
        write = line._writer.write

        def writing(draft, sequence, created_at):
            if any(b"V2" in event for event in draft.body.events):
                raise ReportFault("The report's body is too large.", code="too_large")
            return write(draft, sequence, created_at)

        line._writer = type("Writer", (), {"write": staticmethod(writing)})

    with Live(tmp_path, kafka, refuse_second) as line:
        assert answers(line, [a_reading(n) for n in (1, 2, 3)]) == [True] * 3
    assert {event.source_key for event in events_of(kafka)} == {"RR801|V1", "RR801|V3"}
    statuses = [opened(value)[1].status for value in kafka.values]
    refusals = [refusal for status in statuses if status for refusal in status.refusals]
    assert [refusal.reference for refusal in refusals] == ["message 2"]
    faults = [fault.code for status in statuses if status for fault in status.faults]
    assert faults == ["event_refused"]
    counts = line.counts
    assert (counts.read, counts.events, counts.refused) == (3, 2, 1)


def test_a_live_refusal_is_named_once_it_is_kept(tmp_path):
    kafka, named = FakeKafka(), []

    def full_once(line):
        append, calls = line._spool.append, []

        def refuse_first(reports):
            calls.append(1)
            if len(calls) == 1:
                raise SpoolFull("full")
            append(reports)

        line._spool.append = refuse_first
        line.name_refusal = lambda refusal: named.append(refusal.reference)

    refused = a_reading(1, events=(), refusals=(a_refusal(1),))
    with Live(tmp_path, kafka, full_once) as line:
        assert answers(line, [refused]) == [False]
        assert named == []
        assert answers(line, [refused]) == [True]
        assert named == ["message 1"]


def test_a_fault_of_ours_ends_the_line_and_is_told(tmp_path):
    def broken(line):
        line.outlet.pump = lambda: 1 / 0

    live = Live(tmp_path, FakeKafka(), broken)
    with live as line:
        assert answers(line, [replace(a_reading(1))]) == [False]
    assert (line.failed, live.failures) == (True, [1])
    assert answers(line, [a_reading(1)]) == [False]


def test_a_spool_in_use_is_told_at_the_start(tmp_path):
    spool = open_spool(tmp_path)
    with pytest.raises(RefusedToStart):
        Live(tmp_path, FakeKafka()).line.start()
    spool.close()
