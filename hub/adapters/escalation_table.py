"""The tables ``[[escalation]]`` of a policy file: who is next if nobody acknowledges an alert."""

from typing import Annotated

from pydantic import Field, model_validator

from hub.adapters.policy_table import PhoneNumber, Table, Webhook, Words
from hub.core.alert import Severity
from hub.core.escalation import Available, EscalationStep
from hub.errors import ConfigurationError

_Minutes = Annotated[int, Field(ge=1, le=7 * 24 * 60)]


class EscalationTable(Table):
    """One contact, in the order in which it is its turn."""

    label: Words
    severities: Annotated[
        list[Annotated[Severity, Field(strict=False)]], Field(min_length=1, max_length=3)
    ]
    hours: Annotated[Available, Field(strict=False)] = Available.ALWAYS
    minutes: _Minutes | None = None
    working_minutes: _Minutes | None = None
    number: PhoneNumber | None = None
    desk: Annotated[str, Field(pattern=r"^[0-9A-Z-]{3,24}$")] | None = None
    webhook: Webhook | None = None

    @model_validator(mode="after")
    def _it_can_be_a_contact(self) -> "EscalationTable":
        try:
            self.step()
        except ConfigurationError as error:
            raise ValueError(str(error).removesuffix(".")) from None
        return self

    def step(self) -> EscalationStep:
        """Answer the contact as the core takes it."""
        return EscalationStep(
            label=self.label,
            severities=frozenset(self.severities),
            available=self.hours,
            minutes=self.minutes,
            working_minutes=self.working_minutes,
            phone=self.number or "",
            desk=self.desk or "",
            webhook=self.webhook or "",
        )
