"""When an alert only repeats one that was seen, and when one that was seen must be seen anew.

Nothing immediate is ever counted away: each immediate alert is told, and one that gains a ground is
to be seen again.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final
from uuid import UUID

from hub.core.alert import MOST_URGENT_FIRST, Alert, AlertState, Ground, Severity, triggers_of
from hub.core.event import EventKind

_TELLERS: Final = {
    EventKind.EMERGENCY_ATTENDANCE: "a hospital",
    EventKind.DOMESTIC_ABUSE_INCIDENT: "the police",
    EventKind.SCHOOL_ABSENCE: "a school",
}
_COUNCIL: Final = "a council"


def repeat_of(alert: Alert, standing: Iterable[Alert], window: timedelta) -> UUID | None:
    """Answer the alert on which a new one is counted; ``None`` if it is to be told by itself.

    That is the oldest of the same rule, child and owner that somebody saw at most so long ago, that
    was as urgent, and that rests on the word of every kind of agency that the new one rests on.

    Args:
        alert: one that did not stand before.
        standing: the child's alerts that stand.
        window: for how long after an alert was seen repeats are counted; zero: never.
    """
    if alert.severity is Severity.IMMEDIATE or not alert.delivered or not window:
        return None
    found = (
        (one.raised_at, one.alert_id)
        for one in standing
        if (one.rule, one.owner, one.child_ref) == (alert.rule, alert.owner, alert.child_ref)
        and one.alert_id != alert.alert_id
        and one.state is AlertState.STANDING
        and one.seen_at is not None
        and alert.raised_at - one.seen_at <= window
        and not _is_more_urgent(alert, one)
        and _tellers(triggers_of(alert.grounds)) <= _tellers(triggers_of(one.grounds))
    )
    return min(found, default=(None, None))[1]


def raised_again(before: Alert, after: Alert) -> str | None:
    """Answer why an alert that was seen must be seen anew, in a sentence; ``None`` if it need not.

    It need not because of a further ground alone, unless it is immediate: that is counted on it.
    """
    if not after.delivered:
        return None
    if _is_more_urgent(after, before):
        return f"To be seen again: it is more urgent now ({after.severity.value})."
    known = {ground.fact_key for ground in triggers_of(before.grounds)}
    new = [one for one in triggers_of(after.grounds) if one.live and one.fact_key not in known]
    tellers = _tellers(new) - _tellers(triggers_of(before.grounds))
    if tellers:
        return f"To be seen again: {' and '.join(sorted(tellers))} told of it too."
    if new and after.severity is Severity.IMMEDIATE:
        return "To be seen again: it is immediate, and there is more of it."
    return None


def _is_more_urgent(one: Alert, other: Alert) -> bool:
    return MOST_URGENT_FIRST.index(one.severity) < MOST_URGENT_FIRST.index(other.severity)


def _tellers(grounds: Iterable[Ground]) -> frozenset[str]:
    """Answer which kinds of agency told of these."""
    return frozenset(_TELLERS.get(ground.kind, _COUNCIL) for ground in grounds)
