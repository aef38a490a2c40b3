"""What one agency knows of one person, to and from the sealed column of its record."""

import json

from hub.core.person import Ledger
from hub.ports import ColumnSealer


def seal_ledger(sealer: ColumnSealer, record_ref: bytes, ledger: Ledger) -> bytes:
    """The ledger as the sealed column of its record."""
    plaintext = json.dumps(ledger, ensure_ascii=False, sort_keys=True).encode()
    return sealer.seal("record", "sealed", record_ref, plaintext)


def unseal_ledger(sealer: ColumnSealer, record_ref: bytes, sealed: bytes) -> Ledger:
    """The ledger of a record's sealed column."""
    held = json.loads(sealer.unseal("record", "sealed", record_ref, sealed))
    return {name: (value, revision) for name, (value, revision) in held.items()}
