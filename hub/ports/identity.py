"""Linking records to children: the short transaction of its own."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from hub.ports.marks import durable
from hub.ports.records import ChildRecords, LinkRow, RecordRow


class IdentityTransaction(Protocol):
    """The short transaction that links records to children; harmless if it stands alone."""

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

    def shared_children(self, child_refs: Sequence[bytes]) -> Mapping[bytes, frozenset[bytes]]:
        """The records linked to each of these children."""
        ...

    @durable
    def save_records(self, records: Sequence[RecordRow]) -> None:
        """Insert or replace records."""
        ...

    @durable
    def add_keys(self, keys: Mapping[bytes, Sequence[tuple[str, str]]]) -> None:
        """Add identity keys; those that a record ever had stay."""
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
