"""What every response carries, whoever makes it."""

import logging
import uuid

import pytest

from hub.api.rim import ALWAYS, CONTENT_SECURITY_POLICY
from tests.api.conftest import CLINICIAN, DUTY_WORKER
from tests.api.fake_services import AWAY

RESPONSES = {
    "a page": ("GET", "/sign-in", 200),
    "a redirect": ("GET", "/check", 303),
    "a problem": ("POST", "/v1/checks", 401),
    "a form of nobody": ("POST", "/check", 303),
    "nothing there": ("GET", "/nowhere", 404),
    "nothing there, as JSON": ("GET", "/v1/nowhere", 404),
    "a wrong method": ("DELETE", "/check", 405),
    "a static file": ("GET", "/static/hub.css", 200),
    "a vendored icon": ("GET", "/assets/images/nhsuk-icon-arrow-down.svg", 200),
    "no static file": ("GET", "/static/nothing.css", 404),
    "health": ("GET", "/health/live", 200),
}


@pytest.mark.parametrize("what", RESPONSES)
def test_every_response_carries_the_security_headers(anybody, what):
    method, path, status = RESPONSES[what]
    answer = anybody.request(method, path)
    assert answer.status_code == status
    assert {name: answer.headers[name] for name in ALWAYS} == ALWAYS
    kept = "public, max-age=86400" if path.startswith(("/static", "/assets")) else "no-store"
    assert answer.headers["cache-control"] == (kept if status == 200 else "no-store")


def test_the_policy_lets_nothing_in_from_elsewhere():
    assert CONTENT_SECURITY_POLICY.startswith("default-src 'none'; ")
    for word in ("unsafe", "http", "*", "data:"):
        assert word not in CONTENT_SECURITY_POLICY
    assert "frame-ancestors 'none'" in CONTENT_SECURITY_POLICY


@pytest.mark.parametrize("path", ["/check", "/v1/inbox"])
def test_an_unforeseen_failure_is_plain_and_carries_the_headers(
    signed_in, client_of, services, path
):
    client = client_of(DUTY_WORKER) if path.startswith("/v1") else signed_in(DUTY_WORKER)
    path = path if path.startswith("/v1") else "/inbox"
    services.broken = ZeroDivisionError("Mia Doe")
    answer = client.get(path)
    assert answer.status_code == 500
    assert "Mia Doe" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert answer.headers["cache-control"] == "no-store"


def test_the_callers_request_id_comes_back(anybody):
    given = "60e0b220-8136-4ca5-ae46-1d97ef59d068"
    answer = anybody.get("/v1/inbox", headers={"X-Request-ID": given})
    assert answer.headers["x-request-id"] == given
    assert answer.json()["request_id"] == given


NOT_IDS = ["", "a b", "x" * 65, "<script>", "Mia;Doe", "9990000018", "Mia-Doe", "0" * 32]


@pytest.mark.parametrize("given", NOT_IDS)
def test_a_request_id_that_is_not_a_uuid_is_replaced(anybody, given):
    answer = anybody.get("/health/live", headers={"X-Request-ID": given})
    assert answer.headers["x-request-id"] != given
    assert uuid.UUID(answer.headers["x-request-id"]).version == 4


@pytest.mark.parametrize("broken", [AWAY, ZeroDivisionError()])
def test_a_request_id_that_is_not_a_uuid_is_neither_logged_nor_answered(
    client_of, services, caplog, broken
):
    services.broken = broken
    with caplog.at_level(logging.DEBUG):
        answer = client_of(DUTY_WORKER).get("/v1/inbox", headers={"X-Request-ID": "9990000018"})
    assert answer.status_code >= 500
    assert answer.json()["request_id"] in caplog.text
    assert "9990000018" not in caplog.text + answer.text + str(answer.headers)


def in_chunks():
    """Answer a body whose length is not declared."""
    yield from [b"9" * 1000] * 70


TOO_LARGE = {"declared": b"9" * 70_000, "in chunks": in_chunks}


@pytest.mark.parametrize("how", TOO_LARGE)
def test_a_body_that_is_too_large_is_a_plain_refusal_and_no_failure(
    client_of, services, caplog, how
):
    body = TOO_LARGE[how]
    answer = client_of(CLINICIAN).post(
        "/v1/checks",
        content=body() if callable(body) else body,
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "too_large"
    assert {name: answer.headers[name] for name in ALWAYS} == ALWAYS
    assert answer.headers["x-request-id"] == answer.json()["request_id"]
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
    assert services.asked == []


@pytest.mark.parametrize("how", TOO_LARGE)
def test_a_form_that_is_too_large_is_refused_as_a_page(signed_in, caplog, how):
    body = TOO_LARGE[how]
    answer = signed_in(CLINICIAN).post(
        "/check",
        content=body() if callable(body) else body,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 413
    assert "larger than any that the hub takes" in answer.text
    assert {name: answer.headers[name] for name in ALWAYS} == ALWAYS
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_a_length_of_absurdly_many_digits_is_too_large(anybody):
    answer = anybody.post("/v1/checks", content=b"x", headers={"Content-Length": "9" * 5000})
    assert answer.status_code == 413


@pytest.mark.parametrize("path", ["/v1/nowhere", "/v1/inbox"])
def test_a_problem_has_the_fields_of_the_standard_and_ours(anybody, path):
    answer = anybody.get(path)
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert set(body) == {"type", "title", "status", "detail", "code", "request_id", "errors"}
    assert body["status"] == answer.status_code


def test_an_address_is_not_repeated_in_a_problem(anybody):
    assert "9990000018" not in anybody.get("/v1/checks/9990000018").text
    assert "9990000018" not in anybody.get("/check/9990000018").text


def test_error_pages_are_in_plain_english_with_whom_to_ring(signed_in):
    browser = signed_in(CLINICIAN)
    assert "There is nothing here" in browser.get("/nowhere").text
    forbidden = browser.get("/inbox")
    assert "You cannot open this page" in forbidden.text
    assert "999" in forbidden.text


def test_a_refused_form_carries_the_headers_too(signed_in):
    answer = signed_in(CLINICIAN).post("/check")
    assert answer.status_code == 403
    assert {name: answer.headers[name] for name in ALWAYS} == ALWAYS
    assert answer.headers["cache-control"] == "no-store"
