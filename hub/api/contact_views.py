"""What pages and JSON show of front-door work, and what they need done with it."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from hub.api.users import User
from hub.api.views import AlertView
from hub.service.front_door import Wish


@dataclass(frozen=True, slots=True, kw_only=True)
class ActedView:
    """An alert after somebody acted on it, or could not."""

    alert: AlertView
    refused: str = ""
    """Why nothing was done, in one sentence."""
    changed: bool = False
    """It is not as it was looked at."""


class Contacts(Protocol):
    """The use cases of front-door work; each commits its audit row before it answers."""

    def act(self, user: User, alert_id: UUID, wish: Wish) -> ActedView | None:
        """Decide, dispute or close an alert; ``None`` if there is none or it is not theirs."""
