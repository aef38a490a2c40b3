"""The children related to that of an alert, as a page and as JSON."""

from dataclasses import replace

from hub.service.relatives import RelatedTold
from tests.api.conftest import DUTY_WORKER
from tests.api.fake_services import RELATIVES, alert_id

PATH = f"/v1/alerts/{alert_id(1)}/related"


def the_page(signed_in):
    return signed_in(DUTY_WORKER).get(f"/alerts/{alert_id(1)}").text


def test_each_related_child_has_its_reasons_with_their_days_and_how_it_stands(signed_in):
    page = the_page(signed_in)
    assert "Children related to this one" in page
    assert "<b>Mira Ashworth</b>" in page
    assert "inferred by the hub), known here since 13 October 2026." in page
    assert "the same domestic-abuse incident of 24 October 2026." in page
    assert "On a Child Protection Plan." in page
    assert "1 standing alert." in page


def test_of_a_child_of_another_authority_only_that_there_is_one_is_shown(signed_in):
    page = the_page(signed_in)
    assert "Your authority is not concerned with this child" in page
    assert page.count("Possible match, not confirmed") >= 1


def test_no_plan_known_is_not_told_as_no_plan(signed_in, services):
    sister = replace(RELATIVES.children[0], plans=frozenset(), alerts=0)
    services.relatives = RelatedTold(children=(sister,))
    page = the_page(signed_in)
    assert "No plan is known here; this is no check of the registers." in page
    assert "No standing alert of yours." in page


def test_that_nobody_is_known_says_what_cannot_be_seen(signed_in, services):
    services.relatives = RelatedTold()
    assert "None is known here." in the_page(signed_in)


def test_an_address_with_too_many_children_is_said_to_be_one(signed_in, services):
    services.relatives = RelatedTold(too_many=True)
    assert "more children are told at this address" in the_page(signed_in).lower()


def test_who_may_not_know_is_shown_no_section_and_answered_as_if_there_were_none(
    signed_in, client_of, services
):
    services.related = lambda *_: None
    assert "Children related to this one" not in the_page(signed_in)
    assert client_of(DUTY_WORKER).get(PATH).status_code == 404


def test_the_same_as_json(client_of):
    told = client_of(DUTY_WORKER).get(PATH).json()
    sister, other = told["children"]
    assert (sister["name"], sister["birth_date"]) == ("Mira Ashworth", "2022-05-04")
    assert len(sister["relations"]) == 2
    assert sister["standing"] == ["On a Child Protection Plan", "1 standing alert"]
    assert (other["name"], other["confirmed_match"]) == (None, False)
    assert told["notes"] == []
