"""Questions about who is who, as pages and as JSON: whose they are, what they show and hide."""

import re
from dataclasses import replace

import pytest

from hub.api.wording_review import CODE_WORDS
from hub.core.review_answer import REASONS, Action, Refusal
from hub.service.review_answers import AnswerOutcome
from tests.api import fake_reviews
from tests.api.conftest import CLINICIAN, DUTY_WORKER, REVIEWER
from tests.api.fake_services import AWAY

QUESTION = f"/reviews/{fake_reviews.review_id(1)}"


def words(page):
    return " ".join(re.sub(r"<[^>]+>", " ", page.text).split())


def test_the_queue_says_how_many_wait_and_since_when(signed_in):
    said = words(signed_in(REVIEWER).get("/reviews"))
    assert "3 wait, 2 of them urgent." in said
    assert "The oldest has waited since today, 05:02." in said
    assert "Urgent: on a Child Protection Plan" in said


def test_the_queue_as_json_counts_every_list(client_of):
    told = client_of(REVIEWER).get("/v1/reviews").json()
    assert told["counts"] == {"waiting": 3, "second": 1, "set_aside": 0, "ended": 0}
    assert (told["urgent"], told["page"], told["pages"]) == (2, 1, 1)
    assert told["questions"][0]["id"] == str(fake_reviews.review_id(1))
    assert told["questions"][0]["children"][0]["birth_date"] == "2021-05-04"


def test_a_client_may_ask_for_the_urgent_questions_of_one_list(client_of):
    client = client_of(REVIEWER)
    asked = client.get("/v1/reviews?shows=second&urgent=true&page=1")
    assert asked.status_code == 200
    assert asked.json()["counts"]["second"] == 1
    refused = client.get("/v1/reviews?urgently=true")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["expected"].endswith("there are: page, shows, urgent.")


def test_a_question_has_no_name_in_its_title_or_address(signed_in):
    browser = signed_in(REVIEWER)
    for address in ("/reviews", QUESTION):
        page = browser.get(address)
        title = re.search(r"<title>(.*?)</title>", page.text)[1]
        assert "Ashworth" not in title
        assert "Ashworth" in page.text
        links = re.findall(r'(?:href|action)="([^"]*)"', page.text)
        assert [one for one in links if "Ashworth" in one or "2021" in one] == []


def test_differences_are_marked_in_words_and_shape(signed_in):
    page = signed_in(REVIEWER).get(QUESTION)
    row = page.text.split("hub-pair__row--against")[1].split("</tr>")[0]
    assert "<b>Differs</b>" in row
    assert "hub-shape" in row
    assert "Speaks clearly against one child (-4)." in row


def test_of_a_shielded_child_no_place_is_on_the_page(signed_in, services):
    services.reviews.changes = fake_reviews.SHIELDED
    said = words(signed_in(REVIEWER).get(QUESTION))
    assert "Where a child is must not be known." in said
    assert "Loom Street" not in said
    assert "BD1" not in said


def test_a_question_as_json_holds_what_the_page_shows(client_of):
    told = client_of(REVIEWER).get(f"/v1{QUESTION}").json()
    assert told["chance"] == "Likely one child (0.89)"
    assert told["stand"] == "stand-1"
    assert [one["field"] for one in told["fields"]][:2] == ["Given names", "Family name"]
    assert told["events_total"] == [1, 10]
    assert told["next_id"] == str(fake_reviews.review_id(2))


@pytest.mark.parametrize("path", [f"/v1{QUESTION[:-1]}7", "/v1/reviews/bogus"])
def test_one_of_another_desk_is_not_there(client_of, path):
    assert client_of(REVIEWER).get(path).status_code == 404


def test_a_question_that_cannot_be_read_is_no_empty_page(signed_in, client_of, services):
    browser, client = signed_in(REVIEWER), client_of(REVIEWER)
    services.broken = AWAY
    assert browser.get("/reviews").status_code == 503
    assert client.get("/v1/reviews").status_code == 503


def test_an_alert_that_is_not_confirmed_leads_to_its_question(signed_in, client_of, services):
    row = services.rows[2]
    page = signed_in(DUTY_WORKER).get(f"/alerts/{row.alert_id}")
    assert "Possible match, not confirmed" in page.text
    assert f'href="{QUESTION}"' in page.text
    told = client_of(DUTY_WORKER).get(f"/v1/alerts/{row.alert_id}").json()
    assert told["questions"] == [str(fake_reviews.review_id(1))]
    assert told["child"]["match_confirmed"] is False


def test_an_alert_that_is_confirmed_asks_nothing(client_of, services):
    told = client_of(DUTY_WORKER).get(f"/v1/alerts/{services.rows[0].alert_id}").json()
    assert told["questions"] == []
    assert "reviews_about" not in {name for name, *_ in services.asked}


def test_a_clinician_has_no_queue(signed_in):
    assert signed_in(CLINICIAN).get("/reviews").status_code == 403


# ------------------------------------------------------------------ answers


def form(**changes):
    given = {
        "answer": "different",
        "stand": "stand-1",
        "reason": "twins",
        "words": "Rang the ward: two girls.",
    }
    return {**given, **changes}


def post(browser, **changes):
    return browser.post(f"{QUESTION}/answer", data={"form_token": browser.token, **form(**changes)})


def given(services):
    return [told[3] for told in services.asked if told[0] == "answer_review"]


def test_an_answer_is_recorded_and_the_question_shown_as_it_stands(signed_in, services):
    browser = signed_in(REVIEWER)
    answer = post(browser)
    assert (answer.status_code, answer.headers["location"]) == (303, QUESTION)
    (said,) = given(services)
    assert (said.action, said.code, said.stand) == (Action.DIFFERENT, "twins", "stand-1")
    assert "Nothing is held back meanwhile" not in words(page := browser.get(QUESTION))
    assert "Decided: different children" in words(page)


def test_a_form_of_another_session_answers_nothing(signed_in, services):
    browser = signed_in(REVIEWER)
    browser.token = browser.token[::-1]
    assert post(browser).status_code == 403
    assert given(services) == []


def test_without_an_answer_chosen_the_page_says_so_and_keeps_the_words(signed_in, services):
    browser = signed_in(REVIEWER)
    data = {"form_token": browser.token, "stand": "stand-1", "words": "Half a thought."}
    page = browser.post(f"{QUESTION}/answer", data=data)
    assert page.status_code == 422
    assert "Choose an answer." in words(page)
    assert "Half a thought." in page.text
    assert page.text.count("<title>Error: ") == 1
    assert given(services) == []


def test_without_a_reason_nothing_is_recorded_and_what_was_chosen_stays(signed_in):
    page = post(signed_in(REVIEWER), reason="")
    assert page.status_code == 422
    assert "Nothing was recorded." in words(page)
    assert re.search(r'value="different"\s+checked', page.text)
    assert "Rang the ward: two girls." in page.text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reason": ""}, "Choose a reason."),
        ({"answer": "same"}, "The reason belongs to another answer."),
        ({"words": ""}, "Say in a few words why."),
        ({"answer": "refuse", "reason": "", "words": ""}, "Say in a few words why."),
    ],
)
def test_what_is_said_is_what_the_form_lacks(signed_in, changes, said):
    page = post(signed_in(REVIEWER), **changes)
    assert page.status_code == 422
    assert said in words(page)


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"answer": ""}, ["answer"]),
        ({"reason": ""}, ["reason"]),
        ({"words": " "}, ["words"]),
        ({"reason": "", "words": ""}, ["reason", "words"]),
    ],
)
def test_what_is_wrong_is_marked_where_it_is_and_nowhere_else(signed_in, changes, fields):
    page = post(signed_in(REVIEWER), **changes)
    assert page.status_code == 422
    marked = [name for name in ("answer", "reason", "words") if f'id="{name}-problem"' in page.text]
    assert marked == fields
    assert page.text.count("hub-field--wrong") == len(fields)
    summary = page.text.split("nhsuk-error-summary", 1)[1].split("</ul>")[0]
    places = {"answer": "#choice-same", "reason": "#answer-reason", "words": "#answer-words"}
    assert re.findall(r'href="(#[^"]+)"', summary) == [places[name] for name in fields]


def test_what_was_typed_goes_into_no_other_question_that_stands_there_now(signed_in, services):
    services.reviews.outcome = AnswerOutcome.STALE
    services.reviews.changes = {**fake_reviews.PROPOSED, "may_answer": False}
    services.reviews.rows = (
        replace(services.reviews.rows[2], review_id=fake_reviews.review_id(1)),
    )
    page = post(signed_in(REVIEWER))
    assert page.status_code == 409
    assert "Why, if you do not confirm it" in words(page)
    assert re.search(r"<textarea[^>]*></textarea>", page.text)
    assert "You had written: Rang the ward: two girls." in words(page)


def test_without_an_answer_on_a_form_that_is_gone_what_stands_now_is_said(signed_in, services):
    services.reviews.changes = {"may_answer": False, "may_take_back": True}
    browser = signed_in(REVIEWER)
    data = {"form_token": browser.token, "stand": "stand-1", "words": "Half a thought."}
    page = browser.post(f"{QUESTION}/answer", data=data)
    assert page.status_code == 409
    assert "Something has changed" in words(page)
    assert "You had written: Half a thought." in words(page)


def test_what_same_puts_together_is_said_before_it_is_said(signed_in, client_of):
    said = words(signed_in(REVIEWER).get(QUESTION))
    before = said.split("Record the answer")[0]
    assert "&#34;Same&#34; puts together" in before.replace('"', "&#34;")
    assert "Child A: 2 records" in before
    assert "10 visits to A&amp;E; 1 standing alert." in before
    told = client_of(REVIEWER).get(f"/v1{QUESTION}").json()
    assert len(told["puts_together"]) == 2


def test_the_list_of_what_has_ended_says_what_was_decided_and_by_whom(signed_in, services):
    settled = fake_reviews.a_question(
        5,
        state="withdrawn",
        state_words="Settled by itself",
        outcome="Settled by itself: both records are one child's by now",
    )
    services.reviews.rows = (fake_reviews.DECIDED, settled)
    said = words(signed_in(REVIEWER).get("/reviews?shows=ended"))
    assert "Decided: same child , today" in said
    assert "Grace Holdsworth and" in said
    assert "both records are one child&#39;s by now" in said


def test_who_looks_at_a_question_is_said_to_everybody_and_keeps_nobody_out(signed_in, services):
    browser = signed_in(REVIEWER)
    token = {"form_token": browser.token}
    taken = browser.post(f"{QUESTION}/claim", data=token)
    assert (taken.status_code, taken.headers["location"]) == (303, QUESTION)
    assert "You look at this since today, 14:02." in words(browser.get(QUESTION))
    other = signed_in("second-identity-reviewer-e08000032")
    assert "Grace Holdsworth looks at it since today" in words(other.get("/reviews"))
    assert "Record the answer" in words(other.get(QUESTION))
    assert browser.post(f"{QUESTION}/release", data=token).headers["location"] == "/reviews"
    assert "looks at it" not in words(other.get("/reviews"))


def test_who_looks_at_a_question_is_noted_by_json(client_of):
    client = client_of(REVIEWER)
    told = client.post(f"/v1{QUESTION}/claim").json()
    assert (told["claimed_by"], told["claimed_at"]) == (REVIEWER, "2026-11-22T14:02:31.000Z")
    assert client.post(f"/v1{QUESTION}/release").json()["claimed_by"] is None
    assert client.post(f"/v1/reviews/{fake_reviews.review_id(99)}/claim").status_code == 404


def test_a_row_of_the_inbox_that_is_not_confirmed_leads_to_its_question(signed_in, services):
    row = services.rows[2]
    browser = signed_in(DUTY_WORKER)
    page = browser.get("/inbox").text
    assert page.count("/question") == sum(not one.confirmed_match for one in services.rows)
    assert f'href="/alerts/{row.alert_id}/question"' in page
    assert browser.get(f"/alerts/{row.alert_id}/question").headers["location"] == QUESTION


def test_of_several_questions_the_alert_lists_them(signed_in, services):
    alert = f"/alerts/{services.rows[2].alert_id}"
    services.reviews.about = lambda *_: ()
    assert signed_in(DUTY_WORKER).get(f"{alert}/question").headers["location"] == alert


def test_a_form_made_before_something_changed_shows_what_stands_now(signed_in, services):
    services.reviews.outcome = AnswerOutcome.STALE
    page = post(signed_in(REVIEWER))
    assert page.status_code == 409
    assert "Something has changed since you opened this page." in words(page)
    assert "Rang the ward: two girls." in page.text


def test_nobody_confirms_their_own_word_on_the_page_or_by_json(signed_in, client_of, services):
    services.reviews.outcome, services.reviews.refusal = AnswerOutcome.REFUSED, Refusal.OWN
    page = post(signed_in(REVIEWER), answer="confirm")
    assert page.status_code == 403
    assert "signing in again does not make you a second person" in words(page)
    body = {"answer": "confirm", "stand": "stand-1"}
    told = client_of(REVIEWER).post(f"/v1{QUESTION}/answer", json=body)
    assert (told.status_code, told.json()["code"]) == (403, "own_answer")


def test_a_second_person_sees_what_the_first_says_and_why(signed_in, services):
    row = services.reviews.rows[2]
    services.reviews.changes = fake_reviews.PROPOSED
    said = words(signed_in("second-identity-reviewer-e08000032").get(f"/reviews/{row.review_id}"))
    assert "Grace Holdsworth says: same child" in said
    assert "An agency was asked and confirms it. Rang the ward." in said
    assert "I do not confirm it" in said


def test_the_first_is_offered_no_confirmation(signed_in, services):
    row = services.reviews.rows[2]
    services.reviews.changes = fake_reviews.OWN
    said = words(signed_in(REVIEWER).get(f"/reviews/{row.review_id}"))
    assert "It waits for a second person" in said
    assert "I confirm" not in said


def test_an_answer_by_json_is_the_question_as_it_stands_then(client_of, services):
    told = client_of(REVIEWER).post(f"/v1{QUESTION}/answer", json=form())
    assert told.status_code == 200
    assert told.json()["id"] == str(fake_reviews.review_id(1))
    assert given(services)[0].words == "Rang the ward: two girls."


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"reason": None}, 422, "unusable_fields"),
        ({"answer": "maybe"}, 422, "unusable_fields"),
        ({"extra": 1}, 422, "unusable_fields"),
    ],
)
def test_a_json_answer_that_cannot_be_used_is_refused_by_its_field(
    client_of, services, changes, status, code
):
    told = client_of(REVIEWER).post(f"/v1{QUESTION}/answer", json=form(**changes))
    assert (told.status_code, told.json()["code"]) == (status, code)
    assert told.json()["errors"]


@pytest.mark.parametrize(
    ("outcome", "refusal", "code"),
    [
        (AnswerOutcome.STALE, None, "stale"),
        (AnswerOutcome.REFUSED, Refusal.NOT_OPEN, "not_open"),
        (AnswerOutcome.REFUSED, Refusal.ANSWERED, "answered"),
        (AnswerOutcome.CONTRADICTS, None, "contradicts"),
    ],
)
def test_what_has_changed_meanwhile_is_a_conflict(client_of, services, outcome, refusal, code):
    services.reviews.outcome, services.reviews.refusal = outcome, refusal
    told = client_of(REVIEWER).post(f"/v1{QUESTION}/answer", json=form())
    assert (told.status_code, told.json()["code"]) == (409, code)


def test_of_another_desk_nothing_is_answered(client_of):
    address = f"/v1/reviews/{fake_reviews.review_id(99)}/answer"
    assert client_of(REVIEWER).post(address, json=form()).status_code == 404


def test_every_reason_of_the_list_has_words():
    assert {code for codes in REASONS.values() for code in codes} == set(CODE_WORDS)
