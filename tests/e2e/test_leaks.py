"""Nobody's name, number, postcode or birth date is left where nobody is meant to read it.

A day is played by the hub's own commands, with faults in what every agency sends and in what people
ask. Then each medium is searched for the people of that day; and for one who was planted in it, to
see that the search reads that medium.

In clear by design, and therefore not searched or told apart below:

* What the agencies wrote themselves (``sources``): it is theirs, and the hub does not keep it.
* ``hub connector run --dry-run --json`` prints events: for the agency's eyes; nothing is sent.
* Answers with status 200 to people whose role may see them: the check, the alert, its chronology.
* A code that an agency's mapping lacks is shown to that agency as it was sent, so that somebody can
  add it, unless it repeats a name of the same record (``connectors/shown_codes.py``).
* The form of the check that could not be read (status 422) shows again what was typed into it, to
  whoever typed it, and nothing else (``ECHOES_ITS_FORM``).
"""

import base64
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import psycopg
import pytest

from hub.adapters.kafka.client import KafkaProducer
from hub.core.report import Feed
from hub.topics import report_topic
from tests.e2e import leak_columns, leak_media
from tests.e2e.canaries import (
    ADULTS,
    CHILDREN,
    CONTROL,
    MINA,
    MOTHER,
    Search,
    days_since_1970,
    texts_of,
)
from tests.e2e.leak_day import Day
from tests.e2e.waiting import wait_until

pytestmark = [pytest.mark.stack, pytest.mark.alone, pytest.mark.timeout(900)]

PEOPLE = (*CHILDREN, MOTHER)
ADULT_NAMES = [word for name in ADULTS.values() for word in name.split() if len(word) > 2]
NOBODY = Search(PEOPLE, ADULT_NAMES)
PLANTED = Search([CONTROL])
ECHOES_ITS_FORM = ("POST", "/check", 422)
FOR_ANY_STAFF = (
    *("/feeds", "/v1/feeds", "/registers", "/health/live", "/health/ready"),
    "/health/workers",
    *("/matching", "/matching.csv", "/rules", "/v1/checks/changed"),
)


@pytest.fixture(scope="module")
def day(local_stack, tmp_path_factory, free_port):
    url = local_stack.create_database("leaks")
    one = Day(local_stack, url, tmp_path_factory.mktemp("leaks"), free_port)
    try:
        one.begin()
        one.report()
        one.correct()
        one.ask_everything()
        plant_in_kafka(one)
        plant_in_the_database(one)
        one.dump = list(leak_media.database_dump(url))
        yield one
    finally:
        one.close()
        local_stack.drop_database("leaks")


def plant_in_kafka(day):
    """A message with a person in clear, packed, as no connector sends it; the hub sets it aside."""
    producer = KafkaProducer(bootstrap_servers=day.settings.kafka, compression_type="gzip")
    value = f"{CONTROL.given} {CONTROL.family} {CONTROL.nhs} ".encode() * 20
    producer.send(report_topic(Feed.HEALTH), key=CONTROL.postcode.encode(), value=value)
    producer.flush(30)
    producer.close()
    wait_until(day.is_all_decided, "the planted message has been set aside")


def plant_in_the_database(day):
    """One person in columns of every kind that could hold one, in every encoding."""
    text = f"{CONTROL.given} {CONTROL.family}"
    count = days_since_1970(CONTROL)
    with psycopg.connect(day.database_url) as connection:
        connection.execute(
            "CREATE TABLE planted (plain text, many text[], facts jsonb, raw bytea, born date)"
        )
        for raw in (
            text.encode(),
            text.encode("utf-16-le"),
            text.encode("utf-16-be"),
            text.encode().hex().encode(),
            base64.b64encode(text.encode()),
        ):
            connection.execute("INSERT INTO planted (raw) VALUES (%s)", (raw,))
        connection.execute("INSERT INTO planted (plain) VALUES (%s)", (CONTROL.street,))
        connection.execute("INSERT INTO planted (many) VALUES (%s)", ([CONTROL.postcode],))
        connection.execute(
            "INSERT INTO planted (facts) VALUES (jsonb_build_object('seen', %s::int))", (count,)
        )
        connection.execute("INSERT INTO planted (born) VALUES (%s)", (CONTROL.born,))
        connection.execute("CREATE INDEX ON planted (plain)")


def leaks(parts):
    """Where somebody is found: part and text."""
    return [(part, text) for part, data in parts for text in NOBODY.found_in(data)]


def planted(parts):
    """Where the planted person is found."""
    return {(part, text) for part, data in parts for text in PLANTED.found_in(data)}


def test_the_day_was_a_whole_one(day):
    """Else nothing could have leaked: events of all feeds, refusals, conflicts, alerts, checks."""
    rows = dict(day.rows("SELECT feed, count(*) FROM event GROUP BY 1"))
    assert set(rows) == {feed.value for feed in Feed}
    assert day.rows("SELECT count(DISTINCT feed) FROM refusal") == [(len(Feed),)]
    assert day.rows("SELECT count(*) > 0 FROM event_problem WHERE outcome = 'conflict'") == [
        (True,)
    ]
    assert day.rows("SELECT count(*) > 1 FROM alert") == [(True,)]
    assert day.rows("SELECT count(*) > 20 FROM audit_leaf") == [(True,)]
    for table in ("identity_decision", "answer_given", "match_report", "identity_move"):
        assert day.rows(f"SELECT count(*) > 0 FROM {table}") == [(True,)], table  # listed here
    statuses = {one.response.status_code for one in day.asked}
    assert statuses >= {200, 401, 403, 404, 405, 422}, statuses
    answers = [one.response.text for one in day.asked if not one.refused]
    assert any('"ON_PLAN"' in answer for answer in answers)


def test_the_database_holds_nobody_in_clear(day):
    assert leaks(day.dump) == []
    found = planted(day.dump)
    assert {
        ("table planted as text", CONTROL.street),
        ("table planted as text", CONTROL.postcode),
        ("table planted as text", CONTROL.born.isoformat()),
        ("table planted as binary", CONTROL.family),
        ("table report as binary", CONTROL.family),  # the bytes that were set aside
    } <= found


@pytest.mark.parametrize(
    "encoded",
    [
        CONTROL.family.encode("utf-16-le"),
        CONTROL.family.encode("utf-16-be"),
        CONTROL.family.encode().hex().encode(),
        base64.b64encode(f"{CONTROL.given} {CONTROL.family}".encode())[:20],
    ],
)
def test_each_encoding_that_was_planted_is_in_the_dump_as_it_was_planted(day, encoded):
    assert encoded in dict(day.dump)["table planted as binary"]
    assert PLANTED.found_in(encoded) or encoded.startswith(base64.b64encode(b"Kindly")[:6])


def test_columns_of_codes_hold_codes(day):
    assert list(leak_columns.no_codes(day.database_url)) == []


def test_no_number_in_a_json_column_is_a_birth_date_counted_in_days(day):
    numbers = list(leak_media.json_numbers(day.database_url))
    born = {days_since_1970(one) for one in PEOPLE}
    assert [where for where, number in numbers if number in born] == []
    assert ("planted.facts", days_since_1970(CONTROL)) in numbers


def test_the_database_files_hold_nobody_in_clear(day):
    with day.stack._postgres._superuser_connection() as connection:
        connection.execute("CHECKPOINT")  # what is in memory alone is written to the disk
    cluster = day.stack._postgres.cluster
    parts = list(leak_media.database_files(cluster, day.database_url))
    assert leaks(parts) == []
    assert ("database files", CONTROL.family) in planted(parts)


def test_kafka_holds_nobody_in_clear(day):
    topics = [report_topic(feed) for feed in Feed]
    parts = list(leak_media.kafka_segments(day.stack.home / "kafka", topics))
    assert leaks(parts) == []
    found = {text for part, text in planted(parts) if part.startswith("records of")}
    assert {CONTROL.family, CONTROL.nhs, CONTROL.postcode} <= found


def test_no_log_names_anybody(day):
    day.run_command(("connector", "run", CONTROL.family, "--from", "."))
    parts = list(leak_media.files_below(day.logs))
    parts += [
        (f"log {path.name}", path.read_bytes())
        for path in sorted(day.stack.home.rglob("*.log"))
        if path.name.startswith(("n1", "postgres", "initdb"))
    ]
    assert leaks(parts) == []
    assert CONTROL.family in {text for _, text in planted(parts)}
    assert len([part for part, _ in parts if part.startswith("log ")]) >= 2
    said = b"".join(data for _, data in parts)
    assert b"refused   " in said  # the connectors' operators were told of their refusals
    assert b"DEBUG" in said
    assert b"DEBUG is on while records are joined and parted" in said


def test_the_hub_keeps_no_file_that_names_anybody(day):
    spool = day.hub_home / "spool" / "planted.sqlite"
    spool.write_bytes(f"SQLite {CONTROL.given} {CONTROL.family}".encode("utf-16-le"))
    parts = list(leak_media.files_below(day.hub_home))
    assert leaks(parts) == []
    assert (f"file {spool.relative_to(day.hub_home)}", CONTROL.family) in planted(parts)
    spools = [part for part, _ in parts if part.startswith("file spool") and "sqlite" in part]
    assert len(spools) > len(Feed)


def test_no_process_shows_anybody_to_who_lists_processes(day):
    told = (CONTROL.family, CONTROL.nhs)
    waits = [sys.executable, "-c", "import sys; print(flush=True); sys.stdin.read()", *told]
    pipe = subprocess.PIPE
    with subprocess.Popen(waits, stdin=pipe, stdout=pipe) as process:
        process.stdout.readline()  # before that it may not have its title yet
        parts = list(leak_media.process_titles([*day.pids(), process.pid]))
        process.communicate()
    assert leaks(parts) == []
    assert {text for _, text in planted(parts)} == set(told)


def test_no_answer_that_refuses_names_anybody(day):
    refused = [one for one in day.asked if one.refused]
    assert len(refused) > 100
    echoed = 0
    for one in refused:
        response = one.response
        found = set(NOBODY.found_in(leak_media.as_bytes(response)))
        kind = (response.request.method, response.request.url.path, response.status_code)
        if kind == ECHOES_ITS_FORM:
            echoed += bool(found)
            found -= {text for person in one.named for text in texts_of(person)}
        assert found == set(), kind
    assert echoed


def test_no_page_on_feeds_registers_or_health_names_anybody(day):
    pages = [
        one.response
        for one in day.asked
        if not one.refused and one.response.url.path in FOR_ANY_STAFF
    ]
    pages += [day.get(path) for path in ("/health/live", "/health/ready", "/metrics")]
    there = {page.url.path for page in pages}
    assert there >= {"/feeds", "/registers", "/health/ready", "/matching"}
    assert leaks((page.url.path, leak_media.as_bytes(page)) for page in pages) == []


def test_what_is_searched_of_an_answer_is_all_of_it(day):
    """A server that names somebody on its error page is caught; pages that may name do."""

    class Careless(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_error(404, f"No page {self.path}")

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Careless)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        answer = httpx.get(f"http://127.0.0.1:{server.server_port}/{CONTROL.family}", timeout=20)
    finally:
        server.shutdown()
        server.server_close()
    assert PLANTED.found_in(leak_media.as_bytes(answer)) == [CONTROL.family]
    shown = [one for one in day.asked if not one.refused and MINA in one.named]
    assert any(MINA.family in NOBODY.found_in(leak_media.as_bytes(o.response)) for o in shown)
