"""The children that one transaction's records may belong to, as its links are made."""

from collections.abc import Mapping, Sequence

from hub.core.identity import Candidate, RecordEvidence
from hub.core.identity_screen import Screen
from hub.ports import ChildRecords, KnownRecord
from hub.service.records import evidence_known


class Board:
    """The children that one transaction's records may belong to, as its links are made."""

    def __init__(
        self,
        candidates: Mapping[bytes, tuple[ChildRecords, ...]],
        keys: Mapping[bytes, Sequence[tuple[str, str]]],
    ) -> None:
        self._keys = keys
        self._held: dict[bytes, KnownRecord] = {}
        self._read: dict[bytes, RecordEvidence] = {}
        self._children: dict[bytes, set[bytes]] = {}
        self._places: dict[bytes, set[bytes]] = {}
        self._behind: dict[tuple[str, str], set[bytes]] = {}
        self._stored: dict[bytes, set[bytes]] = {}
        for ref, children in candidates.items():
            self._stored[ref] = {child.child_ref for child in children}
            for child in children:
                if child.child_ref not in self._children:
                    self._children[child.child_ref] = {row.record_ref for row in child.records}
                    for row in child.records:
                        self._held[row.record_ref] = row
                        self._places.setdefault(row.record_ref, set()).add(child.child_ref)

    def candidates(self, ref: bytes, screen: Screen) -> tuple[Candidate, ...]:
        """The children that share a key with this record, without the record itself.

        Left out, unread, are those that it is surely not of.
        """
        found = []
        for child_ref in sorted(self.near(ref)):
            others = sorted(self._children[child_ref] - {ref})
            if others and not self._is_ruled_out(others, screen):
                records = tuple(self._evidence(other) for other in others)
                found.append(Candidate(child_ref=child_ref, records=records))
        return tuple(found)

    def near(self, ref: bytes) -> frozenset[bytes]:
        """Every child that shares a key with this record."""
        behind = (self._behind.get(key, ()) for key in self._keys[ref])
        return frozenset(self._stored.get(ref, ())).union(*behind)

    def _is_ruled_out(self, others: Sequence[bytes], screen: Screen) -> bool:
        """Whether a child is surely not of the record; who came in this batch is read already."""
        held = self._held
        return not any(other in self._read for other in others) and screen.rules_out(
            [held[other].said for other in others]
        )

    def _evidence(self, record_ref: bytes) -> RecordEvidence:
        read = self._read.get(record_ref)
        if read is None:
            read = self._read[record_ref] = evidence_known(self._held[record_ref])
        return read

    def place(self, child_ref: bytes, evidence: RecordEvidence) -> None:
        """Put a record with its child, and take it from where it was."""
        record_ref = evidence.record_ref
        for former in self._places.get(record_ref, ()):
            self._children[former].discard(record_ref)
        self._places[record_ref] = {child_ref}
        self._children.setdefault(child_ref, set()).add(record_ref)
        self._read[record_ref] = evidence
        for key in self._keys[record_ref]:
            self._behind.setdefault(key, set()).add(child_ref)
