"""The application with stand-in services, and people who ask it things."""

import re
import warnings

import pytest

from hub.api.app import create_app
from hub.api.signing import SignIn
from hub.api.users import DEMO_USERS_BY_ID
from tests.api.fake_services import SECRET, DemoSettings, FakeServices

with warnings.catch_warnings():
    # Starlette would rather have httpx2, which is not among the locked packages.
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

CLINICIAN = "clinician-rae01"
RECEPTION = "reception-rae01"
DUTY_WORKER = "duty-worker-e08000032"
INTEGRATION = "hospital-integration-rae"
SCHOOL_LEAD = "school-lead-107200"
POLICE_DESK = "police-desk-pol13"
REVIEWER = "identity-reviewer-e08000032"
SECOND_REVIEWER = "second-identity-reviewer-e08000032"
BASE = "http://127.0.0.1:8000"


@pytest.fixture
def services():
    return FakeServices()


@pytest.fixture
def app(services):
    return create_app(services, DemoSettings(), sign_in_secret=SECRET, clock=lambda: services.now)


@pytest.fixture
def browser_of(app):
    """Answers a browser of one's own: cookies are kept, redirects are not followed."""

    def open_browser(base=BASE):
        return TestClient(app, base_url=base, follow_redirects=False, raise_server_exceptions=False)

    return open_browser


@pytest.fixture
def anybody(browser_of):
    return browser_of()


def form_token(page):
    return re.search(r'name="form_token" value="([^"]+)"', page.text)[1]


@pytest.fixture
def signed_in(browser_of):
    """Answers a browser signed in as the demo user of that id; ``.token`` goes into forms."""

    def sign_in(user_id):
        browser = browser_of()
        token = form_token(browser.get("/sign-in"))
        answer = browser.post("/sign-in", data={"user_id": user_id, "form_token": token})
        assert answer.status_code == 303
        browser.token = form_token(browser.get(answer.headers["location"]))
        return browser

    return sign_in


@pytest.fixture
def client_of(browser_of):
    """Answers a JSON client that acts as the demo user of that id."""

    def as_user(user_id):
        client = browser_of()
        token = SignIn(SECRET).bearer_token(DEMO_USERS_BY_ID[user_id])
        client.headers["Authorization"] = f"Bearer {token}"
        return client

    return as_user
