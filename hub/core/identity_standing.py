"""Which records stand together, given what linking came to by itself and what was decided. Pure.

Linking files each record with a child by its own evidence. A decision that two records are one
joins their children, with everybody filed there; one that they are not parts them. What stands is
worked out anew from both each time, so a decision that is reversed leaves nothing behind.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime

from hub.core.identity_decision import IdentityDecision, joined


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnLink:
    """Where a record is filed by its own evidence."""

    record_ref: bytes
    child_ref: bytes
    claims: tuple[bytes, ...] = ()
    """Of a record that several children strongly claim, those that it is not filed with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A child: since when it is known, and by which record."""

    since: datetime
    founded_by: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Records that stand together."""

    child_ref: bytes | None
    """Of the child that they are; ``None`` where a decision leaves them without one."""
    records: tuple[bytes, ...]
    """The first of them stands for all."""
    came_of: frozenset[bytes] = field(default_factory=frozenset)
    """The children that stand in it together with others, or that it was parted from."""


Nearest = Callable[[bytes, Sequence[Sequence[bytes]]], int | None]
"""Which of several groups of records one record is likest to; ``None`` if that is not clear."""


def parts(
    own: Sequence[OwnLink],
    children: Mapping[bytes, Known],
    held: Sequence[IdentityDecision],
    nearest: Nearest,
) -> tuple[Part, ...]:
    """Answer which records stand together, every record in one part.

    Joined children are the eldest of them. Where records among them are decided to be different,
    the first (of the eldest child, its founder before others) stays with those that are not its
    contrary, and each contrary leaves with what was decided to be one with it; all others go with
    whom they are likest to, else with whom they are filed. The order of ``own`` does not matter.

    Args:
        own: every record of the children concerned.
        children: those children.
        held: consistent decisions, see ``identity_decision.consistent``.
        nearest: asked only where records must part.
    """
    links = {one.record_ref: one for one in own}
    within = [one for one in held if one.one in links and one.other in links]
    found: list[Part] = []
    for together in _components(own, within):
        order = sorted(
            (one for one in own if one.child_ref in together),
            key=lambda one: _rank(one, children),
        )
        found += _parted(order, together, children, within, nearest)
    return tuple(found)


def _rank(one: OwnLink, children: Mapping[bytes, Known]) -> tuple[datetime, bytes, bool, bytes]:
    known = children[one.child_ref]
    return known.since, one.child_ref, one.record_ref != known.founded_by, one.record_ref


def _components(
    own: Sequence[OwnLink], held: Iterable[IdentityDecision]
) -> list[AbstractSet[bytes]]:
    """Answer the children that are joined, each in one set.

    A record that is filed by itself, since several children claim it, goes with them once all of
    them are one.
    """
    filed = {one.record_ref: one.child_ref for one in own}
    sets: dict[bytes, set[bytes]] = {child: {child} for child in filed.values()}
    for one in held:
        if not one.keeps_apart:
            _unite(sets, filed[one.one], filed[one.other])
    many = dict.fromkeys(sets, 0)
    for child in filed.values():
        many[child] += 1
    waiting = [one for one in own if len(one.claims) > 1 and many[one.child_ref] == 1]
    changed = True
    while changed:
        changed = False
        for claimed in waiting:
            first = sets.get(claimed.claims[0])
            if first is None or not first.issuperset(claimed.claims):
                continue
            if sets[claimed.child_ref] is not first:
                _unite(sets, claimed.child_ref, claimed.claims[0])
                changed = True
    unique = {id(one): one for one in sets.values()}
    return sorted(unique.values(), key=min)


def _unite(sets: dict[bytes, set[bytes]], one: bytes, other: bytes) -> None:
    if sets[one] is not sets[other]:
        both = sets[one] | sets[other]
        sets.update(dict.fromkeys(both, both))


def _parted(
    order: Sequence[OwnLink],
    together: AbstractSet[bytes],
    children: Mapping[bytes, Known],
    held: Sequence[IdentityDecision],
    nearest: Nearest,
) -> list[Part]:
    refs = [one.record_ref for one in order]
    here = set(refs)
    units = joined(refs, held)
    apart = [one.pair for one in held if one.keeps_apart and here.issuperset(one.pair)]
    eldest = order[0].child_ref
    if not apart:
        return [Part(child_ref=eldest, records=tuple(refs), came_of=frozenset(together))]
    groups = _seeds(refs, units, apart)
    taken = {ref for group in groups for ref in group}
    filed = {one.record_ref: one.child_ref for one in order}
    for unit in dict.fromkeys(units[ref] for ref in refs if ref not in taken):
        members = [ref for ref in refs if ref in unit]
        group = nearest(members[0], groups)
        groups[_beside(members[0], groups, filed) if group is None else group] += members
    return _named(groups, eldest, together, children)


def _seeds(
    refs: Sequence[bytes],
    units: Mapping[bytes, frozenset[bytes]],
    apart: Sequence[tuple[bytes, bytes]],
) -> list[list[bytes]]:
    """Answer those that must part, each with those that are one with it, in as few groups."""
    contrary: dict[frozenset[bytes], set[frozenset[bytes]]] = {}
    for one, other in apart:
        contrary.setdefault(units[one], set()).add(units[other])
        contrary.setdefault(units[other], set()).add(units[one])
    groups: list[list[frozenset[bytes]]] = []
    for unit in dict.fromkeys(units[ref] for ref in refs):
        if unit in contrary:
            free = (group for group in groups if not contrary[unit].intersection(group))
            group = next(free, None)
            if group is None:
                groups.append([unit])
            else:
                group.append(unit)
    return [[ref for ref in refs if any(ref in unit for unit in group)] for group in groups]


def _beside(ref: bytes, groups: Sequence[Sequence[bytes]], filed: Mapping[bytes, bytes]) -> int:
    """Answer the first group with a record that is filed with the same child, else the first."""
    places = (
        place
        for place, group in enumerate(groups)
        if any(filed[other] == filed[ref] for other in group)
    )
    return next(places, 0)


def _named(
    groups: Sequence[Sequence[bytes]],
    eldest: bytes,
    together: AbstractSet[bytes],
    children: Mapping[bytes, Known],
) -> list[Part]:
    """Answer the groups as the children they are: the first is the eldest.

    Another is the eldest child whose founder is in it; else a child of its own is to be made.
    """
    by_age = sorted(together - {eldest}, key=lambda ref: (children[ref].since, ref))
    found = [Part(child_ref=eldest, records=tuple(groups[0]), came_of=frozenset(together))]
    for group in groups[1:]:
        ref = next((one for one in by_age if children[one].founded_by in group), None)
        found.append(Part(child_ref=ref, records=tuple(group), came_of=frozenset(together)))
    return found
