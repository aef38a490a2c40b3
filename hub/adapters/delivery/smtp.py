"""The mail server over SMTP, always with TLS; kept to the standard library, which does all of it.

Nothing is sent before the connection is encrypted and the server's certificate holds. One limit is
of the whole: a server that answers a little at a time would else hold up every other recipient.
"""

import smtplib
import ssl
import threading
from dataclasses import dataclass, field
from email.message import EmailMessage
from enum import StrEnum
from typing import Final

from hub.core.delivery import Pushed

LIMIT_SECONDS: Final = 10.0
_PERMANENT: Final = 500


class Security(StrEnum):
    """How the connection is encrypted; there is none that is not."""

    STARTTLS = "starttls"
    """From the server's own port for it, 587 as a rule."""
    TLS = "tls"
    """From the first byte, 465 as a rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer:
    """``hub.ports.MailServer`` over SMTP."""

    host: str
    port: int
    security: Security
    user: str = ""
    """Empty where the server takes messages of this machine without."""
    password: str = field(default="", repr=False)
    limit_seconds: float = LIMIT_SECONDS
    trusted: ssl.SSLContext = field(default_factory=ssl.create_default_context, repr=False)

    def send(self, message: EmailMessage, sender: str, recipient: str) -> tuple[Pushed, str]:
        """Answer what came of it, and the fault in a word; see the port."""
        call = _Call(self, message, sender, recipient)
        thread = threading.Thread(target=call.run, name="hub-mail", daemon=True)
        thread.start()
        thread.join(self.limit_seconds)
        if thread.is_alive():
            call.hang_up()
            return Pushed.AGAIN, "timeout"
        return call.came_to

    def connected(self) -> smtplib.SMTP:
        """Answer an encrypted connection, signed in where a user is set.

        Raises:
            OSError: it is not there, or its certificate does not hold.
            SMTPException: it refuses.
        """
        if self.security is Security.TLS:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=self.limit_seconds, context=self.trusted
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=self.limit_seconds)
            server.starttls(context=self.trusted)
        if self.user:
            server.login(self.user, self.password)
        return server


class _Call:
    """One message being sent, in a thread that may be left."""

    def __init__(
        self, server: SmtpServer, message: EmailMessage, sender: str, recipient: str
    ) -> None:
        self._server = server
        self._message = message
        self._envelope = (sender, recipient)
        self._connection: smtplib.SMTP | None = None
        self._hung_up = False
        self.came_to = (Pushed.AGAIN, "not_answered")

    def run(self) -> None:
        """Send it, and note what came of it."""
        sender, recipient = self._envelope
        try:
            with self._server.connected() as connection:
                self._connection = connection
                connection.send_message(self._message, sender, [recipient])
                self.came_to = (Pushed.SENT, "")  # whatever comes of the good-bye
        except (smtplib.SMTPException, OSError) as error:
            if self.came_to[0] is not Pushed.SENT:
                self.came_to = came_of(error)
        except (AttributeError, ValueError):
            if not self._hung_up:  # smtplib reads on from what was closed under it
                raise

    def hang_up(self) -> None:
        """End the connection of a call that takes too long."""
        self._hung_up = True
        if self._connection is not None:
            self._connection.close()


def came_of(error: smtplib.SMTPException | OSError) -> tuple[Pushed, str]:
    """Answer what a failed attempt means: what would fail again alike is told a person at once.

    What a server says in words is not read, since it may quote an address.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = max(code for code, _ in error.recipients.values())
        return _of_code(code)
    if isinstance(error, smtplib.SMTPResponseException):
        return _of_code(error.smtp_code)
    if isinstance(error, ssl.SSLCertVerificationError):
        return Pushed.DEAD, "certificate"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Pushed.DEAD, "no_tls"
    if isinstance(error, TimeoutError):
        return Pushed.AGAIN, "timeout"
    return Pushed.AGAIN, type(error).__name__


def _of_code(code: int) -> tuple[Pushed, str]:
    return Pushed.DEAD if code >= _PERMANENT else Pushed.AGAIN, f"smtp_{code}"
