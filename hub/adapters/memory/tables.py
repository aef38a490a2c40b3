"""What is stored in memory of records, keys and links, and how a change of it is undone."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from hub.adapters.store.ledgers import packed_ledger, unpacked_ledger
from hub.adapters.store.told import as_told
from hub.core.identity_decision import IdentityDecision
from hub.core.identity_keys import MATCHING_KINDS
from hub.ports import Founded, LinkRow, RecordRow, Said

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")

Digest = tuple[str, bytes]
"""The kind of a key and its keyed digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A stored record: what a row of the table ``record`` holds."""

    agency: str
    packed: bytes
    shielded: bool
    authorities: Mapping[str, int]
    said: Said | None
    waits: bool


class Tables:
    """What is stored. Every change goes through ``put`` and ``drop``, which can be undone."""

    def __init__(self) -> None:
        self.records: dict[bytes, Held] = {}
        self.links: dict[bytes, LinkRow] = {}
        self.linked: dict[bytes, frozenset[bytes]] = {}
        """Child -> the records linked to it."""
        self.bases: dict[bytes, LinkRow] = {}
        """Record -> its own link, where by a decision another one stands."""
        self.based: dict[bytes, frozenset[bytes]] = {}
        """Child -> the records whose own link is to it, of those in ``bases``."""
        self.named: dict[bytes, frozenset[bytes]] = {}
        """Child -> the records that by either link are possibly it, or once were."""
        self.children: dict[bytes, Founded] = {}
        self.decisions: dict[bytes, IdentityDecision] = {}
        self.decided: dict[bytes, tuple[bytes, ...]] = {}
        """Record -> the decisions about it, reversed ones too."""
        self.moves: dict[bytes, tuple[LinkRow, ...]] = {}
        """Decision -> the links that it moved, as they were before."""
        self.unsigned: set[bytes] = set()
        """Decisions of which the operator was told that their signature does not verify."""
        self.left: dict[bytes, frozenset[bytes]] = {}
        """Record -> the children that it was linked to before."""
        self.behind: dict[Digest, tuple[bytes, ...]] = {}
        """Key -> the records that have it."""
        self.keys: dict[bytes, tuple[Digest, ...]] = {}
        """Record -> its keys."""
        self._former: list[tuple[dict[object, object], object, object]] = []

    def put(self, table: dict[_Key, _Value], key: _Key, value: _Value) -> None:
        """Let a value stand in a table."""
        self._former.append((table, key, table.get(key)))  # type: ignore[arg-type]  # of any table
        table[key] = value

    def drop(self, table: dict[_Key, _Value], key: _Key) -> None:
        """Take a value out of a table, if it is there."""
        if key in table:
            self._former.append((table, key, table.pop(key)))  # type: ignore[arg-type]  # as above

    def commit(self) -> None:
        """Let everything stand that was changed."""
        self._former.clear()

    def roll_back(self) -> None:
        """Undo what was changed since the last commit, the newest first."""
        while self._former:
            table, key, value = self._former.pop()
            if value is None:
                table.pop(key, None)
            else:
                table[key] = value

    def row(self, ref: bytes) -> RecordRow:
        """A record as it is stored."""
        held = self.records[ref]
        return RecordRow(
            record_ref=ref,
            agency=held.agency,
            ledger=unpacked_ledger(held.packed),
            shielded=held.shielded,
            authorities=held.authorities,
        )

    def rows(self, refs: Iterable[bytes]) -> Mapping[bytes, RecordRow]:
        """The records that exist, with what was said last of them."""
        return {
            ref: as_told(self.row(ref), self.records[ref].said)
            for ref in sorted(set(refs))
            if ref in self.records
        }

    def link_rows(self, refs: Iterable[bytes]) -> Mapping[bytes, LinkRow]:
        """The links that exist."""
        return {ref: self.links[ref] for ref in refs if ref in self.links}

    def link(self, link: LinkRow) -> None:
        """Link a record to a child, and take it from where it was."""
        self.unlink(link.record_ref, to=link.child_ref)
        evidence = tuple(map(sys.intern, link.evidence))  # few sentences, said again and again
        self.put(self.links, link.record_ref, replace(link, evidence=evidence))
        here = self.linked.get(link.child_ref, frozenset())
        self.put(self.linked, link.child_ref, here | {link.record_ref})
        self._name(link)

    def _name(self, link: LinkRow) -> None:
        for child in link.possible:
            names = self.named.get(child, frozenset())
            if link.record_ref not in names:
                self.put(self.named, child, names | {link.record_ref})

    def own(self, ref: bytes) -> LinkRow | None:
        """The link that a record has by its own evidence."""
        return self.bases.get(ref) or self.links.get(ref)

    def own_of(self, child: bytes) -> frozenset[bytes]:
        """The records whose own link is to a child."""
        stay = {ref for ref in self.linked.get(child, frozenset()) if ref not in self.bases}
        return self.based.get(child, frozenset()) | stay

    def put_base(self, link: LinkRow) -> None:
        """Keep a record's own link beside the one that stands."""
        self.drop_base(link.record_ref)
        self.put(self.bases, link.record_ref, link)
        there = self.based.get(link.child_ref, frozenset())
        self.put(self.based, link.child_ref, there | {link.record_ref})
        self._name(link)

    def drop_base(self, ref: bytes) -> None:
        """Let the link that stands be the record's own."""
        held = self.bases.get(ref)
        if held is not None:
            self.drop(self.bases, ref)
            self.put(self.based, held.child_ref, self.based[held.child_ref] - {ref})

    def decisions_about(self, refs: Iterable[bytes]) -> tuple[IdentityDecision, ...]:
        """Every decision about these records, the oldest first."""
        made = {one for ref in refs for one in self.decided.get(ref, ())}
        return tuple(
            sorted((self.decisions[one] for one in made), key=lambda one: (one.at, one.decision_id))
        )

    def found(self, link: LinkRow, at: datetime) -> None:
        """Insert the child of a link, if it is not there."""
        if link.child_ref not in self.children:
            made = Founded(founded_by=link.record_ref, created_at=at)
            self.put(self.children, link.child_ref, made)

    def unlink(self, ref: bytes, *, to: bytes | None = None) -> None:
        """Take a record from its child; noted as left unless it goes ``to`` the same one."""
        held = self.links.get(ref)
        if held is None:
            return
        self.drop(self.links, ref)
        self.put(self.linked, held.child_ref, self.linked[held.child_ref] - {ref})
        if held.child_ref != to:
            self.put(self.left, ref, self.left.get(ref, frozenset()) | {held.child_ref})

    def sharing_a_number(self, refs: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
        """Each of these records with every record, itself included, that shares a number."""
        for ref in refs:
            for key in self.keys.get(ref, ()):
                for other in self.behind[key] if key[0] in MATCHING_KINDS else ():
                    yield ref, other

    def add_keys(self, ref: bytes, keys: Iterable[Digest]) -> None:
        """Add keys to those that a record has."""
        there = self.keys.get(ref, ())
        added = tuple(dict.fromkeys(key for key in keys if key not in there))
        self.put(self.keys, ref, (*there, *added))
        for key in added:
            self.put(self.behind, key, (*self.behind.get(key, ()), ref))


def held(row: RecordRow, *, waits: bool) -> Held:
    """What is stored of a record."""
    return Held(
        agency=sys.intern(row.agency),
        packed=packed_ledger(row.ledger),
        shielded=row.shielded,
        authorities=dict(row.authorities),
        said=row.said,
        waits=waits,
    )
