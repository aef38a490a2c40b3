"""One hub of a test's own: database, keys, publishers, topics made anew, and its processes."""

import hashlib
import shutil
import uuid
from datetime import timedelta

import psycopg
from psycopg import sql
from pydantic import SecretStr

from hub.adapters.decision_keys import make_decision_key
from hub.adapters.kafka import ReportProducer, create_topic, find_topics
from hub.adapters.kafka.administration import administrator
from hub.adapters.key_files import make_secret, publish
from hub.adapters.store.migrate import migrate
from hub.bootstrap import Hub
from hub.core.intake import SIGNATURE_HEADER
from hub.core.report import Feed
from hub.errors import RefusedToStart
from hub.pipeline import EXIT_HOLE
from hub.ports import Position
from hub.settings import PROJECT_ROOT, Settings
from hub.topics import PARTITIONS, declared_topics, report_topic
from tests.e2e.exports import FORCE
from tests.e2e.processes import Process
from tests.e2e.town import PUBLISHERS, Town, message_of
from tests.e2e.waiting import wait_until
from tests.e2e.worker_process import worker
from tests.service.laboratory import DECISION_KEY, HUB_KEY, NOW
from tests.service.schools import SCHOOL

SESSION_SECONDS = 3
PATIENT_SESSION_SECONDS = 10
"""For tests that hold a worker to keeping its partitions: a busy machine is no death."""

_CONNECTIONS = 3

_JOINED = {
    FORCE: (Feed.POLICE, "A made-up force"),
    SCHOOL.agency: (Feed.SCHOOLS, "A made-up school"),
}
"""Who reports here beside those whom the shipped policies join."""

_STATE = {
    "reports": "SELECT topic, partition, kafka_offset, state, reason, publisher, sequence,"
    " events_stored, events_rejected, events_conflict FROM report ORDER BY 1, 2, 3",
    "events": "SELECT event_id, content_digest, topic, partition, kafka_offset FROM event"
    " ORDER BY 1",
    "problems": "SELECT topic, partition, kafka_offset, position, outcome, reason"
    " FROM event_problem ORDER BY 1, 2, 3, 4",
    "records": "SELECT record_ref, agency, shielded, authorities FROM record ORDER BY 1",
    "keys": "SELECT kind, digest, record_ref FROM record_key ORDER BY 1, 2, 3",
    "who is with whom": "SELECT array_agg(record_ref ORDER BY record_ref) FROM link"
    " GROUP BY child_ref ORDER BY 1",
    "plans": "SELECT fact_key, revision, state, ended_on, omitted_as_at FROM plan ORDER BY 1",
    "registers": "SELECT agency, baseline_extract, statement_id, statement_agrees,"
    " statement_missing, statement_surplus FROM register ORDER BY 1",
    "sessions": "SELECT agency, session_date, session, complete_as_at FROM attendance_register"
    " ORDER BY 1, 2, 3",
    "waiting": "SELECT record_ref FROM record WHERE waits ORDER BY 1",
    "extracts": "SELECT agency, extract_id, state, received::text, would_close, open_before,"
    " decided_by FROM extract ORDER BY 1, 2",
    "spools": "SELECT publisher, connector, epoch, received::text, settled::text FROM spool"
    " ORDER BY 1, 2, 3",
    "settlements": "SELECT reference, settled_by, answerable FROM settlement ORDER BY 1",
    "faults": "SELECT agency, feed, code, subject, count FROM feed_fault ORDER BY 1, 2, 3, 4",
    "refusals": "SELECT topic, partition, kafka_offset, position FROM refusal ORDER BY 1, 2, 3, 4",
    "decided": "SELECT rule, outcome, count(*) FROM alert WHERE decided_at IS NOT NULL"
    " GROUP BY 1, 2 ORDER BY 1, 2",
    "alerts": "SELECT rule, alert.state, owner, informed, delivered,"
    " array_agg(fact_key ORDER BY fact_key) FROM alert JOIN alert_ground USING (alert_id)"
    " GROUP BY alert_id ORDER BY 1, 6",
    "notices": "SELECT fact_key, recipient, reason, state, version FROM encompass_notice"
    " ORDER BY 1, 2",
    "outbox": "SELECT recipient, count(*) FROM outbox GROUP BY 1 ORDER BY 1",
    "done": "SELECT count(acknowledged_at), count(outcome), count(ended_seen_at) FROM alert",
    "pending": "SELECT count(*) FROM correlation_pending",
}

_STANDS = {
    "records": "SELECT record_ref, agency, shielded,"
    " ARRAY(SELECT jsonb_object_keys(authorities) ORDER BY 1) FROM record ORDER BY 1",
    "alerts": "SELECT rule, severity, owner, informed, sentence, not_known,"
    " delivered OR rule = 'cumulative_concern',"
    " array_agg(fact_key || event_id || role::bytea ORDER BY fact_key, event_id)"
    " FROM alert JOIN alert_ground USING (alert_id) WHERE state = 'standing'"
    " GROUP BY alert_id ORDER BY 1, 8",
    "notices": "SELECT fact_key, recipient, reason, state FROM encompass_notice"
    " WHERE state NOT IN ('withdrawn', 'passed_on') ORDER BY 1, 2",
}
"""Instead of what ``_STATE`` reads: what follows from facts alone, however they were batched.

Left out is what was concluded on the way and taken back, and what went out about it: of two facts
that come in one batch nobody hears what the first alone would have meant. Left out is also whether
a concern across agencies was told before an alert of its own overtook it (decision 25), and which
of a school's unchanged words its record holds (decision 23).
"""
_PASSED = frozenset({"outbox"})


def make_topics_anew(servers, copies=1):
    """Delete and create every declared topic, so that all offsets begin at 0."""
    names = [topic.name for topic in declared_topics()]
    there = find_topics(servers, names)
    if there:
        with administrator(servers) as client:
            client.delete_topics(sorted(there))
        wait_until(lambda: not find_topics(servers, names), "topics are deleted")
    for topic in declared_topics(copies):
        create_topic(servers, topic)


def write_keys(folder):
    """The keys of ``tests/service/laboratory.py``, as files that a worker loads."""
    secrets = {
        "event": bytes(range(64, 96)),
        "identity": bytes(range(96, 128)),
        "sign-in": b"s" * 32,
        "columns/epoch-1": b"c" * 32,
        "sealing/ingest-1": HUB_KEY.private_bytes_raw(),
        "decisions/decisions-1": DECISION_KEY.private_bytes_raw(),
    }
    for name, key in secrets.items():
        make_secret(folder / "hub" / f"{name}.key", key)
    for name, (_, seed) in PUBLISHERS.items():
        make_secret(folder / "publishers" / f"{name}.key", bytes([seed]) * 32)
    publish(folder / "public/sealing/ingest-1.pub", HUB_KEY.public_key().public_bytes_raw())
    make_decision_key(folder)


def write_policies(folder):
    """The shipped policies, with everybody joined who reports here and is not.

    The calendars are the usual one alone: what a demonstration closes is no matter here.
    """
    for kind in ("policies", "calendars"):
        (folder / kind).mkdir(parents=True)
    for file in (PROJECT_ROOT / "deploy" / "policies").glob("*.toml"):
        shutil.copy(file, folder / "policies")
    shutil.copy(PROJECT_ROOT / "deploy" / "calendars" / "hub.toml", folder / "calendars")
    hub = folder / "policies" / "hub.toml"
    told = "".join(path.read_text() for path in (folder / "policies").iterdir())
    for agency, (feed, name) in _JOINED.items():
        if f'"{agency}"' not in told.replace(f'# agency = "{agency}"', ""):
            source = f'[[sources]]\nagency = "{agency}"\nfeed = "{feed.value}"\nname = "{name}"\n'
            with hub.open("a") as opened:
                opened.write(f"\n{source}live_from = 2025-09-01T00:00:00Z\n")


def copy_of_the_database(settings, copy):
    """What a backup taken now would be, under a name of its own; answers its URL."""
    path, _, rest = settings.database_url.get_secret_value().partition("?")
    server, _, name = path.rpartition("/")
    ends = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
        " AND backend_type = 'client backend'"
    )
    with psycopg.connect(f"{server}/postgres?{rest}", autocommit=True) as connection:
        connection.execute(ends, (name,))
        names = map(sql.Identifier, (copy, name))
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
    return f"{server}/{copy}?{rest}"


class Installation:
    """A hub over one database and the shared Kafka, and the town that reports to it."""

    def __init__(self, stack, database_url, home):
        self.stack, self.home = stack, home
        write_keys(home / "keys")
        write_policies(home)
        self.settings = Settings(
            kafka=stack.kafka_address,
            database_url=SecretStr(database_url),
            home=home,
            keys=home / "keys",
            policies=home / "policies",
            calendars=home / "calendars",
            demo=True,
            session_timeout_seconds=SESSION_SECONDS,
        )
        migrate(database_url)
        self.hub = Hub(self.settings, name="e2e", connections=_CONNECTIONS)
        name = f"e2e-{uuid.uuid4().hex[:12]}"
        self.groups = {feed: f"{name}-{feed.value}" for feed in Feed}
        """Each feed's own, as in service: what becomes of one's workers is nothing to others."""
        self.town = Town()
        self._enter_publishers()
        self.sent = {}
        self._producer = None
        self._processes = []
        self.restarted = []
        """Workers that ended themselves because something was acknowledged without a row."""

    def _enter_publishers(self):
        for agency in self.town.agencies.values():
            self.hub.publishers.add(
                agency.name,
                public_key=agency.signer.public_key().public_bytes_raw(),
                reports_for=[(agency.name, agency.feed)],
                now=NOW - timedelta(days=900),
            )

    # ---------------------------------------------------------------- Kafka

    def publish(self, *messages):
        """Send reports and answer where they lie, once Kafka has them."""
        if self._producer is None:
            self._producer = ReportProducer(self.settings.kafka)
        under_way = [(one, self._send(one)) for one in messages]
        places = []
        for message, (topic, sending) in under_way:
            partition, offset = sending.wait(30)
            at = Position(topic=topic, partition=partition, offset=offset)
            self.sent[at] = message
            places.append(at)
        return places

    def _send(self, message):
        topic = report_topic(message.agency.feed)
        headers = ((SIGNATURE_HEADER, message.signature),)
        sending = self._producer.send(
            topic, key=message.agency.key, value=message.value, headers=headers
        )
        return topic, sending

    def learn_what_was_sent(self, feeds=tuple(Feed)):
        """Take what others have sent for what was sent, as it lies in Kafka."""
        for topic in map(report_topic, feeds):
            for partition, (first, end) in self.hub.kafka.ends(topic).items():
                for raw in self.hub.kafka.fetch(topic, partition, first, end):
                    at = Position(topic=topic, partition=partition, offset=raw.offset)
                    self.sent[at] = message_of(raw)

    def set_committed(self, offsets, feed=Feed.HEALTH):
        """Move the position of the group, once Kafka knows that its workers are gone."""

        def moved():
            try:
                self.hub.kafka.set_committed(self.groups[feed], report_topic(feed), offsets)
            except RefusedToStart:
                return False
            return True

        wait_until(moved, "the group has no members, and its position is moved")

    def committed(self, feed):
        return dict(self.hub.kafka.committed(self.groups[feed], report_topic(feed)))

    def partitions_with_reports(self, feed):
        return {at.partition for at in self.sent if at.topic == report_topic(feed)}

    # ---------------------------------------------------------------- processes

    def worker(self, feed=Feed.HEALTH, **fault):
        """A worker process that has begun to start."""
        return self._work(self.settings, feed, fault)

    def workers(self, **fault):
        """A worker process of each feed, by feed."""
        return {feed: self.worker(feed, **fault) for feed in Feed}

    def patient_worker(self, feed=Feed.HEALTH, **fault):
        """A worker process that Kafka takes for dead only after a longer silence."""
        patient = self.settings.model_copy(
            update={"session_timeout_seconds": PATIENT_SESSION_SECONDS}
        )
        return self._work(patient, feed, fault)

    def patient_workers(self, **fault):
        """A patient worker process of each feed, by feed."""
        return {feed: self.patient_worker(feed, **fault) for feed in Feed}

    def _work(self, settings, feed, fault):
        process = self.run(worker, settings, feed.value, self.groups[feed], **fault)
        process.feed = feed
        return process

    def _restart_those_that_saw_a_hole(self):
        """Do what whoever supervises workers does; the new one fills the hole at its start."""
        for process in list(self._processes):
            if process.code == EXIT_HOLE and process not in self.restarted:
                self.restarted.append(process)
                self.worker(process.feed)

    def run(self, function, *arguments, **named):
        """Run a function of ``tests.e2e`` in a process of its own."""
        log = self.home / f"process-{len(self._processes)}.log"
        process = Process(log, function, *arguments, **named)
        self._processes.append(process)
        return process

    # ---------------------------------------------------------------- database

    def state(self):
        """All that must be the same however often it was tried; without times, ids and seals."""
        return {name: self.rows(statement) for name, statement in _STATE.items()}

    def facts(self):
        """Of that, all that must be the same however reports were batched and feeds interleaved."""
        read = {name: one for name, one in (_STATE | _STANDS).items() if name not in _PASSED}
        return {name: self.rows(statement) for name, statement in read.items()}

    def settled(self):
        """Wait until every child whose links changed has been looked at."""
        wait_until(
            lambda: not self.one("SELECT count(*) FROM correlation_pending"),
            "no child waits to be looked at",
        )

    def rows(self, statement, *parameters):
        with self.hub.postgres.connection() as connection:
            return connection.execute(statement, parameters).fetchall()

    def one(self, statement, *parameters):
        ((value,),) = self.rows(statement, *parameters)
        return value

    def execute(self, statement, *parameters):
        with self.hub.postgres.connection() as connection:
            connection.execute(statement, parameters)

    def stored(self):
        """Where reports have their rows, of those that were sent."""
        return self.hub.postgres.stored_positions(self.sent)

    def all_stored(self, seconds=90):
        """Wait until every report that was sent has its row."""

        def stored():
            self._restart_those_that_saw_a_hole()
            return self.stored() == set(self.sent)

        try:
            wait_until(stored, "every report has its row", seconds)
        except AssertionError as error:
            logs = "\n".join(f"--- code {p.code}\n{p.log[-6000:]}" for p in self._processes)
            raise AssertionError(f"{error}\n{logs}") from None

    def state_of(self, at):
        ((state, reason),) = self.rows(
            "SELECT state, reason FROM report WHERE topic = %s AND partition = %s"
            " AND kafka_offset = %s",
            *(at.topic, at.partition, at.offset),
        )
        return state, reason

    def states_of(self, places):
        """State and reason of the reports at these places."""
        return {at: self.state_of(at) for at in places}

    def shares(self, workers, feed=Feed.HEALTH):
        """Wait until these workers, and no others, have all partitions between them."""
        pids = {str(worker.pid) for worker in workers}

        def shared():
            held = self.rows(
                "SELECT DISTINCT ON (partition) partition, split_part(worker, '-', -2)"
                " FROM attempt WHERE topic = %s AND NOT single"
                " ORDER BY partition, attempt_id DESC",
                report_topic(feed),
            )
            return len(held) == PARTITIONS and {pid for _, pid in held} == pids

        wait_until(shared, "the workers share the partitions")

    def all_have_partitions(self, workers):
        """Wait until the one worker of each feed has all partitions of its topic."""
        for feed, one in workers.items():
            self.shares([one], feed)

    def all_acknowledged(self, seconds=60):
        """Wait until the group of each feed has acknowledged everything that was sent."""
        for feed in Feed:
            ends = {}
            for at in self.sent:
                if at.topic == report_topic(feed):
                    ends[at.partition] = max(ends.get(at.partition, 0), at.offset + 1)
            wait_until(
                lambda feed=feed, ends=ends: ends.items() <= self.committed(feed).items(),
                f"everything of {feed.value} is acknowledged",
                seconds,
            )

    def close(self):
        for process in self._processes:
            process.begin_to_stop()
        for process in self._processes:
            process.stop()
        if self._producer is not None:
            self._producer.close()
        self.hub.postgres.close()


def digest_of(message):
    """The digest by which planted faults know a report."""
    return hashlib.sha256(message.value).hexdigest()
