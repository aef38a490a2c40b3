"""What the stories of callouts and of absences state must be seen."""

from collections.abc import Callable, Mapping
from typing import Final

from hub.demo.people import Person
from hub.demo.sights import (
    BRADFORD_DESK,
    CINDER_LANE_LEAD,
    DYEHOUSE_LEAD,
    LEEDS_DESK,
    POLICE_DESK,
    Moment,
    Sight,
    alert,
    no_alert,
    notice,
)
from hub.demo.story import Story

INCIDENT: Final = "Domestic-abuse incident on"
ABSENT: Final = "Absent from school with no reason known"
TAKEN_BACK: Final = "Taken back"
ON_ROLL: Final = "Is this child on your roll?"
WITHDRAWN: Final = "Withdrawn: what it rested on no longer holds"


def _at_night(story: Story) -> tuple[Sight, ...]:
    there, away = story.people
    return (
        alert(
            "The child who was there.",
            who=LEEDS_DESK,
            about=there,
            says=INCIDENT,
            shown=("Immediate", "graded high risk by the force", "the child was there"),
            after=Moment.CALLOUT,
        ),
        alert(
            "The brother or sister who was away, and whom nobody saw.",
            who=LEEDS_DESK,
            about=away,
            says=INCIDENT,
            shown=("the child lives there and was away",),
            after=Moment.CALLOUT,
        ),
        alert(
            "The child who is not born yet and has no name, with its brothers and sisters.",
            who=LEEDS_DESK,
            about=None,
            says=INCIDENT,
            shown=(
                "Child, not born yet",
                "Immediate",
                "Listed by the police in the same domestic-abuse incident",
                *(child.given_names[0] for child in story.people),
            ),
            after=Moment.CALLOUT,
        ),
        no_alert("Another council's desk sees none of it.", who=BRADFORD_DESK, about=there),
        *_told_to_school(there, away),
    )


def _told_to_school(there: Person, away: Person) -> tuple[Sight, ...]:
    """Operation Encompass: the school knows before its next school day, and by whom."""
    hidden = (there.home.line, there.home.postcode, "omestic abuse")
    return (
        notice(
            "Only the police name her school, so it is asked before it is told anything.",
            who=CINDER_LANE_LEAD,
            about=there,
            shown=(ON_ROLL, "Due"),
            not_shown=(*hidden, "West Yorkshire Police"),
            after=Moment.CALLOUT,
        ),
        notice(
            "Once it has said yes it reads what happened, before its next school day begins.",
            who=CINDER_LANE_LEAD,
            about=there,
            presses="Yes, on our roll",
            shown=("Domestic abuse incident, ", "The child was there", "Made-up words of a child."),
            not_shown=(*hidden[:2], ON_ROLL),
            after=Moment.CALLOUT,
        ),
        notice(
            "Acknowledged, it stands among what was dealt with, with who did it.",
            who=CINDER_LANE_LEAD,
            about=there,
            presses="I have read it and will act on it",
            shown=("Acknowledged by Bronwen Ogden",),
            after=Moment.CALLOUT,
        ),
        notice(
            "The other child's school has not answered in time: the force's desk is shown that.",
            who=POLICE_DESK,
            about=away,
            shown=("Late", "nobody there has answered in time. Ring the school."),
            not_shown=("Yes, on our roll",),
            after=Moment.LATE,
            until_end=False,
        ),
    )


def _withdrawn(story: Story) -> tuple[Sight, ...]:
    (child,) = story.people
    return (
        alert(
            "The callout is told, and waits for somebody.",
            who=BRADFORD_DESK,
            about=child,
            says=INCIDENT,
            shown=("graded medium risk by the force",),
            not_shown=(TAKEN_BACK,),
            after=Moment.CALLOUT,
            until_end=False,
        ),
        alert(
            "The force took its report back, and the alert says so under All.",
            who=BRADFORD_DESK,
            about=child,
            says=INCIDENT,
            shown=(TAKEN_BACK, WITHDRAWN),
            after=Moment.LATER_WORD,
            or_none=True,
        ),
    )


def _regraded(story: Story) -> tuple[Sight, ...]:
    (child,) = story.people
    return (
        alert(
            "Graded standard, it is for information.",
            who=BRADFORD_DESK,
            about=child,
            says=INCIDENT,
            shown=("graded standard risk by the force", "For information"),
            after=Moment.CALLOUT,
            until_end=False,
        ),
        alert(
            "The same alert, graded again by the force, is immediate now.",
            who=BRADFORD_DESK,
            about=child,
            says=INCIDENT,
            shown=("graded high risk by the force", "Immediate"),
            not_shown=("graded standard risk",),
            after=Moment.LATER_WORD,
        ),
    )


def _third(story: Story) -> tuple[Sight, ...]:
    (child,) = story.people
    return (
        alert(
            "Three callouts, of which none alone was graded above standard, are one alert.",
            who=LEEDS_DESK,
            about=child,
            says="3 domestic-abuse incidents between",
            shown=("Today", "3 graded standard risk"),
        ),
        notice(
            "No school is known for the child, so the council is told what a school would be.",
            who=LEEDS_DESK,
            about=child,
            shown=("Domestic abuse incident, ", "No school is known for the child", "Due"),
        ),
    )


def _after_callout(story: Story) -> tuple[Sight, ...]:
    (child,) = story.people
    return (
        alert(
            "The callout, on the evening before the school day.",
            who=BRADFORD_DESK,
            about=child,
            says=INCIDENT,
            shown=("graded medium risk by the force",),
            after=Moment.CALLOUT,
        ),
        alert(
            "Police and school together: missing on the first school day after it.",
            who=BRADFORD_DESK,
            about=child,
            says="the first school day after a domestic-abuse incident",
            shown=(ABSENT, "Today"),
            after=Moment.ABSENCE,
        ),
        notice(
            "The school's own register names the child, so the school is told without being asked.",
            who=DYEHOUSE_LEAD,
            about=child,
            shown=("Domestic abuse incident, ", "The child was there", "Due"),
            not_shown=(ON_ROLL, child.home.line, child.home.postcode),
            after=Moment.ABSENCE,
        ),
    )


def _small_signs(story: Story) -> tuple[Sight, ...]:
    (child,) = story.people
    return (
        alert(
            "Three agencies, each with one small thing, are one pattern to consider.",
            who=LEEDS_DESK,
            about=child,
            says="as told by 3 kinds of agency",
            shown=("Pattern to consider", "Today"),
        ),
    )


def _absent_on_plan(story: Story) -> tuple[Sight, ...]:
    (child,) = story.people
    return (
        alert(
            "Missing all day, nobody has said why, and the child is on a plan.",
            who=LEEDS_DESK,
            about=child,
            says=ABSENT,
            shown=("2 sessions", "while on a Child Protection Plan", "Today"),
            not_shown=("Withdrawn",),
        ),
    )


def _explained(story: Story) -> tuple[Sight, ...]:
    (child,) = story.people
    return (
        alert(
            "Missing in the morning: the front door is told.",
            who=BRADFORD_DESK,
            about=child,
            says=ABSENT,
            shown=("1 session", "while on a Child Protection Plan"),
            not_shown=(TAKEN_BACK,),
            after=Moment.ABSENCE,
            until_end=False,
        ),
        alert(
            "The parents rang: the alert is taken back, and why the child was away is not told.",
            who=BRADFORD_DESK,
            about=child,
            says=ABSENT,
            shown=(TAKEN_BACK, WITHDRAWN),
            after=Moment.EXPLAINED,
            or_none=True,
        ),
    )


def _long_ill(story: Story) -> tuple[Sight, ...]:
    (child,) = story.people
    return (
        alert(
            "Ill for 15 school days by the school's count: for information, and not what of.",
            who=BRADFORD_DESK,
            about=child,
            says="Away from school ill",
            shown=(
                "15 school days in a row",
                "on a Child Protection Plan",
                "What the illness is",
            ),
            not_shown=(ABSENT,),
        ),
    )


INCIDENT_SIGHTS: Final[Mapping[str, Callable[[Story], tuple[Sight, ...]]]] = {
    "callout_at_night": _at_night,
    "withdrawn_report": _withdrawn,
    "callout_regraded": _regraded,
    "third_callout": _third,
    "absent_after_callout": _after_callout,
    "three_small_signs": _small_signs,
    "absent_on_plan": _absent_on_plan,
    "late_explanation": _explained,
    "long_illness": _long_ill,
}
