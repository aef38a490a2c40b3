"""The policies that hold now, which others replace as a whole while the hub runs.

Whoever was given them asks anew each time and so goes by the new ones at once, without a restart.
What is decided quotes the version by which it was decided; a change withdraws nothing.
"""

from collections.abc import Callable, Mapping

from hub.core.identifiers import GssCode
from hub.core.policy import LocalAuthorityPolicy, Policies
from hub.core.school_calendar import SchoolCalendars


class PoliciesInForce(Policies):
    """Policies like any other to whoever reads them; what it holds is swapped in one step."""

    __slots__ = ("_held",)
    _held: Callable[[], Policies]

    def __init__(self, held: Policies) -> None:
        self.take(held)

    def take(self, new: Policies) -> None:
        """Let other policies hold from now on."""
        object.__setattr__(self, "_held", lambda: new)

    def with_calendars(self, calendars: SchoolCalendars) -> "PoliciesInForce":
        """Answer these policies, whose rules are given these school days; they follow a change."""
        return _WithCalendars(self, calendars)

    @property
    def hub(self) -> LocalAuthorityPolicy:
        """What applies to authorities that have not joined."""
        return self._held().hub

    @property
    def authorities(self) -> Mapping[GssCode, LocalAuthorityPolicy]:
        """The policies of those that have."""
        return self._held().authorities

    @property
    def version(self) -> str:
        """Of all of them together."""
        return self._held().version


class _WithCalendars(PoliciesInForce):
    """Follows others, and gives school days to what they hold; put together once for each."""

    __slots__ = ("_calendars", "_made", "_others")
    _others: PoliciesInForce
    _calendars: SchoolCalendars
    _made: tuple[Policies, Policies]

    def __init__(self, others: PoliciesInForce, calendars: SchoolCalendars) -> None:
        now = others._held()  # noqa: SLF001  # its own kind
        object.__setattr__(self, "_others", others)
        object.__setattr__(self, "_calendars", calendars)
        object.__setattr__(self, "_made", (now, now.with_calendars(calendars)))
        object.__setattr__(self, "_held", self._follow)

    def _follow(self) -> Policies:
        now = self._others._held()  # noqa: SLF001  # its own kind
        of, made = self._made
        if of is not now:
            made = now.with_calendars(self._calendars)
            object.__setattr__(self, "_made", (now, made))
        return made
