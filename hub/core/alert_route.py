"""Who is told at once, and by which channel, that an alert of some urgency waits, as policy.

The page is always there, and what is for information is in its digest: neither is a route.
"""

from dataclasses import dataclass
from enum import StrEnum

from hub.core.alert import Severity
from hub.errors import ConfigurationError


class RouteChannel(StrEnum):
    """By what somebody is told; nothing of anybody goes by any of them."""

    WEBHOOK = "webhook"
    EMAIL = "email"
    """What is for information goes by it once a day, not one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRoute:
    """One recipient, of an authority that acts on an alert or is informed of it."""

    label: str
    """Who, in words."""
    severities: frozenset[Severity]
    channel: RouteChannel
    desk: str
    """By which code the recipient is known."""
    webhook: str = ""
    email: str = ""
    """Of the two the one that is of its channel."""

    def __post_init__(self) -> None:
        if not self.severities:
            raise ConfigurationError("one severity at least was expected.")
        told = {RouteChannel.WEBHOOK: self.webhook, RouteChannel.EMAIL: self.email}
        if not told[self.channel] or all(told.values()):
            raise ConfigurationError(f"{self.channel.value} was expected, and no other address.")

    @property
    def address(self) -> str:
        """Where the recipient is told."""
        return self.webhook or self.email
