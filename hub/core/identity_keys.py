"""The keys under which a record is found again; the store keeps keyed digests of them.

Three uses, three functions: what is stored of a record, what it is linked by, and what a question
looks under. A question looks wider, because it may forbid an answer and never links anything.
"""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from typing import Final

from hub.core.event import SubjectRole
from hub.core.identifiers import GssCode
from hub.core.identity_evidence import RecordEvidence, unborn_due_between
from hub.core.identity_name_keys import NAME_KINDS, name_keys
from hub.core.names import SURNAME_SOUND_VERSION, surname_sounds
from hub.errors import InvalidIdentifier

Key = tuple[str, str]
"""Kind and value, such as ``("nhs", "9990000018")``; never stored or shown as it is."""

MATCHING_KINDS: Final = ("nhs", "upn", "names_birth", "birth_postcode", "given_postcode")
"""The keys by which a record that waits is found: hardly anybody else has them."""

KEY_SCHEME: Final = 3
"""The version of what keys a record gets; a stored record of an older one is keyed anew.

1: numbers, surname's sound or postcode with the birth date, mothers. 2: also names with birth date,
year or postcode. 3: also family name with postcode, and both names with the numbers of a home.
Whoever adds, changes or drops a kind raises it and keeps ``STORED_KINDS`` right.
"""

STORED_KINDS: Final = (
    frozenset({"nhs", "upn", "nhs_birth", "upn_birth", "mother_nhs", "council_birth", "due_month"})
    | frozenset(f"{of}birth_{what}" for of in ("", "mother_") for what in ("surname", "postcode"))
    | NAME_KINDS
)
"""Every kind that a stored record may have; keys of others are removed when it is keyed anew."""

_NUMBERS: Final = frozenset({"nhs", "upn", "nhs_birth", "upn_birth", "mother_nhs"})
_UNDATED = "undated"
_LOOKED_UNDER_ONLY = frozenset({"council_birth", "due_month"})
_CHILDREN = frozenset({SubjectRole.CHILD, SubjectRole.UNBORN})


def identity_keys(record: RecordEvidence) -> tuple[Key, ...]:
    """Answer every key that is stored of a record; a record of an adult has none."""
    if record.role not in _CHILDREN:
        return ()
    keys = [("nhs", record.nhs_number.reveal())] if record.nhs_number else []
    if record.upn:
        keys.append(("upn", record.upn.reveal()))
    if record.mother and record.mother.nhs_number:
        keys.append(("mother_nhs", record.mother.nhs_number.reveal()))
    keys += _strong_keys(record)
    if record.role is SubjectRole.UNBORN:
        return (*keys, *_mother_keys(record), ("due_month", _month(record.due_on)))
    keys += _likeness_keys(record, _day(record.birth_date))
    keys += name_keys(record)
    if record.birth_date and _is_council(record.agency):
        keys.append(("council_birth", _day(record.birth_date)))
    return tuple(keys)


def linking_keys(record: RecordEvidence) -> tuple[Key, ...]:
    """Answer those of a record's keys by which it may be linked: without those only looked under.

    ``identity_keys`` would find the same children, and many more that cannot match.
    """
    return linking_among(identity_keys(record))


def hides(keys: Iterable[Key], cut: AbstractSet[str]) -> bool:
    """Answer whether somebody may be hidden behind keys of which not every child was seen.

    Numbers find only who bears them. Of names, birth date and home one key seen whole is enough to
    say that nobody like this is there, as far as keys can say it.
    """
    likeness = {kind for kind, _ in keys} - _NUMBERS
    return bool(likeness) and likeness <= cut


def linking_among(keys: Iterable[Key]) -> tuple[Key, ...]:
    """Answer those of a record's keys by which it may be linked."""
    return tuple(key for key in keys if key[0] not in _LOOKED_UNDER_ONLY)


def search_keys(record: RecordEvidence) -> tuple[Key, ...]:
    """Answer the keys under which a check looks for everyone who is possibly this person.

    Beside the person's own keys: records that are alike but without a birth date, all children of
    that birth date whom a council knows (a plan may carry neither number nor name), unborn children
    whose mother has this NHS number or is alike, and unborn children due within weeks.
    """
    keys = [key for key in identity_keys(record) if key[0] not in NAME_KINDS]
    keys += _likeness_keys(record, _UNDATED)
    if record.nhs_number:
        keys.append(("mother_nhs", record.nhs_number.reveal()))
    if record.birth_date:
        own = _likeness_keys(record, _day(record.birth_date))
        keys += [(f"mother_{kind}", value) for kind, value in own]
        keys.append(("council_birth", _day(record.birth_date)))
        keys += [("due_month", month) for month in _months(*unborn_due_between(record.birth_date))]
        keys.append(("due_month", _month(None)))
    return tuple(dict.fromkeys(keys))


def _strong_keys(record: RecordEvidence) -> list[Key]:
    """Answer an identifier together with the birth date: many other dates crowd nobody out."""
    if record.birth_date is None:
        return []
    day = _day(record.birth_date)
    keys = [("nhs_birth", f"{record.nhs_number.reveal()}|{day}")] if record.nhs_number else []
    return [*keys, ("upn_birth", f"{record.upn.reveal()}|{day}")] if record.upn else keys


def _mother_keys(record: RecordEvidence) -> list[Key]:
    """Answer the keys under which an expectant mother is found by likeness."""
    mother = record.mother
    if mother is None:
        return []
    herself = RecordEvidence(
        record_ref=b"", agency="", family_name=mother.family_name, postcode=mother.postcode
    )
    keys = _likeness_keys(herself, _day(mother.birth_date))
    return [(f"mother_{kind}", value) for kind, value in keys]


def _likeness_keys(record: RecordEvidence, day: str) -> list[Key]:
    names = (record.family_name, *(other.family_name for other in record.other_names))
    sounds = sorted({sound for name in names if name for sound in surname_sounds(name)})
    keys = [("birth_surname", f"{day}|{SURNAME_SOUND_VERSION}|{sound}") for sound in sounds]
    if record.postcode:
        keys.append(("birth_postcode", f"{day}|{record.postcode.reveal()}"))
    return keys


def _day(day: date | None) -> str:
    return day.isoformat() if day else _UNDATED


def _month(day: date | None) -> str:
    return f"{day:%Y-%m}" if day else _UNDATED


def _months(first: date, last: date) -> Iterator[str]:
    day = first.replace(day=1)
    while day <= last:
        yield _month(day)
        day = (day + timedelta(days=31)).replace(day=1)


def _is_council(agency: str) -> bool:
    try:
        GssCode(agency)
    except InvalidIdentifier:
        return False
    return True
