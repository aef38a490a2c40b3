"""Taking an alert in hand: one has it, the other is told who, and it hides nothing from anybody."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hub.core.alert import Severity
from hub.core.escalation import EscalationStep, Passed
from tests.api.conftest import DUTY_WORKER
from tests.api.fake_services import NOW, ROWS, alert_id

COLLEAGUE = "second-duty-worker-e08000032"


@pytest.fixture
def desk(signed_in):
    return signed_in(DUTY_WORKER)


def take(browser, number=1, verb="claim"):
    return browser.post(f"/alerts/{alert_id(number)}/{verb}", data={"form_token": browser.token})


def test_who_takes_it_is_led_to_it_and_everybody_sees_who_has_it(desk, signed_in):
    answer = take(desk)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/alerts/{alert_id(1)}")
    assert "You have it since today, 14:02." in desk.get("/inbox").text
    assert "Nadia Rahman has it since today, 14:02." in signed_in(COLLEAGUE).get("/inbox").text


def test_the_second_is_told_who_has_it_and_nothing_else_of_them(desk, signed_in, services):
    take(desk)
    answer = take(signed_in(COLLEAGUE))
    assert answer.status_code == 409
    assert "Nadia Rahman has had it since today, 14:02." in answer.text
    assert DUTY_WORKER not in answer.text
    assert services.rows[0].claimed_by == DUTY_WORKER


def test_taking_it_twice_is_no_conflict(desk):
    take(desk)
    assert take(desk).status_code == 303


def test_it_is_given_back(desk, services):
    take(desk)
    assert take(desk, verb="release").status_code == 303
    assert services.rows[0].claimed_by is None
    assert take(desk, verb="release").status_code == 303


def test_what_a_colleague_has_is_not_given_back_for_them(desk, signed_in, services):
    take(desk)
    assert take(signed_in(COLLEAGUE), verb="release").status_code == 409
    assert services.rows[0].claimed_by == DUTY_WORKER


@pytest.mark.parametrize("verb", ["claim", "release"])
def test_who_is_only_informed_takes_nothing(desk, services, verb):
    answer = take(desk, number=3, verb=verb)
    assert answer.status_code == 403
    assert services.rows == ROWS


@pytest.mark.parametrize("verb", ["claim", "release"])
def test_an_alert_that_is_not_there_cannot_be_taken(desk, client_of, verb):
    assert take(desk, number=77, verb=verb).status_code == 404
    path = f"/v1/alerts/{alert_id(77)}/{verb}"
    assert client_of(DUTY_WORKER).post(path).status_code == 404


def test_the_list_is_narrowed_to_mine_or_to_nobodys_with_counts(desk):
    take(desk, 2)
    mine, nobodys = desk.get("/inbox?held=mine").text, desk.get("/inbox?held=unclaimed").text
    assert (mine.count("data-alert="), nobodys.count("data-alert=")) == (1, 2)
    assert 'data-count="mine">1<' in nobodys
    assert "You have none of these in hand." in desk.get("/inbox?shows=acknowledged&held=mine").text


def test_json_says_who_has_it_and_refuses_the_second_with_a_problem(client_of):
    path = f"/v1/alerts/{alert_id(1)}/claim"
    taken = client_of(DUTY_WORKER).post(path).json()
    assert taken["claimed_by"] == DUTY_WORKER
    assert taken["claimed_at"] == "2026-11-22T14:02:31.000Z"
    refused = client_of(COLLEAGUE).post(path)
    assert (refused.status_code, refused.json()["code"]) == (409, "taken")
    held = client_of(COLLEAGUE).get("/v1/inbox?held=unclaimed").json()
    assert len(held["alerts"]) == 2
    assert held["held"]["unclaimed"] == 2
    path = f"/v1/alerts/{alert_id(1)}/release"
    assert client_of(DUTY_WORKER).post(path).json()["claimed_by"] is None


def take_over(browser, number=1, holder=DUTY_WORKER):
    return browser.post(
        f"/alerts/{alert_id(number)}/takeover",
        data={"form_token": browser.token, "held_by": holder},
    )


def test_a_colleague_takes_it_over_from_its_page(desk, signed_in, services):
    take(desk)
    colleague = signed_in(COLLEAGUE)
    page = colleague.get(f"/alerts/{alert_id(1)}").text
    assert "Take it over from Nadia Rahman" in page
    assert f'name="held_by" value="{DUTY_WORKER}"' in page

    answer = take_over(colleague)

    assert (answer.status_code, answer.headers["location"]) == (303, f"/alerts/{alert_id(1)}")
    assert services.rows[0].claimed_by == COLLEAGUE
    assert "Take it over" not in colleague.get(f"/alerts/{alert_id(1)}").text


def test_what_went_to_somebody_else_meanwhile_is_not_taken_over(desk, signed_in, services):
    take(desk)
    answer = take_over(signed_in(COLLEAGUE), holder="somebody-who-had-it")
    assert answer.status_code == 409
    assert "Nadia Rahman has had it since today, 14:02." in answer.text
    assert services.rows[0].claimed_by == DUTY_WORKER


def test_what_was_given_back_meanwhile_is_simply_taken(signed_in, services):
    assert take_over(signed_in(COLLEAGUE)).status_code == 303
    assert services.rows[0].claimed_by == COLLEAGUE


def test_who_is_only_informed_takes_nothing_over(desk, services):
    assert take_over(desk, number=3, holder=COLLEAGUE).status_code == 403
    assert services.rows == ROWS


def test_json_takes_it_over_from_the_holder_that_it_names(client_of):
    client_of(DUTY_WORKER).post(f"/v1/alerts/{alert_id(1)}/claim")
    path = f"/v1/alerts/{alert_id(1)}/takeover"
    colleague = client_of(COLLEAGUE)

    wrong = colleague.post(path, json={"held_by": "somebody-who-had-it"})
    taken = colleague.post(path, json={"held_by": DUTY_WORKER})

    assert (wrong.status_code, wrong.json()["code"]) == (409, "taken")
    assert taken.json()["claimed_by"] == COLLEAGUE
    assert colleague.post(path, json={}).status_code == 422
    missing = colleague.post(f"/v1/alerts/{alert_id(77)}/takeover", json={"held_by": "x"})
    assert missing.status_code == 404


def test_the_clock_is_said_in_words_on_the_list_and_the_page(desk, services):
    services.rows = (
        replace(ROWS[0], due_at=NOW - timedelta(minutes=5)),
        replace(ROWS[1], due_at=NOW + timedelta(hours=3)),
    )
    page = desk.get("/inbox").text
    assert "Overdue since today, 13:57" in page
    assert "Due by today, 17:02." in page
    assert "Overdue since today, 13:57" in desk.get(f"/alerts/{alert_id(1)}").text
    assert client_due(page) == (NOW + timedelta(hours=3)).isoformat()


def test_whose_turn_it_is_is_said_on_the_list_on_the_page_and_in_json(desk, services, client_of):
    worker = EscalationStep(label="Duty worker", severities=frozenset(Severity), minutes=15)
    manager = replace(worker, label="Manager", phone="01632 960322")
    turn = Passed(
        since=NOW - timedelta(minutes=5),
        with_whom=manager,
        next_at=NOW + timedelta(minutes=10),
        next_whom=None,
    )
    services.rows = (replace(ROWS[0], due_at=turn.since, passed=turn),)

    for path in ("/inbox", f"/alerts/{alert_id(1)}", f"/contacts/{alert_id(1)}"):
        page = desk.get(path).text
        assert "Unacknowledged since today, 13:57, now with <b>Manager</b>" in page
        assert 'href="tel:01632960322"' in page
        assert "next with the hub&#39;s operator: today, 14:12" in page
    told = client_of(DUTY_WORKER).get(f"/v1/alerts/{alert_id(1)}").json()
    assert told["passed_on"]["to"] == "Manager"
    assert told["passed_on"]["next_to"] == "the hub's operator"


def client_due(page):
    return page.split('data-due="', 1)[1].split('"', 1)[0]


def test_a_list_has_changed_when_its_next_alert_is_overdue(desk, services):
    services.now += timedelta(minutes=10)
    params = {"since": str(services.version), "due": (NOW + timedelta(minutes=9)).isoformat()}
    assert desk.get("/inbox/changed", params=params).json()["changed"]
    params["due"] = (NOW + timedelta(minutes=11)).isoformat()
    assert not desk.get("/inbox/changed", params=params).json()["changed"]
