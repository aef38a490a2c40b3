"""The inbox over a real PostgreSQL: who sees which alert, and what stays after it comes back."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest

from hub.adapters.store.questions import PostgresQuestions
from hub.core.alert import AlertState
from hub.core.disclosure import Role, Standing
from hub.core.event import EventState
from hub.core.identifiers import GssCode
from hub.service.asker import Asker, Surroundings
from hub.service.triage import Triage
from tests.service.laboratory import BRADFORD, LEEDS, NOW, a_child, a_plan, an_attendance

pytestmark = pytest.mark.stack

DUTY = Asker(
    user_id="duty", role=Role.DUTY_WORKER, organisation=BRADFORD, authority=GssCode(BRADFORD)
)
ELSEWHERE = replace(DUTY, organisation=LEEDS, authority=GssCode(LEEDS))
OPERATOR = Asker(user_id="operator", role=Role.HUB_OPERATOR, organisation="HUB")


@pytest.fixture
def triage(laboratory):
    ids = (uuid.UUID(int=number) for number in range(1, 1000))
    return Triage(
        Surroundings(
            questions=PostgresQuestions(
                laboratory.store, laboratory.keys.sealer, laboratory.keys.identity
            ),
            policies=laboratory.policies,
            places=laboratory.places,
            clock=laboratory.clock,
            new_id=lambda: next(ids),
        )
    )


def a_match(laboratory):
    laboratory.receive(
        [
            *laboratory.extract(laboratory.council, a_plan()),
            laboratory.says(laboratory.hospital, an_attendance()),
        ]
    )


def test_the_duty_worker_of_the_owner_sees_why_and_about_whom(laboratory, triage):
    a_match(laboratory)

    (item,), _ = triage.inbox(DUTY)

    assert item.disclosed.standing is Standing.OWNER
    assert item.child_name == "Mira Ashworth"
    assert item.child_label == "Child, 5 years"
    assert item.confirmed
    assert "Ashworth" not in item.disclosed.alert.sentence


def test_a_duty_worker_of_an_authority_not_concerned_sees_nothing(laboratory, triage):
    a_match(laboratory)
    alert_id = laboratory.one("SELECT alert_id FROM alert")

    assert triage.inbox(ELSEWHERE)[0] == ()
    assert triage.alert(ELSEWHERE, alert_id) is None
    assert triage.acknowledge(ELSEWHERE, alert_id) is None
    assert laboratory.one("SELECT acknowledged_at FROM alert") is None


def test_every_view_and_every_refusal_has_its_audit_row(laboratory, triage):
    a_match(laboratory)
    alert_id = laboratory.one("SELECT alert_id FROM alert")

    triage.inbox(DUTY)
    triage.alert(ELSEWHERE, alert_id)
    triage.acknowledge(DUTY, alert_id)

    assert laboratory.rows("SELECT action, outcome FROM audit_leaf ORDER BY audit_id") == [
        ("inbox", "1 alerts"),
        ("alert", "none"),
        ("acknowledge", "acknowledged"),
    ]


def test_an_alert_is_acknowledged_once_and_by_the_first(laboratory, triage):
    a_match(laboratory)
    alert_id = laboratory.one("SELECT alert_id FROM alert")

    triage.acknowledge(DUTY, alert_id)
    again = triage.acknowledge(replace(DUTY, user_id="other"), alert_id)

    assert again.acknowledged_by == "duty"
    assert laboratory.one("SELECT count(*) FROM alert_step WHERE kind = 'acknowledged'") == 1


def test_the_version_of_an_inbox_changes_with_the_inbox(laboratory, triage):
    before = triage.version(DUTY)
    a_match(laboratory)
    raised = triage.version(DUTY)
    triage.acknowledge(DUTY, laboratory.one("SELECT alert_id FROM alert"))

    assert len({before, raised, triage.version(DUTY)}) == 3


def test_an_alert_that_comes_back_keeps_its_id_and_is_to_be_seen_anew(laboratory, triage):
    a_match(laboratory)
    first = laboratory.one("SELECT alert_id FROM alert")
    triage.acknowledge(DUTY, first)
    cancel = an_attendance(revision=2, state=EventState.WITHDRAWN)
    laboratory.receive([laboratory.says(laboratory.hospital, cancel)])
    assert [item.disclosed.alert.state for item in triage.inbox(DUTY)[0]] == [AlertState.WITHDRAWN]

    laboratory.receive([laboratory.says(laboratory.hospital, an_attendance(revision=3))])

    (item,), _ = triage.inbox(DUTY)
    assert item.disclosed.alert.alert_id == first
    assert item.acknowledged_at is None


def test_an_alert_without_an_authority_reaches_the_hubs_own_desk(laboratory, triage):
    nowhere = a_child(postcode=None)
    laboratory.receive(
        [
            laboratory.says(
                laboratory.hospital,
                *(
                    an_attendance(f"V{n}", child=nowhere, site="RX999", days_ago=n)
                    for n in range(5)
                ),
            )
        ]
    )

    (item,), _ = triage.inbox(OPERATOR)

    assert item.disclosed.standing is Standing.HUB_DESK
    assert item.grounds == ()


def test_a_feed_that_went_quiet_is_named_beside_the_inbox(laboratory, triage):
    a_match(laboratory)
    assert "Bradford Teaching Hospitals" not in triage.inbox(DUTY)[1]

    laboratory.clock.instant = NOW + timedelta(hours=49)

    assert "Bradford Teaching Hospitals" in triage.inbox(DUTY)[1]


def test_a_visit_corrected_to_another_patient_counts_for_that_patient_only(laboratory, triage):
    a_match(laboratory)
    other = a_child(1, local_id="H2", family_name="Bell", given_names=("Jo",))

    moved = an_attendance(child=other, revision=2, state=EventState.CORRECTED)
    laboratory.receive([laboratory.says(laboratory.hospital, moved)])

    assert [item.disclosed.alert.state for item in triage.inbox(DUTY)[0]] == [AlertState.WITHDRAWN]
    assert laboratory.one("SELECT state FROM alert") == "withdrawn"
