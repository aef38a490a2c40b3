"""What a history could not be told: sources not joined, not heard from, with something missing.

Silence is no proof that nothing happened. Beside every history stands, for each kind of source,
how many are joined and what is wrong with each that is not as it should be.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from hub.core.policy import Source
from hub.core.report import Feed
from hub.core.status_registers import RegisterState, is_fresh, is_live, is_whole


class SourceProblem(StrEnum):
    """Why a source may have more to tell than the history shows."""

    NOT_JOINED = "not_joined"
    NOT_LIVE_YET = "not_live_yet"
    NEVER_HEARD = "never_heard"
    NOT_HEARD_LATELY = "not_heard_lately"
    REPORTS_MISSING = "reports_missing"
    """Numbers are missing among the reports that it sent."""
    REPORTS_UNREADABLE = "reports_unreadable"
    """Reports of it are parked: kept, and not usable yet."""
    EVENTS_REFUSED = "events_refused"
    """Something it told lately could not be used."""
    REGISTER_NOT_WHOLE = "register_not_whole"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHeard:
    """What is known of one agency's feed."""

    as_of: datetime | None
    first_occurred_at: datetime | None = None
    sequence_gap: bool = False
    parked_reports: int = 0
    parked_since: datetime | None = None
    rejected_events: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTold:
    """One source with what is wrong with it; ``at`` is since when, if that is known."""

    feed: Feed
    agency: str
    name: str
    problems: tuple[tuple[SourceProblem, datetime | None], ...] = ()
    first_occurred_at: datetime | None = None
    """The earliest that it has told of; from before, it says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcesTold:
    """The sources on which a history rests, by kind: what is joined and what is not."""

    joined: Mapping[Feed, int] = field(default_factory=dict)
    troubled: tuple[SourceTold, ...] = ()
    """Those that may have more to tell, and councils that should be joined and are not."""
    well: tuple[SourceTold, ...] = ()


def sources_told(
    sources: Iterable[Source],
    heard: Mapping[tuple[str, Feed], FeedHeard],
    registers: Mapping[str, RegisterState],
    now: datetime,
) -> SourcesTold:
    """Answer how each joined source stands, by kind and name.

    Args:
        sources: those that the reader's authority has joined.
        heard: by agency and feed; one never heard of is left out.
        registers: completeness of the councils' registers, by agency.
        now: the present instant.
    """
    told = [
        _told(one, heard.get((one.agency, one.feed)), registers.get(one.agency), now)
        for one in sorted(sources, key=lambda one: (one.feed, one.name))
    ]
    return SourcesTold(
        joined={feed: sum(one.feed is feed for one in told) for feed in Feed},
        troubled=tuple(one for one in told if one.problems),
        well=tuple(one for one in told if not one.problems),
    )


def _told(
    source: Source, heard: FeedHeard | None, register: RegisterState | None, now: datetime
) -> SourceTold:
    return SourceTold(
        feed=source.feed,
        agency=source.agency,
        name=source.name,
        problems=tuple(_problems(source, heard, register, now)),
        first_occurred_at=heard.first_occurred_at if heard else None,
    )


def _problems(
    source: Source, heard: FeedHeard | None, register: RegisterState | None, now: datetime
) -> Iterable[tuple[SourceProblem, datetime | None]]:
    if not is_live(source, now):
        yield SourceProblem.NOT_LIVE_YET, source.live_from
        return
    if heard is None or heard.as_of is None:
        yield SourceProblem.NEVER_HEARD, None
        return
    if not is_fresh(heard.as_of, source.maximum_age, now):
        yield SourceProblem.NOT_HEARD_LATELY, heard.as_of
    if heard.sequence_gap:
        yield SourceProblem.REPORTS_MISSING, None
    if heard.parked_reports:
        yield SourceProblem.REPORTS_UNREADABLE, heard.parked_since
    if heard.rejected_events:
        yield SourceProblem.EVENTS_REFUSED, None
    if source.feed is Feed.SOCIAL_CARE and (register is None or not is_whole(register)):
        yield SourceProblem.REGISTER_NOT_WHOLE, None
