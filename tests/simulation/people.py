"""The children of a made-up town, as agencies know them: nobody is real."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from hub.core.event import NhsNumberStatus, Subject
from hub.core.identifiers import GssCode, NhsNumber, Urn
from hub.core.seal import EventDigests, IdentityDigests
from hub.demo.numbers import check_digit

DIGESTS = EventDigests(bytes(range(64, 96)))
IDENTITY = IdentityDigests(bytes(range(96, 128)))
"""The keys of the hub that takes the year in: one on real servers then has the same references."""

HOSPITALS, FORCE = ("RAE", "RR8"), "POL13"
ANCHOR = HOSPITALS[0]
"""Who knew every child before the year began."""


@dataclass(frozen=True, slots=True)
class Child:
    """Somebody who does not exist."""

    number: int
    family: int
    born: date
    authority: GssCode
    school: str | None
    troubled: bool
    frequent: bool

    def agencies(self):
        """Who has a record of the child, the one that knew it first foremost."""
        return (*HOSPITALS, FORCE, self.authority.reveal(), *self.schools())

    def schools(self):
        """The agency of the child's school, if it has one."""
        return (Urn(self.school).agency,) if self.school else ()

    def record(self, agency):
        """The reference of an agency's record of the child."""
        return _record(agency, self.number)

    @property
    def anchor(self):
        """The record by which the child was known before the year began."""
        return self.record(ANCHOR)

    def records(self):
        """The references of all records of the child."""
        return tuple(map(self.record, self.agencies()))

    def subject(self, agency, unsure=frozenset(), home=None):
        """Whom an agency says that it tells of; nobody can tell of whom, if that is unsure.

        Schools tell nobody's home, and each kind of agency writes one in its own way.
        """
        local_id = _local_id(agency, self.number)
        if self.record(agency) in unsure:
            return Subject(local_id=local_id, family_name=f"Unknown{_letters(self.number)}")
        told = {}
        if home is not None and agency not in self.schools():
            how = self.agencies().index(agency)
            told = {"postcode": home.postcode, "address_lines": home.lines(how)}
        return Subject(
            **told,
            local_id=local_id,
            nhs_number=nhs_number(self.number),
            nhs_number_status=NhsNumberStatus.VERIFIED,
            family_name=f"Town{_letters(self.family)}",
            given_names=(f"Mira{_letters(self.number)}",),
            birth_date=self.born,
        )


@lru_cache(maxsize=200_000)
def _record(agency, number):
    return DIGESTS.record_ref(agency, _local_id(agency, number))


def _local_id(agency, number):
    return f"{agency}-{number}"


@lru_cache(maxsize=100_000)
def nhs_number(number):
    """A number of the 999 range, which is never issued; a few of them have no check digit."""
    nine = f"999{100_000 + number:06d}"
    digit = check_digit(nine)
    return nhs_number(number + 500_000) if digit is None else NhsNumber(f"{nine}{digit}")


def _letters(number):
    """A number in letters, so that names are unlike each other."""
    return "".join("bdfgklmnpr"[int(digit)] + "aeiouaeiou"[int(digit)] for digit in str(number))
