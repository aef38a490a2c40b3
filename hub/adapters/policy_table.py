"""What every table of a policy file is: strict, frozen, and without a key that is not known."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Table(BaseModel):
    """One table; a key that is not known is refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


Words = Annotated[str, Field(min_length=1, max_length=120)]
PhoneNumber = Annotated[str, Field(pattern=r"^\+?[0-9][0-9 ]{4,18}[0-9]$")]
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = rf"^[A-Za-z0-9][A-Za-z0-9._+-]{{0,63}}@({_LABEL}[.])+[A-Za-z]{{2,24}}$"
Email = Annotated[str, Field(pattern=_EMAIL, max_length=254)]
"""Where a thin e-mail is sent: a plain address, of letters, digits and the signs ``._+-``, so that
nothing of it can be taken for another address or another line of a message."""
_WEBHOOK = r"^(https://[^\s/?#@]+|http://127\.0\.0\.1(:[0-9]+)?)(/[^\s?#]*)?$"
Webhook = Annotated[str, Field(pattern=_WEBHOOK, max_length=300)]
"""Where a thin message is sent: by HTTPS, and without a query, for a secret does not belong into an
address. Without TLS only on this machine itself, which the demonstration alone pushes to."""
