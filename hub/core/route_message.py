"""The words of an e-mail that says that something waits, and nothing of what, or about whom."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from hub.core.alert import Severity
from hub.core.clock import at_wall_time, london_date

_URGENCY: Final = {Severity.IMMEDIATE: "immediate", Severity.TODAY: "today"}
_NOTHING: Final = "This message says nothing of it or of anybody. Answers to it are not read."


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteMessage:
    """Subject and text; both are the hub's own words, but for the authority's name."""

    subject: str
    text: str


def route_message(severity: Severity, authority: str, inbox: str) -> RouteMessage:
    """Answer what a recipient is told.

    Args:
        severity: how urgent what waits is; for information it is a digest.
        authority: for which authority, in words.
        inbox: the address of the page.
    """
    urgency = _URGENCY.get(severity)
    if urgency is None:
        subject = "Safeguarding Hub: for information"
        told = f"Something was told for information, for {authority}. It is no work to be done."
    else:
        subject = f"Safeguarding Hub: something waits ({urgency})"
        told = f"Something waits in the inbox, for {authority}. Its urgency: {urgency}."
    return RouteMessage(subject=subject, text=f"{told}\n\n{inbox}\n\n{_NOTHING}\n")


def next_digest(now: datetime, at: time) -> datetime:
    """Answer, in UTC, when London's clocks next show the time of the digest."""
    today = london_date(now)
    due = at_wall_time(today, at, last=False)
    return due if due > now else at_wall_time(today + timedelta(days=1), at, last=False)
