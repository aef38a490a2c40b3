"""Drains the outbox: tells agencies that something waits for them, until they have heard it.

A row is claimed in a transaction of its own, pushed without one, and settled in another. A process
that dies between leaves the row to the next one, under the same id, by which the recipient knows
that it has it already.
"""

import logging
from datetime import timedelta
from typing import Final

from hub.core.delivery import Pushed, next_attempt
from hub.ports import Channel, Clock, Outbox, OutboxRow
from hub.ports.answers import ANSWER_CHANGED
from hub.service.alert_routing import RAISED
from hub.service.escalating import ESCALATED
from hub.service.question_telling import URGENT_QUESTION

ROWS_PER_ROUND = 10
LEASE = timedelta(minutes=3)
"""Longer than a round of pushes can take: rows a round, each limited by the channel."""

ASKS_USUALLY: Final = "/v1/notices"
"""Where schools and forces ask; what became of their reports is told by the same message, so that
it does not say which of the two waits."""

_ASKS: Final = {
    RAISED: "/v1/inbox",
    ESCALATED: "/v1/inbox",
    URGENT_QUESTION: "/v1/reviews",
    ANSWER_CHANGED: "/v1/checks/changed",
}
"""By the kind of what waits: desks of authorities and hospitals ask elsewhere."""

log = logging.getLogger(__name__)


class Deliver:
    """The use case."""

    def __init__(self, *, outbox: Outbox, channel: Channel, clock: Clock) -> None:
        self._outbox = outbox
        self._channel = channel
        self._clock = clock

    def __call__(self) -> int:
        """Deliver one round of what waits; answer how many rows were in hand.

        Raises:
            TransientFault: the database was away; what was in hand comes again.
        """
        now = self._clock.now()
        rows = self._outbox.claim(now, now + LEASE, ROWS_PER_ROUND)
        for row in rows:
            self._deliver(row)
        return len(rows)

    def _deliver(self, row: OutboxRow) -> None:
        ask = _ASKS.get(row.kind, ASKS_USUALLY)
        pushed, fault = self._channel.push(row, self._clock.now(), ask)
        now = self._clock.now()
        again_at = None
        if pushed is Pushed.AGAIN:
            again_at = next_attempt(row.outbox_id, row.attempts, now)
            pushed = Pushed.AGAIN if again_at else Pushed.DEAD
        self._outbox.settle(row, pushed, at=now, again_at=again_at, fault=fault)
        if pushed in {Pushed.AGAIN, Pushed.DEAD}:
            log.warning("outbox %s to %s: %s, %s", row.outbox_id, row.recipient, pushed, fault)
