"""Whose record it is, by certain evidence and else by weights: what linking asks.

A check goes on asking ``identity.resolve``, where every likeness forbids an answer. Here a likeness
below the band of review is none, so that people are asked only where an answer may be yes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hub.core.event import SubjectRole
from hub.core.identity import Candidate, RecordEvidence, Resolution, Verdict, resolve
from hub.core.identity_matching import Band, Judgement, Matching, profile_of_child
from hub.core.identity_profile import Profile, profile_of
from hub.core.identity_straying import strays


def resolve_by_weights(
    record: RecordEvidence, candidates: Sequence[Candidate], matching: Matching
) -> Resolution:
    """Answer whose record it is among the children that share a key with it.

    What is certain goes first. Of several children above the upper band two with different NHS
    numbers, or two whom the record does not make all but certainly one, are ``many``; else the
    likeliest is matched, and the others are possible: one child under two references. The order of
    the candidates does not matter.
    """
    if record.role is not SubjectRole.CHILD:
        return resolve(record, candidates)
    profile = profile_of([record])
    judged = [_judge(record, profile, one, matching) for one in candidates]
    ranked = sorted(judged, key=lambda one: (not one.certain, -one.chance, one.child_ref))
    linked = [one for one in ranked if one.band is Band.LINK]
    reviewed = [one for one in ranked if one.band is Band.REVIEW]
    verdict = _verdict(record, linked, reviewed, matching)
    named = _named(verdict, linked, reviewed)
    return Resolution(
        verdict=verdict,
        child_ref=linked[0].child_ref if verdict is Verdict.MATCHED else None,
        possible=tuple(sorted(one.child_ref for one in named)),
        evidence=(linked or reviewed)[0].words if linked or reviewed else (),
        contradiction=any(one.contradiction for one in judged),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    candidate: Candidate
    profile: Profile
    known: tuple[RecordEvidence, ...]
    certain: bool
    band: Band
    chance: float
    words: tuple[str, ...]
    contradiction: bool

    @property
    def child_ref(self) -> bytes:
        """Which child it is."""
        return self.candidate.child_ref


def _judge(
    record: RecordEvidence, profile: Profile, candidate: Candidate, matching: Matching
) -> _Judged:
    known = tuple(one for one in candidate.records if one.role is SubjectRole.CHILD)
    other = profile_of_child(known)
    by_rule = resolve(record, [candidate]) if _asks_rules(record, candidate, known) else _NO_RULE
    certain = by_rule.verdict is Verdict.MATCHED and not (
        known and _is_weighed(record, known) and matching.named_otherwise(profile, other)
    )
    weighed = matching.judge(profile, other) if known and not certain else None
    if weighed and weighed.band is Band.LINK and strays(record, known):
        weighed = replace(weighed, band=Band.REVIEW)
    return _Judged(
        candidate=candidate,
        profile=other,
        known=known,
        certain=certain,
        band=_band(by_rule, weighed),
        chance=weighed.score.chance if weighed else float(certain),
        words=weighed.score.words() if weighed else by_rule.evidence,
        contradiction=by_rule.contradiction,
    )


_NO_RULE = Resolution(verdict=Verdict.NEW)


def _asks_rules(
    record: RecordEvidence, candidate: Candidate, known: Sequence[RecordEvidence]
) -> bool:
    """Answer whether certain evidence can speak: it needs a number, its own record, or a pregnancy.

    Of most candidates there is none of these, and comparing them by rules too took half the time.
    """
    return len(known) < max(1, len(candidate.records)) or any(
        one.record_ref == record.record_ref
        or (one.nhs_number is not None and one.nhs_number == record.nhs_number)
        or (one.upn is not None and one.upn == record.upn)
        for one in known
    )


def _is_weighed(record: RecordEvidence, known: Sequence[RecordEvidence]) -> bool:
    """Answer whether a number that agrees is weighed where the given names differ.

    Twins share the birth date too, and either's record may bear the other's number. A number that
    was traced on both sides is whose it is, and an agency's own identifier is not doubted.
    """
    if any(one.record_ref == record.record_ref for one in known):
        return False
    return not (
        record.nhs_number_verified
        and any(one.nhs_number_verified and one.nhs_number == record.nhs_number for one in known)
    )


def _band(by_rule: Resolution, weighed: Judgement | None) -> Band:
    """Answer the band: certain evidence links, a pregnancy that fits is for a person."""
    if weighed is not None:
        return weighed.band
    if by_rule.verdict is Verdict.MATCHED:
        return Band.LINK
    return Band.REVIEW if by_rule.verdict is Verdict.POSSIBLE else Band.NONE


def _verdict(
    record: RecordEvidence,
    linked: Sequence[_Judged],
    reviewed: Sequence[_Judged],
    matching: Matching,
) -> Verdict:
    if not linked:
        return Verdict.POSSIBLE if reviewed else Verdict.NEW
    if len(linked) == 1:
        return Verdict.MATCHED
    best = profile_of_child((*linked[0].known, record))
    bridged = all(matching.judge(best, one.profile).band is Band.LINK for one in linked[1:])
    return Verdict.MATCHED if bridged and _one_number(linked) else Verdict.MANY


def _one_number(linked: Sequence[_Judged]) -> bool:
    """Answer whether the children have at most one NHS number between them."""
    return len({number for one in linked for number in one.profile.nhs_numbers}) <= 1


def _named(
    verdict: Verdict, linked: Sequence[_Judged], reviewed: Sequence[_Judged]
) -> Sequence[_Judged]:
    """Answer the children of whom it is said that it is possibly theirs."""
    if verdict is Verdict.MANY:
        return linked
    return (*linked[1:], *reviewed)
