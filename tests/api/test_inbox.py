"""The inbox and the feeds over HTTP."""

import uuid
from dataclasses import replace

import pytest

from hub.api.feed_views import Alarm
from hub.api.views import ALERTS_MAX, PAGE_SIZE, InboxFilters
from hub.core.alert import Severity
from hub.errors import TransientFault
from hub.ports import InboxShows
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
    assert body["counts"] == {"waiting": 3, "acknowledged": 1, "decided": 0, "all": 4}


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


def test_an_alert_that_another_team_acts_on_has_no_button_and_is_not_acknowledged(
    duty_worker, duty_desk
):
    answer = duty_worker.post(f"/v1/alerts/{alert_id(3)}/acknowledgement")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_yours_to_acknowledge")
    inbox = duty_desk.get("/inbox").text
    assert f"/alerts/{alert_id(3)}/acknowledgement" not in inbox
    assert f"/alerts/{alert_id(1)}/acknowledgement" in inbox
    assert "Not yet acknowledged by Leeds City Council." in inbox


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


def many_rows(how_many):
    return tuple(fake.a_row(n) for n in range(1, how_many + 1))


def test_a_long_inbox_is_shown_in_pages_and_its_end_is_never_hidden(duty_desk, services):
    services.rows = many_rows(2 * PAGE_SIZE + 1)

    first, last = duty_desk.get("/inbox").text, duty_desk.get("/inbox?page=3").text

    assert first.count("data-alert=") == PAGE_SIZE
    assert last.count("data-alert=") == 1
    assert "/inbox?shows=waiting&amp;held=anyone&amp;page=2" in first
    assert "2 of 3" in first
    assert f'hub-tier__count">{2 * PAGE_SIZE + 1}<' in first
    assert "Nothing waits" not in duty_desk.get("/inbox?page=99").text


def test_a_short_inbox_has_no_pages(duty_desk):
    assert "Pages of this list" not in duty_desk.get("/inbox").text


def test_a_client_is_told_how_many_pages_there_are_and_what_is_on_others(duty_worker, services):
    services.rows = many_rows(ALERTS_MAX + 20)

    body = duty_worker.get("/v1/inbox?page=2").json()

    assert (body["page"], body["pages"], body["not_shown"]) == (2, 2, ALERTS_MAX)
    assert len(body["alerts"]) == 20


@pytest.mark.parametrize("page", ["0", "-1", "x"])
def test_a_page_that_cannot_be_is_refused(duty_worker, page):
    assert duty_worker.get(f"/v1/inbox?page={page}").status_code == 422


def test_what_changed_since_is_answered_with_what_is_gone_and_a_new_cursor(duty_worker, services):
    body = duty_worker.get("/v1/inbox?since=7.1").json()

    assert services.asked == [("inbox_changes", DUTY_WORKER, "7.1")]
    assert [alert["alert_id"] for alert in body["alerts"]] == [str(alert_id(1))]
    assert body["alerts"][0]["state"] == "standing"
    assert body["removed"] == [str(alert_id(99))]
    assert (body["cursor"], body["complete"], body["more"]) == ("1", False, False)
    assert body["as_of"] == "2026-11-22T14:02:31.000Z"


def test_a_client_may_begin_with_an_empty_cursor_or_with_the_one_of_a_list(duty_worker):
    assert duty_worker.get("/v1/inbox?since=").json()["complete"] is True
    assert duty_worker.get("/v1/inbox").json()["cursor"] == "1"


def test_what_changed_is_not_filtered(duty_worker, services):
    answer = duty_worker.get("/v1/inbox?since=1&shows=all")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "since"
    assert services.asked == []


def test_what_changed_is_refused_when_it_cannot_be_read(duty_worker, services):
    services.broken = AWAY
    answer = duty_worker.get("/v1/inbox?since=1")
    assert answer.status_code == 503
    assert "alerts" not in answer.json()


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


def test_the_list_says_from_where_to_ask_what_changed(duty_desk, services):
    assert 'data-cursor="1"' in duty_desk.get("/inbox/list").text
    assert [asked[0] for asked in services.asked] == ["inbox", "urgent_reviews"]


def test_asking_whether_anything_changed_reads_no_list(duty_desk, services):
    answer = duty_desk.get("/inbox/changed?since=1").json()
    assert answer == {"changed": False, "asked_at": "14:02"}
    assert duty_desk.get("/inbox/changed?since=0").json()["changed"] is True
    assert {asked[0] for asked in services.asked} == {"inbox_changed"}


def test_an_agency_sees_its_gaps_and_refusals_with_their_reasons(client_of):
    feed = client_of(INTEGRATION).get("/v1/feeds").json()["feeds"][0]
    assert (feed["parked"], feed["refusals_total"]) == (2, 51)
    assert feed["gaps"] == [{"first_missing": 418, "last_missing": 420}]
    assert feed["refusals"][0]["field"] == "PV1-44"
    assert feed["refusals"][0]["expected"].startswith("a time of arrival")


def test_the_feeds_page_says_the_same_in_words(signed_in):
    page = signed_in(INTEGRATION).get("/feeds").text
    assert "Reports 418 to 420 are missing" in page
    assert "message MSG00231" in page
    assert "Never" in page


def test_an_agency_sees_its_parked_reports_and_conflicts_with_their_reasons(client_of, signed_in):
    feed = client_of(INTEGRATION).get("/v1/feeds").json()["feeds"][0]
    assert (feed["conflicts"], feed["parked_overdue"]) == (1, True)
    assert [one["number"] for one in feed["parked_reports"]] == [411, None]
    assert feed["parked_reports"][0]["sentence"].startswith("The body does not open")
    page = signed_in(INTEGRATION).get("/feeds").text
    assert "The body does not open" in page
    assert "kept aside for too long" in page
    assert "In conflict with what came before" in page


def test_alarms_and_faults_of_the_hub_are_the_operators_alone(client_of, signed_in):
    told = client_of(OPERATOR).get("/v1/feeds").json()
    assert told["hub_faults"][0]["reference"].startswith("fault:offsets_removed:health:")
    assert told["alarms"][0]["count"] == 2
    assert "Kafka removed 3 positions" in signed_in(OPERATOR).get("/feeds").text

    mine = client_of(INTEGRATION).get("/v1/feeds").json()
    assert (mine["hub_faults"], mine["alarms"]) == ([], [])
    assert "Kafka removed" not in signed_in(INTEGRATION).get("/feeds").text


def test_whoever_watches_reads_the_alarms_in_counts_and_checks_are_answered(anybody):
    answer = anybody.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json()["ready"] is True
    assert answer.json()["alarms"] == [
        {
            "name": "parked_reports",
            "count": 2,
            "since": "2026-11-20T14:02:31.000Z",
            "sentence": "Reports have been parked for too long; see 'hub reports list'.",
        }
    ]


def test_whoever_watches_hears_that_no_worker_is_at_work_and_checks_are_answered(anybody, services):
    assert anybody.get("/health/workers").json()["working"] is True
    silent = Alarm(
        name="processes_silent",
        count=1,
        since=None,
        sentence="No process is at work for: reports of police ('hub worker --feed police').",
    )
    services.alarms = (*services.alarms, silent)

    answer = anybody.get("/health/workers")

    assert answer.status_code == 503
    assert [one["name"] for one in answer.json()["alarms"]] == ["processes_silent"]
    assert "--feed police" in answer.json()["alarms"][0]["sentence"]
    assert anybody.get("/health/ready").status_code == 200
    services.alarms = (replace(silent, name="not_known"),)
    assert anybody.get("/health/workers").status_code == 503
    services.alarms = ()
    assert anybody.get("/health/workers").status_code == 200
    services.ready_parts = (replace(services.ready_parts[0], ready=False, sentence="Away."),)
    assert anybody.get("/health/workers").status_code == 503


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


def test_a_name_cannot_turn_the_words_of_the_page_after_it(signed_in, services):
    """Marks of direction in an agency's text would make a birth date or a plan read otherwise."""
    name = "Mira \u202eSham\u2066\u200f"
    services.rows = (replace(services.rows[0], child_name=name), *services.rows[1:])
    page = signed_in(DUTY_WORKER).get("/inbox").text
    assert "Mira Sham" in page
    assert not set("\u202e\u2066\u200f") & set(page)
