"""Front-door work behind the surfaces: from people to askers, from use cases to views."""

from uuid import UUID

from hub.api.alerts_shown import AlertsShown
from hub.api.askers import asker_of
from hub.api.contact_views import ActedView
from hub.api.users import User
from hub.service.asker import Surroundings
from hub.service.front_door import FrontDoor, Wish


class ContactsShown:
    """``hub.api.contact_views.Contacts`` over the use cases."""

    def __init__(self, around: Surroundings, alerts: AlertsShown) -> None:
        self._alerts = alerts
        self._front_door = FrontDoor(around)

    def act(self, user: User, alert_id: UUID, wish: Wish) -> ActedView | None:
        """Decide, dispute or close an alert; ``None`` if there is none or it is not theirs."""
        acted = self._front_door.act(asker_of(user), alert_id, wish)
        if acted is None:
            return None
        return ActedView(
            alert=self._alerts.page(acted.item), refused=acted.refused, changed=acted.changed
        )
