"""The named stories of the town: each shows one thing that the hub must get right."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time

from hub.demo.families import FamilyMaker
from hub.demo.names import given_name, origins
from hub.demo.people import Person, Quirk
from hub.demo.places import (
    BRADFORD,
    BRADFORD_ROYAL,
    KIRKLEES,
    LEEDS,
    LEEDS_GENERAL,
    ST_JAMES,
    WALK_IN,
    Site,
)
from hub.demo.registers import Register
from hub.demo.story import Arrival, Question, Story

StoryTeller = Callable[[FamilyMaker, Register], Story]


def ask(
    story: str,
    person: Person,
    site: Site,
    expected: tuple[str, ...],
    why: str,
) -> Question:
    """Answer the question that staff at a site would ask about a person, name and home included.

    Args:
        story: its name.
        person: asked about.
        site: where.
        expected: the plan answer, the seen answer (empty: either), the reasons if any.
        why: one sentence for the table.
    """
    plan, seen, *reasons = expected
    return Question(
        story=story,
        asked_at=site.ods,
        nhs_number=person.nhs_number or "",
        birth_date=person.birth_date,
        postcode=person.home.postcode,
        family_name=person.family_name,
        given_name=person.given_names[0],
        plan=plan,
        reasons=tuple(reasons),
        seen=seen,
        why=why,
    )


def plan_in_another_town(maker: FamilyMaker, register: Register) -> Story:
    """The one that the hub is for: the plan is Bradford's, the hospital is in Leeds."""
    name = "plan_in_another_town"
    (child,) = maker.family(authority=BRADFORD, ages=[6.4], origin="English").children
    return Story(
        name=name,
        told="A child on a Bradford plan arrives at Leeds General Infirmary.",
        people=(child,),
        plans=(register.plan(child, BRADFORD),),
        arrivals=(
            Arrival(person=child, site=BRADFORD_ROYAL, days_ago=200, at=time(15, 20)),
            Arrival(person=child, site=LEEDS_GENERAL, at=time(8, 40), quirks=_quirks(Quirk.TWICE)),
        ),
        questions=(
            ask(name, child, LEEDS_GENERAL, ("ON_PLAN", "SEEN_BEFORE"), "Bradford holds the plan."),
        ),
    )


def baby_at_three_hospitals(maker: FamilyMaker, register: Register) -> Story:
    """No hospital sees more than one visit; only together are they three."""
    del register
    name = "baby_at_three_hospitals"
    (baby,) = maker.family(authority=LEEDS, ages=[0.42], origin="Nigerian").children
    return Story(
        name=name,
        told="A baby is at three hospitals in ten days; none of them knows of the others.",
        people=(baby,),
        arrivals=(
            Arrival(person=baby, site=ST_JAMES, days_ago=9, at=time(19, 5)),
            Arrival(person=baby, site=BRADFORD_ROYAL, days_ago=4, at=time(22, 40)),
            Arrival(person=baby, site=LEEDS_GENERAL, at=time(10, 15), stay_minutes=290),
        ),
        questions=(
            ask(
                name,
                baby,
                LEEDS_GENERAL,
                ("NO_PLAN_FOUND", "SEEN_BEFORE"),
                "No plan, but three visits to three hospitals in ten days.",
            ),
        ),
    )


def unborn_on_plan(maker: FamilyMaker, register: Register) -> Story:
    """A plan for an unborn child is found on the mother's number; this mother is 17 herself."""
    name = "unborn_on_plan"
    mother = maker.family(authority=LEEDS, children=0, origin="Irish", mother_age=17.3).mother
    grown = maker.family(authority=BRADFORD, children=0, origin="Slovak", mother_age=26).mother
    return Story(
        name=name,
        told="An expectant mother of 17 whose unborn child is on a plan arrives at St James's.",
        people=(mother,),
        adults=(grown,),
        unborn_plans=(
            register.unborn_plan(mother, LEEDS, due_in_days=61),
            register.unborn_plan(grown, BRADFORD, due_in_days=33),
        ),
        arrivals=(
            Arrival(person=mother, site=WALK_IN, days_ago=50, at=time(11, 30)),
            Arrival(person=mother, site=ST_JAMES, at=time(7, 50)),
        ),
        questions=(
            ask(
                name,
                mother,
                LEEDS_GENERAL,
                ("UNBORN_ON_PLAN", "SEEN_BEFORE"),
                "Leeds holds a plan for the child she expects.",
            ),
            ask(
                name,
                grown,
                BRADFORD_ROYAL,
                ("UNBORN_ON_PLAN", ""),
                "A mother of 26: visits of adults are not sent, but a check finds the plan.",
            ),
        ),
    )


def twins(maker: FamilyMaker, register: Register) -> Story:
    """Same surname, birth date and address; one is on a plan, the other is not."""
    name = "twins"
    (first,) = maker.family(authority=BRADFORD, ages=[4.2], origin="Pakistani").children
    second = twin_of(maker, first)
    return Story(
        name=name,
        told="One of two twins is on a plan; the other arrives at Bradford and leaves unseen.",
        people=(first, second),
        plans=(register.plan(first, BRADFORD),),
        arrivals=(
            Arrival(person=second, site=BRADFORD_ROYAL, days_ago=120, at=time(9, 0)),
            Arrival(
                person=second,
                site=BRADFORD_ROYAL,
                at=time(12, 10),
                disposition="12",
                quirks=_quirks(Quirk.LEFT_BEFORE_SEEN),
            ),
        ),
        questions=(
            ask(
                name,
                first,
                BRADFORD_ROYAL,
                ("ON_PLAN", "NONE_KNOWN"),
                "This twin is on the plan and has been at no A&E.",
            ),
            ask(
                name,
                second,
                BRADFORD_ROYAL,
                ("NO_PLAN_FOUND", "SEEN_BEFORE"),
                "The other twin: another number and given name, so not the one on the plan.",
            ),
        ),
    )


def shielded_family(maker: FamilyMaker, register: Register) -> Story:
    """Status is told, whereabouts are not."""
    name = "shielded_family"
    family = maker.family(authority=LEEDS, ages=[7.7, 2.1], origin="Kurdish and Arab")
    hidden = tuple(replace(child, shielded=True) for child in family.children)
    return Story(
        name=name,
        told="A child whose whereabouts are protected, on a plan, arrives at Bradford.",
        people=hidden,
        plans=tuple(register.plan(child, LEEDS) for child in hidden),
        arrivals=(
            Arrival(person=hidden[0], site=BRADFORD_ROYAL, days_ago=40, at=time(16, 45)),
            Arrival(person=hidden[0], site=BRADFORD_ROYAL, at=time(13, 5)),
        ),
        questions=(
            ask(
                name,
                hidden[0],
                BRADFORD_ROYAL,
                ("ON_PLAN", "SEEN_BEFORE"),
                "On a plan; council, team, worker and sites are withheld, the number is a relay.",
            ),
        ),
    )


def cancelled_arrival(maker: FamilyMaker, register: Register) -> Story:
    """The alert is taken back when the hospital takes the arrival back."""
    name = "cancelled_arrival"
    (child,) = maker.family(authority=LEEDS, ages=[9.3], origin="Somali").children
    return Story(
        name=name,
        told="An arrival of a child on a plan is cancelled; its alert is withdrawn.",
        people=(child,),
        plans=(register.plan(child, LEEDS),),
        arrivals=(
            Arrival(person=child, site=ST_JAMES, at=time(11, 5), cancelled_after_minutes=18),
        ),
        questions=(
            ask(
                name,
                child,
                LEEDS_GENERAL,
                ("ON_PLAN", "NONE_KNOWN"),
                "On a plan; the only arrival was a mistake and was cancelled.",
            ),
        ),
    )


def plan_at_noon(maker: FamilyMaker, register: Register) -> Story:
    """The attendance comes first, the plan later: the later report completes the picture."""
    name = "plan_at_noon"
    (child,) = maker.family(authority=BRADFORD, ages=[3.4], origin="Romanian").children
    plan = register.plan(child, BRADFORD, started_days_ago=0)
    return Story(
        name=name,
        told="A child arrives in the morning; a plan that starts that day is told after noon.",
        people=(child,),
        noon_plans=(plan,),
        arrivals=(
            Arrival(person=child, site=WALK_IN, days_ago=300, at=time(17, 15)),
            Arrival(person=child, site=BRADFORD_ROYAL, at=time(9, 30), stay_minutes=400),
        ),
        questions=(
            ask(
                name,
                child,
                BRADFORD_ROYAL,
                ("ON_PLAN", "SEEN_BEFORE"),
                "The plan began on the day that is played.",
            ),
        ),
    )


def council_not_joined(maker: FamilyMaker, register: Register) -> Story:
    """A child of a third council, whose register the hub cannot see."""
    del register
    name = "council_not_joined"
    (child,) = maker.family(authority=KIRKLEES, ages=[11.2], origin="Indian").children
    return Story(
        name=name,
        told="A child from a council that has not joined arrives in Leeds.",
        people=(child,),
        arrivals=(
            Arrival(person=child, site=LEEDS_GENERAL, days_ago=90, at=time(13, 35)),
            Arrival(person=child, site=LEEDS_GENERAL, at=time(14, 20)),
        ),
        questions=(
            ask(
                name,
                child,
                LEEDS_GENERAL,
                ("CANNOT_SAY", "SEEN_BEFORE", "register_not_joined"),
                "Lives in Kirklees, whose register is not joined.",
            ),
        ),
    )


def twin_of(maker: FamilyMaker, person: Person) -> Person:
    """Answer a twin: same mother, home and birth date, another given name and number."""
    origin = next(one for one in origins() if person.family_name in one.families)
    taken = frozenset(person.given_names)
    return replace(
        person,
        key=maker.next_key(),
        given_names=(given_name(maker.random, origin, person.sex, taken),),
        nhs_number=maker.numbers.next(),
        upn=None,
    )


def swapped(day: date) -> date:
    """Answer the date with day and month exchanged."""
    return date(day.year, day.day, day.month)


def _quirks(*quirks: Quirk) -> frozenset[Quirk]:
    return frozenset(quirks)
