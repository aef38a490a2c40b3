"""Compares what a policy would have raised with what was raised, and counts the difference.

An alert is the same on both sides if it has one id, or is of the same rule and shares a ground that
raised it. It counts on the day on which it was raised, however often it was revised later.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from hub.core.alert import MOST_URGENT_FIRST, Alert, trigger_facts
from hub.core.backtest_counts import (
    Change,
    Changes,
    Counts,
    Period,
    RecordedAlert,
    Side,
    Work,
    Yield,
    team_of,
    week_of,
)
from hub.core.clock import london_date
from hub.core.replay import Replayed


def count(
    counts: Counts,
    period: Period,
    replayed: Sequence[Replayed],
    recorded: Sequence[RecordedAlert],
) -> None:
    """Add one child's alerts to what was counted."""
    for then, now in _paired(replayed, recorded):
        _count_work(counts, period, then, now)
        change = _change(then, now)
        at = _counted_at(period, then, now)
        owners = [one.owner for one in (then, now.alert if now else None) if one is not None]
        if at is None or change is None or not any(map(period.concerns, owners)):
            continue
        rule = then.rule if then else now.alert.rule if now else ""
        owner = now.alert.owner if now and change not in _GONE else then.owner if then else None
        counts.changes[Changes(rule, team_of(owner), week_of(at), change)] += 1
        if change is Change.CHANGED and then and now:
            counts.differences.update((rule, how) for how in _differences(then, now))
        if then and then.told and period.holds(then.raised_at) and period.concerns(then.owner):
            counts.yields[Yield(rule, change, then.seen, then.outcome)] += 1


_GONE = frozenset({Change.REMOVED, Change.REMOVED_TO_UNTOLD})


Pair = tuple[RecordedAlert | None, Replayed | None]


def _paired(replayed: Sequence[Replayed], recorded: Sequence[RecordedAlert]) -> Iterable[Pair]:
    """Yield what was recorded with what was replayed of it: by id, then by what raised it."""
    left = {one.alert_id: one for one in sorted(recorded, key=lambda one: one.raised_at)}
    unmatched = []
    for now in replayed:
        then = left.pop(str(now.alert.alert_id), None)
        if then is None:
            unmatched.append(now)
        else:
            yield then, now
    for now in unmatched:
        then = next((one for one in left.values() if _is_of_one(one, now.alert)), None)
        if then is not None:
            del left[then.alert_id]
        yield then, now
    for then in left.values():
        yield then, None


def _is_of_one(then: RecordedAlert, now: Alert) -> bool:
    return then.rule == now.rule and not then.triggers.isdisjoint(trigger_facts(now.grounds))


def _change(then: RecordedAlert | None, now: Replayed | None) -> Change | None:
    """Answer how the two stand; ``None`` where nobody was told and nobody would be."""
    told_then, told_now = then is not None and then.told, now is not None and now.told
    if told_then and told_now and then and now:
        return Change.CHANGED if _differences(then, now) else Change.SAME
    if told_now:
        return Change.ADDED if then is None else Change.ADDED_FROM_UNTOLD
    if told_then:
        return Change.REMOVED if now is None else Change.REMOVED_TO_UNTOLD
    return None if now is None else Change.UNTOLD


def _differences(then: RecordedAlert, now: Replayed) -> tuple[str, ...]:
    alert, found = now.alert, []
    if alert.severity is not then.severity:
        urgent = MOST_URGENT_FIRST.index(alert.severity) < MOST_URGENT_FIRST.index(then.severity)
        found.append("more urgent" if urgent else "less urgent")
    if alert.owner != then.owner:
        found.append("another team")
    days = (london_date(alert.raised_at) - london_date(then.raised_at)).days
    if days:
        found.append("earlier" if days < 0 else "later")
    return tuple(found)


def _counted_at(
    period: Period, then: RecordedAlert | None, now: Replayed | None
) -> datetime | None:
    """Answer when it counts: when the replay raised it, else when it was raised in fact."""
    times = [now.alert.raised_at] if now else []
    times += [then.raised_at] if then else []
    return next((at for at in times if period.holds(at)), None)


def _count_work(
    counts: Counts, period: Period, then: RecordedAlert | None, now: Replayed | None
) -> None:
    """Count each side by itself, on its own day, under its own team."""
    if then and then.told and period.holds(then.raised_at) and period.concerns(then.owner):
        day = london_date(then.raised_at)
        counts.work[Work(Side.BEFORE, then.rule, team_of(then.owner), day, then.severity)] += 1
    if now is None or not now.told:
        return
    alert = now.alert
    if period.holds(alert.raised_at) and period.concerns(alert.owner):
        day = london_date(alert.raised_at)
        counts.work[Work(Side.AFTER, alert.rule, team_of(alert.owner), day, alert.severity)] += 1
