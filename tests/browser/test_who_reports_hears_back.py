"""A force's report, from the front door's decision to its disagreement, over the real hub's store.

What the people see are the real pages over a real PostgreSQL; nothing behind them is made up.
"""

from datetime import timedelta

import pytest

from hub.api.hub_services import HubServices
from hub.core.incident_facts import RiskGrade
from hub.service.notice_items import NoticesListed
from tests.browser.visitor import WIDTHS, Served, Visitor
from tests.service.encompass import an_incident, tell, with_a_force
from tests.service.laboratory import Laboratory
from tests.service.test_triage import register_desk, surroundings

pytestmark = [pytest.mark.browser, pytest.mark.stack]

TOLD = "A worker has rung the family and visits on Tuesday."
REASON = "The school nurse says that it is in hand."
WE_SAW = "Our officers saw the bruise themselves."


class Unheard:
    """Whose inbox changes is told to nobody here: each page is opened anew."""

    def listen(self, _authority, _told):
        return lambda: None


class NoReviews:
    """Nobody is in doubt here about who is who."""

    def about(self, _user, _alert_id):
        return ()

    def urgent(self, _user):
        return 0


class NoNotices:
    """No notice waits for anybody here."""

    def listed(self, _asker, _page):
        return NoticesListed(items=(), total=0, page=1, pages=1, unreadable=0)


@pytest.fixture
def laboratory(database_url):
    found = with_a_force(Laboratory(database_url))
    yield found
    found.close()


@pytest.fixture
def hub(laboratory):
    services = HubServices(
        surroundings(laboratory),
        Unheard(),
        registers=register_desk(laboratory),
        school_notices=NoNotices(),
        reviews=NoReviews(),
        rule_yields=None,
    )
    with Served(services, clock=laboratory.clock.now) as served:
        yield served


@pytest.fixture
def someone(browser, hub):
    """Answers somebody at a browser of their own, signed in."""
    opened = []

    def sign_in(user_id):
        visitor = Visitor(browser, hub.url)
        opened.append(visitor)
        visitor.page.goto(f"{hub.url}/sign-in")
        with visitor.page.expect_navigation():
            visitor.page.click(f"button[value='{user_id}']")
        return visitor

    yield sign_in
    for visitor in opened:
        visitor.context.close()


def main(visitor, path=None):
    if path:
        visitor.page.goto(visitor.url + path)
    return visitor.page.inner_text("main")


def decide(visitor, alert_id, outcome, told):
    visitor.page.goto(f"{visitor.url}/alerts/{alert_id}")
    visitor.page.check(f"#outcome-{outcome}")
    visitor.page.fill("#decision-words", REASON)
    visitor.page.fill("#told", told)
    with visitor.page.expect_navigation():
        visitor.page.click("text=Record the decision")


def open_the_report(visitor):
    visitor.page.goto(f"{visitor.url}/feedback")
    with visitor.page.expect_navigation():
        visitor.page.click("text=Open")


def test_a_force_hears_what_became_of_its_report_and_disagrees(laboratory, someone):
    tell(laboratory, an_incident(facts={"officer_grade": RiskGrade.HIGH}))
    alert_id = laboratory.one("SELECT alert_id FROM alert")
    desk, worker = someone("police-desk-pol13"), someone("duty-worker-e08000032")
    assert "Received, not looked at yet" in main(desk, "/feedback")

    decide(worker, alert_id, "early_help", TOLD)
    open_the_report(desk)

    shown = main(desk)
    for told in ("Early help", TOLD, "O1, N1003", "The front door of Bradford"):
        assert told in shown
    assert REASON not in desk.page.content()
    assert "Ashworth" not in desk.page.content()
    assert "O1" not in desk.page.url + desk.page.title()

    desk.page.fill("#words", WE_SAW)
    with desk.page.expect_navigation():
        desk.page.click("text=We disagree")
    assert "Disputed, to be decided again" in main(desk)
    assert TOLD not in main(desk)

    assert "Disputed since" in main(worker, "/inbox")
    of_the_alert = main(worker, f"/alerts/{alert_id}")
    assert WE_SAW in of_the_alert
    assert "Sgt Iqra Hussain" in of_the_alert

    laboratory.clock.instant += timedelta(minutes=5)
    decide(worker, alert_id, "assessment", "")
    again = main(desk, desk.page.url.removeprefix(desk.url))
    assert "Assessment (section 17)" in again
    assert "Nothing beside the outcome." in again
    assert laboratory.rows(
        "SELECT recipient, count(*) FROM outbox WHERE kind = 'feedback' GROUP BY 1"
    ) == [("POL13", 2)]


def test_a_hospital_finds_nothing_of_it_and_cannot_open_it(laboratory, someone):
    tell(laboratory, an_incident(facts={"officer_grade": RiskGrade.HIGH}))
    feedback_id = laboratory.one("SELECT feedback_id FROM alert_ground")
    nurse = someone("hospital-safeguarding-rae")

    assert "No alert rests on a report of yours." in main(nurse, "/feedback")
    answer = nurse.page.goto(f"{nurse.url}/feedback/{feedback_id}")
    assert answer.status == 404
    for width, height in WIDTHS.items():
        nurse.page.set_viewport_size({"width": width, "height": height})
        assert nurse.width_of_content() <= width
