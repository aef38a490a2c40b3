"""Deletes what agencies told once its time is over and nothing rests on it, batch by batch.

It can be stopped at any time and begun again: each batch is a transaction, and what is gone is not
looked for. The longest time that any policy in force says holds for all.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final

from hub.core.retention import Kept, Retention, longest
from hub.ports.retaining import Retaining
from hub.service.asker import Asker, Surroundings, audit_row

EVENTS_AT_ONCE: Final = 2_000

Progress = Callable[[int, int], None]
"""Told after each batch: events gone through, and about how many there are."""


class Retain:
    """The use case."""

    def __init__(self, around: Surroundings, store: Retaining) -> None:
        self._around = around
        self._store = store

    def in_force(self) -> Retention:
        """Answer what holds: of each kind the longest that any policy says."""
        return longest(one.retention for one in self._around.policies.every())

    def __call__(
        self, asker: Asker, *, trial: bool = False, progress: Progress = lambda *_: None
    ) -> Mapping[Kept, int]:
        """Delete what is past its time, or count it; answer how many events of each.

        Raises:
            HubError: the database was away, or it could not be audited; what was deleted until
                then is.
        """
        deleted: Counter[Kept] = Counter()
        try:
            self._sweep(deleted, trial=trial, progress=progress)
        finally:  # also of a run that is stopped or fails: what it deleted is gone
            if not trial:
                self._audit(asker, deleted)
        return deleted

    def _sweep(self, deleted: Counter[Kept], *, trial: bool, progress: Progress) -> None:
        before = self.in_force().before(self._around.clock.now())
        total, seen, after = self._store.events_estimated(), 0, b""
        while True:
            swept = self._store.sweep(after, EVENTS_AT_ONCE, before, trial=trial)
            deleted.update(swept.deleted)
            seen += swept.seen
            progress(seen, max(total, seen))
            if swept.last is None:
                return
            after = swept.last

    def _audit(self, asker: Asker, deleted: Mapping[Kept, int]) -> None:
        around = self._around
        told = ", ".join(f"{kept.value} {count}" for kept, count in sorted(deleted.items()))
        row = audit_row(
            around.new_id(),
            asker,
            at=around.clock.now(),
            action="delete what is past its time",
            subjects=(),
            outcome=f"deleted: {told or 'nothing'}",
            fields=(),
            policies=around.policies,
        )
        with around.questions.question() as asking:
            asking.write_audit(row)
