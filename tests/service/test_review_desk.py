"""The desk of questions over a real PostgreSQL: whose they are, what is shown, and its audit."""

from dataclasses import replace

import pytest

from hub.adapters.identity_reference import shipped_matching
from hub.adapters.store.reviews import PostgresReviews
from hub.api.reviews_shown import ReviewsShown
from hub.api.users import DEMO_USERS_BY_ID
from hub.core.disclosure import Role
from hub.core.identifiers import GssCode
from hub.core.review_pair import PairField, Tells
from hub.ports.review import ReviewsWanted
from hub.service.asker import Asker
from hub.service.review_desk import ReviewDesk
from hub.service.reviewing import Reviewing
from hub.service.triage import Triage
from tests.service.laboratory import BRADFORD, LEEDS, a_child, a_plan, an_attendance
from tests.service.test_triage import DUTY, Unheard, surroundings

pytestmark = pytest.mark.stack

REVIEWER = Asker(
    user_id="grace", role=Role.IDENTITY_REVIEWER, organisation=BRADFORD, authority=GssCode(BRADFORD)
)
OF_LEEDS = replace(REVIEWER, user_id="adaeze", organisation=LEEDS, authority=GssCode(LEEDS))
CLINICIAN = Asker(user_id="amara", role=Role.ED_CLINICIAN, organisation="RAE01")
GRACE = DEMO_USERS_BY_ID["identity-reviewer-e08000032"]
WANTED = ReviewsWanted()


@pytest.fixture
def reviews(laboratory):
    return PostgresReviews(laboratory.store, laboratory.keys.sealer)


@pytest.fixture
def desk(laboratory, reviews):
    return ReviewDesk(surroundings(laboratory), reviews, shipped_matching())


def a_question(laboratory, reviews, *, plan=True, **changes):
    """A child on the register, and a visit that is possibly its own; answers the question's id."""
    first = (
        laboratory.extract(laboratory.council, a_plan())
        if plan
        else [laboratory.says(laboratory.other_hospital, an_attendance(site="RR801"))]
    )
    laboratory.receive(first)
    seen = a_child(local_id="H9", nhs_number=None, given_names=("Oriel",))
    visit = an_attendance("V9", child=seen, **changes)
    laboratory.receive([laboratory.says(laboratory.hospital, visit)])
    look(laboratory, reviews)
    return laboratory.one("SELECT review_id FROM identity_review")


def look(laboratory, reviews):
    Reviewing(
        store=reviews,
        policies=laboratory.policies,
        places=laboratory.places,
        matching=shipped_matching(),
        clock=laboratory.clock,
    )()


def audited(laboratory):
    return laboratory.rows(
        "SELECT actor, action, outcome, cardinality(subjects), fields FROM audit_leaf"
        " ORDER BY at, audit_id"
    )


def test_its_reviewer_sees_both_children_side_by_side_and_that_is_audited(
    laboratory, reviews, desk
):
    review_id = a_question(laboratory, reviews)

    (listed,) = desk.listed(REVIEWER, WANTED).items
    item = desk.one(REVIEWER, review_id)

    assert {side.name for side in listed.sides} == {"Mira Ashworth", "Oriel Ashworth"}
    told = {row.name: row for row in item.pair.rows}
    assert told[PairField.FAMILY].tells is Tells.FOR
    assert told[PairField.GIVEN].tells is Tells.AGAINST
    assert 0.02 < item.pair.chance < 0.999
    assert item.plan
    assert not item.together
    kinds = {one.kind.value for side in item.waits for one in side}
    assert kinds == {"emergency_attendance", "child_protection_plan"}
    queue, look = audited(laboratory)
    assert queue == ("grace", "review queue", "1 questions", 2, ["child_name"])
    assert look[:4] == ("grace", "review", f"{review_id}: shown", 2)
    assert look[4] == [row.name.value for row in item.pair.rows]


def test_nobody_of_another_desk_or_role_sees_it_and_that_is_audited_too(laboratory, reviews, desk):
    review_id = a_question(laboratory, reviews)

    assert desk.one(OF_LEEDS, review_id) is None
    assert desk.one(CLINICIAN, review_id) is None
    assert desk.listed(OF_LEEDS, WANTED).items == ()
    assert desk.listed(CLINICIAN, WANTED) is None
    assert {outcome for _, _, outcome, _, _ in audited(laboratory)} == {
        f"{review_id}: none",
        "0 questions",
    }


def test_the_duty_team_sees_an_urgent_one_and_is_told_how_many_wait(laboratory, reviews, desk):
    review_id = a_question(laboratory, reviews)

    assert desk.urgent(DUTY).count == 1
    assert desk.one(DUTY, review_id) is not None
    assert [one.row.review_id for one in desk.listed(DUTY, WANTED).items] == [review_id]


def test_the_duty_team_is_not_shown_what_can_wait_for_the_matching_team(laboratory, reviews, desk):
    review_id = a_question(laboratory, reviews, plan=False)

    assert desk.urgent(DUTY).count == 0
    assert desk.one(DUTY, review_id) is None
    assert desk.listed(DUTY, WANTED).items == ()
    assert desk.one(REVIEWER, review_id) is not None


def test_of_a_shielded_child_neither_home_nor_agency_nor_chance_is_shown(laboratory, reviews, desk):
    review_id = a_question(laboratory, reviews, shielded=True)

    item = desk.one(REVIEWER, review_id)

    assert item.listed.shielded
    assert item.pair.chance is None
    told = {row.name: row for row in item.pair.rows}
    assert told[PairField.HOME].tells is Tells.WITHHELD
    assert "BD1" not in repr([said.text for row in item.pair.rows for said in row.one + row.other])
    assert {one.agency for side in item.waits for one in side} == {""}


def test_an_alert_that_is_possibly_of_a_child_leads_to_the_question(laboratory, reviews, desk):
    review_id = a_question(laboratory, reviews)
    seen = a_child(local_id="H9", nhs_number=None, given_names=("Oriel",))
    visits = [an_attendance(f"V{n}", child=seen, days_ago=20 * n) for n in range(4)]
    laboratory.receive([laboratory.says(laboratory.hospital, *visits)])
    alert_id = laboratory.one("SELECT alert_id FROM alert WHERE rule = 'repeat_attendance'")

    assert Triage(surroundings(laboratory), Unheard()).alert(DUTY, alert_id).confirmed is False
    assert desk.about(DUTY, alert_id) == (review_id,)
    assert desk.about(REVIEWER, alert_id) == (review_id,)
    assert desk.about(OF_LEEDS, alert_id) == desk.about(CLINICIAN, alert_id) == ()


def test_who_reads_several_desks_opens_a_question_at_the_desk_whose_it_is(
    laboratory, reviews, desk
):
    review_id = a_question(laboratory, reviews)
    seen = a_child(local_id="H9", nhs_number=None, given_names=("Oriel",))
    visits = [an_attendance(f"V{n}", child=seen, days_ago=20 * n) for n in range(4)]
    laboratory.receive([laboratory.says(laboratory.hospital, *visits)])
    page = ReviewsShown(surroundings(laboratory), desk, None)
    leeds = replace(
        DEMO_USERS_BY_ID["duty-worker-e08000035"], desks=(GssCode(BRADFORD), GssCode(LEEDS))
    )

    assert page.urgent(leeds).count == 1
    assert page.urgent(replace(leeds, desks=())).count == 0
    assert page.about(leeds, laboratory.one("SELECT alert_id FROM alert")) == (review_id,)
    assert page.one(leeds, review_id) is not None
    assert page.one(replace(leeds, desks=(GssCode(LEEDS),)), review_id) is None
    assert laboratory.rows(
        "SELECT organisation, cardinality(subjects) > 0 FROM audit_leaf ORDER BY audit_id"
    ) == [(BRADFORD, True), (LEEDS, False)]


def test_the_page_words_what_the_desk_tells(laboratory, reviews, desk):
    review_id = a_question(laboratory, reviews)
    shown = ReviewsShown(surroundings(laboratory), desk, None)

    view = shown.one(GRACE, review_id)

    assert view.row.urgent == ("on a Child Protection Plan",)
    assert view.desks == ("Bradford",)
    family = next(row for row in view.pair if row.label == "Family name")
    assert family.mark == "Agrees"
    assert {source for said in (*family.one, *family.other) for source in said.sources} == {
        "Bradford children's social care, 22 November 2026",
        "Bradford Teaching Hospitals, day not known",
    }
    assert view.steps[0].words == "Asked, since matching is not sure"
    assert shown.listed(GRACE, WANTED).counts["waiting"] == 1
    assert shown.urgent(GRACE).count == 1
