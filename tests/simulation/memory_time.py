"""The timers of a hub in memory, as far as wakes of rules need them: the product's own services.

``Waking``, ``WakeUp`` and ``Tick`` work on it as on PostgreSQL; only the rows are kept here.
"""

from contextlib import contextmanager
from dataclasses import replace

from hub.ports import WAKE, TimerRow


class MemoryTime:
    """The port of a deciding transaction as far as time needs it, and the store that lends it."""

    def __init__(self):
        self.wakes = {}
        """By id."""
        self.of_child = {}
        self.waiting = {}
        self.told_until = {}
        """Agency and feed -> how current the source was that was heard of last."""

    def heard(self, agency, feed, read_at):
        """Note how far an agency has told."""
        key = agency, feed.value
        self.told_until[key] = max(read_at, self.told_until.get(key, read_at))

    @contextmanager
    def transaction(self):
        """It cannot fail, so nothing need be taken back."""
        yield self

    def lock_children(self, child_refs):
        """Nobody else is at work."""

    def wakes_kept(self, child_refs):
        kept = [self.wakes[ref] for child in child_refs for ref in self.of_child.get(child, ())]
        return tuple(sorted(kept, key=lambda one: (one.child_ref, one.due_at, one.timer_id)))

    def silent_needs(self, timer_id):
        wake = self.wakes[timer_id]
        told = self.told_until
        silent = {
            feed
            for agency, feed in wake.terms.needs
            if told.get((agency, feed)) is None or told[agency, feed] < wake.due_at
        }
        return tuple(sorted(silent))

    def due_timers(self, _kinds, now, most):
        due = [one for one in self.waiting.values() if self._may_fire(one, now)]
        due.sort(key=lambda one: (one.due_at, one.timer_id))
        return tuple(map(_timer, due[:most]))

    def take_timer(self, timer_id, now):
        wake = self.waiting.get(timer_id)
        return _timer(wake) if wake is not None and self._may_fire(wake, now) else None

    def _may_fire(self, wake, now):
        if wake.due_at > now:
            return False
        return wake.terms.waits_until <= now or not self.silent_needs(wake.timer_id)

    def write_effects(self, effects, _now):
        for one in effects.parked:
            raise AssertionError(f"the hub failed on a timer: {one.reason}")
        for timer_id in effects.settled_subjects:
            self._put(replace(self.wakes[timer_id], state="cancelled"))
        for wake in effects.wakes:
            self._put(wake)
        for row in effects.woken:
            self._put(replace(self.wakes[row.timer_id], silent=row.silent, late=row.late))
        for timer_id in effects.fired:
            self._put(replace(self.wakes[timer_id], state="fired"))

    def _put(self, wake):
        self.wakes[wake.timer_id] = wake
        self.of_child.setdefault(wake.child_ref, {})[wake.timer_id] = None
        if wake.state == "waiting":
            self.waiting[wake.timer_id] = wake
        else:
            self.waiting.pop(wake.timer_id, None)


def _timer(wake):
    return TimerRow(
        timer_id=wake.timer_id,
        kind=WAKE,
        subject_id=wake.timer_id,
        child_ref=wake.child_ref,
        due_at=wake.due_at,
    )
