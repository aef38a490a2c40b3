"""What agencies know of people, and to which child each record is linked."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as attribute

from hub.core.person import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The words of one message about a person: a keyed digest, which fields, and as of when."""

    digest: bytes
    fields: tuple[str, ...]
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRow:
    """What one agency knows of one person; the ledger is sealed in the store."""

    record_ref: bytes
    agency: str
    ledger: Ledger = attribute(repr=False)
    shielded: bool
    authorities: Mapping[str, int]
    said: Said | None = None
    """What was said last, while all of it still stands."""
    withheld: tuple[str, ...] = attribute(default=(), repr=False)
    """Addresses told in words that asked for shielding: whoever saves the record keeps them
    withheld, whatever is known later; they are not read again with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is held of a record that is linked, without its words."""

    said: Said | None
    shielded: bool
    authorities: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldAgain:
    """A record was told in the words that it holds already, at a newer revision."""

    record_ref: bytes
    digest: bytes
    revision: int
    authority: str | None
    """That of the address among those words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRow:
    """To which child a record is linked, how surely, and to whom else it may belong."""

    record_ref: bytes
    child_ref: bytes
    verdict: str
    possible: tuple[bytes, ...] = ()
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRecord:
    """What one agency says of one person now, and nothing else of the row; in memory only."""

    record_ref: bytes
    agency: str
    said: Mapping[str, object] = attribute(repr=False)
    """The values of its ledger, by field; None where one was deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildRecords:
    """One child with every record linked to it; for identity, in memory only."""

    child_ref: bytes
    records: tuple[KnownRecord, ...]
