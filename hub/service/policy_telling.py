"""Tells the operator where the policies in force are not what their files say, and why."""

from collections.abc import Callable
from typing import Final

from hub.core.policy import Policies
from hub.ports import Clock
from hub.ports.operator_flags import POLICY_REFUSED, POLICY_WAITS, OperatorFlags

SUBJECT_LENGTH_MAX: Final = 400


class PolicyTelling:
    """The use case: a round of the timekeeper, that writes when something has changed alone."""

    def __init__(
        self,
        policies: Policies,
        refused: Callable[[], str],
        flags: OperatorFlags,
        clock: Clock,
    ) -> None:
        """Take what answers why the files are not taken; empty if they are."""
        self._policies = policies
        self._refused = refused
        self._flags = flags
        self._clock = clock
        self._began_with = policies.hub.bands
        self._told: tuple[tuple[str, str], ...] | None = None

    def __call__(self) -> int:
        """Tell what holds now; settle what holds no longer. It never counts as work.

        Raises:
            TransientFault: the database was away; the next round tells it.
        """
        standing = tuple(self._standing())
        if standing != self._told:
            codes = (POLICY_REFUSED, POLICY_WAITS)
            self._flags.stand(codes, "", standing, self._clock.now())
            self._told = standing
        return 0

    def _standing(self) -> list[tuple[str, str]]:
        found = []
        if refused := self._refused():
            found.append((POLICY_REFUSED, refused[:SUBJECT_LENGTH_MAX]))
        if self._policies.hub.bands != self._began_with:
            found.append((POLICY_WAITS, "matching"))
        return found
