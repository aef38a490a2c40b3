"""What the surfaces ask of the database, each in one transaction that also holds its audit row."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import psycopg
from psycopg import Connection, IsolationLevel
from psycopg.rows import TupleRow

from hub.adapters.store import activity, answers, desk, inbox, life, settling, timers
from hub.adapters.store import feedback as reported
from hub.adapters.store.brief import read_in_brief
from hub.adapters.store.completeness import read_feeds
from hub.adapters.store.connection import PostgresStore
from hub.adapters.store.epochs import take_epochs
from hub.adapters.store.history import read_history
from hub.adapters.store.homes import Homes
from hub.adapters.store.inbox_changes import changed_since, changes_of
from hub.adapters.store.known import read_known
from hub.adapters.store.related import read_related
from hub.adapters.store.rows import bytea_array, text_array
from hub.adapters.store.search import search
from hub.adapters.store.since_seen import with_more
from hub.adapters.store.together import Statement, ask_together
from hub.errors import TransientFault
from hub.ports import (
    AnswerChanged,
    AnswerGiven,
    AuditRow,
    ChangesFound,
    ChildInBrief,
    ColumnSealer,
    DeskFound,
    FeedActivity,
    FeedbackFound,
    FeedbackRow,
    FeedbackWanted,
    FeedFacts,
    Found,
    HistoryFound,
    IdentityDigests,
    InboxAlert,
    InboxFound,
    InboxWanted,
    Known,
    LifeStep,
    Lived,
    OutOfTime,
    Overdue,
    RelatedFound,
    Unsettled,
)

_AUDIT = (
    "INSERT INTO audit_leaf (audit_id, at, actor, role, organisation, action, purpose, subjects,"
    " outcome, fields, policy_version, request_id)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
)

_ASKED = (
    "SELECT at FROM audit_leaf WHERE actor = $1 AND action = $2 AND at > $3::timestamptz"
    " ORDER BY at DESC LIMIT $4::bigint"
)


class PostgresQuestion:
    """One question over one connection; see ``hub.ports.Question``."""

    def __init__(
        self, connection: Connection[TupleRow], sealer: ColumnSealer, digests: IdentityDigests
    ) -> None:
        self._connection = connection
        self._cursor = connection.cursor()
        self._sealer = sealer
        self._digests = digests
        self._written: list[Statement] = []

    def search(
        self, keys: Sequence[tuple[str, str]], *, councils: Sequence[str], feeds: Sequence[str]
    ) -> Found:
        """Everything stored of every child behind these keys; see ``search.search``."""
        return search(
            self._connection, self._sealer, self._digests, keys, councils=councils, feeds=feeds
        )

    def known(self, child_refs: Sequence[bytes]) -> tuple[Known, ...]:
        """Everything stored of these children."""
        return read_known(self._cursor, self._sealer, child_refs)

    def feeds(self, feeds: Sequence[str]) -> tuple[FeedFacts, ...]:
        """How fresh every agency on these feeds is."""
        return read_feeds(self._connection, feeds)

    def in_brief(self, child_refs: Sequence[bytes]) -> tuple[ChildInBrief, ...]:
        """What a list says of these children."""
        return read_in_brief(self._cursor, self._sealer, child_refs)

    def alerts_of(self, desks: Sequence[str], wanted: InboxWanted) -> InboxFound:
        """Delivered alerts in the inbox of one of these desks, each once; without their grounds."""
        found = inbox.alerts_of(self._cursor, desks, wanted)
        return replace(found, alerts=with_more(self._cursor, found.alerts))

    def desk(self, desks: Sequence[str], decided_since: datetime) -> DeskFound:
        """What stands at these desks and is not closed, and what was decided there since then."""
        return desk.desk(self._cursor, desks, decided_since)

    def taken_back(self, desks: Sequence[str], since: datetime) -> tuple[InboxAlert, ...]:
        """Alerts that a team had seen, withdrawn since then, of which it does not know yet."""
        return desk.taken_back(self._cursor, desks, since)

    def note_ending(self, authority: str, alert_id: UUID, *, by: str, at: datetime) -> bool:
        """Note that a team knows that an alert was withdrawn; answer whether it was news."""
        return desk.note_ending(self._cursor, authority, alert_id, by=by, at=at)

    def alerts_named(self, alert_ids: Sequence[UUID]) -> tuple[InboxAlert, ...]:
        """These alerts, without their grounds."""
        return with_more(self._cursor, desk.alerts_named(self._cursor, list(alert_ids)))

    def concerned(
        self, alert_ids: Sequence[UUID]
    ) -> Mapping[UUID, tuple[str | None, tuple[str, ...]]]:
        """Who acts on each of these alerts that there are, and who is informed."""
        return inbox.concerned(self._cursor, list(alert_ids))

    def changes_of(self, desks: Sequence[str], since: str) -> ChangesFound:
        """What changed in these inboxes since the cursor; all for a cursor not of these."""
        found = changes_of(self._cursor, desks, since)
        return replace(found, alerts=with_more(self._cursor, found.alerts))

    def alert(self, alert_id: UUID) -> InboxAlert | None:
        """One alert, whatever its state."""
        found = inbox.alert(self._cursor, self._sealer, alert_id)
        return with_more(self._cursor, (found,))[0] if found else None

    def history(self, child_ref: bytes) -> HistoryFound | None:
        """What was told of a child and of those who are possibly it."""
        return read_history(self._cursor, self._sealer, child_ref)

    def related(
        self, child_ref: bytes, same_incidents: Sequence[tuple[str, bytes]], now: datetime
    ) -> RelatedFound:
        """Who lives where this child lives, or is listed with it in these incidents."""
        epochs = take_epochs(self._cursor, self._digests)
        homes = Homes(self._cursor, self._sealer, self._digests, epochs)
        return read_related(self._cursor, homes, child_ref, same_incidents, now)

    def hold_alert(self, alert_id: UUID) -> None:
        """Let nobody else change an alert until this question is over."""
        inbox.hold(self._cursor, alert_id)

    def acknowledge(self, alert_id: UUID, step: LifeStep) -> bool:
        """Note who saw it first; answer whether that was now."""
        return inbox.acknowledge(self._cursor, self._sealer, alert_id, step)

    def record(self, alert_id: UUID, lived: Lived, at: datetime) -> None:
        """Let a held alert be as a person's act leaves it, with the steps that say so."""
        life.record(self._cursor, self._sealer, alert_id, lived, at)

    def claim(
        self, alert_id: UUID, *, by: str, at: datetime, instead_of: str | None = None
    ) -> bool:
        """Note who has a standing alert in hand; answer whether that was now."""
        return inbox.claim(self._cursor, alert_id, by=by, at=at, instead_of=instead_of)

    def release(self, alert_id: UUID, *, by: str, at: datetime) -> bool:
        """Note that who had it in hand has it no more; answer whether they had."""
        return inbox.release(self._cursor, alert_id, by=by, at=at)

    def feedback_of(self, wanted: FeedbackWanted) -> FeedbackFound:
        """A page of the reports of an agency on which delivered alerts rest."""
        return reported.feedback_of(self._cursor, self._sealer, wanted)

    def feedback(self, feedback_id: UUID, reader: str) -> FeedbackRow | None:
        """One of them; ``None`` if there is none that this reader may see."""
        return reported.feedback(self._cursor, self._sealer, feedback_id, reader)

    def reporters(self, alert_ids: Sequence[UUID]) -> tuple[tuple[UUID, str], ...]:
        """Whose reports are live triggers of these alerts."""
        return reported.reporters(self._cursor, alert_ids)

    def activity(self, agencies: Sequence[str] | None) -> tuple[FeedActivity, ...]:
        """What the feeds of these agencies have done; of all agencies for ``None``."""
        return activity.activity(self._connection, agencies)

    def overdue(self, before: datetime) -> Overdue:
        """Parked reports that came before an instant and that nobody has settled."""
        return activity.overdue(self._cursor, before)

    def out_of_time(self, before: datetime) -> OutOfTime:
        """Notices that are late, and timers that were due before an instant and still wait."""
        return timers.out_of_time(self._cursor, before)

    def unsettled(self) -> tuple[Unsettled, ...]:
        """What is missing from feeds, parked or faulty, and was not settled by a person."""
        return settling.unsettled(self._cursor)

    def operator_faults(self) -> tuple[Unsettled, ...]:
        """Those of them that are faults of no one agency."""
        return settling.faults(self._cursor)

    def settle(self, one: Unsettled, at: datetime) -> None:
        """Let it stand against nothing from now on."""
        settling.settle(self._cursor, one, at)

    def note_settlement(  # noqa: PLR0913  # a settlement names who, what, why, when, its effect
        self,
        settlement_id: UUID,
        one: Unsettled,
        *,
        by: str,
        reason: str,
        answerable: tuple[str, ...],
        at: datetime,
    ) -> None:
        """Keep who settled it and why, and what could be answered then."""
        settling.note_settlement(
            self._cursor, settlement_id, one, by=by, reason=reason, answerable=answerable, at=at
        )

    def times_asked(
        self, actor: str, action: str, *, since: datetime, most: int
    ) -> tuple[datetime, ...]:
        """When this account was audited for this action, the latest first."""
        asked = Statement(_ASKED, (actor, action, since.isoformat(), str(most)))
        (rows,) = ask_together(self._connection, asked)
        return tuple(at for (at,) in rows)

    def changed_answers(
        self, organisation: str, roles: Sequence[str], most: int
    ) -> tuple[AnswerChanged, ...]:
        """The changes that nobody of an organisation has seen, of answers given to these roles."""
        return answers.changed_answers(self._cursor, organisation, roles, most)

    def acknowledge_changed(  # which, whose, to which roles, who saw it when
        self, changed_id: UUID, organisation: str, roles: Sequence[str], *, by: str, at: datetime
    ) -> bool:
        """Note who has seen first that an answer has changed; ``False`` if there is none to see."""
        return answers.acknowledge_changed(
            self._cursor, changed_id, organisation, roles, by=by, at=at
        )

    def write_audit(self, row: AuditRow, given: AnswerGiven | None = None) -> None:
        """Have the audit row written; it commits with the question, before the answer leaves."""
        self._written.append(Statement(_AUDIT, _audit_values(row)))
        if given is not None:
            self._written.append(answers.given(self._sealer, given))

    def commit(self) -> None:
        """Write the audit rows and commit, in one round trip; without the one not the other."""
        ask_together(self._connection, *self._written, commit=True)


def _audit_values(row: AuditRow) -> tuple[str, ...]:
    return (
        *(str(row.audit_id), row.at.isoformat(), row.actor, row.role, row.organisation),
        *(row.action, row.purpose, bytea_array(row.subjects), row.outcome),
        *(text_array(row.fields), row.policy_version, row.request_id),
    )


class PostgresQuestions:
    """The questions port over PostgreSQL."""

    def __init__(
        self, store: PostgresStore, sealer: ColumnSealer, digests: IdentityDigests
    ) -> None:
        self._store = store
        self._sealer = sealer
        self._digests = digests

    @contextmanager
    def question(self, *, changes: bool = False) -> Iterator[PostgresQuestion]:
        """A transaction for one question; committed when left, before anything is answered.

        All of it sees one instant, so that no answer mixes what was known before a register's
        report with what is known after it. One that changes an alert sees what is newest instead.
        """
        try:
            isolation = None if changes else IsolationLevel.REPEATABLE_READ
            with self._store.connection(isolation) as connection:
                question = PostgresQuestion(connection, self._sealer, self._digests)
                yield question
                question.commit()
        except psycopg.Error as error:
            raise TransientFault(
                f"the question could not be answered, or not be audited: {type(error).__name__}"
            ) from error

    def inbox_changed(self, desks: Sequence[str], since: str) -> bool:
        """Whether anything changed in these inboxes since the cursor; one not of these: yes."""
        with self._store.connection() as connection:
            return changed_since(connection.cursor(), desks, since)

    def check_reachable(self) -> None:
        """Ask the server one question; raises ``ServiceMissing`` when it does not answer."""
        self._store.check_reachable()
