"""Keeps records that only schools know of, without a child, until a child appears whom they match.

A school mark never creates a child (design 2.3). Its record is stored sealed with its keys, outside
the identity lock. Two transactions that miss one another do not both look away: each side stores
and commits first and looks for the other afterwards, and looks again when its report comes again.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from hub.core.identifiers import Urn
from hub.core.identity import (
    Candidate,
    RecordEvidence,
    Verdict,
    identity_keys,
    linking_keys,
)
from hub.core.identity_matching import Matching
from hub.core.identity_screen import Screen
from hub.core.identity_weighed import resolve_by_weights
from hub.core.superseded import NATIONAL_DEMOGRAPHICS
from hub.errors import InvalidIdentifier
from hub.ports import ChildRecords, Clock, IdentityStore, IdentityTransaction, LinkRow, RecordRow
from hub.service.records import (
    combined,
    evidence_in,
    evidence_known,
    former_keys,
    in_transactions,
    needs_resolving,
    refuse_too_many,
    with_current_numbers,
)
from hub.service.standing import Standing

ROUNDS_MAX = 10
"""A promoted record may match others by its own identifiers; a chain longer than this waits."""


class Waiting:
    """The use case: records of schools in, none linked that matches no child."""

    def __init__(
        self, *, store: IdentityStore, matching: Matching, standing: Standing, clock: Clock
    ) -> None:
        self._store = store
        self._standing = standing
        self._matching = matching
        self._clock = clock

    def keep(self, seen: Mapping[bytes, RecordRow]) -> None:
        """Bring records of schools up to date, and link those that match a child.

        One that says nothing new of its person is left as it is, revisions included: every day's
        register would rewrite every record otherwise.
        """
        if not seen:
            return
        refs = sorted(seen)
        held = self._store.record_rows(refs)
        changed = {ref: seen[ref] for ref in refs if _is_news(held.get(ref), seen[ref])}
        known = [ref for ref in changed if ref in held]
        linked = self._store.link_rows(known) if known else {}
        waiting = {ref: row for ref, row in changed.items() if ref not in linked}
        if waiting:
            with self._store.identity_transaction() as transaction:
                _save(transaction, waiting, self._clock.now())
        matching = set(self._store.with_a_child_behind(refs))
        if known:  # one that was promoted while its record was being changed is looked at again
            matching |= self._store.link_rows([ref for ref in known if ref in waiting]).keys()
        self._resolve(sorted(matching | linked.keys()), changed)

    def find(self, record_refs: Sequence[bytes]) -> None:
        """Link the waiting records that match the children of these records."""
        if record_refs:
            self._resolve(self._store.waiting_behind(record_refs), {})

    def read_again(self, record_refs: Sequence[bytes]) -> None:
        """Link those of these that wait, or that only ever wait, by what they are read as now."""
        if record_refs:
            refs = set(self._store.with_a_child_behind(record_refs))
            linked = self._store.link_rows(record_refs)
            rows = self._store.record_rows(sorted(linked))
            refs |= {ref for ref, row in rows.items() if founds_no_child(row.agency)}
            self._resolve(sorted(refs), {})
            self.find(record_refs)

    def _resolve(self, refs: Sequence[bytes], said: Mapping[bytes, RecordRow]) -> None:
        """Link what matches; a record that was promoted may by its own identifiers find more.

        What is newly said of a record with a link is saved in the transaction that resolves it, so
        that neither is lost without the other.
        """
        for _ in range(ROUNDS_MAX):
            promoted = [
                ref
                for found in in_transactions(refs, lambda some: self._resolve_some(some, said))
                for ref in found
            ]
            if not promoted:
                return
            refs = self._store.waiting_behind(promoted)

    def _resolve_some(
        self, refs: Sequence[bytes], said: Mapping[bytes, RecordRow]
    ) -> Sequence[bytes]:
        """Resolve records against the children that share a key; answer those promoted.

        Records are locked first, as in linking: whoever decides about them holds them for long.
        """
        with self._store.identity_transaction() as transaction:
            transaction.lock_records(refs)
            transaction.lock_identity()
            news = {ref: said[ref] for ref in refs if ref in said}
            if news:
                _save(transaction, news, self._clock.now())
            found = {ref: evidence_in(row) for ref, row in transaction.records(refs).items()}
            held = transaction.links(sorted(found))
            keys = {ref: linking_keys(evidence) for ref, evidence in found.items()}
            near = transaction.candidates(keys)
            refuse_too_many(near)
            links = {ref: self._link(found[ref], near[ref]) for ref in sorted(found)}
            promoted = [link for ref, link in links.items() if link and link != held.get(ref)]
            now = self._clock.now()
            if promoted:
                transaction.promote(promoted, now)
            released = [ref for ref, link in links.items() if link is None and ref in held]
            if released:
                transaction.release(released, now)
            self._standing.follow(transaction, promoted, held, now, released=released)
        return [link.record_ref for link in promoted]

    def _link(self, evidence: RecordEvidence, near: Sequence[ChildRecords]) -> LinkRow | None:
        """The link of a school's record, if it matches one child for certain; else it waits.

        A child that only schools know of any more is none to match: its own ground has moved away.
        """
        candidates, screen = [], Screen(evidence, self._matching)
        for child in near:
            others = [row for row in child.records if row.record_ref != evidence.record_ref]
            if screen.rules_out([row.said for row in others]):
                continue
            if any(not founds_no_child(row.agency) for row in others):
                records = tuple(evidence_known(row) for row in others)
                candidates.append(Candidate(child_ref=child.child_ref, records=records))
        found = resolve_by_weights(evidence, candidates, self._matching)
        if found.verdict is not Verdict.MATCHED or found.child_ref is None:
            return None
        return LinkRow(
            record_ref=evidence.record_ref,
            child_ref=found.child_ref,
            verdict=found.verdict.value,
            possible=tuple(sorted(set(found.possible) - {found.child_ref})),
            evidence=found.evidence,
        )


def _is_news(held: RecordRow | None, said: RecordRow) -> bool:
    return held is None or needs_resolving(held, said) or (said.shielded and not held.shielded)


def _save(transaction: IdentityTransaction, said: Mapping[bytes, RecordRow], at: datetime) -> None:
    """Insert what is new, and add to the rest what has been learnt."""
    said = with_current_numbers(transaction, said, said)
    inserted = transaction.add_waiting(list(said.values()))
    rows = {ref: said[ref] for ref in inserted}
    rest = sorted(set(said) - inserted)
    held: Mapping[bytes, RecordRow] = {}
    if rest:
        held = transaction.records(rest)
        learnt = {ref: combined(held.get(ref), said[ref]) for ref in rest}
        learnt = with_current_numbers(transaction, learnt, learnt)
        transaction.save_records([learnt[ref] for ref in rest], at)
        rows |= learnt
    keys = {ref: identity_keys(evidence_in(row)) for ref, row in rows.items()}
    former = {ref: former_keys(held.get(ref), some) for ref, some in keys.items()}
    transaction.add_keys(keys, former=former)


def founds_no_child(agency: str) -> bool:
    """Whether what it tells only ever waits for a child: a school, or the keeper of numbers."""
    if agency == NATIONAL_DEMOGRAPHICS:
        return True
    try:
        Urn.of_agency(agency)
    except InvalidIdentifier:
        return False
    return True
