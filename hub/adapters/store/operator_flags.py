"""Faults that stand for as long as something holds, in PostgreSQL."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from hub.adapters.store.connection import PostgresStore

_STAND: Final = (
    "INSERT INTO operator_fault AS held (code, feed, subject, first_at, last_at, count)"
    " SELECT code, '', subject, %(at)s, %(at)s, 1"
    "  FROM unnest(%(codes)s::text[], %(subjects)s::text[]) AS told(code, subject)"
    " ON CONFLICT (code, feed, subject) DO UPDATE SET settled_at = NULL, last_at = %(at)s,"
    "  count = held.count + 1"
    " WHERE held.settled_at IS NOT NULL AND NOT EXISTS (SELECT FROM settlement"
    "  WHERE reference = 'fault:' || held.code || ':' || held.feed || ':' || held.subject)"
)
_SETTLE: Final = (
    "UPDATE operator_fault SET settled_at = %(at)s WHERE code = ANY(%(of)s::text[])"
    " AND settled_at IS NULL AND starts_with(subject, %(within)s)"
    " AND NOT (code, subject) IN"
    "  (SELECT code, subject FROM unnest(%(codes)s::text[], %(subjects)s::text[])"
    "   AS told(code, subject))"
)


class PostgresOperatorFlags:
    """The port over PostgreSQL."""

    def __init__(self, store: PostgresStore) -> None:
        self._store = store

    def stand(
        self,
        codes: Collection[str],
        within: str,
        subjects: Collection[tuple[str, str]],
        at: datetime,
    ) -> None:
        """Let these stand, and settle what else of these codes stands; see the port."""
        ordered = sorted(set(subjects))
        values = {
            "at": at,
            "of": sorted(codes),
            "within": within,
            "codes": [code for code, _ in ordered],
            "subjects": [subject for _, subject in ordered],
        }
        with self._store.connection() as connection:
            connection.execute(_SETTLE, values)
            connection.execute(_STAND, values)
