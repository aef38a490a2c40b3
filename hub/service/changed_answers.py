"""Asks again what was asked, when who is who was corrected, and tells who was told otherwise.

The database notes in the correcting transaction whose answers are in doubt, so that no way of
correcting forgets it. Asking again is a round of the timekeeper's: bounded, one answer at a time,
and once each, whoever else does the same.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from hub.core.answer_changed import AnswerTold, ChangedPart, changed_id, changed_part
from hub.core.disclosure import Role
from hub.core.identifiers import OdsCode
from hub.errors import TransientFault
from hub.ports import AnswerChanged, AnswerGiven, Answers, AskedAgain
from hub.service.answers_given import Kept, read, written
from hub.service.asker import Asker, Surroundings, audit_row
from hub.service.check import Check
from hub.service.failing import place_of

SETTLED = timedelta(seconds=30)
"""Longer than any question can be under way: each statement of one has five seconds."""

DOUBTS_PER_ROUND = 200
ANSWERS_PER_ROUND = 20
LEASE = timedelta(minutes=10)
"""After so long an answer comes again that somebody took and did not settle."""

SHOWN_MAX = 20
"""So many changes are shown at once, the latest asked first."""

_SEES: dict[Role, tuple[str, ...]] = {
    Role.ED_CLINICIAN: (Role.ED_CLINICIAN.value, Role.ED_RECEPTION.value),
    Role.ED_RECEPTION: (Role.ED_RECEPTION.value,),
}
"""Whose changed answers a role is shown: a clinician's is not put away by who saw less of it."""

log = logging.getLogger(__name__)


class ChangedAnswers:
    """The use cases of those who asked: to be shown which have changed, and to have seen it."""

    def __init__(self, around: Surroundings) -> None:
        self._questions = around.questions
        self._policies = around.policies
        self._clock = around.clock
        self._new_id: Callable[[], UUID] = around.new_id

    def waiting(self, asker: Asker) -> tuple[AnswerChanged, ...]:
        """The changes that nobody of the asker's organisation has seen; none of them is of anybody.

        Raises:
            HubError: it could not be looked up.
        """
        roles = _SEES.get(asker.role, ())
        with self._questions.question() as asking:
            return asking.changed_answers(asker.organisation, roles, SHOWN_MAX)

    def acknowledge(self, asker: Asker, changed: UUID) -> bool:
        """Note that the asker has seen a change; ``False`` if there is none of their own.

        Raises:
            HubError: it could not be written or audited.
        """
        at, roles = self._clock.now(), _SEES.get(asker.role, ())
        with self._questions.question(changes=True) as asking:
            seen = asking.acknowledge_changed(
                changed, asker.organisation, roles, by=asker.user_id, at=at
            )
            row = audit_row(
                self._new_id(),
                asker,
                at=at,
                action="changed answer seen",
                subjects=(),
                outcome=f"{changed}: {'seen' if seen else 'none'}",
                fields=(),
                policies=self._policies,
            )
            asking.write_audit(row)
        return seen


class AskAgain:
    """The use case of the timekeeper: to find which answers have changed."""

    def __init__(
        self, around: Surroundings, answers: Answers, settled: timedelta = SETTLED
    ) -> None:
        self._questions = around.questions
        self._clock = around.clock
        self._answers = answers
        self._settled = settled
        self._check = Check(around)

    def __call__(self) -> int:
        """Ask a round of what is in doubt again; answer how much was in hand.

        Raises:
            TransientFault: the database was away; what was in hand comes again.
        """
        found = self._answers.doubt(self._settled, DOUBTS_PER_ROUND, self._clock.now())
        for _ in range(ANSWERS_PER_ROUND):
            now = self._clock.now()
            given = self._answers.claim(now, now + LEASE)
            if given is None:
                break
            found += 1
            self._ask(given, now + LEASE)
        return found

    def _ask(self, given: AnswerGiven, until: datetime) -> None:
        """Ask one again; what the hub fails on comes again later and costs nobody else."""
        try:
            kept = read(given.content)
            with self._questions.question() as asking:
                now = self._check.again(asking, _asker(given), kept.question, given.asked_at)
            again = self._found(given, kept, now, until)
        except TransientFault:
            raise
        except Exception as error:  # noqa: BLE001  # a bug of ours costs this answer only, for now
            log.error(  # noqa: TRY400  # the trace may hold content
                "answer %s waits: %s in %s", given.audit_id, type(error).__name__, place_of(error)
            )
        else:
            self._answers.settle(again, self._clock.now())

    def _found(
        self, given: AnswerGiven, kept: Kept, now: AnswerTold | None, until: datetime
    ) -> AskedAgain:
        """What is to be told of an answer that says this by now."""
        rests = AskedAgain(audit_id=given.audit_id, claimed_until=until, content=written(kept))
        if now is None:  # by today's table this role is shown nothing
            return rests
        if given.unseen is not None:
            if changed_part(kept.known, now) is None:
                kept = replace(kept, told=kept.known)
                return replace(rests, content=written(kept), as_before=given.unseen)
            return replace(rests, content=written(replace(kept, told=now)))
        part = changed_part(kept.told, now)
        if part is None:
            return rests
        if changed_part(kept.first, now) is None:
            part = ChangedPart.AS_FIRST_TOLD
        kept = replace(kept, known=kept.told, told=now, number=kept.number + 1)
        changed = self._changed(given, kept.number, part)
        return replace(rests, content=written(kept), changed=changed)

    def _changed(self, given: AnswerGiven, number: int, part: ChangedPart) -> AnswerChanged:
        return AnswerChanged(
            changed_id=changed_id(given.audit_id, number),
            audit_id=given.audit_id,
            organisation=given.organisation,
            role=given.role,
            asked_by=given.asked_by,
            asked_at=given.asked_at,
            part=part.value,
            told_at=self._clock.now(),
        )


def _asker(given: AnswerGiven) -> Asker:
    return Asker(
        user_id=given.asked_by,
        role=Role(given.role),
        organisation=given.organisation,
        site=OdsCode(given.site) if given.site else None,
    )
