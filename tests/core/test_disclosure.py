"""Default deny: who is not in the table sees nothing, and shielding hides location, not status."""

from dataclasses import fields, replace
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.alert import Alert, AlertState, Severity
from hub.core.answer import PlanAnswer, SeenAnswer
from hub.core.disclosure import (
    DISCLOSURE_TABLE,
    DISCLOSURE_VERSION,
    Part,
    Purpose,
    Relationship,
    Role,
    Standing,
    disclose,
    disclose_alert,
    may_be_shown,
)
from hub.core.event import Audience, Contact, EventKind, Handling
from hub.core.identifiers import GssCode
from hub.core.status_answer import whole_answer
from tests.core.builders import BRADFORD, LEEDS
from tests.core.status_builders import (
    NOW,
    POLICIES,
    a_plan,
    a_question,
    a_visit,
    hours_ago,
    knowledge,
)

CLINICIAN = (Role.ED_CLINICIAN, Purpose.DIRECT_CARE, Relationship.CHILD_PRESENT)
RECEPTION = (Role.ED_RECEPTION, Purpose.DIRECT_CARE, Relationship.CHILD_PRESENT)
DUTY = (Role.DUTY_WORKER, Purpose.SAFEGUARDING, Relationship.AUTHORITY_CONCERNED)

CONTACT = Contact(role="social worker", name="Wanda Worker", team="East Team")
SITE = "Bradford Royal Infirmary"


def whole(*, shielded=False, entries=None, at=NOW, **more):
    known = knowledge(
        entries=(a_plan(authority=LEEDS, contacts=(CONTACT,)),) if entries is None else entries,
        attendances=(a_visit(site="RAE01"),),
        shielded=shielded,
        **more,
    )
    return whole_answer(a_question(), known, POLICIES, at)


def test_a_child_in_need_is_shown_beside_the_answer_without_place_if_shielded():
    need = a_plan("n1", kind=EventKind.CHILD_IN_NEED_PERIOD, authority=LEEDS, contacts=(CONTACT,))
    for asker in (CLINICIAN, DUTY):
        (one,) = disclose(*asker, whole(entries=(need,))).in_need
        assert (one.authority, one.team) == (LEEDS, "East Team")
        (hidden,) = disclose(*asker, whole(entries=(need,), shielded=True)).in_need
        assert (hidden.authority, hidden.authority_name, hidden.team, hidden.worker) == (None,) * 4
        assert hidden.started_on == one.started_on
    assert disclose(*RECEPTION, whole(entries=(need,))).in_need == ()


def test_who_may_not_see_that_a_child_is_in_need_is_shown_none():
    need = a_plan("n1", kind=EventKind.CHILD_IN_NEED_PERIOD, authority=LEEDS)
    table = {CLINICIAN: DISCLOSURE_TABLE[CLINICIAN] - {Part.CHILD_IN_NEED}}
    assert disclose(*CLINICIAN, whole(entries=(need,)), table).in_need == ()


@pytest.mark.parametrize("asker", list(product(Role, Purpose, Relationship)), ids=str)
def test_who_is_not_in_the_table_sees_nothing(asker):
    shown = disclose(*asker, whole())
    assert (shown is not None) is (asker in {CLINICIAN, RECEPTION, DUTY})


@pytest.mark.parametrize("role", ["consultant", "", None])
def test_an_unknown_role_sees_nothing(role):
    assert disclose(role, CLINICIAN[1], CLINICIAN[2], whole()) is None
    assert may_be_shown(role, Handling(), NOW) is False
    assert disclose_alert(role, BRADFORD, an_alert(), shielded=False) is None


def test_an_empty_entry_means_nothing():
    assert disclose(*CLINICIAN, whole(), {CLINICIAN: frozenset()}) is None
    assert disclose(*CLINICIAN, whole(), {}) is None


def test_the_table_is_closed_and_has_a_version():
    with pytest.raises(TypeError):
        DISCLOSURE_TABLE[CLINICIAN] = frozenset(Part)
    assert DISCLOSURE_VERSION == "6"


def test_a_clinician_sees_status_holder_and_visits():
    shown = disclose(*CLINICIAN, whole())
    assert shown.plan is PlanAnswer.ON_PLAN
    assert shown.plans[0].authority == LEEDS
    assert shown.plans[0].team == "East Team"
    assert shown.presentations[0].site_name == SITE
    assert shown.phones


def test_no_answer_holds_a_category_of_abuse():
    known = whole(entries=(a_plan(category_latest="NEG"),))
    assert "NEG" not in repr([getattr(known.answer, one.name) for one in fields(known.answer)])


def test_a_clinician_sees_the_workers_name_in_office_hours_only():
    assert disclose(*CLINICIAN, whole()).plans[0].worker == "Wanda Worker"
    night = disclose(*CLINICIAN, whole(at=NOW + timedelta(hours=8)))
    assert (night.plans[0].worker, night.plans[0].team) == (None, "East Team")
    assert disclose(*DUTY, whole(at=NOW + timedelta(hours=8))).plans[0].worker == "Wanda Worker"


def everything(value):
    """Answer every leaf of what is shown, as text."""
    if hasattr(value, "reveal"):
        return {value.reveal()}
    if hasattr(value, "__dataclass_fields__"):
        return {leaf for one in fields(value) for leaf in everything(getattr(value, one.name))}
    if isinstance(value, tuple):
        return {leaf for one in value for leaf in everything(one)}
    return {str(value)}


@pytest.mark.parametrize("asker", [CLINICIAN, DUTY], ids=str)
def test_shielding_hides_location_and_never_status(asker):
    plain, shown = disclose(*asker, whole()), disclose(*asker, whole(shielded=True))
    assert (shown.plan, shown.seen) == (plain.plan, plain.seen)
    assert (shown.visits, shown.sites) == (plain.visits, plain.sites)
    assert shown.plans[0].started_on == plain.plans[0].started_on
    assert [phone.number for phone in shown.phones] == ["01632 960999"]
    leaves = everything(shown)
    for secret in ("Wanda Worker", "East Team", LEEDS.reveal(), SITE, "RAE01"):
        assert secret in everything(plain)
        assert secret not in leaves
    assert all(source.asked for source in shown.sources)


def test_a_shielded_child_without_a_plan_looks_like_any_other():
    for more in ({"entries": ()}, {"entries": (), "registers": {}}):
        plain, shown = whole(**more), whole(shielded=True, **more)
        plain_shown, shielded_shown = disclose(*CLINICIAN, plain), disclose(*CLINICIAN, shown)
        assert plain_shown.plan is not PlanAnswer.ON_PLAN
        assert plain_shown.plan_reasons == shielded_shown.plan_reasons
        assert plain_shown.phones == shielded_shown.phones


@pytest.mark.parametrize("shielded", [False, True])
def test_reception_learns_only_whether_a_clinician_must_look(shielded):
    needed = disclose(*RECEPTION, whole(shielded=shielded))
    assert (needed.plan, needed.seen) == (PlanAnswer.CANNOT_SAY, SeenAnswer.CANNOT_SAY)
    stale = disclose(*RECEPTION, whole(entries=(), registers={}))
    assert stale == needed, (
        "nobody at reception can tell a plan from a register that is out of date"
    )
    clear = disclose(*RECEPTION, whole(entries=()))
    assert clear.plan is PlanAnswer.NO_PLAN_FOUND
    for shown in (needed, clear):
        assert (shown.plans, shown.plan_reasons, shown.presentations) == ((), (), ())
        assert (shown.phones, shown.sources, shown.visits, shown.days) == ((), (), 0, 0)


@settings(deadline=None)  # the machine is shared: a slow moment is no failure
@given(st.sets(st.sampled_from(Part)), st.sets(st.sampled_from(Part)), st.booleans())
def test_a_stricter_table_never_discloses_more(allowed, taken, shielded):
    answer = whole(shielded=shielded)
    wide = disclose(*CLINICIAN, answer, {CLINICIAN: frozenset(allowed)})
    narrow = disclose(*CLINICIAN, answer, {CLINICIAN: frozenset(allowed - taken)})
    if wide is None:
        assert narrow is None
    elif narrow is not None:
        silence = {"CANNOT_SAY", "None", "()", "0", "False"}
        assert everything(narrow) <= everything(wide) | silence


@pytest.mark.parametrize("part", Part)
def test_a_role_without_a_part_does_not_see_it(part):
    only = disclose(*CLINICIAN, whole(), {CLINICIAN: frozenset({part})})
    assert (only.plan is PlanAnswer.ON_PLAN) is (part is Part.PLAN_STATUS)
    assert (only.seen is SeenAnswer.SEEN_BEFORE) is (part is Part.SEEN_STATUS)
    assert bool(only.phones) is (part is Part.PHONES)
    assert bool(only.sources) is (part is Part.SOURCES)
    assert "Wanda Worker" not in everything(only)
    assert "East Team" not in everything(only)


@pytest.mark.parametrize(
    ("role", "audience", "shown"),
    [
        (Role.ED_CLINICIAN, Audience.ENTITLED, True),
        (Role.ED_CLINICIAN, Audience.HEALTH_AND_SOCIAL_CARE, True),
        (Role.ED_CLINICIAN, Audience.SOCIAL_CARE_ONLY, False),
        (Role.ED_CLINICIAN, Audience.UNKNOWN, False),
        (Role.DUTY_WORKER, Audience.SOCIAL_CARE_ONLY, True),
        (Role.DUTY_WORKER, Audience.UNKNOWN, True),
        (Role.AGENCY_STAFF, Audience.ENTITLED, False),
        (Role.HUB_OPERATOR, Audience.ENTITLED, False),
    ],
)
def test_an_agencys_wish_is_kept(role, audience, shown):
    assert may_be_shown(role, Handling(audience=audience), NOW) is shown


def test_nothing_is_shown_before_its_time():
    wish = Handling(not_before=hours_ago(-1))
    assert may_be_shown(Role.ED_CLINICIAN, wish, NOW) is False
    assert may_be_shown(Role.ED_CLINICIAN, wish, hours_ago(-1)) is True


# ---------------------------------------------------------------- alerts


def an_alert(**more):
    values = {
        "alert_id": None,
        "child_ref": b"c",
        "rule": "plan_match",
        "severity": Severity.IMMEDIATE,
        "state": AlertState.STANDING,
        "sentence": "Why.",
        "not_known": (),
        "grounds": ("ground",),
        "owner": BRADFORD,
        "informed": (LEEDS,),
        "delivered": True,
        "policy_version": "1",
        "raised_at": NOW,
    }
    return Alert(**(values | more))


CORNWALL = GssCode("E06000052")


@pytest.mark.parametrize(
    ("role", "authority"), list(product(Role, [BRADFORD, LEEDS, CORNWALL, None])), ids=str
)
def test_an_alert_is_shown_to_duty_workers_of_the_authorities_it_concerns(role, authority):
    shown = disclose_alert(role, authority, an_alert(), shielded=False)
    concerned = role is Role.DUTY_WORKER and authority in {BRADFORD, LEEDS}
    assert (shown is not None) is concerned
    if shown:
        owner = authority == BRADFORD
        assert shown.standing is (Standing.OWNER if owner else Standing.INFORMED)
        assert shown.alert == an_alert()


def test_what_was_never_delivered_is_shown_to_nobody():
    for role, authority in product(Role, [BRADFORD, LEEDS, None]):
        hidden = an_alert(delivered=False)
        assert disclose_alert(role, authority, hidden, shielded=False) is None


@pytest.mark.parametrize(("authority", "other"), [(BRADFORD, LEEDS), (LEEDS, BRADFORD)])
def test_the_alert_of_a_shielded_child_does_not_name_the_other_authorities(authority, other):
    shown = disclose_alert(Role.DUTY_WORKER, authority, an_alert(), shielded=True)
    assert shown.location_withheld is True
    assert other not in {shown.alert.owner, *shown.alert.informed}
    assert authority in {shown.alert.owner, *shown.alert.informed}
    assert shown.alert.sentence == "Why."


def test_the_policy_of_a_shielded_childs_alert_is_quoted_to_who_acts_on_it_alone():
    quoted = an_alert(policy_version=f"{BRADFORD.reveal()} 2026.1+0a1b plan_match:0c")
    acts, informed = (
        disclose_alert(Role.DUTY_WORKER, authority, quoted, shielded=True).alert.policy_version
        for authority in (BRADFORD, LEEDS)
    )
    assert (acts, informed) == (quoted.policy_version, "")


def test_an_alert_without_an_authority_reaches_the_operator_without_its_grounds():
    lost = an_alert(owner=None, informed=())
    shown = disclose_alert(Role.HUB_OPERATOR, None, lost, shielded=False)
    assert shown.standing is Standing.HUB_DESK
    assert shown.alert.grounds == ()
    assert disclose_alert(Role.DUTY_WORKER, BRADFORD, lost, shielded=False) is None
    assert disclose_alert(Role.DUTY_WORKER, None, lost, shielded=False) is None


def test_an_operator_sees_no_alert_that_an_authority_owns():
    assert disclose_alert(Role.HUB_OPERATOR, None, an_alert(), shielded=False) is None


def test_the_whole_answer_shows_nothing_when_it_is_printed():
    assert "Wanda" not in repr(whole())
    assert "shielded" not in repr(replace(whole(), shielded=True))
