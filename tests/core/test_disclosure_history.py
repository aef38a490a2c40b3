"""Who sees what of a history: the owner the whole, the informed by policy, and never a place."""

from dataclasses import replace

import pytest

from hub.core.disclosure import Role, Standing
from hub.core.disclosure_ended import Opening
from hub.core.disclosure_history import HistoryReader, disclose_history
from hub.core.event import EventState, Handling
from hub.core.history import HistoryFacts, history
from hub.core.policy import InformedSees
from tests.core.builders import (
    BRADFORD,
    LEEDS,
    an_absence,
    an_entry,
    an_event,
    an_incident_event,
    on_day,
)

NOW = on_day(100)
VISIT = an_event("visit", day=50)
WHOLE = history(
    HistoryFacts(
        events=(
            VISIT,
            an_incident_event(day=40, facts={"premises": "refuge", "school_urn": "107201"}),
            an_absence(day=30),
        ),
        register=(an_entry(start=0),),
    ),
    {VISIT.fact_key},
)
OWNER = HistoryReader(
    role=Role.DUTY_WORKER,
    standing=Standing.OWNER,
    authority=BRADFORD,
    informed_sees=InformedSees.NOTHING,
    opening=Opening.WHOLE,
)
INFORMED = replace(OWNER, standing=Standing.INFORMED, authority=LEEDS)


def seen_by(reader, entries=WHOLE, *, shielded=False):
    found = disclose_history(reader, entries, NOW, shielded=shielded)
    return None if found is None else found.entries


def test_the_authority_that_acts_sees_the_whole():
    assert [one.kind for one in seen_by(OWNER)] == [one.kind for one in WHOLE]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.DUTY_WORKER])
def test_no_other_role_sees_any_of_it(role):
    assert seen_by(replace(OWNER, role=role)) is None


def test_the_hubs_own_desk_sees_nothing_of_it():
    assert seen_by(replace(OWNER, standing=Standing.HUB_DESK)) is None


@pytest.mark.parametrize(
    ("sees", "expected"),
    [(InformedSees.NOTHING, None), (InformedSees.GROUNDS, 1), (InformedSees.WHOLE, len(WHOLE))],
)
def test_who_is_informed_sees_what_the_policy_of_who_acts_allows(sees, expected):
    found = seen_by(replace(INFORMED, informed_sees=sees))
    assert (None if found is None else len(found)) == expected


def test_who_is_informed_sees_its_own_register_too():
    own = HistoryFacts(events=(VISIT, an_event("other", day=2)), register=(an_entry(start=0),))
    reader = replace(INFORMED, informed_sees=InformedSees.GROUNDS, authority=BRADFORD)

    found = disclose_history(reader, history(own, {VISIT.fact_key}), NOW, shielded=False)

    assert len(found.entries) == 2
    assert found.narrowed


def test_shielding_takes_every_place_and_leaves_what_happened():
    shown = seen_by(OWNER, shielded=True)

    assert [one.kind for one in shown] == [one.kind for one in WHOLE]
    assert {one.agency for one in shown} == {""}
    said = repr([one.happened for one in shown if not isinstance(one.happened, tuple)])
    assert not [place for place in ("RAE", "E08", "POL13", "refuge", "107201") if place in said]


def test_one_shielded_thing_hides_its_own_place_alone():
    entries = history(HistoryFacts(events=(an_event("a", shielded=True), an_event("b", day=1))))

    assert [one.agency for one in seen_by(OWNER, entries)] == ["RAE", ""]


def test_what_an_agency_wishes_to_be_shown_later_is_kept_back_and_that_is_said():
    wish = Handling(not_before=on_day(101))
    later = an_event("later", handling=wish, received_at=on_day(99))
    found = disclose_history(
        OWNER, history(HistoryFacts(events=(later, VISIT))), NOW, shielded=False
    )

    assert [one.fact_keys for one in found.entries] == [(VISIT.fact_key,)]
    assert found.kept_back


def test_of_what_was_taken_back_only_kind_day_and_agency_are_shown():
    taken_back = (
        an_incident_event(),
        an_incident_event(revision=2, state=EventState.WITHDRAWN, facts={}),
    )
    (entry,) = seen_by(OWNER, history(HistoryFacts(events=taken_back)))

    assert entry.happened is None
    assert entry.agency == "POL13"


def test_of_what_is_held_as_another_childs_only_kind_day_and_agency_are_shown():
    others = tuple(replace(one, other_child=True, possible=True) for one in WHOLE)

    assert {one.happened for one in seen_by(OWNER, others)} == {None}


def test_neither_the_category_of_abuse_nor_a_worker_is_in_a_history():
    (entry,) = seen_by(OWNER, history(HistoryFacts(register=(an_entry(category_latest="NEG"),))))

    assert entry.happened.category_latest is None
    assert entry.happened.contacts == ()


def test_by_an_alert_that_ended_only_its_own_grounds_are_seen():
    found = disclose_history(replace(OWNER, opening=Opening.GROUNDS), WHOLE, NOW, shielded=False)

    assert [one.fact_keys for one in found.entries] == [(VISIT.fact_key,)]
    assert found.ended


def test_an_alert_that_ended_long_ago_opens_nothing():
    assert seen_by(replace(OWNER, opening=Opening.NOTHING)) is None


def test_what_is_held_as_another_childs_is_no_ground_of_an_alert_that_ended():
    other = [replace(one, other_child=True) for one in WHOLE]
    assert seen_by(replace(OWNER, opening=Opening.GROUNDS), other) == ()
