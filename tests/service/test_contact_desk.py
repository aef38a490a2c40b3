"""Contacts over a real PostgreSQL: one row for a family and cause, and who is told of it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from hub.core.alert import Severity
from hub.core.alert_life import Act, Outcome
from hub.core.disclosure import Role
from hub.core.event import EventState
from hub.ports import Held, InboxShows, InboxWanted
from hub.service.contact_desk import ContactDesk
from hub.service.front_door import FrontDoor, Wish
from tests.service.encompass import an_incident, tell
from tests.service.laboratory import LEEDS, NOW, a_child, a_plan, an_attendance
from tests.service.test_triage import DUTY, ELSEWHERE, a_match, surroundings

pytestmark = pytest.mark.stack

MIRA = a_child(local_id="N1")
SAM = a_child(1, local_id="N2", given_names=("Sam",), birth_date=date(2018, 2, 3))


@pytest.fixture
def around(laboratory):
    return surroundings(laboratory)


@pytest.fixture
def desk(around):
    return ContactDesk(around)


def one_incident(laboratory, **of_sam):
    """The force lists brother and sister in one occurrence; each has an alert by it."""
    tell(
        laboratory,
        an_incident(child=MIRA, began=NOW - timedelta(hours=9)),
        an_incident(child=SAM, began=NOW - timedelta(hours=9), **of_sam),
    )
    with laboratory.store.connection() as connection:
        connection.execute("UPDATE alert SET severity = 'today'")


def names(found):
    return [sorted({item.child_name for item in one.items}) for one in found.contacts]


def listed(desk, asker=DUTY, shows=InboxShows.WAITING, **more):
    return desk.listed(asker, InboxWanted(shows=shows, size=50, **more))


def test_brother_and_sister_of_one_incident_are_one_row_and_others_another(laboratory, desk):
    ben = a_child(2, local_id="H7", given_names=("Ben",), birth_date=date(2016, 7, 8))
    laboratory.receive(
        [
            *laboratory.extract(laboratory.council, a_plan(child=replace(ben, local_id="C7"))),
            laboratory.says(laboratory.hospital, an_attendance(child=ben)),
        ]
    )
    one_incident(laboratory)

    found = listed(desk)

    assert sorted(names(found)) == [["Ben Ashworth"], ["Mira Ashworth", "Sam Ashworth"]]
    assert found.counts[InboxShows.WAITING] == 2
    both = next(one for one in found.contacts if len(one.items) > 1)
    assert both.due_at == min(item.due_at for item in both.items)
    assert laboratory.one("SELECT action FROM audit_leaf") == "inbox"


def test_a_shielded_brother_is_in_no_contact_with_his_sister(laboratory, desk):
    one_incident(laboratory, shielded=True)

    assert sorted(names(listed(desk))) == [["Mira Ashworth"], ["Sam Ashworth"]]


def test_who_is_only_informed_is_not_told_that_two_are_of_one_family(laboratory, desk):
    one_incident(laboratory)
    with laboratory.store.connection() as connection:
        connection.execute("UPDATE alert SET informed = ARRAY[%s]", (LEEDS,))

    assert names(listed(desk)) == [["Mira Ashworth", "Sam Ashworth"]]
    assert sorted(names(listed(desk, ELSEWHERE))) == [["Mira Ashworth"], ["Sam Ashworth"]]


def test_who_has_no_inbox_is_shown_no_contact(laboratory, desk):
    one_incident(laboratory)
    clinician = replace(DUTY, role=Role.ED_CLINICIAN)

    found = listed(desk, clinician)

    assert (found.contacts, found.counts[InboxShows.WAITING]) == ((), 0)


def test_all_are_decided_at_once_each_with_its_step_or_none(laboratory, around, desk):
    one_incident(laboratory)
    (contact,) = listed(desk).contacts
    page = desk.one(DUTY, contact.items[1].disclosed.alert.alert_id)
    wishes = {
        item.disclosed.alert.alert_id: Wish(
            act=Act.DECIDE, stand=item.stand, outcome=Outcome.EARLY_HELP, words="For both."
        )
        for item in page.items
    }
    first = min(wishes)
    front_door = FrontDoor(around)

    stale = front_door.act_on_all(DUTY, wishes | {first: replace(wishes[first], stand=9)})
    assert not stale.done
    assert laboratory.one("SELECT count(*) FROM alert WHERE decided_at IS NOT NULL") == 0
    done = front_door.act_on_all(DUTY, wishes)

    assert done.done
    assert laboratory.rows("SELECT outcome, count(*) FROM alert GROUP BY 1") == [("early_help", 2)]
    assert laboratory.one("SELECT count(*) FROM alert_step WHERE kind = 'decided'") == 2
    assert front_door.act_on_all(DUTY, wishes).done  # pressed twice
    assert laboratory.one("SELECT count(*) FROM alert_step WHERE kind = 'decided'") == 2
    assert front_door.act_on_all(ELSEWHERE, wishes) is None
    assert names(listed(desk, shows=InboxShows.DECIDED)) == [["Mira Ashworth", "Sam Ashworth"]]
    assert listed(desk).contacts == ()


def test_a_contact_of_which_one_is_decided_still_waits_for_the_other(laboratory, around, desk):
    one_incident(laboratory)
    (contact,) = listed(desk).contacts
    item = contact.items[0]
    wish = Wish(act=Act.DECIDE, stand=item.stand, outcome=Outcome.EARLY_HELP, words="For one.")
    FrontDoor(around).act(DUTY, item.disclosed.alert.alert_id, wish)

    (left,) = listed(desk).contacts

    assert [one.life.outcome for one in left.items] == [Outcome.EARLY_HELP, None]


def test_what_is_raised_after_a_decision_is_a_new_contact(laboratory, around, desk):
    a_match(laboratory)
    (contact,) = listed(desk).contacts
    item = contact.items[0]
    wish = Wish(act=Act.DECIDE, stand=item.stand, outcome=Outcome.EARLY_HELP, words="Agreed.")
    FrontDoor(around).act(DUTY, item.disclosed.alert.alert_id, wish)
    laboratory.clock.instant = NOW + timedelta(hours=2)
    with laboratory.store.connection() as connection:
        connection.execute(
            "UPDATE alert SET raised_at = raised_at - interval '1 hour', "
            " decided_at = decided_at - interval '1 hour'"
        )

    laboratory.receive([laboratory.says(laboratory.hospital, an_attendance("V2", days_ago=-0.01))])

    assert [len(one.items) for one in listed(desk).contacts] == [1]
    assert [len(one.items) for one in listed(desk, shows=InboxShows.DECIDED).contacts] == [1]


def test_what_is_for_information_is_no_work_and_read_by_the_day(laboratory, around, desk):
    one_incident(laboratory)
    with laboratory.store.connection() as connection:
        connection.execute("UPDATE alert SET severity = 'information'")
    assert listed(desk).contacts == ()
    assert (listed(desk).information, listed(desk).counts[InboxShows.WAITING]) == (1, 0)
    (contact,) = desk.digest(DUTY)
    ids = [item.disclosed.alert.alert_id for item in contact.items]

    assert FrontDoor(around).acknowledge_all(ELSEWHERE, ids) == 0
    tried = laboratory.rows(
        "SELECT actor, outcome, subjects FROM audit_leaf WHERE action = 'acknowledge alert'"
    )
    assert sorted(tried) == [(ELSEWHERE.user_id, f"{one}: none", []) for one in sorted(ids)]
    assert FrontDoor(around).acknowledge_all(DUTY, ids) == 2
    assert FrontDoor(around).acknowledge_all(DUTY, ids) == 0

    assert desk.digest(DUTY) == ()
    assert len(listed(desk, shows=InboxShows.ACKNOWLEDGED).contacts) == 1
    assert (
        laboratory.rows("SELECT by_whom, role FROM alert_step WHERE kind = 'acknowledged'")
        == [("duty", "duty_worker")] * 2
    )


def test_what_became_urgent_since_the_digest_was_opened_is_not_read_with_it(
    laboratory, around, desk
):
    one_incident(laboratory)
    ids = [row[0] for row in laboratory.rows("SELECT alert_id FROM alert ORDER BY alert_id")]
    with laboratory.store.connection() as connection:
        connection.execute("UPDATE alert SET severity = 'information'")
        connection.execute("UPDATE alert SET severity = 'immediate' WHERE alert_id = %s", ids[:1])

    read = FrontDoor(around).acknowledge_all(DUTY, ids, only=Severity.INFORMATION)

    assert read == len(ids) - 1
    assert laboratory.rows("SELECT alert_id FROM alert WHERE acknowledged_at IS NULL") == [
        (ids[0],)
    ]


def test_a_contact_is_mine_if_any_of_it_is_in_my_hands(laboratory, desk):
    one_incident(laboratory)
    with laboratory.store.connection() as connection:
        connection.execute(
            "UPDATE alert SET claimed_by = 'duty', claimed_at = now() WHERE alert_id ="
            " (SELECT min(alert_id::text)::uuid FROM alert)"
        )

    assert len(listed(desk, held=Held.MINE).contacts) == 1
    assert listed(desk, held=Held.UNCLAIMED).contacts == ()
    assert len(listed(desk, held=Held.ANYONE).contacts) == 1


def test_what_was_withdrawn_after_somebody_saw_it_is_told_to_the_team_until_they_know(
    laboratory, around, desk
):
    a_match(laboratory)
    (contact,) = listed(desk).contacts
    alert_id = contact.items[0].disclosed.alert.alert_id
    FrontDoor(around).acknowledge_all(DUTY, [alert_id])
    assert listed(desk).taken_back == ()

    gone = an_attendance(revision=2, state=EventState.WITHDRAWN)
    laboratory.receive([laboratory.says(laboratory.hospital, gone)])

    (told,) = listed(desk).taken_back
    assert told.disclosed.alert.alert_id == alert_id
    (subjects,) = laboratory.rows(
        "SELECT subjects FROM audit_leaf WHERE action = 'inbox' ORDER BY audit_id DESC LIMIT 1"
    )[0]
    assert [bytes(one) for one in subjects] == [told.disclosed.alert.child_ref]
    assert not desk.note_ending(ELSEWHERE, alert_id)
    assert desk.note_ending(DUTY, alert_id)
    assert not desk.note_ending(DUTY, alert_id)
    assert listed(desk).taken_back == ()
    assert laboratory.one("SELECT by_whom FROM alert_step WHERE kind = 'ending seen'") == "duty"


def test_what_nobody_had_seen_is_taken_back_without_a_word(laboratory, desk):
    a_match(laboratory)
    gone = an_attendance(revision=2, state=EventState.WITHDRAWN)
    laboratory.receive([laboratory.says(laboratory.hospital, gone)])

    assert listed(desk).taken_back == ()
