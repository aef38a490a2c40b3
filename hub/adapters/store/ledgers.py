"""What one agency knows of one person, to and from the sealed column of its record."""

import json
from collections.abc import Mapping
from typing import Any, Final

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
    return {name: (value, revision) for name, (value, revision) in _read(packed).items()}


def unseal_values(sealer: ColumnSealer, record_ref: bytes, sealed: bytes) -> Mapping[str, object]:
    """The values of a record's sealed column, without their revisions."""
    packed = sealer.unseal("record", "sealed", record_ref, sealed)
    return {name: told[0] for name, told in _read(packed).items()}


def _read(packed: bytes) -> dict[str, list[Any]]:
    """What was packed and sealed, as it is; ``json.loads`` looks around it for half of its time."""
    held: dict[str, list[Any]]
    held, _ = _decode(packed.decode())
    return held


_decode: Final = json.JSONDecoder().raw_decode
