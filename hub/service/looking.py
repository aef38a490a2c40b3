"""Looks at children in the deciding transaction: what rules find, and what follows from it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from hub.core.intake import OpenedReport
from hub.ports import AlertWrite, Transaction
from hub.service.correlating import Seen, said_of_identity
from hub.service.escalating import Escalating
from hub.service.households import Households
from hub.service.noticing import Noticing
from hub.service.waking import Waking
from hub.service.withholding import set_timers

AsOf = Callable[[bytes], datetime]
"""Answers of a child the broker's append time of what is decided on of it, or of the timer."""

Correlator = Callable[[Sequence[Seen], AsOf, datetime], Sequence[AlertWrite]]
"""From what is seen of children to the alerts that must be written; pure but for its policies.

Given are also as of when each is looked at, and the present instant."""


class Looking:
    """Writes the alerts of children, who are locked, and when they are to be looked at again."""

    def __init__(
        self,
        correlator: Correlator,
        noticing: Noticing,
        households: Households,
        waking: Waking,
        escalating: Escalating | None,
    ) -> None:
        self._correlator = correlator
        self._noticing = noticing
        self._households = households
        self._waking = waking
        self._escalating = escalating

    def __call__(  # noqa: PLR0913, PLR0917  # whom, as of when, whose links changed, whose notices may have
        self,
        transaction: Transaction,
        children: Sequence[bytes],
        as_of: AsOf,
        now: datetime,
        marks: Mapping[bytes, int],
        noticed: Collection[bytes],
    ) -> int:
        """Look at them with everything now known; answer how many alerts changed."""
        found = self._households.known(transaction, children, now)
        known, kept = self._waking.known(transaction, found, now)
        seen = [Seen.of(one) for one in known]
        writes = said_of_identity(self._correlator(seen, as_of, now), marks)
        if writes:
            transaction.write_alerts(writes, now)
        if writes and self._escalating is not None:
            self._escalating.note(transaction, known, writes, now)
        set_timers(transaction, seen, now)
        self._waking.keep(transaction, seen, kept, now)
        self._noticing(transaction, seen, now, noticed)
        return len(writes)


def told_at(
    reports: Sequence[OpenedReport], children: Mapping[bytes, bytes]
) -> Mapping[bytes, datetime]:
    """Answer when the last of these reports came that tells of each child.

    Args:
        reports: of one batch.
        children: the child of each of their records that has one.
    """
    found: dict[bytes, datetime] = {}
    for report in reports:
        at = report.raw.received_at
        refs = (one.record_ref for one in report.events)
        for child_ref in {children[ref] for ref in refs if ref in children}:
            found[child_ref] = max(at, found.get(child_ref, at))
    return found
