"""Who a message is about, in words: names, birth, sex, address, death, mother (PID, NK1).

HL7's null rule holds throughout: an empty field says nothing, ``""`` deletes what is stored.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from connectors.health.identity import PID_MOTHER_IDENTIFIER, PID_RELIABILITY, relative
from connectors.health.message import Message, Row, Value
from connectors.health.moments import WrittenDate, written_date
from connectors.health.sites import HospitalMapping, code
from connectors.outcome import Notes
from hub.core.event import Mother, OtherName, Sex
from hub.core.identifiers import Postcode
from hub.errors import InvalidIdentifier

PID_NAME: Final = 5
PID_MOTHER_NAME: Final = 6
PID_BIRTH: Final = 7
PID_SEX: Final = 8
PID_ADDRESS: Final = 11
PID_DEATH: Final = 29
_NK1_NAME, _NK1_RELATIONSHIP, _NK1_ADDRESS, _NK1_BIRTH = 2, 3, 4, 16

LIFE_YEARS_MAX: Final = 120
"""A date of birth before that is a default such as 1 January 1900."""

OTHER_NAMES_MAX: Final = 10

_LEGAL: Final = ("L", "", "U", "D")
_ADOPTED: Final = "C"
_POSTCODE: Final = 5
_ADDRESS_TYPE: Final = 7
_HOME: Final = ("H", "", "C", "L", "P", "M")
"""Address types of a home, the likeliest first; birth places, offices and bad addresses are not."""

_SEXES: Final = {
    "1": Sex.MALE,
    "M": Sex.MALE,
    "2": Sex.FEMALE,
    "F": Sex.FEMALE,
    "9": Sex.NOT_SPECIFIED,
    "X": Sex.NOT_SPECIFIED,
    "O": Sex.NOT_SPECIFIED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The name that counts and the others."""

    family: str | None = field(default=None, repr=False)
    given: tuple[str, ...] | None = field(default=None, repr=False)
    others: tuple[OtherName, ...] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Birth:
    """A date of birth, and whether the hospital estimated it (PID-32 ``ED``)."""

    written: WrittenDate = field(default=WrittenDate(), repr=False)
    estimated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A home address."""

    lines: tuple[str, ...] | None = field(default=None, repr=False)
    postcode: Postcode | None = None


def reliability(pid: Row) -> frozenset[str]:
    """Answer the codes of PID-32 (table 0445): how far identity and address can be trusted."""
    return frozenset(code(value.part(1)) for value in pid.values(PID_RELIABILITY))


def names(pid: Row) -> Names:
    """Answer the names of PID-5: the legal one first, the others as other names.

    Of a child with an adopted name (type ``C``) no other name is passed on: what joins the names
    before and after an adoption must not leave the hospital.
    """
    given = [value for value in pid.values(PID_NAME) if value.part(1) or value.part(2)]
    if not given:
        return Names()
    adopted = [value for value in given if code(value.part(7)) == _ADOPTED]
    ranked = adopted[:1] or sorted(given, key=_name_preference)
    main, *rest = ranked
    others = tuple(
        OtherName(family_name=value.part(1) or None, given_names=_given(value))
        for value in rest[:OTHER_NAMES_MAX]
    )
    return Names(family=main.part(1) or None, given=_given(main) or None, others=others or None)


def birth(pid: Row, sent_on: date, notes: Notes) -> Birth:
    """Answer the date of birth as written; one that cannot be is dropped and noted.

    So is one that a system made up (PID-32 ``UD``): it would join strangers who share it.

    Args:
        pid: the segment.
        sent_on: the day on which the message was made: a birth more than a day later, or more
            than ``LIFE_YEARS_MAX`` years before, is no date of birth.
        notes: takes what is dropped.
    """
    codes = reliability(pid)
    text = pid.text(PID_BIRTH)
    if not text:
        return Birth()
    written = written_date(text)
    flaw = "default" if "UD" in codes else _birth_flaw(written, sent_on)
    if flaw:
        notes.drop(f"birth_date_{flaw}")
    if flaw or written is None:
        return Birth()
    return Birth(written=written, estimated="ED" in codes)


def sex(pid: Row) -> Sex:
    """Answer the sex as recorded: national codes 1, 2, 9, 0, X or HL7's M, F, O, U."""
    return _SEXES.get(code(pid.text(PID_SEX)), Sex.UNKNOWN)


def address(pid: Row, notes: Notes) -> Address:
    """Answer the home address of PID-11; a postcode that is none is dropped and noted."""
    if "UA" in reliability(pid):
        notes.drop("address_default")
        return Address()
    homes = [v for v in pid.values(PID_ADDRESS) if code(v.part(_ADDRESS_TYPE)) in _HOME]
    if not homes:
        return Address()
    home = min(homes, key=lambda value: _HOME.index(code(value.part(_ADDRESS_TYPE))))
    lines = tuple(line for line in (_line(home, number) for number in range(1, 5)) if line)
    return Address(lines=lines or None, postcode=_postcode(home, notes))


def died_on(pid: Row) -> date | None:
    """Answer the day of death of PID-29, when it is a whole date."""
    written = written_date(pid.text(PID_DEATH))
    return written.day if written else None


def mother(
    message: Message, mapping: HospitalMapping, sender: str, notes: Notes, *, test_numbers: bool
) -> Mother | None:
    """Answer the mother: NK1 that the mapping calls mother, PID-21 her number, PID-6 her name."""
    pid = message.row("PID")
    local_id, number = None, None
    for value in pid.values(PID_MOTHER_IDENTIFIER):
        found = relative(value, sender, notes, test_numbers=test_numbers)
        local_id, number = local_id or found[0], number or found[1]
    kin = next((row for row in message.rows("NK1") if _is_mother(row, mapping)), None)
    name = kin.value(_NK1_NAME) if kin else pid.value(PID_MOTHER_NAME)
    born = written_date(kin.text(_NK1_BIRTH)) if kin else None
    known = Mother(
        local_id=local_id,
        nhs_number=number,
        family_name=name.part(1) or None,
        given_names=_given(name),
        birth_date=born.day if born else None,
        postcode=_postcode(kin.value(_NK1_ADDRESS), notes) if kin else None,
    )
    return None if known == Mother() else known


def deleted(pid: Row) -> tuple[str, ...]:
    """Answer the names of the subject's fields that HL7's ``""`` deletes."""
    if not pid.may_delete:
        return ()
    by_field = {
        "family_name": pid.deletes(PID_NAME),
        "given_names": pid.deletes(PID_NAME, 2),
        "other_names": pid.value(PID_NAME).deletes(1) and not pid.text(PID_NAME, 2),
        "birth_date": pid.deletes(PID_BIRTH),
        "sex": pid.deletes(PID_SEX),
        "address_lines": pid.deletes(PID_ADDRESS),
        "postcode": pid.deletes(PID_ADDRESS, _POSTCODE),
        "died_on": pid.deletes(PID_DEATH),
        "mother": pid.deletes(PID_MOTHER_IDENTIFIER),
    }
    return tuple(sorted(name for name, is_deleted in by_field.items() if is_deleted))


def _birth_flaw(written: WrittenDate | None, sent_on: date) -> str | None:
    if written is None or written.latest is None or written.earliest is None:
        return "not_a_date"
    if written.latest.year < sent_on.year - LIFE_YEARS_MAX:
        return "implausible"
    return "in_future" if written.earliest > sent_on + timedelta(days=1) else None


def _name_preference(value: Value) -> int:
    kind = code(value.part(7))
    return _LEGAL.index(kind) if kind in _LEGAL else len(_LEGAL)


def _given(value: Value) -> tuple[str, ...]:
    return tuple(name for name in (value.part(2), *value.part(3).split(" ")) if name)


def _line(value: Value, number: int) -> str:
    return " ".join(sub for sub in value.subs(number) if sub and sub != '""')


def _postcode(value: Value, notes: Notes) -> Postcode | None:
    text = value.part(_POSTCODE)
    if not text:
        return None
    try:
        return Postcode.parse(text)
    except InvalidIdentifier as fault:
        notes.drop(f"postcode_{fault.reason}")
        return None


def _is_mother(row: Row, mapping: HospitalMapping) -> bool:
    said = {code(row.text(_NK1_RELATIONSHIP)), code(row.text(_NK1_RELATIONSHIP, 2))}
    return bool(said & mapping.mother_relationships)
