"""What every table of a policy file is: strict, frozen, and without a key that is not known."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Table(BaseModel):
    """One table; a key that is not known is refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


Words = Annotated[str, Field(min_length=1, max_length=120)]
PhoneNumber = Annotated[str, Field(pattern=r"^\+?[0-9][0-9 ]{4,18}[0-9]$")]
_WEBHOOK = r"^(https://[^\s/?#@]+|http://127\.0\.0\.1(:[0-9]+)?)(/[^\s?#]*)?$"
Webhook = Annotated[str, Field(pattern=_WEBHOOK, max_length=300)]
"""Where a thin message is sent: by HTTPS, and without a query, for a secret does not belong into an
address. Without TLS only on this machine itself, which the demonstration alone pushes to."""
