"""Notices to schools in the deciding transaction: from what is known of children to what stands."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from hub.core.encompass import decide_notices
from hub.core.encompass_late import late_notice
from hub.core.encompass_notice import (
    EncompassNotice,
    NoticeChange,
    NoticeStep,
    outbox_id,
    timer_id,
)
from hub.core.encompass_recipient import Concerning
from hub.core.encompass_school import register_words
from hub.core.event import EventKind
from hub.core.identifiers import GssCode
from hub.core.identity_profile import tells_who
from hub.core.policy import LocalAuthorityPolicy, Policies
from hub.core.school_directory import SchoolDirectory
from hub.ports import (
    Effects,
    Known,
    NoticesKnown,
    NoticeStepRow,
    NoticeWrites,
    OutboxRow,
    Places,
    TimerRow,
    Transaction,
)
from hub.service.correlating import Seen, responsible_for
from hub.service.records import evidence_in

NOTICE_DUE = "encompass_due"
"""The kind of the timer at which a notice is late."""

NOTICE_WAITS = "notice"
"""The kind of what an agency is told by the outbox."""


class Noticing:
    """Decides the notices of children whose incidents are known, and writes what changes."""

    def __init__(self, *, policies: Policies, places: Places, directory: SchoolDirectory) -> None:
        self._policies = policies
        self._places = places
        self._directory = directory

    def __call__(
        self,
        transaction: Transaction,
        seen: Sequence[Seen],
        now: datetime,
        once: Collection[bytes] = (),
    ) -> int:
        """Write what changes for these children, who are locked; answer how many notices do.

        Looked at are those with an incident, and those of ``once``, who may have had one: their
        links changed, or the force says by now that it was another child.
        """
        concerned = [one for one in seen if _has_incident(one.known) or one.known.child_ref in once]
        if not concerned:
            return 0
        stored = {
            one.child_ref: one
            for one in transaction.notices_known([one.known.child_ref for one in concerned])
        }
        changes = [change for child in concerned for change in self._changes(child, stored, now)]
        write_changes(transaction, changes, now)
        return len(changes)

    def _changes(
        self, seen: Seen, every: Mapping[bytes, NoticesKnown], now: datetime
    ) -> tuple[NoticeChange, ...]:
        known, chronology = seen.known, seen.chronology
        stored = every.get(known.child_ref, NoticesKnown(child_ref=known.child_ref))
        responsible = responsible_for(chronology, self._policies, self._places, now)
        given = Concerning(
            chronology=chronology,
            certain=not known.unsure,
            nameless=_nameless(known),
            words=(*register_words(known.events), *stored.words),
            conflicted=stored.conflicted,
            notices=stored.notices,
            council=self._with_a_desk(responsible),
        )
        return decide_notices(given, self._policies.of(responsible), self._directory, now)

    def _with_a_desk(self, council: GssCode | None) -> GssCode | None:
        """The council, if it has joined: what is addressed to another would reach nobody."""
        return council if council in self._policies.authorities else None

    def late(self, transaction: Transaction, timer: TimerRow, now: datetime) -> None:
        """Look at a notice whose time has come; its child is locked."""
        notice = transaction.notice(timer.subject_id)
        if notice is None:
            return
        conflicted = frozenset(
            staff
            for one in transaction.notices_known([notice.child_ref])
            for staff in one.conflicted
        )
        agreed = self._policy_of(notice).encompass
        change = late_notice(notice, agreed, self._directory, conflicted, now)
        if change is not None:
            write_changes(transaction, [change], now)

    def _policy_of(self, notice: EncompassNotice) -> LocalAuthorityPolicy:
        return self._policies.of(notice.council)


def write_changes(
    transaction: Transaction,
    changes: Iterable[NoticeChange],
    now: datetime,
    by: str | None = None,
) -> None:
    """Write notices, what happened to them, their timers and what agencies are told."""
    changed = tuple(changes)
    if not changed:
        return
    transaction.write_notices(
        NoticeWrites(
            notices=tuple(one.notice for one in changed),
            steps=tuple(
                NoticeStepRow(
                    notice_id=one.notice.notice_id,
                    kind=one.step.value,
                    version=one.notice.version,
                    at=now,
                    by=by,
                )
                for one in changed
            ),
        ),
        now,
    )
    transaction.write_effects(
        Effects(
            settled_subjects=tuple(one.notice.notice_id for one in changed),
            timers=tuple(_timer(one.notice) for one in changed if _can_be_late(one.notice)),
            outbox=tuple(row for one in changed for row in _told(one, now)),
        ),
        now,
    )


def _nameless(known: Known) -> frozenset[bytes]:
    """Answer the records linked with others that say neither a given name nor a number."""
    if len(known.records) == 1:
        return frozenset()
    records = known.records
    return frozenset(row.record_ref for row in records if not tells_who(evidence_in(row)))


def _has_incident(known: Known) -> bool:
    return any(event.kind is EventKind.DOMESTIC_ABUSE_INCIDENT for event in known.events)


def _can_be_late(notice: EncompassNotice) -> bool:
    return notice.waits and notice.late_at is None


def _timer(notice: EncompassNotice) -> TimerRow:
    return TimerRow(
        timer_id=timer_id(notice),
        kind=NOTICE_DUE,
        subject_id=notice.notice_id,
        child_ref=notice.child_ref,
        due_at=notice.due_at,
    )


def _told(change: NoticeChange, now: datetime) -> Iterable[OutboxRow]:
    waits = change.step in {NoticeStep.MADE, NoticeStep.REVISED}
    for agency in change.told:
        yield OutboxRow(
            outbox_id=outbox_id(change.notice, change.step, agency),
            kind=NOTICE_WAITS,
            recipient=agency,
            subject_id=change.notice.notice_id,
            not_before=change.notice.opens_at if waits else now,
        )
