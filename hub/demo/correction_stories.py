"""Stories in which an agency corrects who is who, and whoever was told before is told."""

from dataclasses import replace
from datetime import time

from hub.demo.corrected import EARLY, NO_PLAN, ON_PLAN, a_child, asks, unknown, visited
from hub.demo.families import FamilyMaker
from hub.demo.happenings import Birth, NumberReplaced
from hub.demo.parting_stories import adopted, asked_at_night, bridged, household_ended
from hub.demo.people import Quirk
from hub.demo.places import BRADFORD, BRADFORD_ROYAL, LEEDS, LEEDS_GENERAL, ST_JAMES
from hub.demo.registers import Register
from hub.demo.stories import StoryTeller, ask
from hub.demo.story import Arrival, Becomes, Story


def number_replaced(maker: FamilyMaker, register: Register) -> Story:
    """Two hospitals know one child under two NHS numbers, until their keeper replaces one."""
    del register
    name = "number_replaced"
    now, _ = a_child(maker, BRADFORD, 6.6)
    former = replace(now, key=maker.next_key(), nhs_number=maker.numbers.next(), upn=None)
    before = "Two visits, and it is said not to be certain whose records these are."
    four = "One child, of whom four visits are known."
    by_former = "Asked by the former number: the same child, and that the number was replaced."
    return Story(
        name=name,
        told="A child has two NHS numbers; once one is replaced, its four visits are one child's.",
        people=(now, former),
        arrivals=(
            *visited(former, LEEDS_GENERAL, 210, 95),
            *visited(now, BRADFORD_ROYAL, 40),
            Arrival(person=now, site=BRADFORD_ROYAL, at=EARLY),
        ),
        askings=asks(ask(name, now, BRADFORD_ROYAL, NO_PLAN, before), at=time(7, 0)),
        numbers=(NumberReplaced(former=former, now=now, at=time(10, 0)),),
        questions=(
            ask(name, now, BRADFORD_ROYAL, NO_PLAN, four),
            ask(name, former, LEEDS_GENERAL, NO_PLAN, by_former),
        ),
    )


def born_on_plan(maker: FamilyMaker, register: Register) -> Story:
    """A baby comes before the council knows of the birth; then the plan becomes the baby's."""
    name = "born_on_plan"
    baby, mother = a_child(maker, LEEDS, 0.01, "Romanian")
    unborn = register.unborn_plan(mother, LEEDS, due_in_days=4)
    age = (maker.anchor - baby.birth_date).days
    plan = replace(register.plan(baby, LEEDS, started_days_ago=age), category=unborn.category)
    arriving = replace(baby, given_names=("Baby",), mother_number=mother.nhs_number)
    possibly = ("CANNOT_SAY", "SEEN_BEFORE", "possible_match", "name_needed")
    before = "Possibly the child of a plan for an unborn child that is due this week."
    since = "The plan that was made before birth is the child's."
    return Story(
        name=name,
        told="A baby arrives before its council knows of the birth; then the plan is the baby's.",
        people=(baby,),
        adults=(mother,),
        unborn_plans=(unborn,),
        arrivals=(Arrival(person=arriving, site=ST_JAMES, at=EARLY),),
        askings=asks(ask(name, baby, LEEDS_GENERAL, possibly, before), at=time(7, 0)),
        births=(Birth(unborn=unborn, child=baby, plan=plan, at=time(12, 30)),),
        questions=(ask(name, baby, LEEDS_GENERAL, ON_PLAN, since),),
    )


def number_mistyped(maker: FamilyMaker, register: Register) -> Story:
    """An unnamed patient is given a number, which is another child's, and then the right one."""
    del register
    name = "number_mistyped"
    (first, _), (second, _) = (
        a_child(maker, BRADFORD, age, origin)
        for age, origin in ((5.3, "English"), (5.9, "Pakistani"))
    )
    arrival = Arrival(
        person=unknown(maker, first),
        site=BRADFORD_ROYAL,
        at=EARLY,
        becomes=(
            Becomes(after_minutes=50, person=first, trigger="A47"),
            Becomes(after_minutes=130, person=second, trigger="A47"),
        ),
        quirks=frozenset({Quirk.NO_NUMBER, Quirk.NO_BIRTH_DATE}),
    )
    before = "Four visits, of which the last is another child's."
    three = "Three visits: the fourth was another child's."
    four = "Four visits, the last of them as an unnamed child."
    return Story(
        name=name,
        told="An unnamed child is given another child's number, and hours later the right one.",
        people=(first, second, arrival.person),
        arrivals=(
            *visited(first, BRADFORD_ROYAL, 210, 120, 50),
            *visited(second, BRADFORD_ROYAL, 190, 99, 61),
            arrival,
        ),
        askings=asks(ask(name, first, BRADFORD_ROYAL, NO_PLAN, before), at=time(7, 45)),
        questions=(
            ask(name, first, BRADFORD_ROYAL, NO_PLAN, three),
            ask(name, second, BRADFORD_ROYAL, NO_PLAN, four),
        ),
    )


def visit_moved(maker: FamilyMaker, register: Register) -> Story:
    """A visit is entered for a boy of the same name, who is on a plan, and is moved from him."""
    name = "visit_moved"
    on_plan, other = (
        replace(
            maker.family(authority=BRADFORD, ages=[age], family_name="Khan").children[0],
            given_names=("Muhammad",),
            sex="M",
        )
        for age in (8.1, 9.6)
    )
    moved = Becomes(after_minutes=75, person=other, trigger="A45")
    before = "On a plan, and said to have come this morning."
    since = "On a plan; the visit was another boy's."
    return Story(
        name=name,
        told="A visit is entered for a boy of the same name who is on a plan, and then moved.",
        people=(on_plan, other),
        plans=(register.plan(on_plan, BRADFORD),),
        arrivals=(
            *visited(other, BRADFORD_ROYAL, 230, 140, 48),
            Arrival(person=on_plan, site=BRADFORD_ROYAL, at=EARLY, becomes=(moved,)),
        ),
        askings=asks(ask(name, on_plan, BRADFORD_ROYAL, ON_PLAN, before), at=time(7, 10)),
        questions=(
            ask(name, on_plan, BRADFORD_ROYAL, ("ON_PLAN", "NONE_KNOWN"), since),
            ask(name, other, BRADFORD_ROYAL, NO_PLAN, "On no plan; it was his fourth visit."),
        ),
    )


CORRECTION_STORIES: tuple[StoryTeller, ...] = (
    number_replaced,
    born_on_plan,
    number_mistyped,
    visit_moved,
    bridged,
    adopted,
    asked_at_night,
    household_ended,
)
