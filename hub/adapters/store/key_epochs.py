"""Brings identity keys in force and out of it, for the operator."""

from collections.abc import Mapping
from dataclasses import dataclass

from psycopg import Connection
from psycopg.rows import TupleRow

from hub.adapters.store.connection import PostgresStore
from hub.adapters.store.epochs import EPOCHS_LOCK
from hub.errors import ConfigurationError


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What still needs an epoch's key."""

    records: int
    keys: int
    """Keys of former names, places or numbers whose value nobody holds."""
    withheld: int
    """Addresses of shielded records from before these were sealed."""
    numbers: int
    """NHS numbers that were replaced, and are to be keyed anew."""

    def __bool__(self) -> bool:
        """Whether anything does."""
        return bool(self.records or self.keys or self.withheld or self.numbers)


class PostgresKeyEpochs:
    """Which epochs of the identity key are in force, and what still needs one."""

    def __init__(self, store: PostgresStore) -> None:
        self._store = store

    def bring_in_force(self, epoch: int, fingerprints: Mapping[int, bytes]) -> bool:
        """Let keys be written under this epoch from now on; answer whether they were not before.

        Waits until every transaction has ended that does not know of it, and lets none begin.

        Raises:
            ConfigurationError: a newer one is in force, or one in force has another key.
        """
        with self._store.connection() as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", (EPOCHS_LOCK,))
            noted = dict(cursor.execute("SELECT epoch, fingerprint FROM identity_epoch").fetchall())
            newest = max(noted)
            if newest > epoch:
                raise ConfigurationError(
                    f"The identity key of epoch {newest} is in force and is not at hand."
                )
            for one, fingerprint in sorted(fingerprints.items()):
                if noted.get(one) not in {None, fingerprint}:
                    raise ConfigurationError(f"Epoch {one} has another identity key in force.")
                cursor.execute(
                    "UPDATE identity_epoch SET fingerprint = %s WHERE epoch = %s",
                    (fingerprint, one),
                )
            cursor.execute(
                "INSERT INTO identity_epoch (epoch, fingerprint) VALUES (%s, %s)"
                " ON CONFLICT DO NOTHING",
                (epoch, fingerprints[epoch]),
            )
        return epoch not in noted

    def left_under(self, epoch: int) -> Left:
        """What still needs this epoch's key. Reads every key: minutes, where there are millions.

        Raises:
            ConfigurationError: it is the newest, and everything does.
        """
        with self._store.connection() as connection:
            _refuse_newest(connection, epoch)
            connection.execute("SET LOCAL statement_timeout = 0")
            found = connection.execute(
                "SELECT (SELECT count(*) FROM record WHERE key_epoch = %(epoch)s),"
                " (SELECT count(*) FROM record_key WHERE epoch = %(epoch)s),"
                " (SELECT count(*) FROM withheld_address WHERE epoch = %(epoch)s),"
                " (SELECT count(*) FROM superseded_number WHERE epoch = %(epoch)s)",
                {"epoch": epoch},
            ).fetchone()
        records, keys, withheld, numbers = found or (0, 0, 0, 0)
        return Left(records=records, keys=keys, withheld=withheld, numbers=numbers)

    def retire(self, epoch: int) -> bool:
        """Let nobody look under this epoch any more; answer whether anybody did.

        Nothing is written under it since a newer one is in force: what ``left_under`` answered
        before still holds.

        Raises:
            ConfigurationError: it is the newest.
        """
        with self._store.connection() as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", (EPOCHS_LOCK,))
            _refuse_newest(connection, epoch)
            cursor.execute("DELETE FROM identity_epoch WHERE epoch = %s", (epoch,))
            return cursor.rowcount > 0


def _refuse_newest(connection: Connection[TupleRow], epoch: int) -> None:
    newest = connection.execute("SELECT max(epoch) FROM identity_epoch").fetchone()
    if newest is None or newest[0] <= epoch:
        raise ConfigurationError(
            f"Epoch {epoch} is the newest in force. Make another identity key, and key the records"
            " anew first: hub keys identity, hub identity reindex."
        )
