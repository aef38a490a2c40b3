"""What police tell of one child is told of a brother or sister at the same address, by policy."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from hub.core.event import EventKind, EventState, Handling
from hub.core.household import HOUSEHOLD_CHILDREN_MAX
from hub.core.identifiers import Postcode
from hub.service.households import HOUSEHOLD_LOOK, LookForAnother
from hub.service.tick import Tick
from hub.service.withholding import TOLD_LATER, DecideAgain
from tests.service import schools
from tests.service.laboratory import NOW, a_child, an_attendance, shuffled
from tests.service.schools import PM, an_absence
from tests.service.test_incidents import FORCE, an_incident
from tests.service.test_relatives import MIRA, SAM, many

pytestmark = pytest.mark.stack

ELSEWHERE = {"postcode": Postcode.parse("BD9 6RJ"), "address_lines": ("3 High Street",)}


def joined(hub, kinds=(EventKind.DOMESTIC_ABUSE_INCIDENT,)):
    """The force joined, and rules allowed to read these events of a household."""

    def of(policy):
        sources = {**policy.sources, "POL13": FORCE}
        return replace(policy, sources=sources, household_correlation=frozenset(kinds))

    policies = hub.policies
    authorities = {code: of(one) for code, one in policies.authorities.items()}
    hub.policies = replace(policies, hub=of(policies.hub), authorities=authorities)
    hub.receive = hub.a_receive()
    return hub


@pytest.fixture
def hub(laboratory):
    return joined(laboratory)


def tick(hub):
    decide = hub.a_decide()
    handlers = {
        HOUSEHOLD_LOOK: LookForAnother(decide.for_another),
        TOLD_LATER: DecideAgain(decide.correlate),
    }
    fires = Tick(store=hub.store, clock=hub.clock, handlers=handlers)
    while fires():
        pass


def hear(hub, agency, *events):
    hub.receive([hub.says(agency, event) for event in events])
    hub.receive.settle_pending()
    tick(hub)


def visit_of(child, name, **more):
    return an_attendance(name, child=child, **more)


def at_home(hub, *children):
    """A hospital tells of each child with its address."""
    hear(hub, hub.hospital, *(visit_of(one, f"at-{one.local_id}") for one in children))


def listed(child, name="O1", **more):
    """The incident as the force tells it of a child by its number."""
    return an_incident(name, child=replace(child, local_id=f"N-{child.local_id}"), **more)


def told_of(hub):
    """How urgent the rule's standing alerts are, and whether they are delivered."""
    return hub.rows(
        "SELECT alert.severity, alert.delivered FROM alert"
        " WHERE rule = 'household_incident' AND state = 'standing' ORDER BY 1"
    )


def test_a_brother_whom_the_force_does_not_list_has_an_alert(hub):
    at_home(hub, MIRA, SAM)
    hear(hub, hub.force, listed(MIRA))

    assert told_of(hub) == [("information", True)]
    sentence = hub.one("SELECT sentence FROM alert WHERE rule = 'household_incident'")
    assert "listing a brother or sister at the same address, and not this child" in sentence
    sams = hub.one(
        "SELECT child_ref FROM alert WHERE rule = 'household_incident' AND state = 'standing'"
    )
    miras = hub.one("SELECT child_ref FROM alert WHERE rule = 'domestic_abuse_incident'")
    assert sams != miras


def test_one_who_is_told_at_the_address_only_afterwards_is_found_too(hub):
    at_home(hub, MIRA)
    hear(hub, hub.force, listed(MIRA))
    assert told_of(hub) == []
    at_home(hub, SAM)
    assert len(told_of(hub)) == 1


def test_a_mark_that_tells_no_home_has_no_brother_looked_at(hub):
    """Nor the pupil, if no rule needs it: a school day has hundreds of thousands of marks."""
    school = schools.joined(hub)
    joined(hub, (EventKind.EMERGENCY_ATTENDANCE,))
    at_home(hub, MIRA, SAM)
    pupil = replace(MIRA, local_id="P-mira", postcode=None, address_lines=None)
    hear(hub, school, an_absence(pupil=pupil))  # whose record comes to the child by it
    hub.receive([hub.says(school, an_absence(pupil=pupil, session=PM))])
    assert looks_that_wait(hub) == 0
    monday = an_absence(pupil=replace(pupil, postcode=MIRA.postcode), day=date(2026, 11, 16))
    hub.receive([hub.says(school, monday)])
    assert looks_that_wait(hub) == 1


def looks_that_wait(hub):
    return hub.one("SELECT count(*) FROM timer WHERE kind = 'household_look' AND state = 'waiting'")


@pytest.mark.parametrize("seed", range(4))
def test_in_whatever_order_it_is_told(hub, seed):
    told = [
        (hub.hospital, visit_of(MIRA, "V1")),
        (hub.hospital, visit_of(SAM, "V2")),
        (hub.force, listed(MIRA)),
        (hub.hospital, visit_of(SAM, "V3", days_ago=2)),
    ]
    for agency, event in shuffled(told, seed):
        hear(hub, agency, event)
    assert len(told_of(hub)) == 1


def test_a_child_that_is_listed_itself_has_no_second_alert(hub):
    at_home(hub, MIRA, SAM)
    hear(hub, hub.force, listed(MIRA), listed(SAM))
    assert told_of(hub) == []


def test_it_ends_with_the_incident(hub):
    at_home(hub, MIRA, SAM)
    hear(hub, hub.force, listed(MIRA))
    hear(hub, hub.force, listed(MIRA, revision=2, state=EventState.WITHDRAWN))
    assert told_of(hub) == []


@pytest.mark.parametrize("who", [MIRA, SAM])
def test_it_ends_when_either_moves_away(hub, who):
    at_home(hub, MIRA, SAM)
    hear(hub, hub.force, listed(MIRA))
    assert len(told_of(hub)) == 1
    moved = replace(who, **ELSEWHERE)
    hear(hub, hub.hospital, visit_of(moved, "V-moved", revision=5))
    assert told_of(hub) == []
    why = hub.one(
        "SELECT step.sentence FROM alert_step AS step JOIN alert USING (alert_id)"
        " WHERE rule = 'household_incident' AND step.kind = 'withdrawn'"
    )
    assert "no longer told at one address" in why


def test_it_ends_when_the_record_was_another_childs(hub):
    """A split: the force corrects whom its record is of."""
    at_home(hub, MIRA, SAM)
    hear(hub, hub.force, listed(MIRA))
    stranger = a_child(
        3, family_name="Bell", given_names=("Tom",), birth_date=date(2016, 2, 9), **ELSEWHERE
    )
    corrected = replace(stranger, local_id=f"N-{MIRA.local_id}")
    hear(hub, hub.force, an_incident("O1", child=corrected, revision=2))
    assert told_of(hub) == []


@pytest.mark.parametrize("who", [MIRA, SAM])
def test_nothing_is_told_through_a_child_that_is_shielded(hub, who):
    other = SAM if who is MIRA else MIRA
    hear(hub, hub.hospital, visit_of(who, "V1", shielded=True), visit_of(other, "V2"))
    hear(hub, hub.force, listed(MIRA))
    assert told_of(hub) == []


def test_nothing_is_told_through_an_incident_that_is_shielded(hub):
    at_home(hub, MIRA, SAM)
    hear(hub, hub.force, listed(MIRA, shielded=True))
    assert told_of(hub) == []


@pytest.mark.parametrize(
    ("others", "told"), [(HOUSEHOLD_CHILDREN_MAX - 1, True), (HOUSEHOLD_CHILDREN_MAX, False)]
)
def test_a_large_address_is_no_household(hub, others, told):
    at_home(hub, MIRA, *many(others))
    hear(hub, hub.force, listed(MIRA))
    assert len(told_of(hub)) == (others if told else 0)


def test_what_may_not_be_told_yet_is_told_of_nobody_until_then(hub):
    at_home(hub, MIRA, SAM)
    until = NOW + timedelta(days=2)
    hear(hub, hub.force, listed(MIRA, handling=Handling(not_before=until)))
    assert told_of(hub) == []
    hub.clock.instant = until + timedelta(minutes=1)
    tick(hub)
    assert len(told_of(hub)) == 1


def test_no_rule_reads_of_a_household_unless_the_policy_says_so(laboratory):
    hub = joined(laboratory, kinds=())
    at_home(hub, MIRA, SAM)
    hear(hub, hub.force, listed(MIRA))
    assert told_of(hub) == []
    assert hub.one("SELECT count(*) FROM timer WHERE kind = 'household_look'") == 0


def test_a_policy_that_forbids_it_later_takes_nothing_back(hub):
    at_home(hub, MIRA, SAM)
    hear(hub, hub.force, listed(MIRA))
    joined(hub, kinds=())
    hear(hub, hub.hospital, visit_of(SAM, "V9", days_ago=1))
    assert len(told_of(hub)) == 1


def test_telling_it_again_changes_nothing(hub):
    at_home(hub, MIRA, SAM)
    again = hub.says(hub.force, listed(MIRA))
    for _ in range(2):
        hub.receive([again])
        tick(hub)
    steps = hub.one(
        "SELECT count(*) FROM alert_step JOIN alert USING (alert_id)"
        " WHERE rule = 'household_incident'"
    )
    assert (len(told_of(hub)), steps) == (1, 1)


def read_visits(hub):
    """Rules allowed to read the visits of a household."""
    return joined(hub, (EventKind.EMERGENCY_ATTENDANCE,))


def at_several_sites(hub):
    """Of how many children the rule's alerts stand."""
    return hub.rows(
        "SELECT DISTINCT child_ref, severity FROM alert"
        " WHERE rule = 'household_attendances' AND state = 'standing'"
    )


@pytest.mark.parametrize("seed", range(4))
def test_visits_of_a_household_to_several_sites_are_found_for_each_child(laboratory, seed):
    """Whoever came last: a child that was there once is looked at too."""
    hub = read_visits(laboratory)
    told = [
        visit_of(MIRA, "V1", days_ago=9),
        visit_of(SAM, "V2", days_ago=2, site="RAE02"),
        visit_of(SAM, "V3", days_ago=90),
    ]
    for event in shuffled(told, seed):
        hear(hub, hub.hospital, event)
    assert [severity for _, severity in at_several_sites(hub)] == ["information"] * 2


def test_visits_of_a_household_are_not_read_where_only_incidents_are(hub):
    hear(hub, hub.hospital, visit_of(MIRA, "V1"), visit_of(SAM, "V2", site="RAE02"))
    assert at_several_sites(hub) == []


@pytest.mark.parametrize("who", [MIRA, SAM])
def test_a_household_s_visits_are_nobody_s_pattern_once_one_moves_away(laboratory, who):
    hub = read_visits(laboratory)
    hear(hub, hub.hospital, visit_of(MIRA, "V1"), visit_of(SAM, "V2", site="RAE02"))
    assert len(at_several_sites(hub)) == 2
    moved = replace(who, **ELSEWHERE)
    hear(hub, hub.hospital, visit_of(moved, "V9", revision=5))
    assert at_several_sites(hub) == []


def test_a_visit_that_never_was_takes_the_pattern_from_both(laboratory):
    hub = read_visits(laboratory)
    hear(hub, hub.hospital, visit_of(MIRA, "V1"), visit_of(SAM, "V2", site="RAE02"))
    gone = visit_of(SAM, "V2", site="RAE02", revision=2, state=EventState.WITHDRAWN)
    hear(hub, hub.hospital, gone)
    assert at_several_sites(hub) == []


def test_a_visit_that_may_be_told_later_is_read_then(laboratory):
    hub = read_visits(laboratory)
    later = Handling(not_before=NOW + timedelta(days=2))
    hear(hub, hub.hospital, visit_of(MIRA, "V1"))
    hear(hub, hub.hospital, visit_of(SAM, "V2", site="RAE02", handling=later))
    assert at_several_sites(hub) == []
    hub.clock.instant = NOW + timedelta(days=3)
    tick(hub)
    assert len(at_several_sites(hub)) == 2
