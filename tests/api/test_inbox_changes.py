"""The streams that say "changed": to whom, when they end, and how many there may be."""

import threading
import time
from datetime import timedelta

import pytest

from hub.api import changes, streams
from hub.api.signing import SESSION_IDLE_LONGEST
from hub.ports import Notice
from tests.api.conftest import DUTY_WORKER

PATIENCE = 20.0


@pytest.fixture(autouse=True)
def look_often(monkeypatch):
    monkeypatch.setattr(changes, "LOOK_SECONDS", 0.05)


@pytest.fixture
def duty_worker(client_of):
    return client_of(DUTY_WORKER)


class Listening:
    """A request for a stream in a thread of its own: the test client answers when it has ended."""

    def __init__(self, client, services, path="/v1/inbox/changes"):
        self._services = services
        before = len(services.listeners)
        self._thread = threading.Thread(target=self._ask, args=(client, path), daemon=True)
        self._thread.start()
        wait_until(lambda: len(services.listeners) > before)

    def _ask(self, client, path):
        self.answer = client.get(path)

    def ended(self):
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()
        return self.answer


def wait_until(so):
    limit = time.monotonic() + PATIENCE
    while not so():
        assert time.monotonic() < limit
        time.sleep(0.01)


def test_a_stream_says_changed_and_never_what(duty_worker, services):
    stream = Listening(duty_worker, services)
    services.change()
    services.tell(Notice.DEAF)
    answer = stream.ended()

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    said = {line for line in answer.text.split("\n") if line}
    assert said == {"retry: 2000", "data: changed"}
    assert services.listeners == {}


def test_a_stream_begins_with_changed_since_something_may_have_before(duty_worker, services):
    stream = Listening(duty_worker, services)
    services.tell(Notice.DEAF)
    assert stream.ended().text.endswith("data: changed\n\n")


def test_it_is_told_to_the_user_who_asked(duty_worker, services):
    stream = Listening(duty_worker, services)
    assert [user.user_id for user in services.listeners.values()] == [DUTY_WORKER]
    services.tell(Notice.DEAF)
    stream.ended()


def test_a_quiet_stream_says_from_time_to_time_that_it_is_there(duty_worker, services, monkeypatch):
    monkeypatch.setattr(changes, "HEARTBEAT_SECONDS", 0.1)
    stream = Listening(duty_worker, services)
    time.sleep(0.5)
    services.tell(Notice.DEAF)
    assert ": still here\n\n" in stream.ended().text


def test_a_stream_of_a_page_ends_with_its_session(signed_in, services):
    stream = Listening(signed_in(DUTY_WORKER), services, "/inbox/changes")
    services.now += SESSION_IDLE_LONGEST + timedelta(seconds=1)
    assert stream.ended().status_code == 200
    assert services.listeners == {}


def test_no_more_streams_are_opened_than_there_are_places(client_of, services, monkeypatch):
    monkeypatch.setattr(streams, "STREAMS_OF_USER_MAX", 1)
    stream = Listening(client_of(DUTY_WORKER), services)

    refused = client_of(DUTY_WORKER).get("/v1/inbox/changes")
    services.tell(Notice.DEAF)
    stream.ended()

    assert refused.status_code == 429
    assert refused.json()["code"] == "too_many_streams"
    again = Listening(client_of(DUTY_WORKER), services)
    services.tell(Notice.DEAF)
    assert again.ended().status_code == 200


def test_the_whole_process_has_a_limit_too():
    some = streams.Streams(closing=lambda: False)
    taken = [some.take(f"user-{n}") for n in range(streams.STREAMS_MAX + 1)]
    assert taken == [True] * streams.STREAMS_MAX + [False]
    some.give_back("user-0")
    assert some.take("user-0")
