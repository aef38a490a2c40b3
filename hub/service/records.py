"""What agencies know of people, record by record: combined, compared, and as evidence."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from hub.core.identity import RecordEvidence, evidence_of, identity_keys
from hub.core.identity_keys import Key
from hub.core.person import Ledger, merge, same_evidence, subject_of
from hub.ports import RecordRow, Said

RECORDS_PER_TRANSACTION_MAX = 50
"""So that the identity lock is held for milliseconds (decided: design 2.2)."""


def evidence_in(record: RecordRow) -> RecordEvidence:
    """The identity evidence of a stored record."""
    subject = subject_of(record.ledger, "record")
    return evidence_of(subject, record_ref=record.record_ref, agency=record.agency)


def combined(held: RecordRow | None, said: RecordRow) -> RecordRow:
    """Both words on one record; shielding, once set, stays."""
    if held is None:
        return said
    authorities: dict[str, int] = dict(held.authorities)
    for authority, revision in said.authorities.items():
        authorities[authority] = max(revision, authorities.get(authority, revision))
    ledger: Ledger = merge(held.ledger, said.ledger)
    return replace(
        held,
        ledger=ledger,
        shielded=held.shielded or said.shielded,
        authorities=authorities,
        said=_standing(held, said, ledger),
    )


def _standing(held: RecordRow, said: RecordRow, ledger: Ledger) -> Said | None:
    """The newer words of the two, if all of them stand in the merged ledger."""
    newer = said if revision_of(said.said) >= revision_of(held.said) else held
    if newer.said is None or any(
        ledger[name][0] != newer.ledger[name][0] for name in newer.said.fields
    ):
        return None
    return newer.said


def former_keys(held: RecordRow | None, keys: Iterable[Key]) -> tuple[Key, ...]:
    """The keys that what was held of a record gave, and that are not among those it gives now."""
    now = set(keys)
    return tuple(key for key in identity_keys(evidence_in(held)) if key not in now) if held else ()


def revision_of(said: Said | None) -> int:
    """The newest revision that said these words; before all others where none are known."""
    return -1 if said is None else said.revision


def needs_resolving(held: RecordRow | None, row: RecordRow) -> bool:
    """Whether a row says anything of its person that the record held does not."""
    return held is None or not same_evidence(held.ledger, merge(held.ledger, row.ledger))


_in_words = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


def spoken(record_ref: bytes, ledger: Ledger) -> str:
    """The words on one record, to compare with the same record's by their digest, and no other's.

    The digest's kind is ``said``. A record told in words that it holds is neither opened nor sealed
    again: that was half of the time of an event about somebody known.
    """
    return _in_words([record_ref.hex(), {name: value for name, (value, _) in ledger.items()}])


def chunks(refs: Sequence[bytes], size: int) -> Iterator[Sequence[bytes]]:
    """References, so many at a time."""
    for start in range(0, len(refs), size):
        yield refs[start : start + size]
