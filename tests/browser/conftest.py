"""The real application on a free loopback port, and the system's Chromium to look at it."""

import re
import shutil
import socket
import threading
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import sync_playwright

from hub.api.app import create_app
from tests.api.fake_services import NOW, SECRET, DemoSettings, FakeServices

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
CHROMIUM = shutil.which("chromium")
WIDTHS = {320: 900, 768: 1024, 1366: 768}


class Served:
    """A running server and what is behind it."""

    def __init__(self):
        self.services = FakeServices()
        self.app = create_app(
            self.services, DemoSettings(), sign_in_secret=SECRET, clock=lambda: self.services.now
        )
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._server = uvicorn.Server(
            uvicorn.Config(self.app, log_level="warning", lifespan="off", access_log=False)
        )
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True
        )

    def __enter__(self):
        self._thread.start()
        while not self._server.started:
            self._thread.join(0.01)
        return self

    def __exit__(self, *_):
        self._server.should_exit = True
        self._thread.join(10)
        self._socket.close()


@pytest.fixture(scope="session")
def served():
    with Served() as server:
        yield server


@pytest.fixture(scope="session")
def browser():
    if CHROMIUM is None:
        pytest.skip("Chromium is missing: apt-get install chromium.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture
def services(served):
    """The services as new, for this test alone."""
    fresh = FakeServices(now=NOW)
    served.services.__dict__.update(fresh.__dict__)
    return served.services


class Visitor:
    """A person at a browser; every console message and foreign request is noted."""

    def __init__(self, browser, url, **options):
        self.url = url
        self.context = browser.new_context(
            **{"viewport": {"width": 1366, "height": 768}, **options}
        )
        self.page = self.context.new_page()
        self.console = []
        self.foreign = []
        self.page.on("console", lambda message: self.console.append(message.text))
        self.page.on("pageerror", lambda error: self.console.append(str(error)))
        self.page.on("request", self._note)

    def _note(self, request):
        if not request.url.startswith(self.url + "/"):
            self.foreign.append(request.url)

    def sign_in(self, user_id):
        self.page.goto(f"{self.url}/sign-in")
        self.page.click(f"button[value='{user_id}']")
        self.page.wait_for_url(re.compile(r"/(check|inbox|feeds)$"))
        return self.page

    def check(self, nhs_number, born=("3", "5", "2023"), **fields):
        page = self.page
        page.fill("#nhs_number", nhs_number)
        for box, value in zip(("birth_day", "birth_month", "birth_year"), born, strict=True):
            page.fill(f"#{box}", value)
        for name, value in fields.items():
            page.fill(f"#{name}", value)
        with page.expect_navigation():
            page.click("button:has-text('Check')")
        return page

    def violations(self):
        """What axe finds against WCAG 2.2 AA and best practice, one line each."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text())
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{v['id']}: {v['help']} ({n['target']}) {n['failureSummary']}"
            for v in found["violations"]
            for n in v["nodes"]
        ]

    def width_of_content(self):
        return self.page.evaluate("document.documentElement.scrollWidth")

    def height_of_content(self):
        return self.page.evaluate("document.documentElement.scrollHeight")


@pytest.fixture
def visitor(browser, served, services):  # noqa: ARG001  # the services must be as new
    someone = Visitor(browser, served.url)
    yield someone
    someone.context.close()
