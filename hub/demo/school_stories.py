"""Stories of children on a plan who are not in school, with a reason and without."""

from hub.demo.families import FamilyMaker
from hub.demo.happenings import Absence
from hub.demo.places import BRADFORD, BRADFORD_ROYAL, LEEDS, LEEDS_GENERAL
from hub.demo.registers import Register
from hub.demo.stories import ask
from hub.demo.story import Story


def absent_on_plan(maker: FamilyMaker, register: Register) -> Story:
    """A child on a plan is missing from school the whole day, and nobody has said why."""
    name = "absent_on_plan"
    (child,) = maker.family(authority=LEEDS, ages=[9.6], origin="English").children
    return Story(
        name=name,
        told="A child on a plan is missing from school all day with no reason known.",
        people=(child,),
        plans=(register.plan(child, LEEDS),),
        absences=(Absence(person=child),),
        questions=(
            ask(
                name,
                child,
                LEEDS_GENERAL,
                ("ON_PLAN", "NONE_KNOWN"),
                "On a plan; a check says nothing of school.",
            ),
        ),
    )


def late_explanation(maker: FamilyMaker, register: Register) -> Story:
    """The parents ring after the register has been taken: the alert is withdrawn."""
    name = "late_explanation"
    (child,) = maker.family(authority=BRADFORD, ages=[13.3], origin="Polish").children
    return Story(
        name=name,
        told="A child on a plan is missing in the morning; before noon the school hears that it"
        " is ill.",
        people=(child,),
        plans=(register.plan(child, BRADFORD),),
        absences=(Absence(person=child, sessions=("AM",), explained_as="I"),),
        questions=(
            ask(
                name,
                child,
                BRADFORD_ROYAL,
                ("ON_PLAN", "NONE_KNOWN"),
                "On a plan; the absence was explained and nothing of it is left.",
            ),
        ),
    )


def long_illness(maker: FamilyMaker, register: Register) -> Story:
    """A school has marked a child on a plan ill for 15 school days: its return, at the worker's."""
    name = "long_illness"
    (child,) = maker.family(authority=BRADFORD, ages=[10.7], origin="English").children
    return Story(
        name=name,
        told="A child on a plan has been away ill for 15 school days, as its school counts.",
        people=(child,),
        plans=(register.plan(child, BRADFORD),),
        absences=(Absence(person=child, code="I", ill_days=15),),
        questions=(
            ask(
                name,
                child,
                BRADFORD_ROYAL,
                ("ON_PLAN", "NONE_KNOWN"),
                "On a plan; a check says nothing of illness.",
            ),
        ),
    )
