"""Searches for whom a check asks about, under every NHS number tied to the one asked with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from hub.core.answer import CheckQuestion
from hub.core.identifiers import NhsNumber
from hub.core.identity import RecordEvidence, evidence_of_question, search_keys
from hub.core.identity_keys import Key
from hub.core.search_by_name import keys_by_name
from hub.core.superseded import current_numbers
from hub.ports import Found, Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What was searched for, and what was found."""

    question: CheckQuestion = field(repr=False)
    """With the NHS number that stands now."""
    evidence: RecordEvidence
    keys: Sequence[Key] = field(repr=False)
    found: Found
    current: Mapping[str, str] = field(repr=False)
    """NHS numbers that were replaced, each with the one that stands in its place."""
    number_replaced: bool
    """Whether the number asked with is one of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Searching:
    """A search, and of which registers and feeds it is asked how complete they are."""

    councils: Sequence[str]
    feeds: Sequence[str]

    def __call__(self, asking: Question, question: CheckQuestion, *, named: bool) -> Searched:
        """Search; once more where the number asked with was replaced, or has replaced another.

        A supersession counts from when it was told: until people have said whether two children
        are one, both are found, and then it cannot be said which it is.
        """
        evidence = evidence_of_question(question)
        keys = keys_by_name(evidence) if named else search_keys(evidence)
        found = self._ask(asking, keys)
        current = current_numbers(found.numbers)
        asked = question.nhs_number
        now = current.get(asked.reveal()) if asked else None
        if now is not None:
            question = replace(question, nhs_number=NhsNumber.parse(now, test_numbers=True))
            evidence = evidence_of_question(question)
        if current and question.nhs_number is not None:
            keys = _every_key(evidence, question.nhs_number.reveal(), current)
            found = self._ask(asking, keys)
        return Searched(
            question=question,
            evidence=evidence,
            keys=keys,
            found=found,
            current=current,
            number_replaced=now is not None,
        )

    def _ask(self, asking: Question, keys: Sequence[Key]) -> Found:
        return asking.search(keys, councils=self.councils, feeds=self.feeds)


def _every_key(
    evidence: RecordEvidence, number: str, current: Mapping[str, str]
) -> tuple[Key, ...]:
    """The keys under each number that stands, or once stood, for this person."""
    found = dict.fromkeys(search_keys(evidence))
    for former, now in sorted(current.items()):
        if now == number:
            once = replace(evidence, nhs_number=NhsNumber.parse(former, test_numbers=True))
            found |= dict.fromkeys(search_keys(once))
    return tuple(found)
