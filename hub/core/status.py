"""Is there a Child Protection Plan? The first closed answer, and what it rests on.

What is there is shown even where a register is stale, with its as-of time. What is *not* there is
answered only if nothing can hide it: "we could not check" is a different answer from "no plan
found" (design 2.5).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from hub.core.answer import ByName, CannotSay, CheckQuestion, PlanAnswer, PlanShown
from hub.core.chronology import Attendance, RegisterEntry
from hub.core.clock import london_date
from hub.core.event import Contact, EventKind
from hub.core.identifiers import GssCode, OdsCode
from hub.core.identity import Verdict, evidence_of_question
from hub.core.identity_compare import Person, person_of
from hub.core.identity_evidence import RecordEvidence
from hub.core.plan_standing import PlanStanding, in_need_on, register_on
from hub.core.policy import LocalAuthorityPolicy, Policies
from hub.core.status_others import Other, doubt_problems, expected_by
from hub.core.status_registers import FeedState, RegisterState, problems_of_authority


class Concern(StrEnum):
    """Why an authority's register must be searched before an absence is told."""

    HOME_GIVEN = "home_given"
    """Of the postcode that the asker gave."""
    HOME_ON_RECORD = "home_on_record"
    ATTENDING = "attending"
    """Of the site where the child is."""
    FORMER = "former"
    """Where the child was known before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernedAuthority:
    """An authority whose register is searched; ``None`` where it could not be told."""

    authority: GssCode | None
    concern: Concern


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """Everything known that bears on one question; ``repr`` shows nothing of anybody."""

    verdict: Verdict
    """Of the question against the children that share a key with it."""
    contradiction: bool = False
    """A record carries the number asked for and another birth date."""
    records: tuple[RecordEvidence, ...] = field(default=(), repr=False)
    """Of the matched child."""
    entries: tuple[RegisterEntry, ...] = field(default=(), repr=False)
    """Of the matched child, as its registers last told them."""
    attendances: tuple[Attendance, ...] = field(default=(), repr=False)
    """Of the matched child, and such as the asker's role may be shown."""
    attendances_withheld: bool = field(default=False, repr=False)
    """Attendances are known that the asker's role may not be shown, or not yet."""
    others: tuple[Other, ...] = field(default=(), repr=False)
    """Every other child behind the question's search keys, unborn ones included."""
    authorities: tuple[ConcernedAuthority, ...] = ()
    registers: Mapping[GssCode, RegisterState] = field(default_factory=dict)
    feeds: Mapping[str, FeedState] = field(default_factory=dict)
    by_name: ByName = ByName.NOT_SEARCHED
    """What a search by name, birth date and home found."""
    number_replaced: bool = False
    """The child has another NHS number now than was asked with."""
    shielded: bool = field(default=False, repr=False)
    """Any record, entry or attendance of the child says so."""
    site_names: Mapping[OdsCode, str] = field(default_factory=dict)
    authority_names: Mapping[GssCode, str] = field(default_factory=dict)


PLAN_FOUND = frozenset(
    {PlanAnswer.ON_PLAN, PlanAnswer.UNBORN_ON_PLAN, PlanAnswer.LOOKED_AFTER, PlanAnswer.PLAN_ENDED}
)
"""Headings that say what is there: they need no register to be complete."""


def plan_answer(
    question: CheckQuestion, knowledge: Knowledge, policies: Policies, now: datetime
) -> tuple[PlanAnswer, tuple[CannotSay, ...], tuple[PlanShown, ...]]:
    """Answer heading, reasons and every plan or period, the current first.

    Of several headings the first of ON_PLAN, UNBORN_ON_PLAN, LOOKED_AFTER, PLAN_ENDED holds. The
    reasons say what could not be checked beside it; under ON_PLAN they would only distract.
    """
    found = _found(question, knowledge, policies, now)
    reasons = _reasons(question, knowledge, policies, now)
    if any(one.standing is PlanStanding.TRANSFERRED for one in found):
        reasons = (*reasons, CannotSay.PLAN_MOVED)
    heading = _heading(found)
    if heading is None:
        heading = PlanAnswer.CANNOT_SAY if reasons else PlanAnswer.NO_PLAN_FOUND
    plans = tuple(_shown(one, knowledge, policies) for one in sorted(found, key=_current_first))
    return heading, () if heading is PlanAnswer.ON_PLAN else reasons, plans


def children_in_need(
    question: CheckQuestion, knowledge: Knowledge, policies: Policies, now: datetime
) -> tuple[PlanShown, ...]:
    """Answer the open periods in which the matched child is in need: beside the heading, never it.

    A number without the birth date shows nothing here either.
    """
    named = question.nhs_number is not None and question.birth_date is not None
    own = knowledge.entries if named and knowledge.verdict is Verdict.MATCHED else ()
    found = (
        _Found(entry=entry, standing=PlanStanding.CURRENT)
        for entry in in_need_on(own, london_date(now))
    )
    return tuple(_shown(one, knowledge, policies) for one in found)


def is_shielded(
    question: CheckQuestion, knowledge: Knowledge, policies: Policies, now: datetime
) -> bool:
    """Answer whether location must be withheld from what is shown, for whatever part of it."""
    found = _found(question, knowledge, policies, now)
    return (
        knowledge.shielded
        or any(one.entry.shielded for one in found)
        or any(one.shielded for one in knowledge.attendances)
    )


def asked_person(question: CheckQuestion, knowledge: Knowledge) -> Person:
    """Answer all that is known of the person asked about: as given, and as on record if matched."""
    return person_of(evidence_of_question(question), *knowledge.records)


def attending_policy(knowledge: Knowledge, policies: Policies) -> LocalAuthorityPolicy:
    """Answer the policy under which the question is asked: of the place where the child is."""
    attending = (one for one in knowledge.authorities if one.concern is Concern.ATTENDING)
    return policies.of(next((one.authority for one in attending), None))


def question_problems(question: CheckQuestion, knowledge: Knowledge) -> list[CannotSay]:
    """Answer what stands against recognising the person asked about."""
    problems = []
    if question.nhs_number is None:
        problems.append(CannotSay.NHS_NUMBER_NEEDED)
    if question.birth_date is None:
        problems.append(CannotSay.BIRTH_DATE_NEEDED)
    if question.nhs_number is None and question.family_name is None:
        problems.append(CannotSay.NAME_NEEDED)
    if knowledge.contradiction:
        problems.append(CannotSay.DETAILS_DISAGREE)
    if knowledge.verdict is Verdict.UNAVAILABLE:
        problems.append(CannotSay.SOURCE_UNAVAILABLE)
    if knowledge.verdict is Verdict.MANY:
        problems.append(CannotSay.POSSIBLE_MATCH)
    return problems


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    entry: RegisterEntry
    standing: PlanStanding
    expected: bool = False
    """The person asked about is the mother."""

    @property
    def heading(self) -> PlanAnswer | None:
        """The heading that this entry alone would have; ``None`` for one that moved."""
        if self.expected:
            return PlanAnswer.UNBORN_ON_PLAN
        if self.standing is PlanStanding.CURRENT:
            return _HEADINGS[self.entry.kind]
        return None if self.standing is PlanStanding.TRANSFERRED else PlanAnswer.PLAN_ENDED


_HEADINGS = {
    EventKind.CHILD_PROTECTION_PLAN: PlanAnswer.ON_PLAN,
    EventKind.UNBORN_CHILD_PROTECTION_PLAN: PlanAnswer.UNBORN_ON_PLAN,
    EventKind.LOOKED_AFTER_PERIOD: PlanAnswer.LOOKED_AFTER,
}
_PRECEDENCE = (PlanAnswer.ON_PLAN, PlanAnswer.UNBORN_ON_PLAN, PlanAnswer.LOOKED_AFTER)


def _found(
    question: CheckQuestion, knowledge: Knowledge, policies: Policies, now: datetime
) -> list[_Found]:
    """Answer what is there for certain: of the matched child, or of whom this person expects.

    A number without the birth date shows nothing (design 5).
    """
    if question.nhs_number is None or question.birth_date is None:
        return []
    on, windows = london_date(now), attending_policy(knowledge, policies).windows
    own = knowledge.entries if knowledge.verdict is Verdict.MATCHED else ()
    found = [
        _Found(entry=entry, standing=standing) for entry, standing in register_on(own, on, windows)
    ]
    asked = asked_person(question, knowledge)
    for other in knowledge.others:
        if expected_by(asked, other):
            unborn = (e for e in other.entries if e.kind is EventKind.UNBORN_CHILD_PROTECTION_PLAN)
            found += [
                _Found(entry=entry, standing=standing, expected=True)
                for entry, standing in register_on(unborn, on, windows)
            ]
    return found


def _heading(found: Iterable[_Found]) -> PlanAnswer | None:
    """Answer the heading of what is there. A plan that moved never lets another read as ended."""
    headings = {one.heading for one in found}
    first = next((one for one in _PRECEDENCE if one in headings), None)
    if first is not None or None in headings:
        return first
    return PlanAnswer.PLAN_ENDED if headings else None


def _reasons(
    question: CheckQuestion, knowledge: Knowledge, policies: Policies, now: datetime
) -> tuple[CannotSay, ...]:
    """Answer every reason why an absence could not be told, each once."""
    asked = asked_person(question, knowledge)
    windows, on = attending_policy(knowledge, policies).windows, london_date(now)
    holders = [
        other
        for other in knowledge.others
        if register_on(other.entries, on, windows) and not expected_by(asked, other)
    ]
    problems = question_problems(question, knowledge)
    if not asked.postcodes:
        problems.append(CannotSay.POSTCODE_NEEDED)
    problems += doubt_problems(question, asked, holders)
    problems += _authority_problems(knowledge, policies, now, home=bool(asked.postcodes))
    return tuple(dict.fromkeys(problems))


def _authority_problems(
    knowledge: Knowledge, policies: Policies, now: datetime, *, home: bool
) -> list[CannotSay]:
    """Answer what is wrong with the registers of home, attending and former authorities."""
    homes = {Concern.HOME_GIVEN, Concern.HOME_ON_RECORD}
    told = {one.concern for one in knowledge.authorities}
    unknown = any(one.authority is None for one in knowledge.authorities)
    problems = []
    if unknown or Concern.ATTENDING not in told or (home and not homes & told):
        problems.append(CannotSay.AUTHORITY_NOT_KNOWN)
    for authority in dict.fromkeys(one.authority for one in knowledge.authorities):
        if authority is not None:
            problems += problems_of_authority(authority, knowledge.registers, policies, now)
    return problems


def _current_first(found: _Found) -> tuple[bool, int, str, bytes]:
    entry = found.entry
    began = entry.started_on.toordinal() if entry.started_on else 0
    return (found.standing is not PlanStanding.CURRENT, -began, entry.kind.value, entry.fact_key)


def _shown(found: _Found, knowledge: Knowledge, policies: Policies) -> PlanShown:
    entry, contact = found.entry, _latest_contact(found.entry.contacts)
    authority = entry.authority
    return PlanShown(
        kind=entry.kind,
        current=found.standing is PlanStanding.CURRENT,
        moved=found.standing is PlanStanding.TRANSFERRED,
        started_on=entry.started_on,
        ended_on=entry.ended_on,
        not_listed_since=None if entry.ended_on else entry.not_listed_since,
        due_on=entry.due_on,
        born_on=entry.born_on,
        authority=authority,
        authority_name=_name(authority, knowledge, policies),
        worker=contact.name if contact else None,
        team=contact.team if contact else None,
        as_of=entry.as_at,
    )


def _latest_contact(contacts: Iterable[Contact]) -> Contact | None:
    known = [contact for contact in contacts if contact.name or contact.team]
    return max(known, key=lambda one: one.since.toordinal() if one.since else 0, default=None)


def _name(authority: GssCode | None, knowledge: Knowledge, policies: Policies) -> str | None:
    if authority is None:
        return None
    policy = policies.authorities.get(authority)
    return knowledge.authority_names.get(authority) or (policy.name if policy else None)
