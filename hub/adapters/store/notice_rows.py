"""What the deciding transaction does with notices, timers and the outbox; see the port."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store import alerts_unseen, encompass, feedback, timers, wakes
from hub.core.encompass_notice import EncompassNotice
from hub.ports import (
    AlertUnseen,
    ColumnSealer,
    Effects,
    NoticesFound,
    NoticesKnown,
    NoticeWrites,
    ParkedTimer,
    SealedWords,
    TimerRow,
    WakeKept,
)


class PostgresNoticeRows:
    """``hub.ports.NoticeRows`` over the cursor of a transaction."""

    def __init__(self, cursor: Cursor[TupleRow], sealer: ColumnSealer) -> None:
        self._cursor = cursor
        self._sealer = sealer

    def notices_known(self, child_refs: Sequence[bytes]) -> tuple[NoticesKnown, ...]:
        """What is stored of these children's notices; only of those with a notice or a word."""
        return encompass.notices_known(self._cursor, child_refs)

    def notices_at(  # whose, when, and which page
        self, seats: Sequence[str], now: datetime, ended_after: datetime, most: int, passed: int = 0
    ) -> NoticesFound:
        """A page of what these seats may read and that has opened, what waits first."""
        return encompass.notices_at(self._cursor, seats, now, ended_after, most, passed)

    def notice(self, notice_id: UUID) -> EncompassNotice | None:
        """One notice, whatever its state."""
        return encompass.notice(self._cursor, notice_id)

    def words_of(self, fact_keys: Sequence[bytes]) -> tuple[SealedWords, ...]:
        """What the latest revision of each of these facts says in words."""
        return encompass.words_of(self._cursor, self._sealer, fact_keys)

    def write_notices(self, writes: NoticeWrites, at: datetime) -> None:
        """Write notices, their steps, and what people said."""
        encompass.write_notices(self._cursor, writes, at)

    def write_effects(self, effects: Effects, at: datetime) -> None:
        """Cancel, set and settle timers, and put what must go out into the outbox."""
        timers.write_effects(self._cursor, effects, at)

    def due_timers(self, kinds: Sequence[str], now: datetime, most: int) -> tuple[TimerRow, ...]:
        """Timers of these kinds whose time has come, the oldest first, without a lock."""
        return timers.due_timers(self._cursor, kinds, now, most)

    def parked_timers(self) -> tuple[ParkedTimer, ...]:
        """Timers on which the hub failed, the oldest first."""
        return timers.parked_timers(self._cursor)

    def take_timer(self, timer_id: UUID, now: datetime) -> TimerRow | None:
        """Lock a timer that still waits, after its child; ``None`` if it no longer does."""
        return timers.take_timer(self._cursor, timer_id, now)

    def wakes_kept(self, child_refs: Sequence[bytes]) -> tuple[WakeKept, ...]:
        """Every wake that is stored of these children, who are locked, whatever its state."""
        return wakes.wakes_kept(self._cursor, child_refs)

    def silent_needs(self, timer_id: UUID) -> tuple[str, ...]:
        """The kinds of feeds that a wake needs and that have not told of the time up to it."""
        return wakes.silent_needs(self._cursor, timer_id)

    def alerts_unseen(self, alert_ids: Sequence[UUID]) -> tuple[AlertUnseen, ...]:
        """Lock these alerts, after their children, and answer those that wait."""
        return alerts_unseen.alerts_unseen(self._cursor, alert_ids)

    def reporters(self, alert_ids: Sequence[UUID]) -> tuple[tuple[UUID, str], ...]:
        """Whose reports are live triggers of these alerts."""
        return feedback.reporters(self._cursor, alert_ids)
