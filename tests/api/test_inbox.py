"""The inbox and the feeds over HTTP."""

import uuid
from dataclasses import replace

import pytest

from hub.api.views import InboxFilters, InboxShows
from hub.core.alert import Severity
from hub.errors import TransientFault
from tests.api import fake_services as fake
from tests.api.conftest import DUTY_WORKER, INTEGRATION
from tests.api.fake_services import AWAY, NOW, alert_id

OPERATOR = "operator"


@pytest.fixture
def duty_worker(client_of):
    return client_of(DUTY_WORKER)


@pytest.fixture
def duty_desk(signed_in, services):
    desk = signed_in(DUTY_WORKER)
    services.asked.clear()
    return desk


def test_the_inbox_lists_what_waits_with_the_sentence_that_says_why(duty_worker):
    body = duty_worker.get("/v1/inbox").json()
    assert [alert["severity"] for alert in body["alerts"]] == ["immediate", "today", "today"]
    assert body["alerts"][1]["sentence"] == fake.THIRD_VISIT
    assert body["as_of"] == "2026-11-22T14:02:31.000Z"
    assert body["counts"] == {"waiting": 3, "acknowledged": 1, "all": 4}


def test_the_filters_reach_the_service(duty_worker, services):
    duty_worker.get("/v1/inbox?shows=all&severity=today")
    filters = InboxFilters(shows=InboxShows.ALL, severity=Severity.TODAY)
    assert services.asked == [("inbox", DUTY_WORKER, filters)]


@pytest.mark.parametrize("query", ["shows=everything", "severity=red"])
def test_an_unknown_filter_is_refused_without_repeating_it(duty_worker, services, query):
    answer = duty_worker.get(f"/v1/inbox?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == query.split("=")[0]
    assert query.split("=")[1] not in answer.text
    assert services.asked == []


def test_an_alert_says_on_what_it_rests_and_what_is_not_known(duty_worker):
    body = duty_worker.get(f"/v1/alerts/{alert_id(1)}").json()
    assert [ground["role"] for ground in body["grounds"]] == ["trigger", "context"]
    assert body["not_known"] == ["Leeds City Council's plan register is not joined."]
    assert body["informed"] == ["Leeds City Council"]


@pytest.mark.parametrize("which", [str(uuid.UUID(int=9)), "not-an-id", "1"])
def test_an_alert_that_is_not_there_or_not_ones_own_answers_404(duty_worker, which):
    answer = duty_worker.get(f"/v1/alerts/{which}")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"
    assert duty_worker.post(f"/v1/alerts/{which}/acknowledgement").status_code == 404


def test_acknowledging_is_recorded_once_and_answers_the_alert(duty_worker, services):
    body = duty_worker.post(f"/v1/alerts/{alert_id(1)}/acknowledgement").json()
    assert body["acknowledged_by"] == DUTY_WORKER
    assert ("acknowledge", DUTY_WORKER, alert_id(1)) in services.asked


def test_acknowledging_on_the_page_leads_back_to_the_inbox(duty_desk):
    form = {"form_token": duty_desk.token}
    answer = duty_desk.post(f"/alerts/{alert_id(1)}/acknowledgement", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/inbox")
    assert str(alert_id(1)) not in duty_desk.get("/inbox").text
    assert "Acknowledged by Nadia Rahman" in duty_desk.get("/inbox?shows=acknowledged").text


def test_an_empty_inbox_says_so_and_as_of_when(duty_desk, services):
    services.rows = ()
    page = duty_desk.get("/inbox").text
    assert "Nothing waits." in page
    assert "As of 14:02." in page


@pytest.mark.parametrize(("more", "said"), [(1, "1 more is not"), (120, "120 more are not")])
def test_what_the_list_has_no_room_for_is_told(duty_desk, duty_worker, services, more, said):
    services.not_shown = more
    assert duty_worker.get("/v1/inbox").json()["not_shown"] == more
    for path in ("/inbox", "/inbox/list", "/inbox?shows=all"):
        assert f"{said} shown." in duty_desk.get(path).text


def test_nothing_is_said_of_more_where_everything_is_shown(duty_desk, duty_worker):
    assert duty_worker.get("/v1/inbox").json()["not_shown"] == 0
    assert "not shown" not in duty_desk.get("/inbox").text


def test_a_list_without_room_is_not_called_empty(duty_desk, services):
    services.rows = ()
    services.not_shown = 3
    page = duty_desk.get("/inbox?shows=acknowledged").text
    assert "3 more are not shown." in page
    assert "Nothing has been acknowledged" not in page


def test_a_quiet_feed_is_named_even_when_nothing_waits(duty_desk, services):
    services.rows = ()
    services.stale_feeds = ("Leeds General Infirmary (hospital)",)
    page = duty_desk.get("/inbox").text
    assert "Not heard from lately: Leeds General Infirmary (hospital)." in page
    assert "Alerts from there may be missing." in page


def test_an_inbox_that_cannot_be_read_is_never_shown_as_empty(duty_desk, services):
    services.broken = AWAY
    page = duty_desk.get("/inbox")
    assert page.status_code == 503
    assert "We cannot show this now" in page.text
    assert "Nothing waits" not in page.text
    assert "01274 000000" in page.text


def test_an_unconfirmed_match_is_called_one(duty_desk):
    assert "Possible match, not confirmed" in duty_desk.get("/inbox").text


def test_the_page_without_scripts_reloads_itself(duty_desk):
    assert '<noscript><meta http-equiv="refresh" content="30"></noscript>' in (
        duty_desk.get("/inbox").text
    )


def test_the_version_is_read_before_the_list(duty_desk, services):
    duty_desk.get("/inbox/list")
    assert [asked[0] for asked in services.asked] == ["inbox_version", "inbox"]


def test_asking_whether_anything_changed_reads_no_list(duty_desk, services):
    assert duty_desk.get("/inbox/version").json() == {"version": "1", "asked_at": "14:02"}
    assert [asked[0] for asked in services.asked] == ["inbox_version"]


def test_an_agency_sees_its_gaps_and_refusals_with_their_reasons(client_of):
    feed = client_of(INTEGRATION).get("/v1/feeds").json()["feeds"][0]
    assert (feed["parked"], feed["refusals_total"]) == (2, 51)
    assert feed["gaps"] == [
        {"first_missing": 418, "last_missing": 420, "noticed_at": "2026-11-22T14:02:31.000Z"}
    ]
    assert feed["refusals"][0]["field"] == "PV1-44"
    assert feed["refusals"][0]["expected"].startswith("a time of arrival")


def test_the_feeds_page_says_the_same_in_words(signed_in):
    page = signed_in(INTEGRATION).get("/feeds").text
    assert "Reports 418 to 420 are missing" in page
    assert "message MSG00231" in page
    assert "Never" in page


def test_the_operator_is_shown_no_references(signed_in):
    page = signed_in(OPERATOR).get("/feeds").text
    assert "message MSG00231" not in page
    assert "51" in page


def test_without_a_feed_the_page_says_that_none_is_joined(signed_in, services):
    services.feed_views = ()
    assert "No feed of yours is joined yet." in signed_in(INTEGRATION).get("/feeds").text


def test_readiness_names_the_part_that_is_not_ready(anybody, services):
    assert anybody.get("/health/live").json() == {"live": True}
    assert anybody.get("/health/ready").status_code == 200
    part = replace(services.ready_parts[0], ready=False, sentence="It does not answer.")
    services.ready_parts = (part,)
    answer = anybody.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["parts"] == [
        {"name": "database", "ready": False, "sentence": "It does not answer."}
    ]


def test_names_and_references_are_not_in_the_repr_of_the_views():
    shown = repr(fake.ROWS) + repr(fake.FEEDS)
    assert "Ayesha" not in shown
    assert "2023" not in shown
    assert "MSG00231" not in shown
    assert isinstance(AWAY, TransientFault)
    assert NOW.tzinfo is not None
