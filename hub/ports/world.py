"""The clock, places and keys, as the use cases see them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from hub.core.identifiers import GssCode, OdsCode, Postcode


class Clock(Protocol):
    """The one clock; made in ``bootstrap/clock.py`` only."""

    def now(self) -> datetime:
        """The present instant, aware UTC."""
        ...


class Places(Protocol):
    """Which authority a postcode or a site belongs to, offline; ``None`` is not known."""

    def authority_of_postcode(self, postcode: Postcode) -> GssCode | None:
        """The upper-tier authority of a postcode."""
        ...

    def authority_of_site(self, site: OdsCode) -> GssCode | None:
        """The upper-tier authority in which a site lies."""
        ...

    def site_name(self, site: OdsCode) -> str | None:
        """The name of a site for people."""
        ...

    def authority_name(self, authority: GssCode) -> str | None:
        """The name of an authority for people."""
        ...


class ColumnSealer(Protocol):
    """Seals a column's value, bound to table, column and row."""

    def seal(self, table: str, column: str, row: bytes, plaintext: bytes) -> bytes:
        """The sealed value."""
        ...

    def unseal(self, table: str, column: str, row: bytes, sealed: bytes) -> bytes:
        """The value; raises ``HubError`` when it was not sealed for this table, column and row."""
        ...


class IdentityDigests(Protocol):
    """Keyed 16-byte digests that the database may hold to search on."""

    @property
    def in_force(self) -> tuple[int, ...]:
        """The epochs last taken, the oldest first; never empty. What is stored goes by ``take``."""
        ...

    def take(self, epochs: Mapping[int, bytes | None]) -> tuple[int, ...]:
        """The epochs that the database says are in force, each with its key's fingerprint.

        Answers them, the oldest first: under each it is looked for, under the newest written.

        Raises:
            TransientFault: the key of one is not at hand, or is another: nothing may be looked for
                or stored until it is.
        """
        ...

    def identity_digest(self, kind: str, value: str, *, epoch: int | None = None) -> bytes:
        """The digest of one identity key, under the newest epoch taken unless one is named."""
        ...

    def child_ref(self, record_ref: bytes) -> bytes:
        """The reference of the child that this record founds."""
        ...
