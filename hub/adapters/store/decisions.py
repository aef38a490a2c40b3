"""Decisions about identity in PostgreSQL, as the transaction that links records sees them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.arrays import bytea
from hub.adapters.store.links import (
    found_children,
    read_filed,
    read_links,
    read_naming,
    read_own_links,
    write_bases,
    write_links,
)
from hub.adapters.store.operator_faults import DECISION_UNSIGNED, count_operator_faults
from hub.adapters.store.rows import insert
from hub.core.identity_decision import DecisionCause, DecisionKind, IdentityDecision, Reversal
from hub.ports import ColumnSealer, Filed, Founded, LinkRow, OperatorFaultRow

_TABLE: Final = "identity_decision"
_COLUMNS: Final = (
    "decision_id, kind, one, other, cause, by_whom, role, organisation, sealed, decided_at,"
    " signature, reversed_at, reversed_by, reversed_role, reversed_organisation, reversed_sealed,"
    " reversed_signature"
)
_ROW = {
    "decision_id": "bytea",
    "kind": "text",
    "one": "bytea",
    "other": "bytea",
    "cause": "text",
    "by_whom": "text",
    "role": "text",
    "organisation": "text",
    "sealed": "bytea",
    "decided_at": "timestamptz",
    "signature": "bytea",
}
_MOVE = {
    "decision_id": "bytea",
    "record_ref": "bytea",
    "child_ref": "bytea",
    "verdict": "text",
    "possible": "bytea[]",
    "evidence": "text[]",
}
_IN_FORCE: Final = (
    "WITH RECURSIVE tied(ref) AS (SELECT unnest(%s::bytea[]) UNION"
    " SELECT beside.ref FROM tied CROSS JOIN LATERAL"
    "  (SELECT other AS ref FROM identity_decision"
    "    WHERE one = tied.ref AND kind = 'same' AND reversed_at IS NULL"
    "   UNION ALL SELECT one FROM identity_decision"
    "    WHERE other = tied.ref AND kind = 'same' AND reversed_at IS NULL) AS beside)"
    f" SELECT {_COLUMNS} FROM identity_decision WHERE reversed_at IS NULL AND decision_id IN"
    " (SELECT decision_id FROM tied JOIN identity_decision ON one = tied.ref UNION"
    "  SELECT decision_id FROM tied JOIN identity_decision ON other = tied.ref)"
    " ORDER BY decided_at, decision_id"
)


class PostgresDecisionRows:
    """What the linking transaction knows of decisions; see ``hub.ports.decisions``."""

    def __init__(self, cursor: Cursor[TupleRow], sealer: ColumnSealer) -> None:
        self._cursor = cursor
        self._sealer = sealer

    def decisions(self, record_refs: Sequence[bytes]) -> tuple[IdentityDecision, ...]:
        """Those in force about these records, and about all that ``SAME`` ties them to."""
        self._cursor.execute(_IN_FORCE, (bytea(sorted(set(record_refs))),), binary=True)
        return tuple(_decision(row, self._sealer) for row in self._cursor)

    def decision(self, decision_id: bytes) -> IdentityDecision | None:
        """One decision, reversed or not, held for change."""
        self._cursor.execute(
            f"SELECT {_COLUMNS} FROM identity_decision WHERE decision_id = %s FOR UPDATE",
            (decision_id,),
            binary=True,
        )
        return next((_decision(row, self._sealer) for row in self._cursor), None)

    def save_decisions(self, decisions: Sequence[IdentityDecision]) -> frozenset[bytes]:
        """Insert signed decisions that are not there; answer the ids of those inserted.

        What was decided outlives the server's death, other than a link that is made again.
        """
        self._cursor.execute("SET LOCAL synchronous_commit = on")
        rows = [
            (
                *(one.decision_id, one.kind.value, one.one, one.other, one.cause.value, one.by),
                *(one.role, one.organisation, self._sealed("sealed", one.decision_id, one.reason)),
                *(one.at, one.signature),
            )
            for one in sorted(decisions, key=lambda one: one.decision_id)
        ]
        if not rows:
            return frozenset()
        then = "ON CONFLICT DO NOTHING RETURNING decision_id"
        insert(self._cursor, _TABLE, _ROW, rows, then=then)
        return frozenset(made for (made,) in self._cursor)

    def reverse_decision(self, decision_id: bytes, reversal: Reversal) -> None:
        """Note that a decision no longer holds."""
        self._cursor.execute("SET LOCAL synchronous_commit = on")
        self._cursor.execute(
            "UPDATE identity_decision SET reversed_at = %s, reversed_by = %s, reversed_role = %s,"
            " reversed_organisation = %s, reversed_sealed = %s, reversed_signature = %s"
            " WHERE decision_id = %s AND reversed_at IS NULL",
            (
                *(reversal.at, reversal.by, reversal.role, reversal.organisation),
                self._sealed("reversed_sealed", decision_id, reversal.reason),
                *(reversal.signature, decision_id),
            ),
        )

    def doubt_told(self, decision_ids: Sequence[bytes], at: datetime) -> None:
        """Let the changes that these decisions were made of be looked at again."""
        self._cursor.execute(
            "UPDATE identity_told SET outcome = 'due', due_at = %s WHERE decision_id = ANY(%s)",
            (at, bytea(decision_ids)),
        )

    def _sealed(self, column: str, decision_id: bytes, reason: str) -> bytes:
        return self._sealer.seal(_TABLE, column, decision_id, reason.encode())

    def filed(
        self, record_refs: Sequence[bytes], child_refs: Sequence[bytes]
    ) -> Mapping[bytes, Filed]:
        """These records, and every one with one of these children by either link."""
        return read_filed(self._cursor, record_refs, child_refs)

    def naming(self, child_refs: Sequence[bytes]) -> Mapping[bytes, Filed]:
        """The records that by either link are possibly one of these children."""
        return read_naming(self._cursor, child_refs)

    def founded(self, child_refs: Sequence[bytes]) -> Mapping[bytes, Founded]:
        """Since when these children are known."""
        self._cursor.execute(
            "SELECT child_ref, founded_by, created_at FROM child WHERE child_ref = ANY(%s)",
            (bytea(sorted(set(child_refs))),),
            binary=True,
        )
        return {
            ref: Founded(founded_by=founded_by, created_at=created_at)
            for ref, founded_by, created_at in self._cursor
        }

    def decided_about(self, child_refs: Sequence[bytes]) -> frozenset[bytes]:
        """Those of these children with a record that a decision is about, or has moved."""
        wanted = bytea(sorted(set(child_refs)))
        self._cursor.execute(
            "SELECT child_ref FROM link WHERE child_ref = ANY(%s) AND"
            " (EXISTS (SELECT 1 FROM identity_base AS base"
            "   WHERE base.record_ref = link.record_ref)"
            " OR EXISTS (SELECT 1 FROM identity_decision"
            "   WHERE one = link.record_ref AND reversed_at IS NULL)"
            " OR EXISTS (SELECT 1 FROM identity_decision"
            "   WHERE other = link.record_ref AND reversed_at IS NULL))"
            " UNION SELECT child_ref FROM identity_base WHERE child_ref = ANY(%s)",
            (wanted, wanted),
            binary=True,
        )
        return frozenset(ref for (ref,) in self._cursor)

    def planned(self, record_refs: Sequence[bytes]) -> frozenset[bytes]:
        """Those of these records of which a register has ever told a plan or an episode.

        One of twins has the plan from before the birth.
        """
        refs = bytea(sorted(set(record_refs)))
        self._cursor.execute(
            "SELECT record_ref FROM plan WHERE record_ref = ANY(%s)"
            " UNION SELECT born_of.record_ref FROM born_of"
            " JOIN plan ON plan.record_ref = born_of.former_ref"
            " WHERE born_of.record_ref = ANY(%s)",
            (refs, refs),
            binary=True,
        )
        return frozenset(ref for (ref,) in self._cursor)

    def place(self, links: Sequence[LinkRow], at: datetime, together: bytes) -> None:
        """Let these links stand, beside the records' own; see the port."""
        ordered = sorted(links, key=lambda link: link.record_ref)
        refs = [link.record_ref for link in ordered]
        own, standing = read_own_links(self._cursor, refs), read_links(self._cursor, refs)
        beside = [own[link.record_ref] for link in ordered if own[link.record_ref] != link]
        write_bases(self._cursor, beside)
        back = [link.record_ref for link in ordered if own[link.record_ref] == link]
        self._cursor.execute("DELETE FROM identity_base WHERE record_ref = ANY(%s)", (bytea(back),))
        found_children(self._cursor, ordered, at)
        changed = [link for link in ordered if standing[link.record_ref] != link]
        write_links(self._cursor, changed, at, together)

    def note_moves(self, decision_id: bytes, before: Sequence[LinkRow]) -> None:
        """Note the links that records had before a decision moved them."""
        rows = [
            (decision_id, li.record_ref, li.child_ref, li.verdict, li.possible, li.evidence)
            for li in sorted(before, key=lambda link: link.record_ref)
        ]
        insert(self._cursor, "identity_move", _MOVE, rows)

    def tell_unsigned(self, decision_ids: Sequence[bytes], at: datetime) -> None:
        """Tell the operator of decisions whose signature does not verify."""
        faults = [
            OperatorFaultRow(code=DECISION_UNSIGNED, feed="", subject=one.hex())
            for one in decision_ids
        ]
        if faults:
            count_operator_faults(self._cursor, faults, at)


def decisions_about(
    cursor: Cursor[TupleRow], sealer: ColumnSealer, record_refs: Sequence[bytes]
) -> tuple[IdentityDecision, ...]:
    """Every decision about these records, reversed ones too, the oldest first."""
    wanted = bytea(sorted(set(record_refs)))
    cursor.execute(
        f"SELECT {_COLUMNS} FROM identity_decision WHERE one = ANY(%s) OR other = ANY(%s)"
        " ORDER BY decided_at, decision_id",
        (wanted, wanted),
        binary=True,
    )
    return tuple(_decision(row, sealer) for row in cursor)


def decision_moves(cursor: Cursor[TupleRow], decision_id: bytes) -> tuple[LinkRow, ...]:
    """The links that records had before a decision moved them."""
    cursor.execute(
        "SELECT record_ref, child_ref, verdict, possible, evidence FROM identity_move"
        " WHERE decision_id = %s ORDER BY record_ref",
        (decision_id,),
        binary=True,
    )
    return tuple(
        LinkRow(
            record_ref=ref,
            child_ref=child,
            verdict=verdict,
            possible=tuple(possible),
            evidence=tuple(evidence),
        )
        for ref, child, verdict, possible, evidence in cursor
    )


def _decision(row: TupleRow, sealer: ColumnSealer) -> IdentityDecision:
    decision_id = row[0]

    def reason(column: str, sealed: bytes) -> str:
        return sealer.unseal(_TABLE, column, decision_id, sealed).decode()

    reversal = None
    if row[11] is not None:
        reversal = Reversal(
            at=row[11],
            by=row[12],
            role=row[13],
            organisation=row[14],
            reason=reason("reversed_sealed", row[15]),
            signature=row[16],
        )
    return IdentityDecision(
        decision_id=decision_id,
        kind=DecisionKind(row[1]),
        one=row[2],
        other=row[3],
        cause=DecisionCause(row[4]),
        by=row[5],
        role=row[6],
        organisation=row[7],
        reason=reason("sealed", row[8]),
        at=row[9],
        signature=row[10],
        reversal=reversal,
    )
