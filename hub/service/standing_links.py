"""The links that are to stand, of everybody whom a decision may concern: one working out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from hub.core.identity import Candidate, RecordEvidence, Verdict, linking_keys
from hub.core.identity_decision import DecisionCause, IdentityDecision, joined
from hub.core.identity_matching import Matching
from hub.core.identity_standing import Known, OwnLink, Part, parts
from hub.core.identity_weighed import resolve_by_weights
from hub.ports import Filed, IdentityDigests, IdentityTransaction, LinkRow
from hub.service.records import evidence_in, evidence_known

_ONE: Final = {
    DecisionCause.PERSON: "decided by a person: one child",
    DecisionCause.AGENCY: "told by an agency: one child",
    DecisionCause.BRIDGED: "bridged by a record: one child",
    DecisionCause.BORN: "told of the birth: one child",
}
_JOINED_WITH_IT: Final = "filed with a child that was joined to this one"
_APART: Final = "decided: not the child that it was filed with"
_NAMED_NO_LONGER: Final = "decided: not the child that it is like"


@dataclass
class Around:
    """Everybody whom a decision may concern, as far as decisions and links reach."""

    filed: dict[bytes, Filed] = field(default_factory=dict)
    beside: dict[bytes, Filed] = field(default_factory=dict)
    """Records elsewhere that name one of the children, or that are decided to be different."""
    children: set[bytes] = field(default_factory=set)
    decisions: dict[bytes, IdentityDecision] = field(default_factory=dict)


class StandingLinks:
    """One working out of where everybody stands."""

    def __init__(
        self,
        digests: IdentityDigests,
        matching: Matching,
        transaction: IdentityTransaction,
        around: Around,
        held: Sequence[IdentityDecision],
    ) -> None:
        self._digests = digests
        self._matching = matching
        self._transaction = transaction
        self._around = around
        self._held = held
        self._evidence: dict[bytes, RecordEvidence] = {}
        outside = {ref for one in held for ref in one.pair} - around.filed.keys()
        self._outside = transaction.filed(sorted(outside), ()) if outside else {}
        self._units = joined(around.filed, held)
        self._places: dict[bytes, bytes] = {}

    def links(self) -> Mapping[bytes, LinkRow]:
        """The links that are to stand, of everybody around."""
        filed = self._around.filed
        founded = self._transaction.founded(sorted({f.own.child_ref for f in filed.values()}))
        known = {
            ref: Known(since=one.created_at, founded_by=one.founded_by)
            for ref, one in founded.items()
        }
        own = [_own(ref, one.own) for ref, one in filed.items()]
        found = parts(own, known, self._held, self._nearest)
        drafts: dict[bytes, LinkRow] = {}
        for part in found:
            drafts |= self._drafted(part)
        self._places |= {ref: link.child_ref for ref, link in drafts.items()}
        for ref, one in self._around.beside.items():
            self._places.setdefault(ref, one.standing.child_ref)
            drafts.setdefault(ref, replace(one.own, child_ref=one.standing.child_ref))
        sizes: dict[bytes, int] = {}
        for child in self._places.values():
            sizes[child] = sizes.get(child, 0) + 1
        named = self._named(drafts.values())
        return {ref: self._finished(link, named, sizes) for ref, link in drafts.items()}

    def _drafted(self, part: Part) -> Mapping[bytes, LinkRow]:
        """The links of one part, still naming whom the records by themselves may be."""
        child_ref, elsewhere = part.child_ref, None
        if child_ref is None:
            elsewhere = self._elsewhere(part)
            child_ref = elsewhere.child_ref
        drafts = {}
        for ref in part.records:
            own = self._around.filed[ref].own
            if own.child_ref == child_ref:
                drafts[ref] = own
            elif elsewhere is not None and ref == elsewhere.record_ref:
                drafts[ref] = elsewhere
            else:
                words = (_APART,) if elsewhere else (self._why(ref, part),)
                drafts[ref] = replace(
                    own, child_ref=child_ref, verdict=Verdict.MATCHED.value, evidence=words
                )
        return drafts

    def _why(self, ref: bytes, part: Part) -> str:
        """In words, what brought a record to a child that it is not filed with."""
        for one in self._held:
            if not one.keeps_apart and ref in one.pair and set(one.pair) <= set(part.records):
                return _ONE[one.cause]
        return _JOINED_WITH_IT

    def _elsewhere(self, part: Part) -> LinkRow:
        """The link of the first of those who are left without a child: another's, or its own."""
        found = []
        for ref in part.records:
            evidence = self._evidence_of(ref)
            near = [
                Candidate(
                    child_ref=child.child_ref,
                    records=tuple(evidence_known(row) for row in child.records),
                )
                for child in self._transaction.candidates({ref: linking_keys(evidence)})[ref]
                if child.child_ref not in self._around.children
                and not self._contraries(ref) & {row.record_ref for row in child.records}
            ]
            decided = self._transaction.decided_about([one.child_ref for one in near])
            free = [one for one in near if one.child_ref not in decided]
            found.append((ref, resolve_by_weights(evidence, free, self._matching)))
        own = self._own_child(part)
        first, resolution = found[0]
        matched = {one.child_ref for _, one in found if one.verdict is Verdict.MATCHED}
        if len(matched) == 1:
            return LinkRow(
                record_ref=first,
                child_ref=next(child for child in matched if child),
                verdict=Verdict.MATCHED.value,
                evidence=(_APART, *resolution.evidence),
            )
        possible = {child for _, one in found for child in one.possible} | (matched - {None})
        return LinkRow(
            record_ref=first,
            child_ref=own,
            verdict=Verdict.POSSIBLE.value if possible else Verdict.NEW.value,
            possible=tuple(sorted(child for child in possible if child)),
            evidence=(_APART, *resolution.evidence),
        )

    def _own_child(self, part: Part) -> bytes:
        """A child that these records found, and that none of those concerned is."""
        made = self._digests.child_ref(part.records[0])
        while made in self._around.children:
            made = self._digests.child_ref(part.records[0] + made)
        return made

    def _contraries(self, ref: bytes) -> frozenset[bytes]:
        """The records that are decided to be of another child than this one."""
        unit = self._units.get(ref, frozenset({ref}))
        return frozenset(
            other
            for one in self._held
            if one.keeps_apart
            for other, mine in (one.pair, one.pair[::-1])
            if mine in unit
        )

    def _nearest(self, ref: bytes, groups: Sequence[Sequence[bytes]]) -> int | None:
        near = [
            Candidate(
                child_ref=place.to_bytes(2),
                records=tuple(self._evidence_of(other) for other in group),
            )
            for place, group in enumerate(groups)
        ]
        found = resolve_by_weights(self._evidence_of(ref), near, self._matching)
        if found.verdict is not Verdict.MATCHED or found.child_ref is None:
            return None
        return int.from_bytes(found.child_ref)

    def _evidence_of(self, ref: bytes) -> RecordEvidence:
        if ref not in self._evidence:
            rows = self._transaction.records_read(sorted(self._around.filed))
            self._evidence = {one: evidence_in(row) for one, row in rows.items()}
        return self._evidence[ref]

    def _named(self, drafts: Iterable[LinkRow]) -> Mapping[bytes, frozenset[bytes]]:
        """Each child that is named or concerned -> the children as whom its records stand."""
        found: dict[bytes, set[bytes]] = {}
        for ref, one in self._around.filed.items():
            found.setdefault(one.own.child_ref, set()).add(self._places[ref])
        further = {child for link in drafts for child in link.possible} - found.keys()
        elsewhere = self._transaction.filed((), sorted(further)) if further else {}
        for ref, one in elsewhere.items():
            if one.own.child_ref in further and ref not in self._around.filed:
                found.setdefault(one.own.child_ref, set()).add(one.standing.child_ref)
        return {ref: frozenset(now) for ref, now in found.items()}

    def _finished(
        self,
        link: LinkRow,
        named: Mapping[bytes, frozenset[bytes]],
        sizes: Mapping[bytes, int],
    ) -> LinkRow:
        """The link, naming whom else the record may be as they stand now."""
        now = {now for child in link.possible for now in named.get(child, {child})}
        contraries = self._contraries(link.record_ref)
        apart = {self._places[ref] for ref in contraries if ref in self._places}
        apart |= {one.standing.child_ref for r, one in self._outside.items() if r in contraries}
        possible = tuple(sorted(now - apart - {link.child_ref}))
        if possible or not link.possible or link.verdict not in _UNSURE:
            return replace(link, possible=possible)
        if sizes.get(link.child_ref, 0) > 1 and now <= {link.child_ref}:
            words = (_JOINED_WITH_IT,)
            return replace(link, possible=(), verdict=Verdict.MATCHED.value, evidence=words)
        words = (_NAMED_NO_LONGER,)
        return replace(link, possible=(), verdict=Verdict.NEW.value, evidence=words)


_UNSURE: Final = frozenset({Verdict.POSSIBLE.value, Verdict.MANY.value})


def _own(ref: bytes, own: LinkRow) -> OwnLink:
    claims = own.possible if own.verdict == Verdict.MANY.value else ()
    return OwnLink(record_ref=ref, child_ref=own.child_ref, claims=claims)
