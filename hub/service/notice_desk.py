"""The desk at which notices are read and answered: a school's, a force's or a council's.

What a notice says is put together here, when it is read, from what is known then. Every view and
every answer commits its audit row before it is shown.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from hub.core.disclosure import Role
from hub.core.disclosure_encompass import DisclosedNotice, NoticePart, Viewer, disclose_notice
from hub.core.encompass_notice import EncompassNotice
from hub.core.encompass_policy import EncompassPolicy
from hub.core.identifiers import Urn
from hub.core.school_directory import School, SchoolDirectory
from hub.errors import TransientFault
from hub.ports import Known, NoticeWrites, SchoolWordRow, SealedWords, Store, Transaction
from hub.service.asker import Asker, Surroundings, audit_row
from hub.service.correlating import Seen, chronology_of
from hub.service.failing import place_of
from hub.service.notice_answers import (
    NoticeAnswer,
    acknowledged,
    answers_of,
    child_of,
    is_first_sight,
    may_read,
    reference_in,
    roll_word,
    seats_of,
)
from hub.service.notice_items import NoticeItem, NoticesListed
from hub.service.noticing import Noticing, write_changes

NOTICES_A_PAGE = 50
"""As the inbox has it."""
KEPT = timedelta(days=28)
"""For how long a list shows what was acknowledged or taken back. This project's own figure."""

log = logging.getLogger(__name__)


ReadNarrative = Callable[[SealedWords], Mapping[str, object]]
"""Opens what a force told in words; the workers cannot."""


class NoticeDesk:
    """The use case."""

    def __init__(
        self,
        around: Surroundings,
        *,
        store: Store,
        noticing: Noticing,
        directory: SchoolDirectory,
        read_narrative: ReadNarrative,
    ) -> None:
        self._around = around
        self._store = store
        self._noticing = noticing
        self._directory = directory
        self._read_narrative = read_narrative

    def listed(self, asker: Asker, page: int = 1) -> NoticesListed:
        """A page of what the asker may read: what waits first, then what was dealt with lately.

        One on which the hub fails costs no other: it is counted, and told with the page.

        Raises:
            HubError: they could not be read or audited; nothing may be shown then.
        """
        now = self._around.clock.now()
        passed = (page - 1) * NOTICES_A_PAGE
        with self._store.transaction() as transaction:
            found = transaction.notices_at(
                sorted(seats_of(asker)), now, now - KEPT, NOTICES_A_PAGE, passed
            )
            items, failed = self._each(transaction, asker, found.notices, now)
            unreadable = found.unreadable + failed
            outcome = f"{len(items)} notices" + (f", {unreadable} unreadable" * bool(unreadable))
            self._audit(transaction, asker, "notices", items, outcome)
        pages = max(1, -(-found.total // NOTICES_A_PAGE))
        return NoticesListed(
            items=items, total=found.total, page=page, pages=pages, unreadable=unreadable
        )

    def _each(
        self,
        transaction: Transaction,
        asker: Asker,
        found: Sequence[EncompassNotice],
        now: datetime,
    ) -> tuple[tuple[NoticeItem, ...], int]:
        """What of these the asker may see, and on how many the hub failed."""
        try:
            return self._items(transaction, asker, found, now), 0
        except TransientFault:
            raise
        except Exception as error:  # noqa: BLE001  # narrowed down to the one it is about, and told
            if len(found) == 1:
                place = place_of(error)
                log.error("notice %s: %s at %s", found[0].notice_id, type(error).__name__, place)  # noqa: TRY400  # the trace may hold content
                return (), 1
        some = [self._each(transaction, asker, [one], now) for one in found]
        return tuple(one for items, _ in some for one in items), sum(n for _, n in some)

    def one(self, asker: Asker, notice_id: UUID) -> NoticeItem | None:
        """One notice; ``None`` if there is none or it is not this asker's.

        Raises:
            HubError: it could not be read or audited; nothing may be shown then.
        """
        now = self._around.clock.now()
        with self._store.transaction() as transaction:
            found = transaction.notice(notice_id)
            items = self._items(transaction, asker, [found] if found else [], now)
            outcome = f"{notice_id}: {'shown' if items else 'none'}"
            self._audit(transaction, asker, "notice", items, outcome)
        return items[0] if items else None

    def answer(
        self, asker: Asker, notice_id: UUID, answer: NoticeAnswer, school: Urn | None = None
    ) -> bool:
        """Record an answer in the asker's name; ``False`` if it is not theirs to give.

        Raises:
            HubError: it could not be written or audited; nothing was recorded then.
        """
        now = self._around.clock.now()
        with self._store.transaction() as transaction:
            found = transaction.notice(notice_id)
            if found is not None:
                transaction.lock_children([found.child_ref])
                found = transaction.notice(notice_id)
            items = self._items(transaction, asker, [found] if found else [], now)
            allowed = bool(items) and answer in items[0].answers
            if answer is NoticeAnswer.SCHOOL and allowed:
                allowed = school in {one.urn for one in items[0].schools}
            if allowed and found is not None:
                self._record(transaction, asker, found, answer, school, now)
            outcome = f"{notice_id}: {answer}" if allowed else f"{notice_id}: not theirs"
            self._audit(transaction, asker, "answer notice", items, outcome)
        return allowed

    def _record(  # noqa: PLR0913, PLR0917  # who answers what to which notice, and when
        self,
        transaction: Transaction,
        asker: Asker,
        notice: EncompassNotice,
        answer: NoticeAnswer,
        school: Urn | None,
        now: datetime,
    ) -> None:
        if answer is NoticeAnswer.ACKNOWLEDGE:
            write_changes(transaction, [acknowledged(notice, asker, now)], now, by=asker.user_id)
            return
        if answer is NoticeAnswer.NOT_ME:
            writes = NoticeWrites(conflicts=((notice.child_ref, asker.user_id),))
        else:
            word = roll_word(notice, answer, school, now)
            row = SchoolWordRow(child_ref=notice.child_ref, word=word, by=asker.user_id)
            writes = NoticeWrites(words=(row,))
        transaction.write_notices(writes, now)
        known = transaction.known([notice.child_ref])
        self._noticing(transaction, [Seen.of(one) for one in known], now)

    def _items(
        self,
        transaction: Transaction,
        asker: Asker,
        found: Sequence[EncompassNotice],
        now: datetime,
    ) -> tuple[NoticeItem, ...]:
        """What of these the asker may see, noted as seen."""
        known = {one.child_ref: one for one in transaction.known([one.child_ref for one in found])}
        words = {one.fact_key: one for one in transaction.words_of([n.fact_key for n in found])}
        items = tuple(
            item
            for one in found
            if (item := self._item(asker, one, known[one.child_ref], words.get(one.fact_key), now))
        )
        unseen = [
            one.disclosed.notice for one in items if is_first_sight(one.disclosed.notice, asker)
        ]
        if unseen:
            marks = tuple((one.notice_id, one.version) for one in unseen)
            transaction.write_notices(NoticeWrites(seen=marks), now)
        return items

    def _item(
        self,
        asker: Asker,
        notice: EncompassNotice,
        known: Known,
        words: SealedWords | None,
        now: datetime,
    ) -> NoticeItem | None:
        if not may_read(asker, notice):
            return None
        chronology = chronology_of(known)
        incident = next((i for i in chronology.incidents if i.fact_key == notice.fact_key), None)
        agreed = self._around.policies.of(notice.council).encompass
        disclosed = disclose_notice(
            Viewer(role=asker.role, purpose=asker.purpose, seats=seats_of(asker)),
            notice,
            incident,
            now,
            shielded=chronology.shielded,
            grade_shown=agreed.grade_shown,
        )
        if disclosed is None:
            return None
        return self._told(
            asker, disclosed, child_of(asker, known, notice, chronology), words, agreed
        )

    def _told(
        self,
        asker: Asker,
        disclosed: DisclosedNotice,
        child: tuple[str | None, date | None],
        words: SealedWords | None,
        agreed: EncompassPolicy,
    ) -> NoticeItem:
        """What the parts that are disclosed hold."""
        notice, parts = disclosed.notice, disclosed.parts
        name, born = child if NoticePart.CHILD in parts else (None, None)
        desk = agreed.desks.get(notice.force) if NoticePart.FORCE in parts else None
        force = notice.force if NoticePart.FORCE in parts else ""
        school = self._directory.of_agency(notice.recipient.agency)
        at_school = asker.role is Role.SCHOOL_SAFEGUARDING_LEAD
        answers = answers_of(asker, notice)
        return NoticeItem(
            disclosed=disclosed,
            school=school if NoticePart.SCHOOL in parts or at_school else None,
            force_name=desk.name if desk else force,
            force_number=desk.number if desk else None,
            answers=answers,
            child_name=name,
            birth_date=born,
            reference=reference_in(words) if NoticePart.REFERENCE in parts else None,
            voice=self._voice(words) if NoticePart.VOICE in parts else None,
            schools=self._schools(asker) if NoticeAnswer.SCHOOL in answers else (),
        )

    def _schools(self, asker: Asker) -> tuple[School, ...]:
        """The schools of which the asker's council may name one: those of its own area."""
        return self._directory.in_area(asker.authority) if asker.authority else ()

    def _voice(self, words: SealedWords | None) -> str | None:
        told = self._read_narrative(words).get("voice") if words and words.detail else None
        return told if isinstance(told, str) else None

    def _audit(
        self,
        transaction: Transaction,
        asker: Asker,
        action: str,
        items: Sequence[NoticeItem],
        outcome: str,
    ) -> None:
        fields = sorted({part.value for item in items for part in item.disclosed.parts})
        transaction.write_audit(
            audit_row(
                self._around.new_id(),
                asker,
                at=self._around.clock.now(),
                action=action,
                subjects={item.disclosed.notice.child_ref for item in items},
                outcome=outcome,
                fields=fields,
                policies=self._around.policies,
            )
        )
