"""The register team's page: what waits and why, and a named person's decision on it."""

import pytest

from tests.api.conftest import CLINICIAN
from tests.api.fake_services import AWAY, an_extract

REGISTER = "register-staff-e08000032"
EXTRACT = an_extract().extract_id


@pytest.fixture
def team(signed_in):
    return signed_in(REGISTER)


def decide(browser, choice="approve", reason="Checked: they have ended.", extract_id=EXTRACT):
    form = {"form_token": browser.token, "choice": choice, "reason": reason}
    return browser.post(f"/registers/{extract_id}/decision", data=form)


def test_the_list_says_what_would_close_and_who_sent_it(team):
    page = team.get("/registers").text
    assert "One extract waits" in page
    assert "Would close 14 of 412 open plans" in page
    assert "bradford-council, connector register" in page
    assert f'href="/registers/{EXTRACT}"' in page


def test_one_extract_says_why_it_waits_what_would_close_and_from_when_it_shows(team):
    page = team.get(f"/registers/{EXTRACT}").text
    assert "closes at most 8 of 412 plans by itself" in page
    assert "no longer listed since 22 November 2026" in page
    assert "show as ended from 23 November 2026" in page
    rows = page.split("<tbody>")[1].split("</tbody>")[0]
    assert rows.count("<tr>") == 4
    assert "<td>Child protection plan</td>" in rows
    assert "<td>11</td>" in rows
    assert "Not known" in rows
    assert "Sam Okafor" in page


def test_a_flawed_extract_says_that_a_plan_may_be_missing_from_it_by_mistake(team, services):
    services.extracts = (an_extract(flawed=True),)
    assert "A row of it could not be used." in team.get("/registers").text
    page = team.get(f"/registers/{EXTRACT}").text
    assert "A plan may be missing from it by mistake." in page
    assert "the register still reads incomplete" in page
    assert "by itself" not in page


@pytest.mark.parametrize(
    ("choice", "approve", "said"),
    [("approve", True, "Approved: 14 of 412 closed"), ("refuse", False, "Refused: nothing")],
)
def test_a_decision_is_recorded_with_name_and_reason_and_is_then_shown(
    team, services, choice, approve, said
):
    answer = decide(team, choice)
    assert (answer.status_code, answer.headers["location"]) == (303, "/registers")
    assert services.asked[-1] == (
        "decide_extract",
        REGISTER,
        EXTRACT,
        approve,
        "Checked: they have ended.",
    )
    page = team.get("/registers").text
    assert "No extract waits." in page
    assert said in page
    assert "Checked: they have ended." in page


@pytest.mark.parametrize("reason", ["", "   "])
def test_without_a_reason_nothing_is_decided_and_the_page_says_so(team, services, reason):
    answer = decide(team, reason=reason)
    assert answer.status_code == 422
    assert "Nothing was decided" in answer.text
    assert "Say in a few words why" in answer.text
    assert all(asked[0] != "decide_extract" for asked in services.asked)


def test_neither_choice_is_taken_for_granted(team, services):
    form = {"form_token": team.token, "reason": "Checked."}
    assert team.post(f"/registers/{EXTRACT}/decision", data=form).status_code == 422
    assert decide(team, "perhaps").status_code == 422
    assert all(asked[0] != "decide_extract" for asked in services.asked)


def test_an_extract_that_does_not_wait_for_this_council_is_not_there(team):
    assert team.get("/registers/nightly-41").status_code == 404
    assert team.get("/registers/another").status_code == 404
    assert decide(team, extract_id="another").status_code == 404
    assert decide(team).status_code == 303
    assert decide(team).status_code == 404, "a second click decides nothing"


def test_nobody_else_decides(signed_in, services):
    assert signed_in(CLINICIAN).get("/registers").status_code == 403
    assert signed_in("operator").get("/registers").status_code == 403
    assert all(asked[0] not in {"registers", "decide_extract"} for asked in services.asked)


def test_a_register_that_cannot_be_read_is_never_shown_as_empty(team, services):
    services.broken = AWAY
    page = team.get("/registers")
    assert page.status_code == 503
    assert "No extract waits" not in page.text
