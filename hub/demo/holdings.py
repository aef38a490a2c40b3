"""What each council holds on its register, and what it changes in the course of the first day."""

from dataclasses import dataclass

from hub.demo.people import Care, Plan, UnbornPlan
from hub.demo.story import Town


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """A plan that is taken off the register as an error."""

    plan: str
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """What one council, by its GSS code, tells in one extract."""

    council: str
    plans: tuple[Plan, ...] = ()
    unborn_plans: tuple[UnbornPlan, ...] = ()
    care: tuple[Care, ...] = ()
    deletions: tuple[Deletion, ...] = ()
    open_after: tuple[tuple[str, str, str], ...] | None = None
    """For changes: kind, id and person of every plan that is open once they are made."""


def whole_register(town: Town, council: str, *, after_noon: bool) -> Holdings:
    """Answer everything that a council holds, before or after the changes of the first day."""
    deleted = {key for story in town.stories for key in story.noon_deleted} if after_noon else set()
    added = (plan for story in town.stories for plan in story.noon_plans) if after_noon else ()
    plans = (*town.plans, *added)
    return Holdings(
        council=council,
        plans=tuple(p for p in plans if p.council == council and p.key not in deleted),
        unborn_plans=tuple(p for p in town.unborn_plans if p.council == council),
        care=tuple(care for care in town.care if care.council == council),
    )


def noon_changes(town: Town, council: str) -> Holdings:
    """Answer what a council changes in the course of the first day."""
    by_key = {plan.key: plan for plan in town.plans}
    gone = (by_key[key] for story in town.stories for key in story.noon_deleted)
    return Holdings(
        council=council,
        plans=tuple(
            plan for story in town.stories for plan in story.noon_plans if plan.council == council
        ),
        deletions=tuple(
            Deletion(plan=plan.key, person=plan.person) for plan in gone if plan.council == council
        ),
        open_after=_open(whole_register(town, council, after_noon=True)),
    )


def _open(held: Holdings) -> tuple[tuple[str, str, str], ...]:
    plans = [
        ("child_protection_plan", plan.key, plan.person)
        for plan in held.plans
        if plan.ended_on is None
    ]
    plans += [("unborn_child_protection_plan", one.key, one.unborn) for one in held.unborn_plans]
    plans += [
        ("looked_after_period", f"{care.key}-1", care.person)
        for care in held.care
        if care.episodes[-1].ceased_on is None
    ]
    return tuple(plans)
