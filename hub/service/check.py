"""The check: identify, decide, disclose, audit, answer; in this order, and no audit no answer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime

from hub.core.answer import CheckAnswer, CheckQuestion
from hub.core.chronology import Attendance, attendances
from hub.core.disclosure import disclose, may_be_shown
from hub.core.identifiers import GssCode, OdsCode
from hub.core.identity import (
    Candidate,
    RecordEvidence,
    Resolution,
    evidence_of_question,
    resolve,
    search_keys,
)
from hub.core.report import Feed
from hub.core.status import Concern, ConcernedAuthority, Knowledge
from hub.core.status_answer import whole_answer
from hub.core.status_others import Other
from hub.core.status_registers import FeedState, RegisterState
from hub.errors import InvalidIdentifier, RefusedToStart
from hub.ports import (
    ChildRecords,
    FeedFacts,
    Known,
    Question,
    RecordRow,
    RegisterFacts,
)
from hub.service.asker import Asker, Surroundings, audit_row
from hub.service.correlating import chronology_of
from hub.service.linking import evidence_in

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

    def __call__(self, asker: Asker, question: CheckQuestion) -> CheckAnswer:
        """Answer what this asker may know; the audit row is committed before this returns.

        Raises:
            HubError: it could not be answered or not be audited; nothing may be shown then but
                that it could not be checked, and whom to ring.
        """
        now = self._clock.now()
        audit_id = self._new_id()
        with self._questions.question() as asking:
            knowledge, subjects = self._knowledge(asking, asker, question)
            whole = whole_answer(question, knowledge, self._policies, now)
            shown = disclose(asker.role, asker.purpose, asker.relationship, whole)
            row = audit_row(
                audit_id,
                asker,
                at=now,
                action="check",
                subjects=subjects,
                outcome="refused" if shown is None else f"{shown.plan} {shown.seen}",
                fields=() if shown is None else _filled(shown),
                policies=self._policies,
            )
            asking.write_audit(row)
        if shown is None:
            raise RefusedToStart("this role may not ask this question here.")
        return replace(shown, audit_id=str(audit_id))

    def _knowledge(
        self, asking: Question, asker: Asker, question: CheckQuestion
    ) -> tuple[Knowledge, tuple[bytes, ...]]:
        """Everything that bears on the question, and the children it is about."""
        evidence = evidence_of_question(question)
        keys = search_keys(evidence)
        children = {child.child_ref: child for child in asking.behind(keys)}
        found = resolve(evidence, [_candidate(child) for child in children.values()])
        if found.child_ref is not None:
            children |= _behind_records(asking, children[found.child_ref], keys)
        known = {one.child_ref: one for one in asking.known(sorted(children))}
        matched = known.get(found.child_ref) if found.child_ref else None
        authorities = self._authorities(question, matched)
        codes = [one.authority.reveal() for one in authorities if one.authority is not None]
        registers = asking.registers(codes)
        feeds = asking.feeds([Feed.HEALTH.value])
        knowledge = self._assemble(asker, found, matched, known, authorities)
        knowledge = replace(
            knowledge,
            registers={GssCode(one.agency): register_state(one) for one in registers},
            feeds={one.agency: feed_state(one) for one in feeds},
        )
        return knowledge, (matched.child_ref,) if matched else found.possible

    def _assemble(
        self,
        asker: Asker,
        found: Resolution,
        matched: Known | None,
        known: Mapping[bytes, Known],
        authorities: Sequence[ConcernedAuthority],
    ) -> Knowledge:
        now = self._clock.now()
        others = [one for ref, one in sorted(known.items()) if one is not matched]
        chronology = chronology_of(matched) if matched else None
        attended = chronology.attendances if chronology else ()
        shown = tuple(one for one in attended if may_be_shown(asker.role, one.handling, now))
        entries = matched.register if matched else ()
        return Knowledge(
            verdict=found.verdict,
            contradiction=found.contradiction,
            records=tuple(evidence_in(row) for row in matched.records) if matched else (),
            entries=entries,
            attendances=shown,
            attendances_withheld=len(shown) < len(attended),
            others=tuple(_other(one) for one in others),
            authorities=tuple(authorities),
            shielded=chronology is not None and chronology.shielded,
            site_names=self._site_names(shown),
            authority_names=self._names_of(authorities, matched),
        )

    def _authorities(
        self, question: CheckQuestion, matched: Known | None
    ) -> tuple[ConcernedAuthority, ...]:
        """Whose registers must be searched: home, attending, and where the child was known."""
        concerned = []
        if question.postcode is not None:
            home = self._places.authority_of_postcode(question.postcode)
            concerned.append(ConcernedAuthority(authority=home, concern=Concern.HOME_GIVEN))
        attending = self._places.authority_of_site(question.site) if question.site else None
        concerned.append(ConcernedAuthority(authority=attending, concern=Concern.ATTENDING))
        if matched is not None:
            concerned += self._on_record(matched)
        return tuple(dict.fromkeys(concerned))

    def _on_record(self, matched: Known) -> Iterable[ConcernedAuthority]:
        evidence = [evidence_in(row) for row in matched.records]
        for home in dict.fromkeys(one.postcode for one in evidence if one.postcode):
            found = self._places.authority_of_postcode(home)
            yield ConcernedAuthority(authority=found, concern=Concern.HOME_ON_RECORD)
        known = {code for row in matched.records for code in row.authorities}
        known |= {entry.agency for entry in matched.register}
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
        self, authorities: Iterable[ConcernedAuthority], matched: Known | None
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


def _behind_records(
    asking: Question, matched: ChildRecords, asked: Sequence[tuple[str, str]]
) -> Mapping[bytes, ChildRecords]:
    """Everybody who is possibly the matched child by what its own records say."""
    own = {key for row in matched.records for key in search_keys(evidence_in(row))}
    more = sorted(own.difference(asked))
    return {child.child_ref: child for child in asking.behind(more)} if more else {}


def _candidate(child: ChildRecords) -> Candidate:
    return Candidate(child_ref=child.child_ref, records=_evidence(child.records))


def _evidence(rows: Iterable[RecordRow]) -> tuple[RecordEvidence, ...]:
    return tuple(evidence_in(row) for row in rows)


def _other(known: Known) -> Other:
    return Other(
        records=_evidence(known.records),
        entries=known.register,
        attended=bool(attendances(known.events)),
    )


def _gss(code: str) -> GssCode | None:
    try:
        return GssCode(code)
    except InvalidIdentifier:
        return None


def _filled(answer: CheckAnswer) -> tuple[str, ...]:
    """Names of the answer's fields that hold something; never what they hold."""
    return tuple(sorted(one.name for one in fields(answer) if getattr(answer, one.name)))
