"""Stories in which children are joined and parted, adopted, asked about at night, and move."""

from dataclasses import replace
from datetime import time

from hub.demo.corrected import AFTERNOON, EARLY, NO_PLAN, ON_PLAN, a_child, asks, visited
from hub.demo.families import FamilyMaker, partner_of
from hub.demo.happenings import Adoption, Callout, ChildThere, Retold, Settling
from hub.demo.people import Person, Quirk
from hub.demo.places import BRADFORD, BRADFORD_ROYAL, CALDERDALE, LEEDS, LEEDS_GENERAL, RAE
from hub.demo.registers import Register
from hub.demo.sights import BRADFORD_DESK
from hub.demo.stories import ask
from hub.demo.story import Arrival, Story


def bridged(maker: FamilyMaker, register: Register) -> Story:
    """A callout's report is of both children whom two hospitals know; then a number parts them."""
    del register
    name = "bridged"
    child, mother = a_child(maker, LEEDS, 7.4)
    home = maker.home(BRADFORD)
    elsewhere = replace(
        child,
        key=maker.next_key(),
        family_name="Farrell-Booth",
        home=home,
        nhs_number=None,
        upn=None,
    )
    to_the_force = replace(elsewhere, key=maker.next_key(), nhs_number=child.nhs_number)
    traced = replace(elsewhere, nhs_number=maker.numbers.next())
    suspect = partner_of(maker.random, mother)
    said = f"Has traced the NHS number of its patient {_name(elsewhere)}: it is another."
    again = "Two visits again: the other two are another child's."
    return Story(
        name=name,
        told="Two hospitals know a child by two names; a report of the police is of both, until a"
        " second NHS number parts them.",
        people=(child, elsewhere, to_the_force),
        adults=(mother,),
        arrivals=(
            *visited(child, LEEDS_GENERAL, 230, 110),
            *visited(elsewhere, BRADFORD_ROYAL, 75),
            Arrival(person=elsewhere, site=BRADFORD_ROYAL, at=time(4, 30)),
        ),
        askings=asks(ask(name, child, LEEDS_GENERAL, NO_PLAN, "Two visits."), at=time(5, 30)),
        callouts=(_callout(mother, suspect, to_the_force),),
        retold=(Retold(trust=RAE, person=traced, at=time(10, 0), said=said),),
        questions=(ask(name, child, LEEDS_GENERAL, NO_PLAN, again),),
    )


def adopted(maker: FamilyMaker, register: Register) -> Story:
    """A child was in care, is adopted, and comes under the new name with the former number."""
    name = "adopted"
    former, _ = a_child(maker, LEEDS, 4.3)
    now = replace(
        former,
        key=maker.next_key(),
        family_name="Winterbourne",
        home=maker.home(BRADFORD),
        nhs_number=maker.numbers.next(),
        mother=None,
    )
    arriving = replace(now, nhs_number=former.nhs_number)
    before = "By the former number the child is who it was: in care, and seen in Leeds."
    since = "By the present number nothing of the former life is shown: one visit, this one."
    ended = ("PLAN_ENDED", "SEEN_BEFORE")
    said = f"Has the new NHS number of {_name(now)}."
    return Story(
        name=name,
        told="An adopted child comes under its former NHS number; the two are parted for good.",
        people=(former, now),
        care=(register.care(former, LEEDS, ended_days_ago=12),),
        arrivals=(
            *visited(former, LEEDS_GENERAL, 160),
            Arrival(person=arriving, site=BRADFORD_ROYAL, at=EARLY),
        ),
        askings=asks(ask(name, arriving, BRADFORD_ROYAL, ended, before), at=time(7, 0)),
        adoptions=(Adoption(council=LEEDS, former=former, now=now, at=time(9, 0)),),
        retold=(Retold(trust=RAE, person=now, at=time(10, 0), said=said),),
        questions=(ask(name, now, BRADFORD_ROYAL, NO_PLAN, since),),
    )


def asked_at_night(maker: FamilyMaker, register: Register) -> Story:
    """Nobody says at three in the morning who came; whoever is on duty is asked, and answers."""
    name = "asked_at_night"
    child, _ = a_child(maker, BRADFORD, 1.4)
    arrival = Arrival(
        person=replace(child, given_names=("Unknown",)),
        site=BRADFORD_ROYAL,
        at=time(3, 5),
        quirks=frozenset({Quirk.NO_NUMBER}),
    )
    answer = Settling(
        about=child,
        by=(BRADFORD_DESK, f"second-{BRADFORD_DESK}"),
        at=time(3, 50),
        answer="same",
        reason="family_confirmed",
        words="Made-up words: the mother was rung, and is with the child.",
    )
    unsure = ("ON_PLAN", "CANNOT_SAY")
    before = "On a plan; whose the visit of this night is, nobody has said."
    since = "On a plan, and the visit of the night is this child's."
    return Story(
        name=name,
        told="At three in the morning a child comes of whom only surname, birth date and home are"
        " known: whoever is on duty is asked whether it is the one on a plan.",
        people=(child,),
        plans=(register.plan(child, BRADFORD),),
        arrivals=(arrival,),
        askings=asks(ask(name, child, BRADFORD_ROYAL, unsure, before), at=time(3, 20)),
        settlings=(answer,),
        questions=(ask(name, child, BRADFORD_ROYAL, ON_PLAN, since),),
    )


def household_ended(maker: FamilyMaker, register: Register) -> Story:
    """What rests on an address that two children share goes when one of them lives elsewhere."""
    del register
    name = "household_ended"
    family = maker.family(authority=CALDERDALE, ages=[4.6, 2.2], origin="English")
    older, younger = family.children
    moved = replace(older, home=maker.home(CALDERDALE))
    said = f"Has another address of {_name(older)}: the one before was wrong."
    answers = ("CANNOT_SAY", "SEEN_BEFORE", "register_stale")
    why = "The register of Calderdale is too old to say; of others at an address no check tells."
    return Story(
        name=name,
        told="Two children of one address are at two hospitals, which is told of; then one lives"
        " elsewhere, and it is not told any more.",
        people=(older, younger),
        arrivals=(
            Arrival(person=older, site=BRADFORD_ROYAL, days_ago=6, at=AFTERNOON),
            Arrival(person=younger, site=LEEDS_GENERAL, at=EARLY),
        ),
        retold=(Retold(trust=RAE, person=moved, at=time(10, 0), said=said),),
        questions=(ask(name, younger, LEEDS_GENERAL, answers, why),),
    )


def _callout(victim: Person, suspect: Person, child: Person) -> Callout:
    return Callout(
        victim=victim,
        suspect=suspect,
        children=(ChildThere(person=child),),
        home=child.home,
        at=time(3, 10),
        grade="standard",
    )


def _name(person: Person) -> str:
    return f"{person.given_names[0]} {person.family_name}"
