"""Joins a child's looked-after episodes into periods of care. Pure.

Source: the SSDA903 guide's meaning of X1 (a new episode starts the same day: the period goes on)
and of the reasons for a new episode (S begins a period; L, P, T, B, U are changes within one).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from connectors.social_care.tables import Row

GOES_ON: Final = "X1"
BEGINS: Final = "S"
CHANGES: Final = frozenset("LPTBU")


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One readable episode; ``ceased_on`` is ``None`` while it lasts."""

    row: Row
    episode_id: str = field(repr=False)
    started_on: date
    start_reason: str = ""
    ceased_on: date | None = None
    ceased_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """One period of care: a chain of episodes, named by the first."""

    first: Episode
    last: Episode
    """The episode that ends last, or lasts."""
    goes_on: bool
    """Whether care goes on after the last episode told."""

    @property
    def ended_on(self) -> date | None:
        """The last day of the period, or ``None`` while it lasts."""
        return None if self.goes_on else self.last.ceased_on

    @property
    def start_is_missing(self) -> bool:
        """Whether the first episode told is a change within a period that began before it."""
        return self.first.start_reason in CHANGES

    @property
    def continuation_is_missing(self) -> bool:
        """Whether the last episode says that another follows, and none does."""
        return self.goes_on and self.last.ceased_on is not None


def periods_of(episodes: Iterable[Episode]) -> tuple[Period, ...]:
    """Answer the periods of care of one child, in order; the episodes may come in any order.

    An episode joins the period before it if it touches or overlaps it, or if X1 ended that one
    (a gap after X1 is a gap in the recording). A start with reason S after an end begins a new
    period, and so ends one that X1 had left open.
    """
    ordered = sorted(episodes, key=lambda e: (e.started_on, e.ceased_on or date.max, e.episode_id))
    chains: list[tuple[Episode, Episode]] = []
    for episode in ordered:
        if chains and _joins(chains[-1][1], episode):
            first, last = chains[-1]
            chains[-1] = (first, _ends_later(last, episode))
        else:
            chains.append((episode, episode))
    newest = len(chains) - 1
    return tuple(
        Period(first=first, last=last, goes_on=_goes_on(last, is_newest=position == newest))
        for position, (first, last) in enumerate(chains)
    )


def _joins(last: Episode, episode: Episode) -> bool:
    if last.ceased_on is None or episode.started_on < last.ceased_on:
        return True
    if episode.started_on == last.ceased_on:
        return last.ceased_reason in {GOES_ON, ""} or episode.start_reason != BEGINS
    return last.ceased_reason == GOES_ON and episode.start_reason != BEGINS


def _ends_later(one: Episode, other: Episode) -> Episode:
    return other if (other.ceased_on or date.max) >= (one.ceased_on or date.max) else one


def _goes_on(last: Episode, *, is_newest: bool) -> bool:
    return last.ceased_on is None or (is_newest and last.ceased_reason == GOES_ON)
