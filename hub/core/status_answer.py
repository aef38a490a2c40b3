"""Both closed answers put together, with the sources they rest on and whom to ring."""

from collections.abc import Iterable
from datetime import datetime

from hub.core.answer import (
    CannotSay,
    CheckAnswer,
    CheckQuestion,
    Phone,
    PlanShown,
    SourceState,
    WholeAnswer,
)
from hub.core.identifiers import GssCode
from hub.core.policy import Policies, Source, shown
from hub.core.status import (
    Concern,
    Knowledge,
    attending_policy,
    children_in_need,
    is_shielded,
    plan_answer,
)
from hub.core.status_registers import feed_problems, is_live, problems_of_authority
from hub.core.status_seen import hospitals_concerned, seen_answer


def whole_answer(
    question: CheckQuestion, knowledge: Knowledge, policies: Policies, now: datetime
) -> WholeAnswer:
    """Answer everything that is known; ``disclosure.disclose`` decides what of it anyone sees."""
    heading, reasons, plans = plan_answer(question, knowledge, policies, now)
    in_need = children_in_need(question, knowledge, policies, now)
    seen = seen_answer(question, knowledge, policies, now)
    answer = CheckAnswer(
        plan=heading,
        plan_reasons=reasons,
        plans=plans,
        in_need=in_need,
        seen=seen.answer,
        seen_reasons=seen.reasons,
        presentations=seen.presentations,
        visits=seen.visits,
        sites=seen.sites,
        days=seen.days,
        none_known_since=seen.none_known_since,
        sources=sources(knowledge, policies, now),
        phones=_phones(plans, knowledge, policies, now),
        checked_at=now,
        policy_version=policies.version,
        by_name=knowledge.by_name,
        number_replaced=knowledge.number_replaced,
    )
    holders = {plan.authority for plan in (*plans, *in_need) if plan.authority}
    return WholeAnswer(
        answer=answer,
        shielded=is_shielded(question, knowledge, policies, now),
        relay=(shown(attending_policy(knowledge, policies).relay),),
        offices_open=frozenset(one for one in holders if policies.of(one).in_office_hours(now)),
    )


def sources(knowledge: Knowledge, policies: Policies, now: datetime) -> tuple[SourceState, ...]:
    """Answer every register and feed concerned, joined or not, as far as it can be relied on."""
    councils: dict[GssCode, bool] = {}
    for one in knowledge.authorities:
        if one.authority is not None:
            asked = one.concern in (Concern.HOME_GIVEN, Concern.ATTENDING)
            councils[one.authority] = councils.get(one.authority, False) or asked
    registers = [
        _register(authority, knowledge, policies, now, asked=asked)
        for authority, asked in councils.items()
    ]
    hospitals = hospitals_concerned(knowledge, policies)
    return (*registers, *(_feed(source, knowledge, now) for source in hospitals))


def _register(
    authority: GssCode, knowledge: Knowledge, policies: Policies, now: datetime, *, asked: bool
) -> SourceState:
    problems = problems_of_authority(authority, knowledge.registers, policies, now)
    state = knowledge.registers.get(authority)
    source = policies.register_of(authority)
    joined = CannotSay.REGISTER_NOT_JOINED not in problems
    named = knowledge.authority_names.get(authority)
    return SourceState(
        agency=authority.reveal(),
        name=named or (source.name if source else authority.reveal()),
        joined=joined,
        as_of=state.as_of if state and joined else None,
        fresh=joined and CannotSay.REGISTER_STALE not in problems,
        complete=joined and CannotSay.REGISTER_INCOMPLETE not in problems,
        asked=asked,
    )


def _feed(source: Source, knowledge: Knowledge, now: datetime) -> SourceState:
    state = knowledge.feeds.get(source.agency)
    problems = feed_problems(state, source.maximum_age, now)
    joined = is_live(source, now) and state is not None
    return SourceState(
        agency=source.agency,
        name=source.name,
        joined=joined,
        as_of=state.as_of if state else None,
        fresh=joined and CannotSay.FEED_STALE not in problems,
        complete=joined and CannotSay.FEED_INCOMPLETE not in problems,
    )


def _phones(
    plans: Iterable[PlanShown], knowledge: Knowledge, policies: Policies, now: datetime
) -> tuple[Phone, ...]:
    """Answer whom to ring: the holders of what is current, then the place where the child is."""
    holders = [plan.authority for plan in plans if plan.authority and (plan.current or plan.moved)]
    joined = [policies.authorities[one] for one in holders if one in policies.authorities]
    in_order = [*joined, attending_policy(knowledge, policies)]
    return tuple(dict.fromkeys(phone for policy in in_order for phone in policy.phones_at(now)))
