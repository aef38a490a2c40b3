"""The children that one transaction's records may belong to, as its links are made."""

from collections.abc import Mapping, Sequence

from hub.core.identity import Candidate, RecordEvidence
from hub.ports import ChildRecords
from hub.service.records import evidence_in


class Board:
    """The children that one transaction's records may belong to, as its links are made."""

    def __init__(
        self,
        candidates: Mapping[bytes, tuple[ChildRecords, ...]],
        keys: Mapping[bytes, Sequence[tuple[str, str]]],
    ) -> None:
        self._keys = keys
        self._children: dict[bytes, dict[bytes, RecordEvidence]] = {}
        self._places: dict[bytes, set[bytes]] = {}
        self._behind: dict[tuple[str, str], set[bytes]] = {}
        self._stored: dict[bytes, set[bytes]] = {}
        for ref, children in candidates.items():
            self._stored[ref] = {child.child_ref for child in children}
            for child in children:
                if child.child_ref not in self._children:
                    records = {row.record_ref: evidence_in(row) for row in child.records}
                    self._children[child.child_ref] = records
                    for record_ref in records:
                        self._places.setdefault(record_ref, set()).add(child.child_ref)

    def candidates(self, ref: bytes) -> tuple[Candidate, ...]:
        """The children that share a key with this record, without the record itself."""
        near = set(self._stored.get(ref, ()))
        for key in self._keys[ref]:
            near |= self._behind.get(key, set())
        found = []
        for child_ref in sorted(near):
            others = {r: e for r, e in self._children[child_ref].items() if r != ref}
            if others:
                records = tuple(others[r] for r in sorted(others))
                found.append(Candidate(child_ref=child_ref, records=records))
        return tuple(found)

    def place(self, child_ref: bytes, evidence: RecordEvidence) -> None:
        """Put a record with its child, and take it from where it was."""
        record_ref = evidence.record_ref
        for former in self._places.get(record_ref, ()):
            self._children[former].pop(record_ref, None)
        self._places[record_ref] = {child_ref}
        self._children.setdefault(child_ref, {})[record_ref] = evidence
        for key in self._keys[record_ref]:
            self._behind.setdefault(key, set()).add(child_ref)
