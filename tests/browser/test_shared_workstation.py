"""A screen in A&E is shared: the answer goes when nobody is there, and does not come back."""

import pytest

from tests.api import fake_services as fake
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

CLINICIAN = "clinician-rae01"


@pytest.fixture
def clinician(visitor):
    """A clinician whose browser's clock the test moves."""
    visitor.page.clock.install()
    visitor.sign_in(CLINICIAN)
    return visitor


def shows_an_answer(page):
    return "child protection plan" in page.content()


def test_the_answer_goes_after_90_seconds_and_the_nhs_number_stays(clinician):
    page = clinician.check(fake.ON_PLAN, postcode="BD9 6RJ")
    page.clock.run_for(88_000)
    assert shows_an_answer(page)
    assert "hidden in 15 seconds" in page.inner_text("#blanked")
    page.clock.run_for(3_000)
    assert not shows_an_answer(page)
    assert "nobody used this screen" in page.inner_text("#blanked")
    assert page.input_value("#nhs_number") == "999 000 0018"
    assert page.input_value("#postcode") == ""
    assert page.input_value("#birth_year") == ""
    assert clinician.violations() == []


def test_a_key_or_a_movement_keeps_the_answer(clinician):
    page = clinician.check(fake.ON_PLAN)
    for _ in range(3):
        page.clock.run_for(80_000)
        page.keyboard.press("Shift")
        assert page.is_hidden("#blanked")
    page.clock.run_for(80_000)
    page.mouse.move(200, 200)
    page.clock.run_for(80_000)
    assert shows_an_answer(page)


def test_back_shows_nothing_after_clear(visitor):
    visitor.sign_in(CLINICIAN)
    page = visitor.check(fake.ON_PLAN)
    with page.expect_navigation():
        page.click("#clear")
    assert page.input_value("#nhs_number") == ""
    page.go_back()
    assert not shows_an_answer(page)
    assert page.input_value("#nhs_number") == ""


def test_back_from_another_page_shows_nothing(visitor, services):
    visitor.sign_in(CLINICIAN)
    page = visitor.check(fake.ON_PLAN)
    asked = len(services.asked)
    page.goto(f"{visitor.url}/nowhere")
    page.go_back()
    assert not shows_an_answer(page)
    assert len(services.asked) == asked


def test_a_reload_does_not_ask_again(visitor, services):
    visitor.sign_in(CLINICIAN)
    page = visitor.check(fake.ON_PLAN)
    page.reload()
    assert not shows_an_answer(page)
    assert len(services.asked) == 1


def test_signing_out_leaves_nothing_behind(visitor):
    visitor.sign_in(CLINICIAN)
    page = visitor.check(fake.ON_PLAN)
    page.click("button:has-text('Sign out')")
    page.wait_for_url("**/sign-in")
    page.go_back()
    assert not shows_an_answer(page)


def test_the_check_works_without_scripts(browser, served, services):
    visitor = Visitor(browser, served.url, java_script_enabled=False)
    visitor.sign_in(CLINICIAN)
    page = visitor.check(fake.ON_PLAN)
    assert page.inner_text("#answer-heading") == "On a child protection plan now"
    assert services.asked[-1][0] == "check"
    refresh = page.locator("meta[http-equiv=refresh]").get_attribute("content")
    assert refresh == "90; url=/check"
    visitor.context.close()
