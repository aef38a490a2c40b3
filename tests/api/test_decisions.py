"""Deciding, disputing and closing, as JSON and as a page."""

from dataclasses import replace

import pytest

from hub.api.views import Standing
from hub.core.alert_life import Outcome
from tests.api.conftest import DUTY_WORKER
from tests.api.fake_contacts import decided
from tests.api.fake_services import ROWS, alert_id

ONE = f"/v1/alerts/{alert_id(1)}"
DECISION = {"outcome": "early_help", "words": "Agreed with the family.", "stand": 1}


@pytest.fixture
def duty_worker(client_of):
    return client_of(DUTY_WORKER)


@pytest.fixture
def desk(signed_in):
    return signed_in(DUTY_WORKER)


def test_a_decision_is_recorded_and_answers_the_alert(duty_worker):
    body = duty_worker.post(f"{ONE}/decision", json=DECISION).json()

    assert (body["stage"], body["outcome"], body["stand"]) == ("decided", "early_help", 2)
    assert body["decided_by"] == DUTY_WORKER


@pytest.mark.parametrize(
    ("change", "field"),
    [({"outcome": "forget_it"}, "outcome"), ({"words": " "}, "words"), ({"stand": "1"}, "stand")],
)
def test_a_decision_needs_an_outcome_of_the_list_a_reason_and_the_stand(
    duty_worker, services, change, field
):
    answer = duty_worker.post(f"{ONE}/decision", json=DECISION | change)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert "forget_it" not in answer.text
    assert services.rows[0].outcome is None


def test_who_looked_at_an_older_stand_is_told_so(duty_worker):
    answer = duty_worker.post(f"{ONE}/decision", json=DECISION | {"stand": 9})

    assert (answer.status_code, answer.json()["code"]) == (409, "alert_changed")


def test_what_is_not_possible_now_is_refused_in_a_sentence(duty_worker):
    answer = duty_worker.post(f"{ONE}/closing", json={"stand": 1})

    assert (answer.status_code, answer.json()["code"]) == (409, "not_possible_now")
    assert answer.json()["detail"].startswith("Not decided yet")


def test_an_alert_of_others_is_neither_decided_nor_disputed_nor_closed(duty_worker):
    for path, body in (("decision", DECISION), ("dispute", {"words": "No.", "stand": 1})):
        assert duty_worker.post(f"/v1/alerts/{alert_id(77)}/{path}", json=body).status_code == 404
    assert (
        duty_worker.post(f"/v1/alerts/{alert_id(77)}/closing", json={"stand": 1}).status_code == 404
    )


def test_who_is_informed_disagrees_and_the_alert_waits_again(duty_worker, services):
    services.rows = (replace(decided(ROWS[0]), standing=Standing.INFORMED),)

    body = duty_worker.post(f"{ONE}/dispute", json={"words": "It goes on.", "stand": 1}).json()

    assert (body["stage"], body["outcome"], body["acknowledged_at"]) == ("disputed", None, None)


def test_the_page_records_a_decision_and_shows_it(desk):
    form = {"form_token": desk.token, "stand": 1, "outcome": "assessment", "words": "Third visit."}

    answer = desk.post(f"/alerts/{alert_id(1)}/decision", data=form)

    assert (answer.status_code, answer.headers["location"]) == (303, f"/alerts/{alert_id(1)}")
    assert "Decided: assessment (section 17)" in desk.get(f"/alerts/{alert_id(1)}").text
    assert "<b>Assessment (section 17).</b> Decided by Nadia Rahman" in (
        desk.get("/inbox?shows=decided").text
    )


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"words": "Third visit."}, "Choose what is done about it."),
        ({"outcome": "early_help"}, "Say in a few words why."),
    ],
)
def test_the_page_keeps_what_was_typed_when_something_is_missing(desk, services, given, says):
    form = {"form_token": desk.token, "stand": 1} | given

    answer = desk.post(f"/alerts/{alert_id(1)}/decision", data=form)

    assert answer.status_code == 422
    assert says in answer.text
    assert given.get("words", "") in answer.text
    assert services.rows[0].outcome is None


def test_the_page_says_why_nothing_was_recorded(desk):
    form = {"form_token": desk.token, "stand": 5, "outcome": "early_help", "words": "Agreed."}

    answer = desk.post(f"/alerts/{alert_id(1)}/decision", data=form)

    assert answer.status_code == 409
    assert "Nothing was recorded." in answer.text


def test_what_was_typed_beside_a_decision_of_somebody_else_stands_open(desk, services):
    services.rows = (decided(ROWS[0]),)
    words = "Typed in another tab."
    form = {"form_token": desk.token, "stand": 7, "outcome": "early_help", "words": words}

    answer = desk.post(f"/alerts/{alert_id(1)}/decision", data=form)

    assert answer.status_code == 409
    assert '<details class="hub-details" open><summary>Change the decision' in answer.text
    assert words in answer.text
    page = desk.get(f"/alerts/{alert_id(1)}").text
    assert '<details class="hub-details"><summary>Change the decision' in page


def test_a_decided_alert_is_closed_on_the_page_and_disputed_by_who_is_informed(desk, services):
    services.rows = (decided(ROWS[0]), replace(decided(ROWS[2]), standing=Standing.INFORMED))
    form = {"form_token": desk.token, "stand": 1}

    assert desk.post(f"/alerts/{alert_id(1)}/closing", data=form).status_code == 303
    assert "Closed: it is done." in desk.get(f"/alerts/{alert_id(1)}").text
    assert desk.post(f"/alerts/{alert_id(3)}/dispute", data=form).status_code == 422
    disagree = form | {"words": "It goes on."}
    assert desk.post(f"/alerts/{alert_id(3)}/dispute", data=disagree).status_code == 303
    assert "Disputed since" in desk.get("/inbox").text


def test_what_was_decided_before_stands_on_the_alert(desk, services):
    services.before = (Outcome.NO_FURTHER_ACTION,)

    assert "Decided before: no further action on" in desk.get(f"/alerts/{alert_id(1)}").text
