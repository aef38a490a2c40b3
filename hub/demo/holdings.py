"""What each council holds on its register, and what it changes in the course of the first day."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from hub.demo.people import Care, Plan, UnbornPlan
from hub.demo.story import Story, Town


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """A plan that is taken off the register as an error."""

    plan: str
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoIsWho:
    """That somebody has another id of the council's since a birth or an adoption.

    Attributes:
        change: as the council's file says it.
        due_on: of a birth: when the child was due.
    """

    change: str
    person: str
    former: str
    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """What one council, by its GSS code, tells in one extract."""

    council: str
    plans: tuple[Plan, ...] = ()
    unborn_plans: tuple[UnbornPlan, ...] = ()
    care: tuple[Care, ...] = ()
    deletions: tuple[Deletion, ...] = ()
    changes: tuple[WhoIsWho, ...] = ()
    open_after: tuple[tuple[str, str, str], ...] | None = None
    """For changes: kind, id and person of every plan that is open once they are made."""


def whole_register(town: Town, council: str, *, after_noon: bool) -> Holdings:
    """Answer everything that a council holds, before or after the changes of the first day."""
    changed = town.stories if after_noon else ()
    deleted = {key for story in (*changed, *town.newcomers) for key in story.noon_deleted}
    added = [plan for story in (*changed, *town.newcomers) for plan in story.noon_plans]
    came = [plan for story in town.newcomers for plan in story.plans]
    came += [birth.plan for story in town.newcomers for birth in story.births]
    plans = (*town.plans, *added, *came)
    unborn = (*town.unborn_plans, *(p for story in town.newcomers for p in _unborn(story)))
    care = (*town.care, *(one for story in town.newcomers for one in story.care))
    return Holdings(
        council=council,
        plans=tuple(p for p in plans if p.council == council and p.key not in deleted),
        unborn_plans=tuple(p for p in unborn if p.council == council),
        care=tuple(one for one in care if one.council == council),
        changes=tuple(one for story in town.newcomers for one in _changes(story, council)),
    )


def _unborn(story: Story) -> Iterator[UnbornPlan]:
    """Yield a story's plans of unborn children, ended where the child was born since."""
    born = {birth.unborn.key: birth for birth in story.births}
    for plan in story.unborn_plans:
        birth = born.get(plan.key)
        yield plan if birth is None else replace(plan, ended_on=birth.child.birth_date)


def _changes(story: Story, council: str) -> Iterator[WhoIsWho]:
    for birth in story.births:
        if birth.plan.council == council:
            yield WhoIsWho(
                change="born",
                person=birth.child.key,
                former=birth.unborn.unborn,
                due_on=birth.unborn.due_on,
            )
    for adoption in story.adoptions:
        if adoption.council == council:
            yield WhoIsWho(change="adopted", person=adoption.now.key, former=adoption.former.key)


def changes_of_story(town: Town, story: Story, council: str, *, later: bool) -> Holdings:
    """Answer what a council tells of one story that is played by itself.

    Args:
        town: with everyone who came before the story's families.
        story: whose families come now.
        council: whose register it is.
        later: whether its register has changed since it first told of them.
    """
    before = replace(story, noon_plans=(), noon_deleted=(), births=(), adoptions=())
    now = story if later else before
    after = whole_register(
        replace(town, newcomers=(*town.newcomers, now)), council, after_noon=True
    )
    by_key = {plan.key: plan for plan in story.plans}
    gone = [by_key[key] for key in story.noon_deleted] if later else []
    told = (*story.noon_plans, *(one.plan for one in story.births)) if later else story.plans
    born = {birth.unborn.key for birth in now.births}
    return Holdings(
        council=council,
        plans=tuple(plan for plan in told if plan.council == council),
        unborn_plans=tuple(
            p for p in _unborn(now) if p.council == council and later == (p.key in born)
        ),
        care=tuple(one for one in story.care if one.council == council and not later),
        deletions=tuple(
            Deletion(plan=plan.key, person=plan.person) for plan in gone if plan.council == council
        ),
        changes=tuple(_changes(now, council)),
        open_after=_open(after),
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
    plans += [
        ("unborn_child_protection_plan", one.key, one.unborn)
        for one in held.unborn_plans
        if one.ended_on is None
    ]
    plans += [
        ("looked_after_period", f"{care.key}-1", care.person)
        for care in held.care
        if care.episodes[-1].ceased_on is None
    ]
    return tuple(plans)
