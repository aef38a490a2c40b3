"""The person of a message, as much of them as may be told: shielding is applied here."""

from typing import Final

from connectors.health.attendance import age_months
from connectors.health.case import Case
from connectors.health.demographics import (
    Address,
    Birth,
    address,
    deleted,
    died_on,
    mother,
    names,
    sex,
)
from connectors.health.identity import Identity, identity
from connectors.health.message import Message
from connectors.health.sites import code
from hub.core.event import Mother, Subject, SubjectRole

PV1_PROTECTION: Final = 16
ZU8_SHIELDING: Final = 4

_PROTECTED: Final = frozenset({"S", "Y"})
"""PV1-16: S sensitive, Y stop noted."""

_SHIELDED: Final = frozenset({"1", "2"})
"""ZU8-4: 1 flagged locally, 2 flagged nationally (the S-flag)."""

_LOCATION: Final = ("address_lines", "mother", "postcode")
"""What would lead to where a shielded person lives. Phones and GP are read from no message."""

MOTHER_MONTHS_MAX: Final = 12
"""The mother is told of a child under one: she is how a plan made before birth is found."""


def is_shielded(message: Message) -> bool:
    """Say whether a message says that the person's whereabouts must not be disclosed.

    Silence, and HL7's ``""``, say nothing: neither lifts a shield that was set before.
    """
    protected = code(message.row("PV1").text(PV1_PROTECTION)) in _PROTECTED
    return protected or code(message.row("ZU8").text(ZU8_SHIELDING)) in _SHIELDED


def who(case: Case) -> Identity:
    """Answer the numbers of the person."""
    return identity(
        case.message.row("PID"),
        case.sender,
        case.notes,
        test_numbers=case.context.test_numbers,
    )


def subject(case: Case, person: Identity, local_id: str, born: Birth) -> Subject:
    """Answer the person of a message.

    Of a shielded person address, postcode and mother are left out *and* deleted from what was told
    before, so that an address sent on an earlier day does not stay.
    """
    pid = case.message.row("PID")
    shielded = is_shielded(case.message)
    called = names(pid)
    home = Address() if shielded else address(pid, case.notes)
    infant = (age_months(born, case.times.occurred_at) or 0) < MOTHER_MONTHS_MAX
    told_of_mother = infant and born.written.day is not None and not shielded
    cleared = {*deleted(pid), *(_LOCATION if shielded else ())}
    return Subject(
        local_id=local_id,
        nhs_number=person.nhs_number,
        nhs_number_status=person.status,
        family_name=called.family,
        given_names=called.given,
        other_names=called.others,
        birth_date=born.written.day,
        birth_date_partial=born.written.partial,
        birth_date_estimated=born.estimated,
        sex=sex(pid),
        postcode=home.postcode,
        address_lines=home.lines,
        died_on=died_on(pid),
        mother=_mother(case) if told_of_mother else None,
        cleared=tuple(sorted(cleared)),
    )


def _mother(case: Case) -> Mother | None:
    return mother(
        case.message,
        case.mapping,
        case.sender,
        case.notes,
        test_numbers=case.context.test_numbers,
    )


def cancelled_subject(local_id: str) -> Subject:
    """Answer the person of a cancelled visit: nobody needs to know more of a visit that was not."""
    return Subject(local_id=local_id, role=SubjectRole.CHILD)
