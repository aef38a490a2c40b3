"""Which alerts of one owner are one piece of front-door work: one family, one cause, one row.

Derived from the alerts as they are and stored nowhere, so that a correction, a move or a change of
policy counts at once; whatever the order in which alerts are given, the contacts are the same.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from uuid import UUID

from hub.core.alert import MOST_URGENT_FIRST, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An alert as far as it must be known to say of which contact it is."""

    alert_id: UUID
    child_ref: bytes
    owner: str | None
    severity: Severity
    raised_at: datetime
    acknowledged: bool = False
    decided_at: datetime | None = None
    claimed_by: str | None = None
    causes: frozenset[bytes] = frozenset()
    """The facts that triggered it, and the occurrences in which an agency lists them together."""
    desk: str = ""
    """In whose inbox it is seen; see ``hub.core.front_door.seen_at``."""

    @property
    def waits(self) -> bool:
        """Whether nobody has seen it."""
        return not self.acknowledged and self.decided_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Alerts that are one piece of work, the first raised first."""

    alerts: tuple[Listed, ...]

    @property
    def contact_id(self) -> UUID:
        """The id of its first alert: any of its alerts finds it."""
        return self.alerts[0].alert_id

    @property
    def desk(self) -> str:
        """In whose inbox it is: its alerts are all of one."""
        return self.alerts[0].desk

    @property
    def waits(self) -> bool:
        """Whether any of it has been seen by nobody."""
        return any(one.waits for one in self.alerts)

    @property
    def open(self) -> bool:
        """Whether any of it is still to be decided."""
        return any(one.decided_at is None for one in self.alerts)

    @property
    def severity(self) -> Severity:
        """The most urgent of what is still to be done, or of everything if nothing is."""
        rest = [one for one in self.alerts if one.waits] or [
            one for one in self.alerts if one.decided_at is None
        ]
        return min((one.severity for one in rest or self.alerts), key=MOST_URGENT_FIRST.index)

    @property
    def waits_since(self) -> datetime:
        """When the first of what waits was raised, or of everything if nothing does."""
        waiting = [one.raised_at for one in self.alerts if one.waits]
        return min(waiting or [one.raised_at for one in self.alerts])

    def held_by(self, viewer: str) -> bool:
        """Answer whether this person has any of it in hand."""
        return any(one.claimed_by == viewer for one in self.alerts)

    @property
    def claimed(self) -> bool:
        """Whether anybody has any of it in hand."""
        return any(one.claimed_by is not None for one in self.alerts)


def contacts(
    alerts: Iterable[Listed], *, same_child: timedelta, apart: Collection[bytes] = frozenset()
) -> tuple[Contact, ...]:
    """Answer the contacts that these alerts are, what waits first, then the most urgent.

    Two alerts of one owner belong together if they share a cause, whichever children they are
    about, or if they are about one child and were raised at most so far apart. What was raised
    after something was decided is new work and joins it no more; else every family would in the end
    be one contact for ever.

    Args:
        alerts: of a desk; each once.
        same_child: how far apart alerts of one child may be.
        apart: children who are related to nobody: those who are shielded, and every one whose
            relations the reader is not told.
    """
    ordered = sorted(alerts, key=lambda one: (one.raised_at, one.alert_id))
    chosen = {one.alert_id: one.alert_id for one in ordered}
    for some in _by_cause(ordered, apart):
        _join(some, chosen, within=None)
    for some in _by_child(ordered):
        _join(some, chosen, within=same_child)
    found: dict[UUID, list[Listed]] = {}
    for one in ordered:
        found.setdefault(_root(one.alert_id, chosen), []).append(one)
    made = (Contact(alerts=tuple(some)) for some in found.values())
    return in_order(made)


def in_order(made: Iterable[Contact]) -> tuple[Contact, ...]:
    """Answer contacts, of one desk or of several, what waits first, then the most urgent."""
    return tuple(sorted(made, key=_order))


def relating(alerts: Iterable[Listed]) -> frozenset[bytes]:
    """Answer the children who may be related to another by what these alerts rest on."""
    children: dict[tuple[str | None, bytes], set[bytes]] = {}
    for one in alerts:
        for cause in one.causes:
            children.setdefault((one.owner, cause), set()).add(one.child_ref)
    return frozenset(ref for some in children.values() if len(some) > 1 for ref in some)


def _by_cause(ordered: Sequence[Listed], apart: Collection[bytes]) -> Iterable[tuple[Listed, ...]]:
    """Alerts that share a cause; one of a child who is kept apart shares it with that child's."""
    found: dict[tuple[str | None, bytes, bytes], list[Listed]] = {}
    for one in ordered:
        alone = one.child_ref if one.child_ref in apart else b""
        for cause in one.causes:
            found.setdefault((one.owner, cause, alone), []).append(one)
    return (tuple(some) for some in found.values() if len(some) > 1)


def _by_child(ordered: Sequence[Listed]) -> Iterable[tuple[Listed, ...]]:
    found: dict[tuple[str | None, bytes], list[Listed]] = {}
    for one in ordered:
        found.setdefault((one.owner, one.child_ref), []).append(one)
    return (tuple(some) for some in found.values() if len(some) > 1)


def _join(
    some: Sequence[Listed],
    chosen: dict[UUID, UUID],
    *,
    within: timedelta | None,
) -> None:
    """Join what was raised so far apart at most, and not after the earlier was decided."""
    for one, other in combinations(some, 2):
        decided = one.decided_at is not None and one.decided_at < other.raised_at
        far = within is not None and other.raised_at - one.raised_at > within
        if not decided and not far:
            roots = sorted((_root(one.alert_id, chosen), _root(other.alert_id, chosen)))
            chosen[roots[1]] = roots[0]


def _root(alert_id: UUID, chosen: Mapping[UUID, UUID]) -> UUID:
    while chosen[alert_id] != alert_id:
        alert_id = chosen[alert_id]
    return alert_id


def _order(contact: Contact) -> tuple[bool, int, float, UUID]:
    since = contact.waits_since.timestamp()
    return (
        not contact.waits,
        MOST_URGENT_FIRST.index(contact.severity),
        since if contact.waits else -since,
        contact.contact_id,
    )
