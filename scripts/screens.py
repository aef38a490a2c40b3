# ruff: noqa: INP001  # a folder of scripts is not a package
"""Take the pictures of the pages that the documentation shows.

Run as ``python scripts/screens.py`` from the project's folder; it needs Chromium. The pages are the
real ones; the children on them are those of the tests, and made up.
"""

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, sync_playwright  # noqa: E402  # after the path is set

from hub.api.views import InboxRow  # noqa: E402  # as above
from hub.api.wording_notice import BY_TELEPHONE  # noqa: E402  # as above
from hub.core.alert import Severity  # noqa: E402  # as above
from hub.service.notice_answers import NoticeAnswer  # noqa: E402  # as above
from tests.api import fake_reviews  # noqa: E402  # as above
from tests.api import fake_services as fake  # noqa: E402  # as above
from tests.browser.states import STATES  # noqa: E402  # as above
from tests.browser.visitor import CHROMIUM, LAUNCH, Served, Visitor  # noqa: E402  # as above

FOLDER = ROOT / "docs" / "screens"
BYTES_MAX = 400_000
CLINICIAN = "clinician-rae01"
DUTY_WORKER = "duty-worker-e08000032"
CHECKS = {
    "check-on-plan": fake.ON_PLAN,
    "check-plan-ended": fake.PLAN_ENDED,
    "check-looked-after": fake.LOOKED_AFTER,
    "check-no-plan-found": fake.NO_PLAN,
    "check-in-need": fake.IN_NEED,
    "check-could-not-check": fake.CANNOT_SAY,
    "check-more-than-shown": fake.MORE_THAN_SHOWN,
    "check-shielded": fake.SHIELDED,
    "check-everything": fake.EVERYTHING,
}


def _row(number: int, severity: Severity, sentence: str, **about: object) -> InboxRow:
    due = {Severity.IMMEDIATE: timedelta(hours=1), Severity.TODAY: timedelta(hours=3)}
    after = due.get(severity, timedelta(days=5))
    row = fake.a_row(number, severity, sentence=sentence, **about)
    return replace(row, due_at=row.raised_at + after)


ROWS = (
    replace(
        _row(6, Severity.IMMEDIATE, fake.ROWS[0].sentence),
        claimed_by=DUTY_WORKER,
        claimed_at=fake.NOW - timedelta(minutes=31),
    ),
    _row(
        2,
        Severity.IMMEDIATE,
        "A domestic-abuse incident on 22 November 2026, graded high by the force: the child was"
        " there.",
        child_label="Boy, 6 years",
        child_name="Idris Mockford",
        birth_date=date(2020, 3, 17),
    ),
    _row(
        4,
        Severity.TODAY,
        fake.THIRD_VISIT,
        child_label="Boy, 14 months",
        child_name="Leon Sample",
        birth_date=date(2025, 9, 14),
    ),
    _row(
        3,
        Severity.TODAY,
        "Absent from school with no reason known, 3 sessions on 2 days from 19 November 2026 to"
        " 20 November 2026, while on a Child Protection Plan.",
        child_label="Girl, 9 years",
        child_name="Nell Placeholder",
        birth_date=date(2017, 1, 30),
    ),
    fake.ROWS[2],
)
"""An inbox of all four feeds; made up."""

_ASKED = fake.a_notice(
    2,
    heading="Is this child on your roll?",
    asks=True,
    child_name="Idris Mockford",
    birth_date=date(2020, 3, 17),
    force_name="",
    force_number=None,
    facts=(),
    answers=(
        (NoticeAnswer.ON_ROLL, "Yes, on our roll"),
        (NoticeAnswer.NOT_ON_ROLL, "Not on our roll"),
    ),
)
_DONE = fake.a_notice(
    5,
    heading="Domestic abuse incident, 9 November 2026, 19:15",
    waits=False,
    child_name="Nell Placeholder",
    birth_date=date(2017, 1, 30),
    acknowledged_by="school-lead-900102",
    acknowledged_at=fake.NOW - timedelta(days=12),
)
_AT_DESK = fake.a_notice(
    3,
    late=True,
    due_at=fake.NOW - timedelta(minutes=47),
    reason="Dyehouse Primary School was told, and nobody there has acknowledged it in time. "
    "Ring the school.",
    school_name="Dyehouse Primary School",
    answers=((NoticeAnswer.ACKNOWLEDGE, BY_TELEPHONE),),
)
NOTICES = {
    "school": ("school-lead-900102", (fake.a_notice(1, not_to_family=True), _ASKED, _DONE)),
    "police": ("police-desk-pol13", (_AT_DESK,)),
    "council": (DUTY_WORKER, (fake.SCHOOL_NOTICES[2],)),
}
"""Whose notices, and which; made up."""

STATES_SHOWN = {
    "contact": "contact",
    "feedback": "reports",
    "feedback-report": "report, decided",
    "rules": "rules",
}
"""Pictures of what the tests of every page look at, by its name there."""


def main() -> int:
    """Take every picture; answer the exit code."""
    if CHROMIUM is None:
        sys.stderr.write("Chromium is missing: apt-get install chromium.\n")
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with Served() as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=LAUNCH)
        for take in (
            _sign_in,
            _checks,
            _narrow,
            _reception,
            _inbox,
            _reviews,
            _notices,
            _register,
            _feeds,
        ):
            take(browser, served)
        _states(browser)
        browser.close()
    too_large = [p.name for p in FOLDER.glob("*.png") if p.stat().st_size > BYTES_MAX]
    for name in too_large:
        sys.stderr.write(f"{name} is larger than {BYTES_MAX} bytes.\n")
    return 1 if too_large else 0


def _take(visitor: Visitor, name: str, *, whole: bool = False) -> None:
    visitor.page.screenshot(path=str(FOLDER / f"{name}.png"), full_page=whole)


def _sign_in(browser: Browser, served: Served) -> None:
    visitor = Visitor(browser, served.url)
    visitor.page.goto(f"{served.url}/sign-in")
    _take(visitor, "sign-in")


def _checks(browser: Browser, served: Served) -> None:
    # The page of a failure shows the request's id: the same one each time, for the same picture.
    headers = {"X-Request-ID": "8c1f0e2a-b7d9-4456-8d3c-5f0e9a7b6c21"}
    visitor = Visitor(browser, served.url, extra_http_headers=headers)
    visitor.sign_in(CLINICIAN)
    for name, number in CHECKS.items():
        visitor.check(number)
        _take(visitor, name)
    visitor.check(fake.UNBORN, born=("3", "5", "1998"))
    _take(visitor, "check-unborn-on-plan")
    _while_down(visitor, served, lambda: visitor.check(fake.ON_PLAN))
    visitor.page.goto(f"{served.url}/check")
    visitor.check("9990000019", born=("31", "2", "2023"))
    _take(visitor, "check-typing-mistakes")


def _while_down(visitor: Visitor, served: Served, ask: Callable[[], object]) -> None:
    served.services.broken = fake.AWAY
    ask()
    _take(visitor, "check-hub-down")
    served.services.broken = None


def _narrow(browser: Browser, served: Served) -> None:
    visitor = Visitor(browser, served.url, viewport={"width": 320, "height": 800})
    visitor.sign_in(CLINICIAN)
    visitor.check(fake.ON_PLAN)
    _take(visitor, "check-on-plan-320", whole=True)


def _inbox(browser: Browser, served: Served) -> None:
    visitor = Visitor(browser, served.url)
    served.services.rows = ROWS
    visitor.sign_in(DUTY_WORKER)
    visitor.page.wait_for_selector("[data-state=live]")
    _take(visitor, "inbox")
    visitor.page.goto(f"{served.url}/alerts/{fake.alert_id(6)}")
    _take(visitor, "alert", whole=True)
    visitor.page.locator("section:has(> #related-heading)").screenshot(
        path=str(FOLDER / "related-children.png")
    )
    narrow = Visitor(browser, served.url, viewport={"width": 320, "height": 800})
    narrow.sign_in(DUTY_WORKER)
    narrow.page.wait_for_selector("[data-state=live]")
    _take(narrow, "inbox-320", whole=True)
    colleague = Visitor(browser, served.url)
    colleague.sign_in("second-duty-worker-e08000032")
    served.services.rows = (replace(ROWS[0], claimed_by=None), *ROWS[1:])
    colleague.page.reload()
    served.services.rows = ROWS
    with colleague.page.expect_navigation():
        colleague.page.click(f"#claim-{fake.alert_id(6)}")
    _take(colleague, "alert-taken-by-a-colleague")
    served.services.rows = ()
    served.services.stale_feeds = ("Leeds General Infirmary (hospital)",)
    visitor.page.goto(f"{served.url}/inbox")
    visitor.page.wait_for_selector("[data-state=live]")
    _take(visitor, "inbox-empty")


def _reviews(browser: Browser, served: Served) -> None:
    visitor = Visitor(browser, served.url)
    visitor.sign_in("identity-reviewer-e08000032")
    _take(visitor, "reviews")
    visitor.page.goto(f"{served.url}/reviews/{fake_reviews.review_id(1)}")
    visitor.page.wait_for_selector("#keys:not([hidden])")
    _take(visitor, "review", whole=True)
    second = Visitor(browser, served.url)
    second.sign_in("second-identity-reviewer-e08000032")
    served.services.reviews.changes = fake_reviews.PROPOSED
    second.page.goto(f"{served.url}/reviews/{fake_reviews.review_id(3)}")
    _take(second, "review-second-person", whole=True)
    served.services.reviews.changes = {}
    narrow = Visitor(browser, served.url, viewport={"width": 320, "height": 800})
    narrow.sign_in("identity-reviewer-e08000032")
    narrow.page.goto(f"{served.url}/reviews/{fake_reviews.review_id(1)}")
    _take(narrow, "review-320", whole=True)


def _notices(browser: Browser, served: Served) -> None:
    for name, (user_id, views) in NOTICES.items():
        visitor = Visitor(browser, served.url)
        served.services.school_notices = views
        visitor.sign_in(user_id)
        visitor.page.goto(f"{served.url}/notices")
        _take(visitor, f"notices-{name}")
        visitor.page.click(".hub-register__open >> nth=0")
        _take(visitor, f"notice-{name}", whole=True)
    narrow = Visitor(browser, served.url, viewport={"width": 320, "height": 800})
    narrow.sign_in("school-lead-900102")
    served.services.school_notices = NOTICES["school"][1]
    narrow.page.goto(f"{served.url}/notices")
    _take(narrow, "notices-school-320", whole=True)


def _reception(browser: Browser, served: Served) -> None:
    visitor = Visitor(browser, served.url)
    visitor.sign_in("reception-rae01")
    for name, number in (("action", fake.ON_PLAN), ("nothing", fake.NO_PLAN)):
        visitor.check(number)
        _take(visitor, f"reception-{name}")


def _register(browser: Browser, served: Served) -> None:
    visitor = Visitor(browser, served.url)
    visitor.sign_in("register-staff-e08000032")
    visitor.page.goto(f"{served.url}/registers")
    _take(visitor, "registers")
    visitor.page.click("text=Look and decide")
    _take(visitor, "register-extract")
    visitor.page.goto(f"{served.url}/matching")
    _take(visitor, "matching", whole=True)


def _states(browser: Browser) -> None:
    for name, state in STATES_SHOWN.items():
        with Served() as served:
            visitor = Visitor(browser, served.url)
            STATES[state].visit(visitor, served.services)
            _take(visitor, name, whole=True)


def _feeds(browser: Browser, served: Served) -> None:
    visitor = Visitor(browser, served.url)
    visitor.sign_in("hospital-integration-rae")
    _take(visitor, "feeds", whole=True)
    operator = Visitor(browser, served.url)
    operator.sign_in("operator")
    _take(operator, "feeds-operator", whole=True)


if __name__ == "__main__":
    raise SystemExit(main())
