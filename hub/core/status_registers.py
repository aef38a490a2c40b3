"""Whether a council's register and a hospital's feed are joined, fresh and complete.

``NO_PLAN_FOUND`` and ``NONE_KNOWN`` rest on what is *not* there, so each source must be known to
hold everything: a gap, a rejected event or an old reading means that it cannot be said.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.core.answer import CannotSay
from hub.core.identifiers import GssCode
from hub.core.policy import Policies, Source

CLOCKS_DIFFER_MAX = timedelta(minutes=10)
"""How far ahead of ours an agency's clock may be before its times are not believed; our own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterState:
    """What is known of the completeness of one council's register; whole means complete."""

    joined: bool = True
    """False for a register that the hub has never been told anything of."""
    as_of: datetime | None = None
    """How current the source was when last read."""
    first_load_whole: bool = False
    last_extract_whole: bool = False
    """Every slice of the last extract has come and been applied."""
    waiting_approval: bool = False
    """A full extract would close so many plans that a named person must agree first."""
    sequence_gap: bool = False
    rejected_plan_events: int = 0
    conflicting_plan_events: int = 0
    parked_reports: int = 0
    refused_rows: int = 0
    """Rows of the register that the connector could not use."""
    statement_agrees: bool | None = None
    """Whether the daily statement lists the same open plans; ``None``: there is none yet."""
    statement_as_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What is known of the completeness of one hospital's feed of attendances."""

    agency: str
    as_of: datetime | None = None
    """How current it was at its last report or heartbeat."""
    sequence_gap: bool = False
    rejected_events: int = 0
    conflicting_events: int = 0
    parked_reports: int = 0
    refused_rows: int = 0


def register_problems(
    state: RegisterState | None, maximum_age: timedelta, now: datetime
) -> tuple[CannotSay, ...]:
    """Answer why the register cannot be relied on for an absence; nothing means that it can."""
    if state is None or not state.joined:
        return (CannotSay.REGISTER_NOT_JOINED,)
    problems = []
    fresh = is_fresh(state.as_of, maximum_age, now)
    if not fresh or not _statement_is_recent(state, maximum_age, now):
        problems.append(CannotSay.REGISTER_STALE)
    if not is_whole(state):
        problems.append(CannotSay.REGISTER_INCOMPLETE)
    return tuple(problems)


def feed_problems(
    state: FeedState | None, maximum_age: timedelta, now: datetime
) -> tuple[CannotSay, ...]:
    """Answer why a hospital's feed cannot be relied on for an absence; nothing means it can."""
    if state is None:
        return (CannotSay.FEED_STALE,)
    problems = []
    if not is_fresh(state.as_of, maximum_age, now):
        problems.append(CannotSay.FEED_STALE)
    if not _feed_is_complete(state):
        problems.append(CannotSay.FEED_INCOMPLETE)
    return tuple(problems)


def problems_of_authority(
    authority: GssCode,
    registers: Mapping[GssCode, RegisterState],
    policies: Policies,
    now: datetime,
) -> tuple[CannotSay, ...]:
    """Answer why this authority's register cannot be relied on; not live yet is not joined."""
    source = policies.register_of(authority)
    if source is None or not is_live(source, now):
        return (CannotSay.REGISTER_NOT_JOINED,)
    return register_problems(registers.get(authority), source.maximum_age, now)


def is_fresh(as_of: datetime | None, maximum_age: timedelta, now: datetime) -> bool:
    """Answer whether a reading is recent enough; one from the future is not believed."""
    return as_of is not None and -CLOCKS_DIFFER_MAX <= now - as_of <= maximum_age


def is_live(source: Source, now: datetime) -> bool:
    """Answer whether the source's go-live has come."""
    return source.live_from <= now


def _statement_is_recent(state: RegisterState, maximum_age: timedelta, now: datetime) -> bool:
    """Answer whether the statement is of the last day or so; a missing one is incomplete."""
    return state.statement_agrees is None or is_fresh(state.statement_as_at, maximum_age, now)


def is_whole(state: RegisterState) -> bool:
    """Answer whether everything that the register holds has been told, and agrees with it."""
    whole = state.first_load_whole and state.last_extract_whole and not state.waiting_approval
    lost = (
        state.sequence_gap
        or state.rejected_plan_events
        or state.conflicting_plan_events
        or state.parked_reports
        or state.refused_rows
    )
    return whole and not lost and state.statement_agrees is True


def _feed_is_complete(state: FeedState) -> bool:
    return not (
        state.sequence_gap
        or state.rejected_events
        or state.conflicting_events
        or state.parked_reports
        or state.refused_rows
    )
