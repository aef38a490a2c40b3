"""The tables ``[[routes]]`` of a policy file: who is told at once that an alert waits."""

from typing import Annotated

from pydantic import Field, model_validator

from hub.adapters.policy_table import Email, Table, Webhook, Words
from hub.core.alert import Severity
from hub.core.alert_route import AlertRoute, RouteChannel
from hub.errors import ConfigurationError


class AlertRouteTable(Table):
    """One recipient."""

    label: Words
    severities: Annotated[
        list[Annotated[Severity, Field(strict=False)]], Field(min_length=1, max_length=3)
    ]
    channel: Annotated[RouteChannel, Field(strict=False)]
    desk: Annotated[str, Field(pattern=r"^[0-9A-Z-]{3,24}$")]
    webhook: Webhook | None = None
    email: Email | None = None

    @model_validator(mode="after")
    def _it_has_the_address_of_its_channel(self) -> "AlertRouteTable":
        try:
            self.route()
        except ConfigurationError as error:
            raise ValueError(str(error).removesuffix(".")) from None
        return self

    def route(self) -> AlertRoute:
        """Answer the recipient as the core takes it."""
        return AlertRoute(
            label=self.label,
            severities=frozenset(self.severities),
            channel=self.channel,
            desk=self.desk,
            webhook=self.webhook or "",
            email=self.email or "",
        )


def refuse_two_addresses(told: list[tuple[str, str]]) -> None:
    """Refuse a code that is given two addresses: which of them is meant nobody could say.

    Raises:
        ValueError: there is one; the sentence names it.
    """
    known: dict[str, str] = {}
    for desk, address in told:
        if known.setdefault(desk, address) != address:
            raise ValueError(f"{desk} is given two addresses, and one was expected")
