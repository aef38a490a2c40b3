"""Maps everything an extract holds of one person to plan events. Pure: no file, no clock.

One event for each plan and each period of care, each a full snapshot as at the extract, so that
any one extract can be read without those before it. What each column becomes is in the README.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Final

from connectors.social_care.cells import london_midnight
from connectors.social_care.changes import changes_of
from connectors.social_care.contacts import read_contacts
from connectors.social_care.findings import (
    PERIOD_CONTINUATION_MISSING,
    PERIOD_START_MISSING,
    Findings,
)
from connectors.social_care.people import Person, Terms, read_person
from connectors.social_care.periods import Episode, Period, periods_of
from connectors.social_care.register_rows import (
    InNeedRow,
    PlanRow,
    read_deletions,
    read_episodes,
    read_in_need,
    read_plans,
    source_key,
)
from connectors.social_care.subjects import subject_of
from connectors.social_care.tables import EPISODES, IN_NEED, PLANS, PersonFile, Row
from connectors.social_care.withdrawals import RegisterFacts, withdrawals
from hub.core.event import (
    PLAN_KINDS,
    ChildInNeedPeriodFacts,
    ChildProtectionPlanFacts,
    Contact,
    Event,
    EventKind,
    EventState,
    LookedAfterPeriodFacts,
    PlanFacts,
    Subject,
    UnbornChildProtectionPlanFacts,
)
from hub.core.report import OpenPlan

_END_REASON: Final = re.compile(r"[0-9A-Z]{1,4}|TRANSFERRED")
PERSON_EXPECTED: Final = "a person who is in ssd_person.csv"
DETAILS_EXPECTED: Final = (
    "the child's details beside a plan: only a birth date tells a child from one not yet born"
)
BORN_EXPECTED: Final = "a child who is born: with a pers_dob not later than the extract"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """What became of one person's rows: events, the plans to state as open, what was noticed."""

    events: tuple[Event, ...]
    open_plans: tuple[OpenPlan, ...]
    findings: Findings = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Register:
    """The readable rows of one person, and the ids of those that are unsure."""

    plans: tuple[PlanRow, ...]
    episodes: tuple[Episode, ...]
    in_need: tuple[InNeedRow, ...]
    unsure_plans: tuple[str, ...]
    unsure_episodes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Holder:
    """The child of one file, as each of the file's events tells of them."""

    person: Person
    subject: Subject
    shielded: bool
    contacts: tuple[Contact, ...]


def map_person(file: PersonFile, terms: Terms) -> Mapped:
    """Answer the events of one person with a plan, an episode or a deletion, in a fixed order.

    A plan or episode row that cannot be used gives no event, a refusal with the fault
    ``register_row_refused``, and is stated as open if its ids can be read and it may be open:
    so the hub sees that its register and the council's do not agree.
    """
    findings = Findings(terms.started_at)
    deleted = read_deletions(file, findings)
    plans, unsure_plans = read_plans(file, deleted[PLANS.name], terms.day, findings)
    episodes, unsure_episodes = read_episodes(file, deleted[EPISODES.name], terms.day, findings)
    in_need = read_in_need(file, deleted[IN_NEED.name], terms.day, findings)
    told = file.plans or file.episodes or file.in_need or file.changes
    person = read_person(file.own, terms, findings) if told else None
    register = _Register(
        plans=plans,
        episodes=episodes,
        in_need=in_need,
        unsure_plans=unsure_plans,
        unsure_episodes=unsure_episodes,
    )
    register = _without_impossible(register, person, findings)
    events = _register_events(file, register, person, terms, findings)
    open_plans = _open_plans(events, register, file.own.person_id, person)
    events += withdrawals(file, deleted, person, terms)
    events += changes_of(file, person, terms, findings)
    return Mapped(events=tuple(events), open_plans=open_plans, findings=findings)


def _without_impossible(
    register: _Register, person: Person | None, findings: Findings
) -> _Register:
    """Refuse rows of nobody known, and episodes of the unborn; what was open in them is unsure."""
    plans, unsure_plans = register.plans, register.unsure_plans
    episodes, unsure_episodes = register.episodes, register.unsure_episodes
    in_need = register.in_need
    if person is None:
        rows = [*(plan.row for plan in plans), *(one.row for one in in_need)]
        _refuse_rows(rows, PERSON_EXPECTED, findings)
        unsure_plans += tuple(plan.plan_id for plan in plans if plan.ended_on is None)
        plans, in_need = (), ()
    if person is None or person.birth.unborn:
        expected = PERSON_EXPECTED if person is None else BORN_EXPECTED
        _refuse_rows((episode.row for episode in episodes), expected, findings)
        unsure_episodes += tuple(e.episode_id for e in episodes if e.ceased_on is None)
        episodes = ()
    return _Register(
        plans=plans,
        episodes=episodes,
        in_need=in_need,
        unsure_plans=unsure_plans,
        unsure_episodes=unsure_episodes,
    )


def _refuse_rows(rows: Iterable[Row], expected: str, findings: Findings) -> None:
    for row in rows:
        if row.source and expected is PERSON_EXPECTED:
            findings.refuse_row(row, "child_details", DETAILS_EXPECTED)
        else:
            findings.refuse_row(row, row.table.key, expected)


def _register_events(
    file: PersonFile,
    register: _Register,
    person: Person | None,
    terms: Terms,
    findings: Findings,
) -> list[Event]:
    if person is None or not (register.plans or register.episodes or register.in_need):
        return []
    holder = _holder(file, register, person, terms, findings)
    events = [event for plan in register.plans for event in _plan_events(plan, holder, terms)]
    for period in periods_of(register.episodes):
        _check_period(period, findings)
        events.append(_period_event(period, holder, terms))
    return events + [
        _event(one.period_id, _in_need_facts(one, terms), holder, terms) for one in register.in_need
    ]


def _holder(
    file: PersonFile, register: _Register, person: Person, terms: Terms, findings: Findings
) -> _Holder:
    with_mother = any(_began_before_birth(plan, person) for plan in register.plans)
    subject, shielded = subject_of(file, person, terms, findings, with_mother=with_mother)
    contacts = read_contacts(file.involvements, terms, findings)
    return _Holder(person=person, subject=subject, shielded=shielded, contacts=contacts)


def _began_before_birth(plan: PlanRow, person: Person) -> bool:
    born_on = person.birth.born_on
    return person.birth.unborn or (born_on is not None and plan.started_on < born_on)


def _plan_events(plan: PlanRow, holder: _Holder, terms: Terms) -> list[Event]:
    """One event; two for a child born on a plan: only the unborn plan ends with the birth."""
    events: list[Event] = []
    birth = holder.person.birth
    if _began_before_birth(plan, holder.person):
        events.append(_event(plan.plan_id, _unborn_facts(plan, holder, terms), holder, terms))
    outlasts_birth = (
        birth.born_on is None or plan.ended_on is None or plan.ended_on >= birth.born_on
    )
    if not birth.unborn and outlasts_birth:
        events.append(_event(plan.plan_id, _child_facts(plan, terms), holder, terms))
    return events


def _authority(plan: PlanRow, terms: Terms) -> str | None:
    return plan.authority if plan.held_for_another else terms.authority.reveal()


def _child_facts(plan: PlanRow, terms: Terms) -> ChildProtectionPlanFacts:
    return ChildProtectionPlanFacts(
        authority=_authority(plan, terms),
        started_on=plan.started_on,
        ended_on=plan.ended_on,
        held_for_another_authority=plan.held_for_another,
        category_initial=plan.category_initial,
        category_latest=plan.category_latest,
    )


def _unborn_facts(plan: PlanRow, holder: _Holder, terms: Terms) -> UnbornChildProtectionPlanFacts:
    birth = holder.person.birth
    return UnbornChildProtectionPlanFacts(
        authority=_authority(plan, terms),
        started_on=plan.started_on,
        ended_on=min((day for day in (plan.ended_on, birth.born_on) if day), default=None),
        held_for_another_authority=plan.held_for_another,
        due_on=birth.due_on,
        born_on=birth.born_on,
        category_latest=plan.category_latest,
    )


def _in_need_facts(one: InNeedRow, terms: Terms) -> ChildInNeedPeriodFacts:
    return ChildInNeedPeriodFacts(
        authority=terms.authority.reveal(), started_on=one.started_on, ended_on=one.ended_on
    )


def _period_event(period: Period, holder: _Holder, terms: Terms) -> Event:
    facts = LookedAfterPeriodFacts(
        authority=terms.authority.reveal(),
        started_on=period.first.started_on,
        ended_on=period.ended_on,
        end_reason=_end_reason(period.last.ceased_reason) if period.ended_on else None,
    )
    return _event(period.first.episode_id, facts, holder, terms)


def _end_reason(text: str) -> str | None:
    """Answer the code of why a period ended; words are left out, for they could name somebody."""
    return text if _END_REASON.fullmatch(text) else None


def _check_period(period: Period, findings: Findings) -> None:
    if period.start_is_missing:
        findings.refuse(
            period.first.row,
            "clae_cla_episode_start_reason",
            "S in the first episode of a period, all of whose episodes are sent",
            fault=PERIOD_START_MISSING,
        )
    if period.continuation_is_missing:
        findings.refuse(
            period.last.row,
            "clae_cla_episode_ceased_reason",
            "after X1 the episode that follows; until it comes the period counts as open",
            fault=PERIOD_CONTINUATION_MISSING,
        )


def _event(local_id: str, facts: RegisterFacts, holder: _Holder, terms: Terms) -> Event:
    occurred_at = london_midnight(facts.started_on) if facts.started_on else terms.as_at
    return Event(
        source_key=source_key(facts.kind, holder.person.person_id, local_id),
        revision=terms.revision,
        state=EventState.REPORTED,
        occurred_at=occurred_at,
        recorded_at=terms.as_at,
        subject=holder.subject,
        facts=facts,
        cleared=tuple(f.name for f in fields(facts) if getattr(facts, f.name) is None),
        contacts=holder.contacts,
        shielded=holder.shielded,
    )


def _open_plans(
    events: list[Event], register: _Register, person_id: str, person: Person | None
) -> tuple[OpenPlan, ...]:
    """Answer what to state as open: every event without an end, and every unsure row."""
    unborn = person is not None and person.birth.unborn
    plan_kind = (
        EventKind.UNBORN_CHILD_PROTECTION_PLAN if unborn else EventKind.CHILD_PROTECTION_PLAN
    )
    unsure = [(plan_kind, plan_id) for plan_id in register.unsure_plans]
    unsure += [(EventKind.LOOKED_AFTER_PERIOD, e) for e in register.unsure_episodes]
    keys = {(kind, source_key(kind, person_id, local_id)) for kind, local_id in unsure}
    keys |= {
        (event.kind, event.source_key)
        for event in events
        if event.kind in PLAN_KINDS
        and isinstance(event.facts, PlanFacts)
        and event.facts.ended_on is None
    }
    return tuple(OpenPlan(kind=kind, source_key=key) for kind, key in sorted(keys))
