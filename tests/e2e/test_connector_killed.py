"""Each real connector is killed between its spool and the broker, and run again."""

import signal
import sqlite3
from datetime import date, timedelta

import pytest

from hub.core.report import Feed
from hub.topics import report_topic
from tests.connectors.health.messages import a_message
from tests.e2e import oracle
from tests.e2e.connector_process import EVENTS_PER_REPORT, SENDERS, connector
from tests.e2e.exports import (
    FORCE,
    THURSDAY,
    a_register,
    absent,
    an_incident,
    listed,
    write_delivery,
    write_extract,
    write_incidents,
)
from tests.e2e.town import child, nhs_number
from tests.service.laboratory import LEEDS
from tests.service.schools import SCHOOL

pytestmark = [pytest.mark.stack, pytest.mark.timeout(400)]

VISITS = 3 * EVENTS_PER_REPORT + 5
INCIDENTS = EVENTS_PER_REPORT + 5
PLANS = 8
MARKS = 3 * 6

NOTHING_SENT = ["after Spool.append", "before ReportProducer.send"]
SENT = ["after ReportProducer.send", "before Spool.mark_published", "after Spool.mark_published"]


@pytest.fixture
def sources(tmp_path):
    """What each agency's connector reads, by feed, with the mapping of those that have one."""
    arrivals = tmp_path / "adt.hl7"
    arrivals.write_text("".join(arrival(number) for number in range(500, 500 + VISITS)), newline="")
    incidents = [an_incident(f"{n:03}", listed(child(n, FORCE))) for n in range(INCIDENTS)]
    exports, mapping = write_incidents(tmp_path / "force", incidents)
    pupils = absent(*(child(number, SCHOOL.agency) for number in range(4, 10)))
    registers = [
        a_register(pupils, day=THURSDAY),
        a_register(pupils),
        a_register(pupils, session="PM", hour=13),
    ]
    return {
        Feed.HEALTH: (arrivals, None),
        Feed.SOCIAL_CARE: (
            write_extract(tmp_path / "extract", LEEDS, [child(n, LEEDS) for n in range(PLANS)]),
            None,
        ),
        Feed.POLICE: (exports, mapping),
        Feed.SCHOOLS: (write_delivery(tmp_path / "delivery", registers), None),
    }


def arrival(number):
    """A message of one child's arrival at an emergency department."""
    return a_message(
        msh={10: f"MSG{number}"},
        pid={
            3: f"H{number}^^^RAE^MR~{nhs_number(number).reveal()}^^^NHS",
            5: f"ARKWRIGHT^ROBIN{number}^^^^^L",
            7: f"{date(2014, 1, 1) + timedelta(days=number):%Y%m%d}",
            11: "4 MADE UP LANE^^BRADFORD^^BD1 1HX^GBR^H",
        },
        pv1={3: "ED^^^RAE01", 19: f"V{number}^^^VISITID"},
    )


def _which(point):
    """Which call of it is the death: what Kafka has taken may be noted in one call for all."""
    return 1 if point.endswith("mark_published") else 2


def _run(installation, sources, **fault):
    """Each connector in a process of its own, all at once."""
    return {
        feed: installation.run(
            connector, installation.settings, feed, path, mapping=mapping, **fault
        )
        for feed, (path, mapping) in sources.items()
    }


@pytest.mark.parametrize("point", [*NOTHING_SENT, *SENT])
def test_nothing_is_lost_and_nothing_doubled(installation, sources, point):
    installation.workers()
    for feed, first in _run(installation, sources, die_at=point, nth=_which(point)).items():
        assert first.ended() == -signal.SIGKILL, first.log
        waited = _waiting_in_the_spool(installation, feed)
        assert waited or point == "after Spool.mark_published"

    for feed, second in _run(installation, sources).items():
        assert second.ended() == 0, second.log
        assert _waiting_in_the_spool(installation, feed) == 0
    installation.learn_what_was_sent()
    installation.all_stored()

    assert installation.one("SELECT count(*) FROM event") == VISITS + INCIDENTS + PLANS + MARKS
    assert installation.one("SELECT count(*) FROM event_problem") == 0
    received = installation.rows("SELECT received::text FROM spool")
    assert len(received) == len(Feed)
    for (sequences,) in received:
        assert sequences.count("[") == 1, f"no gap in the sequence: {sequences}"
        assert sequences.startswith("{[1,")
    if point == "before Spool.mark_published":
        twice = installation.rows("SELECT DISTINCT topic FROM report WHERE state = 'duplicate'")
        assert {topic for (topic,) in twice} == set(map(report_topic, Feed))
    found = oracle.check(installation).standing_alerts()
    assert {rule for rule, _, _ in found} >= {
        "domestic_abuse_incident",
        "unexplained_absence",
        "absence_after_incident",
    }


def _waiting_in_the_spool(installation, feed):
    sender = SENDERS[feed]
    path = installation.home / "spool" / sender.publisher / f"{sender.connector}.sqlite"
    connection = sqlite3.connect(path)
    try:
        (count,) = connection.execute("SELECT count(*) FROM report WHERE published = 0").fetchone()
    finally:
        connection.close()
    return count
