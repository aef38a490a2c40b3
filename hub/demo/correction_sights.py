"""What the stories of corrections state must be seen, before the correction and after it."""

from collections.abc import Callable, Mapping
from typing import Final

from hub.demo.parting_sights import PARTING_SIGHTS
from hub.demo.sights import (
    ARRIVED,
    AT_BRADFORD,
    AT_LEEDS,
    BRADFORD_DESK,
    FOUR,
    LEEDS_DESK,
    NO_LONGER,
    TAKEN_BACK,
    TOLD_AGAIN,
    Moment,
    Sight,
    alert,
    asked_before,
    certain,
    changed,
    uncertain,
)
from hub.demo.story import Story


def _number_replaced(story: Story) -> tuple[Sight, ...]:
    now, former = story.people
    return (
        asked_before(story, AT_BRADFORD, shown=("2 visits", "It is not certain which record")),
        uncertain(
            "Two numbers, all else alike: people are asked whether they are one child.",
            who="identity-reviewer-e08000032",
            about=former,
            after=Moment.ASKED,
        ),
        certain("Nobody is asked any more.", who="identity-reviewer-e08000032", about=former),
        alert(
            "Neither number has four visits; the child has.",
            who=BRADFORD_DESK,
            about=now,
            says=FOUR,
            shown=("2 different sites", "Leeds General Infirmary", "This alert rests on it"),
            after=Moment.NUMBER_REPLACED,
        ),
        changed(TOLD_AGAIN, who=AT_BRADFORD, about=now, after=Moment.NUMBER_REPLACED),
    )


def _born(story: Story) -> tuple[Sight, ...]:
    (baby,) = story.people
    return (
        asked_before(story, AT_LEEDS, not_shown=(story.unborn_plans[0].team,)),
        uncertain(
            "Whoever is on duty is asked whether the baby is the child of the plan.",
            who=LEEDS_DESK,
            about=baby,
            shown=("Urgent: on a Child Protection Plan", "under one year", "not born yet"),
            after=Moment.ARRIVAL,
        ),
        certain("The council has said it: nobody is asked.", who=LEEDS_DESK, about=baby),
        alert(
            "With the plan comes the alert of the visit that morning.",
            who=LEEDS_DESK,
            about=baby,
            says=ARRIVED,
            shown=("while on a Child Protection Plan", "Immediate", "Yours to act on"),
            after=Moment.BORN,
        ),
        changed(TOLD_AGAIN, who=AT_LEEDS, about=baby, after=Moment.BORN),
    )


def _number_mistyped(story: Story) -> tuple[Sight, ...]:
    first, second, _ = story.people
    return (
        alert(
            "By the number that was typed it is this child's fourth visit.",
            who=BRADFORD_DESK,
            about=first,
            says=FOUR,
            shown=("This alert rests on it",),
            not_shown=(TAKEN_BACK,),
            after=Moment.RENUMBERED,
            until_end=False,
        ),
        asked_before(story, AT_BRADFORD, shown=("4 visits",)),
        alert(
            "It was not: the alert is taken back.",
            who=BRADFORD_DESK,
            about=first,
            says=FOUR,
            shown=(TAKEN_BACK, NO_LONGER),
            after=Moment.CORRECTED,
        ),
        alert(
            "It is the fourth visit of the other child.",
            who=BRADFORD_DESK,
            about=second,
            says=FOUR,
            shown=("This alert rests on it",),
            after=Moment.CORRECTED,
        ),
        changed(TOLD_AGAIN, who=AT_BRADFORD, about=first, after=Moment.CORRECTED),
    )


def _visit_moved(story: Story) -> tuple[Sight, ...]:
    on_plan, other = story.people
    return (
        alert(
            "A child on a plan is said to have come: the front door is told at once.",
            who=BRADFORD_DESK,
            about=on_plan,
            says=ARRIVED,
            shown=("while on a Child Protection Plan", "Immediate"),
            not_shown=(TAKEN_BACK,),
            after=Moment.ARRIVAL,
            until_end=False,
        ),
        asked_before(story, AT_BRADFORD, shown=("1 visit",)),
        alert(
            "He did not come: the alert is taken back.",
            who=BRADFORD_DESK,
            about=on_plan,
            says=ARRIVED,
            shown=(TAKEN_BACK, NO_LONGER),
            after=Moment.VISIT_MOVED,
        ),
        alert(
            "It was the fourth visit of the other boy.",
            who=BRADFORD_DESK,
            about=other,
            says=FOUR,
            shown=("This alert rests on it",),
            not_shown=(TAKEN_BACK,),
            after=Moment.VISIT_MOVED,
        ),
        changed(TOLD_AGAIN, who=AT_BRADFORD, about=on_plan, after=Moment.VISIT_MOVED),
    )


CORRECTION_SIGHTS: Final[Mapping[str, Callable[[Story], tuple[Sight, ...]]]] = {
    "number_replaced": _number_replaced,
    "born_on_plan": _born,
    "number_mistyped": _number_mistyped,
    "visit_moved": _visit_moved,
    **PARTING_SIGHTS,
}
