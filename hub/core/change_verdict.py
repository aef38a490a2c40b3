"""What follows from an agency's word on who a person is: decided at once, or asked of people.

An agency may join its own records. Whatever else is with them is joined by that too, so it does
not do so by itself where the children contradict each other or where either has a plan.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from hub.core.event import PLAN_KINDS, EventKind, SubjectRole
from hub.core.identity import maybe_one_pregnancy
from hub.core.identity_change import JOINING, Change
from hub.core.identity_evidence import RecordEvidence
from hub.core.identity_levels import SexLevel, levels_of
from hub.core.identity_names import GivenLevel, Synonyms
from hub.core.identity_profile import profile_of

_NONE: Final[Synonyms] = MappingProxyType({})


class ChangeVerdict(StrEnum):
    """What is to be made of a change that is about two records."""

    JOIN = "join"
    """Both records are of one child."""
    SHARE = "share"
    """Several children were born of one pregnancy: each has the plan, and they stay apart."""
    PART = "part"
    """The two are never linked again."""
    ASK = "ask"
    """A person must say whether they are of one child."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two records, and the child that it is with.

    Attributes:
        record: what the agency knows.
        child_ref: the child.
        everything: what all agencies know of that child.
        register: the kinds of what registers ever told of it.
    """

    record: RecordEvidence
    child_ref: bytes
    everything: tuple[RecordEvidence, ...]
    register: frozenset[EventKind] = frozenset()


def verdict(
    change: Change, former: Side, now: Side, *, born: int = 1, synonyms: Synonyms = _NONE
) -> ChangeVerdict:
    """Answer what is to be made of a change.

    Args:
        change: an adoption, or one by which records are joined.
        former: the record before.
        now: the record that the person has now.
        born: of how many children a birth of this pregnancy was told.
        synonyms: given names that are written for each other.

    Raises:
        ValueError: the change is about no two records.
    """
    if change is Change.ADOPTED:
        return ChangeVerdict.PART
    if change not in JOINING:
        raise ValueError(f"a change {change} is about no two records.")
    if change is Change.BORN:
        return _birth(former, now, born)
    if former.child_ref == now.child_ref:
        return ChangeVerdict.JOIN
    if contradict(former, now) or had_plan(former) or had_plan(now):
        return ChangeVerdict.ASK
    if _are_brother_and_sister(former, now, synonyms):
        return ChangeVerdict.ASK
    return ChangeVerdict.JOIN


def _are_brother_and_sister(one: Side, other: Side, synonyms: Synonyms) -> bool:
    """Answer whether every given name and the sex of two children plainly differ.

    As of twins whose registrations one mistyped number merges. A placeholder is no given name, and
    a name or a sex alone that differs may be a correction.
    """
    levels = levels_of(profile_of(one.everything), profile_of(other.everything), synonyms)
    return levels.given is GivenLevel.DIFFERS and levels.sex is SexLevel.DIFFERS


def _birth(former: Side, now: Side, born: int) -> ChangeVerdict:
    """The plan before birth is the child's if mother and due date fit; a council says so.

    Only of somebody who is known unborn: else born children would be joined past their plans.
    """
    unborn, born_child = former.record.role, now.record.role
    if (unborn, born_child) != (SubjectRole.UNBORN, SubjectRole.CHILD):
        return ChangeVerdict.ASK
    if not maybe_one_pregnancy(former.record, now.record):
        return ChangeVerdict.ASK
    if born > 1:
        return ChangeVerdict.SHARE
    apart = former.child_ref != now.child_ref
    if apart and _was_born(former) and (had_plan(former) or had_plan(now)):
        return ChangeVerdict.ASK
    if apart and contradict(former, now):
        return ChangeVerdict.ASK
    return ChangeVerdict.JOIN


def _was_born(side: Side) -> bool:
    """Answer whether a child who is born is one with this unborn child already."""
    return any(record.role is SubjectRole.CHILD for record in side.everything)


def had_plan(side: Side) -> bool:
    """Answer whether a register ever told of a plan, or of a period of care, of the child."""
    return not PLAN_KINDS.isdisjoint(side.register)


def contradict(one: Side, other: Side) -> bool:
    """Answer whether two children differ in what no child has two of.

    NHS numbers, whole birth dates and UPNs; a pupil may be given a second UPN, and a person sees
    that sooner than a rule.
    """
    everything = (*one.everything, *other.everything)
    return any(
        len(values) > 1
        for values in (
            _said(record.nhs_number for record in everything),
            _said(record.birth_date for record in everything),
            _said(record.upn for record in everything),
        )
    )


def _said(values: Iterable[object]) -> Sequence[object]:
    return tuple({value for value in values if value is not None})
