"""What a story lets people see: who looks, on which page, what must be there and what must not."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from hub.api.users import DEMO_USERS_BY_ID
from hub.demo.people import Person
from hub.demo.story import Question, Story

BRADFORD_DESK: Final = "duty-worker-e08000032"
LEEDS_DESK: Final = "duty-worker-e08000035"
CALDERDALE_DESK: Final = "duty-worker-e08000033"
CINDER_LANE_LEAD: Final = "school-lead-900201"
DYEHOUSE_LEAD: Final = "school-lead-900102"
POLICE_DESK: Final = "police-desk-pol13"
OPERATOR: Final = "operator"
AT_BRADFORD: Final = "clinician-rae01"
AT_LEEDS: Final = "clinician-rr801"
"""Ids of demo roles, as the sign-in page offers them."""

ARRIVED: Final = "Arrived at an emergency department"
FOUR: Final = "4 arrivals at emergency departments"
TAKEN_BACK: Final = "Taken back"
NO_LONGER: Final = "Withdrawn: what it rested on no longer holds"
TOLD_AGAIN: Final = "Whoever asked before is told that the answer has changed."
"""What alerts and sights say, in several stories."""


class Page(StrEnum):
    """Where somebody looks."""

    CHECK = "check"
    """The check of a child, with the particulars of ``asked``."""
    ALERT = "alert"
    """The alert of ``about`` whose sentence holds ``alert``: in the inbox, and on its own page."""
    NO_ALERT = "no_alert"
    """The inbox, all of it: no alert of ``about`` whose sentence holds ``alert``."""
    NOTICE = "notice"
    """The one notice of ``about`` among the notices of the one who looks, listed and opened; and
    once ``presses`` has been pressed there."""
    FEEDS = "feeds"
    """The feeds of the one who looks."""
    CHANGED = "changed"
    """The page for checks: that the answer given to ``about`` in the story has changed."""
    QUESTION = "question"
    """The one question of who is who that names ``about`` among those that wait, and its page."""
    NO_QUESTION = "no_question"
    """The questions that wait: none names ``about``."""


class Moment(StrEnum):
    """After which step of its story something can be seen."""

    REGISTER = "register"
    ARRIVAL = "arrival"
    CANCELLED = "cancelled"
    MERGED = "merged"
    CALLOUT = "callout"
    LATER_WORD = "later_word"
    ABSENCE = "absence"
    EXPLAINED = "explained"
    REGISTER_CHANGED = "register_changed"
    ASKED = "asked"
    VISIT_MOVED = "visit_moved"
    RENUMBERED = "renumbered"
    CORRECTED = "corrected"
    NUMBER_REPLACED = "number_replaced"
    BORN = "born"
    ADOPTED = "adopted"
    RETOLD = "retold"
    SETTLED = "settled"
    END = "end"
    """When all of the story has been told."""
    LATE = "late"
    """When a notice was due and nobody has acknowledged it: hours or days after the story."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """One thing that a story states must be seen.

    Attributes:
        told: in one sentence, for a visitor.
        who: the id of the demo role that looks.
        about: whose alert; None is a child that is not born yet, who has no name.
        alert: words of the alert's sentence.
        presses: the words of a button: what is shown stands there once it is pressed.
        shown: each of these words stands on the page.
        not_shown: none of these does, in no title and no address either.
        after: from when on it is so.
        until_end: whether it is still so at the end of the story; else a later step changes it.
        or_none: whether there may be no such alert, because what it rested on was taken back before
            anybody could be told.
    """

    told: str
    who: str
    page: Page
    asked: Question | None = None
    about: Person | None = None
    alert: str = ""
    presses: str = ""
    shown: tuple[str, ...] = ()
    not_shown: tuple[str, ...] = ()
    after: Moment = Moment.END
    until_end: bool = True
    or_none: bool = False


IN_WORDS = {
    "ON_PLAN": "On a child protection plan now",
    "PLAN_ENDED": "Was on a child protection plan until",
    "LOOKED_AFTER": "In the care of",
    "UNBORN_ON_PLAN": "Her unborn baby is on a plan",
    "NO_PLAN_FOUND": "No plan found",
    "CANNOT_SAY": "We could not check",
}
"""The heading under which each plan answer stands."""

SEEN_IN_WORDS = {
    "SEEN_BEFORE": "in the last 365 days",
    "NONE_KNOWN": "No earlier A&E visit is known",
    "CANNOT_SAY": "We cannot say if there were earlier A&E visits",
}

NEVER_IN_A_CHECK: Final = ("omestic", "olice", "bsent from school")
"""A hospital is told of plans and visits alone."""


def check(
    question: Question,
    who: str,
    *,
    shown: tuple[str, ...] = (),
    not_shown: tuple[str, ...] = (),
) -> Sight:
    """Answer what the check of a question shows: its own heading, and none of the other five."""
    seen = (SEEN_IN_WORDS[question.seen],) if question.seen else ()
    others = tuple(words for plan, words in IN_WORDS.items() if plan != question.plan)
    return Sight(
        told=question.why,
        who=who,
        page=Page.CHECK,
        asked=question,
        shown=(IN_WORDS[question.plan], *seen, *shown),
        not_shown=(*others, *NEVER_IN_A_CHECK, *not_shown),
    )


def alert(  # noqa: PLR0913  # what a sight states, all by name
    told: str,
    *,
    who: str,
    about: Person | None,
    says: str,
    shown: tuple[str, ...] = (),
    not_shown: tuple[str, ...] = (),
    after: Moment = Moment.END,
    until_end: bool = True,
    or_none: bool = False,
) -> Sight:
    """Answer that an alert of a child is in somebody's inbox, and what its page shows."""
    return Sight(
        told=told,
        who=who,
        page=Page.ALERT,
        about=about,
        alert=says,
        shown=shown,
        not_shown=not_shown,
        after=after,
        until_end=until_end,
        or_none=or_none,
    )


def no_alert(told: str, *, who: str, about: Person, says: str = "") -> Sight:
    """Answer that no alert of a child is in somebody's inbox, or none that says this."""
    return Sight(told=told, who=who, page=Page.NO_ALERT, about=about, alert=says)


def notice(  # noqa: PLR0913  # what a sight states, all by name
    told: str,
    *,
    who: str,
    about: Person,
    presses: str = "",
    shown: tuple[str, ...] = (),
    not_shown: tuple[str, ...] = (),
    after: Moment = Moment.END,
    until_end: bool = True,
) -> Sight:
    """Answer that one notice of a child is among somebody's, and what it shows."""
    return Sight(
        told=told,
        who=who,
        page=Page.NOTICE,
        about=about,
        presses=presses,
        shown=shown,
        not_shown=not_shown,
        after=after,
        until_end=until_end,
    )


def changed(
    told: str, *, who: str, about: Person, after: Moment = Moment.END, until_end: bool = True
) -> Sight:
    """Answer that whoever asked about a child in the story is told that the answer has changed."""
    return Sight(
        told=told,
        who=who,
        page=Page.CHANGED,
        about=about,
        shown=(f"to {DEMO_USERS_BY_ID[who].name} has changed",),
        after=after,
        until_end=until_end,
    )


def feeds(told: str, *, who: str, shown: tuple[str, ...]) -> Sight:
    """Answer what somebody's page of feeds shows."""
    return Sight(told=told, who=who, page=Page.FEEDS, shown=shown)


def asked_before(
    story: Story, who: str, *, shown: tuple[str, ...] = (), not_shown: tuple[str, ...] = ()
) -> Sight:
    """Answer what is seen by whoever asks as the hospital asked, before the correction."""
    seen = check(story.askings[0].question, who, shown=shown, not_shown=not_shown)
    return replace(seen, after=Moment.ASKED, until_end=False)


def uncertain(
    told: str, *, who: str, about: Person, after: Moment, shown: tuple[str, ...] = ()
) -> Sight:
    """Answer that people are asked, for a while, who a child is."""
    return Sight(
        told=told,
        who=who,
        page=Page.QUESTION,
        about=about,
        shown=("Alike, and not surely the same child", *shown),
        after=after,
        until_end=False,
    )


def certain(told: str, *, who: str, about: Person) -> Sight:
    """Answer that nobody is asked who a child is."""
    return Sight(told=told, who=who, page=Page.NO_QUESTION, about=about)
