"""The year through a real Kafka, the workers of every feed and a real PostgreSQL, as time moves.

Messages bear the times at which the year has them come, and every process goes by one clock that is
set as they do. Between two instants at which people act, everything that comes is told at once and
waited for; then what is due is fired. Workers are told to stop for each downtime, or killed.
"""

import secrets
import shutil
import tempfile
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from pathlib import Path

from kafka import KafkaProducer

from hub.adapters.kafka import create_topic, find_topics
from hub.adapters.kafka.administration import administrator
from hub.adapters.policy_files import load_policies
from hub.adapters.store.alerts import read_standing
from hub.api.users import DEMO_USERS_BY_ID
from hub.bootstrap import Hub
from hub.core.identity_decision import DecisionKind
from hub.core.intake import SIGNATURE_HEADER
from hub.core.report import Feed
from hub.local.server import port_is_free
from hub.local.stack import LocalStack
from hub.ports import Position
from hub.settings import PROJECT_ROOT
from hub.topics import Topic, declared_topics, report_topic
from tests.e2e.installation import PATIENT_SESSION_SECONDS, Installation
from tests.e2e.processes import stop_together
from tests.e2e.waiting import wait_until
from tests.simulation.messages import (
    Decided,
    DeskLooks,
    PolicyChanged,
    Reversed,
    at_noon,
    days,
)
from tests.simulation.set_clock import ClockInAFile
from tests.simulation.telling import TELLING, agencies_of_the_year, report_of
from tests.simulation.town import FIRST
from tests.simulation.who_is_who import made
from tests.simulation.worker_process import worker

FIRST_INSTANT = at_noon(FIRST - days(2))
TAKEN = "holds in place of"
"""What a process says that goes by other policies from then on."""
REVIEWER = {"by": "other", "role": "reviewer", "organisation": "E08000032"}
DESKS = {
    code: DEMO_USERS_BY_ID[f"duty-worker-{code.lower()}"] for code in ("E08000032", "E08000035")
}
"""Who acknowledges."""


class TopicOfAYear(Topic):
    """A topic whose messages bear the times that their senders say, whatever the broker's clock."""

    @property
    def settings(self):
        return {
            **super().settings,
            "message.timestamp.type": "CreateTime",
            "message.timestamp.after.max.ms": str(2**63 - 1),
            "retention.ms": "-1",
        }


def make_topics_of_a_year(servers):
    """Delete and create every declared topic, so that senders say the time."""
    names = [topic.name for topic in declared_topics()]
    there = find_topics(servers, names)
    if there:
        with administrator(servers) as client:
            client.delete_topics(sorted(there))
        wait_until(lambda: not find_topics(servers, names), "topics are deleted")
    for topic in declared_topics():
        create_topic(servers, TopicOfAYear(name=topic.name, feed=topic.feed))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stood:
    """What stands in a hub in the end, as ``oracle.differences`` wants it."""

    standing: dict
    records: dict
    looked: dict
    places: object
    told: set
    homes: dict
    """Record -> since when the hub knows the home that it tells."""
    counts: Counter = field(default_factory=Counter)

    def heard_of_homes(self):
        """Since when the home is known that each record tells."""
        return self.homes


class StackHub(Installation):
    """A hub of real servers and processes, and the agencies of the year that report to it."""

    def __init__(self, stack, database_url, home, folders, tell=lambda _: None):
        self.agencies = agencies_of_the_year()
        super().__init__(stack, database_url, home)
        self.folders, self.tell = folders, tell
        self.clock = ClockInAFile(home / "now")
        self.clock.set(FIRST_INSTANT)
        shutil.rmtree(home / "calendars")
        shutil.copytree(PROJECT_ROOT / "deploy" / "calendars", home / "calendars")
        shutil.rmtree(home / "policies")
        shutil.copytree(folders[0], home / "policies")
        self.hub.postgres.close()
        patient = {"session_timeout_seconds": PATIENT_SESSION_SECONDS}
        self.settings = self.settings.model_copy(update=patient)
        self.hub = Hub(self.settings, name="year", connections=3, clock=self.clock)
        self.working = {}
        self.decided = {}
        self.counts = Counter()
        self._year_producer = KafkaProducer(
            bootstrap_servers=self.settings.kafka, acks="all", enable_idempotence=True
        )

    def _enter_publishers(self):
        for code, agency in self.agencies.items():
            self.hub.publishers.add(
                code,
                public_key=agency.signer.public_key().public_bytes_raw(),
                reports_for=[(code, agency.feed)],
                now=FIRST_INSTANT - days(900),
            )

    # ---------------------------------------------------------------- time

    def live_through(self, year):
        """Live the year; all that is told is decided, and all that is due has been fired."""
        self.start()
        for when, of_a_time in groupby(year.arrivals, key=lambda one: _time_of(one, year)):
            arrivals = list(of_a_time)
            self.tell(f"{arrivals[0].at:%d %B %Y}")
            if isinstance(when, datetime):
                self.stand_still(arrivals, when)
                continue
            for telling, some in groupby(arrivals, key=_is_told):
                (self.take if telling else self.act)(list(some))
        self.time_passes(year.ends)
        self.settled()

    def stand_still(self, arrivals, until):
        """Let everybody tell while no worker runs, then fire what was due, work off and go on."""
        killed = self.counts["stopped"] > self.counts["killed"]
        self.counts["killed" if killed else "stopped"] += 1
        self.stop(killed=killed)
        places = self.send([one for one in arrivals if _is_told(one)])
        self.time_passes(until)
        self.start()
        self.decided_all(places)
        self.act([one for one in arrivals if not _is_told(one)], until)

    def start(self):
        """Start a worker of every feed, and wait until each has its partitions."""
        for feed in Feed:
            name = self.groups[feed]
            self.working[feed] = self.run(worker, self.settings, feed.value, name, self.clock.path)
            self.working[feed].feed = feed
        self.all_have_partitions(self.working)

    def stop(self, *, killed):
        """Let every worker end, in order or not."""
        if killed:
            for one in self.working.values():
                one.kill()
        else:
            stop_together(self.working.values())
        self.working = {}

    def time_passes(self, now):
        """Set the clock, and fire what is due by then."""
        self.clock.set(now)
        while fired := self.hub.tick():
            self.counts["fired"] += fired

    # ---------------------------------------------------------------- what comes

    def take(self, arrivals):
        """Take what is told, all at once, and then fire what is due."""
        self.clock.set(arrivals[-1].at)
        self.decided_all(self.send(arrivals))
        self.time_passes(arrivals[-1].at)

    def send(self, arrivals):
        """Send reports at their times; answer where they lie."""
        under_way = []
        for one in arrivals:
            agency = self.agencies[one.says.agency]
            value = report_of(agency, one)
            sending = self._year_producer.send(
                report_topic(agency.feed),
                key=agency.key,
                value=value,
                headers=[(SIGNATURE_HEADER, agency.sign(value))],
                timestamp_ms=int(one.at.timestamp() * 1000),
            )
            under_way.append((report_topic(agency.feed), sending))
        placed = [(topic, sending.get(timeout=60)) for topic, sending in under_way]
        return {Position(topic=t, partition=at.partition, offset=at.offset) for t, at in placed}

    def decided_all(self, places):
        """Wait until every report has its row."""

        def stored():
            self._restart_those_that_saw_a_hole()
            return self.hub.postgres.stored_positions(places) == places

        wait_until(stored, "every report of a step has its row", 120)

    def act(self, arrivals, now=None):
        """Do what people do, each at its time or, after a downtime, now."""
        for arrival in arrivals:
            self.time_passes(now or arrival.at)
            self.do(arrival.says, now or arrival.at)

    def do(self, says, at):
        """Do one thing that a person does."""
        match says:
            case Decided():
                self.decided[says.name] = made(says, at)
                moved = self.hub.correct.decide(self.decided[says.name]).records_moved
                self.counts["merged" if says.kind is DecisionKind.SAME else "parted"] += bool(moved)
            case Reversed():
                for one in self.decided[says.name]:
                    self.hub.correct.reverse(one.decision_id, reason="No.", **REVIEWER)
                self.counts["reversed"] += 1
            case DeskLooks():
                self.acknowledge(says)
            case PolicyChanged():
                self.change_policies(says.number)

    def acknowledge(self, says):
        """Let the desks see what they come to of what nobody has seen."""
        found = self.rows(
            "SELECT alert_id, owner, rule, (array_agg(fact_key ORDER BY occurred_at, fact_key))[1]"
            " FROM alert JOIN alert_ground USING (alert_id) WHERE state = 'standing' AND delivered"
            " AND acknowledged_at IS NULL AND repeat_of IS NULL AND owner = ANY(%s)"
            " AND role = 'trigger' GROUP BY alert_id, owner, rule ORDER BY alert_id",
            list(DESKS),
        )
        for alert_id, owner, rule, fact_key in found:
            if says.sees((rule, fact_key)):
                assert self.hub.services.acknowledge(DESKS[owner], alert_id) is not None
                self.counts["seen"] += 1

    def change_policies(self, number):
        """Put other files in place; every process takes them while it runs."""
        self.counts["other policies"] += 1
        said = {one: one.log.count(TAKEN) for one in self.working.values()}
        shutil.copy(self.folders[number] / "hub.toml", self.home / "policies" / "hub.toml")
        for one, times in said.items():
            one.says(TAKEN, times=times + 1)
        self.hub.policies.take(load_policies(self.home / "policies"))

    def settled(self):
        """Wait until no child waits to be looked at again."""
        wait_until(
            lambda: (
                self.one("SELECT count(*) FROM correlation_pending") == 0
                or not self.hub.receive.settle_pending()
            ),
            "no child waits",
        )

    # ---------------------------------------------------------------- what stands

    def told(self):
        """Every record of which something was told."""
        return {ref for (ref,) in self.rows("SELECT record_ref FROM link")}

    def stood(self, memory):
        """What stands, and of whom; when each was looked at last, a hub in memory says."""
        told = self.told()
        looked = {
            frozenset(records & told): memory.looked.get(child)
            for child, records in memory.records.items()
        }
        records = {
            child: set(some)
            for child, some in self.rows(
                "SELECT child_ref, array_agg(record_ref) FROM link GROUP BY child_ref"
            )
        }
        with self.hub.postgres.connection() as connection:
            standing = read_standing(connection.cursor(), sorted(records))
        return Stood(
            standing={
                child: {one.alert_id: one for one in some} for child, some in standing.items()
            },
            records=records,
            looked={child: looked.get(frozenset(some)) for child, some in records.items()},
            places=memory.places,
            told=told,
            homes=dict(self.rows("SELECT record_ref, since FROM home")),
        )

    def close(self):
        self._year_producer.close()
        super().close()


@contextmanager
def own_servers():
    """A Kafka and a PostgreSQL of one's own, gone with everything in them at the end."""
    directory = Path(tempfile.mkdtemp(prefix="hub-year-"))
    directory.chmod(0o755)
    stack = LocalStack(directory / "stack", _free_port(following=1), _free_port())
    try:
        stack.start()
        yield stack, directory
    finally:
        stack.stop()
        shutil.rmtree(directory)


def _free_port(*, following=0):
    while True:
        port = 12_000 + secrets.randbelow(7_000)
        if all(port_is_free(port + offset) for offset in range(following + 1)):
            return port


def _is_told(arrival):
    """Whether it comes by way of Kafka, and is not what somebody does at the hub."""
    return isinstance(arrival.says, TELLING)


def _time_of(arrival, year):
    """What is lived together: a day, or a downtime by its end."""
    return year.downtime_at(arrival.at) or arrival.at.date()
