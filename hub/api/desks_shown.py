"""The desks of a front door that serves several authorities: whose work somebody sees and does."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from uuid import UUID

from hub.api.desk_views import DeskShown
from hub.api.users import Role, User
from hub.core.front_door import OWN_DESK, seen_at
from hub.core.identifiers import GssCode
from hub.service.asker import Surroundings


class DesksShown:
    """From what a front door serves to the desks that its people may sit at."""

    def __init__(self, around: Surroundings) -> None:
        self._policies = around.policies
        self._questions = around.questions

    def at(self, user: User, authority: str) -> User | None:
        """Answer the user at this authority's desk; ``None`` if their front door does not serve it.

        What is audited from then on names that authority, and the person as before.
        """
        for code in self._served(user):
            if code.reveal() == authority:
                return self._seat(user, code)
        return None

    def at_all(self, user: User) -> User:
        """Answer the user reading every desk that their front door serves as one."""
        served = self._served(user)
        return replace(user, desks=served) if len(served) > 1 else user

    def of_alert(self, user: User, alert_id: UUID) -> User:
        """Answer the user at the desk at which they see an alert; see ``of_alerts``."""
        return next(iter(self.of_alerts(user, [alert_id])), user)

    def of_alerts(self, user: User, alert_ids: Collection[UUID]) -> Mapping[User, list[UUID]]:
        """Answer at which of their desks the user sees each alert, and so acts on it.

        One who reads one desk alone is there for all; so is one who reads several, for an alert
        that is in no inbox of theirs: it is then not theirs, as any other's.

        Raises:
            HubError: it could not be read.
        """
        if not user.desks:
            return {user: list(alert_ids)}
        desks = {code.reveal(): code for code in user.desks}
        with self._questions.question() as asking:
            concerned = asking.concerned(sorted(set(alert_ids)))
        found: dict[User, list[UUID]] = {}
        for alert_id in alert_ids:
            owner, informed = concerned.get(alert_id, (OWN_DESK, ()))
            code = desks.get(seen_at(owner, informed, list(desks)) or "", user.authority)
            seat = self._seat(user, code) if code else user
            found.setdefault(seat, []).append(alert_id)
        return found

    def of_desks(self, user: User, desks: Collection[str]) -> User:
        """Answer the user at one of these desks that they read, at the own one if it is among them.

        Where none is, they are at their own: what is asked for there is then not theirs.
        """
        codes = {code.reveal(): code for code in user.desks}
        own = user.authority.reveal() if user.authority else ""
        mine = [code for code in (own, *codes) if code in desks and code in codes]
        return self._seat(user, codes[mine[0]]) if mine else replace(user, desks=())

    def shown(
        self, user: User, *, here: str | None = None, waiting: Mapping[str, int] | None = None
    ) -> tuple[DeskShown, ...]:
        """Answer each desk, with how much waits there if told; none where there is one alone."""
        served = self._served(user)
        if len(served) < 2:  # noqa: PLR2004  # one desk is no choice
            return ()
        return tuple(
            DeskShown(
                authority=code.reveal(),
                name=self._policies.of(code).name,
                waiting=(waiting or {}).get(code.reveal(), 0),
                here=code.reveal() == here,
            )
            for code in served
        )

    def _seat(self, user: User, code: GssCode) -> User:
        if code == user.authority:
            return replace(user, desks=())
        name = self._policies.of(code).name
        return replace(
            user, authority=code, organisation=code.reveal(), organisation_name=name, desks=()
        )

    def _served(self, user: User) -> tuple[GssCode, ...]:
        return self._policies.served_with(user.authority) if user.role is Role.DUTY_WORKER else ()
