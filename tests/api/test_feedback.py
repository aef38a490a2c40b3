"""What became of reports, as pages and as JSON: own ones, what is told, and disagreement."""

import pytest

from hub.core.disclosure_feedback import TOLD_LENGTH_MAX
from tests.api.conftest import DUTY_WORKER, POLICE_DESK, SCHOOL_LEAD
from tests.api.fake_feedback import DECISION, TOLD, feedback_id
from tests.api.fake_services import AWAY, alert_id

ONE = f"/feedback/{feedback_id(1)}"
OVERDUE = f"/feedback/{feedback_id(2)}"
AGAIN = {"decision": str(DECISION), "words": "We saw the bruise ourselves."}


@pytest.fixture
def force(client_of):
    return client_of(POLICE_DESK)


@pytest.fixture
def desk(signed_in):
    return signed_in(POLICE_DESK)


def dispute(browser, path=ONE, **more):
    data = {"form_token": browser.token, **AGAIN, **more}
    return browser.post(f"{path}/dispute", data=data)


def test_a_force_lists_what_became_of_its_reports(force):
    body = force.get("/v1/feedback").json()

    assert (body["total"], body["pages"], len(body["reports"])) == (6, 1, 6)
    first = body["reports"][0]
    assert first["reference"] == "POL13|13260704/1|N1"
    assert (first["stage"], first["outcome"], first["told"]) == ("decided", "early_help", TOLD)
    assert first["front_door"] == "Bradford Council"
    assert body["ask_since"] < body["as_of"]


def test_one_report_has_no_field_of_the_alert_or_the_child(force):
    body = force.get(f"/v1/feedback/{feedback_id(1)}").json()

    assert set(body) == {
        *("feedback_id", "kind", "reference", "occurred_at", "received_at", "stage", "overdue"),
        *("front_door", "looked_at", "decided_at", "outcome", "outcome_words", "told", "decision"),
        "may_disagree_until",
    }


def test_since_is_an_instant_with_its_zone(force, services):
    force.get("/v1/feedback", params={"since": "2026-11-22T13:00:00Z", "page": 2})
    assert services.asked[-1][2] == 2
    assert services.asked[-1][3].isoformat() == "2026-11-22T13:00:00+00:00"

    for wrong in ({"since": "2026-11-22T13:00:00"}, {"since": "soon"}, {"sinse": "x"}):
        assert force.get("/v1/feedback", params=wrong).status_code == 422


def test_a_report_of_another_agency_is_not_there(client_of, signed_in):
    school = client_of(SCHOOL_LEAD)
    assert school.get("/v1/feedback").json()["reports"] == []
    assert school.get(f"/v1/feedback/{feedback_id(1)}").status_code == 404
    assert school.post(f"/v1/feedback/{feedback_id(1)}/dispute", json=AGAIN).status_code == 404
    assert signed_in(SCHOOL_LEAD).get(ONE).status_code == 404


def test_a_client_disagrees_with_a_decision_it_has_read(force):
    body = force.post(f"/v1/feedback/{feedback_id(1)}/dispute", json=AGAIN).json()

    assert (body["stage"], body["outcome"], body["told"]) == ("disputed", None, None)


@pytest.mark.parametrize(
    ("change", "field"),
    [({"words": " "}, "words"), ({"words": "x" * 1001}, "words"), ({"decision": "?"}, "decision")],
)
def test_a_disagreement_needs_its_decision_and_a_reason(force, services, change, field):
    answer = force.post(f"/v1/feedback/{feedback_id(1)}/dispute", json=AGAIN | change)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert all(asked[0] != "dispute report" for asked in services.asked)


def test_a_disagreement_with_a_former_decision_says_why_not(force):
    again = AGAIN | {"decision": str(feedback_id(5))}
    answer = force.post(f"/v1/feedback/{feedback_id(1)}/dispute", json=again)

    assert (answer.status_code, answer.json()["code"]) == (409, "not_possible_now")
    assert "decided again" in answer.json()["detail"]


def test_the_page_lists_reports_by_their_own_reference(desk):
    page = desk.get("/feedback").text

    for told in ("13260704/1, N1", "Early help", "Overdue", "the responsible front door"):
        assert told in page
    assert "POL13|" not in page


def test_the_page_of_a_report_shows_the_outcome_and_the_words_for_it(desk):
    page = desk.get(ONE).text

    for told in ("Early help", TOLD, "We disagree", "13260704/1, N1"):
        assert told in page
    title = page.split("<title>")[1].split("</title>")[0]
    assert "13260704" not in title


def test_what_is_not_decided_has_no_form(desk):
    assert "We disagree" not in desk.get(OVERDUE).text


def test_the_desk_disagrees_on_the_page_and_sees_that_it_is_disputed(desk):
    answer = dispute(desk)

    assert (answer.status_code, answer.headers["location"]) == (303, ONE)
    assert "Disputed, to be decided again" in desk.get(ONE).text


def test_what_cannot_be_taken_keeps_what_was_typed(desk):
    missing = dispute(desk, words=" ")
    assert missing.status_code == 422
    assert "Say in a few words why" in missing.text

    former = dispute(desk, decision=str(feedback_id(5)), words="We saw it.")
    assert former.status_code == 409
    assert "We saw it.</textarea>" in former.text


def test_a_form_of_another_site_disputes_nothing(desk, services):
    assert dispute(desk, form_token="made up").status_code == 403  # noqa: S106  # a form's mark
    assert all(asked[0] != "dispute report" for asked in services.asked)


def test_while_the_database_is_away_nothing_is_shown(desk, force, services):
    services.broken = AWAY
    assert desk.get("/feedback").status_code == 503
    assert force.get("/v1/feedback").status_code == 503


def test_who_decides_writes_what_those_who_reported_are_told(client_of, signed_in, services):
    decision = {"outcome": "early_help", "words": "Agreed.", "stand": 1, "told": f" {TOLD} "}
    path = f"/v1/alerts/{alert_id(1)}/decision"
    assert client_of(DUTY_WORKER).post(path, json=decision).status_code == 200
    assert services.asked_of("act")[-1].told == TOLD

    desk = signed_in(DUTY_WORKER)
    form = {"form_token": desk.token, "stand": 1, "words": "Why.", "told": TOLD}
    kept = desk.post(f"/alerts/{alert_id(2)}/decision", data=form)
    assert kept.status_code == 422
    assert f"{TOLD}</textarea>" in kept.text
    both = desk.post(f"/contacts/{alert_id(2)}/decision", data=form | {"alert": str(alert_id(2))})
    assert f"{TOLD}</textarea>" in both.text


def test_words_for_reporters_have_their_own_limit(client_of):
    decision = {"outcome": "early_help", "words": "Agreed.", "stand": 1}
    long = decision | {"told": "x" * (TOLD_LENGTH_MAX + 1)}
    answer = client_of(DUTY_WORKER).post(f"/v1/alerts/{alert_id(1)}/decision", json=long)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "told"
