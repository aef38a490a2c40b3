"""`hub import` as an operator runs it: killed, stopped, started twice, and what it says of it."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from datetime import date, timedelta

import pytest

from tests.connectors.health.messages import a_message
from tests.e2e.town import nhs_number
from tests.e2e.waiting import wait_until

pytestmark = [pytest.mark.stack, pytest.mark.timeout(280)]

VISITS = 4_500
"""Nine reports of 500: more than may be under way at once."""

GOES_ON = "goes on where"
END_SECONDS = 200


def a_name(number):
    """A name that few others sound like: as with real people, most are compared with nobody."""
    consonants = "BDFGKLMNPRSTVZ"
    sounds = ((consonants[number // 14**place % 14], "aei"[place]) for place in range(3))
    return "".join(one + other for one, other in sounds).upper()


def arrival(number, pv1=None):
    """A message of one child's arrival at an emergency department."""
    pid = {
        3: f"H{number}^^^RAE^MR~{nhs_number(number).reveal()}^^^NHS",
        5: f"{a_name(number // 3)}SON^{a_name(number)}^^^^^L",
        7: f"{date(2014, 1, 1) + timedelta(days=number % 4000):%Y%m%d}",
        11: "4 MADE UP LANE^^BRADFORD^^BD1 1HX^GBR^H",
    }
    pv1 = {3: "ED^^^RAE01", 19: f"V{number}^^^VISITID"} | (pv1 or {})
    return a_message(msh={10: f"MSG{number}"}, pid=pid, pv1=pv1)


def a_file(path, visits, *, first=0):
    path.write_text("".join(arrival(first + n) for n in range(visits)), newline="")
    return path


@pytest.fixture
def importing(installation):
    """Starts `hub import` over the installation; what still runs is ended at the end."""
    settings, under_way = installation.settings, []
    environment = {n: v for n, v in os.environ.items() if not n.startswith("HUB_")} | {
        "HUB_KAFKA": settings.kafka,
        "HUB_DATABASE_URL": settings.database_url.get_secret_value(),
        "HUB_HOME": str(settings.home),
        "HUB_DEMO": "1",
        "HUB_SESSION_TIMEOUT_SECONDS": "3",
    }

    def start(feed, path, *options):
        command = [sys.executable, "-m", "hub", "import", feed, str(path), "--publisher", "RAE"]
        process = subprocess.Popen(
            [*command, *options],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        under_way.append(process)
        return process

    yield start
    for process in under_way:
        if process.poll() is None:
            process.kill()
        process.communicate()
    wait_until(
        lambda: not installation.hub.kafka.has_members("safeguarding-hub-health"),
        "the worker of an import that was killed ends by itself",
    )


def begin(importing, path):
    return importing("health", path, "--agency", "RAE", "--json")


def ended(process, code):
    """What it said at its end, on standard output and standard error."""
    said, complained = process.communicate(timeout=END_SECONDS)
    assert process.returncode == code, complained
    return said, complained


def events(installation):
    return installation.one("SELECT count(*) FROM event")


def until_some_are_in(installation, process):
    def some():
        assert process.poll() is None, process.communicate()[1]
        return events(installation) > 0

    wait_until(some, "some events are in", END_SECONDS)


def all_in_once(installation, visits):
    assert events(installation) == visits
    assert installation.one("SELECT count(*) FROM event_problem") == 0
    others = "SELECT count(*) FROM report WHERE state NOT IN ('accepted', 'duplicate')"
    assert installation.one(others) == 0, "what was sent before a death may be sent again"
    received = installation.one("SELECT received::text FROM spool")
    assert received.count("[") == 1, f"no gap in the sequence: {received}"
    spool = installation.home / "spool" / "RAE" / "import-health.sqlite"
    with sqlite3.connect(spool) as connection:
        waits = connection.execute("SELECT count(*) FROM report WHERE published = 0").fetchone()
    assert waits == (0,)
    assert not spool.with_name("import-health.import.json").exists()


def test_a_load_that_was_killed_goes_on_with_nothing_lost_and_nothing_doubled(
    installation, importing, tmp_path
):
    adt = a_file(tmp_path / "adt.hl7", VISITS)
    first = begin(importing, adt)
    until_some_are_in(installation, first)
    first.kill()
    assert first.wait() == -signal.SIGKILL

    said, complained = ended(begin(importing, adt), 0)

    assert GOES_ON in complained
    all_in_once(installation, VISITS)
    summed_up = json.loads(said)
    assert summed_up["read"] == summed_up["events"] == summed_up["new"] == VISITS
    assert summed_up["already_known"] == summed_up["conflicts"] == 0
    assert installation.one("SELECT count(*) FROM event WHERE NOT backfill") == 0
    assert installation.one("SELECT count(*) FROM alert WHERE delivered") == 0


def test_a_second_load_of_the_feed_is_refused_and_the_first_stops_in_order(
    installation, importing, tmp_path
):
    adt = a_file(tmp_path / "adt.hl7", VISITS)
    first = begin(importing, adt)
    until_some_are_in(installation, first)

    _, complained = ended(begin(importing, adt), 1)
    assert "in use by another process" in complained

    first.send_signal(signal.SIGINT)
    _, complained = ended(first, 1)
    assert "Stopped. The same command goes on where this one stopped" in complained

    ended(begin(importing, adt), 0)
    all_in_once(installation, VISITS)


def test_a_load_says_what_was_known_what_is_uncertain_and_what_was_refused(
    installation, importing, tmp_path
):
    adt = a_file(tmp_path / "adt.hl7", 30)
    ended(begin(importing, adt), 0)
    with adt.open("a", newline="") as file:
        file.write(arrival(40, pv1={19: ""}))  # a visit without its number

    said, complained = ended(importing("health", adt, "--agency", "RAE"), 3)

    assert "already known                  30" in said
    assert "new                             0" in said
    assert "refused when read               1" in said
    assert "PV1-19" in said
    assert "refused   " in complained
    assert "ARKWRIGHT" not in said + complained


def test_what_a_wrong_mapping_made_is_in_conflict_until_its_edition_is_raised(
    installation, importing, tmp_path
):
    adt = a_file(tmp_path / "adt.hl7", 3)
    mapping = tmp_path / "RAE.toml"
    mended = 'version = 1\n[[site]]\ncode = "RAE01"\n[[department]]\nsite = "RAE01"\n'

    def load(text, code):
        mapping.write_text(text)
        options = ("--agency", "RAE", "--mapping", str(mapping), "--json")
        return json.loads(ended(importing("health", adt, *options), code)[0])

    assert load(mended + 'type = "walk_in"', 0)["new"] == 3
    in_conflict = load(mended + 'type = "major"', 3)
    assert (in_conflict["new"], in_conflict["conflicts"]) == (0, 3)
    corrected = load("edition = 1\n" + mended + 'type = "major"', 0)
    assert (corrected["new"], corrected["conflicts"]) == (3, 0)
    assert installation.one("SELECT count(DISTINCT fact_key) FROM event") == 3


def test_a_publisher_that_is_not_entered_is_refused_before_anything_is_sent(
    installation, importing, tmp_path
):
    adt = a_file(tmp_path / "adt.hl7", 3)
    installation.execute("DELETE FROM publisher_reports_for WHERE publisher = 'RAE'")
    _, complained = ended(begin(importing, adt), 2)
    assert "RAE is not entered as a publisher of the feed health" in complained
    assert installation.one("SELECT count(*) FROM report") == 0


def test_an_agency_for_which_a_publisher_may_not_report_is_refused_before_anything_is_sent(
    installation, importing, tmp_path
):
    """Its reports would all wait, and the next load would leave a gap behind it."""
    adt = a_file(tmp_path / "adt.hl7", 3)
    _, complained = ended(importing("health", adt, "--agency", "RR8"), 2)
    assert "RAE may not report for RR8 on the feed health: it is entered for RAE." in complained
    assert installation.one("SELECT count(*) FROM report") == 0
    ended(begin(importing, adt), 0)
    assert installation.one("SELECT count(*) FROM report WHERE state <> 'accepted'") == 0
