"""The whole town: the stories' people first, then ordinary families until it is large enough."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from hub.demo.every_story import STORIES
from hub.demo.families import Family, FamilyMaker
from hub.demo.people import Care, Person, Plan, UnbornPlan
from hub.demo.places import BRADFORD, CALDERDALE, LANCASHIRE, LEEDS
from hub.demo.registers import Register
from hub.demo.stories import twin_of
from hub.demo.story import Story, Town

SEED = 2009
"""The year in which Lord Laming asked that A&E can tell whether a child has been at any A&E."""
CHILDREN = 5000
CHILDREN_MIN = 100
CHILDREN_MAX = 10_000
ADULTS_A_CHILD = 0.3
ADULTS_MAX = 300

LIVES_IN = {BRADFORD: 44, LEEDS: 48, LANCASHIRE: 7, CALDERDALE: 1}
FAMILY_SIZES = {1: 30, 2: 40, 3: 20, 4: 10}
TWINS = 0.03
NO_NUMBER = 0.02
SHIELDED = 0.01
MOVED = 0.05
ON_PLAN = 0.02
PLAN_ENDED = 0.01
LOOKED_AFTER = 0.015
UNBORN_EVERY = 100
"""One plan for an unborn child among so many families. This project's own choices, all of them; see
docs/town.md."""


def build_town(*, seed: int, anchor: date, children: int = CHILDREN) -> Town:
    """Answer the town of a seed as it is on the anchor's day.

    Args:
        seed: the same seed, anchor and size always make the same town.
        anchor: the first day that is played; every age and date follows from it.
        children: how many children there are in all; the stories need some forty of them.
    """
    random = Random(f"town {seed}")  # noqa: S311 - made-up people must be the same for one seed
    maker = FamilyMaker(random=random, anchor=anchor)
    register = Register(random=random, anchor=anchor)
    stories = tuple(tell(maker, register) for tell in STORIES)
    maker.end_of_stories()
    families = _ordinary_families(maker, children - sum(len(story.people) for story in stories))
    ordinary = [child for family in families for child in family.children]
    plans, care = _ordinary_register(register, ordinary)
    adults = [maker.adult(authority=_authority(random)) for _ in range(_adults(children))]
    mothers = [family.mother for family in families]
    return Town(
        seed=seed,
        anchor=anchor,
        people=(*(one for story in stories for one in story.people), *ordinary),
        adults=(*(one for story in stories for one in story.adults), *mothers, *adults),
        plans=(*(plan for story in stories for plan in story.plans), *plans),
        unborn_plans=(
            *(plan for story in stories for plan in story.unborn_plans),
            *_unborn(register, families),
        ),
        care=(*(care for story in stories for care in story.care), *care),
        stories=stories,
    )


def ordinary_people(town: Town) -> tuple[Person, ...]:
    """Answer the children who are in no story."""
    cast = {person.key for story in town.stories for person in story.people}
    return tuple(person for person in town.people if person.key not in cast)


def story_named(town: Town, name: str) -> Story:
    """Answer the story of this name.

    Raises:
        KeyError: there is none.
    """
    return {story.name: story for story in town.stories}[name]


def _adults(children: int) -> int:
    return min(round(children * ADULTS_A_CHILD), ADULTS_MAX)


def _authority(random: Random) -> str:
    return random.choices(tuple(LIVES_IN), weights=tuple(LIVES_IN.values()))[0]


def _ordinary_families(maker: FamilyMaker, children: int) -> list[Family]:
    families: list[Family] = []
    while children > 0:
        size = maker.random.choices(tuple(FAMILY_SIZES), weights=tuple(FAMILY_SIZES.values()))[0]
        family = maker.family(authority=_authority(maker.random), children=min(size, children))
        members = tuple(_varied(maker, child) for child in family.children)
        if len(members) < children and maker.random.random() < TWINS:
            members = (*members, twin_of(maker, members[-1]))
        children -= len(members)
        families.append(Family(mother=family.mother, children=members))
    return families


def _varied(maker: FamilyMaker, child: Person) -> Person:
    """Answer the child with what sets a few children apart: no number, shielded, moved house."""
    chance = maker.random.random()
    if chance < NO_NUMBER:
        return replace(child, nhs_number=None)
    if chance < NO_NUMBER + SHIELDED:
        return replace(child, shielded=True)
    if chance < NO_NUMBER + SHIELDED + MOVED:
        moved_on = maker.anchor - timedelta(days=maker.random.randint(20, 500))
        former = maker.home(LEEDS if child.home.authority == BRADFORD else BRADFORD)
        return replace(child, former_home=former, moved_on=max(moved_on, child.birth_date))
    return child


def _ordinary_register(register: Register, ordinary: list[Person]) -> tuple[list[Plan], list[Care]]:
    plans: list[Plan] = []
    care: list[Care] = []
    for child in ordinary:
        council = child.home.authority
        chance = register.random.random()
        if chance < ON_PLAN:
            plans.append(register.plan(child, council))
        elif chance < ON_PLAN + PLAN_ENDED:
            ended = register.random.randint(10, 600)
            if (register.anchor - child.birth_date).days > ended:
                plans.append(register.plan(child, council, ended_days_ago=ended))
        elif chance < ON_PLAN + PLAN_ENDED + LOOKED_AFTER:
            ended_ago = register.random.choice([None, None, None, register.random.randint(5, 300)])
            if (register.anchor - child.birth_date).days > (ended_ago or 0) + 60:
                care.append(register.care(child, council, ended_days_ago=ended_ago))
    return plans, care


def _unborn(register: Register, families: list[Family]) -> list[UnbornPlan]:
    """Answer a few plans of children to be born."""
    return [
        register.unborn_plan(
            family.mother,
            family.mother.home.authority,
            due_in_days=register.random.randint(20, 120),
        )
        for family in families[::UNBORN_EVERY]
    ]
