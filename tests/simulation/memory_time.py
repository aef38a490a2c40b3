"""The timers of a hub in memory: the product's own services work on them as on PostgreSQL."""

from contextlib import contextmanager
from dataclasses import replace

from hub.ports import WAKE, TimerRow
from hub.service.households import HOUSEHOLD_LOOK


class MemoryTime:
    """The port of a deciding transaction as far as time needs it, and the store that lends it."""

    def __init__(self):
        self.wakes = {}
        """By id."""
        self.of_child = {}
        self.waiting = {}
        """Timers that wait, by id, wakes apart."""
        self.waking = {}
        """Wakes that wait, by id."""
        self.fired = set()
        self.of_subject = {}
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
        due = sorted(
            (one for one in self.waiting.values() if one.due_at <= now),
            key=lambda one: (one.due_at, one.timer_id),
        )
        if len(due) < most:
            come = [_timer(one) for one in self.waking.values() if self._may_fire(one, now)]
            due += sorted(come, key=lambda one: (one.due_at, one.timer_id))
        return tuple(due[:most])

    def take_timer(self, timer_id, now):
        timer = self.waiting.get(timer_id)
        if timer is not None:
            return timer if timer.due_at <= now else None
        wake = self.waking.get(timer_id)
        return _timer(wake) if wake is not None and self._may_fire(wake, now) else None

    def _may_fire(self, wake, now):
        if wake.due_at > now:
            return False
        return wake.terms.waits_until <= now or not self.silent_needs(wake.timer_id)

    def write_effects(self, effects, _now):
        assert not effects.parked, f"the hub failed on a timer: {effects.parked[0].reason}"
        for subject in effects.settled_subjects:
            self._cancel(subject)
        for timer_id in effects.unwanted:
            self.waiting.pop(timer_id, None)
        for timer in effects.timers:
            self._set(timer)
        for wake in effects.wakes:
            self._put(wake)
        for row in effects.woken:
            self._put(replace(self.wakes[row.timer_id], silent=row.silent, late=row.late))
        for timer_id in effects.fired:
            self._fire(timer_id)

    def _cancel(self, subject):
        if subject in self.wakes:
            self._put(replace(self.wakes[subject], state="cancelled"))
        for timer_id in self.of_subject.pop(subject, ()):
            self.waiting.pop(timer_id, None)

    def _fire(self, timer_id):
        if timer_id in self.wakes:
            self._put(replace(self.wakes[timer_id], state="fired"))
        else:
            self.waiting.pop(timer_id, None)
            self.fired.add(timer_id)

    def _set(self, timer):
        """One that has fired has, but for that by which a child is looked at for another."""
        if timer.timer_id in self.waiting:
            return
        if timer.timer_id not in self.fired or timer.kind == HOUSEHOLD_LOOK:
            self.waiting[timer.timer_id] = timer
            self.of_subject.setdefault(timer.subject_id, set()).add(timer.timer_id)

    def _put(self, wake):
        self.wakes[wake.timer_id] = wake
        self.of_child.setdefault(wake.child_ref, {})[wake.timer_id] = None
        if wake.state == "waiting":
            self.waking[wake.timer_id] = wake
        else:
            self.waking.pop(wake.timer_id, None)


def _timer(wake):
    return TimerRow(
        timer_id=wake.timer_id,
        kind=WAKE,
        subject_id=wake.timer_id,
        child_ref=wake.child_ref,
        due_at=wake.due_at,
    )
