"""Every page and state in a real browser: accessible, narrow enough, quiet, by keyboard alone."""

import pytest

from hub.core.answer import PlanAnswer, SeenAnswer
from tests.api import fake_services as fake
from tests.browser.states import (
    CLINICIAN,
    EXTRACT,
    REGISTER_STAFF,
    SCHOOL_LEAD,
    STATES,
    at,
    notice,
)
from tests.browser.visitor import WIDTHS, Visitor

pytestmark = pytest.mark.browser

STOPS_MAX = 400


def unexpected(visitor, state):
    """What the console said, but for the status that the browser itself tells of."""
    told = f"status of {state.status}" if state.status != 200 else None
    return [text for text in visitor.console if not (told and told in text)]


@pytest.mark.parametrize("name", STATES)
def test_a_page_is_for_everybody_in_every_look(visitor, services, name):
    """One visit for all looks: getting there is what takes the time."""
    state = STATES[name]
    state.visit(visitor, services)
    assert state.says in visitor.page.inner_text("main")
    for width, height in WIDTHS.items():
        visitor.page.set_viewport_size({"width": width, "height": height})
        assert visitor.violations() == [], width
        assert visitor.width_of_content() <= width
    if state.one_screen:
        assert visitor.height_of_content() <= WIDTHS[1366]
    walked = walk(visitor)
    assert walked[0]["words"] == "Skip to main content"
    assert [stop["words"] for stop in walked if not stop["shown"]] == []
    assert [stop["words"] for stop in walked if not stop["seen"]] == []
    assert len(walked) == visitor.how_many_stops()
    visitor.page.emulate_media(forced_colors="active")
    assert visitor.hidden_in_forced_colours() == []
    assert visitor.foreign == []
    assert unexpected(visitor, state) == []


CHECKS = [name for name in STATES if name.startswith("check, ")]
NEEDED_AT_ONCE = ("#answer-heading", "#seen-heading", ".hub-phones__number", ".hub-patient__time")


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_says_within_the_first_screen_what_is_needed_at_once(visitor, services, name):
    """Both answers, whom to ring and how old the sources are, even where a list was opened."""
    STATES[name].visit(visitor, services)
    page = visitor.page
    if page.locator("[data-answer]").count():
        assert [one for one in NEEDED_AT_ONCE if not page.locator(one).count()] == []
    selectors = ", ".join((*NEEDED_AT_ONCE, ".hub-answer__heading", ".hub-sources li"))
    boxes = [one.bounding_box() for one in page.locator(selectors).all()]
    below = [box for box in boxes if box["y"] < 0 or box["y"] + box["height"] > WIDTHS[1366]]
    assert below == []


def walk(visitor):
    """Everywhere that the Tab key leads, from before the first to after the last."""
    visitor.put_the_focus_first()
    walked = []
    while (stop := visitor.next_stop()) is not None and len(walked) < STOPS_MAX:
        walked.append(stop)
    return walked


@pytest.mark.parametrize("name", STATES)
def test_a_page_says_the_same_without_scripts(browser, served, services, name):
    someone = Visitor(browser, served.url, java_script_enabled=False)
    try:
        STATES[name].visit(someone, services)
        assert STATES[name].says in someone.page.inner_text("main")
        assert unexpected(someone, STATES[name]) == []
        assert someone.foreign == []
    finally:
        someone.context.close()


def test_what_the_looks_are_held_to_is_seen_when_it_is_planted(visitor):
    page = visitor.sign_in(CLINICIAN)
    assert visitor.violations() == []
    page.evaluate("document.querySelector('label').remove()")
    assert visitor.violations() != []
    page.evaluate("document.querySelector('main').style.width = '2000px'")
    assert visitor.width_of_content() > 1366
    page.evaluate("document.querySelector('.hub-header__demo').className = 'hub-tag'")
    page.evaluate("document.querySelector('.hub-tag').style.border = 'none'")
    assert visitor.hidden_in_forced_colours() == ["hub-tag"]
    page.evaluate("document.querySelector('.hub-header__name').style.cssText = 'all: unset'")
    assert [stop["words"] for stop in walk(visitor) if not stop["shown"]] == ["Safeguarding Hub"]


def grey_of(page, selector):
    """How light the ground of an element is, from 0 to 1, as a screen without colour shows it."""
    red, green, blue = page.eval_on_selector(
        selector, "e => getComputedStyle(e).backgroundColor.match(/[0-9.]+/g).map(Number)"
    )[:3]
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255


def test_no_answer_in_grey_has_the_shape_frame_and_words_of_another(visitor):
    visitor.sign_in(CLINICIAN)
    looks = {}
    for number, answer in fake.ANSWERS.items():
        page = visitor.check(number)
        shape = page.locator(".hub-answer .hub-shape").inner_html()
        frame = page.eval_on_selector(
            ".hub-answer",
            "e => [getComputedStyle(e).borderStyle, getComputedStyle(e).borderLeftWidth].join()",
        )
        is_light = grey_of(page, ".hub-answer") > 0.5
        looks.setdefault(answer.plan, set()).add((shape, frame, is_light))
    assert set(looks) == set(PlanAnswer)
    assert {plan: len(seen) for plan, seen in looks.items() if len(seen) != 1} == {}
    shapes = {next(iter(seen))[0] for seen in looks.values()}
    assert len(shapes) == len(PlanAnswer)
    nothing, unknown = (
        next(iter(looks[plan]))[1] for plan in (PlanAnswer.NO_PLAN_FOUND, PlanAnswer.CANNOT_SAY)
    )
    assert nothing != unknown


def test_the_three_answers_to_seen_before_share_no_heading(visitor):
    visitor.sign_in(CLINICIAN)
    headings = {}
    for number, answer in fake.ANSWERS.items():
        page = visitor.check(number)
        assert page.get_attribute("[data-seen]", "data-seen") == answer.seen.value
        said = page.inner_text("#seen-heading")
        headings.setdefault(answer.seen, set()).add(said)
    assert set(headings) == set(SeenAnswer)
    everything = [one for some in headings.values() for one in some]
    assert len(everything) == len(set(everything))
    assert headings[SeenAnswer.CANNOT_SAY].isdisjoint(headings[SeenAnswer.NONE_KNOWN])


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


def test_an_extract_is_approved_in_two_clicks_without_javascript(browser, served, services):
    someone = Visitor(browser, served.url, java_script_enabled=False)
    try:
        at("/registers", REGISTER_STAFF)(someone, services)
        someone.page.click("text=Look and decide")
        someone.page.fill("#reason", "Checked: they have ended.")
        someone.page.click("text=Approve: close 14")
        assert "Approved: 14 of 412 closed" in someone.page.inner_text("main")
    finally:
        someone.context.close()


def test_a_notice_is_acknowledged_without_javascript(browser, served, services):
    someone = Visitor(browser, served.url, java_script_enabled=False)
    try:
        at("/notices", SCHOOL_LEAD)(someone, services)
        someone.page.click("text=Open >> nth=0")
        someone.page.click("text=I have read it and will act on it")
        assert "Acknowledged by Ruth Adeyemi" in someone.page.inner_text("main")
    finally:
        someone.context.close()


def test_a_notice_is_answered_with_the_keyboard_alone(visitor, services):
    at(notice(2), SCHOOL_LEAD)(visitor, services)
    page = visitor.page
    page.focus("text=Yes, on our roll")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert services.asked[-2][0] == "answer_notice"


def test_an_extract_is_decided_with_the_keyboard_alone(visitor, services):
    at(EXTRACT, REGISTER_STAFF)(visitor, services)
    page = visitor.page
    page.focus("#reason")
    page.keyboard.type("Cut off.")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "Refused: nothing was closed" in page.inner_text("main")


def test_nothing_of_the_matching_page_is_cut_off_on_a_small_screen(visitor, services):
    visitor.page.set_viewport_size({"width": 320, "height": 900})
    STATES["matching"].visit(visitor, services)
    wider = (
        "[...document.querySelectorAll('.hub-scroll')]"
        ".filter(e => e.scrollWidth > e.clientWidth).length"
    )
    assert visitor.page.evaluate(wider) == 0
