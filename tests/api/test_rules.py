"""The page on rules: what a council's alerts came to, small numbers hidden, and what is flagged."""

import pytest

from hub.api.users import DEMO_USERS_BY_ID
from hub.core.rule_yield_shown import COLUMNS
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


# ------------------------------------------------------------------------------------------ as JSON


@pytest.fixture
def client(client_of):
    return client_of(MANAGER)


def numbers(line):
    return [line[name] for name in COLUMNS]


def test_json_has_the_numbers_of_the_page_and_hides_what_it_hides(client, services):
    body = client.get("/v1/rules").json()
    view = services.rules(DEMO_USERS_BY_ID[MANAGER], 91)

    assert (body["days"], len(body["rules"])) == (91, len(view.rules))
    for told, rule in zip(body["rules"], view.rules, strict=True):
        lines = [*(([told["whole"]]) if told["whole"] else []), *told["parts"]]
        shown = [*([rule.whole] if rule.whole else []), *rule.parts]
        assert len(lines) == len(shown)
        for line, cells in zip(lines, shown, strict=True):
            again = [
                f"{number:,}" if number is not None else line["hidden"][name]
                for name, number in zip(COLUMNS, numbers(line), strict=True)
            ]
            assert tuple(again) == cells.cells
            percent = line["action_per_cent"]
            assert (f"{percent}%" if percent is not None else "") == cells.share


def test_no_number_under_five_is_in_json(client):
    lines = [
        line
        for rule in client.get("/v1/rules").json()["rules"]
        for line in (rule["whole"], *rule["parts"])
        if line
    ]
    assert any(line["hidden"] for line in lines)
    assert not {1, 2, 3, 4} & {number for line in lines for number in numbers(line)}


def test_the_period_of_json_is_chosen_as_on_the_page_and_nothing_else_is(client, services):
    assert client.get("/v1/rules?weeks=52").json()["days"] == 364
    assert client.get("/v1/rules?weeks=5").status_code == 422
    assert client.get("/v1/rules?authority=E08000035").status_code == 422
    services.rule_yields = None
    assert client.get("/v1/rules").json() == {
        "days": 91,
        "since": None,
        "made_at": None,
        "children": None,
        "rules": [],
    }


def test_json_is_of_managers_alone(client_of):
    assert client_of("duty-worker-e08000032").get("/v1/rules").status_code == 403
