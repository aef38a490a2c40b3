"""Every channel as one: who is told by e-mail, and who by webhook, the policies in force say."""

from datetime import datetime

from hub.adapters.delivery.email import Emails
from hub.adapters.delivery.webhook import Webhooks
from hub.core.delivery import Pushed
from hub.ports import OutboxRow


class Channels:
    """The channel port."""

    def __init__(self, *, webhooks: Webhooks, emails: Emails) -> None:
        self._webhooks = webhooks
        self._emails = emails

    def push(self, row: OutboxRow, at: datetime, ask: str) -> tuple[Pushed, str]:
        """Answer what came of it, and the fault in a word."""
        channel = self._emails if self._emails.tells(row.recipient) else self._webhooks
        return channel.push(row, at, ask)
