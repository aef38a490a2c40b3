"""Every page and state in a real browser: accessible, narrow enough, quiet, and on one screen."""

import pytest

from hub.api.views import PAGE_SIZE
from hub.core.alert import Severity
from hub.core.answer import PlanAnswer
from tests.api import fake_services as fake
from tests.api.fake_services import AWAY, alert_id
from tests.browser.visitor import WIDTHS, Visitor

pytestmark = pytest.mark.browser

CLINICIAN = "clinician-rae01"
DUTY_WORKER = "duty-worker-e08000032"


def ask_about(number):
    def visit(visitor, services):
        del services
        visitor.sign_in(CLINICIAN)
        visitor.check(number)

    return visit


def mother(visitor, services):
    del services
    visitor.sign_in(CLINICIAN)
    visitor.check(fake.UNBORN, born=("3", "5", "1998"))


def sign_in_page(visitor, services):
    del services
    visitor.page.goto(f"{visitor.url}/sign-in")


def empty_form(visitor, services):
    del services
    visitor.sign_in(CLINICIAN)


def typing_mistakes(visitor, services):
    del services
    visitor.sign_in(CLINICIAN)
    visitor.check("9990000019", born=("31", "2", "2023"), postcode="NOWHERE")


def reception_told(number):
    def visit(visitor, services):
        del services
        visitor.sign_in("reception-rae01")
        visitor.check(number)

    return visit


def all_visits_open(visitor, services):
    ask_about(fake.MANY_VISITS)(visitor, services)
    visitor.page.click("summary")


def check_while_down(visitor, services):
    visitor.sign_in(CLINICIAN)
    services.broken = AWAY
    visitor.check(fake.ON_PLAN)


def inbox(path="/inbox", **changes):
    def visit(visitor, services):
        services.__dict__.update(changes)
        visitor.sign_in(DUTY_WORKER)
        visitor.page.goto(visitor.url + path)
        visitor.page.wait_for_selector("[data-state=live], h1:not(:text('Inbox'))")

    return visit


def feeds(user_id="hospital-integration-rae", **changes):
    def visit(visitor, services):
        services.__dict__.update(changes)
        visitor.sign_in(user_id)

    return visit


def register(path="/registers", **changes):
    def visit(visitor, services):
        services.__dict__.update(changes)
        visitor.sign_in("register-staff-e08000032")
        visitor.page.goto(visitor.url + path)

    return visit


def notices(path="/notices", user_id="school-lead-107200", **changes):
    def visit(visitor, services):
        services.__dict__.update(changes)
        visitor.sign_in(user_id)
        visitor.page.goto(visitor.url + path)

    return visit


def notice(number, **changes):
    return notices(f"/notices/{fake.a_notice(number).notice_id}", **changes)


def no_school_chosen(visitor, services):
    notice(3, user_id=DUTY_WORKER)(visitor, services)
    visitor.page.click("text=Send it to this school")
    visitor.page.wait_for_selector("text=Nothing was recorded")


def decision_without_a_reason(visitor, services):
    register(EXTRACT_PATH)(visitor, services)
    visitor.page.click("text=Approve: close 14")
    visitor.page.wait_for_selector("text=Nothing was decided")


def address(path):
    def visit(visitor, services):
        del services
        visitor.sign_in(CLINICIAN)
        visitor.page.goto(visitor.url + path)

    return visit


EXTRACT_PATH = f"/registers/{fake.an_extract().extract_id}"
QUIET = ("Leeds General Infirmary (hospital)",)
MANY = tuple(fake.a_row(n, Severity.TODAY) for n in range(1, 2 * PAGE_SIZE + 5))
STATES = {
    "sign-in": sign_in_page,
    "check, empty": empty_form,
    "check, mistakes": typing_mistakes,
    "check, on plan": ask_about(fake.ON_PLAN),
    "check, plan ended": ask_about(fake.PLAN_ENDED),
    "check, no longer listed": ask_about(fake.NOT_LISTED),
    "check, looked after": ask_about(fake.LOOKED_AFTER),
    "check, baby on plan": ask_about(fake.UNBORN),
    "check, unborn on plan": mother,
    "check, no plan found": ask_about(fake.NO_PLAN),
    "check, in need": ask_about(fake.IN_NEED),
    "check, in need and on plan": ask_about(fake.IN_NEED_ON_PLAN),
    "check, cannot say": ask_about(fake.CANNOT_SAY),
    "check, cannot say for many reasons": ask_about(fake.MANY_REASONS),
    "check, more than shown": ask_about(fake.MORE_THAN_SHOWN),
    "check, postcode needed": ask_about(fake.NEEDS_POSTCODE),
    "check, shielded": ask_about(fake.SHIELDED),
    "check, many visits": ask_about(fake.MANY_VISITS),
    "check, all visits": all_visits_open,
    "check, down": check_while_down,
    "reception, action": reception_told(fake.ON_PLAN),
    "reception, none": reception_told(fake.NO_PLAN),
    "inbox": inbox(),
    "inbox, all": inbox("/inbox?shows=all", stale_feeds=QUIET),
    "inbox, first of pages": inbox(rows=MANY),
    "inbox, middle of pages": inbox("/inbox?page=2", rows=MANY),
    "inbox, empty": inbox(rows=()),
    "inbox, empty and a feed quiet": inbox(rows=(), stale_feeds=QUIET),
    "alert": inbox(f"/alerts/{alert_id(1)}"),
    "alert, acknowledged": inbox(f"/alerts/{alert_id(4)}"),
    "alert, nothing told": inbox(f"/alerts/{alert_id(1)}", lines=()),
    "alert, shielded": inbox(
        f"/alerts/{alert_id(1)}", lines=fake.SHIELDED_LINES, notes=(fake.HIDDEN,)
    ),
    "alert, many lines": inbox(f"/alerts/{alert_id(1)}?period=all", lines=fake.LINES * 40),
    "feeds": feeds(),
    "feeds, operator": feeds("operator"),
    "feeds, operator, nothing to be looked at": feeds("operator", alarms=(), hub_faults=()),
    "feeds, none": feeds(feed_views=()),
    "register": register(),
    "register, nothing waits": register(extracts=()),
    "register, an extract": register(EXTRACT_PATH),
    "register, a flawed extract": register(EXTRACT_PATH, extracts=(fake.an_extract(flawed=True),)),
    "register, no reason": decision_without_a_reason,
    "notices": notices(),
    "notices, none": notices(school_notices=()),
    "notices, police desk": notices(user_id="police-desk-pol13"),
    "notice, late": notice(1),
    "notice, asks": notice(2),
    "notice, at the council": notice(3, user_id=DUTY_WORKER),
    "notice, no school chosen": no_school_chosen,
    "notice, taken back": notice(4),
    "forbidden": address("/inbox"),
    "not found": address("/nowhere"),
}
EXPECTED_FAILURES = {
    "check, mistakes": 422,
    "register, no reason": 422,
    "notice, no school chosen": 422,
    "check, down": 503,
    "forbidden": 403,
    "not found": 404,
}
NEVER_SCROLLS = [name for name in STATES if name.startswith("check,") and "all visits" not in name]


@pytest.mark.parametrize("state", STATES)
def test_a_page_is_accessible_narrow_and_quiet(visitor, services, state):
    STATES[state](visitor, services)
    for width, height in WIDTHS.items():
        visitor.page.set_viewport_size({"width": width, "height": height})
        assert visitor.violations() == [], width
        assert visitor.width_of_content() <= width
    assert visitor.foreign == []
    status = EXPECTED_FAILURES.get(state)
    unexpected = [
        text for text in visitor.console if not (status and f"status of {status}" in text)
    ]
    assert unexpected == []


@pytest.mark.parametrize("state", NEVER_SCROLLS)
def test_a_check_and_its_answer_fit_one_screen(visitor, services, state):
    STATES[state](visitor, services)
    assert visitor.height_of_content() <= 768


def test_the_six_answers_look_different_even_without_colour(visitor):
    visitor.sign_in(CLINICIAN)
    seen = {}
    for answer in fake.ANSWERS.values():
        number = next(n for n, a in fake.ANSWERS.items() if a is answer)
        page = visitor.check(number)
        block = page.locator(".hub-answer")
        icon = block.locator(".hub-shape").inner_html()
        style = block.evaluate(
            "e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).borderStyle, "
            "getComputedStyle(e).borderLeftWidth].join()"
        )
        heading = block.locator("h2").inner_text()
        step = block.locator(".hub-answer__step").inner_text()
        if answer.plan in seen:
            assert (icon, style, step) == seen[answer.plan][:3]
        seen[answer.plan] = (icon, style, step, heading)
    assert set(seen) == set(PlanAnswer)
    for what in range(4):
        assert len({looks[what] for looks in seen.values()}) == len(PlanAnswer)


def test_the_answer_is_reached_with_the_keyboard_alone(visitor):
    page = visitor.sign_in(CLINICIAN)
    page.focus("#nhs_number")
    page.keyboard.type("9990000018")
    for text in ("3", "5", "2023"):
        page.keyboard.press("Tab")
        page.keyboard.type(text)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("#answer-heading").inner_text() == "On a child protection plan now"


def test_the_first_tab_leads_to_the_main_content(visitor):
    page = visitor.sign_in(CLINICIAN)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").strip() == "Skip to main content"


def test_every_control_shows_when_it_has_the_focus(visitor):
    page = visitor.sign_in(CLINICIAN)
    for _ in range(10):
        page.keyboard.press("Tab")
        shown = page.evaluate(
            "(s => s.outlineStyle + s.boxShadow + s.backgroundColor)"
            "(getComputedStyle(document.activeElement))"
        )
        assert "none" not in shown or "255, 235, 59" in shown


def test_an_extract_is_approved_in_two_clicks_without_javascript(browser, served, services):
    someone = Visitor(browser, served.url, java_script_enabled=False)
    try:
        register()(someone, services)
        someone.page.click("text=Look and decide")
        someone.page.fill("#reason", "Checked: they have ended.")
        someone.page.click("text=Approve: close 14")
        assert "Approved: 14 of 412 closed" in someone.page.inner_text("main")
    finally:
        someone.context.close()


def test_a_notice_is_acknowledged_without_javascript(browser, served, services):
    someone = Visitor(browser, served.url, java_script_enabled=False)
    try:
        notices()(someone, services)
        someone.page.click("text=Open >> nth=0")
        someone.page.click("text=I have read it and will act on it")
        assert "Acknowledged by Ruth Adeyemi" in someone.page.inner_text("main")
    finally:
        someone.context.close()


def test_a_notice_is_answered_with_the_keyboard_alone(visitor, services):
    notice(2)(visitor, services)
    page = visitor.page
    page.focus("text=Yes, on our roll")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert services.asked[-2][0] == "answer_notice"


def test_an_extract_is_decided_with_the_keyboard_alone(visitor, services):
    register(EXTRACT_PATH)(visitor, services)
    page = visitor.page
    page.focus("#reason")
    page.keyboard.type("Cut off.")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "Refused: nothing was closed" in page.inner_text("main")
