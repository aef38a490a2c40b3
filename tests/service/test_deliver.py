"""The outbox drained over a real PostgreSQL to a real HTTP server of a school's system."""

import base64
import hashlib
import hmac
import json
import threading
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from hub.adapters.delivery.webhook import Webhooks
from hub.adapters.store.outbox import PostgresOutbox
from hub.adapters.store.questions import PostgresQuestions
from hub.core.delivery import PAUSES, Pushed
from hub.errors import TransientFault
from hub.ports import Outbox
from hub.ports.answers import ANSWER_CHANGED
from hub.service.alert_routing import RAISED
from hub.service.deliver import LEASE, Deliver
from hub.service.escalating import ESCALATED
from hub.service.hearing_back import FEEDBACK_WAITS
from hub.service.question_telling import URGENT_QUESTION
from hub.service.timekeeping import IDLE_SECONDS, PASSES_LEFT_OUT, keep_time
from tests.e2e.watched import Watched
from tests.service.encompass import MONDAY_0815, a_tick, an_incident, on_roll, tell, with_a_force
from tests.service.laboratory import NUMBERS

pytestmark = pytest.mark.stack

SECRET, FORMER = b"n" * 32, b"f" * 32
DAY = timedelta(days=1)


class SchoolSystem:
    """A school's system: notes what it is sent, and answers as a test wants."""

    def __init__(self):
        self.received = []
        self.answers = []
        self.hold = None
        system = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                system.received.append((self.path, dict(self.headers), body))
                if system.hold is not None:
                    system.hold.wait(30)
                status = system.answers.pop(0) if system.answers else 204
                self.send_response(status)
                self.send_header("location", "http://127.0.0.1:9/elsewhere")
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}/hub"

    @property
    def ids(self):
        return [headers["webhook-id"] for _, headers, _ in self.received]


@pytest.fixture
def school_system():
    system = SchoolSystem()
    thread = threading.Thread(target=system.server.serve_forever, daemon=True)
    thread.start()
    yield system
    if system.hold is not None:
        system.hold.set()
    system.server.shutdown()
    system.server.server_close()
    thread.join(30)


@pytest.fixture
def hub(laboratory):
    with_a_force(laboratory)
    on_roll(laboratory)
    return laboratory


@contextmanager
def delivering(hub, system, *, secrets=(SECRET,), outbox=None, limit_seconds=10.0):
    webhooks = Webhooks(
        addresses={"URN107200": system.address},
        secrets=lambda _: secrets,
        to_this_machine=True,
        limit_seconds=limit_seconds,
    )
    yield Deliver(outbox=outbox or PostgresOutbox(hub.store), channel=webhooks, clock=hub.clock)


def states(hub):
    return hub.rows("SELECT recipient, state, attempts FROM outbox ORDER BY recipient, created_at")


def faults(hub):
    questions = PostgresQuestions(hub.store, hub.keys.sealer, hub.keys.identity)
    with questions.question() as asking:
        return [one.sentence for one in asking.operator_faults()]


def test_the_school_is_told_once_that_something_waits_and_nothing_of_what(hub, school_system):
    tell(hub, an_incident())
    with delivering(hub, school_system) as deliver:
        assert (deliver(), deliver()) == (1, 0)

    ((path, headers, body),) = school_system.received
    assert json.loads(body) == {
        "type": "safeguarding_hub.something_waits",
        "timestamp": "2026-11-22T09:30:00+00:00",
        "data": {"ask": "/v1/notices"},
    }
    everything = f"{path}{headers}{body.decode()}".lower()
    for word in ("ashworth", "mira", NUMBERS[0], "2021", "pol13", "o1"):
        assert word not in everything.replace(headers["webhook-signature"].lower(), "").replace(
            headers["webhook-id"], ""
        )
    assert states(hub) == [("URN107200", "sent", 1)]


@pytest.mark.parametrize(
    ("kind", "asks"),
    [
        (RAISED, "/v1/inbox"),
        (ESCALATED, "/v1/inbox"),
        (URGENT_QUESTION, "/v1/reviews"),
        (ANSWER_CHANGED, "/v1/checks/changed"),
        (FEEDBACK_WAITS, "/v1/notices"),
    ],
)
def test_each_is_told_where_to_ask_and_a_school_not_which_of_the_two_waits(
    hub, school_system, kind, asks
):
    tell(hub, an_incident())
    with hub.store.connection() as connection:
        connection.execute("UPDATE outbox SET kind = %s", (kind,))
    with delivering(hub, school_system) as deliver:
        deliver()
    ((_, _, body),) = school_system.received
    assert json.loads(body)["data"] == {"ask": asks}


def test_a_message_is_signed_by_each_secret_as_the_specification_says(hub, school_system):
    tell(hub, an_incident())
    with delivering(hub, school_system, secrets=(FORMER, SECRET)) as deliver:
        deliver()

    ((_, headers, body),) = school_system.received
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = [
        "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        for key in (FORMER, SECRET)
    ]
    assert headers["webhook-signature"].split(" ") == expected


def test_a_system_that_is_away_is_told_later_under_the_same_id(hub, school_system):
    tell(hub, an_incident())
    school_system.answers = [503, 429, 200]
    with delivering(hub, school_system) as deliver:
        for _ in range(3):
            deliver()
            assert deliver() == 0  # not before its time
            hub.clock.instant += timedelta(hours=1)

    assert len(school_system.ids) == 3
    assert len(set(school_system.ids)) == 1
    assert states(hub) == [("URN107200", "sent", 3)]


def test_a_system_that_stays_away_is_a_fault_for_the_operator(hub, school_system):
    tell(hub, an_incident())
    school_system.answers = [500] * 20
    with delivering(hub, school_system) as deliver:
        for _ in range(len(PAUSES) + 2):
            deliver()
            hub.clock.instant += 2 * DAY

    assert states(hub) == [("URN107200", "dead", len(PAUSES) + 1)]
    (fault,) = faults(hub)
    assert fault.startswith("URN107200 could not be told that something waits for it (tried once)")


@pytest.mark.parametrize("status", [301, 404, 410])
def test_a_redirect_or_a_refusal_is_not_followed_and_not_repeated(hub, school_system, status):
    tell(hub, an_incident())
    school_system.answers = [status]
    with delivering(hub, school_system) as deliver:
        deliver()
    assert len(school_system.received) == 1
    assert states(hub) == [("URN107200", "dead", 1)]


def test_a_system_that_does_not_answer_in_time_holds_nothing_up(hub, school_system):
    tell(hub, an_incident())
    school_system.hold = threading.Event()
    with delivering(hub, school_system, limit_seconds=0.2) as deliver:
        deliver()
    assert hub.rows("SELECT state, last_fault FROM outbox") == [("waiting", "timeout")]


def test_without_a_secret_nothing_is_sent_unsigned(hub, school_system):
    tell(hub, an_incident())
    with delivering(hub, school_system, secrets=()) as deliver:
        deliver()
    assert school_system.received == []
    assert states(hub) == [("URN107200", "dead", 1)]


def test_who_wants_no_push_is_left_to_ask(hub, school_system):
    tell(hub, an_incident())
    hub.clock.instant = MONDAY_0815
    a_tick(hub)()
    with delivering(hub, school_system) as deliver:
        deliver()
    assert ("POL13", "unpushed", 1) in states(hub)
    assert faults(hub) == []


def test_two_deliverers_push_each_row_once(hub, school_system):
    tell(hub, *(an_incident(f"O{number}") for number in range(15)))
    together = threading.Barrier(2)

    def drain():
        with delivering(hub, school_system) as deliver:
            together.wait(30)
            while deliver():
                pass

    threads = [threading.Thread(target=drain) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)

    assert len(school_system.ids) == len(set(school_system.ids)) == 15
    assert {state for _, state, _ in states(hub)} == {"sent"}


class Died(Exception):  # noqa: N818  # a death, not an error
    """Ends a deliverer at a point."""


@pytest.mark.parametrize(
    ("point", "pushed_before"), [("after Outbox.claim", 0), ("before Outbox.settle", 1)]
)
def test_a_deliverer_that_dies_leaves_its_rows_to_the_next(
    hub, school_system, point, pushed_before
):
    tell(hub, an_incident())

    def die(here, _):
        if here == point:
            raise Died

    dying = Watched(PostgresOutbox(hub.store), Outbox, die)
    with delivering(hub, school_system, outbox=dying) as deliver, pytest.raises(Died):
        deliver()
    assert len(school_system.ids) == pushed_before

    with delivering(hub, school_system) as deliver:
        assert deliver() == 0
        hub.clock.instant += LEASE
        assert deliver() == 1
    assert len(set(school_system.ids)) == 1
    assert states(hub) == [("URN107200", "sent", 2)]


def test_a_slow_deliverer_does_not_settle_what_another_has_taken(hub):
    tell(hub, an_incident())
    outbox, now = PostgresOutbox(hub.store), hub.clock.now()
    (slow,) = outbox.claim(now, now + LEASE, 10)
    (taken,) = outbox.claim(now + LEASE, now + 2 * LEASE, 10)

    assert not outbox.settle(slow, Pushed.DEAD, at=now, again_at=None, fault="slow")
    assert outbox.settle(taken, Pushed.SENT, at=now, again_at=None, fault="")


def test_a_late_notice_and_a_timekeeper_that_does_not_run_are_alarms(hub):
    questions = PostgresQuestions(hub.store, hub.keys.sealer, hub.keys.identity)

    def counts():
        with questions.question() as asking:
            found = asking.out_of_time(hub.clock.now() - timedelta(minutes=15))
        return found.late_notices.count, found.timers_behind.count

    tell(hub, an_incident())
    assert counts() == (0, 0)
    hub.clock.instant = MONDAY_0815 + timedelta(hours=1)
    assert counts() == (0, 1)
    a_tick(hub)()
    assert counts() == (1, 0)


def test_the_timekeeper_rests_when_idle_and_outlasts_what_passes():
    told = iter([1, 0, TransientFault("away"), 0])
    rests = []

    def a_round():
        found = next(told)
        if isinstance(found, Exception):
            raise found
        return found

    def rest(seconds):
        rests.append(seconds)
        return len(rests) == 4

    keep_time((a_round,), rest)
    assert rests == [0.0, IDLE_SECONDS, IDLE_SECONDS, IDLE_SECONDS]


def test_a_round_that_fails_for_a_fault_of_ours_stops_no_other_and_is_tried_again(caplog):
    tried, others, rests = [], [], []

    def fails():
        tried.append(len(others))
        raise ValueError("Mira Ashworth")

    def goes_on():
        others.append(1)
        return 0

    def rest(_):
        rests.append(1)
        return len(rests) == PASSES_LEFT_OUT + 2

    keep_time((fails, goes_on), rest)

    assert len(others) == PASSES_LEFT_OUT + 2
    assert tried == [0, PASSES_LEFT_OUT + 1]
    assert "ValueError in test_deliver.py" in caplog.text
    assert "Ashworth" not in caplog.text
