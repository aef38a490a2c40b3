"""The desks of a front door that serves several authorities: at which one somebody sits."""

from dataclasses import dataclass, replace

from hub.api.askers import asker_of
from hub.api.counted import Counted
from hub.api.users import Role, User
from hub.core.identifiers import GssCode
from hub.ports import Held, InboxShows, InboxWanted
from hub.service.asker import Surroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskShown:
    """One authority's desk."""

    authority: str
    name: str
    waiting: int
    here: bool


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
                if code == user.authority:
                    return user
                name = self._policies.of(code).name
                return replace(user, authority=code, organisation=authority, organisation_name=name)
        return None

    def shown(self, user: User) -> tuple[DeskShown, ...]:
        """Answer each desk and how many alerts wait there; none where there is one desk alone.

        Raises:
            HubError: it could not be read.
        """
        served = self._served(user)
        if len(served) < 2:  # noqa: PLR2004  # one desk is no choice
            return ()
        wanted = InboxWanted(shows=InboxShows.WAITING, size=1, viewer=asker_of(user).user_id)
        with self._questions.question() as asking:
            waiting = {
                code: Counted(asking.alerts_of(code.reveal(), wanted).counts, None).of(
                    InboxShows.WAITING, Held.ANYONE
                )
                for code in served
            }
        return tuple(
            DeskShown(
                authority=code.reveal(),
                name=self._policies.of(code).name,
                waiting=waiting[code],
                here=code == user.authority,
            )
            for code in served
        )

    def _served(self, user: User) -> tuple[GssCode, ...]:
        return self._policies.served_with(user.authority) if user.role is Role.DUTY_WORKER else ()
