"""Links of records to children in PostgreSQL: their own, and those that stand by a decision."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import LiteralString

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.arrays import bytea
from hub.adapters.store.rows import insert
from hub.ports import Filed, LinkRow

LINK_COLUMNS = {
    "record_ref": "bytea",
    "child_ref": "bytea",
    "verdict": "text",
    "possible": "bytea[]",
    "evidence": "text[]",
    "linked_at": "timestamptz",
}
_BASE = {name: kind for name, kind in LINK_COLUMNS.items() if name != "linked_at"}


def read_links(cursor: Cursor[TupleRow], refs: Sequence[bytes]) -> Mapping[bytes, LinkRow]:
    """The links that stand, by record."""
    cursor.execute(
        "SELECT record_ref, child_ref, verdict, possible, evidence FROM link"
        " WHERE record_ref = ANY(%s)",
        (bytea(sorted(set(refs))),),
        binary=True,
    )
    return {row[0]: _link(row) for row in cursor}


def read_own_links(cursor: Cursor[TupleRow], refs: Sequence[bytes]) -> Mapping[bytes, LinkRow]:
    """The links that records have by their own evidence."""
    cursor.execute(
        "SELECT record_ref, coalesce(base.child_ref, link.child_ref),"
        " coalesce(base.verdict, link.verdict), coalesce(base.possible, link.possible),"
        " coalesce(base.evidence, link.evidence)"
        " FROM link LEFT JOIN identity_base AS base USING (record_ref)"
        " WHERE record_ref = ANY(%s)",
        (bytea(sorted(set(refs))),),
        binary=True,
    )
    return {row[0]: _link(row) for row in cursor}


def read_filed(
    cursor: Cursor[TupleRow], refs: Sequence[bytes], child_refs: Sequence[bytes]
) -> Mapping[bytes, Filed]:
    """Both links of these records and of every one with one of these children by either."""
    return _filed(
        cursor,
        "SELECT unnest(%s::bytea[]) AS record_ref"
        " UNION SELECT record_ref FROM link WHERE child_ref = ANY(%s)"
        " UNION SELECT record_ref FROM identity_base WHERE child_ref = ANY(%s)",
        (bytea(sorted(set(refs))), bytea(sorted(set(child_refs))), bytea(sorted(set(child_refs)))),
    )


def read_naming(cursor: Cursor[TupleRow], child_refs: Sequence[bytes]) -> Mapping[bytes, Filed]:
    """Both links of the records that by either are possibly one of these children."""
    wanted = bytea(sorted(set(child_refs)))
    return _filed(
        cursor,
        "SELECT record_ref FROM link WHERE possible && %s::bytea[] AND possible <> '{}'"
        " UNION SELECT record_ref FROM identity_base WHERE possible && %s::bytea[]",
        (wanted, wanted),
    )


def _filed(
    cursor: Cursor[TupleRow], which: LiteralString, parameters: Sequence[object]
) -> Mapping[bytes, Filed]:
    cursor.execute(
        f"WITH which AS ({which})"
        " SELECT record_ref, link.child_ref, link.verdict, link.possible, link.evidence,"
        " record_ref, base.child_ref, base.verdict, base.possible, base.evidence"
        " FROM which JOIN link USING (record_ref) LEFT JOIN identity_base AS base"
        " USING (record_ref) ORDER BY record_ref",
        parameters,
        binary=True,
    )
    found = {}
    for row in cursor:
        standing = _link(row[:5])
        own = standing if row[6] is None else _link(row[5:])
        found[standing.record_ref] = Filed(own=own, standing=standing)
    return found


def write_own_links(cursor: Cursor[TupleRow], links: Sequence[LinkRow], at: datetime) -> None:
    """Insert or change what records' own evidence leads to; where another link stands, it stays."""
    write_links(cursor, write_beside(cursor, links, at), at)


def write_beside(
    cursor: Cursor[TupleRow], links: Sequence[LinkRow], at: datetime
) -> Sequence[LinkRow]:
    """Change own links where another one stands; answer the rest, in order of record."""
    ordered = sorted(links, key=lambda link: link.record_ref)
    cursor.execute(
        "SELECT record_ref FROM identity_base WHERE record_ref = ANY(%s)",
        (bytea(link.record_ref for link in ordered),),
        binary=True,
    )
    moved = {ref for (ref,) in cursor}
    beside = [link for link in ordered if link.record_ref in moved]
    found_children(cursor, beside, at)
    write_bases(cursor, beside)
    return [link for link in ordered if link.record_ref not in moved]


def write_bases(cursor: Cursor[TupleRow], links: Sequence[LinkRow]) -> None:
    """Insert or change links of records' own beside those that stand."""
    rows = [
        (li.record_ref, li.child_ref, li.verdict, list(li.possible), list(li.evidence))
        for li in sorted(links, key=lambda link: link.record_ref)
    ]
    then = (
        "ON CONFLICT (record_ref) DO UPDATE SET child_ref = excluded.child_ref,"
        " verdict = excluded.verdict, possible = excluded.possible, evidence = excluded.evidence"
    )
    insert(cursor, "identity_base", _BASE, rows, then=then)


def found_children(cursor: Cursor[TupleRow], links: Sequence[LinkRow], at: datetime) -> None:
    """Insert the children of these links that are not there."""
    insert(
        cursor,
        "child",
        {"child_ref": "bytea", "founded_by": "bytea", "created_at": "timestamptz"},
        [(link.child_ref, link.record_ref, at) for link in links],
    )


def write_links(
    cursor: Cursor[TupleRow],
    ordered: Sequence[LinkRow],
    at: datetime,
    together: bytes | None = None,
) -> None:
    """Insert or change links that stand, found children, keep history, note whom to look at."""
    former = read_links(cursor, [link.record_ref for link in ordered])
    found_children(cursor, ordered, at)
    rows = [
        (li.record_ref, li.child_ref, li.verdict, list(li.possible), list(li.evidence), at)
        for li in ordered
    ]
    then = (
        "ON CONFLICT (record_ref) DO UPDATE SET child_ref = excluded.child_ref,"
        " verdict = excluded.verdict, possible = excluded.possible,"
        " evidence = excluded.evidence, linked_at = excluded.linked_at,"
        " version = link.version + 1"
    )
    insert(cursor, "link", LINK_COLUMNS, rows, then=then)
    cursor.execute(
        "INSERT INTO link_history SELECT record_ref, version, child_ref, verdict, possible,"
        " evidence, linked_at FROM link WHERE record_ref = ANY(%s) ON CONFLICT DO NOTHING",
        (bytea(link.record_ref for link in ordered),),
    )
    moved = {
        ref
        for link in ordered
        if link.record_ref in former
        for ref in (link.child_ref, former[link.record_ref].child_ref)
    }
    note_pending(cursor, sorted(moved), at, together)


def note_pending(
    cursor: Cursor[TupleRow], child_refs: Sequence[bytes], at: datetime, together: bytes | None
) -> None:
    """Have children looked at again, those under one ``together`` in one transaction.

    Children that wait under another one already wait under this from now on, all of them.
    """
    if together is not None and child_refs:
        cursor.execute(
            "UPDATE correlation_pending SET together = %s WHERE together IN"
            " (SELECT together FROM correlation_pending WHERE child_ref = ANY(%s)"
            "  AND together IS NOT NULL)",
            (together, bytea(child_refs)),
        )
    insert(
        cursor,
        "correlation_pending",
        {"child_ref": "bytea", "since": "timestamptz", "together": "bytea"},
        [(ref, at, together) for ref in child_refs],
        then="ON CONFLICT (child_ref) DO UPDATE SET since = excluded.since,"
        " together = coalesce(excluded.together, correlation_pending.together),"
        " version = correlation_pending.version + 1",
    )


def _link(row: TupleRow) -> LinkRow:
    ref, child, verdict, possible, evidence = row
    return LinkRow(
        record_ref=ref,
        child_ref=child,
        verdict=verdict,
        possible=tuple(possible),
        evidence=tuple(evidence),
    )
