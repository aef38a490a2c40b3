"""A domestic-abuse incident in plain words, for those who may see one."""

from hub.core.incident import Incident
from hub.core.incident_facts import AdultRole, RelationToChild, RiskGrade, WhereInHouse

_INCIDENT = "Domestic-abuse incident"

_WHERE = {
    WhereInHouse.SAME_ROOM: "in the same room",
    WhereInHouse.OTHER_ROOM: "in another room",
    WhereInHouse.OUTSIDE: "outside",
}

_ROLES = {
    AdultRole.VICTIM: "Victim",
    AdultRole.SUSPECT: "Suspect",
    AdultRole.VICTIM_AND_SUSPECT: "Victim and suspect",
    AdultRole.OTHER: "Other adult",
}

_RELATIONS = {
    RelationToChild.MOTHER: "mother",
    RelationToChild.FATHER: "father",
    RelationToChild.STEP_PARENT: "step-parent",
    RelationToChild.PARENTS_PARTNER: "a parent's partner",
    RelationToChild.PARENTS_FORMER_PARTNER: "a parent's former partner",
    RelationToChild.GRANDPARENT: "grandparent",
    RelationToChild.SIBLING: "brother or sister",
    RelationToChild.OTHER_RELATIVE: "another relative",
    RelationToChild.CARER: "carer",
    RelationToChild.NOT_RELATED: "not related",
}


def incident_words(incident: Incident | None) -> str:
    """Answer what a ground says of an incident; only its kind where no more may be seen."""
    return ". ".join(incident_parts(incident))


def incident_parts(incident: Incident | None) -> list[str]:
    """Answer the same in parts, what it is first."""
    if incident is None:
        return [_INCIDENT]
    grade = "" if incident.grade is RiskGrade.UNKNOWN else f", graded {incident.grade} by the force"
    parts = [
        *(f"{_INCIDENT}{grade}", where_words(incident)),
        *(*seen_words(incident), *adult_words(incident)),
    ]
    if incident.referral_made:
        parts.append("The police say that they made a referral")
    return [part for part in parts if part]


def where_words(incident: Incident) -> str:
    """Answer whether the child was there and lives there; empty if nothing is said."""
    if incident.unborn:
        return "The child was not born yet"
    said = []
    if incident.present is not None:
        where = _WHERE.get(incident.where_in_house)
        there = "was there" + (f", {where}" if where else "")
        said.append(there if incident.present else "was not there")
    if incident.resident is not None:
        said.append("lives there" if incident.resident else "does not live there")
    return f"The child {' and '.join(said)}" if said else ""


def seen_words(incident: Incident) -> list[str]:
    """Answer whether the child was injured, seen or spoken to."""
    told = []
    if incident.injured:
        told.append("The child was injured")
    if incident.spoken_to:
        told.append("An officer spoke to the child")
    elif incident.seen:
        told.append("An officer saw the child")
    elif incident.seen is False:
        told.append("No officer saw the child")
    return told


def adult_words(incident: Incident) -> list[str]:
    """Answer what each adult was in it, and what to the child; never who."""
    return [
        f"{_ROLES[one.role]}: {_RELATIONS[one.relation]}"
        for one in incident.adults
        if one.role in _ROLES and one.relation in _RELATIONS
    ]
