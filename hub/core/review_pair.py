"""Two children side by side: what each agency said of either, field by field, and what it tells.

Values are shown to a person who decides; what agreement tells is weighed by the matcher's own
weights (Fellegi and Sunter), so that people see why it was not sure.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final

from hub.core.event import Subject, SubjectRole
from hub.core.identity import Candidate, RecordEvidence, Resolution, resolve
from hub.core.identity_matching import Matching
from hub.core.identity_profile import profile_of
from hub.core.identity_weights import Kinship
from hub.core.person import Ledger, subject_of
from hub.core.revision import said_at


class PairField(StrEnum):
    """What is shown side by side, in this order."""

    GIVEN = "given name"
    FAMILY = "family name"
    OTHER_NAMES = "other names"
    BIRTH = "birth date"
    DUE = "due date"
    MOTHER = "mother"
    SEX = "sex"
    NHS_NUMBER = "NHS number"
    UPN = "UPN"
    HOME = "home"


IN_PART: Final = frozenset({PairField.NHS_NUMBER, PairField.UPN})
"""Of which only the last digits are shown."""

PART_SHOWN: Final = 4


class Tells(StrEnum):
    """What comparing one field tells."""

    FOR = "for"
    AGAINST = "against"
    LITTLE = "little"
    NOT_KNOWN = "not_known"
    """One side, or both, have no value."""
    WITHHELD = "withheld"
    """It would tell where a child is whose whereabouts must not be known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One value, and who said it when."""

    text: str = field(repr=False)
    sources: tuple[tuple[str, datetime | None], ...]
    """Agency by its code, and when its system last said so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRow:
    """One field of both children."""

    name: PairField
    one: tuple[Said, ...] = ()
    other: tuple[Said, ...] = ()
    tells: Tells = Tells.NOT_KNOWN
    level: str = ""
    """How far they agree, in the matcher's words; holds no value."""
    bits: float | None = None
    """Weight for the same child against a stranger; ``None`` where it is not weighed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two children compared."""

    rows: tuple[PairRow, ...]
    chance: float | None
    """That both are one child, from 0 to 1; ``None`` where weights say nothing."""
    likeliest_other: Kinship | None
    words: tuple[str, ...] = ()
    """What speaks for it where nothing is weighed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRecord:
    """What one agency knows of one of the two."""

    agency: str
    ledger: Ledger = field(repr=False)
    evidence: RecordEvidence = field(repr=False)


LITTLE_BITS: Final = 1.0
"""Below this a field hardly tells: it is as often seen of strangers as of one child."""


def compared(one: Sequence[PairRecord], other: Sequence[PairRecord], matching: Matching) -> Pair:
    """Answer two children side by side, and what comparing them tells by what is known now."""
    first, second = [r.evidence for r in one], [r.evidence for r in other]
    if not first or not second or not _both_born(first, second):
        return Pair(
            rows=_rows(one, other, {}),
            chance=None,
            likeliest_other=None,
            words=_by_rule(first, second).evidence if first and second else (),
        )
    judged = matching.judge(profile_of(first), profile_of(second)).score
    weighed = {name: (level, bits) for name, level, bits in judged.weights}
    return Pair(
        rows=_rows(one, other, weighed),
        chance=judged.chance,
        likeliest_other=judged.likeliest_other,
    )


def _both_born(one: Iterable[RecordEvidence], other: Iterable[RecordEvidence]) -> bool:
    return all(any(record.role is SubjectRole.CHILD for record in side) for side in (one, other))


def _by_rule(one: Sequence[RecordEvidence], other: Sequence[RecordEvidence]) -> Resolution:
    return resolve(one[0], [Candidate(child_ref=b"other", records=tuple(other))])


def _rows(
    one: Sequence[PairRecord],
    other: Sequence[PairRecord],
    weighed: Mapping[str, tuple[str, float]],
) -> tuple[PairRow, ...]:
    found = []
    for name, (said, keys) in _FIELDS.items():
        left, right = _said(one, said, keys), _said(other, said, keys)
        if left or right:
            level, bits = weighed.get(name.value, ("", None))
            found.append(
                PairRow(
                    name=name,
                    one=left,
                    other=right,
                    tells=_tells(bits, both=bool(left and right)),
                    level=level,
                    bits=bits,
                )
            )
    return tuple(found)


def _tells(bits: float | None, *, both: bool) -> Tells:
    if bits is None:
        return Tells.LITTLE if both else Tells.NOT_KNOWN
    if abs(bits) < LITTLE_BITS:
        return Tells.LITTLE
    return Tells.FOR if bits > 0 else Tells.AGAINST


def _said(
    records: Sequence[PairRecord], said: Callable[[Subject], str | None], keys: Sequence[str]
) -> tuple[Said, ...]:
    """Every value that is told, with everybody who tells it."""
    found: dict[str, list[tuple[str, datetime | None]]] = {}
    for record in records:
        text = said(subject_of(record.ledger, "record"))
        if text:
            found.setdefault(text, []).append((record.agency, _told_at(record.ledger, keys)))
    return tuple(Said(text=text, sources=tuple(sources)) for text, sources in found.items())


def _told_at(ledger: Ledger, keys: Sequence[str]) -> datetime | None:
    """When the source last said it; ``None`` where its revisions are no times."""
    told = max((said_at(ledger[key][1]) for key in keys if key in ledger), default=0)
    return _EPOCH + timedelta(milliseconds=told) if told >= _TIMES_FROM else None


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TIMES_FROM: Final = 10**11
"""As ``said_at`` has it: smaller numbers are counters."""


def _day(value: date | None) -> str | None:
    return f"{value.day} {value:%B %Y}" if value else None


def _birth(subject: Subject) -> str | None:
    told = _day(subject.birth_date)
    if told is None:
        return f"{subject.birth_date_partial}, in part" if subject.birth_date_partial else None
    return f"{told}, estimated" if subject.birth_date_estimated else told


def _other_names(subject: Subject) -> str | None:
    names = (
        " ".join(part for part in (*name.given_names, name.family_name) if part)
        for name in subject.other_names or ()
    )
    return "; ".join(name for name in names if name) or None


def _mother(subject: Subject) -> str | None:
    if subject.mother is None:
        return None
    parts = (*subject.mother.given_names, subject.mother.family_name)
    return " ".join(part for part in parts if part) or None


def _home(subject: Subject) -> str | None:
    lines = list(subject.address_lines or ())
    return ", ".join(lines + ([subject.postcode.reveal()] if subject.postcode else [])) or None


def _sex(subject: Subject) -> str | None:
    return {"male": "Male", "female": "Female"}.get(subject.sex.value)


def _in_part(number: str) -> str:
    return f"ends in {number[-PART_SHOWN:]}"


_FIELDS: Final[Mapping[PairField, tuple[Callable[[Subject], str | None], tuple[str, ...]]]] = {
    PairField.GIVEN: (lambda s: " ".join(s.given_names or ()) or None, ("given_names",)),
    PairField.FAMILY: (lambda s: s.family_name, ("family_name",)),
    PairField.OTHER_NAMES: (_other_names, ("other_names",)),
    PairField.BIRTH: (_birth, ("birth_date", "birth_date_partial")),
    PairField.DUE: (lambda s: _day(s.due_on), ("due_on",)),
    PairField.MOTHER: (_mother, ("mother",)),
    PairField.SEX: (_sex, ("sex",)),
    PairField.NHS_NUMBER: (
        lambda s: _in_part(s.nhs_number.reveal()) if s.nhs_number else None,
        ("nhs_number",),
    ),
    PairField.UPN: (lambda s: _in_part(s.upn.reveal()) if s.upn else None, ("upn",)),
    PairField.HOME: (_home, ("address_lines", "postcode")),
}
