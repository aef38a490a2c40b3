"""Who an incident is told of: its children, and the unborn child of a pregnant victim."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from connectors.police.case import Case, is_restricted
from connectors.police.shape import Part
from connectors.police.vocabulary import spelling
from hub.core.clock import LONDON, age_in_months
from hub.core.event import Mother, OtherName, Sex, Subject, SubjectRole
from hub.core.identifiers import NhsNumber, Postcode, Upn
from hub.core.names import is_placeholder_name

ADULT_MONTHS: Final = 18 * 12
LIFE_YEARS_MAX: Final = 120
PREGNANCY_DAYS_MAX: Final = 300
ADDRESS_FIELDS: Final = ("postcode", "address_lines")
LOCAL_ID_CHARACTERS_MAX: Final = 100

_NO_NAMES: Final = frozenset(
    {"unknown", "not known", "nk", "n/k", "u/k", "uk", "unk", "anonymous", "refused", "tbc", "x"}
)
"""What stands where a surname is not known; a match on one would join strangers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A person's names as they can be used."""

    family: str | None = field(default=None, repr=False)
    given: tuple[str, ...] | None = field(default=None, repr=False)


def person_reference(part: Part) -> str | None:
    """Answer the force's own reference of a person, in its canonical spelling."""
    return "".join(part.text("person_id").split()).upper() or None


def local_id_of_child(part: Part, place: int, case: Case) -> str:
    """Answer the force's own reference of a child, or what stands in for it.

    Without one, the names and the birth date under this occurrence stand in, so that a list in
    another order changes nothing; without those the child's place in the list. The feed is told.
    """
    reference = person_reference(part)
    if reference is None:
        case.notes.fault("person_without_reference", "child")
        said = [part.text(name) for name in ("family_name", "given_names", "birth_date")]
        who = "|".join(spelling(text) for text in said) if all(said) else f"child {place}"
        reference = f"{case.occurrence}|{who}"
    return reference[:LOCAL_ID_CHARACTERS_MAX]


def is_unnamed(part: Part) -> bool:
    """Answer whether neither a reference nor a given name tells a child from its twin."""
    return person_reference(part) is None and _is_stand_in(_given(part))


def local_id_by_place(local_id: str, place: int) -> str:
    """Answer the reference of a child that is like another of the list, by its place in it."""
    suffix = f"|child {place}"
    return local_id[: LOCAL_ID_CHARACTERS_MAX - len(suffix)] + suffix


def is_shielded(part: Part, case: Case) -> bool:
    """Answer whether a person's whereabouts must not be disclosed."""
    return case.shielded or is_restricted(part, case.values)


def child_subject(part: Part, local_id: str, case: Case, *, resident: bool | None) -> Subject:
    """Answer a child as the force knows it.

    A child that lives where it happened lives at that postcode, unless its own was sent.
    """
    values = case.values
    names = read_names(part, case, "child")
    born = birth_date(part, case, "child")
    subject = Subject(
        local_id=local_id,
        nhs_number=nhs_number(part, case),
        upn=values.identifier(part, "upn", Upn.parse),
        family_name=names.family,
        given_names=names.given,
        other_names=_other_names(part),
        birth_date=born,
        birth_date_partial=None if born else values.partial_day(part, "birth_date"),
        sex=Sex(values.code(part, "sex", "sex") or "unknown"),
    )
    if is_shielded(part, case):
        return replace(subject, cleared=ADDRESS_FIELDS)
    if case.addresses_withheld:
        if part.text("postcode") or part.text("address"):
            case.notes.drop("address_withheld_premises_not_mapped")
        return subject
    home = _home(part, case, resident=resident)
    return replace(subject, postcode=home, address_lines=_lines(part))


def unborn_subject(victim: Part, place: int, case: Case) -> Subject:
    """Answer the unborn child of a victim; it is where its mother is.

    The reference holds the month of the due date, for a later pregnancy is another child's.
    """
    mother = _mother(victim, case)
    due = due_date(victim, case)
    who = mother.local_id or f"{case.occurrence}|victim {place}"
    when = f"{due:%Y-%m}" if due else case.occurrence
    shielded = is_shielded(victim, case)
    if shielded or case.addresses_withheld:
        mother = replace(mother, postcode=None)
    return Subject(
        local_id=f"{who}|unborn|{when}"[:LOCAL_ID_CHARACTERS_MAX],
        role=SubjectRole.UNBORN,
        due_on=due,
        mother=mother,
        cleared=ADDRESS_FIELDS if shielded else (),
    )


def read_names(part: Part, case: Case, whose: str) -> Named:
    """Answer the names; stand-ins for a name are left out and counted."""
    family = " ".join(part.text("family_name").split())
    if family.casefold() in _NO_NAMES:
        case.notes.drop(f"{whose}_family_name_placeholder")
        family = ""
    given = _given(part)
    if _is_stand_in(given):
        case.notes.drop(f"{whose}_given_names_placeholder")
        given = ()
    return Named(family=family or None, given=given or None)


def _given(part: Part) -> tuple[str, ...]:
    return tuple(part.text("given_names").replace(",", " ").split())


def _is_stand_in(given: tuple[str, ...]) -> bool:
    return bool(given) and (
        is_placeholder_name(" ".join(given)) or given[0].casefold() in _NO_NAMES
    )


def birth_date(part: Part, case: Case, whose: str) -> date | None:
    """Answer a date of birth; one after the incident's update, or absurdly early, is left out."""
    if case.values.partial_day(part, "birth_date"):
        return None
    born = case.values.day(part, "birth_date")
    latest = case.updated_at.astimezone(LONDON).date()
    if born is not None and not latest.year - LIFE_YEARS_MAX <= born.year <= latest.year:
        case.notes.drop(f"{whose}_birth_date_implausible")
        return None
    if born is not None and born > latest:
        case.notes.drop(f"{whose}_birth_date_in_future")
        return None
    return born


def due_date(victim: Part, case: Case) -> date | None:
    """Answer when an unborn child is due, if that is within a pregnancy of the incident."""
    due = case.values.day(victim, "due_date")
    on = case.occurred_at.astimezone(LONDON).date()
    if due is not None and not -PREGNANCY_DAYS_MAX <= (due - on).days <= PREGNANCY_DAYS_MAX:
        case.notes.drop("due_date_implausible")
        return None
    return due


def age_months_then(subject: Subject, case: Case) -> int | None:
    """Answer the age in completed months when it happened; ``None`` where it is not known."""
    if subject.birth_date is None:
        return None
    on = case.occurred_at.astimezone(LONDON).date()
    return max(0, age_in_months(subject.birth_date, on))


def is_adult(subject: Subject, case: Case) -> bool:
    """Answer whether a person listed as a child was certainly 18 or over when it happened."""
    months = age_months_then(subject, case)
    return months is not None and months >= ADULT_MONTHS


def nhs_number(part: Part, case: Case) -> NhsNumber | None:
    """Answer a valid NHS number."""

    def parse(text: str) -> NhsNumber:
        return NhsNumber.parse(text, test_numbers=case.context.test_numbers)

    return case.values.identifier(part, "nhs_number", parse)


def _mother(victim: Part, case: Case) -> Mother:
    names = read_names(victim, case, "victim")
    return Mother(
        local_id=person_reference(victim),
        nhs_number=nhs_number(victim, case),
        family_name=names.family,
        given_names=names.given or (),
        birth_date=birth_date(victim, case, "victim"),
        postcode=case.values.identifier(victim, "postcode", Postcode.parse),
    )


def _other_names(part: Part) -> tuple[OtherName, ...] | None:
    families = [name.strip() for name in part.text("other_family_names").split(",")]
    return tuple(OtherName(family_name=name) for name in families if name) or None


def _home(part: Part, case: Case, *, resident: bool | None) -> Postcode | None:
    values = case.values
    if part.text("postcode"):
        return values.identifier(part, "postcode", Postcode.parse)
    if resident:
        return values.identifier(case.record.own, "location_postcode", Postcode.parse)
    return None


def _lines(part: Part) -> tuple[str, ...] | None:
    lines = (line.strip() for line in part.text("address").splitlines())
    return tuple(line for line in lines if line) or None
