"""Stories of plans that end, move, or are not there."""

from dataclasses import replace
from datetime import time, timedelta

from hub.demo.families import FamilyMaker
from hub.demo.places import BRADFORD, BRADFORD_ROYAL, LEEDS, LEEDS_GENERAL, ST_JAMES
from hub.demo.registers import Register
from hub.demo.stories import ask
from hub.demo.story import Arrival, Story


def deleted_plan(maker: FamilyMaker, register: Register) -> Story:
    """A plan entered for the wrong child vanishes at once; it does not end."""
    name = "deleted_plan"
    (child,) = maker.family(authority=LEEDS, ages=[5.6], origin="Caribbean").children
    plan = register.plan(child, LEEDS, started_days_ago=3)
    return Story(
        name=name,
        told="A plan that was entered for the wrong child is deleted in the course of the day.",
        people=(child,),
        plans=(plan,),
        noon_deleted=(plan.key,),
        questions=(
            ask(
                name,
                child,
                LEEDS_GENERAL,
                ("NO_PLAN_FOUND", "NONE_KNOWN"),
                "The plan was an error: deleted, it leaves nothing behind.",
            ),
        ),
    )


def ended_plan(maker: FamilyMaker, register: Register) -> Story:
    """A plan that ended is shown as ended for a year."""
    name = "ended_plan"
    (child,) = maker.family(authority=LEEDS, ages=[12.9], origin="English").children
    return Story(
        name=name,
        told="A plan ended a hundred days ago.",
        people=(child,),
        plans=(register.plan(child, LEEDS, ended_days_ago=100),),
        questions=(
            ask(name, child, LEEDS_GENERAL, ("PLAN_ENDED", "NONE_KNOWN"), "Ended 100 days before."),
        ),
    )


def looked_after(maker: FamilyMaker, register: Register) -> Story:
    """Three episodes are one period of care; a change coded X1 does not end it."""
    name = "looked_after"
    (child,) = maker.family(authority=BRADFORD, ages=[13.5], origin="Bangladeshi").children
    return Story(
        name=name,
        told="A child looked after by Bradford, in the third placement, arrives in Leeds.",
        people=(child,),
        care=(register.care(child, BRADFORD),),
        arrivals=(
            Arrival(person=child, site=LEEDS_GENERAL, days_ago=75, at=time(20, 10)),
            Arrival(person=child, site=LEEDS_GENERAL, at=time(16, 30)),
        ),
        questions=(
            ask(
                name,
                child,
                LEEDS_GENERAL,
                ("LOOKED_AFTER", "SEEN_BEFORE"),
                "In the care of Bradford; changes of placement do not end it.",
            ),
        ),
    )


def mover(maker: FamilyMaker, register: Register) -> Story:
    """The family has moved to Leeds; Bradford still holds the plan."""
    name = "mover"
    (child,) = maker.family(authority=BRADFORD, ages=[8.2], origin="English").children
    moved = replace(
        child,
        former_home=child.home,
        home=maker.home(LEEDS),
        moved_on=maker.anchor - timedelta(days=60),
    )
    return Story(
        name=name,
        told="A child on a Bradford plan has moved to Leeds and arrives at St James's.",
        people=(moved,),
        plans=(register.plan(moved, BRADFORD, started_days_ago=190),),
        arrivals=(
            Arrival(person=moved, site=BRADFORD_ROYAL, days_ago=100, at=time(12, 25)),
            Arrival(person=moved, site=ST_JAMES, at=time(17, 10)),
        ),
        questions=(
            ask(
                name,
                moved,
                LEEDS_GENERAL,
                ("ON_PLAN", "SEEN_BEFORE"),
                "Lives in Leeds now; Bradford holds the plan.",
            ),
        ),
    )


def held_elsewhere(maker: FamilyMaker, register: Register) -> Story:
    """Leeds works with a plan that another council holds."""
    name = "held_elsewhere"
    (child,) = maker.family(authority=LEEDS, ages=[10.8], origin="Chinese and Vietnamese").children
    return Story(
        name=name,
        told="A plan is on the Leeds register but held by another council.",
        people=(child,),
        plans=(register.plan(child, LEEDS, held_elsewhere=True),),
        questions=(
            ask(
                name,
                child,
                LEEDS_GENERAL,
                ("ON_PLAN", "NONE_KNOWN"),
                "Told by Leeds, held by a council that is not named.",
            ),
        ),
    )


def never_seen(maker: FamilyMaker, register: Register) -> Story:
    """Nothing is known, and the hub may say so; without a postcode it may not."""
    del register
    name = "never_seen"
    (child,) = maker.family(authority=LEEDS, ages=[6.0], origin="Irish").children
    question = ask(
        name,
        child,
        LEEDS_GENERAL,
        ("NO_PLAN_FOUND", "NONE_KNOWN"),
        "On no register that was asked, and at no A&E that has joined.",
    )
    without = replace(
        question,
        postcode=None,
        plan="CANNOT_SAY",
        reasons=("postcode_needed",),
        why="The same child asked for without a postcode: no council to ask.",
    )
    return Story(
        name=name,
        told="A child of whom no agency has told anything.",
        people=(child,),
        questions=(question, without),
    )
