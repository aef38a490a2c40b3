"""The mail server as an operator sets it, and what of a policy it does not allow."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from hub.adapters.delivery.smtp import Security, SmtpServer
from hub.core.policy import Policies
from hub.core.webhooks import emails_of
from hub.errors import ConfigurationError
from hub.settings import Settings

_OTHERS: Final = 0o077
_NEEDED: Final = ("smtp_sender", "email_domains", "public_url")


def mail_server(settings: Settings) -> SmtpServer | None:
    """Answer the mail server; ``None`` where none is set.

    Raises:
        ConfigurationError: some of what it needs is set and some is not, or the file of its
            password cannot be used.
    """
    if not settings.smtp_host:
        return None
    missing = [f"HUB_{one.upper()}" for one in _NEEDED if not getattr(settings, one)]
    if missing:
        raise ConfigurationError(f"HUB_SMTP_HOST is set; {', '.join(missing)} was expected too.")
    return SmtpServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=Security(settings.smtp_security),
        user=settings.smtp_user,
        password=_password(settings),
    )


def domains_of(settings: Settings) -> frozenset[str]:
    """Answer to whose addresses e-mails may go."""
    return frozenset(one.strip().lower() for one in settings.email_domains.split(",") if one)


def refused_emails(policies: Policies, settings: Settings) -> Iterator[str]:
    """Yield the codes of routes by e-mail whose address is in no domain that is allowed."""
    allowed = domains_of(settings)
    for policy in policies.every():
        yield from (
            desk
            for desk, address in emails_of(policy)
            if address.rpartition("@")[2].lower() not in allowed
        )


def _password(settings: Settings) -> str:
    if settings.smtp_password_file is None:
        return settings.smtp_password.get_secret_value()
    return _read(settings.smtp_password_file)


def _read(path: Path) -> str:
    try:
        if path.stat().st_mode & _OTHERS:
            raise ConfigurationError(
                f"The file {path} can be read by others than its owner; mode 0600 was expected."
            )
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError(f"The file {path} with a password cannot be read.") from None
