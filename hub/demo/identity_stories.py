"""Stories of who somebody is: numbers missing, names alike, birth dates mistyped."""

from dataclasses import replace
from datetime import date, time, timedelta

from hub.demo.families import FamilyMaker
from hub.demo.people import Quirk
from hub.demo.places import BRADFORD, BRADFORD_ROYAL, LEEDS, LEEDS_GENERAL, ST_JAMES
from hub.demo.registers import Register
from hub.demo.stories import ask, swapped
from hub.demo.story import Arrival, Becomes, Story


def plan_without_number(maker: FamilyMaker, register: Register) -> Story:
    """The register has no NHS number for a child who may be the one in A&E."""
    name = "plan_without_number"
    (child,) = maker.family(
        authority=BRADFORD, ages=[7.1], origin="Polish", family_name="Kowalczyk"
    ).children
    child = replace(child, family_name="Kowalczik")
    on_register = replace(
        child,
        key=maker.next_key(),
        family_name="Kowalczyk",
        given_names=("Unknown",),
        nhs_number=None,
        upn=None,
    )
    return Story(
        name=name,
        told="A plan without NHS number or first name: its holder is possibly a child who arrives.",
        people=(child, on_register),
        plans=(register.plan(on_register, BRADFORD),),
        arrivals=(
            Arrival(person=child, site=BRADFORD_ROYAL, days_ago=150, at=time(18, 0)),
            Arrival(person=child, site=BRADFORD_ROYAL, at=time(15, 45)),
        ),
        questions=(
            ask(
                name,
                child,
                BRADFORD_ROYAL,
                ("CANNOT_SAY", "SEEN_BEFORE", "possible_match", "name_needed"),
                "A plan holder without number has this birth date and a surname that sounds alike.",
            ),
        ),
    )


def same_name(maker: FamilyMaker, register: Register) -> Story:
    """Two boys of one name: only the number and the birth date tell them apart."""
    name = "same_name"
    (on_plan,) = maker.family(authority=BRADFORD, ages=[8.5], family_name="Khan").children
    (other,) = maker.family(authority=LEEDS, ages=[8.9], family_name="Khan").children
    on_plan = replace(on_plan, given_names=("Muhammad",), sex="M")
    other = replace(other, given_names=("Muhammad",), sex="M")
    return Story(
        name=name,
        told="Two boys of the same name, one on a plan; the other was in A&E a month ago.",
        people=(on_plan, other),
        plans=(register.plan(on_plan, BRADFORD),),
        arrivals=(Arrival(person=other, site=ST_JAMES, days_ago=30, at=time(10, 50)),),
        questions=(
            ask(
                name,
                other,
                LEEDS_GENERAL,
                ("NO_PLAN_FOUND", "SEEN_BEFORE"),
                "Shares the name of a child on a plan, not the number or the birth date.",
            ),
        ),
    )


def day_and_month(maker: FamilyMaker, register: Register) -> Story:
    """A birth date typed with day and month exchanged must not pass for another child's."""
    name = "day_and_month"
    year = maker.anchor.year - 9
    (child,) = maker.family(authority=LEEDS, ages=[9.0], origin="English").children
    (typed,) = maker.family(authority=BRADFORD, ages=[9.0], origin="Indian").children
    child = replace(child, birth_date=date(year, 3, 11), upn=None)
    typed = replace(typed, birth_date=date(year, 5, 8), upn=None)
    question = ask(
        name,
        child,
        LEEDS_GENERAL,
        ("CANNOT_SAY", "CANNOT_SAY", "details_disagree"),
        "Asked with day and month exchanged: number and birth date disagree.",
    )
    return Story(
        name=name,
        told="A hospital has a birth date with day and month exchanged; the child is on a plan.",
        people=(child, typed),
        plans=(register.plan(child, LEEDS), register.plan(typed, BRADFORD)),
        arrivals=(
            Arrival(
                person=typed,
                site=BRADFORD_ROYAL,
                at=time(18, 20),
                quirks=frozenset({Quirk.DAY_AND_MONTH_SWAPPED}),
            ),
        ),
        questions=(
            ask(name, child, LEEDS_GENERAL, ("ON_PLAN", "NONE_KNOWN"), "Asked as it is right."),
            replace(question, birth_date=swapped(child.birth_date)),
        ),
    )


def new_name(maker: FamilyMaker, register: Register) -> Story:
    """A new surname at the hospital, the former one on the register."""
    name = "new_name"
    (child,) = maker.family(authority=LEEDS, ages=[10.1], origin="English").children
    renamed = replace(child, former_family_name=child.family_name, family_name="Farrell-Booth")
    return Story(
        name=name,
        told="A child's surname has changed; the council still has the former one.",
        people=(renamed,),
        plans=(register.plan(renamed, LEEDS),),
        arrivals=(
            Arrival(
                person=renamed,
                site=LEEDS_GENERAL,
                days_ago=210,
                at=time(14, 0),
                quirks=frozenset({Quirk.FORMER_NAME}),
            ),
            Arrival(person=renamed, site=LEEDS_GENERAL, at=time(19, 15)),
        ),
        questions=(
            ask(
                name,
                renamed,
                LEEDS_GENERAL,
                ("ON_PLAN", "SEEN_BEFORE"),
                "Number and birth date agree; the surname is new.",
            ),
        ),
    )


def newborn(maker: FamilyMaker, register: Register) -> Story:
    """Born two days ago; the register still has a plan for an unborn child."""
    name = "newborn"
    family = maker.family(authority=LEEDS, ages=[0.0], origin="Romanian", mother_age=29)
    baby = replace(family.children[0], birth_date=maker.anchor - timedelta(days=2))
    return Story(
        name=name,
        told="A baby of two days arrives; a plan for an unborn child was due last week.",
        people=(baby,),
        adults=(family.mother,),
        unborn_plans=(register.unborn_plan(family.mother, LEEDS, due_in_days=-5),),
        arrivals=(Arrival(person=baby, site=ST_JAMES, at=time(20, 5)),),
        questions=(
            ask(
                name,
                baby,
                LEEDS_GENERAL,
                ("CANNOT_SAY", "SEEN_BEFORE", "possible_match", "name_needed"),
                "Possibly the child of a plan for an unborn child due last week.",
            ),
        ),
    )


def no_number_at_hospital(maker: FamilyMaker, register: Register) -> Story:
    """The hospital has neither number nor first name: the match is possible, and said to be so."""
    (child,) = maker.family(authority=BRADFORD, ages=[14.6], origin="Polish").children
    unnamed = replace(child, given_names=("Unknown",))
    return Story(
        name="no_number_at_hospital",
        told="A child on a plan arrives, with no NHS number or first name told: a possible match.",
        people=(child,),
        plans=(register.plan(child, BRADFORD),),
        arrivals=(
            Arrival(
                person=unnamed,
                site=BRADFORD_ROYAL,
                at=time(21, 35),
                quirks=frozenset({Quirk.NO_NUMBER}),
            ),
        ),
    )


def registered_twice(maker: FamilyMaker, register: Register) -> Story:
    """A child comes unnamed and is registered anew; later the hospital merges the two."""
    del register
    (child,) = maker.family(authority=BRADFORD, ages=[5.2], origin="English").children
    unnamed = replace(
        child,
        key=maker.next_key(),
        family_name="Unknown",
        given_names=("Unknown",),
        nhs_number=None,
        upn=None,
    )
    before = (220, 130, 45)
    return Story(
        name="registered_twice",
        told="A child comes unnamed; once two registrations are merged, it is the fourth visit.",
        people=(child, unnamed),
        arrivals=(
            *(
                Arrival(person=child, site=BRADFORD_ROYAL, days_ago=ago, at=time(17, 25))
                for ago in before
            ),
            Arrival(
                person=unnamed,
                site=BRADFORD_ROYAL,
                at=time(13, 5),
                becomes=(Becomes(after_minutes=50, person=child),),
                quirks=frozenset({Quirk.NO_NUMBER, Quirk.NO_BIRTH_DATE}),
            ),
        ),
        questions=(
            ask(
                "registered_twice",
                child,
                BRADFORD_ROYAL,
                ("NO_PLAN_FOUND", "SEEN_BEFORE"),
                "Four visits in a year; the last was an unnamed child's until the merger.",
            ),
        ),
    )
