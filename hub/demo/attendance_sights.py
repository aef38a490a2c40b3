"""What the stories of hospitals' own words, and of brothers and sisters, state must be seen."""

from collections.abc import Callable, Mapping
from typing import Final

from hub.demo.sights import (
    BRADFORD_DESK,
    CALDERDALE_DESK,
    LEEDS_DESK,
    Moment,
    Sight,
    alert,
    no_alert,
)
from hub.demo.story import Story

YOURS: Final = "Yours to act on"


def _concern(story: Story) -> tuple[Sight, ...]:
    (child,) = story.people
    return (
        alert(
            "What staff coded at the bedside is before the front door.",
            who=LEEDS_DESK,
            about=child,
            says="Staff coded a safeguarding concern",
            shown=("child is cause for safeguarding concern", "Today", YOURS),
            after=Moment.ARRIVAL,
        ),
    )


def _bruise(story: Story) -> tuple[Sight, ...]:
    (baby,) = story.people
    return (
        alert(
            "A clinician's tap is immediate.",
            who=BRADFORD_DESK,
            about=baby,
            says="an injury or bruise of a child who is not yet mobile",
            shown=("Immediate", "6 months old", YOURS),
            after=Moment.ARRIVAL,
        ),
        alert(
            "That an infant came with an injury is for today.",
            who=BRADFORD_DESK,
            about=baby,
            says="with an injury, 6 months old",
            shown=("Today",),
            after=Moment.ARRIVAL,
        ),
    )


def _held(story: Story) -> tuple[Sight, ...]:
    (child,) = story.people
    return (
        alert(
            "The front door learns at once that the child is gone, and says what nobody knows.",
            who=LEEDS_DESK,
            about=child,
            says="although staff had been asked to keep the child there",
            shown=("Immediate", "Where the child is", YOURS),
            after=Moment.ARRIVAL,
        ),
    )


def _two_sites(story: Story) -> tuple[Sight, ...]:
    (baby,) = story.people
    return (
        alert(
            "Two sites within thirty days are immediate under one year.",
            who=BRADFORD_DESK,
            about=baby,
            says="2 arrivals at emergency departments, at 2 different sites",
            shown=("Immediate", "while under 12 months old", "Bradford Royal Infirmary"),
        ),
    )


def _siblings(story: Story) -> tuple[Sight, ...]:
    older, younger = story.people
    says = "at the same address at emergency departments, at 2 different sites"
    told = tuple(
        alert(
            "Neither hospital saw both; the alert of each says so, for information.",
            who=CALDERDALE_DESK,
            about=child,
            says=says,
            shown=("For information", "a brother or sister"),
        )
        for child in (older, younger)
    )
    apart = no_alert("No other council's desk reads of it.", who=LEEDS_DESK, about=older)
    return (*told, apart)


def _one_listed(story: Story) -> tuple[Sight, ...]:
    listed, missed = story.people
    return (
        alert(
            "The child whom the force lists.",
            who=CALDERDALE_DESK,
            about=listed,
            says="Domestic-abuse incident on",
            shown=("Immediate", "the child was there"),
            after=Moment.CALLOUT,
        ),
        alert(
            "And the baby who is not on the form, from the address that a hospital told.",
            who=CALDERDALE_DESK,
            about=missed,
            says="at the same address, and not this child",
            shown=("Today", "Whether this child was there is not known."),
            after=Moment.CALLOUT,
        ),
    )


ATTENDANCE_SIGHTS: Final[Mapping[str, Callable[[Story], tuple[Sight, ...]]]] = {
    "coded_concern": _concern,
    "bruise_not_yet_mobile": _bruise,
    "left_while_held": _held,
    "two_sites_under_one": _two_sites,
    "siblings_at_two_hospitals": _siblings,
    "callout_lists_one_child": _one_listed,
}
