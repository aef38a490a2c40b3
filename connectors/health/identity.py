"""Who a message is about, by number: PID-3 with its many spellings of the NHS number."""

import re
from dataclasses import dataclass
from typing import Final

from connectors.health.message import Row, Value
from connectors.health.sites import code
from connectors.outcome import Notes
from hub.core.event import NhsNumberStatus
from hub.core.identifiers import LocalId, NhsNumber
from hub.errors import InvalidIdentifier

PID_IDENTIFIERS: Final = 3
PID_MOTHER_IDENTIFIER: Final = 21
PID_RELIABILITY: Final = 32

_CX_AUTHORITY: Final = 4
_CX_TYPE: Final = 5
_CX_FACILITY: Final = 6
_NHS_AUTHORITIES: Final = frozenset({"NHS", "2.16.840.1.113883.2.1.4.1"})
_NHS_TYPES: Final = frozenset({"NH", "NHS"})
_NATIONAL_TYPE: Final = "NI"
"""HL7 table 0203: national unique individual identifier. Some write the NHS number so, others the
National Insurance number: ten digits tell the two apart."""

_VERIFIED: Final = frozenset({"NSTS01", "01"})
_STATUS = re.compile(r"(?:NSTS)?0[1-8]")
_TEN_DIGITS = re.compile(r"(?:[\s-]*\d){10}[\s-]*", re.ASCII)

_RECORD_TYPES: Final = ("MR", "PI")
_NOT_RECORD_TYPES: Final = frozenset({"NI", "SS", "PPN", "DL", "AN", "VN"})
"""Not the hospital's number of a person: insurance, passport, licence, account, visit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The numbers of a person; ``local_id`` is ``None`` where the hospital gave none at all."""

    local_id: str | None
    nhs_number: NhsNumber | None
    status: NhsNumberStatus


def identity(pid: Row, sender: str, notes: Notes, *, test_numbers: bool) -> Identity:
    """Answer who PID is about.

    The local id is the hospital's own number under its issuing authority (else the sender); where
    the NHS number alone was sent, and is valid, it stands in. A number that is not valid, or is
    a stand-in for anyone, is dropped and noted; so no two people are joined by it.
    """
    numbers = _nhs_numbers(pid, notes, test_numbers=test_numbers)
    number = numbers[0] if numbers else None
    local = _local_id(pid.values(PID_IDENTIFIERS), sender)
    if local is None and number is not None:
        local = f"NHS|{number.reveal()}"
    several = len(set(numbers)) > 1
    if several:
        notes.drop("nhs_number_several")
    status = _status(pid) if number else NhsNumberStatus.UNKNOWN
    if several:
        status = NhsNumberStatus.NOT_VERIFIED
    return Identity(local_id=local, nhs_number=number, status=status)


def relative(
    value: Value, sender: str, notes: Notes, *, test_numbers: bool
) -> tuple[str | None, NhsNumber | None]:
    """Answer the local id and the NHS number that one identifier of a relative (PID-21) gives."""
    if _is_nhs_number(value):
        return None, _parse(value, notes, "mother_nhs_number", test_numbers=test_numbers)
    return _local_id((value,), sender), None


def _nhs_numbers(pid: Row, notes: Notes, *, test_numbers: bool) -> tuple[NhsNumber, ...]:
    marked = (value for value in pid.values(PID_IDENTIFIERS) if _is_nhs_number(value))
    parsed = (_parse(value, notes, "nhs_number", test_numbers=test_numbers) for value in marked)
    return tuple(number for number in parsed if number is not None)


def _parse(value: Value, notes: Notes, named: str, *, test_numbers: bool) -> NhsNumber | None:
    text = value.part(1)
    if not text:
        return None
    try:
        return NhsNumber.parse(text, test_numbers=test_numbers)
    except InvalidIdentifier as fault:
        notes.drop(f"{named}_{fault.reason}")
        return None


def _is_nhs_number(value: Value) -> bool:
    """Say whether an identifier is marked as an NHS number.

    Seen: ``^^^NHS``, ``^^^NHS^NH``, ``^^^NHS^HN``, ``^^^^NH`` and ``^06^^^NI``.
    """
    authorities = {code(sub) for sub in value.subs(_CX_AUTHORITY)} - {""}
    kind = code(value.part(_CX_TYPE))
    if authorities & _NHS_AUTHORITIES or kind in _NHS_TYPES:
        return True
    ten_digits = _TEN_DIGITS.fullmatch(value.part(1)) is not None
    return kind == _NATIONAL_TYPE and not authorities and ten_digits


def _local_id(values: tuple[Value, ...], sender: str) -> str | None:
    own = [value for value in values if not _is_nhs_number(value) and _may_be_own(value)]
    for value in sorted(own, key=_preference):
        if not code(value.part(1)):
            return None
        local = _numbered(value, _issuer(value) or sender)
        if local is not None:
            return local
    return None


def former_local_id(
    value: Value, now: Value, sender: str, notes: Notes, *, test_numbers: bool
) -> tuple[str | None, bool]:
    """Answer the local id that one number of MRG-1 is, and whether it is made of an NHS number.

    Args:
        value: the number before.
        now: what stands at the same place of PID-3; it says whose number it is where ``value``
            itself does not.
        sender: whose it is where neither says it.
        notes: takes what is dropped.
        test_numbers: whether NHS numbers that are never issued are taken.
    """
    bare = not (_issuer(value) or value.part(_CX_TYPE))
    if _is_nhs_number(value) or (bare and _is_nhs_number(now)):
        number = _parse(value, notes, "former_nhs_number", test_numbers=test_numbers)
        return (f"NHS|{number.reveal()}" if number else None), True
    if not _may_be_own(now if bare else value):
        return None, False
    return _numbered(value, _issuer(value) or _issuer(now) or sender), False


def _issuer(value: Value) -> str:
    return value.part(_CX_AUTHORITY) or value.part(_CX_FACILITY)


def _may_be_own(value: Value) -> bool:
    return code(value.part(_CX_TYPE)) not in _NOT_RECORD_TYPES


def _numbered(value: Value, issuer: str) -> str | None:
    """Answer a local id; one too long to be a hospital's number is none."""
    try:
        return LocalId.parse(f"{code(issuer)}|{code(value.part(1))}").reveal()
    except InvalidIdentifier:
        return None


def _preference(value: Value) -> int:
    kind = code(value.part(_CX_TYPE))
    if kind in _RECORD_TYPES:
        return _RECORD_TYPES.index(kind)
    return len(_RECORD_TYPES) + (not value.part(_CX_AUTHORITY))


def _status(pid: Row) -> NhsNumberStatus:
    said = {code(value.part(1)) for value in pid.values(PID_RELIABILITY)}
    if said & _VERIFIED:
        return NhsNumberStatus.VERIFIED
    traced = any(_STATUS.fullmatch(one) for one in said)
    return NhsNumberStatus.NOT_VERIFIED if traced else NhsNumberStatus.UNKNOWN
