"""What is to be seen where children are joined and parted, adopted, asked about, and move."""

from collections.abc import Callable, Mapping
from typing import Final

from hub.demo.sights import (
    ARRIVED,
    AT_BRADFORD,
    AT_LEEDS,
    BRADFORD_DESK,
    CALDERDALE_DESK,
    FOUR,
    LEEDS_DESK,
    NO_LONGER,
    TAKEN_BACK,
    TOLD_AGAIN,
    Moment,
    Page,
    Sight,
    alert,
    asked_before,
    certain,
    changed,
    uncertain,
)
from hub.demo.story import Story


def _bridged(story: Story) -> tuple[Sight, ...]:
    child, *_ = story.people
    return (
        asked_before(story, AT_LEEDS, shown=("2 visits",)),
        alert(
            "One child by the report of the police: two visits here and two there are four.",
            who=BRADFORD_DESK,
            about=child,
            says=FOUR,
            shown=("2 different sites", "This alert rests on it"),
            not_shown=(TAKEN_BACK,),
            after=Moment.CALLOUT,
            until_end=False,
        ),
        changed(TOLD_AGAIN, who=AT_LEEDS, about=child, after=Moment.CALLOUT, until_end=False),
        alert(
            "Two NHS numbers are two children: the alert is taken back.",
            who=BRADFORD_DESK,
            about=child,
            says=FOUR,
            shown=(TAKEN_BACK, NO_LONGER),
            after=Moment.RETOLD,
        ),
        uncertain(
            "Whose the report of the police is, people are asked.",
            who="identity-reviewer-e08000032",
            about=child,
            after=Moment.RETOLD,
        ),
    )


def _adopted(story: Story) -> tuple[Sight, ...]:
    former, now = story.people
    new = (now.family_name, now.home.line, now.home.postcode)
    return (
        _in_care(story),
        alert(
            "By its former number the child is known to Leeds, in whose care it was.",
            who=LEEDS_DESK,
            about=former,
            says=ARRIVED,
            shown=("after a plan or period of care had ended",),
            not_shown=(TAKEN_BACK,),
            after=Moment.ARRIVAL,
            until_end=False,
        ),
        alert(
            "Taken back; and neither the new name nor the new home stands there any more.",
            who=LEEDS_DESK,
            about=former,
            says=ARRIVED,
            shown=(TAKEN_BACK,),
            not_shown=new,
            after=Moment.RETOLD,
        ),
        certain(
            "Nobody is asked whether the two are one child.",
            who="identity-reviewer-e08000035",
            about=former,
        ),
        changed(TOLD_AGAIN, who=AT_BRADFORD, about=former, after=Moment.RETOLD),
    )


def _in_care(story: Story) -> Sight:
    """Answer what a clinician sees of a period of care: no plan has ended, but care."""
    asked = story.askings[0].question
    return Sight(
        told=asked.why,
        who=AT_BRADFORD,
        page=Page.CHECK,
        asked=asked,
        shown=("Was in the care of Leeds until", "2 visits to 2 A&Es", "Leeds General Infirmary"),
        after=Moment.ASKED,
        until_end=False,
    )


def _at_night(story: Story) -> tuple[Sight, ...]:
    (child,) = story.people
    return (
        uncertain(
            "Whoever is on duty sees it as urgent, with what is known of both side by side.",
            who=BRADFORD_DESK,
            about=child,
            shown=("Urgent: on a Child Protection Plan", "Unknown", child.given_names[0]),
            after=Moment.ARRIVAL,
        ),
        asked_before(story, AT_BRADFORD, not_shown=("visits to",)),
        alert(
            "Two people have said that it is this child: the visit is told as one on a plan.",
            who=BRADFORD_DESK,
            about=child,
            says=ARRIVED,
            shown=("while on a Child Protection Plan", "Immediate", child.given_names[0]),
            after=Moment.SETTLED,
        ),
        certain("The question is answered.", who=BRADFORD_DESK, about=child),
        changed(TOLD_AGAIN, who=AT_BRADFORD, about=child, after=Moment.SETTLED),
    )


def _household(story: Story) -> tuple[Sight, ...]:
    older, younger = story.people
    says = "at the same address at emergency departments, at 2 different sites"
    return (
        alert(
            "Neither hospital saw both; who lives at the same address stands on the alert's page.",
            who=CALDERDALE_DESK,
            about=younger,
            says=says,
            shown=("For information", "Children related to this one", older.given_names[0]),
            not_shown=(TAKEN_BACK,),
            after=Moment.ARRIVAL,
            until_end=False,
        ),
        alert(
            "The other child has an alert of its own that says the same.",
            who=CALDERDALE_DESK,
            about=older,
            says=says,
            not_shown=(TAKEN_BACK,),
            shown=("For information",),
            after=Moment.ARRIVAL,
            until_end=False,
        ),
        *(
            alert(
                f"They do not live together: the alert of {child.given_names[0]} is taken back.",
                who=CALDERDALE_DESK,
                about=child,
                says=says,
                shown=(TAKEN_BACK, NO_LONGER),
                after=Moment.RETOLD,
            )
            for child in (younger, older)
        ),
    )


def _of_adopted(story: Story) -> Mapping[int, Mapping[str, tuple[str, ...]]]:
    former, care = story.people[0], story.care[0]
    hidden = (former.family_name, care.team, care.worker, "Leeds General", "the care of")
    return {0: {"shown": ("1 visit",), "not_shown": hidden}}


PARTING_CHECKS: Final = {"adopted": _of_adopted}
"""What checks show beside their headings, by the number of the question."""

PARTING_SIGHTS: Final[Mapping[str, Callable[[Story], tuple[Sight, ...]]]] = {
    "bridged": _bridged,
    "adopted": _adopted,
    "asked_at_night": _at_night,
    "household_ended": _household,
}
