"""Questions answered by keys alone: s, d, c choose, j and k go on, and none of them sends."""

import pytest

from tests.browser.states import REVIEWER, asked, question
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


@pytest.fixture
def page(visitor, services):
    asked(question(1), REVIEWER)(visitor, services)
    visitor.page.wait_for_selector("#keys:not([hidden])")
    return visitor.page


def focused(page):
    return page.evaluate("document.activeElement.id")


@pytest.mark.parametrize(
    ("key", "choice"), [("s", "same"), ("d", "different"), ("c", "cannot_tell")]
)
def test_a_key_chooses_an_answer_and_puts_the_focus_there(page, services, key, choice):
    page.keyboard.press(key)
    assert page.is_checked(f"#choice-{choice}")
    assert focused(page) == f"choice-{choice}"
    assert "answer_review" not in {name for name, *_ in services.asked}


def test_a_question_is_answered_with_the_keyboard_alone(page, services):
    page.keyboard.press("d")
    page.keyboard.press("Tab")
    assert focused(page) == "answer-reason"
    page.keyboard.type("They are twins")
    page.keyboard.press("Tab")
    assert focused(page) == "answer-words"
    page.keyboard.type("skjd? Rang the ward.")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    (said,) = (told[3] for told in services.asked if told[0] == "answer_review")
    assert (said.action.value, said.code) == ("different", "twins")
    assert said.words == "skjd? Rang the ward."
    assert "Decided: different children" in page.inner_text("main")


@pytest.mark.parametrize("key", ["j", "ArrowRight"])
def test_a_key_opens_the_next_question(page, key):
    with page.expect_navigation():
        page.keyboard.press(key)
    assert page.url.endswith(question(2))


def test_an_arrow_among_the_answers_stays_among_them(page):
    page.focus("#choice-same")
    page.keyboard.press("ArrowRight")
    assert page.url.endswith(question(1))


def test_the_help_opens_and_takes_the_focus(page):
    page.keyboard.press("?")
    assert page.is_visible("text=the one before")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_single_keys_can_be_switched_off_and_stay_off(page):
    page.keyboard.press("?")
    page.uncheck("#keys-on")
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    assert not page.is_checked("#choice-same")
    page.reload()
    page.wait_for_selector("#keys:not([hidden])")
    page.keyboard.press("s")
    assert not page.is_checked("#choice-same")


def test_a_question_is_answered_without_scripts(browser, served, services):
    someone = Visitor(browser, served.url, java_script_enabled=False)
    try:
        asked(question(1), REVIEWER)(someone, services)
        page = someone.page
        assert not page.is_visible("#keys")
        page.check("#choice-cannot_tell")
        page.click("text=Record the answer")
        assert "Nobody could tell" in page.inner_text("main")
    finally:
        someone.context.close()
