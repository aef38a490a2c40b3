"""The people of a shared front door see every authority's work in one list, and do it as each."""

from dataclasses import replace

import pytest

from hub.adapters.store.notices import PostgresNotices
from hub.api.hub_services import HubServices
from hub.api.users import DEMO_USERS_BY_ID
from hub.api.views import InboxFilters, Standing
from hub.core.alert import Severity
from hub.core.alert_life import Act, Outcome
from hub.core.front_door import SharedFrontDoor
from hub.core.identifiers import GssCode
from hub.ports import Held, InboxShows, InboxWanted
from hub.service.contact_desk import ContactDesk
from hub.service.front_door import Wish
from hub.service.triage import Triage
from tests.service.laboratory import BRADFORD, LEEDS, a_child, a_plan, an_attendance
from tests.service.test_inbox_changes import Listener, alert_ids, follow
from tests.service.test_triage import DUTY, ELSEWHERE, Unheard, register_desk, surroundings

pytestmark = pytest.mark.stack

WAITING = InboxFilters(shows=InboxShows.WAITING, held=Held.ANYONE)
DOOR = SharedFrontDoor(code="west", name="West front door")
OWN, OTHER = GssCode(BRADFORD), GssCode(LEEDS)
BOTH = replace(DUTY, desks=(OWN, OTHER))
WORKER = DEMO_USERS_BY_ID["duty-worker-e08000032"]
LANCASHIRE = "E10000017"


@pytest.fixture
def around(laboratory):
    """Bradford and Leeds share a front door."""
    authorities = {
        code: replace(one, front_door=DOOR if code in {OWN, OTHER} else None)
        for code, one in laboratory.policies.authorities.items()
    }
    policies = replace(laboratory.policies, authorities=authorities)
    return replace(surroundings(laboratory), policies=policies)


@pytest.fixture
def services(laboratory, around):
    return HubServices(around, Unheard(), register_desk(laboratory), None, None, None)


@pytest.fixture
def worker(services):
    return services.at_all_desks(WORKER)


@pytest.fixture
def three(laboratory):
    """One alert of Bradford's, one of Leeds', and one on which Leeds acts and Bradford is told."""
    for number, authority in enumerate((BRADFORD, LEEDS, LEEDS)):
        council = laboratory.council if authority == BRADFORD else laboratory.other_council
        child = a_child(number, local_id=f"C{number}", given_names=(NAMES[number],))
        laboratory.receive(
            [laboratory.says(council, a_plan(f"P{number}", child=child, authority=authority))]
        )
        here = replace(child, local_id=f"H{number}")
        laboratory.receive(
            [laboratory.says(laboratory.hospital, an_attendance(f"V{number}", child=here))]
        )
    ids = [
        one for (one,) in laboratory.rows("SELECT alert_id FROM alert ORDER BY raised_at, alert_id")
    ]
    owners = ((BRADFORD, []), (LEEDS, []), (LEEDS, [BRADFORD]))
    with laboratory.store.connection() as connection:
        for number, (owner, informed) in enumerate(owners):
            connection.execute(
                "UPDATE alert SET owner = %s, informed = %s, severity = %s,"
                " raised_at = raised_at + %s * interval '1 minute' WHERE alert_id = %s",
                (owner, informed, SEVERITIES[number], number, ids[number]),
            )
    return ids


NAMES = ("Mira", "Sam", "Ben")
SEVERITIES = ("today", "immediate", "today")


def shown(view):
    return [(row.alert_id, row.desk, row.standing) for one in view.contacts for row in one.rows]


def test_every_desk_is_one_list_each_alert_once_and_the_most_urgent_first(services, worker, three):
    view = services.contacts.listed(worker, WAITING)

    assert shown(view) == [
        (three[1], LEEDS, Standing.OWNER),
        (three[0], BRADFORD, Standing.OWNER),
        (three[2], LEEDS, Standing.OWNER),
    ]
    assert [one.desk_name for one in view.contacts] == ["Leeds", "Bradford", "Leeds"]
    assert view.counts[InboxShows.WAITING] == view.counts[InboxShows.ALL] == 3
    assert [(one.name, one.waiting) for one in view.desks] == [("Bradford", 1), ("Leeds", 2)]
    rows = services.inbox(worker, WAITING).rows
    assert [(row.alert_id, row.desk) for row in rows] == [(a, d) for a, d, _ in shown(view)]


def test_one_authority_alone_is_shown_as_at_its_own_desk_and_the_others_are_counted(
    services, worker, three
):
    only = services.contacts.listed(worker, replace(WAITING, desk=LEEDS))
    alone = services.contacts.listed(services.at_desk(WORKER, LEEDS), WAITING)

    assert shown(only) == shown(alone) == [(one, LEEDS, Standing.OWNER) for one in three[1:]]
    assert (only.counts, only.held_counts, only.tiers) == (
        alone.counts,
        alone.held_counts,
        alone.tiers,
    )
    assert [(one.waiting, one.here) for one in only.desks] == [(1, False), (2, True)]
    assert alone.desks == ()


def test_each_alert_is_done_as_at_the_desk_of_its_authority(laboratory, services, worker, three):
    assert services.acknowledge(worker, three[2]).row.acknowledged_by == WORKER.user_id
    wish = Wish(act=Act.DECIDE, stand=1, outcome=Outcome.NO_FURTHER_ACTION, words="Known.")
    acted = services.contacts.act(worker, three[1], wish)
    assert acted.refused == ""
    services.claim(worker, three[0])

    steps = laboratory.rows(
        "SELECT alert_id, organisation FROM alert_step"
        " WHERE kind IN ('acknowledged', 'decided') ORDER BY at"
    )
    assert {(three[2], LEEDS), (three[1], LEEDS)} == set(steps)
    audited = laboratory.rows(
        "SELECT action, actor, organisation FROM audit_leaf ORDER BY audit_id"
    )
    assert audited == [
        ("acknowledge", WORKER.user_id, LEEDS),
        ("decide alert", WORKER.user_id, LEEDS),
        ("claim", WORKER.user_id, BRADFORD),
    ]


def test_a_list_is_audited_for_each_desk_that_it_shows(laboratory, services, worker, three):
    services.contacts.listed(worker, WAITING)
    services.contacts.listed(worker, replace(WAITING, desk=LEEDS))

    audited = laboratory.rows(
        "SELECT organisation, outcome, cardinality(subjects) FROM audit_leaf ORDER BY audit_id"
    )
    assert audited == [
        (BRADFORD, "1 contacts", 1),
        (LEEDS, "2 contacts", 2),
        (LEEDS, "2 contacts", 2),
    ]


def test_what_no_desk_of_theirs_has_is_not_there(laboratory, services, worker, three):
    with laboratory.store.connection() as connection:
        connection.execute(
            "UPDATE alert SET owner = %s, informed = '{}' WHERE alert_id = %s",
            (LANCASHIRE, three[1]),
        )
    wish = Wish(act=Act.DECIDE, stand=1, outcome=Outcome.NO_FURTHER_ACTION, words="Known.")

    assert services.alert(worker, three[1]) is None
    assert services.acknowledge(worker, three[1]) is None
    assert services.contacts.act(worker, three[1], wish) is None
    assert services.contacts.act_on_all(worker, {three[1]: wish}) is None
    assert services.contacts.acknowledge_all(worker, [three[1]]) == 0
    assert services.contacts.contact(worker, three[1]) is None
    assert services.at_desk(WORKER, LANCASHIRE) is None
    assert three[1] not in [row[0] for row in shown(services.contacts.listed(worker, WAITING))]


def test_one_decision_for_alerts_of_two_authorities_is_recorded_for_neither(
    laboratory, services, worker, three
):
    wish = Wish(act=Act.DECIDE, stand=1, outcome=Outcome.NO_FURTHER_ACTION, words="Known.")

    assert services.contacts.act_on_all(worker, dict.fromkeys(three[:2], wish)) is None
    assert laboratory.one("SELECT count(*) FROM alert WHERE decided_at IS NOT NULL") == 0


def test_the_digest_is_of_every_desk_and_read_for_each(laboratory, services, worker, three):
    with laboratory.store.connection() as connection:
        connection.execute("UPDATE alert SET severity = 'information'")
    (day,) = services.contacts.digest(worker).days
    assert {one.desk_name for one in day.contacts} == {"Bradford", "Leeds"}
    (only,) = services.contacts.digest(worker, BRADFORD).days
    assert [one.desk_name for one in only.contacts] == ["Bradford"]

    assert services.contacts.read_digest(worker, three) == 3

    assert services.contacts.digest(worker).days == ()
    steps = laboratory.rows(
        "SELECT alert_id, organisation FROM alert_step WHERE kind = 'acknowledged'"
    )
    assert set(steps) == {(three[0], BRADFORD), (three[1], LEEDS), (three[2], LEEDS)}


def test_contacts_of_two_authorities_are_never_one_though_the_child_is(laboratory, around, three):
    with laboratory.store.connection() as connection:
        connection.execute("UPDATE alert SET child_ref = (SELECT child_ref FROM alert LIMIT 1)")

    found = ContactDesk(around).listed(BOTH, InboxWanted(shows=InboxShows.WAITING, size=9))

    assert [len(one.items) for one in found.contacts] == [2, 1]
    assert [one.items[0].desk for one in found.contacts] == [OTHER, OWN]


def test_what_changed_at_any_desk_is_told_once(laboratory, around, three):
    triage = Triage(around, Unheard())
    everything, _, cursor = follow(triage, "", BOTH)
    assert sorted(everything) == sorted(three)
    assert not triage.changed(BOTH, cursor)

    triage.acknowledge(replace(ELSEWHERE, user_id="leeds"), three[2])

    assert triage.changed(BOTH, cursor)
    found = triage.changes(BOTH, cursor)
    assert (alert_ids(found), found.complete) == ([three[2]], False)
    (item,) = found.items
    assert (item.desk, item.acknowledged_by) == (OTHER, "leeds")


def test_whose_front_door_serves_other_desks_since_begins_anew(around, three):
    triage = Triage(around, Unheard())
    _, _, cursor = follow(triage, "", BOTH)

    for fewer in (DUTY, ELSEWHERE, replace(BOTH, desks=(OWN, OTHER, GssCode(LANCASHIRE)))):
        assert triage.changed(fewer, cursor)
        assert triage.changes(fewer, cursor).complete
    assert not triage.changes(replace(BOTH, desks=(OTHER, OWN)), cursor).complete


def test_who_reads_several_desks_hears_of_each(laboratory, three):
    notices = PostgresNotices(laboratory.database_url, name="test-merged")
    both, others = Listener(), Listener()
    try:
        notices.listen(BOTH.reads, both.told)
        notices.listen([LANCASHIRE], others.told)
        both.wait(lambda heard: heard)
        others.wait(lambda heard: heard)
        with laboratory.store.connection() as connection:
            connection.execute(
                "UPDATE alert SET version = version + 1 WHERE alert_id = %s", (three[1],)
            )
        both.wait(lambda heard: len(heard) > 1)
        assert len(others.heard) == 1
    finally:
        notices.close()


def test_of_a_front_door_of_one_authority_no_row_names_it(laboratory, three):
    services = HubServices(
        surroundings(laboratory), Unheard(), register_desk(laboratory), None, None, None
    )
    assert services.at_all_desks(WORKER) == WORKER
    view = services.contacts.listed(WORKER, WAITING)
    assert view.desks == ()
    assert {(row.desk_name, row.standing) for one in view.contacts for row in one.rows} == {
        ("", Standing.OWNER),
        ("", Standing.INFORMED),
    }
    assert view.tiers[Severity.IMMEDIATE] == 0


def test_only_duty_workers_read_several_desks(services):
    manager = DEMO_USERS_BY_ID["front-door-manager-e08000035"]
    assert services.at_all_desks(manager) == manager
    assert services.desks(manager) == ()
