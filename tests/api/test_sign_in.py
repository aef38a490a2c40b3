"""Sessions, form tokens and bearer tokens of the demo sign-in."""

from datetime import timedelta

import pytest

from hub.api.app import create_app
from hub.api.guard import SESSION_COOKIE
from hub.api.signing import SignIn
from hub.api.users import DEMO_USERS
from hub.errors import RefusedToStart
from tests.api.conftest import CLINICIAN, DUTY_WORKER, form_token
from tests.api.fake_services import NOW, SECRET, DemoSettings


def test_it_refuses_to_start_outside_demo_mode(services):
    with pytest.raises(RefusedToStart, match=r"^sign-in is not configured: "):
        create_app(services, DemoSettings(demo=False), sign_in_secret=SECRET, clock=lambda: NOW)


def test_a_short_secret_is_refused(services):
    with pytest.raises(ValueError, match="at least 32 bytes"):
        create_app(services, DemoSettings(), sign_in_secret=b"short", clock=lambda: NOW)


def test_the_choice_of_roles_is_marked_as_a_demo(anybody):
    page = anybody.get("/sign-in")
    assert "Every child in it is made up" in page.text
    assert all(user.name in page.text for user in DEMO_USERS)


def test_no_bearer_token_is_on_the_sign_in_page(anybody):
    page = anybody.get("/sign-in").text
    assert all(token not in page for token in SignIn(SECRET).bearer_tokens.values())


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(anybody):
    cookie = anybody.get("/sign-in").headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Max-Age" not in cookie


def test_over_https_the_cookie_and_the_transport_are_kept_secure(browser_of):
    answer = browser_of("https://hub.example").get("/sign-in")
    assert "Secure" in answer.headers["set-cookie"]
    assert "max-age=31536000" in answer.headers["strict-transport-security"]


def test_signing_in_gives_a_new_session(anybody):
    token = form_token(anybody.get("/sign-in"))
    before = anybody.cookies[SESSION_COOKIE]
    anybody.post("/sign-in", data={"user_id": CLINICIAN, "form_token": token})
    assert anybody.cookies[SESSION_COOKIE].split(".")[3] != before.split(".")[3]


def test_the_user_is_always_named_on_the_screen(signed_in):
    page = signed_in(CLINICIAN).get("/check").text
    assert "Dr Amara Nwosu" in page
    assert "Bradford Royal Infirmary" in page


def test_signing_out_ends_the_session(signed_in):
    browser = signed_in(CLINICIAN)
    answer = browser.post("/sign-out", data={"form_token": browser.token})
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert browser.get("/check").headers["location"] == "/sign-in"


def test_a_session_ends_after_fifteen_minutes_without_a_request(signed_in, services):
    browser = signed_in(CLINICIAN)
    services.now = NOW + timedelta(minutes=14)
    assert browser.get("/check").status_code == 200
    services.now = NOW + timedelta(minutes=28)
    assert browser.get("/check").status_code == 200
    services.now = NOW + timedelta(minutes=44)
    assert browser.get("/check").headers["location"] == "/sign-in"


@pytest.mark.parametrize("path", ["/check", "/sign-in", "/sign-out"])
def test_a_form_of_a_session_that_has_ended_leads_to_the_sign_in_page(signed_in, services, path):
    browser = signed_in(CLINICIAN)
    services.now = NOW + timedelta(minutes=16)
    answer = browser.post(path, data={"form_token": browser.token, "nhs_number": "9990000018"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert services.asked == []


def test_a_session_ends_after_eight_hours_in_any_case(signed_in, services):
    browser = signed_in(DUTY_WORKER)
    for minutes in range(10, 481, 10):
        services.now = NOW + timedelta(minutes=minutes)
        assert browser.get("/inbox").status_code == 200
    services.now = NOW + timedelta(minutes=481)
    assert browser.get("/inbox").headers["location"] == "/sign-in"


@pytest.mark.parametrize("part", range(5))
def test_an_altered_cookie_is_no_session(signed_in, part):
    browser = signed_in(CLINICIAN)
    parts = browser.cookies[SESSION_COOKIE].split(".")
    parts[part] = DUTY_WORKER if part == 0 else parts[part][:-1] + "0A"[parts[part][-1] == "0"]
    browser.cookies.clear()
    answer = browser.get("/check", headers={"Cookie": f"{SESSION_COOKIE}={'.'.join(parts)}"})
    assert answer.headers["location"] == "/sign-in"


def test_another_installations_cookie_is_no_session():
    ours, theirs = SignIn(SECRET), SignIn(SECRET[::-1])
    cookie = theirs.write(theirs.start(DEMO_USERS[0], NOW))
    assert theirs.read(cookie, NOW) is not None
    assert ours.read(cookie, NOW) is None


def test_tokens_are_the_same_for_the_same_installation_and_differ_by_role():
    tokens = SignIn(SECRET).bearer_tokens
    assert tokens == SignIn(SECRET).bearer_tokens
    assert len(set(tokens.values())) == len(DEMO_USERS)
    assert set(tokens.values()).isdisjoint(SignIn(SECRET[::-1]).bearer_tokens.values())


FORMS = ["/sign-in", "/sign-out", "/check"]


@pytest.mark.parametrize("path", FORMS)
def test_a_form_without_its_token_is_refused(signed_in, services, path):
    browser = signed_in(CLINICIAN)
    assert browser.post(path, data={"user_id": DUTY_WORKER}).status_code == 403
    assert browser.get("/check").status_code == 200
    assert services.asked == []


@pytest.mark.parametrize("path", FORMS)
def test_a_form_with_another_sessions_token_is_refused(signed_in, path):
    browser, other = signed_in(CLINICIAN), signed_in(CLINICIAN)
    assert browser.post(path, data={"form_token": other.token}).status_code == 403


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://evil"}])
def test_a_form_from_another_site_is_refused_even_with_the_token(signed_in, headers):
    browser = signed_in(CLINICIAN)
    answer = browser.post("/check", data={"form_token": browser.token}, headers=headers)
    assert answer.status_code == 403


def test_a_form_of_this_site_passes_with_the_null_origin_that_browsers_send(signed_in):
    browser = signed_in(CLINICIAN)
    headers = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
    answer = browser.post("/check", data={"form_token": browser.token}, headers=headers)
    assert answer.status_code == 200


@pytest.mark.parametrize("value", ["", "Basic abc", "Bearer", "Bearer  "])
def test_no_token_opens_nothing_and_is_told_how_to_send_one(anybody, value):
    answer = anybody.get("/v1/inbox", headers={"Authorization": value.encode()})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["code"] == "not_signed_in"
    assert "Authorization: Bearer <token>" in answer.json()["detail"]


@pytest.mark.parametrize("token", ["nonsense", "é", "a b c", SignIn(SECRET[::-1]).bearer_token])
def test_a_token_that_is_not_known_here_opens_nothing_and_is_told_so(anybody, token):
    given = token if isinstance(token, str) else token(DEMO_USERS[0])
    answer = anybody.get("/v1/inbox", headers={"Authorization": f"Bearer {given}".encode()})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    body = answer.json()
    assert (body["code"], body["status"]) == ("token_not_known", 401)
    assert "malformed, has expired, or is another installation's" in body["detail"]
    assert given not in answer.text


def test_a_cookie_that_somebody_kept_opens_nothing_after_signing_out(signed_in, browser_of):
    """On a shared workstation the cookie may have been copied, or a page may still be open."""
    duty = signed_in(DUTY_WORKER)
    kept = duty.cookies[SESSION_COOKIE]
    other = browser_of()
    other.cookies.set(SESSION_COOKIE, kept)
    assert other.get("/inbox").status_code == 200
    duty.post("/sign-out", data={"form_token": form_token(duty.get("/inbox"))})
    other.cookies.clear()
    other.cookies.set(SESSION_COOKIE, kept)
    assert other.get("/inbox").headers["location"] == "/sign-in"


def test_choosing_another_role_ends_the_session_before(signed_in, browser_of):
    duty = signed_in(DUTY_WORKER)
    kept = duty.cookies[SESSION_COOKIE]
    duty.post("/sign-in", data={"user_id": CLINICIAN, "form_token": form_token(duty.get("/inbox"))})
    other = browser_of()
    other.cookies.set(SESSION_COOKIE, kept)
    assert other.get("/inbox").headers["location"] == "/sign-in"
