"""An answer that tells less than was found leaves at a beat, whatever it became."""

import asyncio
import json
from dataclasses import dataclass, field, replace
from datetime import date

import pytest
from anyio.to_thread import current_default_thread_limiter
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from hub.api.app import create_app
from hub.api.beat import Beat, seconds_left, tells_less_than_is_found
from hub.api.users import DEMO_USERS_BY_ID
from hub.core.answer import ByName, CheckQuestion
from hub.core.identifiers import NhsNumber
from hub.errors import TooManyQuestions
from tests.api import fake_services as fake
from tests.api.conftest import CLINICIAN, RECEPTION
from tests.api.fake_services import SECRET, DemoSettings

BEAT = 0.25
NUMBERED = {"nhs_number": fake.ON_PLAN, "birth_date": "2023-05-03"}
NAMED = {
    "nhs_number": None,
    "birth_date": "2023-05-03",
    "family_name": "Example",
    "given_name": "Ayesha",
    "postcode": "BD9 6RJ",
}
BIRTH_BOXES = {"birth_day": "3", "birth_month": "5", "birth_year": "2023"}
LESS_TOLD = {
    "searched by name": NAMED,
    "no home": NAMED | {"postcode": None},
    "no birth date": NAMED | {"birth_date": None},
    "a number alone": {"nhs_number": fake.ON_PLAN, "birth_date": None},
}
OUTCOMES = {
    "none": (ByName.NONE, None, 200),
    "one": (ByName.ONE, None, 200),
    "narrow it": (ByName.NARROW_IT, None, 200),
    "not searched": (ByName.NOT_SEARCHED, None, 200),
    "too often": (ByName.NONE, TooManyQuestions("too often.", retry_seconds=42), 429),
    "could not check": (ByName.NONE, fake.AWAY, 503),
    "nobody foresaw it": (ByName.NONE, ZeroDivisionError(), 500),
}


@dataclass
class Time:
    """A clock that a question moves on, and what was waited."""

    now: float = 1_000.0
    slept: list = field(default_factory=list)
    threads_at_work: list = field(default_factory=list)

    def monotonic(self):
        return self.now

    async def sleep(self, seconds):
        self.slept.append(seconds)
        self.threads_at_work.append(current_default_thread_limiter().borrowed_tokens)
        self.now += seconds


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def app(services, time, monkeypatch):
    """The application on a beat, over services of which each check takes 40 ms of its clock."""
    checked = services.check

    def check(user, question):
        time.now += services.takes
        return checked(user, question)

    services.takes = 0.04
    monkeypatch.setattr(services, "check", check)
    beat = Beat(BEAT, monotonic=time.monotonic, sleep=time.sleep)
    return create_app(
        services, DemoSettings(), sign_in_secret=SECRET, clock=lambda: services.now, beat=beat
    )


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_an_answer_to_a_search_waits_for_the_beat_whatever_was_found_or_failed(
    client_of, services, time, outcome
):
    services.by_name, services.broken, status = OUTCOMES[outcome]

    answer = client_of(CLINICIAN).post("/v1/checks", json=NAMED)

    assert answer.status_code == status
    assert time.slept == [pytest.approx(BEAT - 0.04)]


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_page_of_a_search_waits_too(signed_in, services, time, outcome):
    browser = signed_in(CLINICIAN)
    services.by_name, services.broken, status = OUTCOMES[outcome]
    typed = {name: text for name, text in NAMED.items() if name not in NUMBERED}

    page = browser.post("/check", data=typed | BIRTH_BOXES | {"form_token": browser.token})

    assert page.status_code == status
    assert time.slept == [pytest.approx(BEAT - 0.04)]


@pytest.mark.parametrize("asked", LESS_TOLD)
def test_whatever_shows_nothing_of_anybody_leaves_at_the_beat(client_of, time, asked):
    assert client_of(CLINICIAN).post("/v1/checks", json=LESS_TOLD[asked]).status_code == 200
    assert time.slept == [pytest.approx(BEAT - 0.04)]


def test_who_is_at_no_site_and_so_is_refused_cannot_tell_by_the_time_what_was_found():
    clinician = DEMO_USERS_BY_ID[CLINICIAN]
    asked = CheckQuestion(
        nhs_number=NhsNumber.parse(fake.ON_PLAN, test_numbers=True), birth_date=date(2023, 5, 3)
    )
    assert not tells_less_than_is_found(asked, clinician)
    assert tells_less_than_is_found(asked, replace(clinician, site=None))


def test_a_number_with_its_birth_date_is_answered_at_once(client_of, signed_in, time):
    browser = signed_in(CLINICIAN)
    form = {"nhs_number": fake.ON_PLAN} | BIRTH_BOXES | {"form_token": browser.token}

    assert client_of(CLINICIAN).post("/v1/checks", json=NUMBERED).status_code == 200
    assert browser.post("/check", data=form).status_code == 200
    assert time.slept == []


def test_reception_which_is_told_one_bit_waits_with_a_number_too(client_of, time):
    assert client_of(RECEPTION).post("/v1/checks", json=NUMBERED).status_code == 200
    assert time.slept == [pytest.approx(BEAT - 0.04)]


def test_no_thread_is_kept_while_an_answer_waits(client_of, time):
    client_of(CLINICIAN).post("/v1/checks", json=NAMED)

    assert time.threads_at_work == [0]


def test_a_search_that_takes_longer_than_a_beat_leaves_at_the_next(client_of, services, time):
    services.takes = 0.6

    client_of(CLINICIAN).post("/v1/checks", json=NAMED)

    assert time.slept == [pytest.approx(0.15)]


def test_a_question_that_is_refused_before_it_is_asked_does_not_wait(client_of, services, time):
    refused = client_of(CLINICIAN).post("/v1/checks", json=NAMED | {"postcode": "nowhere"})

    assert refused.status_code == 422
    assert (services.asked, time.slept) == ([], [])


def test_nothing_of_an_answer_is_sent_before_the_beat(app, client_of, time):
    sent = []

    async def sleep(_):
        assert sent == []
        time.slept.append("held")

    app.state.surface.beat._sleep = sleep
    token = client_of(CLINICIAN).headers["Authorization"]
    asyncio.run(_asked(app, token, sent))

    assert time.slept == ["held"]
    assert [one["type"] for one in sent] == ["http.response.start", "http.response.body"]


async def _asked(app, token, sent):
    body = json.dumps(NAMED).encode()
    headers = {"host": "127.0.0.1:8000", "authorization": token, "content-type": "application/json"}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/v1/checks",
        "raw_path": b"/v1/checks",
        "query_string": b"",
        "headers": [(name.encode(), text.encode()) for name, text in headers.items()],
    }

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        sent.append(message)

    await app(scope, receive, send)


def test_a_beat_of_no_length_holds_nothing(time):
    request = Request({"type": "http", "state": {}})
    beat = Beat(0, monotonic=time.monotonic, sleep=time.sleep)
    beat.begin(request)

    asyncio.run(beat.hold(request.scope))

    assert time.slept == []


@given(passed=st.floats(0, 1_000), beat=st.floats(0.001, 2))
def test_less_than_a_beat_is_ever_waited_and_only_the_first_is_whole(passed, beat):
    left = seconds_left(passed, beat)
    rest = (passed + left) / beat

    assert left <= beat * (1 + 1e-9)
    assert passed + left >= beat * (1 - 1e-9)
    assert rest == pytest.approx(round(rest), abs=1e-6)
