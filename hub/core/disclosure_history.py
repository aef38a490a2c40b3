"""What of a child's history may be seen by whom; no entry means nothing.

The authority that acts on an alert sees the history of its child. One that is only informed sees
what the policy of the authority that acts allows it: by default what the alert rests on and what
its own agency told. An agency's wish can keep an entry back until a time, and shielding takes away
every place: site, school, premises, holder, and the agency that told it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from hub.core.chronology import Attendance, RegisterEntry
from hub.core.disclosure import Purpose, Relationship, Role, Standing, may_be_shown
from hub.core.disclosure_ended import Opening
from hub.core.disclosure_incident import disclose_incident
from hub.core.history import EntryState, Happened, HistoryEntry
from hub.core.identifiers import GssCode
from hub.core.incident import Incident
from hub.core.policy import InformedSees


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryReader:
    """Who reads a history, and how they stand to the alert by which they came to it."""

    role: Role
    standing: Standing
    authority: GssCode | None
    informed_sees: InformedSees
    """By the policy of the authority that acts on the alert."""
    opening: Opening
    """What the alert still opens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosedHistory:
    """A history as one reader sees it, and in what ways it is less than the whole."""

    entries: tuple[HistoryEntry, ...] = ()
    kept_back: bool = False
    """An agency asked that something be shown later or to others only."""
    narrowed: bool = False
    """The reader is only informed and does not see the whole."""
    location_withheld: bool = False
    ended: bool = False
    """The alert no longer stands: only what it rested on is among the entries."""


def disclose_history(
    reader: HistoryReader, entries: Iterable[HistoryEntry], now: datetime, *, shielded: bool
) -> DisclosedHistory | None:
    """Answer what this reader sees; ``None`` if that is nothing at all.

    Of what was taken back, and of what is held as another child's who is possibly this one, the
    kind, the day and the agency are shown and no more: it may be somebody else's. By an alert that
    no longer stands only its own grounds are seen.
    """
    if reader.role is not Role.DUTY_WORKER or reader.standing is Standing.HUB_DESK:
        return None
    if reader.opening is Opening.NOTHING:
        return None
    whole = reader.standing is Standing.OWNER or reader.informed_sees is InformedSees.WHOLE
    if not whole and reader.informed_sees is InformedSees.NOTHING:
        return None
    ended = reader.opening is not Opening.WHOLE
    if ended:
        concerned = [one for one in entries if one.ground and not one.other_child]
    else:
        concerned = [one for one in entries if whole or _concerns(one, reader.authority)]
    visible = [one for one in concerned if may_be_shown(reader.role, one.handling, now)]
    return DisclosedHistory(
        entries=tuple(_shown(one, reader.role, now, shielded=shielded) for one in visible),
        kept_back=len(visible) < len(concerned),
        narrowed=not whole,
        location_withheld=shielded,
        ended=ended,
    )


def _concerns(entry: HistoryEntry, authority: GssCode | None) -> bool:
    """Answer whether who is only informed knows it anyway: a ground, or its own agency's word."""
    return entry.ground or (authority is not None and entry.agency == authority.reveal())


def _shown(entry: HistoryEntry, role: Role, now: datetime, *, shielded: bool) -> HistoryEntry:
    hidden = shielded or entry.shielded
    shown = replace(entry, agency="") if hidden else entry
    if entry.other_child or entry.state is EntryState.WITHDRAWN:
        return replace(shown, happened=None)
    return replace(shown, happened=_happened(entry.happened, role, now, hidden=hidden))


def _happened(
    happened: Happened | None, role: Role, now: datetime, *, hidden: bool
) -> Happened | None:
    match happened:
        case Incident():
            seen_of_it = disclose_incident(
                role,
                Purpose.SAFEGUARDING,
                Relationship.AUTHORITY_CONCERNED,
                happened,
                now,
                shielded=hidden,
            )
            return replace(seen_of_it, agency="") if seen_of_it and hidden else seen_of_it
        case Attendance() if hidden:
            return replace(happened, agency="", site_code=None, site_as_sent=None)
        case RegisterEntry():
            seen = replace(happened, contacts=(), category_latest=None)
            return replace(seen, agency="", authority=None) if hidden else seen
        case _:
            return happened
