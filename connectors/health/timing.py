"""When a message's event happened, when it was recorded, and where it stands in its source."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from connectors.health.message import Message
from connectors.health.moments import instant
from connectors.outcome import Notes, Refused

EVN_RECORDED: Final = 2
EVN_OCCURRED: Final = 6
MSH_SENT: Final = 7
PV1_ARRIVED: Final = 44
PV1_DEPARTED: Final = 45

AHEAD_MAX: Final = timedelta(days=1)
"""How far a time may lie after the one it cannot be after, before it is a slip of the keyboard."""

CLOCK_AHEAD_MAX: Final = timedelta(minutes=15)
"""How far a hospital's clock may be ahead before its feed is reported."""

_SENT_AFTER_SECONDS_MAX: Final = 9_999_999
_SECOND: Final = 1_000_000_000
_SENT_STEP: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """The times of one message, aware UTC.

    Attributes:
        recorded_at: when the hospital recorded it: EVN-2, else MSH-7.
        sent_at: when it was sent: MSH-7; ``None`` when that is not a time.
        event_at: when it happened in the world, as EVN-6 says; ``None`` when it does not.
        admitted_at: PV1-44; ``None`` when not said.
        departed_at: PV1-45; ``None`` when not said.
    """

    recorded_at: datetime
    sent_at: datetime | None
    event_at: datetime | None
    admitted_at: datetime | None
    departed_at: datetime | None

    @property
    def occurred_at(self) -> datetime:
        """When it happened: EVN-6, else PV1-44, else EVN-2, else MSH-7."""
        return self.event_at or self.admitted_at or self.recorded_at

    @property
    def left_at(self) -> datetime:
        """When a person who leaves by this message left: PV1-45, else EVN-6, EVN-2, MSH-7."""
        return self.departed_at or self.event_at or self.recorded_at

    def revision(self, rank: int) -> int:
        """Answer the message's place in the source's order, for a trigger of that rank.

        Seconds of EVN-2 since 1970 first. Many systems write EVN-2 to the minute and send several
        messages in it, so ties are broken by how long after EVN-2 the message was sent (capped at
        9,999,999 seconds), then by the order in which triggers make sense (admit, update, move,
        discharge, undo, cancel). All of it is in the message: the same message always has the same
        revision, in whatever order and however often it comes. It fits 63 bits until the year 2261.
        """
        recorded = int(self.recorded_at.timestamp())
        sent = int(self.sent_at.timestamp()) if self.sent_at else recorded
        after = min(max(sent - recorded, 0), _SENT_AFTER_SECONDS_MAX)
        return recorded * _SECOND + after * _SENT_STEP + rank


def timing(message: Message, notes: Notes) -> Timing:
    """Answer the times of a message; one that is not a time, or lies ahead, is noted and unused.

    Raises:
        Refused: neither EVN-2 nor MSH-7 is a time.
    """
    event, visit = message.row("EVN"), message.row("PV1")
    sent = _usable("msh_7", message.header.first(MSH_SENT), None, notes)
    recorded = _usable("evn_2", event.text(EVN_RECORDED), sent, notes) or sent
    if recorded is None:
        raise Refused("EVN-2", "a date and time in EVN-2 or MSH-7, such as 20261122093000")
    return Timing(
        recorded_at=recorded,
        sent_at=sent,
        event_at=_usable("evn_6", event.text(EVN_OCCURRED), recorded, notes),
        admitted_at=_usable("pv1_44", visit.text(PV1_ARRIVED), recorded, notes),
        departed_at=_usable("pv1_45", visit.text(PV1_DEPARTED), recorded, notes),
    )


def _usable(field: str, text: str, not_after: datetime | None, notes: Notes) -> datetime | None:
    if not text:
        return None
    moment = instant(text)
    if moment is None:
        notes.drop(f"{field}_not_a_time")
        return None
    if not_after is not None and moment > not_after + AHEAD_MAX:
        notes.drop(f"{field}_ahead")
        return None
    return moment
