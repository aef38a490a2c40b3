"""The page on rules: what a council's alerts came to, small numbers hidden, and what is flagged."""

import pytest

from tests.api import fake_yields
from tests.api.fake_services import AWAY

MANAGER = "front-door-manager-e08000032"


@pytest.fixture
def manager(signed_in):
    return signed_in(MANAGER)


def test_each_rule_says_what_its_alerts_came_to(manager):
    page = manager.get("/rules").text
    row = page.split("</th>", 1)[1]
    assert "Bradford Council" in page
    for name in ("Told", "Acknowledged in time", "Decided", "Led to action", "Not useful"):
        assert f'data-label="{name}"' in row
    assert "57%" in page
    assert "under 5 are hidden" in page
    assert "1 to 4" in page


def test_a_rule_below_its_floor_is_named_with_who_answers_for_it(manager):
    page = manager.get("/rules").text
    assert "0 of 40 decided alerts led to action, less than 5%" in page
    assert "Who answers for it: the named doctor for safeguarding children." in page


def test_what_was_told_to_nobody_is_counted_and_small_numbers_of_it_hidden(manager):
    page = manager.get("/rules").text
    assert "17 recorded and told to nobody" in page
    assert "1 to 4 recorded and told to nobody" in page


@pytest.mark.parametrize(("weeks", "days"), [("4", 28), ("13", 91), ("52", 364)])
def test_the_period_is_chosen_by_the_address(manager, services, weeks, days):
    page = manager.get(f"/rules?weeks={weeks}").text
    assert services.asked[-1][-1] == days
    assert f'href="/rules?weeks={weeks}" aria-current="page"' in page


def test_another_period_is_refused(manager):
    assert manager.get("/rules?weeks=5").status_code == 422


def test_before_anything_was_counted_it_says_so(manager, services):
    services.rule_yields = None
    assert "Nothing has been counted yet." in manager.get("/rules").text


def test_where_nothing_was_told_it_says_so(manager, services):
    services.rule_yields = fake_yields.NOTHING
    assert "No alert was told in these 13 weeks." in manager.get("/rules").text


def test_what_cannot_be_read_is_not_an_empty_page(manager, services):
    services.broken = AWAY
    assert manager.get("/rules").status_code == 503
