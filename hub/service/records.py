"""What agencies know of people, record by record: combined, compared, and as evidence."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from hub.core.identity import RecordEvidence, evidence_of, identity_keys
from hub.core.identity_keys import Key
from hub.core.person import Ledger, merge, same_evidence, subject_of
from hub.ports import RecordRow, Said

Done = TypeVar("Done")

RECORDS_PER_TRANSACTION_MAX = 50
"""So that the identity lock is held for milliseconds (decided: design 2.2)."""

COMPARISONS_PER_TRANSACTION_MAX = 1_000
"""So that names which many children bear hold it no longer: a comparison takes about 0.1 ms."""


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


class TooManyComparisons(Exception):  # noqa: N818  # said of a transaction, which is begun again with fewer
    """A transaction would compare more than it may while others wait for the identity lock."""


def refuse_too_many(candidates: Mapping[bytes, Sequence[object]]) -> None:
    """See that the records of one transaction are compared with no more than it may.

    One record alone is never refused: the lookup bounds its candidates by itself.

    Raises:
        TooManyComparisons: they are; nothing has been written.
    """
    compared = sum(len(near) for near in candidates.values())
    if len(candidates) > 1 and compared > COMPARISONS_PER_TRANSACTION_MAX:
        raise TooManyComparisons


def in_transactions(
    refs: Sequence[bytes], act: Callable[[Sequence[bytes]], Done]
) -> Iterator[Done]:
    """Act on references some at a time; fewer where many children are to be compared."""
    start, most = 0, RECORDS_PER_TRANSACTION_MAX
    while start < len(refs):
        some = refs[start : start + most]
        try:
            done = act(some)
        except TooManyComparisons:
            most = len(some) // 2
            continue
        start += len(some)
        yield done


def chunks(refs: Sequence[bytes], size: int) -> Iterator[Sequence[bytes]]:
    """References, so many at a time."""
    for start in range(0, len(refs), size):
        yield refs[start : start + size]
