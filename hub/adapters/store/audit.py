"""Audit rows: who asked or decided what, written in the transaction that it is about."""

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.rows import insert
from hub.ports import AuditRow

_AUDIT = {
    "audit_id": "uuid",
    "at": "timestamptz",
    "actor": "text",
    "role": "text",
    "organisation": "text",
    "action": "text",
    "purpose": "text",
    "subjects": "bytea[]",
    "outcome": "text",
    "fields": "text[]",
    "policy_version": "text",
    "request_id": "text",
}


def write_audit(cursor: Cursor[TupleRow], row: AuditRow) -> None:
    """Write the audit row; it commits with what it is about, before the answer leaves."""
    values = (
        *(row.audit_id, row.at, row.actor, row.role, row.organisation, row.action),
        *(row.purpose, row.subjects, row.outcome, row.fields, row.policy_version),
        row.request_id,
    )
    insert(cursor, "audit_leaf", _AUDIT, [values], then="")
