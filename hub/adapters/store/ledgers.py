"""What one agency knows of one person, to and from the sealed column of its record."""

import json

from hub.core.person import Ledger
from hub.ports import ColumnSealer


def seal_ledger(sealer: ColumnSealer, record_ref: bytes, ledger: Ledger) -> bytes:
    """The ledger as the sealed column of its record."""
    return sealer.seal("record", "sealed", record_ref, packed_ledger(ledger))


def unseal_ledger(sealer: ColumnSealer, record_ref: bytes, sealed: bytes) -> Ledger:
    """The ledger of a record's sealed column."""
    return unpacked_ledger(sealer.unseal("record", "sealed", record_ref, sealed))


def packed_ledger(ledger: Ledger) -> bytes:
    """The ledger as bytes, not sealed."""
    return json.dumps(ledger, ensure_ascii=False, sort_keys=True).encode()


def unpacked_ledger(packed: bytes) -> Ledger:
    """The ledger of its bytes."""
    held = json.loads(packed)
    return {name: (value, revision) for name, (value, revision) in held.items()}
