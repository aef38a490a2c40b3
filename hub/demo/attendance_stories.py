"""Stories of what only a hospital's staff know of a visit, and of brothers and sisters."""

from dataclasses import replace
from datetime import time

from hub.demo.families import FamilyMaker, partner_of
from hub.demo.happenings import Callout, ChildThere
from hub.demo.people import Person
from hub.demo.places import (
    BRADFORD,
    BRADFORD_ROYAL,
    CALDERDALE,
    LEEDS,
    LEEDS_GENERAL,
    ST_JAMES,
    WALK_IN,
    Site,
)
from hub.demo.registers import Register
from hub.demo.staff_words import StaffWord
from hub.demo.stories import ask
from hub.demo.story import Arrival, Question, Story


def coded_concern(maker: FamilyMaker, register: Register) -> Story:
    """Staff code a concern; the front door reads it while the child is still there."""
    del register
    name = "coded_concern"
    (child,) = maker.family(authority=LEEDS, ages=[5.3], origin="English").children
    word = StaffWord(
        after_minutes=55,
        told="Staff code: child is cause for safeguarding concern.",
        concern="836881000000105",
    )
    return Story(
        name=name,
        told="Staff of St James's code a safeguarding concern about a child on no plan.",
        people=(child,),
        arrivals=(Arrival(person=child, site=ST_JAMES, at=time(15, 25), words=(word,)),),
        questions=(_seen_once(name, child, LEEDS_GENERAL),),
    )


def bruise_not_yet_mobile(maker: FamilyMaker, register: Register) -> Story:
    """One tap of a clinician is immediate; that an infant is injured would wait until evening."""
    del register
    name = "bruise_not_yet_mobile"
    (baby,) = maker.family(authority=BRADFORD, ages=[0.55], origin="Pakistani").children
    word = StaffWord(
        after_minutes=35,
        told="A clinician taps: injury or bruise, not yet mobile; the diagnosis is coded.",
        injury="S00.8",
        not_yet_mobile=True,
    )
    return Story(
        name=name,
        told="A baby of six months is brought with a bruise, and a clinician taps that it cannot"
        " move about yet.",
        people=(baby,),
        arrivals=(Arrival(person=baby, site=BRADFORD_ROYAL, at=time(10, 50), words=(word,)),),
        questions=(_seen_once(name, baby, BRADFORD_ROYAL),),
    )


def left_while_held(maker: FamilyMaker, register: Register) -> Story:
    """Staff had been asked to keep the child until safeguarding had spoken; it is gone."""
    del register
    name = "left_while_held"
    (child,) = maker.family(authority=LEEDS, ages=[2.8], origin="Irish").children
    word = StaffWord(
        after_minutes=40,
        told="Staff are asked to keep the child until safeguarding has spoken; it is taken away.",
        hold=True,
    )
    return Story(
        name=name,
        told="A child is taken from Leeds General Infirmary while staff had been asked to keep it.",
        people=(child,),
        arrivals=(
            Arrival(
                person=child,
                site=LEEDS_GENERAL,
                at=time(14, 5),
                stay_minutes=95,
                disposition="SD",
                words=(word,),
            ),
        ),
        questions=(_seen_once(name, child, LEEDS_GENERAL),),
    )


def two_sites_under_one(maker: FamilyMaker, register: Register) -> Story:
    """Two visits are few for a child, and enough for one under a year where the sites differ."""
    del register
    name = "two_sites_under_one"
    (baby,) = maker.family(authority=BRADFORD, ages=[0.7], origin="Romanian").children
    return Story(
        name=name,
        told="A baby of eight months was at a walk-in unit in Leeds, and comes to Bradford.",
        people=(baby,),
        arrivals=(
            Arrival(person=baby, site=WALK_IN, days_ago=19, at=time(17, 30)),
            Arrival(person=baby, site=BRADFORD_ROYAL, at=time(11, 20)),
        ),
        questions=(
            ask(
                name,
                baby,
                BRADFORD_ROYAL,
                ("NO_PLAN_FOUND", "SEEN_BEFORE"),
                "No plan, but two visits to two sites within thirty days.",
            ),
        ),
    )


def siblings_at_two_hospitals(maker: FamilyMaker, register: Register) -> Story:
    """Each hospital sees one child once; Calderdale lets rules look at a household together."""
    del register
    name = "siblings_at_two_hospitals"
    older, younger = maker.family(authority=CALDERDALE, ages=[4.9, 2.6], origin="Polish").children
    return Story(
        name=name,
        told="Brother and sister at one address are at hospitals of two cities within a week.",
        people=(older, younger),
        arrivals=(
            Arrival(person=older, site=BRADFORD_ROYAL, days_ago=6, at=time(18, 10)),
            Arrival(person=younger, site=LEEDS_GENERAL, at=time(9, 40)),
        ),
        questions=tuple(_not_answered(name, one, LEEDS_GENERAL) for one in (older, younger)),
    )


def callout_lists_one_child(maker: FamilyMaker, register: Register) -> Story:
    """The force lists one child of two; where rules may read of a household, both are told of."""
    del register
    name = "callout_lists_one_child"
    family = maker.family(authority=CALDERDALE, ages=[7.9, 1.4], origin="English", mother_age=31)
    listed = replace(family.children[0], school="")
    missed = family.children[1]
    return Story(
        name=name,
        told="Police list one child of a home; a baby who lives there too is not on their form.",
        people=(listed, missed),
        arrivals=(
            Arrival(person=listed, site=BRADFORD_ROYAL, days_ago=150, at=time(16, 0)),
            Arrival(person=missed, site=BRADFORD_ROYAL, days_ago=60, at=time(12, 45)),
        ),
        callouts=(
            Callout(
                victim=family.mother,
                suspect=partner_of(maker.random, family.mother),
                children=(ChildThere(person=listed),),
                home=family.mother.home,
                at=time(3, 30),
                grade="high",
            ),
        ),
        questions=(_not_answered(name, missed, BRADFORD_ROYAL),),
    )


def _seen_once(story: str, child: Person, site: Site) -> Question:
    """Answer the check of a child without a plan: what staff coded is no part of a check."""
    why = "No plan and one visit; of what staff coded a check says nothing."
    return ask(story, child, site, ("NO_PLAN_FOUND", "SEEN_BEFORE"), why)


def _not_answered(story: str, child: Person, site: Site) -> Question:
    """Answer the check of a child of Calderdale, whose register is too old."""
    answers = ("CANNOT_SAY", "SEEN_BEFORE", "register_stale")
    return ask(story, child, site, answers, "The register of Calderdale is too old to say.")
