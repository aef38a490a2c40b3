"""Decides a batch of opened reports in one transaction: events, registers, alerts, position.

The order of locks is the same everywhere, so that two workers wait for each other and never
deadlock by design: report rows, registers, children, records.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from hub.core.correlate import may_concern
from hub.core.intake import Intake, OpenedReport, ParkedReport
from hub.core.intake_event import ValidEvent
from hub.core.intake_identity import facts_concerned
from hub.core.reasons import ReportState
from hub.ports import (
    AtStake,
    Clock,
    ExtractSlice,
    FaultRow,
    Position,
    ReportRow,
    Store,
    ToldAgain,
    Transaction,
)
from hub.service import rows
from hub.service.escalating import Escalating
from hub.service.households import NO_HOUSEHOLDS, Households, says_nothing_of_homes
from hub.service.locking import check_links, councils_told, lock_concerned, note_told_again
from hub.service.looking import Correlator, Looking, told_at
from hub.service.noticing import Noticing
from hub.service.quota import DEFAULT_QUOTA, UnverifiedQuota
from hub.service.received import Received, counted, outcomes
from hub.service.school_sessions import session_rows
from hub.service.waking import NO_WAKES, Waking

DEFERRED = timedelta(minutes=10)
"""For how long a child that could not be looked at again waits for the next try."""


_NOTHING_TOLD: Final[Mapping[bytes, datetime]] = {}


@dataclass(frozen=True, slots=True)
class _Judged:
    """One event with its report."""

    report: OpenedReport
    valid: ValidEvent


class Decide:
    """The use case of the one transaction."""

    def __init__(  # noqa: PLR0913  # everything that one transaction decides by
        self,
        *,
        store: Store,
        correlator: Correlator,
        clock: Clock,
        noticing: Noticing,
        quota: UnverifiedQuota = DEFAULT_QUOTA,
        households: Households = NO_HOUSEHOLDS,
        waking: Waking = NO_WAKES,
        escalating: Escalating | None = None,
    ) -> None:
        self._store = store
        self._looking = Looking(correlator, noticing, households, waking, escalating)
        self._quota = quota
        self._households = households
        self._clock = clock

    def __call__(
        self,
        reports: Sequence[OpenedReport | ParkedReport],
        intake: Intake,
        told_again: Sequence[ToldAgain] = (),
        *,
        again: bool = False,
    ) -> Received:
        """Write everything that follows from these reports, or nothing.

        ``told_again`` is what linking left to be noted of their records. With ``again``, parked
        rows at these positions make way for what is now decided.

        Raises:
            TransientFault: the database was away or busy, or a link changed meanwhile.
        """
        with self._store.transaction() as transaction:
            held: frozenset[Position] = frozenset()
            if again:
                held = transaction.release_parked([rows.position_of(one.raw) for one in reports])
            states, forks = self._states(transaction, reports)
            states = self._quota.within(transaction, states, held)
            new = transaction.insert_reports(list(states.values()), self._clock.now())
            fresh = [
                one
                for one in reports
                if isinstance(one, OpenedReport)
                and rows.position_of(one.raw) in new
                and states[rows.position_of(one.raw)].state == ReportState.ACCEPTED
            ]
            outcome = Received()
            if fresh:
                outcome = self._decide(transaction, fresh, intake, told_again)
            self._note(
                transaction,
                [states[p] for p in new],
                fresh,
                [fork for at, fork in forks.items() if at in new],
            )
            pending = transaction.pending_children(1, self._clock.now())
        told = counted(states, new, len(reports))
        return outcome + told + Received(children_pending=len(pending))

    def _states(
        self, transaction: Transaction, reports: Sequence[OpenedReport | ParkedReport]
    ) -> tuple[dict[Position, ReportRow], dict[Position, FaultRow]]:
        """The row of each report: accepted, duplicate or parked; and forks of a sequence."""
        found: dict[Position, ReportRow] = {}
        forks: dict[Position, FaultRow] = {}
        candidates = [
            rows.accepted_row(one, ReportState.ACCEPTED)
            for one in reports
            if isinstance(one, OpenedReport)
        ]
        earlier = {k: list(v) for k, v in transaction.earlier_reports(candidates).items()}
        for one in reports:
            if isinstance(one, ParkedReport):
                row = rows.parked_row(one)
            else:
                row = rows.accepted_row(one, ReportState.ACCEPTED)
                key = (one.header.publisher, one.header.report_id)
                others = [d for at, d in earlier.get(key, ()) if at != row.position]
                if one.value_digest in others:
                    row = rows.accepted_row(one, ReportState.DUPLICATE)
                elif others:
                    forks[row.position] = rows.fork_row(one)
                earlier.setdefault(key, []).append((row.position, one.value_digest))
            found[row.position] = row
        return found, forks

    def _decide(
        self,
        transaction: Transaction,
        fresh: Sequence[OpenedReport],
        intake: Intake,
        told_again: Sequence[ToldAgain],
    ) -> Received:
        judged = [_Judged(report, valid) for report in fresh for valid in report.events]
        slices = [s for s in map(rows.extract_slice, fresh) if s is not None]
        councils = councils_told(fresh)
        if councils:
            transaction.lock_registers(councils)
        sessions = session_rows(fresh)
        ended = transaction.take_sessions(sessions) if sessions else ()
        refs = {one.valid.record_ref for one in judged} | set(transaction.closings(slices))
        refs |= set(ended)
        fact_keys = facts_concerned((one.valid.fact_key, one.valid.facts) for one in judged)
        children = lock_concerned(transaction, refs, fact_keys)
        note_told_again(transaction, told_again)
        conflicts = self._write_events(transaction, judged)
        if refs - children.keys():  # their events stand now: a promotion that missed them is seen
            check_links(transaction, refs, fact_keys, children)
        self._write_register(transaction, fresh, judged, conflicts, slices, intake)
        as_of, told = max(one.raw.received_at for one in fresh), told_at(fresh, children)
        quiet = not slices and all(says_nothing_of_homes(one.valid.event) for one in judged)
        whom = sorted(set(children.values()))
        writes = self.correlate(transaction, whom, as_of, told, quiet=quiet)
        rejected = [row for report in fresh for row in rows.problem_rows(report)]
        problems = [*rejected, *(rows.conflict_row(one.report, one.valid) for one in conflicts)]
        if problems:
            transaction.insert_problems(problems, self._clock.now())
        if conflicts:
            bad = Counter(rows.position_of(one.report.raw) for one in conflicts)
            transaction.count_outcomes(outcomes(fresh, bad))
        return Received(
            events=len(judged) - len(conflicts),
            rejected=len(rejected),
            conflicts=len(conflicts),
            alerts_changed=writes,
        )

    def _write_events(self, transaction: Transaction, judged: Sequence[_Judged]) -> list[_Judged]:
        """Insert the events; answer those whose id already stands for other content."""
        first: dict[bytes, _Judged] = {}
        for one in judged:
            first.setdefault(one.valid.event_id, one)
        stands = transaction.insert_events(
            [rows.event_row(one.report, one.valid) for one in first.values()]
        )
        return [one for one in judged if stands[one.valid.event_id] != one.valid.content_digest]

    def _write_register(  # noqa: PLR0913, PLR0917  # everything a register hears of at once
        self,
        transaction: Transaction,
        fresh: Sequence[OpenedReport],
        judged: Sequence[_Judged],
        conflicts: Sequence[_Judged],
        slices: Sequence[ExtractSlice],
        intake: Intake,
    ) -> None:
        """Plans, extracts and statements."""
        set_aside = {id(one) for one in conflicts}
        stored = [one for one in judged if id(one) not in set_aside]
        plans = [p for one in stored if (p := rows.plan_row(one.report, one.valid)) is not None]
        if plans:
            transaction.upsert_plans(plans)
        touched = transaction.take_extract_slices(slices, self._clock.now()) if slices else ()
        statements = [
            s for one in fresh if (s := rows.statement_slice(one, intake.digests)) is not None
        ]
        if statements:
            transaction.take_statement_slices(statements)
        if plans or touched:
            councils = {plan.agency for plan in plans} | {one.agency for one in slices}
            transaction.compare_statements(sorted(councils))

    def correlate(
        self,
        transaction: Transaction,
        children: Sequence[bytes],
        as_of: datetime,
        told: Mapping[bytes, datetime] = _NOTHING_TOLD,
        *,
        quiet: bool = False,
    ) -> int:
        """Look at every child concerned again, with everything now known; answer the changes.

        ``told`` are children of whom something was told at an instant of its own: what others'
        reports of the batch came with plays no part in their alerts' clocks. ``quiet``: what was
        told concerns nobody else, unless a child's links changed.
        """
        if not children:
            return 0
        marks = transaction.pending_marks(children)
        stakes = transaction.at_stake(children)
        read = self._households.kinds
        related = set(marks)
        if not quiet:
            related |= {ref for ref in children if not read.isdisjoint(stakes[ref].facts)}
        looked_at = [ref for ref in children if ref in related or _is_at_stake(stakes[ref])]
        noticed = {*marks, *(ref for ref in children if stakes[ref].incident)}
        now = self._clock.now()
        changes = self._looking(
            transaction, looked_at, lambda ref: told.get(ref, as_of), now, marks, noticed
        )
        others = () if quiet else sorted(set(children) - related)
        self._households.note(transaction, sorted(related), others, now)
        if marks:
            transaction.settle_pending(marks)
        return changes

    def for_another(self, transaction: Transaction, child_ref: bytes, now: datetime) -> int:
        """Look at one child, who is locked, for what was told of another, or for its own wake."""
        at_present = self._clock.now()
        return self._looking(transaction, [child_ref], lambda _: now, at_present, {}, frozenset())

    def _note(
        self,
        transaction: Transaction,
        new: Sequence[ReportRow],
        fresh: Sequence[OpenedReport],
        forks: Sequence[FaultRow],
    ) -> None:
        """How fresh each feed is, its faults, and what its connector could not use."""
        verified = [row for row in new if row.publisher is not None and row.agency is not None]
        if verified:
            transaction.touch_feeds(verified, rows.first_occurred(fresh))
        faults = [*forks, *(fault for one in fresh for fault in rows.fault_rows(one))]
        if faults:
            transaction.count_faults(faults, max(row.received_at for row in new))
        refusals = [row for one in fresh for row in rows.refusal_rows(one)]
        if refusals:
            transaction.insert_refusals(refusals)

    def pending(self, limit: int) -> tuple[bytes, ...]:
        """Children whose links changed and whose alerts were not looked at since."""
        with self._store.transaction() as transaction:
            return transaction.pending_children(limit, self._clock.now())

    def recorrelate(self, *child_refs: bytes) -> None:
        """Look again at children, in one go with all whom a correction concerns with them."""
        with self._store.transaction() as transaction:
            transaction.lock_children(refs := transaction.pending_together(sorted(child_refs)))
            self.correlate(transaction, refs, self._clock.now())

    def defer(self, child_ref: bytes) -> None:
        """Let a child that could not be looked at wait a while."""
        with self._store.transaction() as transaction:
            transaction.defer_pending(child_ref, self._clock.now() + DEFERRED)


def _is_at_stake(stake: AtStake) -> bool:
    """Whether a rule or an alert may concern a child; each notice of an incident is a rule's."""
    return stake.alerts or may_concern(stake.facts, stake.said)
