"""What a search by name, birth date and home answers: nobody, one child, or "narrow it".

Likeness is no proof (decision 10): whoever is found so, nothing of that child is shown, and no
count above one is told. A shielded child is found by nobody's question about a place.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from hub.core.answer import ByName, CheckQuestion
from hub.core.event import SubjectRole
from hub.core.identity import Candidate
from hub.core.identity_evidence import RecordEvidence
from hub.core.identity_keys import Key, identity_keys, search_keys
from hub.core.identity_matching import Band, Matching, profile_of_child
from hub.core.identity_name_keys import name_keys
from hub.core.identity_profile import profile_of

PLACE_KINDS: Final = frozenset(
    {
        *("birth_postcode", "mother_birth_postcode"),
        *("given_postcode", "family_postcode", "names_home"),
    }
)
"""Keys that say where somebody lives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """A child behind the keys of a question."""

    candidate: Candidate
    shielded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundByName:
    """The answer, and for the audit whom the details fit."""

    answer: ByName = ByName.NOT_SEARCHED
    children: tuple[bytes, ...] = ()


def is_asked_by_name(question: CheckQuestion) -> bool:
    """Answer whether it gives no NHS number, and all that a search without one needs."""
    given = (question.family_name, question.birth_date, question.postcode)
    return question.nhs_number is None and None not in given


def keys_by_name(record: RecordEvidence) -> tuple[Key, ...]:
    """Answer the keys of a search by name: those of a check, and those that linking looks under.

    So names in another order, in another spelling of the same sound, a day and month exchanged or
    a home that changed still find the child.
    """
    return tuple(dict.fromkeys((*search_keys(record), *name_keys(record))))


def search_by_name(
    record: RecordEvidence, searched: Sequence[Searched], matching: Matching
) -> FoundByName:
    """Answer whom the details fit, by the weights and bands that link records.

    One child above the band of linking is ``ONE``, whoever else is less like it (a twin); several,
    or only uncertain ones, are "narrow it", and so is whoever is found without a given name: who
    asks can give it, and a twin may not be known here. Shielded children are weighed like all
    others, so that it takes as long, and then left out.
    """
    asked = profile_of([record])
    bands = [
        (one, matching.judge(asked, profile_of_child(known)).band)
        for one in sorted(searched, key=lambda one: one.candidate.child_ref)
        if (known := _children_records(one.candidate.records))
    ]
    fitting = [(one, band) for one, band in bands if band is not Band.NONE and not one.shielded]
    return FoundByName(
        answer=_answer([band for _, band in fitting], named=bool(asked.given)),
        children=tuple(one.candidate.child_ref for one, _ in fitting),
    )


def is_found_by_place_alone(keys: Collection[Key], records: Iterable[RecordEvidence]) -> bool:
    """Answer whether these records share with a question only keys that say where somebody lives.

    A search that includes a place never finds a shielded child by it, as the Personal Demographics
    Service never returns a restricted patient to a search with a postcode.
    """
    asked = {key for key in keys if key[0] not in PLACE_KINDS}
    return not any(key in asked for record in records for key in identity_keys(record))


def _children_records(records: Iterable[RecordEvidence]) -> list[RecordEvidence]:
    return [one for one in records if one.role is SubjectRole.CHILD]


def _answer(bands: Sequence[Band], *, named: bool) -> ByName:
    if not bands:
        return ByName.NONE
    return ByName.ONE if named and bands.count(Band.LINK) == 1 else ByName.NARROW_IT
