"""Stories of councils: a two-tier county, and one whose register does not come."""

from datetime import time

from hub.demo.families import FamilyMaker
from hub.demo.places import BRADFORD_ROYAL, CALDERDALE, LANCASHIRE, LEEDS_GENERAL
from hub.demo.registers import Register
from hub.demo.stories import ask
from hub.demo.story import Arrival, Story


def county_plan(maker: FamilyMaker, register: Register) -> Story:
    """The home lies in a district, the plan is the county's, the hospital is in another county."""
    name = "county_plan"
    on_plan, other = (
        maker.family(authority=LANCASHIRE, ages=[age], origin=origin).children[0]
        for age, origin in ((7.9, "English"), (5.8, "Pakistani"))
    )
    return Story(
        name=name,
        told="A child from Lancashire, a county of districts, on the county's plan, arrives at"
        " Bradford.",
        people=(on_plan, other),
        plans=(register.plan(on_plan, LANCASHIRE),),
        arrivals=(
            Arrival(person=other, site=BRADFORD_ROYAL, days_ago=75, at=time(12, 25)),
            Arrival(person=on_plan, site=BRADFORD_ROYAL, at=time(13, 50)),
        ),
        questions=(
            ask(
                name,
                on_plan,
                BRADFORD_ROYAL,
                ("ON_PLAN", "SEEN_BEFORE"),
                "Lancashire holds the plan; its duty team is the one to ring.",
            ),
            ask(
                name,
                other,
                BRADFORD_ROYAL,
                ("NO_PLAN_FOUND", "SEEN_BEFORE"),
                "The district leads to the county, and the county's register was searched.",
            ),
        ),
    )


def stale_register(maker: FamilyMaker, register: Register) -> Story:
    """The council's file has not come for days: "no plan found" would be a guess."""
    name = "stale_register"
    child, on_plan = (
        maker.family(authority=CALDERDALE, ages=[age], origin="English").children[0]
        for age in (6.9, 10.4)
    )
    return Story(
        name=name,
        told="A child from Calderdale, whose register has not come for days, arrives at Leeds.",
        people=(child, on_plan),
        plans=(register.plan(on_plan, CALDERDALE),),
        arrivals=(Arrival(person=child, site=LEEDS_GENERAL, at=time(16, 40)),),
        questions=(
            ask(
                name,
                child,
                LEEDS_GENERAL,
                ("CANNOT_SAY", "SEEN_BEFORE", "register_stale"),
                "The register of Calderdale is too old to say that there is no plan.",
            ),
            ask(
                name,
                on_plan,
                LEEDS_GENERAL,
                ("ON_PLAN", "NONE_KNOWN"),
                "On a plan when the register was last told; the answer says how old that is.",
            ),
        ),
    )
