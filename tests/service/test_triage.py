"""The inbox over a real PostgreSQL: who sees which alert, and what stays after it comes back."""

import itertools
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from hub.adapters.store.questions import PostgresQuestions
from hub.api.hub_services import HubServices
from hub.api.users import DEMO_USERS_BY_ID
from hub.api.views import ALERTS_MAX, InboxFilters
from hub.core.alert import AlertState, Severity
from hub.core.disclosure import Role, Standing
from hub.core.event import EventState
from hub.core.identifiers import GssCode
from hub.ports import Held, InboxShows, InboxWanted
from hub.service.asker import Asker, Surroundings
from hub.service.register_desk import RegisterDesk
from hub.service.registers import DecideExtract
from hub.service.triage import Triage
from tests.e2e.waiting import wait_until
from tests.service.laboratory import BRADFORD, LEEDS, NOW, a_child, a_plan, an_attendance

pytestmark = pytest.mark.stack

DUTY = Asker(
    user_id="duty", role=Role.DUTY_WORKER, organisation=BRADFORD, authority=GssCode(BRADFORD)
)
ELSEWHERE = replace(DUTY, organisation=LEEDS, authority=GssCode(LEEDS))
OPERATOR = Asker(user_id="operator", role=Role.HUB_OPERATOR, organisation="HUB")
DUTY_WORKER = DEMO_USERS_BY_ID["duty-worker-e08000032"]
IDS = itertools.count(1)
EVERYTHING = InboxWanted(size=ALERTS_MAX)


def register_desk(laboratory):
    decide = DecideExtract(
        store=laboratory.store, decide=laboratory.receive._decide, clock=laboratory.clock
    )
    return RegisterDesk(surroundings(laboratory), store=laboratory.store, decide=decide)


class Unheard:
    """Notices that nobody listens to here."""

    def listen(self, authority, told):
        raise NotImplementedError


def surroundings(laboratory):
    return Surroundings(
        questions=PostgresQuestions(
            laboratory.store, laboratory.keys.sealer, laboratory.keys.identity
        ),
        policies=laboratory.policies,
        places=laboratory.places,
        clock=laboratory.clock,
        new_id=lambda: uuid.UUID(int=next(IDS)),
    )


@pytest.fixture
def triage(laboratory):
    return Triage(surroundings(laboratory), Unheard())


def a_match(laboratory):
    laboratory.receive(
        [
            *laboratory.extract(laboratory.council, a_plan()),
            laboratory.says(laboratory.hospital, an_attendance()),
        ]
    )


def test_the_duty_worker_of_the_owner_sees_why_and_about_whom(laboratory, triage):
    a_match(laboratory)

    (item,) = triage.inbox(DUTY, EVERYTHING).items

    assert item.disclosed.standing is Standing.OWNER
    assert item.child_name == "Mira Ashworth"
    assert item.child_label == "Child, 5 years"
    assert item.confirmed
    assert "Ashworth" not in item.disclosed.alert.sentence


def test_a_duty_worker_of_an_authority_not_concerned_sees_nothing(laboratory, triage):
    a_match(laboratory)
    alert_id = laboratory.one("SELECT alert_id FROM alert")

    assert triage.inbox(ELSEWHERE, EVERYTHING).items == ()
    assert triage.alert(ELSEWHERE, alert_id) is None
    assert triage.acknowledge(ELSEWHERE, alert_id) is None
    assert laboratory.one("SELECT acknowledged_at FROM alert") is None


def test_every_view_and_every_refusal_has_its_audit_row(laboratory, triage):
    a_match(laboratory)
    alert_id = laboratory.one("SELECT alert_id FROM alert")

    triage.inbox(DUTY, EVERYTHING)
    triage.alert(ELSEWHERE, alert_id)
    triage.acknowledge(DUTY, alert_id)

    assert laboratory.rows("SELECT action, outcome FROM audit_leaf ORDER BY audit_id") == [
        ("inbox", "1 alerts"),
        ("alert", f"{alert_id}: none"),
        ("acknowledge", f"{alert_id}: acknowledged"),
    ]


def test_an_alert_is_acknowledged_once_and_by_the_first(laboratory, triage):
    a_match(laboratory)
    alert_id = laboratory.one("SELECT alert_id FROM alert")

    triage.acknowledge(DUTY, alert_id)
    again = triage.acknowledge(replace(DUTY, user_id="other"), alert_id)

    assert again.acknowledged_by == "duty"
    assert laboratory.one("SELECT count(*) FROM alert_step WHERE kind = 'acknowledged'") == 1


def test_who_is_only_informed_cannot_acknowledge_it_for_the_team_that_acts(laboratory, triage):
    a_match(laboratory)
    alert_id = laboratory.one("SELECT alert_id FROM alert")
    with laboratory.store.connection() as connection:
        connection.execute("UPDATE alert SET owner = %s, informed = ARRAY[%s]", (LEEDS, BRADFORD))

    answered = triage.acknowledge(DUTY, alert_id)

    assert answered.disclosed.standing is Standing.INFORMED
    assert answered.acknowledged_at is None
    assert laboratory.one("SELECT acknowledged_at FROM alert") is None
    assert laboratory.one("SELECT outcome FROM audit_leaf") == f"{alert_id}: only informed"
    assert triage.acknowledge(ELSEWHERE, alert_id).acknowledged_by == "duty"


COLLEAGUE = replace(DUTY, user_id="colleague")


def test_one_of_two_takes_an_alert_and_the_other_sees_who_has_it(laboratory, triage):
    a_match(laboratory)
    alert_id = laboratory.one("SELECT alert_id FROM alert")
    laboratory.clock.instant = NOW + timedelta(minutes=5)

    with ThreadPoolExecutor() as pool:
        both = list(pool.map(lambda who: triage.claim(who, alert_id), [DUTY, COLLEAGUE] * 3))

    assert [one.done for one in both].count(True) == 1
    (holder,) = {one.item.claimed_by for one in both}
    assert both[0].item.claimed_at == NOW + timedelta(minutes=5)
    assert laboratory.rows("SELECT by_whom FROM alert_step WHERE kind = 'claimed'") == [(holder,)]
    assert laboratory.one("SELECT acknowledged_at FROM alert") is None
    assert laboratory.rows(
        "SELECT outcome, count(*) FROM audit_leaf WHERE action = 'claim' GROUP BY 1 ORDER BY 1"
    ) == [(f"{alert_id}: done", 1), (f"{alert_id}: nothing changed", 5)]


@pytest.mark.parametrize("act", ["claim", "acknowledge"])
def test_an_alert_that_goes_to_others_in_the_same_moment_is_theirs(laboratory, triage, act):
    a_match(laboratory)
    alert_id = laboratory.one("SELECT alert_id FROM alert")
    waiting = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND wait_event_type = 'Lock'"
    )
    with ThreadPoolExecutor() as pool:
        with laboratory.store.connection() as connection:
            connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            moved = "UPDATE alert SET owner = %s, informed = ARRAY[%s]"
            connection.execute(moved, (LEEDS, BRADFORD))
            acted = pool.submit(getattr(triage, act), DUTY, alert_id)
            wait_until(lambda: laboratory.one(waiting) > 0, "the duty team waits for the move")
        acted.result(60)

    assert laboratory.rows("SELECT claimed_by, acknowledged_by FROM alert") == [(None, None)]
    assert laboratory.one("SELECT outcome FROM audit_leaf") == f"{alert_id}: only informed"


def test_only_who_has_it_gives_it_back_and_both_are_steps(laboratory, triage):
    a_match(laboratory)
    alert_id = laboratory.one("SELECT alert_id FROM alert")
    triage.claim(DUTY, alert_id)

    assert not triage.release(COLLEAGUE, alert_id).done
    assert triage.release(DUTY, alert_id).done
    assert triage.claim(COLLEAGUE, alert_id).done

    kinds = laboratory.rows("SELECT kind, by_whom FROM alert_step ORDER BY step")
    assert kinds[1:] == [("claimed", "duty"), ("released", "duty"), ("claimed", "colleague")]


def test_a_colleague_takes_it_over_and_who_from_whom_is_a_step(laboratory, triage):
    a_match(laboratory)
    alert_id = laboratory.one("SELECT alert_id FROM alert")
    triage.claim(DUTY, alert_id)

    assert not triage.take_over(COLLEAGUE, alert_id, "somebody-else").done
    assert not triage.take_over(DUTY, alert_id, "duty").done
    taken = triage.take_over(COLLEAGUE, alert_id, "duty")

    assert taken.done
    assert taken.item.claimed_by == "colleague"
    assert not triage.release(DUTY, alert_id).done
    steps = laboratory.rows("SELECT kind, by_whom, sentence FROM alert_step ORDER BY step")
    assert steps[-1] == ("taken over", "colleague", "Taken over from duty.")
    assert [kind for kind, _, _ in steps[1:]] == ["claimed", "taken over"]
    assert [action for (action,) in laboratory.rows("SELECT action FROM audit_leaf")].count(
        "take over"
    ) == 3


def test_of_two_who_take_it_over_at_once_one_has_it(laboratory, triage):
    a_match(laboratory)
    alert_id = laboratory.one("SELECT alert_id FROM alert")
    triage.claim(DUTY, alert_id)
    colleagues = [replace(COLLEAGUE, user_id=f"colleague-{n}") for n in range(4)]
    with ThreadPoolExecutor() as pool:
        taken = list(pool.map(lambda one: triage.take_over(one, alert_id, "duty"), colleagues))

    assert sum(one.done for one in taken) == 1
    assert laboratory.one("SELECT count(*) FROM alert_step WHERE kind = 'taken over'") == 1


def test_who_is_only_informed_takes_nothing_over(laboratory, triage):
    a_match(laboratory)
    alert_id = laboratory.one("SELECT alert_id FROM alert")
    with laboratory.store.connection() as connection:
        connection.execute("UPDATE alert SET informed = ARRAY[%s]", (LEEDS,))
    triage.claim(DUTY, alert_id)

    assert not triage.take_over(ELSEWHERE, alert_id, "duty").done
    assert laboratory.one("SELECT claimed_by FROM alert") == "duty"


def test_who_is_only_informed_takes_nothing_and_is_not_told_who_has_it(laboratory, triage):
    a_match(laboratory)
    alert_id = laboratory.one("SELECT alert_id FROM alert")
    with laboratory.store.connection() as connection:
        connection.execute("UPDATE alert SET informed = ARRAY[%s]", (LEEDS,))
    triage.claim(DUTY, alert_id)

    assert not triage.claim(ELSEWHERE, alert_id).done
    assert triage.alert(ELSEWHERE, alert_id).claimed_by is None
    assert laboratory.one("SELECT claimed_by FROM alert") == "duty"
    assert triage.claim(replace(DUTY, authority=None), alert_id) is None


def test_the_list_of_mine_and_of_nobodys_and_what_each_counts(laboratory, triage):
    a_match(laboratory)
    mine = laboratory.one("SELECT alert_id FROM alert")
    copies(laboratory, 3)
    triage.claim(DUTY, mine)

    found = {
        held: triage.inbox(DUTY, InboxWanted(held=held, size=2))
        for held in (Held.MINE, Held.UNCLAIMED)
    }

    assert [i.disclosed.alert.alert_id for i in found[Held.MINE].items] == [mine]
    assert len(found[Held.UNCLAIMED].items) == 2
    assert {(one.held, one.count) for one in found[Held.MINE].counts} == {
        (Held.MINE, 1),
        (Held.UNCLAIMED, 3),
    }
    others = triage.inbox(COLLEAGUE, InboxWanted(held=Held.COLLEAGUE, size=2))
    assert len(others.items) == 1


def test_an_alert_that_was_taken_back_is_in_nobodys_hands(laboratory, triage):
    a_match(laboratory)
    alert_id = laboratory.one("SELECT alert_id FROM alert")
    triage.claim(DUTY, alert_id)
    cancel = an_attendance(revision=2, state=EventState.WITHDRAWN)
    laboratory.receive([laboratory.says(laboratory.hospital, cancel)])

    assert laboratory.one("SELECT claimed_by FROM alert") is None
    assert not triage.claim(DUTY, alert_id).done


def test_an_alert_is_due_by_its_owners_clock_until_it_is_acknowledged(laboratory, triage):
    a_match(laboratory)
    alert_id = laboratory.one("SELECT alert_id FROM alert")

    assert triage.alert(DUTY, alert_id).due_at == NOW + timedelta(hours=1)
    assert triage.acknowledge(DUTY, alert_id).due_at is None


def test_an_alert_that_comes_back_keeps_its_id_and_is_to_be_seen_anew(laboratory, triage):
    a_match(laboratory)
    first = laboratory.one("SELECT alert_id FROM alert")
    triage.acknowledge(DUTY, first)
    cancel = an_attendance(revision=2, state=EventState.WITHDRAWN)
    laboratory.receive([laboratory.says(laboratory.hospital, cancel)])
    assert [item.disclosed.alert.state for item in triage.inbox(DUTY, EVERYTHING).items] == [
        AlertState.WITHDRAWN
    ]

    laboratory.receive([laboratory.says(laboratory.hospital, an_attendance(revision=3))])

    (item,) = triage.inbox(DUTY, EVERYTHING).items
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

    (item,) = triage.inbox(OPERATOR, EVERYTHING).items

    assert item.disclosed.standing is Standing.HUB_DESK
    assert item.grounds == ()


def test_a_feed_that_went_quiet_is_named_beside_the_inbox(laboratory, triage):
    a_match(laboratory)
    assert "Bradford Teaching Hospitals" not in triage.inbox(DUTY, EVERYTHING).stale

    laboratory.clock.instant = NOW + timedelta(hours=49)

    assert "Bradford Teaching Hospitals" in triage.inbox(DUTY, EVERYTHING).stale


def test_a_visit_corrected_to_another_patient_counts_for_that_patient_only(laboratory, triage):
    a_match(laboratory)
    other = a_child(1, local_id="H2", family_name="Bell", given_names=("Jo",))

    moved = an_attendance(child=other, revision=2, state=EventState.CORRECTED)
    laboratory.receive([laboratory.says(laboratory.hospital, moved)])

    assert [item.disclosed.alert.state for item in triage.inbox(DUTY, EVERYTHING).items] == [
        AlertState.WITHDRAWN
    ]
    assert laboratory.one("SELECT state FROM alert") == "withdrawn"


def copies(laboratory, how_many, **changes):
    """Make copies of the one alert, with other values in some columns, each raised later."""
    columns = "child_ref, rule, sentence, not_known, owner, informed, delivered, policy_version"
    values = {"severity": "immediate", "state": "standing", "acknowledged_at": None} | changes
    with laboratory.store.connection() as connection:
        connection.execute(
            f"INSERT INTO alert (alert_id, raised_at, changed_at, {columns}, severity, state,"
            f" acknowledged_at) SELECT gen_random_uuid(), raised_at + n * interval '1 s', now(),"
            f" {columns}, %(severity)s, %(state)s, %(acknowledged_at)s::timestamptz"
            " FROM (SELECT * FROM alert LIMIT 1) AS one,"
            " generate_series(1, %(how_many)s) AS n",
            {**values, "how_many": how_many},
        )


def an_inbox(laboratory, filters):
    view = HubServices(
        surroundings(laboratory), Unheard(), register_desk(laboratory), None, None, None
    ).inbox(DUTY_WORKER, filters)
    return len(view.rows), view.not_shown, view.counts


def test_what_was_acknowledged_or_taken_back_never_hides_what_waits(laboratory, triage):
    a_match(laboratory)
    waiting = laboratory.one("SELECT alert_id FROM alert")
    laboratory.rows("UPDATE alert SET severity = 'information' RETURNING 1")
    copies(laboratory, ALERTS_MAX, acknowledged_at=NOW)
    copies(laboratory, ALERTS_MAX, state="withdrawn")

    found = triage.inbox(DUTY, EVERYTHING)

    assert len(found.items) == ALERTS_MAX
    assert found.items[0].disclosed.alert.alert_id == waiting


def test_what_waits_is_listed_by_severity_and_then_what_is_due_first(laboratory, triage):
    a_match(laboratory)
    copies(laboratory, 2, severity="information")
    copies(laboratory, 2, severity="today")

    alerts = [item.disclosed.alert for item in triage.inbox(DUTY, EVERYTHING).items]

    order = (Severity.IMMEDIATE, Severity.TODAY, Severity.INFORMATION)
    assert alerts == sorted(alerts, key=lambda one: (order.index(one.severity), one.raised_at))
    assert len(alerts) == 5


def test_each_filter_is_listed_and_counted_whatever_else_there_is(laboratory):
    a_match(laboratory)
    copies(laboratory, ALERTS_MAX, severity="today")
    copies(laboratory, 3, acknowledged_at=NOW)
    copies(laboratory, 2, state="withdrawn")
    counts = {
        InboxShows.WAITING: ALERTS_MAX + 1,
        InboxShows.ACKNOWLEDGED: 3,
        InboxShows.DECIDED: 0,
        InboxShows.ALL: ALERTS_MAX + 6,
    }

    for shows, listed, not_shown in (
        (InboxShows.WAITING, ALERTS_MAX, 1),
        (InboxShows.ACKNOWLEDGED, 3, 0),
        (InboxShows.ALL, ALERTS_MAX, 6),
    ):
        filters = InboxFilters(shows=shows)
        assert an_inbox(laboratory, filters) == (listed, not_shown, counts)

    only = InboxFilters(severity=Severity.IMMEDIATE)
    assert an_inbox(laboratory, only)[:2] == (1, 0)


def test_the_pages_of_an_inbox_together_are_the_whole_of_it(laboratory, triage):
    a_match(laboratory)
    copies(laboratory, 6, severity="today")

    pages = [triage.inbox(DUTY, InboxWanted(page=page, size=3)) for page in (1, 2, 3)]

    assert [len(page.items) for page in pages] == [3, 3, 1]
    assert len({item.disclosed.alert.alert_id for page in pages for item in page.items}) == 7
    beyond = triage.inbox(DUTY, InboxWanted(page=9, size=3))
    assert (beyond.page, len(beyond.items)) == (3, 1)


@pytest.mark.parametrize("shielded", ["record", "register", "attendance"])
def test_a_list_withholds_where_a_shielded_child_is_as_its_alert_does(laboratory, triage, shielded):
    plan = a_plan(shielded=shielded == "register")
    arrival = an_attendance(shielded=shielded == "attendance")
    laboratory.receive([*laboratory.extract(laboratory.council, plan)])
    laboratory.receive([laboratory.says(laboratory.hospital, arrival)])
    if shielded == "record":
        laboratory.rows("UPDATE record SET shielded = true RETURNING 1")
    else:  # their records then say so too: here the register or the attendance alone shall
        laboratory.rows("UPDATE record SET shielded = false RETURNING 1")

    (item,) = triage.inbox(DUTY, EVERYTHING).items

    assert item.disclosed.location_withheld
    alone = triage.alert(DUTY, item.disclosed.alert.alert_id)
    assert alone.disclosed.location_withheld


def test_a_list_says_of_a_child_what_its_alert_says(laboratory, triage):
    a_match(laboratory)

    (item,) = triage.inbox(DUTY, EVERYTHING).items

    alone = triage.alert(DUTY, item.disclosed.alert.alert_id)
    assert replace(alone, disclosed=item.disclosed, grounds=(), steps=()) == item


def test_who_may_see_no_alert_is_not_told_how_many_there_are(laboratory, triage):
    a_match(laboratory)
    copies(laboratory, ALERTS_MAX)

    found = triage.inbox(replace(DUTY, role=Role.ED_CLINICIAN), EVERYTHING)

    assert (found.items, found.counts) == ((), ())
