"""Feeds records whose truth is known through the hub's own linking, and tells what came of them."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

from hub.core.identifiers import GssCode, OdsCode, Postcode
from hub.core.identity_given import AgencyKind, GivenRecord
from hub.core.identity_groups import GivenGroups
from hub.core.identity_matching import Matching
from hub.core.identity_pairs import WAITING, JudgedRecord
from hub.core.seal import EventDigests
from hub.ports import DecisionSigning, IdentityDigests, IdentityStore, LinkRow
from hub.service.linking import Linking, Observation
from hub.service.records import chunks
from hub.service.standing import Standing

LONG_AGO: Final = datetime(1900, 1, 1, tzinfo=UTC)
"""When a record is taken to be written that says nothing and has none before it that does."""

RECORDS_READ: Final = 1000
"""So many links are read back at a time."""


class Evaluation:
    """The use case: records in, one at a time, and for each what the hub made of it."""

    def __init__(  # noqa: PLR0913  # one place composes it
        self,
        *,
        store: IdentityStore,
        digests: IdentityDigests,
        references: EventDigests,
        matching: Matching,
        signing: DecisionSigning,
        schools_wait: bool = True,
    ) -> None:
        self._store = store
        self._references = references
        self._schools_wait = schools_wait
        self._clock = _RecordClock()
        self._linking = Linking(
            store=store,
            digests=digests,
            places=_Nowhere(),
            matching=matching,
            standing=Standing(digests=digests, matching=matching, signing=signing),
            clock=self._clock,
        )

    def judge(
        self,
        records: Sequence[GivenRecord],
        groups: Sequence[GivenGroups],
        came: Callable[[int], None],
    ) -> tuple[JudgedRecord, ...]:
        """Link records one by one, in the order of their writing; answer what came of each.

        Each record is of its own local id: that an agency knows its person again by its own number
        is not measured. No NHS number counts as traced, since a file does not say which are.

        Args:
            records: as a file has them.
            groups: of each record.
            came: told after each how many are linked.
        """
        order = in_order(records)
        refs = [self._references.record_ref(one.agency, one.record_id) for one in records]
        for count, place in enumerate(order, 1):
            self._clock.at = records[place].recorded_at or self._clock.at
            self._linking.link([self._observation(refs[place], records[place])])
            came(count)
        links: dict[bytes, LinkRow] = {}
        for some in chunks(refs, RECORDS_READ):
            links |= self._store.link_rows(some)
        return tuple(
            self._judged(records[p], groups[p], links.get(refs[p]), refs[p]) for p in order
        )

    def _observation(self, ref: bytes, one: GivenRecord) -> Observation:
        waits = self._waits(one)
        founds = one.kind is AgencyKind.SCHOOL and not waits
        return Observation(
            record_ref=ref,
            agency=f"founding {one.agency}" if founds else one.agency,
            subject=one.subject,
            revision=1,
            shielded=False,
            waits=waits,
        )

    def _waits(self, one: GivenRecord) -> bool:
        return self._schools_wait and one.kind is AgencyKind.SCHOOL

    def _judged(
        self, one: GivenRecord, groups: GivenGroups, link: LinkRow | None, ref: bytes
    ) -> JudgedRecord:
        number, upn = one.subject.nhs_number, one.subject.upn
        return JudgedRecord(
            person=one.person,
            child=link.child_ref if link else ref,
            verdict=link.verdict if link else WAITING,
            possible=link.possible if link else (),
            evidence=link.evidence if link else (),
            nhs_number=number.reveal() if number else None,
            upn=upn.reveal() if upn else None,
            may_found=not self._waits(one),
            told_as=groups.told_as,
            groups=groups.groups,
        )


def in_order(records: Sequence[GivenRecord]) -> list[int]:
    """Answer the places of records in the order of their writing, equal ones as in the file.

    One that does not say when it was written follows the one before it in the file.
    """
    times: list[datetime] = []
    for one in records:
        times.append(one.recorded_at or (times[-1] if times else LONG_AGO))
    return sorted(range(len(records)), key=times.__getitem__)


class _RecordClock:
    """It is always when the record in hand was written."""

    at = LONG_AGO

    def now(self) -> datetime:
        """The instant at which the record in hand was written."""
        return self.at


class _Nowhere:
    """No place has an authority: whose a child is plays no part in who it is."""

    def authority_of_postcode(self, _: Postcode) -> GssCode | None:
        """Of none."""
        return None

    def authority_of_site(self, _: OdsCode) -> GssCode | None:
        """Of none."""
        return None

    def site_name(self, _: OdsCode) -> str | None:
        """It has none."""
        return None

    def authority_name(self, _: GssCode) -> str | None:
        """It has none."""
        return None
