"""Notices as pages and as JSON: what is shown, what may be answered, and that nobody is named."""

from dataclasses import replace
from uuid import UUID

import pytest

from hub.service.notice_answers import NoticeAnswer
from tests.api.conftest import DUTY_WORKER, POLICE_DESK, SCHOOL_LEAD
from tests.api.fake_services import AWAY, a_notice

LATE, ASKS, AT_COUNCIL, GONE = (f"/notices/{a_notice(n).notice_id}" for n in range(1, 5))


@pytest.fixture
def lead(signed_in):
    return signed_in(SCHOOL_LEAD)


def answer(browser, path, given, **more):
    data = {"answer": given, "form_token": browser.token, **more}
    return browser.post(f"{path}/answer", data=data)


def test_the_lead_signs_in_to_the_notices(lead):
    page = lead.get("/notices").text
    assert "Notices for Made-up Primary School" in page
    assert "One notice is late" in page
    assert "Mira Ashworth" in page


def test_a_notice_says_what_it_may_and_whom_to_ask(lead):
    page = lead.get(LATE).text
    for told in ("13260704/26", "At home", "Do not tell the family", "tel:01632960913"):
        assert told in page


def test_a_school_that_is_asked_is_told_nothing_else(lead):
    page = lead.get(ASKS).text
    assert "Is this child on your roll?" in page
    for told in ("incident", "abuse", "West Yorkshire", "happened"):
        assert told not in page.split("<main")[1].split("</main>")[0]


def test_no_title_and_no_address_names_a_child(lead):
    for path in ("/notices", LATE, ASKS, GONE):
        page = lead.get(path).text
        assert "Ashworth" not in page.split("<title>")[1].split("</title>")[0]
        assert "ashworth" not in path


def test_acknowledging_leads_back_to_the_list(lead, services):
    answered = answer(lead, LATE, "acknowledge")
    assert (answered.status_code, answered.headers["location"]) == (303, "/notices")
    assert services.asked[-1][3] is NoticeAnswer.ACKNOWLEDGE


def test_yes_leads_to_the_notice_itself(lead):
    assert answer(lead, ASKS, "on_roll").headers["location"] == ASKS


def test_an_answer_that_is_not_open_is_refused(lead):
    assert answer(lead, GONE, "acknowledge").status_code == 409
    assert answer(lead, ASKS, "acknowledge").status_code == 409


def test_an_answer_needs_the_form_of_this_session(lead, services):
    refused = lead.post(f"{LATE}/answer", data={"answer": "acknowledge"})
    assert refused.status_code == 403
    assert all(asked[0] != "answer_notice" for asked in services.asked)


def test_a_council_names_a_school_of_the_list(signed_in, services):
    duty = signed_in(DUTY_WORKER)
    assert answer(duty, AT_COUNCIL, "school").status_code == 422
    assert answer(duty, AT_COUNCIL, "school", school="107201").status_code == 303
    assert services.asked[-1][4].reveal() == "107201"


def test_a_client_reads_and_answers(client_of):
    client = client_of(POLICE_DESK)
    listed = client.get("/v1/notices").json()
    first = listed["notices"][0]
    assert first["state"] == "waiting"
    assert listed["as_of"].endswith("+00:00")
    told = client.get(f"/v1/notices/{first['id']}").json()
    assert told == first
    taken = client.post(f"/v1/notices/{first['id']}/answer", json={"answer": "acknowledge"})
    assert taken.json() == {"recorded": True}
    assert client.get(f"/v1/notices/{first['id']}").json()["state"] == "acknowledged"


def test_states_are_told_apart_in_json(client_of):
    listed = client_of(SCHOOL_LEAD).get("/v1/notices").json()["notices"]
    assert [one["state"] for one in listed] == ["waiting", "asks", "waiting", "ended"]


@pytest.mark.parametrize(
    "body",
    [{}, {"answer": "perhaps"}, {"answer": "acknowledge", "by": "me"}, {"answer": "school"}],
)
def test_an_answer_that_says_something_else_is_refused(client_of, body):
    assert client_of(SCHOOL_LEAD).post(f"/v1{LATE}/answer", json=body).status_code == 422


def test_what_is_not_there_is_not_there(lead, client_of):
    nothing = "/notices/00000000-0000-0000-0000-000000000007"
    assert lead.get(nothing).status_code == 404
    assert answer(lead, nothing, "acknowledge").status_code == 404
    assert client_of(SCHOOL_LEAD).get(f"/v1{nothing}").status_code == 404


def test_while_the_database_is_away_nothing_is_shown(lead, services):
    services.broken = AWAY
    page = lead.get("/notices")
    assert page.status_code == 503
    assert "Ashworth" not in page.text


def test_the_json_for_a_school_that_is_asked_names_no_force(client_of):
    lead = client_of(SCHOOL_LEAD)
    asked = lead.get(f"/v1{ASKS}").json()
    assert asked["state"] == "asks"
    assert asked["force"] is None
    assert lead.get(f"/v1{LATE}").json()["force"]["number"] == "01632 960913"


def test_a_long_list_is_told_in_pages_with_how_many_there_are(lead, services, client_of):
    services.school_notices = tuple(
        replace(services.school_notices[0], notice_id=UUID(int=number)) for number in range(120)
    )

    page = lead.get("/notices?page=2").text
    told = client_of(SCHOOL_LEAD).get("/v1/notices?page=3").json()

    assert "120 notices in all, 3 pages." in page
    assert "/notices?page=1" in page
    assert "/notices?page=3" in page
    assert (len(told["notices"]), told["total"], told["page"], told["pages"]) == (20, 120, 3, 3)


def test_notices_that_cannot_be_read_are_told_and_never_read_as_none(lead, services, client_of):
    services.school_notices, services.unreadable_notices = (), 2

    page = lead.get("/notices").text

    assert "2 notices could not be read." in page
    assert "No notice waits, as far as they could be read." in page
    assert client_of(SCHOOL_LEAD).get("/v1/notices").json()["unreadable"] == 2
