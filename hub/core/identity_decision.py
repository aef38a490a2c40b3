"""What somebody decided about two records: that they are of one child, or that they are not.

A decision is about two records and not about two children: children come and go as records are
linked, and a decision holds whatever is learnt later. Pure; the keys that sign are elsewhere.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from hub.core.seal import framed

DECISION_CONTEXT: Final = b"safeguarding-identity-decision-v1"
REVERSAL_CONTEXT: Final = b"safeguarding-identity-reversal-v1"
DECISION_ID_BYTES: Final = 16


class DecisionKind(StrEnum):
    """What is decided about two records."""

    SAME = "same"
    """They are of one child: their children are joined, and stay so."""
    DIFFERENT = "different"
    """They are of two children, whatever they have in common."""
    ADOPTED = "adopted"
    """They are kept apart since the child was adopted; no ordinary review reverses it."""


class DecisionCause(StrEnum):
    """What a decision goes back to."""

    PERSON = "person"
    AGENCY = "agency"
    """A message of an agency that says so, such as that it has merged two patients."""
    BRIDGED = "bridged"
    """A record that is all but certainly of both children."""
    BORN = "born"
    """The birth of a child that was known unborn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversal:
    """That a decision no longer holds: by whom, and why."""

    by: str
    role: str
    organisation: str
    reason: str = field(repr=False)
    at: datetime
    signature: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityDecision:
    """One decision about two records; ``one`` comes before ``other``. See ``decision``."""

    decision_id: bytes
    kind: DecisionKind
    one: bytes
    other: bytes
    cause: DecisionCause
    by: str
    """Who decided: a user, the agency whose message it was, or the hub itself."""
    role: str
    organisation: str
    reason: str = field(repr=False)
    """In words for people; sealed where it is stored, since a person may name somebody."""
    at: datetime
    signature: bytes = field(default=b"", repr=False)
    reversal: Reversal | None = None

    def __post_init__(self) -> None:
        if self.one >= self.other:
            raise ValueError("a decision is about two records, the lower reference first.")

    @property
    def keeps_apart(self) -> bool:
        """Whether it says that the records are not of one child."""
        return self.kind is not DecisionKind.SAME

    @property
    def pair(self) -> tuple[bytes, bytes]:
        """The two records."""
        return self.one, self.other


def decision(  # noqa: PLR0913  # a decision names what, about whom, by whom, why and when
    kind: DecisionKind,
    one: bytes,
    other: bytes,
    *,
    cause: DecisionCause,
    by: str,
    role: str,
    organisation: str,
    reason: str,
    at: datetime,
    occasion: bytes,
) -> IdentityDecision:
    """Answer a decision about two records, not yet signed.

    Args:
        kind: what is decided.
        one: a record's reference.
        other: another record's; the order of the two does not matter.
        cause: what it goes back to.
        by: who decided.
        role: in what role.
        organisation: of what organisation.
        reason: in words for people.
        at: when, aware.
        occasion: what gave rise to it, such as the id of the message's event or of the review's
            last answer. The same decision on the same occasion has the same id, so it is stored
            once; one that was reversed is made anew only on another occasion.

    Raises:
        ValueError: the two are one record.
    """
    first, second = sorted((one, other))
    told = (kind.value.encode(), first, second, cause.value.encode(), occasion)
    made = hashlib.sha256(DECISION_CONTEXT + framed(told)).digest()[:DECISION_ID_BYTES]
    return IdentityDecision(
        decision_id=made,
        kind=kind,
        one=first,
        other=second,
        cause=cause,
        by=by,
        role=role,
        organisation=organisation,
        reason=reason,
        at=at,
    )


def signed_decision(one: IdentityDecision) -> bytes:
    """Answer what is signed of a decision: its context and every field, each with its length."""
    told = (one.kind.value, one.cause.value, one.by, one.role, one.organisation, one.reason)
    return DECISION_CONTEXT + framed(
        [one.decision_id, one.one, one.other, *map(str.encode, told), _instant(one.at)]
    )


def signed_reversal(decision_id: bytes, one: Reversal) -> bytes:
    """Answer what is signed of a reversal, in the same way."""
    told = (one.by, one.role, one.organisation, one.reason)
    return REVERSAL_CONTEXT + framed([decision_id, *map(str.encode, told), _instant(one.at)])


def _instant(at: datetime) -> bytes:
    return at.astimezone(UTC).isoformat(timespec="microseconds").encode()


def consistent(decisions: Iterable[IdentityDecision]) -> tuple[IdentityDecision, ...]:
    """Answer those of the decisions that hold, in the order of their weight.

    Adoptions first, then what people decided, then the rest; of each the newest first. One that
    contradicts what comes before it holds no longer: records that are joined, if by way of others,
    are not kept apart, and records that are kept apart are not joined. It holds again when what
    stands against it is reversed. The answer does not depend on the order given.

    Args:
        decisions: those in force about some records and all that these are tied to.
    """
    held: list[IdentityDecision] = []
    groups: _Groups = {}
    apart: list[IdentityDecision] = []
    for one in sorted(decisions, key=_weight):
        if not _contradicts(one, groups, apart):
            held.append(one)
            if one.keeps_apart:
                apart.append(one)
            else:
                _unite(groups, one)
    return tuple(held)


def objection(new: IdentityDecision, in_force: Iterable[IdentityDecision]) -> str | None:
    """Answer in a sentence why a decision cannot be made; None if it can.

    A person's newer decision about the same two records takes the place of an older one. Where
    records are joined or kept apart by way of others it is not clear which of those decisions was
    wrong, so a person must reverse that one first. An adoption is not decided against at all, and
    nobody but a person decides against a person.
    """
    held = consistent(in_force)
    against = [one for one in held if one.keeps_apart != new.keeps_apart and one.pair == new.pair]
    rest = [one for one in held if one not in against]
    if any(one.kind is DecisionKind.ADOPTED for one in against):
        return "the two records are kept apart since an adoption."
    if new.cause is not DecisionCause.PERSON and any(
        one.cause is DecisionCause.PERSON for one in against
    ):
        return "a person has decided otherwise about the two records."
    apart = [one for one in rest if one.keeps_apart]
    if not _contradicts(new, _groups((), rest), apart):
        return None
    if new.keeps_apart:
        return (
            "the two records are joined by way of others: reverse the decision among those that"
            " was wrong first."
        )
    return (
        "records that would be joined are kept apart by another decision: reverse that one first,"
        " if it was wrong."
    )


def joined(
    records: Iterable[bytes], held: Iterable[IdentityDecision]
) -> dict[bytes, frozenset[bytes]]:
    """Answer for each of these and every decided record which records are joined with it."""
    groups = _groups(records, held)
    frozen = {id(group): frozenset(group) for group in groups.values()}
    return {ref: frozen[id(group)] for ref, group in groups.items()}


_Groups = dict[bytes, set[bytes]]
"""Of each record all that are joined with it: one set for all of them."""


def _groups(records: Iterable[bytes], held: Iterable[IdentityDecision]) -> _Groups:
    groups: _Groups = {ref: {ref} for ref in records}
    for one in held:
        for ref in one.pair:
            groups.setdefault(ref, {ref})
        if not one.keeps_apart:
            _unite(groups, one)
    return groups


def _unite(groups: _Groups, one: IdentityDecision) -> None:
    """Join the groups of a decision's two records; the smaller goes into the larger."""
    few, many = sorted((groups.setdefault(ref, {ref}) for ref in one.pair), key=len)
    if few is not many:
        many |= few
        groups.update(dict.fromkeys(few, many))


def _weight(one: IdentityDecision) -> tuple[bool, bool, float, bytes]:
    adopted = one.kind is DecisionKind.ADOPTED
    person = one.cause is DecisionCause.PERSON
    return not adopted, not person, -one.at.timestamp(), one.decision_id


def _contradicts(one: IdentityDecision, groups: _Groups, apart: Iterable[IdentityDecision]) -> bool:
    ours, theirs = (groups.get(ref, {ref}) for ref in one.pair)
    if one.keeps_apart:
        return one.other in ours
    return any(
        (other.one in ours and other.other in theirs)
        or (other.one in theirs and other.other in ours)
        for other in apart
    )
