"""A running server with stand-in services, and a person at a browser who looks at it."""

import re
import shutil
import socket
import threading
from pathlib import Path

import uvicorn

from hub.api.app import create_app
from tests.api.fake_services import SECRET, DemoSettings, FakeServices

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
CHROMIUM = shutil.which("chromium")
LAUNCH = ["--no-sandbox", "--disable-gpu"]
WIDTHS = {320: 900, 683: 384, 768: 1024, 1366: 768}
"""683 by 384 is what a screen of 1366 by 768 leaves at 200 % zoom."""


class Served:
    """A running server and what is behind it."""

    def __init__(self, services=None, clock=None):
        self.services = services or FakeServices()
        self.app = create_app(
            self.services,
            DemoSettings(),
            sign_in_secret=SECRET,
            clock=clock or (lambda: self.services.now),
        )
        # The protocol is named, since asyncio switches Nagle's algorithm off only then; otherwise
        # every answer waits 40 ms for the browser's delayed acknowledgement.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.bind(("127.0.0.1", 0))
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
        self.page.wait_for_url(re.compile(r"/(check|inbox|feeds|notices|feedback|reviews|rules)$"))
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

    def put_the_focus_first(self):
        """Put the focus before everything, wherever the page has put it itself."""
        self.page.evaluate(
            "() => { const b = document.body; b.tabIndex = -1; b.focus();"
            " b.removeAttribute('tabindex'); }"
        )

    def next_stop(self):
        """Press Tab; answer where the focus is, and whether that is to be seen. None: it left."""
        self.page.keyboard.press("Tab")
        return self.page.evaluate(_STOP)

    def how_many_stops(self):
        """How many things on the page take the focus; of radio buttons of a group, one."""
        return self.page.evaluate(_STOPS)

    def hidden_in_forced_colours(self):
        """What carries meaning by its frame or shape and shows neither in forced colours."""
        return self.page.evaluate(_HIDDEN)


_STOP = """() => {
  const e = document.activeElement;
  if (!e || e === document.body || e === document.documentElement) return null;
  const style = getComputedStyle(e);
  const box = e.getBoundingClientRect();
  const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
  const yellow = style.backgroundColor === 'rgb(255, 235, 59)';
  const marked = ring || style.boxShadow !== 'none' || yellow;
  const below = box.top >= innerHeight || box.bottom <= 0;
  const within = !below && box.right > 0 && box.left < innerWidth;
  return {
    words: (e.innerText || e.getAttribute('aria-label') || e.id || e.tagName).trim(),
    shown: marked,
    seen: within && box.width > 1 && box.height > 1,
  };
}"""
_STOPS = """() => [...document.querySelectorAll(
  'a[href], button, input:not([type=hidden]), textarea, select, summary, [tabindex="0"]'
)].filter(e => !e.disabled && e.checkVisibility({visibilityProperty: true}))
  .filter((e, place, all) => e.type !== 'radio' || place === all.findIndex(
    o => o.type === 'radio' && o.name === e.name && o.form === e.form)).length"""
_HIDDEN = """() => [...document.querySelectorAll(
  '.hub-answer, .hub-severity, .hub-alert, .hub-banner, .hub-note-tag, .hub-tag, .hub-overdue'
)].filter(e => e.checkVisibility()).filter(e => {
  const style = getComputedStyle(e);
  const framed = style.borderTopStyle !== 'none' && parseFloat(style.borderTopWidth) > 0;
  const shape = e.querySelector(':scope > .hub-shape');
  const blank = shape && (getComputedStyle(shape).color === getComputedStyle(document.body)
    .backgroundColor || shape.getBoundingClientRect().width < 10);
  return !framed || blank;
}).map(e => e.className)"""
