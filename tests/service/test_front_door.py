"""What the front door decides about alerts over a real PostgreSQL, and who disagrees."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from hub.core.alert import AlertState
from hub.core.alert_life import Act, Outcome, Stage, stage_of
from hub.core.event import EventState
from hub.core.identifiers import GssCode
from hub.ports import InboxShows, InboxWanted
from hub.service.front_door import FrontDoor, Wish
from hub.service.triage import Triage
from tests.service.laboratory import BRADFORD, LEEDS, NOW, an_attendance
from tests.service.test_triage import (
    COLLEAGUE,
    DUTY,
    ELSEWHERE,
    OPERATOR,
    Unheard,
    a_match,
    surroundings,
)

pytestmark = pytest.mark.stack


@pytest.fixture
def around(laboratory):
    return surroundings(laboratory)


@pytest.fixture
def triage(around):
    return Triage(around, Unheard())


@pytest.fixture
def front_door(around):
    return FrontDoor(around)


def the_alert(laboratory):
    return laboratory.one("SELECT alert_id FROM alert WHERE state = 'standing'")


def decision(stand, outcome=Outcome.NO_FURTHER_ACTION, words="Known to the school nurse."):
    return Wish(act=Act.DECIDE, stand=stand, outcome=outcome, words=words)


def decide(front_door, triage, alert_id, asker=DUTY, **wish):
    stand = triage.alert(asker, alert_id).stand
    return front_door.act(asker, alert_id, decision(stand, **wish))


def listed(triage, shows, asker=DUTY):
    found = triage.inbox(asker, InboxWanted(shows=shows, size=50)).items
    return [item.disclosed.alert.alert_id for item in found]


def kinds(laboratory):
    return [
        kind for (kind,) in laboratory.rows("SELECT kind FROM alert_step ORDER BY alert_id, step")
    ]


def informed_too(laboratory):
    with laboratory.store.connection() as connection:
        connection.execute("UPDATE alert SET informed = ARRAY[%s]", (LEEDS,))


def test_a_decision_says_by_whom_in_which_role_and_why_and_is_sealed(
    laboratory, triage, front_door
):
    a_match(laboratory)
    alert_id = the_alert(laboratory)

    acted = decide(front_door, triage, alert_id)

    assert not acted.refused
    assert stage_of(acted.item.life) is Stage.DECIDED
    assert acted.item.steps[-1].words == "Known to the school nurse."
    assert laboratory.rows(
        "SELECT kind, by_whom, role, organisation, code FROM alert_step WHERE step > 1"
        " ORDER BY step"
    ) == [
        ("acknowledged", "duty", "duty_worker", BRADFORD, None),
        ("decided", "duty", "duty_worker", BRADFORD, "no_further_action"),
    ]
    words = laboratory.one("SELECT words FROM alert_step WHERE kind = 'decided'")
    assert b"school nurse" not in bytes(words)
    assert laboratory.rows("SELECT action, outcome FROM audit_leaf ORDER BY audit_id")[-1] == (
        "decide alert",
        f"{alert_id}: no_further_action",
    )


def test_a_decided_alert_is_in_its_own_list_until_it_is_closed(laboratory, triage, front_door):
    a_match(laboratory)
    alert_id = the_alert(laboratory)
    decided = decide(front_door, triage, alert_id)

    assert listed(triage, InboxShows.WAITING) == []
    assert listed(triage, InboxShows.ACKNOWLEDGED) == []
    assert listed(triage, InboxShows.DECIDED) == [alert_id]

    closed = front_door.act(DUTY, alert_id, Wish(act=Act.CLOSE, stand=decided.item.stand))

    assert stage_of(closed.item.life) is Stage.CLOSED
    assert listed(triage, InboxShows.DECIDED) == []
    assert listed(triage, InboxShows.ALL) == [alert_id]
    assert kinds(laboratory) == ["raised", "acknowledged", "decided", "closed"]


def test_the_same_decision_twice_is_one_and_another_is_refused(laboratory, triage, front_door):
    a_match(laboratory)
    alert_id = the_alert(laboratory)
    stand = triage.alert(DUTY, alert_id).stand

    assert not front_door.act(DUTY, alert_id, decision(stand)).refused
    again = front_door.act(DUTY, alert_id, decision(stand))
    other = front_door.act(COLLEAGUE, alert_id, decision(stand, Outcome.EARLY_HELP))

    assert not again.refused
    assert other.changed
    assert other.refused.startswith("What it rests on, or what was done about it, has changed")
    assert laboratory.rows("SELECT outcome, decided_by FROM alert") == [
        ("no_further_action", "duty")
    ]
    assert kinds(laboratory) == ["raised", "acknowledged", "decided"]


def test_of_two_who_decide_at_once_one_does_and_the_other_is_told(laboratory, triage, front_door):
    a_match(laboratory)
    alert_id = the_alert(laboratory)
    stand = triage.alert(DUTY, alert_id).stand
    wishes = [(DUTY, decision(stand)), (COLLEAGUE, decision(stand, Outcome.EARLY_HELP))] * 3

    with ThreadPoolExecutor() as pool:
        acted = list(pool.map(lambda one: front_door.act(one[0], alert_id, one[1]), wishes))

    assert [bool(one.refused) for one in acted].count(True) == 3
    assert kinds(laboratory) == ["raised", "acknowledged", "decided"]


def test_nobody_decides_about_what_changed_since_they_looked(laboratory, triage, front_door):
    a_match(laboratory)
    alert_id = the_alert(laboratory)
    stand = triage.alert(DUTY, alert_id).stand
    laboratory.receive(
        [
            laboratory.says(
                laboratory.hospital,
                an_attendance(revision=2, state=EventState.CORRECTED, days_ago=0.2),
            )
        ]
    )

    acted = front_door.act(DUTY, alert_id, decision(stand))

    assert acted.changed
    assert laboratory.one("SELECT decided_at FROM alert") is None


def test_others_decide_nothing_and_are_told_why(laboratory, triage, front_door):
    a_match(laboratory)
    informed_too(laboratory)
    alert_id = the_alert(laboratory)
    stand = triage.alert(DUTY, alert_id).stand
    stranger = replace(DUTY, organisation="E08000033", authority=GssCode("E08000033"))

    informed = front_door.act(ELSEWHERE, alert_id, decision(stand))

    assert informed.refused.startswith("Only the authority that acts")
    assert front_door.act(stranger, alert_id, decision(stand)) is None
    assert front_door.act(OPERATOR, alert_id, decision(stand)) is None
    assert laboratory.one("SELECT decided_at FROM alert") is None


def test_who_is_informed_disagrees_and_it_waits_again_with_their_words(
    laboratory, triage, front_door
):
    a_match(laboratory)
    informed_too(laboratory)
    alert_id = the_alert(laboratory)
    decided = decide(front_door, triage, alert_id)
    laboratory.clock.instant = NOW + timedelta(days=2)
    seen = triage.alert(ELSEWHERE, alert_id)
    wish = Wish(act=Act.DISPUTE, stand=seen.stand, words="The visits are more frequent.")

    disputed = front_door.act(ELSEWHERE, alert_id, wish)

    assert seen.life.outcome is Outcome.NO_FURTHER_ACTION
    assert [step.words for step in seen.steps] == [None] * 3  # of the team that acts
    assert not disputed.refused
    assert decided.item.due_at is None
    assert listed(triage, InboxShows.WAITING) == [alert_id]
    waiting = triage.alert(DUTY, alert_id)
    assert stage_of(waiting.life) is Stage.DISPUTED
    assert waiting.steps[-1].words == "The visits are more frequent."
    assert waiting.due_at > laboratory.clock.instant
    anew = decide(front_door, triage, alert_id, outcome=Outcome.ASSESSMENT)
    assert stage_of(anew.item.life) is Stage.DECIDED
    assert kinds(laboratory)[-3:] == ["disputed", "acknowledged", "decided"]


def test_an_authority_does_not_dispute_its_own_decision(laboratory, triage, front_door):
    a_match(laboratory)
    alert_id = the_alert(laboratory)
    decided = decide(front_door, triage, alert_id)

    own = front_door.act(
        DUTY, alert_id, Wish(act=Act.DISPUTE, stand=decided.item.stand, words="No.")
    )

    assert "decides anew" in own.refused


def four_visits(laboratory):
    """Four visits of one child within the window of repeat attendance."""
    laboratory.receive(
        [
            laboratory.says(
                laboratory.hospital,
                an_attendance(name, days_ago=days),
            )
            for name, days in (("v1", 90), ("v2", 60), ("v3", 40), ("v4", 1))
        ]
    )


def test_a_decision_takes_no_event_out_of_a_later_pattern(laboratory, triage, front_door):
    four_visits(laboratory)
    alert_id = laboratory.one("SELECT alert_id FROM alert WHERE rule = 'repeat_attendance'")
    decide(front_door, triage, alert_id, outcome=Outcome.NOT_USEFUL)

    laboratory.receive([laboratory.says(laboratory.hospital, an_attendance("v5"))])

    assert (
        laboratory.one(
            "SELECT count(*) FROM alert_ground JOIN alert USING (alert_id)"
            " WHERE rule = 'repeat_attendance' AND alert.state = 'standing' AND role = 'trigger'"
        )
        == 5
    )


def test_what_was_decided_before_shows_on_a_later_alert_of_the_child(
    laboratory, triage, front_door
):
    a_match(laboratory)
    first = the_alert(laboratory)
    decide(front_door, triage, first)
    laboratory.clock.instant = NOW + timedelta(days=30)
    laboratory.receive([laboratory.says(laboratory.hospital, an_attendance("later", days_ago=-30))])
    later = laboratory.one("SELECT alert_id FROM alert WHERE alert_id <> %s", first)

    (before,) = triage.alert(DUTY, later).before

    assert (before.outcome, before.decided_at) == (Outcome.NO_FURTHER_ACTION, NOW)
    assert triage.alert(DUTY, first).before == ()
    decide(front_door, triage, later)
    assert triage.alert(DUTY, first).before == ()
    assert triage.alert(DUTY, later).before == (before,)


def test_what_was_withdrawn_is_not_decided(laboratory, triage, front_door):
    a_match(laboratory)
    alert_id = the_alert(laboratory)
    stand = triage.alert(DUTY, alert_id).stand
    laboratory.receive(
        [
            laboratory.says(
                laboratory.hospital, an_attendance(revision=2, state=EventState.WITHDRAWN)
            )
        ]
    )

    acted = front_door.act(DUTY, alert_id, decision(stand))

    assert acted.item.disclosed.alert.state is AlertState.WITHDRAWN
    assert acted.refused.startswith("This alert was withdrawn")
