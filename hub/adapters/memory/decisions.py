"""Decisions about identity in memory, as the transaction that links records sees them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from hub.adapters.memory.tables import Tables
from hub.core.identity_decision import DecisionKind, IdentityDecision, Reversal
from hub.ports import Filed, Founded, LinkRow, RecordRow


class MemoryDecisionRows:
    """What the linking transaction knows of decisions; see ``hub.ports.decisions``."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def decisions(self, record_refs: Sequence[bytes]) -> tuple[IdentityDecision, ...]:
        """Those in force about these records, and about all that ``SAME`` ties them to."""
        tied, ahead = set(record_refs), list(record_refs)
        while ahead:
            ref = ahead.pop()
            for one in self._tables.decisions_about([ref]):
                if one.kind is DecisionKind.SAME and one.reversal is None:
                    ahead += [other for other in one.pair if other not in tied]
                    tied.update(one.pair)
        found = self._tables.decisions_about(tied)
        return tuple(one for one in found if one.reversal is None)

    def decision(self, decision_id: bytes) -> IdentityDecision | None:
        """One decision, reversed or not."""
        return self._tables.decisions.get(decision_id)

    def save_decisions(self, decisions: Sequence[IdentityDecision]) -> frozenset[bytes]:
        """Insert signed decisions that are not there; answer the ids of those inserted."""
        tables = self._tables
        new = {one.decision_id: one for one in decisions if one.decision_id not in tables.decisions}
        for decision_id, one in new.items():
            tables.put(tables.decisions, decision_id, one)
            for ref in one.pair:
                tables.put(tables.decided, ref, (*tables.decided.get(ref, ()), decision_id))
        return frozenset(new)

    def reverse_decision(self, decision_id: bytes, reversal: Reversal) -> None:
        """Note that a decision no longer holds."""
        held = self._tables.decisions[decision_id]
        if held.reversal is None:
            changed = replace(held, reversal=reversal)
            self._tables.put(self._tables.decisions, decision_id, changed)

    def doubt_told(self, decision_ids: Sequence[bytes], at: datetime) -> None:
        """Nothing: what agencies tell of changes is not kept in memory."""

    def filed(
        self, record_refs: Sequence[bytes], child_refs: Sequence[bytes]
    ) -> Mapping[bytes, Filed]:
        """These records, and every one with one of these children by either link."""
        found = set(record_refs)
        for child in child_refs:
            found |= self._tables.linked.get(child, frozenset())
            found |= self._tables.based.get(child, frozenset())
        return self._filed(found)

    def naming(self, child_refs: Sequence[bytes]) -> Mapping[bytes, Filed]:
        """The records that by either link are possibly one of these children."""
        wanted = set(child_refs)
        refs = {ref for child in wanted for ref in self._tables.named.get(child, frozenset())}
        return {
            ref: one
            for ref, one in self._filed(refs).items()
            if wanted.intersection(one.own.possible + one.standing.possible)
        }

    def _filed(self, refs: Iterable[bytes]) -> Mapping[bytes, Filed]:
        links, bases = self._tables.links, self._tables.bases
        return {
            ref: Filed(own=bases.get(ref, links[ref]), standing=links[ref])
            for ref in sorted(refs)
            if ref in links
        }

    def records_read(self, record_refs: Sequence[bytes]) -> Mapping[bytes, RecordRow]:
        """Records by reference."""
        return self._tables.rows(record_refs)

    def founded(self, child_refs: Sequence[bytes]) -> Mapping[bytes, Founded]:
        """Since when these children are known."""
        children = self._tables.children
        return {ref: children[ref] for ref in child_refs if ref in children}

    def decided_about(self, child_refs: Sequence[bytes]) -> frozenset[bytes]:
        """Those of these children with a record that a decision is about, or has moved."""
        tables = self._tables
        return frozenset(
            child
            for child in child_refs
            if tables.based.get(child)
            or any(
                ref in tables.bases
                or any(one.reversal is None for one in tables.decisions_about([ref]))
                for ref in tables.linked.get(child, ())
            )
        )

    def planned(self, record_refs: Sequence[bytes]) -> frozenset[bytes]:
        """None: registers are not kept in memory."""
        del record_refs
        return frozenset()

    def place(self, links: Sequence[LinkRow], at: datetime, together: bytes) -> None:
        """Let these links stand, beside the records' own; see the port."""
        del together
        for link in links:
            own = self._tables.own(link.record_ref)
            self._tables.found(link, at)
            if own is None or own == link:
                self._tables.drop_base(link.record_ref)
            else:
                self._tables.put_base(own)
            self._tables.link(link)

    def note_moves(self, decision_id: bytes, before: Sequence[LinkRow]) -> None:
        """Note the links that records had before a decision moved them."""
        ordered = tuple(sorted(before, key=lambda link: link.record_ref))
        if decision_id not in self._tables.moves:
            self._tables.put(self._tables.moves, decision_id, ordered)

    def tell_unsigned(self, decision_ids: Sequence[bytes], at: datetime) -> None:
        """Keep which decisions bear no signature of the hub."""
        del at
        self._tables.unsigned.update(decision_ids)
