"""Plays a day at a chosen speed: hospitals send their messages, the others hand over files."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from hub.demo.day import DayPlan
from hub.demo.deliveries import Delivery, instant
from hub.demo.hl7_writer import Message
from hub.demo.home import PlayState
from hub.errors import HubError

TELL_EVERY_SECONDS: Final = 0.5
NAP_SECONDS_MAX: Final = 0.25
FINISH_SECONDS_MAX: Final = 600.0

SendMessage = Callable[[Message], object]
HandOver = Callable[[Delivery], object]


@dataclass(kw_only=True)
class Player:
    """One playing of one day.

    Attributes:
        plan: the day.
        speed: how many times faster than a clock the day goes.
        senders: how each trust, by its code, has a message taken; called in that trust's thread.
        hand_over: how a delivery is read; called in a thread of its feed.
        remember: told how far the day is, about twice a second and at the end.
    """

    plan: DayPlan
    speed: float
    senders: Mapping[str, SendMessage]
    hand_over: HandOver
    remember: Callable[[PlayState], None]
    stopping: threading.Event = field(default_factory=threading.Event)
    _sent: dict[str, int] = field(default_factory=dict)
    _faults: list[str] = field(default_factory=list)
    _began: float = 0.0

    def play(self) -> bool:
        """Play the day to its end, or until told to stop; answer whether all of it was sent.

        Raises:
            HubError: a message or a delivery was not taken; what the others do is finished first.
        """
        self._began = time.monotonic()
        threads = [
            threading.Thread(target=self._guarded, args=(self._play_trust, trust), name=trust)
            for trust in self.senders
        ]
        threads += [
            threading.Thread(target=self._guarded, args=(self._play_deliveries, feed), name=feed)
            for feed in sorted({delivery.feed for delivery in self.plan.deliveries})
        ]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            self.remember(self._state(done=False))
            self.stopping.wait(TELL_EVERY_SECONDS)
            if self.stopping.is_set():
                break
        for thread in threads:
            thread.join(FINISH_SECONDS_MAX)
        done = not self.stopping.is_set() and not self._faults
        self.remember(self._state(done=done))
        if self._faults:
            raise HubError(self._faults[0])
        return done

    def town_time(self) -> datetime:
        """Answer what the town's clocks show, UTC; never past the day's end."""
        begin = instant(self.plan.day, datetime.min.time())
        gone = timedelta(seconds=(time.monotonic() - self._began) * self.speed)
        return min(begin + gone, begin + timedelta(days=1)).astimezone(UTC)

    def _play_trust(self, trust: str) -> None:
        send = self.senders[trust]
        for message in self.plan.messages:
            if message.trust != trust:
                continue
            if not self._wait_until(message.at):
                return
            send(message)
            self._sent[trust] = self._sent.get(trust, 0) + 1

    def _play_deliveries(self, feed: str) -> None:
        for delivery in self.plan.deliveries:
            if delivery.feed != feed:
                continue
            if not self._wait_until(delivery.at):
                return
            self.hand_over(delivery)
            self._sent[delivery.agency] = self._sent.get(delivery.agency, 0) + 1

    def _guarded(self, play: Callable[[str], None], whose: str) -> None:
        try:
            play(whose)
        except HubError as fault:
            self._faults.append(str(fault))

    def _wait_until(self, at: datetime) -> bool:
        """Wait until the town's clocks show this; answer False if the day is broken off."""
        while (ahead := (at - self.town_time()).total_seconds()) > 0:
            if self.stopping.wait(min(ahead / self.speed, NAP_SECONDS_MAX)):
                return False
        return not self.stopping.is_set()

    def _state(self, *, done: bool) -> PlayState:
        planned = {
            trust: sum(message.trust == trust for message in self.plan.messages)
            for trust in self.senders
        }
        for delivery in self.plan.deliveries:
            planned[delivery.agency] = planned.get(delivery.agency, 0) + 1
        return PlayState(
            day=self.plan.day,
            at=self.town_time(),
            sent=dict(self._sent),
            planned=planned,
            done=done,
            remark="; ".join(self._faults),
        )
