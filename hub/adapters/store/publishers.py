"""The publishers' registry: who may sign, with which keys, and for whom they may report."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hub.adapters.store.connection import PostgresStore
from hub.adapters.store.rows import insert
from hub.core.intake import Publisher, SigningKey
from hub.core.report import Feed
from hub.errors import ConfigurationError

FIRST_KEY_FROM = datetime(1970, 1, 1, tzinfo=UTC)


class PostgresPublishers:
    """The registry over PostgreSQL."""

    def __init__(self, store: PostgresStore) -> None:
        self._store = store

    def registry(self) -> Mapping[str, Publisher]:
        """Every publisher that is not revoked, with the keys that are not."""
        with self._store.connection() as connection:
            keys: dict[str, list[SigningKey]] = {}
            for name, raw, begins, ends in connection.execute(
                "SELECT publisher, public_key, not_before, least(not_after, revoked_at)"
                " FROM publisher_key"
            ):
                key = Ed25519PublicKey.from_public_bytes(raw)
                keys.setdefault(name, []).append(
                    SigningKey(key=key, valid_from=begins, valid_until=ends)
                )
            told: dict[str, set[tuple[str, Feed]]] = {}
            for name, feed, agency in connection.execute(
                "SELECT publisher, feed, agency FROM publisher_reports_for"
            ):
                told.setdefault(name, set()).add((agency, Feed(feed)))
            names = connection.execute("SELECT publisher FROM publisher WHERE revoked_at IS NULL")
            return {
                name: Publisher(
                    name=name,
                    keys=tuple(keys.get(name, ())),
                    reports_for=frozenset(told.get(name, ())),
                )
                for (name,) in names
            }

    def add(
        self,
        name: str,
        *,
        public_key: bytes,
        reports_for: Sequence[tuple[str, Feed]],
        now: datetime,
    ) -> None:
        """Enter a publisher, another key of theirs, or more agencies; harmless to repeat.

        A publisher's first key counts for reports that came before it was entered, so that those
        that wait for it can be accepted; a further key counts from now.
        """
        with self._store.connection() as connection:
            connection.execute(
                "INSERT INTO publisher (publisher, name, created_at) VALUES (%s, %s, %s)"
                " ON CONFLICT DO NOTHING",
                (name, name, now),
            )
            connection.execute(
                "INSERT INTO publisher_key (publisher, public_key, not_before)"
                " SELECT %s, %s, CASE WHEN EXISTS (SELECT 1 FROM publisher_key"
                "  WHERE publisher = %s) THEN %s ELSE %s END ON CONFLICT DO NOTHING",
                (name, public_key, name, now, FIRST_KEY_FROM),
            )
            insert(
                connection.cursor(),
                "publisher_reports_for",
                {"publisher": "text", "feed": "text", "agency": "text"},
                [(name, feed.value, agency) for agency, feed in reports_for],
            )

    def revoke(self, name: str, *, now: datetime) -> None:
        """Take nothing more from a publisher from now on.

        Raises:
            ConfigurationError: there is no such publisher.
        """
        with self._store.connection() as connection:
            done = connection.execute(
                "UPDATE publisher SET revoked_at = %s WHERE publisher = %s RETURNING 1",
                (now, name),
            ).fetchone()
        if done is None:
            raise ConfigurationError(f"no publisher is called {name}: see 'hub publisher list'.")
