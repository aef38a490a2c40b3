"""The check: identify, decide, disclose, audit, answer; in this order, and no audit no answer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime

from hub.core.answer import CheckAnswer, CheckQuestion
from hub.core.chronology import Attendance
from hub.core.disclosure import disclose, may_be_shown
from hub.core.identifiers import GssCode, OdsCode
from hub.core.identity import (
    RecordEvidence,
    Resolution,
    evidence_of_question,
    resolve,
    search_keys,
)
from hub.core.report import Feed
from hub.core.search_by_name import (
    FoundByName,
    Searched,
    is_asked_by_name,
    keys_by_name,
    search_by_name,
)
from hub.core.status import Concern, ConcernedAuthority, Knowledge
from hub.core.status_answer import whole_answer
from hub.core.status_registers import FeedState, RegisterState
from hub.errors import InvalidIdentifier, RefusedToStart
from hub.ports import FeedFacts, Found, Question, RegisterFacts
from hub.service.asker import Asker, Surroundings, audit_row
from hub.service.children_read import ChildRead, children_read
from hub.service.guesses import SEARCH_BY_NAME, SEARCH_REFUSED, refusal

NOTHING_READ = datetime(2000, 1, 1, tzinfo=UTC)
"""Before this, no source of the hub can have been current."""


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
            shown, subjects = (None, ()) if refused else self._shown(asking, asker, question, now)
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
            asking.write_audit(row)
        if refused is not None:
            raise refused
        if shown is None:
            raise RefusedToStart("this role may not ask this question here.")
        return replace(shown, audit_id=str(audit_id))

    def _shown(
        self, asking: Question, asker: Asker, question: CheckQuestion, now: datetime
    ) -> tuple[CheckAnswer | None, tuple[bytes, ...]]:
        """What this asker may know, and the children it is about."""
        knowledge, subjects = self._knowledge(asking, asker, question)
        whole = whole_answer(question, knowledge, self._policies, now)
        return disclose(asker.role, asker.purpose, asker.relationship, whole), subjects

    def _knowledge(
        self, asking: Question, asker: Asker, question: CheckQuestion
    ) -> tuple[Knowledge, tuple[bytes, ...]]:
        """Everything that bears on the question, and the children it is about."""
        evidence = evidence_of_question(question)
        named = is_asked_by_name(question)
        keys = keys_by_name(evidence) if named else search_keys(evidence)
        asked = self._asked_authorities(question)
        first = asking.search(keys, councils=_codes(asked), feeds=[Feed.HEALTH.value])
        children = children_read(first, keys)
        found = resolve(evidence, [one.candidate for one in children.values()])
        matched = children[found.child_ref] if found.child_ref is not None else None
        authorities = asked
        registers = first.registers
        if matched is not None:
            authorities = tuple(dict.fromkeys((*asked, *self._on_record(matched))))
            more = _search_further(asking, matched, keys, _codes(authorities), _codes(asked))
            registers += more.registers
            own = {key for record in matched.records for key in search_keys(record)}
            children = children_read(more, own) | children
        knowledge = self._assemble(asker, found, matched, children, authorities)
        fitting = self._by_name(evidence, children) if named else FoundByName()
        knowledge = replace(
            knowledge,
            by_name=fitting.answer,
            registers={GssCode(one.agency): register_state(one) for one in registers},
            feeds={one.agency: feed_state(one) for one in first.feeds},
        )
        alike = tuple(sorted({*found.possible, *fitting.children}))
        return knowledge, (matched.child_ref,) if matched else alike

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


def register_state(facts: RegisterFacts) -> RegisterState:
    """What the core asks of a register, from what the store knows of it."""
    return RegisterState(
        as_of=facts.as_of,
        first_load_whole=facts.baseline_as_at is not None,
        last_extract_whole=facts.last_extract_whole,
        waiting_approval=facts.waiting_approval,
        sequence_gap=facts.sequence_gap,
        rejected_plan_events=facts.rejected_plan_events,
        conflicting_plan_events=facts.conflicting_plan_events,
        parked_reports=facts.parked_reports,
        refused_rows=facts.refused_rows,
        statement_agrees=facts.statement_agrees,
        statement_as_at=facts.statement_as_at,
    )


def feed_state(facts: FeedFacts) -> FeedState:
    """What the core asks of a hospital's feed, from what the store knows of it.

    A refusal or a conflict hides no attendance that the hub was told of, so they do not count.
    """
    return FeedState(
        agency=facts.agency,
        as_of=known_since(facts.source_as_of),
        sequence_gap=facts.sequence_gap,
        rejected_events=facts.rejected_events,
        parked_reports=facts.parked_reports,
    )


def known_since(as_of: datetime) -> datetime | None:
    """How current a source is; ``None`` while its connector has read nothing and says 1970."""
    return as_of if as_of > NOTHING_READ else None


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
