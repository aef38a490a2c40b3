"""That an answer has changed is shown where it was given, and nothing of whom or what it says."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest

from hub.ports import AnswerChanged
from tests.api.conftest import CLINICIAN
from tests.api.fake_services import NOW

CHANGED = AnswerChanged(
    changed_id=uuid.UUID(int=0xC4),
    audit_id=uuid.UUID(int=0xA0D17),
    organisation="RAE01",
    role="ed_clinician",
    asked_by=CLINICIAN,
    asked_at=NOW - timedelta(days=19),
    part="plan",
    told_at=NOW,
)
SEEN = f"/check/changed/{CHANGED.changed_id}/acknowledgement"


@pytest.fixture
def clinician(services, signed_in):
    services.changed = (CHANGED,)
    return signed_in(CLINICIAN)


def test_the_page_says_when_the_answer_was_given_and_to_whom(clinician):
    page = clinician.get("/check").text
    assert "3 November 2026" in page
    assert "14:02" in page
    assert "Dr Amara Nwosu" in page
    assert "Ask again about this child" in page


def test_neither_page_nor_json_says_which_part_has_changed(clinician, client_of):
    assert CHANGED.part not in clinician.get("/check").text.partition("changed-heading")[2][:900]
    told = client_of(CLINICIAN).get("/v1/checks/changed").json()
    assert told == {
        "changed": [
            {
                "id": str(CHANGED.changed_id),
                "asked_at": CHANGED.asked_at.isoformat(),
                "asked_by": CLINICIAN,
                "audit_id": str(CHANGED.audit_id),
                "told_at": NOW.isoformat(),
            }
        ]
    }


def test_without_a_change_the_page_says_nothing_of_it(signed_in):
    assert "has changed" not in signed_in(CLINICIAN).get("/check").text


def test_an_answer_leaves_no_room_for_what_has_changed(clinician):
    """The answer belongs on the first screen; the empty form says the rest."""
    form = {"form_token": clinician.token, "nhs_number": "9990000018", "birth_day": "4"}
    page = clinician.post("/check", data=form | {"birth_month": "5", "birth_year": "2021"})
    assert "changed-heading" not in page.text


def test_somebody_says_that_it_has_been_seen(clinician, services):
    answer = clinician.post(SEEN, data={"form_token": clinician.token})
    assert (answer.status_code, answer.headers["location"]) == (303, "/check")
    assert ("acknowledge_changed", CLINICIAN, CHANGED.changed_id) in services.asked


def test_one_of_others_is_not_found(clinician, services):
    services.changed = (replace(CHANGED, changed_id=uuid.UUID(int=5)),)
    assert clinician.post(SEEN, data={"form_token": clinician.token}).status_code == 404


def test_a_check_can_be_begun_when_it_cannot_be_looked_up(services, signed_in):
    services.cannot_look_up = True
    page = signed_in(CLINICIAN).get("/check")
    assert page.status_code == 200
    assert "could not be looked up" in page.text
    assert 'name="nhs_number"' in page.text
