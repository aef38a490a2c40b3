"""What an alert opens of its child: everything while it stands, then its grounds, then nothing.

An alert is the reason for which a child is looked at. One that was withdrawn or replaced, such as
because its child turned out to be another, is a reason no longer. Who acted on it may see for a
while what it said and that it ended; the child's history and relations it opens no more.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from hub.core.alert import Alert, AlertState

ENDED_OPENS_FOR: Final = timedelta(days=28)
"""For how long an alert that ended is still shown to whom it was delivered. This project's own
figure; it has no source. Its row and its steps are kept beyond that."""


class Opening(StrEnum):
    """How much an alert opens to those whom it concerns."""

    WHOLE = "whole"
    """What each may see of the child's history and relations."""
    GROUNDS = "grounds"
    """The alert as it was, and what it rested on."""
    NOTHING = "nothing"


def opening_of(alert: Alert, ended_at: datetime | None, now: datetime) -> Opening:
    """Answer what an alert opens; one of which it is not known when it ended opens nothing."""
    if alert.state is AlertState.STANDING:
        return Opening.WHOLE
    if ended_at is None or now >= closes_at(ended_at):
        return Opening.NOTHING
    return Opening.GROUNDS


def closes_at(ended_at: datetime) -> datetime:
    """Answer from when on an alert that ended then opens nothing."""
    return ended_at + ENDED_OPENS_FOR
