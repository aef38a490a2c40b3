"""Thin e-mails to the recipients of routes: that something waits, how urgent, and for whom.

Nothing in one is of a person. Its id follows from what causes it, so that one which is sent twice
is known as the same. Addresses and the authority's name come from the policies in force.
"""

from collections.abc import Mapping
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final
from uuid import UUID

from hub.core.delivery import Pushed
from hub.core.identifiers import GssCode
from hub.core.policy import Policies
from hub.core.route_message import RouteMessage, route_message
from hub.errors import InvalidIdentifier
from hub.ports import MailServer, OutboxRow

SENDER_NAME: Final = "Safeguarding Hub"


class Emails:
    """The channel port over a mail server.

    Args:
        addresses: where each recipient is told that is told by e-mail.
        policies: by which the authority is named.
        server: what takes messages; ``None`` where none is set.
        sender: from which address they are.
        domains: to whose addresses they may go, and to no other.
        inbox: the address of the page that they name.
    """

    def __init__(  # noqa: PLR0913  # what a message is made of, and where it may go
        self,
        *,
        addresses: Mapping[str, str],
        policies: Policies,
        server: MailServer | None,
        sender: str,
        domains: frozenset[str],
        inbox: str,
    ) -> None:
        self._addresses = addresses
        self._policies = policies
        self._server = server
        self._sender = sender
        self._domains = domains
        self._inbox = inbox

    def tells(self, recipient: str) -> bool:
        """Answer whether a recipient is told by e-mail."""
        return recipient in self._addresses

    def push(self, row: OutboxRow, at: datetime, ask: str) -> tuple[Pushed, str]:  # noqa: ARG002  # people are told of the page
        """Answer what came of it, and the fault in a word."""
        address = self._addresses.get(row.recipient)
        if address is None:
            return Pushed.UNPUSHED, ""
        if self._server is None:
            return Pushed.DEAD, "no_mail_server"
        if address.rpartition("@")[2].lower() not in self._domains:
            return Pushed.DEAD, "domain_not_allowed"
        if row.severity is None or row.authority is None:
            return Pushed.DEAD, "not_for_email"
        told = route_message(row.severity, self._name(row.authority), self._inbox)
        message = self._message(row.outbox_id, told, address, at)
        return self._server.send(message, self._sender, address)

    def _name(self, authority: str) -> str:
        try:
            return self._policies.of(GssCode(authority)).name
        except InvalidIdentifier:
            return self._policies.hub.name

    def _message(
        self, outbox_id: UUID, told: RouteMessage, address: str, at: datetime
    ) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        message["From"] = Address(SENDER_NAME, addr_spec=self._sender)
        message["To"] = Address(addr_spec=address)
        message["Subject"] = told.subject
        message["Date"] = format_datetime(at)
        message["Message-ID"] = f"<{outbox_id}@{self._sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(told.text)
        return message
