"""Questions for people: are these two records of one child? Which are urgent, and who may answer.

A question is about two records, not two children, since children come and go. It is never held
against an event: what is uncertain reaches the duty team as "possible match, not confirmed".
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from hub.core.alert import Alert, Severity
from hub.core.chronology import Chronology
from hub.core.clock import age_in_months, london_date
from hub.core.disclosure_related import plans_of
from hub.core.event import PLAN_KINDS, EventKind
from hub.core.plan_standing import DisplayWindows

BABY_MONTHS_BELOW: Final = 12
"""A child under one year makes a question urgent."""

UNLIKELY_BELOW: Final = 0.05
"""Below this chance a question waits behind the others of its urgency; this project's own figure.

It is asked all the same: one number in two records must be put right by somebody."""

_NAMESPACE: Final = uuid.UUID("3f0b6b52-8c55-5d4e-9a61-0a5d2f7e1c90")


class ReviewReason(StrEnum):
    """Why a question is asked."""

    POSSIBLE = "possible"
    """A record is like a child's, and not certainly its."""
    MANY = "many"
    """Several children strongly claim one record."""
    AGENCY_MERGE = "agency_merge"
    """An agency says that two of its records are of one child, and a person must agree."""
    AGENCY_SPLIT = "agency_split"
    """An agency says that what was told as one child's is two children's."""
    BRIDGED = "bridged"
    """A later record makes two children one, and either has a plan."""

    @property
    def from_linking(self) -> bool:
        """Whether it lasts only while a link is uncertain."""
        return self in {ReviewReason.POSSIBLE, ReviewReason.MANY}


class ReviewState(StrEnum):
    """How a question stands."""

    OPEN = "open"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"
    """It has settled itself: the records became one child, or are alike no longer."""


class Choice(StrEnum):
    """What a person can answer."""

    SAME = "same"
    DIFFERENT = "different"
    CANNOT_TELL = "cannot_tell"


class Proposed(StrEnum):
    """What a first person can say that a second must confirm."""

    SAME = "same"
    DIFFERENT = "different"
    TAKE_BACK = "take_back"


class Urgency(StrEnum):
    """Why a question cannot wait for the matching team's next working day."""

    PLAN = "plan"
    LOOKED_AFTER = "looked_after"
    UNDER_ONE = "under_one"
    IMMEDIATE_ALERT = "immediate_alert"


def review_id(one: bytes, other: bytes) -> uuid.UUID:
    """Answer the id of the question about two records; their order does not matter."""
    first, second = sorted((one, other))
    return uuid.uuid5(_NAMESPACE, f"{first.hex()}|{second.hex()}")


def urgency(
    sides: Iterable[tuple[Chronology, Sequence[Alert]]],
    births: Iterable[date],
    now: datetime,
    windows: DisplayWindows,
) -> tuple[Urgency, ...]:
    """Answer why a question about these children is urgent; nothing if it is not.

    Args:
        sides: each child, and the alerts that stand for it.
        births: every birth date that is told of either.
        now: the present instant.
        windows: for how long plans that ended show; those that ended make nothing urgent.
    """
    sides, on = tuple(sides), london_date(now)
    kinds = {kind for chronology, _ in sides for kind in plans_of(chronology, on, windows)}
    alerts = [one for _, standing in sides for one in standing]
    holds = {
        Urgency.PLAN: not _PLANS.isdisjoint(kinds),
        Urgency.LOOKED_AFTER: EventKind.LOOKED_AFTER_PERIOD in kinds,
        Urgency.UNDER_ONE: any(_is_baby(born, on) for born in births),
        Urgency.IMMEDIATE_ALERT: any(
            one.delivered and one.severity is Severity.IMMEDIATE for one in alerts
        ),
    }
    return tuple(why for why, is_so in holds.items() if is_so)


_PLANS = frozenset({EventKind.CHILD_PROTECTION_PLAN, EventKind.UNBORN_CHILD_PROTECTION_PLAN})


def _is_baby(born: date, on: date) -> bool:
    return born > on or age_in_months(born, on) < BABY_MONTHS_BELOW


def had_plan(chronology: Chronology) -> bool:
    """Answer whether a child has or ever had a plan, or is or was looked after."""
    return any(entry.kind in PLAN_KINDS for entry in chronology.register)


def needs_second(proposed: Proposed, *, plan: bool, together: bool) -> bool:
    """Answer whether a second person must confirm what a first one says.

    Where a plan is or was, a wrong merge hides it under another child, and a wrong split takes it
    from its own: so two people say so. "Different" needs them only where it undoes a standing link.

    Args:
        proposed: what the first says.
        plan: whether either child has or had a plan, or is or was looked after.
        together: whether both records are with one child now.
    """
    if not plan:
        return False
    return proposed is not Proposed.DIFFERENT or together
