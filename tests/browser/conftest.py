"""The real application on a free loopback port, and the system's Chromium to look at it."""

import pytest
from playwright.sync_api import sync_playwright

from tests.api.fake_services import FakeServices
from tests.browser.visitor import CHROMIUM, LAUNCH, Served, Visitor


@pytest.fixture(scope="module")  # Playwright leaves an event loop running until it stops
def served():
    with Served() as server:
        yield server


@pytest.fixture(scope="module")  # Playwright leaves an event loop running until it stops
def browser():
    if CHROMIUM is None:
        pytest.skip("Chromium is missing: apt-get install chromium.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=LAUNCH)
        yield browser
        browser.close()


@pytest.fixture
def services(served):
    """The services as new, for this test alone."""
    fresh = FakeServices()
    fresh.reviews.note = served.services._note
    fresh.contacts.services = served.services
    fresh.feedback.services = served.services
    served.services.__dict__.update(fresh.__dict__)
    return served.services


@pytest.fixture
def visitor(browser, served, services):  # the services must be as new
    someone = Visitor(browser, served.url)
    yield someone
    someone.context.close()
