"""Notices to schools in plain words: why they came here, what they say, what may be answered."""

from collections.abc import Iterator

from hub.api.times import moment
from hub.api.wording_incident import adult_words, seen_words, where_words
from hub.core.disclosure_encompass import DisclosedNotice, NoticePart
from hub.core.encompass_notice import NoticeReason, NoticeState, RecipientKind
from hub.core.incident import Incident
from hub.core.incident_facts import Premises, RecordedAs, RiskGrade
from hub.service.notice_answers import NoticeAnswer
from hub.service.notice_items import NoticeItem

REASON_WORDS = {
    NoticeReason.SCHOOL_REPORTS_CHILD: (
        "The school's own register names the child this school year."
    ),
    NoticeReason.SCHOOL_CONFIRMED: "The school has said that the child is on its roll.",
    NoticeReason.COUNCIL_NAMED_SCHOOL: "The council named the school.",
    NoticeReason.FORCE_NAMED_SCHOOL: (
        "Only the police name the school, so it is asked first whether the child is on its roll."
    ),
    NoticeReason.CHILD_NOT_CERTAIN: (
        "The hub cannot be sure which child this is, so no school was told."
    ),
    NoticeReason.SCHOOL_NOT_LISTED: (
        "The school is not in the hub's directory, so nobody there could be told."
    ),
    NoticeReason.NOBODY_TO_ADDRESS: (
        "The school has no safeguarding lead or deputy whom this could be addressed to."
    ),
    NoticeReason.SCHOOL_CONCERNED: (
        "The police say that somebody at the school is concerned, so the school was not told."
    ),
    NoticeReason.NOT_FOR_SCHOOLS: "The police asked that schools are not told.",
    NoticeReason.SHIELDED_UNCONFIRMED: (
        "Only the police name the school, and asking it could give away where the child is."
    ),
    NoticeReason.NOT_ON_ROLL: (
        "The school that was asked says that the child is not on its roll. No other is known."
    ),
    NoticeReason.NO_SCHOOL_KNOWN: (
        "No school is known for the child this school year. It may be educated at home."
    ),
    NoticeReason.SCHOOLS_DISAGREE: (
        "Two schools have marked the child in their registers of late, so neither was told."
    ),
}

ANSWER_WORDS = {
    NoticeAnswer.ACKNOWLEDGE: "I have read it and will act on it",
    NoticeAnswer.ON_ROLL: "Yes, on our roll",
    NoticeAnswer.NOT_ON_ROLL: "Not on our roll",
    NoticeAnswer.NOT_ME: "Pass it to somebody else: I know the people concerned",
    NoticeAnswer.SCHOOL: "Send it to this school",
}
BY_TELEPHONE = "I have told the school by telephone"

_PREMISES = {
    Premises.HOME: "At home",
    Premises.OTHER_DWELLING: "At another home",
    Premises.PUBLIC_PLACE: "In a public place",
    Premises.SCHOOL: "At a school",
    Premises.HOSPITAL: "At a hospital",
    Premises.OTHER: "Elsewhere",
}
_RECORDED = {
    RecordedAs.CRIME: "The police recorded a crime",
    RecordedAs.NON_CRIME: "The police recorded no crime",
}
EXISTS = "There was an incident of domestic abuse that concerned this child"


def heading(disclosed: DisclosedNotice) -> str:
    """Answer the one sentence that says what a notice is; it names nobody."""
    notice = disclosed.notice
    if notice.state is NoticeState.WITHDRAWN:
        return "Taken back: nothing of this stands for this child"
    if notice.state is NoticeState.PASSED_ON:
        return "Not for you any longer: somebody else is being told"
    if NoticePart.INCIDENT not in disclosed.parts:
        return "Is this child on your roll?"
    if disclosed.incident is not None and NoticePart.WHEN in disclosed.parts:
        return f"Domestic abuse incident, {moment(disclosed.incident.began_at)}"
    return EXISTS


def fact_words(item: NoticeItem) -> tuple[tuple[str, str], ...]:
    """Answer what a notice tells of the incident: a label and words for each part."""
    return tuple(_facts(item))


def _facts(item: NoticeItem) -> Iterator[tuple[str, str]]:
    parts, incident = item.disclosed.parts, item.disclosed.incident
    if item.reference and NoticePart.REFERENCE in parts:
        yield "Police reference", item.reference
    if incident is not None and item.disclosed.notice.stands:
        yield from _of_incident(item, incident)


def _of_incident(item: NoticeItem, incident: Incident) -> Iterator[tuple[str, str]]:
    parts = item.disclosed.parts
    if NoticePart.WHEN in parts:
        yield "When", moment(incident.began_at)
    if NoticePart.PLACE in parts and incident.premises in _PREMISES:
        yield "Where", _PREMISES[incident.premises]
    if NoticePart.PRESENT in parts:
        yield from _labelled("The child", [where_words(incident), *seen_words(incident)])
    if NoticePart.VOICE in parts:
        yield from _voice(item, incident)
    if NoticePart.CIRCUMSTANCES in parts:
        told = [_RECORDED.get(incident.recorded_as, ""), *adult_words(incident)]
        yield from _labelled("Circumstances", told)
    if NoticePart.GRADE in parts and incident.grade is not RiskGrade.UNKNOWN:
        yield "Risk, as the police grade it", incident.grade.value.capitalize()


def _labelled(label: str, sentences: list[str]) -> Iterator[tuple[str, str]]:
    said = [one for one in sentences if one]
    if said:
        yield label, ". ".join(said) + "."


def _voice(item: NoticeItem, incident: Incident) -> Iterator[tuple[str, str]]:
    if item.voice:
        yield "What the child said", item.voice
    elif incident.voice_recorded:
        yield "What the child said", "The police have it written down. Ask, quoting the reference."


def reason_words(item: NoticeItem) -> str:
    """Answer why it came here, or why it is shown here; empty where the reader is not told."""
    notice = item.disclosed.notice
    if NoticePart.REASON not in item.disclosed.parts:
        return ""
    if notice.late_at is not None and notice.recipient.kind is RecipientKind.SCHOOL:
        school = item.school.name if item.school else "The school"
        done, undone = ("asked", "answered") if notice.unconfirmed else ("told", "acknowledged it")
        return f"{school} was {done}, and nobody there has {undone} in time. Ring the school."
    return REASON_WORDS[notice.reason]
