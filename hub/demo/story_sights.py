"""What each story of the town states must be seen, and where."""

from collections.abc import Callable, Mapping
from typing import Final

from hub.demo.attendance_sights import ATTENDANCE_SIGHTS
from hub.demo.expected import ASKED_BY
from hub.demo.identity_sights import IDENTITY_SIGHTS
from hub.demo.incident_sights import INCIDENT_SIGHTS
from hub.demo.parting_sights import PARTING_CHECKS
from hub.demo.places import BRADFORD_ROYAL
from hub.demo.sights import (
    ARRIVED,
    BRADFORD_DESK,
    LEEDS_DESK,
    OPERATOR,
    TAKEN_BACK,
    Moment,
    Sight,
    alert,
    check,
    feeds,
    no_alert,
)
from hub.demo.stories import ask
from hub.demo.story import Story

Sights = Callable[[Story], tuple[Sight, ...]]

ON_PLAN: Final = "while on a Child Protection Plan"
YOURS: Final = "Yours to act on"
TO_KNOW: Final = "For you to know"


def sights_of(story: Story) -> tuple[Sight, ...]:
    """Answer everything that a story states: first its checks, then what else it is about."""
    extra = _CHECKS[story.name](story) if story.name in _CHECKS else {}
    checks = tuple(
        check(question, ASKED_BY[question.asked_at], **extra.get(number, {}))
        for number, question in enumerate(story.questions)
    )
    return (*checks, *_SIGHTS.get(story.name, _nothing_more)(story))


def _nothing_more(story: Story) -> tuple[Sight, ...]:
    del story
    return ()


def _another_town(story: Story) -> tuple[Sight, ...]:
    (child,) = story.people
    return (
        alert(
            "Leeds, where the child is, acts on it.",
            who=LEEDS_DESK,
            about=child,
            says=ARRIVED,
            shown=(ON_PLAN, "Immediate", YOURS, "Attended Leeds General Infirmary"),
        ),
        alert(
            "Bradford, which holds the plan, is informed at the same moment.",
            who=BRADFORD_DESK,
            about=child,
            says=ARRIVED,
            shown=(ON_PLAN, "Immediate", TO_KNOW),
        ),
    )


def _three_hospitals(story: Story) -> tuple[Sight, ...]:
    (baby,) = story.people
    return (
        alert(
            "No hospital saw more than one visit; the front door sees all three.",
            who=LEEDS_DESK,
            about=baby,
            says="3 arrivals at emergency departments, at 3 different sites",
            shown=(
                "Immediate",
                "as told by 2 hospital trusts",
                "Bradford Royal Infirmary",
                "St James's University Hospital",
                "This alert rests on it",
            ),
        ),
    )


def _twins(story: Story) -> tuple[Sight, ...]:
    first, second = story.people
    return (
        no_alert(
            "The twin who came is on no plan: nobody is alarmed.",
            who=BRADFORD_DESK,
            about=second,
            says=ON_PLAN,
        ),
        no_alert("And the twin who is on the plan did not come.", who=BRADFORD_DESK, about=first),
    )


def _shielded(story: Story) -> tuple[Sight, ...]:
    child = story.people[0]
    hidden = (child.home.line, child.home.postcode, *_held(story))
    return tuple(
        alert(
            f"{desk} learns that the child came, and not from its page where the family lives.",
            who=who,
            about=child,
            says=ARRIVED,
            shown=(ON_PLAN, "Immediate"),
            not_shown=hidden,
        )
        for desk, who in (("Bradford", BRADFORD_DESK), ("Leeds", LEEDS_DESK))
    )


def _cancelled(story: Story) -> tuple[Sight, ...]:
    (child,) = story.people
    return (
        alert(
            "The child is said to have arrived: the front door is told at once.",
            who=LEEDS_DESK,
            about=child,
            says=ARRIVED,
            shown=("Immediate", YOURS),
            not_shown=(TAKEN_BACK,),
            after=Moment.ARRIVAL,
            until_end=False,
        ),
        alert(
            "The alert is still there under All, and says that it was taken back.",
            who=LEEDS_DESK,
            about=child,
            says=ARRIVED,
            shown=(TAKEN_BACK, "Withdrawn: what it rested on no longer holds"),
            after=Moment.CANCELLED,
            or_none=True,
        ),
    )


def _plan_at_noon(story: Story) -> tuple[Sight, ...]:
    (child,) = story.people
    return (
        alert(
            "The plan came after the child; the alert came with the plan.",
            who=BRADFORD_DESK,
            about=child,
            says=ARRIVED,
            shown=(ON_PLAN, "Immediate", YOURS),
            after=Moment.REGISTER_CHANGED,
        ),
    )


def _not_joined(story: Story) -> tuple[Sight, ...]:
    (child,) = story.people
    return (
        no_alert(
            "The hub knows of no plan, so there is no alert of one.",
            who=LEEDS_DESK,
            about=child,
            says=ON_PLAN,
        ),
    )


def _looked_after(story: Story) -> tuple[Sight, ...]:
    (child,) = story.people
    return (
        alert(
            "Bradford, whose care the child is in, learns of the visit to Leeds.",
            who=BRADFORD_DESK,
            about=child,
            says=ARRIVED,
            shown=("while looked after by a local authority", "Today"),
        ),
    )


def _mover(story: Story) -> tuple[Sight, ...]:
    (child,) = story.people
    return (
        alert(
            "Leeds, where the family lives now, acts on it.",
            who=LEEDS_DESK,
            about=child,
            says=ARRIVED,
            shown=(ON_PLAN, YOURS),
        ),
        alert(
            "Bradford holds the plan and is informed.",
            who=BRADFORD_DESK,
            about=child,
            says=ARRIVED,
            shown=(ON_PLAN, TO_KNOW),
        ),
    )


def _new_name(story: Story) -> tuple[Sight, ...]:
    (child,) = story.people
    return (
        alert(
            "The new surname did not hide the plan.",
            who=LEEDS_DESK,
            about=child,
            says=ARRIVED,
            shown=(ON_PLAN, "Immediate"),
        ),
    )


def _no_number(story: Story) -> tuple[Sight, ...]:
    (child,) = story.people
    asked = ask(
        story.name,
        child,
        BRADFORD_ROYAL,
        ("ON_PLAN", "CANNOT_SAY"),
        "The plan is found by the number; whose the visit without a number was, is not claimed.",
    )
    return (check(asked, ASKED_BY[asked.asked_at]),)


def _stale(story: Story) -> tuple[Sight, ...]:
    del story
    return (
        feeds(
            "Whoever runs the hub sees which register is too old, and since when it is silent.",
            who=OPERATOR,
            shown=("Calderdale children's social care: plan register Out of date.", "Last heard"),
        ),
    )


def _held(story: Story) -> tuple[str, ...]:
    """Answer who works with the story's children: whose names would tell where they are."""
    return tuple({words for plan in story.plans for words in (plan.team, plan.worker)})


def _shielded_check(story: Story) -> Mapping[int, Mapping[str, tuple[str, ...]]]:
    child = story.people[0]
    hidden = (child.home.line, "Bradford Royal Infirmary, A&E", "Leeds emergency duty team")
    return {
        0: {"shown": ("Place not shown", "relay"), "not_shown": (*hidden, *_held(story))},
    }


_CHECKS: Final[Mapping[str, Callable[[Story], Mapping[int, Mapping[str, tuple[str, ...]]]]]] = {
    "plan_in_another_town": lambda story: {
        0: {"shown": ("Bradford emergency duty team", "2 visits to 2 A&Es", story.plans[0].team)}
    },
    "baby_at_three_hospitals": lambda _: {0: {"shown": ("3 visits to 3 A&Es",)}},
    "unborn_on_plan": lambda story: {
        number: {"shown": (f"{plan.due_on.day} {plan.due_on:%B %Y}",)}
        for number, plan in enumerate(story.unborn_plans)
    },
    "twins": lambda story: {
        0: {"not_shown": ("Left before being seen",)},
        1: {
            "shown": ("Left before being seen", "2 visits to one A&E"),
            "not_shown": (story.plans[0].team, "Child protection plan since"),
        },
    },
    "shielded_family": _shielded_check,
    "council_not_joined": lambda _: {0: {"shown": ("Kirklees Not joined to the hub",)}},
    "plan_without_number": lambda story: {0: {"not_shown": (story.plans[0].team,)}},
    "deleted_plan": lambda story: {
        0: {"not_shown": (story.plans[0].team, "Child protection plan since")}
    },
    "looked_after": lambda _: {0: {"shown": ("In the care of Bradford",)}},
    "held_elsewhere": lambda story: {0: {"shown": (story.plans[0].team,)}},
    "same_name": lambda story: {0: {"not_shown": (story.plans[0].team,)}},
    "newborn": lambda story: {0: {"not_shown": (story.unborn_plans[0].team,)}},
    "stale_register": lambda _: {0: {"shown": ("Calderdale Out of date",)}},
    "county_plan": lambda _: {0: {"shown": ("Lancashire",)}},
    **PARTING_CHECKS,
}
"""What a story's checks show beside their headings, by the number of its question."""

_SIGHTS: Final[Mapping[str, Sights]] = {
    "plan_in_another_town": _another_town,
    "baby_at_three_hospitals": _three_hospitals,
    "twins": _twins,
    "shielded_family": _shielded,
    "cancelled_arrival": _cancelled,
    "plan_at_noon": _plan_at_noon,
    "council_not_joined": _not_joined,
    "looked_after": _looked_after,
    "mover": _mover,
    "new_name": _new_name,
    "no_number_at_hospital": _no_number,
    "stale_register": _stale,
    **IDENTITY_SIGHTS,
    **INCIDENT_SIGHTS,
    **ATTENDANCE_SIGHTS,
}
