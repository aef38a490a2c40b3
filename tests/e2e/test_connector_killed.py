"""The real connector is killed between its spool and the broker, and run again."""

import signal
import sqlite3
from datetime import date, timedelta

import pytest

from tests.connectors.health.messages import a_message
from tests.e2e import oracle
from tests.e2e.connector_process import EVENTS_PER_REPORT, SENDER, connector
from tests.e2e.town import nhs_number

pytestmark = [pytest.mark.stack, pytest.mark.timeout(180)]

VISITS = 3 * EVENTS_PER_REPORT + 5

NOTHING_SENT = ["after Spool.append", "before ReportProducer.send"]
SENT = ["after ReportProducer.send", "before Spool.mark_published", "after Spool.mark_published"]


@pytest.fixture
def adt(tmp_path):
    """A file of arrivals, one of each child."""
    path = tmp_path / "adt.hl7"
    path.write_text("".join(arrival(number) for number in range(VISITS)), newline="")
    return path


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


@pytest.mark.parametrize("point", [*NOTHING_SENT, *SENT])
def test_nothing_is_lost_and_nothing_doubled(installation, adt, point):
    installation.worker()
    first = installation.run(connector, installation.settings, adt, die_at=point, nth=_which(point))
    assert first.ended() == -signal.SIGKILL, first.log
    waited = _waiting_in_the_spool(installation)
    assert waited or point == "after Spool.mark_published"

    second = installation.run(connector, installation.settings, adt)
    assert second.ended() == 0, second.log
    installation.learn_what_was_sent()
    installation.all_stored()

    assert _waiting_in_the_spool(installation) == 0
    assert installation.one("SELECT count(*) FROM event") == VISITS
    assert installation.one("SELECT count(*) FROM event_problem") == 0
    received = installation.one("SELECT received::text FROM spool")
    assert received.count("[") == 1, f"no gap in the sequence: {received}"
    assert received.startswith("{[1,")
    if point == "before Spool.mark_published":
        assert installation.one("SELECT count(*) FROM report WHERE state = 'duplicate'") > 0
    oracle.check(installation)


def _waiting_in_the_spool(installation):
    path = installation.home / "spool" / SENDER.publisher / f"{SENDER.connector}.sqlite"
    connection = sqlite3.connect(path)
    try:
        (count,) = connection.execute("SELECT count(*) FROM report WHERE published = 0").fetchone()
    finally:
        connection.close()
    return count
