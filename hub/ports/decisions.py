"""Decisions about identity, and the links that records have by them beside those of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from hub.core.identity_decision import IdentityDecision, Reversal
from hub.ports.marks import durable
from hub.ports.records import LinkRow, RecordRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """The two links of one record."""

    own: LinkRow
    """Which linking by itself came to, from what is known of the record."""
    standing: LinkRow
    """Which holds: another one only where a decision says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Founded:
    """Since when a child is known, and by which record."""

    founded_by: bytes
    created_at: datetime


class DecisionSigning(Protocol):
    """The hub's key for decisions about identity."""

    def sign_decision(self, signed: bytes) -> bytes:
        """The signature under the newest key."""
        ...

    def verify_decision(self, signed: bytes, signature: bytes) -> bool:
        """Whether any of the hub's keys for decisions signed these bytes."""
        ...


class DecisionRows(Protocol):
    """What the transaction that links records knows of decisions."""

    def decisions(self, record_refs: Sequence[bytes]) -> tuple[IdentityDecision, ...]:
        """Those not reversed about these records, and about all that ``SAME`` ties them to."""
        ...

    def decision(self, decision_id: bytes) -> IdentityDecision | None:
        """One decision, reversed or not, held for change."""
        ...

    @durable
    def save_decisions(self, decisions: Sequence[IdentityDecision]) -> frozenset[bytes]:
        """Insert signed decisions that are not there; answer the ids of those inserted."""
        ...

    @durable
    def reverse_decision(self, decision_id: bytes, reversal: Reversal) -> None:
        """Note that a decision no longer holds."""
        ...

    @durable
    def doubt_told(self, decision_ids: Sequence[bytes], at: datetime) -> None:
        """Let what agencies told, and what these decisions were made of, be looked at again."""
        ...

    def filed(
        self, record_refs: Sequence[bytes], child_refs: Sequence[bytes]
    ) -> Mapping[bytes, Filed]:
        """These records, and every one with one of these children by either link."""
        ...

    def naming(self, child_refs: Sequence[bytes]) -> Mapping[bytes, Filed]:
        """The records that by either link are possibly one of these children."""
        ...

    def records_read(self, record_refs: Sequence[bytes]) -> Mapping[bytes, RecordRow]:
        """Records without a lock: whoever decides holds them for long."""
        ...

    def founded(self, child_refs: Sequence[bytes]) -> Mapping[bytes, Founded]:
        """Since when these children are known."""
        ...

    def decided_about(self, child_refs: Sequence[bytes]) -> frozenset[bytes]:
        """Those of these children with a record that a decision is about, or has moved."""
        ...

    def planned(self, record_refs: Sequence[bytes]) -> frozenset[bytes]:
        """Those of these records of which a register has ever told a plan or an episode."""
        ...

    @durable
    def place(self, links: Sequence[LinkRow], at: datetime, together: bytes) -> None:
        """Let these links stand, beside the records' own; see ``Filed``.

        The children concerned are noted to be looked at again, all under ``together``, so that it
        is done in one transaction.
        """
        ...

    @durable
    def note_moves(self, decision_id: bytes, before: Sequence[LinkRow]) -> None:
        """Note the links that records had before a decision moved them."""
        ...

    def tell_unsigned(self, decision_ids: Sequence[bytes], at: datetime) -> None:
        """Tell the operator of decisions whose signature does not verify."""
        ...
