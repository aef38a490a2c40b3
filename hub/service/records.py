"""What agencies know of people, record by record: combined, compared, and as evidence."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final, TypeVar

from hub.core.household import place_told
from hub.core.identifiers import NhsNumber
from hub.core.identity import RecordEvidence, identity_keys
from hub.core.identity_keys import Key
from hub.core.person import NUMBER_NOW, Ledger, evidence_said, merge, same_evidence, values_of
from hub.ports import IdentityTransaction, KnownRecord, RecordRow, Said, Told, ToldAgain

Done = TypeVar("Done")

_NONE: Final[Mapping[str, str]] = MappingProxyType({})

RECORDS_PER_TRANSACTION_MAX = 50
"""So that the identity lock is held for milliseconds (decided: design 2.2)."""

COMPARISONS_PER_TRANSACTION_MAX = 1_000
"""So that names which many children bear hold it no longer: a comparison takes about 0.1 ms."""


def evidence_in(record: RecordRow, current: Mapping[str, str] = _NONE) -> RecordEvidence:
    """The identity evidence of a stored record, under the NHS number that stands now.

    ``current`` are replaced numbers that are not noted with records yet, by the former one.
    """
    said = values_of(record.ledger)
    found = evidence_said(said, record_ref=record.record_ref, agency=record.agency)
    return under_current(found, current) if current else found


def evidence_known(record: KnownRecord) -> RecordEvidence:
    """The identity evidence of a record among the candidates, as ``evidence_in`` answers it."""
    return evidence_said(record.said, record_ref=record.record_ref, agency=record.agency)


def under_current(evidence: RecordEvidence, current: Mapping[str, str]) -> RecordEvidence:
    """The evidence with the number that stands in the place of its own."""
    said = evidence.nhs_number
    if said is None or said.reveal() not in current:
        return evidence
    now = NhsNumber.parse(current[said.reveal()], test_numbers=True)
    return replace(evidence, nhs_number=now)


def with_current_numbers(
    transaction: IdentityTransaction, rows: Mapping[bytes, RecordRow], refs: Collection[bytes]
) -> dict[bytes, RecordRow]:
    """The rows, and with these of them which number stands now in the place of theirs."""
    said = {str(n) for ref in refs if (n := _number_said(rows[ref])) is not None}
    current = transaction.current_numbers(said) if said else {}
    return {**rows, **{ref: _numbered(rows[ref], current) for ref in refs}}


def _number_said(row: RecordRow) -> object:
    return row.ledger.get("nhs_number", (None, 0))[0]


def _numbered(row: RecordRow, current: Mapping[str, str]) -> RecordRow:
    ledger = {name: told for name, told in row.ledger.items() if name != NUMBER_NOW}
    said, revision = row.ledger.get("nhs_number", (None, 0))
    if said is not None and str(said) in current:
        ledger[NUMBER_NOW] = (current[str(said)], revision)
    return replace(row, ledger=ledger)


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
        withheld=tuple(sorted({*held.withheld, *said.withheld})),
    )


def told_shielded(ledger: Ledger, *, shielded: bool) -> tuple[str, ...]:
    """Answer the address in one message's words, if these ask that it is not disclosed."""
    told = place_told(ledger) if shielded else None
    return (told.address,) if told is not None and told.address else ()


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


def says_nothing_else(row: RecordRow, told: Told) -> bool:
    """Whether these are the words that the record holds, and everything that follows from them."""
    return (
        row.said is not None
        and told.said is not None
        and row.said.digest == told.said.digest
        and row.ledger.keys() == set(row.said.fields)
        and (told.shielded or not row.shielded)
        and told.authorities.keys() >= row.authorities.keys()
        and len(row.authorities) <= 1
        and all(revision == row.said.revision for revision in row.authorities.values())
    )


def told_again(row: RecordRow, told: Told) -> ToldAgain:
    """The newer revision of words that a record holds, to be noted by whoever decides."""
    newest = max(revision_of(row.said), revision_of(told.said))
    return ToldAgain(
        record_ref=row.record_ref,
        digest=row.said.digest if row.said else b"",
        revision=newest,
        authority=next(iter(row.authorities), None),
    )


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
