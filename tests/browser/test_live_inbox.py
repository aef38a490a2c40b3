"""The inbox keeps itself up to date, and says in words when it cannot."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hub.api.signing import SESSION_LONGEST
from hub.api.users import DEMO_USERS_BY_ID
from hub.api.views import PAGE_SIZE
from hub.core.alert import Severity
from hub.ports import Notice
from tests.api.fake_services import AWAY, ROWS, a_row, alert_id
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

DUTY_WORKER = "duty-worker-e08000032"
NEW = a_row(9, Severity.IMMEDIATE, sentence="A new alert that came in while the page was open.")


@pytest.fixture
def desk(visitor):
    visitor.sign_in(DUTY_WORKER)
    visitor.page.wait_for_selector("[data-state=live]")
    return visitor


def arrives(services, *rows):
    services.rows = (*rows, *services.rows)
    services.change()


def goes_away(services):
    """The database is away: whoever listens is told that the hub hears nothing."""
    services.broken = AWAY
    services.tell(Notice.DEAF)


def test_a_new_alert_appears_by_itself(desk, services):
    arrives(services, NEW)
    desk.page.wait_for_selector(f"[data-alert='{NEW.alert_id}']", timeout=30_000)
    assert desk.page.title() == "4 waiting – Inbox – Safeguarding Hub"  # noqa: RUF001  # its dash
    assert desk.page.inner_text("[data-count=waiting]") == "4"
    assert desk.page.inner_text("#live") == "Live. Last update 14:02."
    assert desk.violations() == []
    assert desk.console == []


def test_an_alert_acknowledged_by_a_colleague_goes(desk, services):
    services.acknowledge(DEMO_USERS_BY_ID[DUTY_WORKER], alert_id(1))
    desk.page.wait_for_selector(f"[data-alert='{alert_id(1)}']", state="detached", timeout=30_000)


def wait_for_stream(page, services):
    waited = 0
    while not services.listeners:
        page.wait_for_timeout(50)
        waited += 50
        assert waited < 20_000


def test_nothing_is_fetched_while_the_hub_says_that_nothing_changes(desk, services):
    wait_for_stream(desk.page, services)
    desk.page.wait_for_timeout(1_000)  # until what the stream began with has been asked for
    services.asked.clear()
    desk.page.wait_for_timeout(4_500)
    assert services.asked == []


def test_without_a_stream_the_page_asks_and_reads_no_list_while_nothing_changes(visitor, services):
    visitor.context.route("**/inbox/changes", lambda route: route.fulfill(status=429))
    visitor.sign_in(DUTY_WORKER)
    visitor.page.wait_for_selector("[data-state=live]")
    services.asked.clear()
    visitor.page.wait_for_timeout(4_500)
    assert {asked[0] for asked in services.asked} == {"inbox_changed"}
    arrives(services, NEW)
    visitor.page.wait_for_selector(f"[data-alert='{NEW.alert_id}']", timeout=30_000)


def test_the_page_that_is_shown_stays_the_one_that_is_kept_up_to_date(visitor, services):
    services.rows = tuple(a_row(n, Severity.TODAY) for n in range(1, PAGE_SIZE + 3))
    visitor.sign_in(DUTY_WORKER)
    visitor.page.click("text=Next")
    visitor.page.wait_for_selector("[data-state=live]")
    assert visitor.page.locator("[data-alert]").count() == 2
    arrives(services, a_row(99, Severity.TODAY))
    visitor.page.wait_for_selector("[data-alert] >> nth=2", timeout=30_000)
    assert visitor.page.locator("[data-alert]").count() == 3
    assert visitor.violations() == []
    assert visitor.console == []


def test_the_focus_stays_on_its_alert_when_the_list_changes(desk, services):
    desk.page.focus(f"#seen-{alert_id(2)}")
    arrives(services, NEW)
    desk.page.wait_for_selector(f"[data-alert='{NEW.alert_id}']", timeout=30_000)
    assert desk.page.evaluate("document.activeElement.id") == f"seen-{alert_id(2)}"


def test_a_hidden_tab_is_kept_up_to_date(desk, services):
    other = desk.context.new_page()
    other.bring_to_front()
    arrives(services, NEW)
    desk.page.wait_for_selector(f"[data-alert='{NEW.alert_id}']", state="attached", timeout=30_000)


def test_a_list_that_somebody_is_about_to_click_waits_but_not_for_long(visitor, services):
    visitor.page.clock.install()
    visitor.sign_in(DUTY_WORKER)
    page = visitor.page
    page.wait_for_selector("[data-state=live]")
    wait_for_stream(page, services)
    page.clock.pause_at(page.evaluate("Date.now()") + 5_000)
    box = page.locator(f"#seen-{alert_id(2)}").bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    arrives(services, NEW)

    shown_after = 0
    while page.locator(f"[data-alert='{NEW.alert_id}']").count() == 0:
        page.mouse.move(box["x"] + 5 + shown_after // 500 % 2, box["y"] + 5)
        page.clock.run_for(500)
        page.wait_for_timeout(50)  # what the page has asked for is answered meanwhile
        shown_after += 500
        assert shown_after < 120_000, "it waits for ever"

    assert shown_after >= 9_500, (
        "by the page's clock: of the time it may wait, one turn may be gone"
    )


def test_it_says_in_words_that_it_is_reconnecting_and_then_live_again(desk, services):
    wait_for_stream(desk.page, services)
    goes_away(services)
    desk.page.wait_for_selector("[data-state=lost]", timeout=30_000)
    assert desk.page.inner_text("#live") == "Reconnecting. Last update 14:02."
    assert desk.page.locator("[data-alert]").count() == 3
    services.broken = None
    desk.page.wait_for_selector("[data-state=live]", timeout=30_000)


def test_after_30_seconds_without_an_answer_a_banner_says_that_it_is_not_live(visitor, services):
    visitor.page.clock.install()
    visitor.sign_in(DUTY_WORKER)
    visitor.page.wait_for_selector("[data-state=live]")
    wait_for_stream(visitor.page, services)
    goes_away(services)
    for _ in range(20):
        visitor.page.clock.run_for(2_000)
        visitor.page.wait_for_timeout(50)
    assert visitor.page.inner_text("#not-live") == (
        "This list is not live. Alerts since 14:02 are not shown."
    )
    assert visitor.violations() == []


def test_it_says_that_the_session_has_ended(desk, services):
    wait_for_stream(desk.page, services)
    services.now += SESSION_LONGEST + timedelta(seconds=1)
    desk.page.wait_for_selector("#not-live:visible", timeout=30_000)
    assert "You have been signed out." in desk.page.inner_text("#not-live")


def test_acknowledging_takes_one_click(desk):
    desk.page.click(f"#seen-{alert_id(1)}")
    desk.page.wait_for_selector(f"[data-alert='{alert_id(1)}']", state="detached")
    desk.page.click("text=Acknowledged")
    desk.page.wait_for_selector("text=Acknowledged by Nadia Rahman")


def test_the_inbox_works_without_scripts(browser, served, services):
    visitor = Visitor(browser, served.url, java_script_enabled=False)
    visitor.sign_in(DUTY_WORKER)
    page = visitor.page
    assert page.locator("[data-alert]").count() == 3
    assert "This page reloads every 30 seconds." in page.inner_text("#live")
    with page.expect_navigation():
        page.click(f"#seen-{alert_id(1)}")
    assert page.locator("[data-alert]").count() == 2
    assert services.rows[0] == replace(
        ROWS[0], acknowledged_by=DUTY_WORKER, acknowledged_at=services.now
    )
    visitor.context.close()
