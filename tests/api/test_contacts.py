"""Contacts and the digest, as JSON and as pages."""

from dataclasses import replace

import pytest

from hub.core.alert import Severity
from tests.api.conftest import DUTY_WORKER
from tests.api.fake_services import a_row, alert_id

BOTH = (alert_id(1), alert_id(2))
COLLEAGUE = "second-duty-worker-e08000032"
CONTACT = f"/v1/contacts/{alert_id(1)}"


@pytest.fixture
def duty_worker(client_of, services):
    services.grouped = (BOTH,)
    return client_of(DUTY_WORKER)


@pytest.fixture
def desk(signed_in, services):
    services.grouped = (BOTH,)
    return signed_in(DUTY_WORKER)


def decision(stand=1):
    stands = {str(one): stand for one in BOTH}
    return {"outcome": "advice_given", "words": "Spoken to both.", "stands": stands}


def test_alerts_that_are_one_contact_are_one_row_with_one_clock(duty_worker):
    first, *rest = duty_worker.get("/v1/contacts").json()["contacts"]

    assert [alert["alert_id"] for alert in first["alerts"]] == [str(one) for one in BOTH]
    assert first["severity"] == "immediate"
    assert all(len(one["alerts"]) == 1 for one in rest)


def test_any_alert_finds_its_contact_and_others_are_not_there(duty_worker):
    assert duty_worker.get(f"/v1/contacts/{alert_id(2)}").json()["contact_id"] == str(alert_id(1))
    assert duty_worker.get(f"/v1/contacts/{alert_id(77)}").status_code == 404
    assert duty_worker.get("/v1/contacts?shows=all").status_code == 422


def test_one_decision_for_all_is_recorded_with_each(duty_worker, services):
    body = duty_worker.post(f"{CONTACT}/decision", json=decision()).json()

    assert [alert["outcome"] for alert in body["alerts"]] == ["advice_given"] * 2
    assert services.rows[2].outcome is None


def test_if_one_has_changed_none_is_decided(duty_worker, services):
    given = decision()
    given["stands"][str(alert_id(2))] = 4

    answer = duty_worker.post(f"{CONTACT}/decision", json=given)

    assert (answer.status_code, answer.json()["code"]) == (409, "alert_changed")
    assert [row.outcome for row in services.rows[:2]] == [None, None]


def test_a_contact_is_acknowledged_as_a_whole(duty_worker):
    named = {"alerts": [str(one) for one in BOTH]}

    body = duty_worker.post(f"{CONTACT}/acknowledgement", json=named).json()

    assert {alert["acknowledged_by"] for alert in body["alerts"]} == {DUTY_WORKER}


def test_one_that_is_left_to_acknowledge_is_not_called_all(desk, services):
    seen = replace(services.rows[0], acknowledged_by=COLLEAGUE, acknowledged_at=services.now)
    services.rows = (seen, *services.rows[1:])

    for page in ("/inbox", CONTACT.removeprefix("/v1")):
        shown = desk.get(page).text
        assert "Acknowledge" in shown
        assert "Acknowledge all" not in shown


def test_the_page_shows_one_row_and_decides_all(desk, services):
    inbox = desk.get("/inbox").text
    assert "One contact: 2 alerts" in inbox
    assert "Acknowledge all 2" in inbox
    form = {
        "form_token": desk.token,
        "alert": [str(one) for one in BOTH],
        "stand": [1, 1],
        "outcome": "early_help",
        "words": "Both known to the school.",
    }

    missing = desk.post(f"/contacts/{alert_id(1)}/decision", data=form | {"words": " "})
    answer = desk.post(f"/contacts/{alert_id(1)}/decision", data=form)

    assert (missing.status_code, answer.status_code) == (422, 303)
    assert "Say in a few words why." in missing.text
    page = desk.get(answer.headers["location"]).text
    assert page.count("<b>Early help.</b> Decided by Nadia Rahman") == 2
    assert [row.outcome is not None for row in services.rows[:3]] == [True, True, False]


def test_the_page_says_why_none_was_decided(desk):
    form = {
        "form_token": desk.token,
        "alert": [str(one) for one in BOTH],
        "stand": [1, 8],
        "outcome": "early_help",
        "words": "Both known to the school.",
    }

    answer = desk.post(f"/contacts/{alert_id(1)}/decision", data=form)

    assert answer.status_code == 409
    assert "Nothing was recorded." in answer.text
    assert "Both known to the school." in answer.text


def test_what_is_for_information_is_read_by_the_day_and_acknowledged_at_once(
    desk, duty_worker, services
):
    services.for_information = tuple(a_row(n, Severity.INFORMATION) for n in (21, 22))

    assert "For information: 2" in desk.get("/inbox").text
    (day,) = duty_worker.get("/v1/digest").json()["days"]
    assert (day["day"], len(day["contacts"])) == ("2026-11-22", 2)
    assert "We have read these" in desk.get("/digest").text
    form = {"form_token": desk.token, "alert": [str(alert_id(21)), str(alert_id(22))]}
    assert desk.post("/digest/acknowledgement", data=form).status_code == 303
    assert "Nothing for information." in desk.get("/digest").text
    assert "For information:" not in desk.get("/inbox").text


def test_what_was_taken_back_after_it_was_seen_is_told_until_the_team_knows(
    desk, duty_worker, services
):
    services.taken_back = (a_row(31),)

    assert "Taken back since you saw them" in desk.get("/inbox").text
    (row,) = duty_worker.get("/v1/contacts").json()["taken_back"]
    assert row["alert_id"] == str(alert_id(31))
    form = {"form_token": desk.token}
    assert desk.post(f"/alerts/{alert_id(31)}/ending", data=form).status_code == 303
    assert "Taken back since" not in desk.get("/inbox").text
    assert duty_worker.post(f"/v1/alerts/{alert_id(31)}/ending").json() == {"noted": False}


def test_one_button_takes_a_contact_in_hand_but_for_what_a_colleague_has(desk, services):
    page = desk.get("/inbox").text
    assert f'action="/contacts/{alert_id(1)}/claim"' in page
    theirs = replace(services.rows[1], claimed_by=COLLEAGUE, claimed_at=services.now)
    services.rows = (services.rows[0], theirs, *services.rows[2:])

    form = {"form_token": desk.token, "alert": [str(one) for one in BOTH]}
    answer = desk.post(f"/contacts/{alert_id(1)}/claim", data=form)

    assert (answer.status_code, answer.headers["location"]) == (303, f"/contacts/{alert_id(1)}")
    assert [row.claimed_by for row in services.rows[:2]] == [DUTY_WORKER, COLLEAGUE]
    again = desk.get("/inbox").text
    assert f'action="/contacts/{alert_id(1)}/claim"' not in again
    assert "You have it since" in again
    assert "Imran Siddiqui has it since" in again
