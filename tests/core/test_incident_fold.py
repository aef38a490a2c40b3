"""An incident is the fold of its revisions, in the source's order and not in that of arrival."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.event import Audience, EventKind, EventState, Handling
from hub.core.incident_facts import (
    AdultRole,
    IncidentAdult,
    Premises,
    RelationToChild,
    RiskGrade,
    WhereInHouse,
)
from hub.core.incident_fold import fold_incident, incidents
from tests.core.builders import DAY_0, an_incident_event, digest, on_day

WITHDRAWN, CORRECTED, REPORTED = EventState.WITHDRAWN, EventState.CORRECTED, EventState.REPORTED


def test_one_report_is_an_incident():
    folded = fold_incident([an_incident_event()])
    assert folded.began_at == DAY_0
    assert (folded.present, folded.resident) == (True, True)
    assert folded.grade is RiskGrade.MEDIUM


def test_present_and_resident_stay_apart():
    folded = fold_incident([an_incident_event(facts={"present": False, "resident": True})])
    assert (folded.present, folded.resident) == (False, True)


def test_an_amended_grade_replaces_the_former():
    amended = an_incident_event(revision=2, state=CORRECTED, facts={"officer_grade": "high"})
    folded = fold_incident([an_incident_event(), amended])
    assert folded.grade is RiskGrade.HIGH
    assert folded.present is True


def test_the_second_assessor_has_the_last_word_until_it_is_deleted():
    second = an_incident_event(revision=2, state=CORRECTED, facts={"assessor_grade": "standard"})
    assert fold_incident([an_incident_event(), second]).grade is RiskGrade.STANDARD
    gone = an_incident_event(revision=3, state=CORRECTED, facts={}, cleared=("assessor_grade",))
    assert fold_incident([an_incident_event(), second, gone]).grade is RiskGrade.MEDIUM


def test_a_withdrawn_incident_does_not_stand_and_a_correction_does_not_bring_it_back():
    gone = an_incident_event(revision=2, state=WITHDRAWN, facts={})
    amended = an_incident_event(revision=3, state=CORRECTED)
    assert fold_incident([an_incident_event(), gone]) is None
    assert fold_incident([an_incident_event(), gone, amended]) is None
    again = an_incident_event(revision=4, state=REPORTED)
    assert fold_incident([an_incident_event(), gone, amended, again]) is not None


def test_shielding_stays_and_the_narrower_wish_holds():
    narrow = Handling(audience=Audience.SOCIAL_CARE_ONLY, not_to_family=True)
    first = an_incident_event(shielded=True, handling=narrow)
    folded = fold_incident([first, an_incident_event(revision=2, state=CORRECTED)])
    assert folded.shielded is True
    assert folded.handling == narrow


def test_it_is_history_only_if_every_revision_was_backfill():
    assert fold_incident([an_incident_event(backfill=True)]).backfill is True
    later = an_incident_event(revision=2, state=CORRECTED)
    assert fold_incident([an_incident_event(backfill=True), later]).backfill is False


def test_codes_that_are_not_known_never_cost_the_incident():
    facts = {
        "officer_grade": "gold",
        "premises": "on the moon",
        "place_authority": "Bradford",
        "where_in_house": "loft",
        "adults": [{"role": "king", "relation": 7}, "nobody"],
        "age_months": "many",
        "present": "perhaps",
    }
    folded = fold_incident([an_incident_event(facts=facts)])
    assert folded.grade is RiskGrade.UNKNOWN
    assert folded.premises is Premises.UNKNOWN
    assert folded.where_in_house is WhereInHouse.UNKNOWN
    assert folded.place_authority is None
    assert folded.adults == (IncidentAdult(),)
    assert (folded.age_months, folded.present) == (None, None)


def test_references_are_kept_only_as_digests():
    adults = [
        {"role": "suspect", "relation": "father", "person": "N1002"},
        {"role": "victim", "relation": "mother", "person": digest("N1001").hex()},
    ]
    told = an_incident_event(facts={"occurrence": "13260/26", "adults": adults})
    folded = fold_incident([told])
    assert folded.occurrence is None
    assert [one.person for one in folded.adults] == [None, digest("N1001").hex()]
    assert folded.adults[0].role is AdultRole.SUSPECT
    assert folded.adults[0].relation is RelationToChild.FATHER


def test_the_same_occurrence_of_a_force_is_the_same_incident():
    of = {"occurrence": digest("13260").hex(), "present": True}
    one, other = incidents([an_incident_event("i1", facts=of), an_incident_event("i2", facts=of)])
    (third,) = incidents([an_incident_event("i3", facts=of, agency="POL14")])
    assert one.same_incident == other.same_incident != third.same_incident
    (fourth,) = incidents([an_incident_event("i4")])
    assert fourth.same_incident == ("POL13", digest("i4"))


def test_when_it_began_is_as_told_else_when_it_first_happened():
    told = an_incident_event(revision=2, facts={"began_at": on_day(3).isoformat()})
    assert fold_incident([an_incident_event(day=1), told]).began_at == on_day(3)
    both = [an_incident_event(day=1), an_incident_event(revision=2, day=0.5)]
    assert fold_incident(both).began_at == on_day(0.5)


def test_incidents_are_grouped_by_fact_and_other_kinds_passed_over():
    events = [
        an_incident_event("b", day=5),
        an_incident_event("a", day=9),
        an_incident_event("b", revision=2, day=6, state=CORRECTED),
        an_incident_event("c", kind=EventKind.PERSON_DETAILS),
        an_incident_event("d", kind=EventKind.EMERGENCY_ATTENDANCE),
    ]
    assert [one.fact_key for one in incidents(events)] == [digest("b"), digest("a")]


REVISIONS = [
    an_incident_event(),
    an_incident_event(revision=2, state=WITHDRAWN, facts={}),
    an_incident_event(revision=3, facts={"officer_grade": "high"}, shielded=True),
    an_incident_event(revision=4, state=CORRECTED, facts={"injured": True}, cleared=("present",)),
]


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_the_order_of_arrival_does_not_matter(order):
    shuffled = [REVISIONS[index] for index in order]
    assert fold_incident(shuffled) == fold_incident(REVISIONS)
    assert fold_incident([*shuffled, *shuffled]) == fold_incident(REVISIONS)


@given(st.data())
def test_no_order_and_no_repetition_changes_a_chronology(data):
    kinds = st.sampled_from([REPORTED, CORRECTED, WITHDRAWN])
    facts = st.fixed_dictionaries(
        {},
        optional={
            "officer_grade": st.sampled_from(["standard", "medium", "high", "unknown"]),
            "present": st.booleans(),
            "began_at": st.sampled_from([on_day(1).isoformat(), on_day(2).isoformat()]),
        },
    )
    revision = st.builds(
        lambda name, number, state, told, cleared: an_incident_event(
            name, revision=number, state=state, facts=told, cleared=tuple(cleared)
        ),
        st.sampled_from(["i1", "i2"]),
        st.integers(1, 4),
        kinds,
        facts,
        st.lists(st.sampled_from(["present", "officer_grade"]), max_size=1),
    )
    drawn = data.draw(st.lists(revision, max_size=8, unique_by=lambda one: one.event_id))
    shuffled = data.draw(st.permutations(drawn))
    assert incidents(shuffled) == incidents([*drawn, *drawn])


@pytest.mark.parametrize(
    ("present", "resident", "concerns"),
    [
        (True, False, True),
        (False, True, True),
        (False, False, False),
        (None, False, True),
        (False, None, True),
        (None, None, True),
    ],
)
def test_only_a_child_said_to_be_away_and_to_live_elsewhere_is_not_concerned(
    present, resident, concerns
):
    facts = {"present": present, "resident": resident}
    assert fold_incident([an_incident_event(facts=facts)]).concerns_child is concerns
    unborn = an_incident_event(facts={**facts, "unborn": True})
    assert fold_incident([unborn]).concerns_child is True
