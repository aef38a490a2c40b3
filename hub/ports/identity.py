"""Linking records to children: the short transaction of its own, and what is read before it."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from types import MappingProxyType
from typing import Final, Protocol

from hub.core.identity_decision import IdentityDecision
from hub.ports.decisions import DecisionRows
from hub.ports.marks import durable
from hub.ports.records import ChildRecords, LinkRow, RecordRow, Told

CANDIDATES_PER_KEY_MAX: Final = 200
"""So many children behind one key are looked at when a record is linked, in no stated order.

A record that is none of theirs founds a child of its own, as new only where some key of its names
or home could be looked through whole; a check looks again, wider. A key with so many behind it, or
more, is told to the operator as a fault.
"""


class IdentityTransaction(DecisionRows, Protocol):
    """The short transaction that links records to children; harmless if it stands alone.

    Links, candidates and the records of a child are here those of the records' own evidence, as if
    nobody had decided anything; what holds is placed beside them: see ``decisions.Filed``.
    """

    def lock_identity(self) -> None:
        """Take the one identity advisory lock until the transaction ends."""
        ...

    def records(self, record_refs: Sequence[bytes]) -> Mapping[bytes, RecordRow]:
        """The records that exist, locked for change, in order of their reference."""
        ...

    def links(self, record_refs: Sequence[bytes]) -> Mapping[bytes, LinkRow]:
        """The links that exist."""
        ...

    def candidates(
        self, keys: Mapping[bytes, Sequence[tuple[str, str]]]
    ) -> Mapping[bytes, tuple[ChildRecords, ...]]:
        """For each record reference, the children that share one of its keys."""
        ...

    def current_numbers(self, numbers: Collection[str]) -> Mapping[str, str]:
        """For those of these NHS numbers that were replaced, which one stands in their place."""
        ...

    def cut(self, keys: Sequence[tuple[str, str]]) -> frozenset[str]:
        """The kinds of those of these keys whose children ``candidates`` may not all have seen."""
        ...

    def shared_children(self, child_refs: Sequence[bytes]) -> Mapping[bytes, frozenset[bytes]]:
        """The records linked to each of these children."""
        ...

    @durable
    def save_records(self, records: Sequence[RecordRow], at: datetime) -> None:
        """Insert or replace records; a home that one did not tell before is known since ``at``."""
        ...

    @durable
    def add_keys(
        self,
        keys: Mapping[bytes, Sequence[tuple[str, str]]],
        *,
        former: Mapping[bytes, Sequence[tuple[str, str]]] = MappingProxyType({}),
    ) -> None:
        """Add identity keys; those that a record ever had stay.

        Args:
            keys: what each record's words give.
            former: what they gave before and give no more, so that it can be keyed anew later.
        """
        ...

    @durable
    def save_links(self, links: Sequence[LinkRow], at: datetime) -> None:
        """Insert or change links, found children, keep history, note whom to look at again."""
        ...

    def lock_records(self, record_refs: Sequence[bytes]) -> None:
        """Hold records against everything, a new event of theirs included."""
        ...

    @durable
    def add_waiting(self, records: Sequence[RecordRow]) -> frozenset[bytes]:
        """Insert records that are not there, to wait for a child; answer which were inserted."""
        ...

    @durable
    def promote(self, links: Sequence[LinkRow], at: datetime) -> None:
        """Link records to children that are there; they wait no longer."""
        ...

    @durable
    def release(self, record_refs: Sequence[bytes], at: datetime) -> None:
        """Take records from children whom they no longer match; they wait again."""
        ...


class IdentityStore(Protocol):
    """All that linking needs of the store."""

    def identity_transaction(self) -> AbstractContextManager[IdentityTransaction]:
        """A transaction for linking; commits on leaving, rolls back on an exception."""
        ...

    def told(self, record_refs: Sequence[bytes]) -> Mapping[bytes, Told]:
        """What was said last of the records that are linked, without a lock and without words."""
        ...

    def record_rows(self, record_refs: Sequence[bytes]) -> Mapping[bytes, RecordRow]:
        """Records by reference, without a lock."""
        ...

    def link_rows(self, record_refs: Sequence[bytes]) -> Mapping[bytes, LinkRow]:
        """Links by record, without a lock."""
        ...

    def waiting_behind(self, record_refs: Sequence[bytes]) -> tuple[bytes, ...]:
        """Waiting records that share an identifier with one of these records of children.

        And records of schools that are with a child whom one of these records has left.
        """
        ...

    def with_a_child_behind(self, record_refs: Sequence[bytes]) -> tuple[bytes, ...]:
        """Those of these without a link that share an identifier with a record that has one."""
        ...

    def decisions_about(self, record_refs: Sequence[bytes]) -> tuple[IdentityDecision, ...]:
        """Every decision about these records, reversed ones too, the oldest first."""
        ...

    def decision_moves(self, decision_id: bytes) -> tuple[LinkRow, ...]:
        """The links that records had before a decision moved them."""
        ...
