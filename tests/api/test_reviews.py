"""Questions about who is who, as pages and as JSON: whose they are, what they show and hide."""

import re

import pytest

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
