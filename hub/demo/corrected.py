"""What the stories of corrections are put together from: earlier visits, and who asks before."""

from dataclasses import replace
from datetime import time

from hub.demo.families import FamilyMaker
from hub.demo.people import Person
from hub.demo.places import Site
from hub.demo.story import Arrival, Asking, Question

EARLY = time(6, 40)
"""Arrivals before noon: asked about on a later day, they are earlier visits and not this one."""
AFTERNOON = time(16, 5)

NO_PLAN = ("NO_PLAN_FOUND", "SEEN_BEFORE")
ON_PLAN = ("ON_PLAN", "SEEN_BEFORE")


def visited(person: Person, site: Site, *days_ago: int) -> tuple[Arrival, ...]:
    """Answer earlier visits of a child to one site."""
    return tuple(Arrival(person=person, site=site, days_ago=ago, at=AFTERNOON) for ago in days_ago)


def asks(question: Question, *, at: time) -> tuple[Asking, ...]:
    """Answer that this is asked at a site at a time, before anything is corrected."""
    return (Asking(question=question, at=at),)


def a_child(
    maker: FamilyMaker, authority: str, age: float, origin: str = "English"
) -> tuple[Person, Person]:
    """Answer a child of this age, and its mother."""
    family = maker.family(authority=authority, ages=[age], origin=origin, mother_age=age + 24)
    return family.children[0], family.mother


def unknown(maker: FamilyMaker, child: Person) -> Person:
    """Answer what a hospital writes of a child of whom nobody knows who it is."""
    return replace(
        child,
        key=maker.next_key(),
        family_name="Unknown",
        given_names=("Unknown",),
        nhs_number=None,
        upn=None,
    )
