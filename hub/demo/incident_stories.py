"""Stories that begin with a callout of the police."""

from dataclasses import replace
from datetime import time, timedelta

from hub.demo.families import Family, FamilyMaker, partner_of
from hub.demo.happenings import Absence, Callout, ChildThere, LaterWord, Reckoned
from hub.demo.people import Person
from hub.demo.places import BRADFORD, BRADFORD_ROYAL, LEEDS, LEEDS_GENERAL, ST_JAMES, Site
from hub.demo.registers import Register
from hub.demo.stories import ask
from hub.demo.story import Arrival, Question, Story

CINDER_LANE, DYEHOUSE, NO_SCHOOL = "900201", "900102", ""
"""Schools whose leads a visitor can sign in as; and none, as of a child educated at home."""


def callout_at_night(maker: FamilyMaker, register: Register) -> Story:
    """One child there, one away, one not yet born: three children, of whom two were not seen."""
    del register
    name = "callout_at_night"
    family = maker.family(authority=LEEDS, ages=[6.2, 11.8], origin="Polish", mother_age=34)
    there, away = replace(family.children[0], school=CINDER_LANE), family.children[1]
    return Story(
        name=name,
        told="Police are called in the night; a child is there, a brother or sister is away, and"
        " the mother expects another.",
        people=(there, away),
        callouts=(
            Callout(
                victim=family.mother,
                suspect=partner_of(maker.random, family.mother),
                children=(
                    ChildThere(person=there, spoken_to=True, voice="Made-up words of a child."),
                    ChildThere(person=away, present=False, seen=False),
                ),
                home=family.mother.home,
                days_ago=1,
                at=time(23, 10),
                told_after_minutes=100,
                grade="high",
                due_on=maker.anchor + timedelta(days=70),
            ),
        ),
        questions=(
            _nothing_shown(name, there, LEEDS_GENERAL),
            _nothing_shown(name, away, LEEDS_GENERAL),
        ),
    )


def withdrawn_report(maker: FamilyMaker, register: Register) -> Story:
    """The force takes a report back, and the alert goes with it."""
    del register
    name = "withdrawn_report"
    family = maker.family(authority=BRADFORD, ages=[8.3], origin="English", mother_age=31)
    return Story(
        name=name,
        told="A callout is reported for the wrong address and withdrawn by noon.",
        people=family.children,
        callouts=(
            _callout(
                maker,
                family,
                at=time(2, 20),
                later=(LaterWord(after_minutes=400, status="withdrawn"),),
            ),
        ),
        questions=(_nothing_shown(name, family.children[0], BRADFORD_ROYAL),),
    )


def callout_regraded(maker: FamilyMaker, register: Register) -> Story:
    """The grade is the force's, and its second word counts: the alert becomes more urgent."""
    del register
    name = "callout_regraded"
    family = maker.family(authority=BRADFORD, ages=[4.7], origin="Slovak", mother_age=25)
    return Story(
        name=name,
        told="A callout that was graded standard at night is graded high in the morning.",
        people=family.children,
        callouts=(
            _callout(
                maker,
                family,
                at=time(4, 5),
                grade="standard",
                later=(LaterWord(after_minutes=350, grade="high"),),
            ),
        ),
        questions=(_nothing_shown(name, family.children[0], BRADFORD_ROYAL),),
    )


def third_callout(maker: FamilyMaker, register: Register) -> Story:
    """Three callouts in twelve months, of which none alone is graded high."""
    del register
    name = "third_callout"
    family = maker.family(authority=LEEDS, ages=[9.9], origin="Caribbean", mother_age=33)
    family = _at_school(family, NO_SCHOOL)
    return Story(
        name=name,
        told="Police are called to one home for the third time in twelve months.",
        people=family.children,
        callouts=(
            _callout(maker, family, days_ago=290, at=time(20, 15), grade="standard"),
            _callout(maker, family, days_ago=120, at=time(23, 40), grade="standard"),
            _callout(maker, family, at=time(1, 15), grade="standard"),
        ),
        questions=(_nothing_shown(name, family.children[0], LEEDS_GENERAL),),
    )


def absent_after_callout(maker: FamilyMaker, register: Register) -> Story:
    """On the evening before a school day police are called; on that day the child is missing."""
    del register
    name = "absent_after_callout"
    family = maker.family(authority=BRADFORD, ages=[7.1], origin="Pakistani", mother_age=30)
    family = _at_school(family, DYEHOUSE)
    (child,) = family.children
    return Story(
        name=name,
        told="Police are called on the evening before a school day; on that day the child is not"
        " in school and nobody has said why.",
        people=(child,),
        callouts=(
            _callout(
                maker,
                family,
                days_ago=1,
                reckoned=Reckoned.SCHOOL_DAY,
                at=time(22, 30),
                told_after_minutes=95,
            ),
        ),
        absences=(Absence(person=child),),
        questions=(_nothing_shown(name, child, BRADFORD_ROYAL),),
    )


def three_small_signs(maker: FamilyMaker, register: Register) -> Story:
    """Hospital, police and school each tell one small thing within two weeks."""
    del register
    name = "three_small_signs"
    family = maker.family(authority=LEEDS, ages=[8.8], origin="Bangladeshi", mother_age=29)
    (child,) = family.children
    return Story(
        name=name,
        told="Within two weeks a child is at A&E once, lives where police are called once, and is"
        " missing from school for two days.",
        people=(child,),
        arrivals=(Arrival(person=child, site=ST_JAMES, days_ago=12, at=time(18, 20)),),
        callouts=(_callout(maker, family, days_ago=8, at=time(21, 5), grade="standard"),),
        absences=(Absence(person=child), Absence(person=child, school_days_ago=1)),
        questions=(
            ask(
                name,
                child,
                LEEDS_GENERAL,
                ("NO_PLAN_FOUND", "SEEN_BEFORE"),
                "No plan; only together do three agencies' small signs say anything.",
            ),
        ),
    )


def _at_school(family: Family, urn: str) -> Family:
    """Answer the family with every child at one school."""
    children = tuple(replace(child, school=urn) for child in family.children)
    return replace(family, children=children)


def _callout(  # noqa: PLR0913 - what the stories settle, all by name
    maker: FamilyMaker,
    family: Family,
    *,
    at: time,
    days_ago: int = 0,
    reckoned: Reckoned = Reckoned.PLAYED_DAY,
    told_after_minutes: int = 55,
    grade: str = "medium",
    later: tuple[LaterWord, ...] = (),
) -> Callout:
    """Answer a callout to a family at home, every child of which is there."""
    return Callout(
        victim=family.mother,
        suspect=partner_of(maker.random, family.mother),
        children=tuple(ChildThere(person=child) for child in family.children),
        home=family.mother.home,
        days_ago=days_ago,
        reckoned=reckoned,
        at=at,
        told_after_minutes=told_after_minutes,
        grade=grade,
        later=later,
    )


def _nothing_shown(story: str, child: Person, site: Site) -> Question:
    """Answer the check of a child of a callout: a hospital is told of plans and visits alone."""
    why = "No plan and no visit; of the police's callout a check says nothing."
    return ask(story, child, site, ("NO_PLAN_FOUND", "NONE_KNOWN"), why)
