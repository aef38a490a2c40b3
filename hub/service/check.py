"""The check: identify, decide, disclose, audit, answer; in this order, and no audit no answer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from uuid import UUID

from hub.core.answer import CheckAnswer, CheckQuestion
from hub.core.answer_changed import AnswerTold, answer_told
from hub.core.chronology import Attendance
from hub.core.disclosure import disclose, may_be_shown
from hub.core.identifiers import GssCode, OdsCode
from hub.core.identity import (
    RecordEvidence,
    Resolution,
    resolve,
    search_keys,
)
from hub.core.report import Feed
from hub.core.search_by_name import (
    FoundByName,
    Searched,
    is_asked_by_name,
    search_by_name,
)
from hub.core.status import Concern, ConcernedAuthority, Knowledge, attending_policy
from hub.core.status_answer import whole_answer
from hub.errors import InvalidIdentifier, RefusedToStart
from hub.ports import AnswerGiven, Found, Question
from hub.service.answers_given import answer_given
from hub.service.asker import Asker, Surroundings, audit_row
from hub.service.children_read import ChildRead, children_read
from hub.service.guesses import SEARCH_BY_NAME, SEARCH_REFUSED, refusal
from hub.service.searching import Searching
from hub.service.source_states import feed_state, register_state


class Check:
    """The use case over one installation's policies."""

    def __init__(self, around: Surroundings) -> None:
        self._questions = around.questions
        self._policies = around.policies
        self._places = around.places
        self._clock = around.clock
        self._new_id = around.new_id
        self._matching = around.matching

    def __call__(self, asker: Asker, question: CheckQuestion) -> CheckAnswer:
        """Answer what this asker may know; the audit row is committed before this returns.

        Raises:
            HubError: it could not be answered or not be audited; nothing may be shown then but
                that it could not be checked, and whom to ring.
        """
        now = self._clock.now()
        audit_id = self._new_id()
        with self._questions.question() as asking:
            named = is_asked_by_name(question)
            refused = refusal(asking, asker.user_id, now) if named else None
            found = None if refused else self._found(asking, asker, question, now)
            shown, subjects = (found.shown, found.subjects) if found else (None, ())
            row = audit_row(
                audit_id,
                asker,
                at=now,
                action=_action(named=named, refused=refused is not None),
                subjects=subjects,
                outcome="refused" if shown is None else f"{shown.plan} {shown.seen}",
                fields=() if shown is None else _filled(shown),
                policies=self._policies,
            )
            given = self._given(audit_id, asker, question, found, now) if found else None
            asking.write_audit(row, given)
        if refused is not None:
            raise refused
        if shown is None:
            raise RefusedToStart("this role may not ask this question here.")
        return replace(shown, audit_id=str(audit_id))

    def again(
        self, asking: Question, asker: Asker, question: CheckQuestion, asked_at: datetime
    ) -> AnswerTold | None:
        """What would be answered now to what was asked then; ``None``: nothing to this role.

        Nobody is shown anything by this, so it leaves no trace in the audit.
        """
        found = self._found(asking, asker, question, self._clock.now())
        if found.shown is None:
            return None
        then = whole_answer(found.question, found.knowledge, self._policies, asked_at)
        return self._told(replace(found, whole=then.answer), found.shown, asked_at)

    def _found(
        self, asking: Question, asker: Asker, question: CheckQuestion, now: datetime
    ) -> "_Found":
        """What is known that bears on the question, and what of it this asker may be shown."""
        question, knowledge, subjects, about = self._knowledge(asking, asker, question)
        whole = whole_answer(question, knowledge, self._policies, now)
        shown = disclose(asker.role, asker.purpose, asker.relationship, whole)
        return _Found(
            question=question,
            knowledge=knowledge,
            subjects=subjects,
            about=about,
            whole=whole.answer,
            shown=shown,
        )

    def _told(self, found: "_Found", shown: CheckAnswer, asked_at: datetime) -> AnswerTold:
        """What was found in codes, as of when it was asked."""
        policy = attending_policy(found.knowledge, self._policies)
        this_visit = timedelta(hours=policy.this_visit_hours)
        return answer_told(found.whole, shown, asked_at=asked_at, this_visit=this_visit)

    def _given(
        self,
        audit_id: UUID,
        asker: Asker,
        question: CheckQuestion,
        found: "_Found",
        now: datetime,
    ) -> AnswerGiven | None:
        """What is kept of an answer; one to a search by name says nothing that could change."""
        days = attending_policy(found.knowledge, self._policies).told_again_days
        if found.shown is None or not days or is_asked_by_name(question):
            return None
        told = self._told(found, found.shown, now)
        about = found.about
        return answer_given(audit_id, asker, question, told, about=about, at=now, days=days)

    def _knowledge(
        self, asking: Question, asker: Asker, question: CheckQuestion
    ) -> tuple[CheckQuestion, Knowledge, tuple[bytes, ...], tuple[bytes, ...]]:
        """Everything that bears on the question, whom it is about, and who else was looked at.

        Answers the question too, as it is to be answered: under the NHS number that stands now.
        """
        named = is_asked_by_name(question)
        asked = self._asked_authorities(question)
        searching = Searching(councils=_codes(asked), feeds=(Feed.HEALTH.value,))
        searched = searching(asking, question, named=named)
        evidence, keys, first = searched.evidence, searched.keys, searched.found
        current = searched.current
        children = children_read(first, keys, current)
        found = resolve(evidence, [one.candidate for one in children.values()])
        matched = children[found.child_ref] if found.child_ref is not None else None
        authorities = asked
        registers = first.registers
        if matched is not None:
            authorities = tuple(dict.fromkeys((*asked, *self._on_record(matched))))
            more = _search_further(asking, matched, keys, _codes(authorities), _codes(asked))
            registers += more.registers
            own = {key for record in matched.records for key in search_keys(record)}
            children = children_read(more, own, current) | children
        knowledge = self._assemble(asker, found, matched, children, authorities)
        fitting = self._by_name(evidence, children) if named else FoundByName()
        knowledge = replace(
            knowledge,
            by_name=fitting.answer,
            number_replaced=matched is not None and searched.number_replaced,
            registers={GssCode(one.agency): register_state(one) for one in registers},
            feeds={one.agency: feed_state(one) for one in first.feeds},
        )
        alike = tuple(sorted({*found.possible, *fitting.children}))
        subjects = (matched.child_ref,) if matched else alike
        about = tuple(dict.fromkeys((*subjects, *sorted(children))))
        return searched.question, knowledge, subjects, about

    def _by_name(
        self, evidence: RecordEvidence, children: Mapping[bytes, ChildRead]
    ) -> FoundByName:
        """Whom the details fit by likeness, which shows nothing of them."""
        if self._matching is None:
            return FoundByName()
        searched = [
            Searched(candidate=one.candidate, shielded=one.shielded) for one in children.values()
        ]
        return search_by_name(evidence, searched, self._matching)

    def _assemble(
        self,
        asker: Asker,
        found: Resolution,
        matched: ChildRead | None,
        children: Mapping[bytes, ChildRead],
        authorities: Sequence[ConcernedAuthority],
    ) -> Knowledge:
        now = self._clock.now()
        others = [one for ref, one in sorted(children.items()) if one is not matched]
        attended = matched.attended if matched else ()
        shown = tuple(one for one in attended if may_be_shown(asker.role, one.handling, now))
        return Knowledge(
            verdict=found.verdict,
            contradiction=found.contradiction,
            records=matched.records if matched else (),
            entries=matched.register if matched else (),
            attendances=shown,
            attendances_withheld=len(shown) < len(attended),
            others=tuple(one.other for one in others),
            authorities=tuple(authorities),
            shielded=matched is not None and matched.shielded,
            site_names=self._site_names(shown),
            authority_names=self._names_of(authorities, matched),
        )

    def _asked_authorities(self, question: CheckQuestion) -> tuple[ConcernedAuthority, ...]:
        """Whose registers must be searched whoever it is: home as given, and attending."""
        concerned = []
        if question.postcode is not None:
            home = self._places.authority_of_postcode(question.postcode)
            concerned.append(ConcernedAuthority(authority=home, concern=Concern.HOME_GIVEN))
        attending = self._places.authority_of_site(question.site) if question.site else None
        concerned.append(ConcernedAuthority(authority=attending, concern=Concern.ATTENDING))
        return tuple(concerned)

    def _on_record(self, matched: ChildRead) -> Iterable[ConcernedAuthority]:
        """Where the child lives on record, and where it was known."""
        for home in dict.fromkeys(one.postcode for one in matched.records if one.postcode):
            found = self._places.authority_of_postcode(home)
            yield ConcernedAuthority(authority=found, concern=Concern.HOME_ON_RECORD)
        known = set(matched.authorities) | {entry.agency for entry in matched.register}
        known |= {e.authority.reveal() for e in matched.register if e.authority is not None}
        for code in sorted(known):
            authority = _gss(code)
            if authority is not None:
                yield ConcernedAuthority(authority=authority, concern=Concern.FORMER)

    def _site_names(self, attendances: Iterable[Attendance]) -> Mapping[OdsCode, str]:
        named = {}
        for one in attendances:
            name = self._places.site_name(one.site_code) if one.site_code else None
            if one.site_code is not None and name:
                named[one.site_code] = name
        return named

    def _names_of(
        self, authorities: Iterable[ConcernedAuthority], matched: ChildRead | None
    ) -> Mapping[GssCode, str]:
        codes = {one.authority for one in authorities if one.authority is not None}
        codes |= {e.authority for e in (matched.register if matched else ()) if e.authority}
        named = {code: self._places.authority_name(code) for code in codes}
        return {code: name for code, name in named.items() if name}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What bears on one question, and what of the answer its asker is shown."""

    question: CheckQuestion = field(repr=False)
    """As it was answered: with the NHS number that stands now."""
    knowledge: Knowledge
    subjects: tuple[bytes, ...]
    """The children it is about."""
    about: tuple[bytes, ...]
    """Everybody whom the answer was put together from, those first."""
    whole: CheckAnswer = field(repr=False)
    shown: CheckAnswer | None


def _action(*, named: bool, refused: bool) -> str:
    if refused:
        return SEARCH_REFUSED
    return SEARCH_BY_NAME if named else "check"


def _search_further(
    asking: Question,
    matched: ChildRead,
    asked: Sequence[tuple[str, str]],
    councils: Sequence[str],
    councils_asked: Sequence[str],
) -> Found:
    """Everybody who is possibly the matched child by what its own records say.

    With them, the registers of councils that only those records name.
    """
    own = {key for record in matched.records for key in search_keys(record)}
    keys = sorted(own.difference(asked))
    further = sorted(set(councils).difference(councils_asked))
    if not keys and not further:
        return Found()
    return asking.search(keys, councils=further, feeds=())


def _codes(authorities: Iterable[ConcernedAuthority]) -> list[str]:
    return [one.authority.reveal() for one in authorities if one.authority is not None]


def _gss(code: str) -> GssCode | None:
    try:
        return GssCode(code)
    except InvalidIdentifier:
        return None


def _filled(answer: CheckAnswer) -> tuple[str, ...]:
    """Names of the answer's fields that hold something; never what they hold."""
    return tuple(sorted(one.name for one in fields(answer) if getattr(answer, one.name)))
