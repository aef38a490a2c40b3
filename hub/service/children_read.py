"""The children that a check has found, their records read as evidence once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Self

from hub.core.chronology import Attendance, RegisterEntry, attendances
from hub.core.identity import Candidate, RecordEvidence
from hub.core.identity_keys import Key
from hub.core.incident_fold import incidents
from hub.core.search_by_name import is_found_by_place_alone
from hub.core.status_others import Other
from hub.ports import ChildFound, Found
from hub.service.correlating import is_shielded
from hub.service.records import evidence_in


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildRead:
    """A child found."""

    child_ref: bytes
    records: tuple[RecordEvidence, ...]
    attended: tuple[Attendance, ...]
    register: tuple[RegisterEntry, ...]
    authorities: frozenset[str]
    """Of the addresses that its records have had."""
    shielded: bool

    @classmethod
    def of(cls, found: ChildFound, current: Mapping[str, str]) -> Self:
        """The child as the check works with it."""
        attended, reported = attendances(found.events), incidents(found.events)
        return cls(
            child_ref=found.child_ref,
            records=tuple(evidence_in(row, current) for row in found.records),
            attended=attended,
            register=found.register,
            authorities=frozenset(code for row in found.records for code in row.authorities),
            shielded=is_shielded(found.records, found.register, (*attended, *reported)),
        )

    @property
    def candidate(self) -> Candidate:
        """The child as identity compares it."""
        return Candidate(child_ref=self.child_ref, records=self.records)

    @property
    def other(self) -> Other:
        """The child as somebody else than the one asked about."""
        return Other(
            records=self.records,
            entries=self.register,
            attended=bool(self.attended),
            shielded=self.shielded,
        )


def children_read(
    found: Found, keys: Collection[Key], current: Mapping[str, str]
) -> dict[bytes, ChildRead]:
    """The children found, without shielded ones whom only a place would have found.

    ``current`` are NHS numbers that were replaced, each with the one that stands in its place.
    """
    read = (ChildRead.of(one, current) for one in found.children)
    return {
        one.child_ref: one
        for one in read
        if not (one.shielded and is_found_by_place_alone(keys, one.records))
    }
