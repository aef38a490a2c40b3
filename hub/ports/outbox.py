"""The outbox as whoever delivers sees it, and the channels on which others are told."""

from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from typing import Protocol

from hub.core.delivery import Pushed
from hub.ports.marks import durable
from hub.ports.notices import OutboxRow


class Outbox(Protocol):
    """What waits to go out. Several processes may deliver; each row is in one's hands at a time."""

    @durable
    def claim(self, now: datetime, until: datetime, most: int) -> Sequence[OutboxRow]:
        """Take rows whose time has come, the oldest first, out of others' reach until an instant.

        Each is counted as an attempt: one whose taker dies comes again then, with the same id.
        """
        ...

    @durable
    def settle(
        self, row: OutboxRow, pushed: Pushed, *, at: datetime, again_at: datetime | None, fault: str
    ) -> bool:
        """Note what came of an attempt; ``False`` if another has taken the row meanwhile."""
        ...


class Channel(Protocol):
    """Tells a recipient that something waits for it, and nothing of what or about whom."""

    def push(self, row: OutboxRow, at: datetime, ask: str) -> tuple[Pushed, str]:
        """Answer what came of it, and the fault in a word; it never raises for the recipient's.

        ``ask`` is the path at which the recipient's system asks what waits.
        """
        ...


class MailServer(Protocol):
    """Takes e-mails and brings them on."""

    def send(self, message: EmailMessage, sender: str, recipient: str) -> tuple[Pushed, str]:
        """Answer what came of it, and the fault in a word, in which no address is.

        Taken twice, a message is the same by its id. It never raises for the server's faults.
        """
        ...
