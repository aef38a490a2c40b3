"""The whole connector: from an agency's records to reports that the hub opens, on a real Kafka."""

import asyncio
import io
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

import connectors.health
import connectors.social_care
from connectors import run
from connectors.command import EXIT_SOMETHING_REFUSED, app
from connectors.contract import ConnectorContext
from connectors.dry_run import DryRun
from connectors.writing_out import EVENT_BYTES_MAX
from hub.adapters import kafka, keys
from hub.adapters.schemas import shipped_schemas
from hub.core.intake import Intake, OpenedReport, Publisher, SigningKey, open_report
from hub.core.report import Dropped, Feed, FeedFault
from hub.errors import ConfigurationError, HubError, TransientFault
from hub.settings import Settings
from hub.topics import Topic
from tests.connectors.fakes import NOW, REGISTRY, a_reading, an_event

EXAMPLES = Path(connectors.health.__file__).parent / "examples"
VISIT = EXAMPLES / "a_visit_from_arrival_to_discharge" / "input" / "adt.hl7"
UNMAPPED = FeedFault(code="site_not_mapped", subject="RR899")
SENDER = run.Sender(publisher="york", connector="adt", agency="RCB")
_TOPICS = (f"test.run.{number}" for number in itertools.count(1))
stack = pytest.mark.stack
RUN = CliRunner()


@pytest.fixture
def settings(tmp_path, kafka_address):
    made = Settings(home=tmp_path, kafka=kafka_address)
    keys.make_keys(made.keys)
    keys.make_publisher_key(made.keys, "york")
    return made


@pytest.fixture
def topic(kafka_address, monkeypatch):
    name = next(_TOPICS)
    kafka.create_topic(kafka_address, Topic(name=name, feed=Feed.HEALTH))
    monkeypatch.setattr(run, "report_topic", lambda _feed: name)
    return name


@pytest.fixture
def _away(monkeypatch):
    """A Kafka that refuses at once, and a run without patience."""

    def refuse(servers):
        raise TransientFault(f"Kafka at {servers} does not answer.")

    monkeypatch.setattr(run, "ReportProducer", refuse)
    monkeypatch.setattr(run.Line.finish, "__defaults__", (0,))
    monkeypatch.setattr("connectors.live.STOP_SECONDS", 0)


def a_context(**changes):
    return ConnectorContext(**({"started_at": NOW, "test_numbers": True} | changes))


def received(settings, topic, feed=Feed.HEALTH, agency="RCB"):
    """Every report on the topic, opened as a worker opens it."""
    hub = keys.load_hub_keys(settings.keys)
    key = keys.load_publisher_public_key(settings.keys, "york")
    publisher = Publisher(
        name="york",
        keys=(SigningKey(key=key, valid_from=NOW - timedelta(days=999)),),
        reports_for=frozenset({(agency, feed)}),
    )
    intake = Intake(
        publishers={"york": publisher},
        topics={topic: feed},
        open_body=hub.open_body,
        schemas=shipped_schemas(),
        digests=hub.events,
        test_numbers=True,
    )
    reader = kafka.PositionReader(settings.kafka)
    reports = [
        open_report(raw, intake)
        for partition, (first, following) in reader.ends(topic).items()
        for raw in reader.fetch(topic, partition, first, following)
    ]
    assert all(isinstance(report, OpenedReport) for report in reports)
    return reports


class Yielding:
    """A connector of a few readings, that may do something between them."""

    feed = Feed.HEALTH

    def __init__(self, readings):
        self.readings = readings

    def read(self, path, context):
        del path, context
        yield from self.readings


@stack
def test_a_file_of_messages_becomes_reports_that_the_hub_opens(settings, topic):
    source = run.Source(path=VISIT)
    progress = run.run(connectors.health.connector, source, a_context(), SENDER, settings)
    reports = received(settings, topic)
    events = [event for report in reports for event in report.events]
    assert len(events) == progress.counts.events == 4
    assert all(not report.rejected for report in reports)
    assert [report.header.sequence for report in reports] == [1, 2]
    assert sum(report.status.read_count for report in reports if report.status) == 4
    assert not reports[0].header.backfill


@stack
def test_a_backfill_says_so_in_every_report(settings, topic):
    source, context = run.Source(path=VISIT), a_context(backfill=True)
    run.run(connectors.health.connector, source, context, SENDER, settings)
    assert {report.header.backfill for report in received(settings, topic)} == {True}


@stack
def test_an_extract_becomes_slices_and_a_statement(settings, topic):
    examples = Path(connectors.social_care.__file__).parent / "examples"
    (folder, *_) = sorted(path.parent for path in examples.rglob("extract.json"))
    source = run.Source(path=folder)
    run.run(connectors.social_care.connector, source, a_context(), SENDER, settings)
    reports = received(settings, topic, Feed.SOCIAL_CARE)
    extracts = [report.header.extract for report in reports if report.header.extract]
    assert [extract.slice for extract in extracts] == list(range(extracts[0].slices))
    assert any(report.events for report in reports)


@stack
def test_reading_the_same_file_again_gives_the_same_events_in_other_reports(settings, topic):
    for _ in range(2):
        source = run.Source(path=VISIT)
        run.run(connectors.health.connector, source, a_context(), SENDER, settings)
    reports = received(settings, topic)
    ids = [event.event_id for report in reports for event in report.events]
    digests = {event.content_digest for report in reports for event in report.events}
    assert (len(ids), len(set(ids)), len(digests)) == (8, 4, 4)
    assert len({report.header.report_id for report in reports}) == len(reports) == 4


@stack
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_told_to_stop_sends_what_it_read_and_says_so(settings, topic, ending):
    def readings():
        yield a_reading(1)
        os.kill(os.getpid(), ending)
        time.sleep(0.01)
        yield a_reading(2)
        yield a_reading(3)

    source = run.Source(path=VISIT)
    with pytest.raises(HubError, match="Stopped before the end"):
        run.run(Yielding(readings()), source, a_context(), SENDER, settings)
    events = [valid.event for report in received(settings, topic) for valid in report.events]
    assert an_event(1) in events
    assert an_event(3) not in events


@stack
def test_a_source_that_breaks_off_ends_in_a_sentence(settings, topic):
    def readings():
        yield a_reading(1)
        raise OSError(5, "Input/output error")

    source = run.Source(path=VISIT)
    with pytest.raises(HubError, match=r"adt\.hl7 could not be read to its end"):
        run.run(Yielding(readings()), source, a_context(), SENDER, settings)
    assert topic


KILLED = """
import os, signal, sys
from pathlib import Path
from connectors import line, run
from hub.settings import Settings
import tests.connectors.test_run as here

def killed(outlet, sequences=(1,)):
    if sequences:
        os.kill(os.getpid(), signal.SIGKILL)

{where} = killed
run.report_topic = lambda feed: sys.argv[3]
settings = Settings(home=Path(sys.argv[1]), kafka=sys.argv[2])
source = run.Source(path=here.VISIT)
run.run(here.Yielding([here.a_reading(1)]), source, here.a_context(), here.SENDER, settings)
"""


@stack
@pytest.mark.parametrize(
    ("where", "kafka_has_it"),
    [
        pytest.param("run.Outlet._hand_over", False, id="before Kafka has it"),
        pytest.param("run.Outlet._note", True, id="after Kafka has it, before that is noted"),
    ],
)
def test_a_connector_killed_around_the_broker_sends_the_same_bytes_again(
    settings, topic, where, kafka_has_it
):
    script = textwrap.dedent(KILLED.format(where=where))
    command = [sys.executable, "-c", script, str(settings.home), settings.kafka, topic]
    died = subprocess.run(command, check=False, capture_output=True, text=True)
    assert died.returncode == -signal.SIGKILL, died.stderr
    before = [report.header.sequence for report in received(settings, topic)]
    assert bool(before) is kafka_has_it
    run.run(Yielding([a_reading(2)]), run.Source(path=VISIT), a_context(), SENDER, settings)
    after = received(settings, topic)
    sequences = [report.header.sequence for report in after]
    assert sequences == before + list(range(1, max(sequences) + 1))
    digests = {}
    for report in after:
        digests.setdefault(report.header.report_id, set()).add(report.value_digest)
    assert {len(same) for same in digests.values()} == {1}
    events = {valid.event.source_key for report in after for valid in report.events}
    assert events == {"RR801|V1", "RR801|V2"}


@pytest.mark.usefixtures("_away")
def test_a_kafka_that_is_away_leaves_the_reports_in_the_spool(tmp_path):
    settings = Settings(home=tmp_path, kafka="127.0.0.1:9")
    keys.make_keys(settings.keys)
    keys.make_publisher_key(settings.keys, "york")
    with pytest.raises(TransientFault, match="2 reports wait in the spool"):
        run.run(Yielding([a_reading(1)]), run.Source(path=VISIT), a_context(), SENDER, settings)


def frames():
    messages = VISIT.read_bytes().replace(b"\r\n", b"\r").replace(b"\n", b"\r").split(b"MSH|")
    return [b"\x0bMSH|" + message.rstrip(b"\r") + b"\r\x1c\x0d" for message in messages[1:]]


@stack
def test_messages_over_mllp_are_answered_once_kafka_has_them(settings, topic):
    answers, ended = [], []

    def hospital():
        deadline = time.monotonic() + 30
        while not listening and time.monotonic() < deadline:
            time.sleep(0.02)
        with socket.create_connection(("127.0.0.1", listening[0]), timeout=30) as connection:
            for frame in frames():
                connection.sendall(frame)
                answers.append(connection.recv(65_536))
                ended.append(len(received(settings, topic)))
        os.kill(os.getpid(), signal.SIGTERM)

    listening = []
    connector = connectors.health.connector

    class Told:
        feed = connector.feed

        async def listen(self, *arguments):
            listener = await connector.listen(*arguments)
            listening.append(listener.port)
            return listener

    thread = threading.Thread(target=hospital)
    thread.start()
    source = run.Source(listen=("127.0.0.1", 0))
    progress = run.run(Told(), source, a_context(), SENDER, settings)
    thread.join()
    assert all(b"MSA|AA|" in answer for answer in answers)
    assert len(answers) == 4
    assert ended == [1, 2, 3, 4]
    reports = received(settings, topic)
    assert [len(report.events) for report in reports] == [1, 1, 1, 1, 0]
    assert progress.counts.read == 4


def test_a_connector_that_does_not_listen_says_so(tmp_path):
    settings = Settings(home=tmp_path, kafka="127.0.0.1:9")
    source = run.Source(listen=("127.0.0.1", 0))
    with pytest.raises(ConfigurationError, match="does not listen"):
        run.run(Yielding([]), source, a_context(), SENDER, settings)


@pytest.mark.usefixtures("_away")
def test_a_port_in_use_is_named(tmp_path):
    settings = Settings(home=tmp_path, kafka="127.0.0.1:9")
    keys.make_keys(settings.keys)
    keys.make_publisher_key(settings.keys, "york")

    class Busy(Yielding):
        async def listen(self, *_):
            await asyncio.sleep(0)
            raise OSError(98, "Address already in use")

    source = run.Source(listen=("127.0.0.1", 2575))
    with pytest.raises(ConfigurationError, match=r"127\.0\.0\.1:2575 cannot be listened on"):
        run.run(Busy([]), source, a_context(), SENDER, settings)


def test_a_dry_run_prints_one_event_a_line_one_refusal_a_line_and_a_summary_without_keys(tmp_path):
    (tmp_path / "adt.hl7").write_bytes(b"no message\r\r" + VISIT.read_bytes())
    done = RUN.invoke(
        app, ["run", "health", "--from", str(tmp_path), "--dry-run", "--json", "--demo"]
    )
    assert done.exit_code == EXIT_SOMETHING_REFUSED, done.output
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [event["kind"] for event in events] == ["emergency_attendance"] * 4
    refusal, summary = [json.loads(line) for line in done.stderr.splitlines()]
    assert set(refusal) == {"reference", "message", "field", "expected"}
    assert "adt.hl7" in refusal["reference"]
    assert summary["summary"]["read"] == 5
    assert summary["summary"]["events"] == {"emergency_attendance": 4}
    assert summary["summary"]["refused"] == 1


def test_a_dry_run_sums_up_what_was_left_out_and_what_is_at_fault():
    found = Yielding(
        [
            a_reading(1, dropped=(Dropped(reason="adult", count=2),)),
            a_reading(2, dropped=(Dropped(reason="adult", count=1),), faults=(UNMAPPED,)),
            a_reading(3, faults=(UNMAPPED,)),
            a_reading(4, events=(an_event(4, family_name="n" * EVENT_BYTES_MAX),)),
        ]
    )
    out, err = io.StringIO(), io.StringIO()
    dry_run = DryRun(REGISTRY, NOW, out, err)
    dry_run.print_json(found.read(VISIT, a_context()))
    assert len(out.getvalue().splitlines()) == 3
    refusal, summary = [json.loads(line) for line in err.getvalue().splitlines()]
    assert (refusal["message"], refusal["field"]) == ("message 4", "")
    assert summary == {
        "summary": {
            "read": 4,
            "events": {"emergency_attendance": 3},
            "left_out": {"adult": 3},
            "refused": 1,
            "faults": [
                {"code": "event_refused", "subject": "emergency_attendance", "count": 1},
                {"code": "site_not_mapped", "subject": "RR899", "count": 2},
            ],
        }
    }


def test_a_dry_run_in_words_tells_nothing_of_a_person():
    done = RUN.invoke(app, ["run", "health", "--from", str(VISIT), "--dry-run", "--demo"])
    assert done.exit_code == 0, done.output
    assert "emergency_attendance: 4" in done.stdout
    assert "ARKWRIGHT" not in done.stdout
    assert "9990000018" not in done.stdout


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["health"], "Either --from PATH or --mllp"),
        (["health", "--from", str(VISIT), "--mllp", "h:1"], "Either --from PATH or --mllp"),
        (["health", "--from", str(VISIT)], "--publisher and --agency were expected"),
        (["health", "--mllp", "2575"], "HOST:PORT was expected"),
        (["health", "--mllp", "127.0.0.1:99999"], "a port from 1 to 65535"),
        (["health", "--mllp", "127.0.0.1:0"], "a port from 1 to 65535"),
        (["health", "--mllp", "127.0.0.1:2575", "--dry-run"], "--from was expected"),
        (["fire", "--from", str(VISIT)], "There is no connector fire; installed: health"),
    ],
)
def test_a_command_that_lacks_something_says_what(options, expected):
    done = RUN.invoke(app, ["run", *options])
    assert isinstance(done.exception, ConfigurationError)
    assert expected in str(done.exception)


def test_the_installed_connectors_are_listed():
    assert {"health", "social_care"} <= set(RUN.invoke(app, ["list"]).stdout.split())
