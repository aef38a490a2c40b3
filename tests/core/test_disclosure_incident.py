"""Who may see what of a domestic-abuse incident; whoever is not named sees nothing."""

from datetime import timedelta

import pytest

from hub.core.disclosure import Purpose, Relationship, Role
from hub.core.disclosure_incident import INCIDENT_READERS, disclose_incident
from hub.core.event import Audience, Handling
from hub.core.incident_facts import AdultRole, IncidentAdult, Premises, RiskGrade
from tests.core.builders import BRADFORD, an_incident, digest, on_day

DUTY = (Role.DUTY_WORKER, Purpose.SAFEGUARDING, Relationship.AUTHORITY_CONCERNED)
NOW = on_day(10)
WHOLE = an_incident(
    occurrence=digest("13260").hex(),
    adults=(IncidentAdult(role=AdultRole.SUSPECT, person=digest("N1").hex()),),
    place_authority=BRADFORD,
    premises=Premises.REFUGE,
    school_urn="107201",
    handling=Handling(audience=Audience.SOCIAL_CARE_ONLY, not_to_family=True),
)


def shown_to(who, incident=WHOLE, *, shielded=False, now=NOW):
    return disclose_incident(*who, incident, now, shielded=shielded)


@pytest.mark.parametrize(
    "who",
    [
        (role, purpose, relationship)
        for role in Role
        for purpose in Purpose
        for relationship in Relationship
        if (role, purpose, relationship) != DUTY
    ],
)
def test_nobody_else_sees_anything_of_an_incident(who):
    assert shown_to(who) is None
    assert who not in INCIDENT_READERS


def test_a_duty_worker_of_an_authority_concerned_sees_the_coded_facts_without_references():
    shown = shown_to(DUTY)
    assert shown.grade is RiskGrade.MEDIUM
    assert shown.adults[0].role is AdultRole.SUSPECT
    assert (shown.occurrence, shown.adults[0].person) == (None, None)
    assert (shown.place_authority, shown.premises) == (BRADFORD, Premises.REFUGE)


@pytest.mark.parametrize("by", ["child", "incident"])
def test_shielding_hides_the_place_its_kind_and_the_school(by):
    incident = an_incident(
        place_authority=BRADFORD,
        premises=Premises.REFUGE,
        school_urn="107201",
        shielded=by == "incident",
    )
    shown = shown_to(DUTY, incident, shielded=by == "child")
    assert shown.place_authority is None
    assert shown.premises is Premises.UNKNOWN
    assert shown.school_urn is None
    assert shown.present is True


def test_nothing_is_shown_before_the_force_allows_it():
    later = an_incident(handling=Handling(not_before=NOW + timedelta(hours=1)))
    assert shown_to(DUTY, later) is None
    assert shown_to(DUTY, later, now=NOW + timedelta(hours=1)) is not None
