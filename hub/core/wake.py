"""When a rule must look at a child again though nothing is told of it, and what came of that.

A rule on what did *not* happen ("not seen by anybody for so many days") cannot conclude it when a
report comes: none comes. It names the instants at which it may be concluded, its wakes. The hub
keeps each as a timer with its cause, and the timer fires once every feed that the wake needs has
told of the time up to it: silence of a feed is neither absence nor presence. One that stays silent
is not waited for without end; the finding then says so.

The due time is the fired time: what is concluded does not depend on when the machine ran.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from hub.core.clock import at_wall_time, london_time
from hub.core.report import Feed

NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""What a rule with wakes is given as its instant while none of them has come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wake:
    """An instant at which a rule may conclude something from what has not been told by then.

    Attributes:
        due_at: the first instant at which it may.
        feeds: who must have told of the time up to it: an agency by its code, for its own feed, or
            a ``Feed`` for every agency of that kind that the policy joins.
        cause: the event that it follows from, such as the incident after which nobody was seen.
    """

    due_at: datetime
    feeds: frozenset[Feed | str]
    cause: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Woken:
    """A wake whose time has come, as it is kept."""

    rule: str
    cause: bytes
    due_at: datetime
    silent: frozenset[str] = frozenset()
    """Of which kinds of feeds one was waited for in vain, and "" for an agency that has not joined;
    no agency is named, for a school would tell where a child is."""
    late: bool = False
    """It came so long after its time that what it finds is told for information (policy)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a wake waits, and from when it is late. Local choice; there is no source."""

    feed_hours: int = 36
    """After its time, for feeds that have not told of it: a night and a working day."""
    late_hours: int = 72
    """After its time: what is found later is told for information, such as after a stop of days."""

    @property
    def waits(self) -> timedelta:
        """For how long feeds are waited for."""
        return timedelta(hours=self.feed_hours)

    @property
    def late(self) -> timedelta:
        """After how long a finding is told late."""
        return timedelta(hours=self.late_hours)


def woken_by(woken: Iterable[Woken], rule: str, wake: Wake) -> Woken | None:
    """Answer the wake as it came; ``None`` while its time has not come or feeds are waited for."""
    given = (rule, wake.cause, wake.due_at)
    return next((one for one in woken if (one.rule, one.cause, one.due_at) == given), None)


def days_later(at: datetime, days: int) -> datetime:
    """Answer, in UTC, the instant so many days later at the same time by London's clocks.

    Where that time is left out as the clocks go forward, it is as long after the change; where it
    comes twice, the second time: a rule looks rather later than too early.

    Raises:
        ValueError: ``at`` is naive.
    """
    local = london_time(at)
    if not days:
        return local.astimezone(UTC)
    return at_wall_time(local.date() + timedelta(days=days), local.time(), last=True)


def told_until(woken: Iterable[Woken], rule: str) -> datetime:
    """Answer the latest of a rule's wakes that has come; ``NEVER`` if none has."""
    return max((one.due_at for one in woken if one.rule == rule), default=NEVER)
