"""The clock, places and keys, as the use cases see them."""

from datetime import datetime
from typing import Protocol

from hub.core.identifiers import GssCode, OdsCode, Postcode


class Clock(Protocol):
    """The one clock; made in ``bootstrap.py`` only."""

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

    def identity_digest(self, kind: str, value: str) -> bytes:
        """The digest of one identity key."""
        ...

    def child_ref(self, record_ref: bytes) -> bytes:
        """The reference of the child that this record founds."""
        ...
