"""The check over HTTP: one shape for every outcome, nothing that was typed in any error."""

import json
from datetime import date

import pytest

from hub.api.size_classes import JSON_BYTES
from hub.core.answer import ByName, CannotSay, PlanAnswer
from hub.core.identifiers import OdsCode
from hub.core.status_wording import NUMBER_REPLACED_WORDING, PUBLIC_WORDING
from hub.errors import TooManyQuestions
from tests.api import fake_services as fake
from tests.api.conftest import CLINICIAN, RECEPTION

BORN = "2023-05-03"
ALL_NUMBERS = sorted(fake.ANSWERS)


def shape(value):
    """The keys of a JSON value, all the way down; of lists only that they are lists."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    return "list" if isinstance(value, list) else "value"


@pytest.fixture
def clinician(client_of):
    return client_of(CLINICIAN)


def test_the_question_reaches_the_service_as_it_was_asked(clinician, services):
    body = {
        "nhs_number": "999-000 0018",
        "birth_date": BORN,
        "family_name": " Example ",
        "given_name": "Ayesha",
        "postcode": "bd96rj",
    }
    assert clinician.post("/v1/checks", json=body).status_code == 200
    ((name, user_id, question),) = services.asked
    assert (name, user_id) == ("check", CLINICIAN)
    assert question.nhs_number.reveal() == fake.ON_PLAN
    assert question.birth_date == date(2023, 5, 3)
    assert (question.family_name, question.given_name) == ("Example", "Ayesha")
    assert question.postcode.reveal() == "BD9 6RJ"
    assert question.site == OdsCode("RAE01")


def test_every_outcome_has_the_same_shape_and_status(clinician):
    answers = [
        clinician.post("/v1/checks", json={"nhs_number": number, "birth_date": BORN})
        for number in ALL_NUMBERS
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.json()["plan"]["answer"] for answer in answers} == set(PlanAnswer)
    shapes = [shape(answer.json()) for answer in answers]
    assert all(one == shapes[0] for one in shapes)


def test_an_answer_says_all_there_is_to_say(clinician):
    body = clinician.post(
        "/v1/checks", json={"nhs_number": fake.ON_PLAN, "birth_date": BORN}
    ).json()
    (plan,) = body["plan"]["plans"]
    assert plan["kind"] == "child_protection_plan"
    assert (plan["started_on"], plan["ended_on"]) == ("2026-02-09", None)
    assert plan["authority"] == "E08000032"
    assert body["seen_before"]["visits"] == 3
    assert body["seen_before"]["presentations"][0]["site_code"] == "RAE01"
    assert [source["agency"] for source in body["sources"]["joined"]] == ["E08000032", "RAE", "RR8"]
    assert body["sources"]["not_joined"] == []
    assert body["phones"][0]["number"] == "01274 000000"
    assert body["checked_at"] == "2026-11-22T14:02:31.000Z"
    assert body["policy_version"] == "E08000032-2026-11-01"
    assert body["audit_id"] == "4f2a91c07be3"


def test_reasons_come_with_their_public_wording(clinician):
    asked = {"nhs_number": fake.CANNOT_SAY, "birth_date": BORN}
    body = clinician.post("/v1/checks", json=asked).json()
    assert body["plan"]["reasons"][0] == {
        "code": "register_stale",
        "wording": PUBLIC_WORDING[CannotSay.REGISTER_STALE],
    }
    assert [source["agency"] for source in body["sources"]["not_joined"]] == ["E08000035"]


@pytest.mark.parametrize("missing", ["nhs_number", "birth_date"])
def test_not_knowing_a_field_is_a_question_and_leaving_it_out_is_not(clinician, missing):
    asked = {"nhs_number": fake.ON_PLAN, "birth_date": BORN, missing: None}
    assert clinician.post("/v1/checks", json=asked).json()["plan"]["answer"] == "CANNOT_SAY"
    del asked[missing]
    refused = clinician.post("/v1/checks", json=asked)
    assert refused.status_code == 422
    assert [e["field"] for e in refused.json()["errors"]] == [missing]
    assert refused.json()["errors"][0]["code"] == "missing"


BAD_FIELDS = [
    ("nhs_number", "9990000019", "check_digit"),
    ("nhs_number", "99900000", "length"),
    ("nhs_number", "9999999999", "repeated_digit"),
    ("nhs_number", 9990000018, "not_text"),
    ("birth_date", "2023-02-31", "no_such_day"),
    ("birth_date", "2023-02-29", "no_such_day"),
    ("birth_date", "2023-13-01", "no_such_day"),
    ("birth_date", "03/05/2023", "shape"),
    ("birth_date", "2026-11-23", "in_future"),
    ("birth_date", "1899-12-31", "too_early"),
    ("postcode", "NOWHERE", "shape"),
    ("postcode", "BD1-1HX", "characters"),
    ("postcode", "ZZ99 3VZ", "placeholder"),
    ("family_name", "Qzxy" * 40, "length"),
    ("family_name", "Qzxy\u0007qzxy", "characters"),
    ("given_name", ["Qzxyqzxy"], "not_text"),
]


@pytest.mark.parametrize(("field", "value", "code"), BAD_FIELDS)
def test_a_field_that_cannot_be_right_is_named_and_never_repeated(
    clinician, services, field, value, code
):
    asked = {"nhs_number": fake.ON_PLAN, "birth_date": BORN, field: value}
    answer = clinician.post("/v1/checks", json=asked)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert [(e["field"], e["code"]) for e in body["errors"]] == [(field, code)]
    given = json.dumps(value).strip('[]"')
    assert given not in answer.text
    assert services.asked == []


def test_an_unknown_field_is_refused_by_name(clinician):
    asked = {"nhs_number": fake.ON_PLAN, "birth_date": BORN, "surname": "Qzxyq"}
    answer = clinician.post("/v1/checks", json=asked)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["field"], error["code"]) == ("surname", "unknown_field")
    assert "Qzxyq" not in answer.text


def test_a_field_whose_name_is_a_persons_is_not_repeated(clinician):
    asked = {"nhs_number": fake.ON_PLAN, "birth_date": BORN, fake.PLAN_ENDED: 1, "Mia Doe": 2}
    answer = clinician.post("/v1/checks", json=asked)
    assert answer.status_code == 422
    assert fake.PLAN_ENDED not in answer.text
    assert "Mia Doe" not in answer.text


def test_a_child_in_need_is_a_fact_beside_the_answer_and_not_a_plan(clinician, signed_in):
    asked = {"nhs_number": fake.IN_NEED, "birth_date": BORN}
    body = clinician.post("/v1/checks", json=asked).json()
    assert (body["plan"]["answer"], body["plan"]["plans"]) == ("NO_PLAN_FOUND", [])
    assert [one["kind"] for one in body["in_need"]] == ["child_in_need_period"]
    page = page_of(signed_in(CLINICIAN), fake.IN_NEED).text
    assert "No plan found" in page
    assert "Child in need since" in page
    assert "which is not a plan" in page
    assert "in need" not in page_of(signed_in(RECEPTION), fake.IN_NEED).text.lower()


EXPECTED_DATES = [
    ("03/05/2023", "YYYY-MM-DD was expected"),
    ("2023-5-3", "YYYY-MM-DD was expected"),
    ("2023-02-29", "29 February comes only in leap years"),
    ("2023-04-31", "no such day in that month"),
    ("2023-00-01", "MM from 01 to 12"),
]


@pytest.mark.parametrize(("value", "expected"), EXPECTED_DATES)
def test_a_wrong_date_says_the_form_or_that_there_is_no_such_day(clinician, value, expected):
    asked = {"nhs_number": fake.ON_PLAN, "birth_date": value}
    (error,) = clinician.post("/v1/checks", json=asked).json()["errors"]
    assert expected in error["expected"]


def test_the_29_february_of_a_leap_year_is_a_date(clinician):
    asked = {"nhs_number": fake.ON_PLAN, "birth_date": "2024-02-29"}
    assert clinician.post("/v1/checks", json=asked).status_code == 200


def test_a_postcode_with_a_hyphen_is_told_how_postcodes_are_written(clinician):
    asked = {"nhs_number": fake.ON_PLAN, "birth_date": BORN, "postcode": "BD1-1HX"}
    (error,) = clinician.post("/v1/checks", json=asked).json()["errors"]
    assert "as in LS1 3EX; no hyphen" in error["expected"]


def sent(client, body, content_type="application/json"):
    return client.post("/v1/checks", content=body, headers={"Content-Type": content_type})


NOT_JSON = [b"{", b"", b"nhs_number=9990000018", b'{"nhs_number": "\xff9990000018"}', b"[" * 50_000]


@pytest.mark.parametrize("body", NOT_JSON)
def test_a_body_that_is_not_json_in_utf_8_is_refused_as_that(clinician, services, body):
    answer = sent(clinician, body)
    assert answer.status_code == 400
    assert answer.json()["code"] == "not_json"
    assert "9990000018" not in answer.text
    assert services.asked == []


@pytest.mark.parametrize("body", [b"[]", b'"9990000018"', b"null"])
def test_a_body_that_is_no_object_is_refused(clinician, body):
    answer = sent(clinician, body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "not_an_object"
    assert "9990000018" not in answer.text


@pytest.mark.parametrize("again", ["2023-05-03", "2019-01-01"])
def test_a_field_that_is_named_twice_is_refused_whatever_it_says(clinician, services, again):
    body = f'{{"nhs_number": null, "birth_date": "2023-05-03", "birth_date": "{again}"}}'
    answer = sent(clinician, body.encode())
    assert (answer.status_code, answer.json()["code"]) == (400, "field_twice")
    assert again not in answer.text
    assert services.asked == []


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_a_body_of_another_type_is_refused(clinician, services, content_type):
    answer = sent(clinician, b'{"nhs_number": null, "birth_date": null}', content_type)
    assert (answer.status_code, answer.json()["code"]) == (415, "not_of_this_type")
    assert services.asked == []


def test_a_stranger_is_told_nothing_of_the_body(anybody):
    assert sent(anybody, b"{").status_code == 401


def test_a_body_that_is_too_long_is_refused(clinician, services):
    answer = clinician.post("/v1/checks", json={"nhs_number": "9" * 70_000, "birth_date": BORN})
    assert answer.status_code == 413
    assert services.asked == []


@pytest.mark.parametrize(
    ("broken", "status"), [(fake.AWAY, 503), (RuntimeError("Ayesha Example, 9990000018"), 500)]
)
def test_a_check_that_cannot_be_audited_says_so_and_whom_to_ring(
    clinician, services, caplog, broken, status
):
    services.broken = broken
    asked = {"nhs_number": fake.ON_PLAN, "birth_date": BORN}
    answer = clinician.post("/v1/checks", json=asked)
    assert answer.status_code == status
    body = answer.json()
    assert body["code"] == "cannot_say"
    assert "We could not check" in body["detail"]
    assert body["phones"][0]["number"] == "01274 000000"
    assert "plan" not in body
    assert "Ayesha" not in answer.text + caplog.text
    assert fake.ON_PLAN not in answer.text + caplog.text
    assert body["request_id"] in caplog.text


def test_reception_is_told_one_thing_only(client_of):
    reception = client_of(RECEPTION)
    bodies = [
        reception.post("/v1/checks", json={"nhs_number": number, "birth_date": BORN}).json()
        for number in ALL_NUMBERS
    ]
    allowed = {"clinician_action_needed", "checked_at", "policy_version", "audit_id"}
    assert all(set(body) == allowed for body in bodies)
    needed = dict(zip(ALL_NUMBERS, (b["clinician_action_needed"] for b in bodies), strict=True))
    assert [number for number in ALL_NUMBERS if not needed[number]] == [
        fake.NO_PLAN,
        fake.IN_NEED,
    ]


def page_of(browser, number, **fields):
    form = {
        "form_token": browser.token,
        "nhs_number": number,
        "birth_day": "3",
        "birth_month": "5",
        "birth_year": "2023",
    }
    return browser.post("/check", data=form | fields)


def test_the_page_shows_the_child_asked_about_as_typed(signed_in):
    page = page_of(signed_in(CLINICIAN), fake.ON_PLAN)
    assert "999 000 0018" in page.text
    assert "3 May 2023 (3 years)" in page.text


def test_a_found_plan_says_when_there_may_be_more(signed_in):
    page = page_of(signed_in(CLINICIAN), fake.MORE_THAN_SHOWN).text
    assert "There may be more than is shown here." in page
    assert PUBLIC_WORDING[CannotSay.REGISTER_STALE] in page
    assert "There may be more.</b>" in page
    assert "Probably this visit, not counted" in page


def test_a_mother_and_a_baby_read_different_words_for_a_plan_made_before_birth(signed_in):
    browser = signed_in(CLINICIAN)
    assert "On a plan made before birth" in page_of(browser, fake.UNBORN).text
    mother = page_of(browser, fake.UNBORN, birth_year="1998").text
    assert "Her unborn baby is on a plan" in mother


def test_neither_the_address_nor_the_title_holds_who_was_asked_about(signed_in):
    page = page_of(signed_in(CLINICIAN), fake.ON_PLAN)
    title = page.text.split("<title>")[1].split("</title>")[0]
    assert title.split()[0] == "Answer"
    assert fake.ON_PLAN[-4:] not in title
    assert page.request.url.path == "/check"
    assert not page.request.url.query


def test_a_number_in_the_address_is_not_a_check(signed_in, services):
    page = signed_in(CLINICIAN).get("/check", params={"nhs_number": fake.ON_PLAN})
    assert fake.ON_PLAN not in page.text
    assert services.asked == []


def test_the_page_names_what_to_put_right_and_keeps_what_was_typed(signed_in, services):
    page = page_of(signed_in(CLINICIAN), "9990000019", birth_month="13", postcode="BD9 6RJ")
    assert page.status_code == 422
    assert "Its last digit does not agree with the other nine." in page.text
    assert "There is no such month" in page.text
    assert 'value="BD9 6RJ"' in page.text
    assert services.asked == []


def test_the_page_asks_for_a_date_as_its_boxes_take_it(signed_in):
    page = page_of(signed_in(CLINICIAN), fake.ON_PLAN, birth_month="May")
    assert "Day, month and year were expected, each as a number." in page.text
    assert "YYYY" not in page.text


def test_the_page_marks_the_field_that_is_needed_to_answer(signed_in):
    page = page_of(signed_in(CLINICIAN), fake.NEEDS_POSTCODE)
    assert 'id="postcode-problem">Needed to answer' in page.text


def test_reception_sees_no_answer_on_the_page(signed_in):
    browser = signed_in(RECEPTION)
    texts = {
        number: page_of(browser, number).text.replace(
            f"{number[:3]} {number[3:6]} {number[6:]}", ""
        )
        for number in ALL_NUMBERS
    }
    assert "Clinician action needed" in texts[fake.ON_PLAN]
    assert texts[fake.ON_PLAN] == texts[fake.CANNOT_SAY] == texts[fake.PLAN_ENDED]
    assert "protection plan" not in texts[fake.ON_PLAN]
    assert "Nothing for reception to do" in texts[fake.NO_PLAN]


def test_what_somebody_types_is_never_markup(signed_in):
    page = page_of(signed_in(CLINICIAN), fake.NO_PLAN, family_name='"><script>alert(1)</script>')
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert" in page.text


def test_a_page_that_cannot_be_answered_says_so_with_the_numbers(signed_in, services):
    browser = signed_in(CLINICIAN)
    services.broken = fake.AWAY
    page = page_of(browser, fake.ON_PLAN)
    assert page.status_code == 503
    assert "We could not check" in page.text
    assert "There may be a plan." in page.text
    assert "01274 000000" in page.text
    assert "No plan found" not in page.text
    assert "999 000 0018" not in page.text


BY_NAME = {
    "nhs_number": None,
    "birth_date": BORN,
    "family_name": "Example",
    "given_name": "Ayesha",
    "postcode": "BD9 6RJ",
}
SEARCHED = (ByName.NONE, ByName.ONE, ByName.NARROW_IT)


def wire(answer):
    """What somebody who sees only the encrypted stream, or the headers, could tell apart."""
    changing = {"x-request-id", "date", "set-cookie"}
    headers = {name: text for name, text in answer.headers.items() if name not in changing}
    return answer.status_code, headers, len(answer.content)


def test_none_one_and_narrow_it_look_the_same_from_outside(clinician, services):
    answers = []
    for services.by_name in SEARCHED:
        answers.append(clinician.post("/v1/checks", json=BY_NAME))
    assert [one.json()["by_name"]["answer"] for one in answers] == [s.value for s in SEARCHED]
    assert len({repr(wire(one)) for one in answers}) == 1


def test_the_pages_of_none_one_and_narrow_it_are_of_one_size(signed_in, services):
    browser = signed_in(CLINICIAN)
    form = {"birth_day": "3", "birth_month": "5", "birth_year": "2023", "family_name": "Example"}
    form |= {"given_name": "Ayesha", "postcode": "BD9 6RJ", "form_token": browser.token}
    pages = []
    for services.by_name in SEARCHED:
        pages.append(browser.post("/check", data=form))
    for page, searched in zip(pages, SEARCHED, strict=True):
        assert f'data-by-name="{searched.value}"' in page.text
    assert len({repr(wire(one)) for one in pages}) == 1


def test_every_answer_of_a_check_is_of_one_of_few_sizes(clinician):
    sizes = {
        len(clinician.post("/v1/checks", json={"nhs_number": n, "birth_date": BORN}).content)
        for n in ALL_NUMBERS
    }
    assert all(size % JSON_BYTES == 0 for size in sizes)
    assert len(sizes) <= 2


def test_reception_is_not_told_what_a_search_by_name_found(client_of, services):
    services.by_name = ByName.ONE
    body = client_of(RECEPTION).post("/v1/checks", json=BY_NAME).json()
    assert body["clinician_action_needed"] is True
    assert "by_name" not in body


def test_whoever_searches_too_often_is_told_when_to_come_back_and_whom_to_ring(
    clinician, signed_in, services
):
    browser = signed_in(CLINICIAN)
    services.broken = TooManyQuestions("this account asks too often.", retry_seconds=42)
    refused = clinician.post("/v1/checks", json=BY_NAME)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "42")
    assert refused.json()["code"] == "asked_too_often"
    assert refused.json()["phones"]
    page = browser.post("/check", data={"family_name": "Example", "form_token": browser.token})
    assert page.status_code == 429
    assert "We have not checked" in page.text
    assert "Ring now" in page.text


def test_that_the_number_asked_with_was_replaced_is_said_in_words_and_the_new_one_is_not(
    clinician, signed_in, monkeypatch
):
    answer = fake.an_answer(PlanAnswer.ON_PLAN, plans=(fake.a_plan(),), number_replaced=True)
    monkeypatch.setitem(fake.ANSWERS, fake.ON_PLAN, answer)
    asked = {"nhs_number": fake.ON_PLAN, "birth_date": BORN}
    told = clinician.post("/v1/checks", json=asked).json()["number_replaced"]
    assert told == {"answer": True, "wording": NUMBER_REPLACED_WORDING}
    browser = signed_in(CLINICIAN)
    form = {"birth_day": "3", "birth_month": "5", "birth_year": "2023", "postcode": "BD9 6RJ"}
    form |= {"nhs_number": fake.ON_PLAN, "form_token": browser.token}
    assert NUMBER_REPLACED_WORDING in browser.post("/check", data=form).text


def test_a_number_that_stands_is_not_called_replaced(clinician):
    asked = {"nhs_number": fake.ON_PLAN, "birth_date": BORN}
    told = clinician.post("/v1/checks", json=asked).json()["number_replaced"]
    assert told == {"answer": False, "wording": ""}
