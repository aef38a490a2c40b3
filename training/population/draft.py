"""A record while it is written: what stands in it, and what a careful reader can take from it."""

from dataclasses import dataclass, field
from typing import NamedTuple


class Fact(NamedTuple):
    """Something true of a child that a careful reader can take from a record."""

    kind: str
    """``given`` or ``family`` (one word of a name), ``born``, ``nearly born``, ``home``, ``nhs``
    or ``upn``."""
    value: str


GIVEN, FAMILY, BORN, NEARLY_BORN = "given", "family", "born", "nearly born"
HOME, NHS, UPN = "home", "nhs", "upn"


@dataclass(slots=True, kw_only=True)
class Draft:
    """One record as an agency writes it.

    ``kept`` holds the facts that survive in it; ``mistakes`` the names of the rates that struck;
    ``ways`` those that are ways of writing and no mistakes.
    """

    given: str = ""
    family: str = ""
    born: str = ""
    sex: str = ""
    postcode: str = ""
    address: str = ""
    nhs_number: str = ""
    upn: str = ""
    kept: set[Fact] = field(default_factory=set)
    mistakes: list[str] = field(default_factory=list)
    ways: list[str] = field(default_factory=list)
    of_another: bool = False
    """Whether it carries the NHS number or UPN of somebody else."""
