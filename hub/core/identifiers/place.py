"""Identifiers of a place or an organisation: of hospital, council, force and school; postcode."""

import re
from typing import ClassVar, Self

from hub.core.identifiers.base import INVISIBLE, Flaw, Identifier


class OdsCode(Identifier):
    """The Organisation Data Service's code of an organisation (``RR8``) or a site (``RR801``).

    Only the form is checked: three to twelve letters and digits (NHS Data Dictionary, organisation
    identifier, an3 to an12). Whether such a site is known is answered by ``Places``.
    """

    __slots__ = ()
    kind = "ODS code"
    _SHAPE: ClassVar = re.compile(r"[0-9A-Z]+")
    _SHORTEST: ClassVar = 3
    _LONGEST: ClassVar = 12

    @classmethod
    def parse(cls, text: str) -> Self:
        """Answer the ODS code in ``text``, in either case.

        Raises:
            InvalidIdentifier: the reason says which check failed; a free name fails by length or
                characters.
        """
        return cls(cls._compact(text, also=INVISIBLE))

    @classmethod
    def _check(cls, canonical: str) -> None:
        if not cls._SHAPE.fullmatch(canonical):
            cls._refuse(Flaw.CHARACTERS, "only letters and digits were expected.")
        if not cls._SHORTEST <= len(canonical) <= cls._LONGEST:
            cls._refuse(Flaw.LENGTH, f"it has {len(canonical)} characters; 3 to 12 were expected.")


class GssCode(Identifier):
    """The Office for National Statistics' nine-character code of a local authority.

    England: E06 unitary, E07 district, E08 metropolitan, E09 London, E10 county. W06, S12 and N09
    are taken too, since children live across borders.
    """

    __slots__ = ()
    kind = "GSS code"
    _LENGTH: ClassVar = 9
    _SHAPE: ClassVar = re.compile(r"[A-Z][0-9]{8}")
    _PREFIXES: ClassVar = ("E06", "E07", "E08", "E09", "E10", "W06", "S12", "N09")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Answer the GSS code in ``text``, in either case.

        Raises:
            InvalidIdentifier: the reason says which check failed.
        """
        return cls(cls._compact(text, also=INVISIBLE))

    @property
    def is_district(self) -> bool:
        """Whether it is a district of a two-tier county, which has no children's services."""
        return self._value.startswith("E07")

    @classmethod
    def _check(cls, canonical: str) -> None:
        if len(canonical) != cls._LENGTH:
            cls._refuse(Flaw.LENGTH, f"it has {len(canonical)} characters and must have 9.")
        if not cls._SHAPE.fullmatch(canonical):
            cls._refuse(Flaw.CHARACTERS, "one letter and eight digits were expected.")
        if not canonical.startswith(cls._PREFIXES):
            cls._refuse(Flaw.UNKNOWN_AREA, "its first three characters name no kind of council.")


class ForceCode(Identifier):
    """A police force: ``POL`` and the Home Office's two digits, such as ``POL13``.

    Only the form is checked: the 43 forces of England and Wales are in the reference tables, and
    others (British Transport Police) attend domestic abuse too. The letters keep a force's code
    from being taken for any other agency's.
    """

    __slots__ = ()
    kind = "force code"
    _LETTERS: ClassVar = "POL"
    _SHAPE: ClassVar = re.compile(r"POL[0-9]{2}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Answer the force in ``text``: ``13`` or ``POL13``, in either case.

        Raises:
            InvalidIdentifier: it is not two digits, with or without the letters.
        """
        kept = cls._compact(text, also=INVISIBLE)
        return cls(kept if kept.startswith(cls._LETTERS) else cls._LETTERS + kept)

    @property
    def home_office_code(self) -> str:
        """The Home Office's two digits, a leading zero kept."""
        return self._value.removeprefix(self._LETTERS)

    @classmethod
    def _check(cls, canonical: str) -> None:
        if not cls._SHAPE.fullmatch(canonical):
            cls._refuse(Flaw.SHAPE, "the Home Office's two digits were expected, such as 13.")


class Urn(Identifier):
    """A school's unique reference number in the Department's register of establishments (GIAS).

    Six digits that do not begin with 0; it has no check digit, so only the form can be checked. A
    school gets another when it becomes an academy.
    """

    __slots__ = ()
    kind = "URN"
    _LENGTH: ClassVar = 6
    _AGENCY_PREFIX: ClassVar = "URN"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Answer the URN in ``text``, with or without spaces and the letters URN before it.

        Raises:
            InvalidIdentifier: the reason says which check failed.
        """
        return cls(cls._compact(text, also=INVISIBLE).removeprefix(cls._AGENCY_PREFIX))

    @classmethod
    def of_agency(cls, agency: str) -> Self:
        """Answer the school that an agency's name stands for, such as ``URN107442``.

        Raises:
            InvalidIdentifier: the name is not that of a school.
        """
        if not agency.startswith(cls._AGENCY_PREFIX):
            cls._refuse(Flaw.SHAPE, "as an agency, URN and six digits were expected.")
        return cls(agency.removeprefix(cls._AGENCY_PREFIX))

    @property
    def agency(self) -> str:
        """The school's name as an agency of the hub: ``URN`` and the number, like no other code."""
        return f"{self._AGENCY_PREFIX}{self._value}"

    @classmethod
    def _check(cls, canonical: str) -> None:
        if not (canonical.isascii() and canonical.isdigit()):
            cls._refuse(Flaw.CHARACTERS, "it holds something other than digits.")
        if len(canonical) != cls._LENGTH:
            cls._refuse(Flaw.LENGTH, f"it has {len(canonical)} digits and must have 6.")
        if canonical.startswith("0"):
            cls._refuse(Flaw.NOT_ISSUED, "it begins with 0, and none does.")


class Postcode(Identifier):
    """A United Kingdom postcode in its canonical spelling, such as ``LS1 3EX``.

    Only the form is checked, and the NHS's pseudo postcodes (ZZ99: no fixed abode, unknown, abroad)
    are refused as placeholders: they place nobody, and would join strangers.
    """

    __slots__ = ()
    kind = "postcode"
    _OUTCODE: ClassVar = r"(?:[A-PR-UWYZ][A-HK-Y]?[0-9][0-9A-HJKMNPR-Y]?|GIR)"
    _SHAPE: ClassVar = re.compile(rf"{_OUTCODE} [0-9][ABD-HJLNP-UW-Z]{{2}}")
    _INWARD: ClassVar = 3
    _SHORTEST: ClassVar = 5
    _LONGEST: ClassVar = 7

    @classmethod
    def parse(cls, text: str) -> Self:
        """Answer the postcode in ``text``, in either case and however it is spaced.

        Raises:
            InvalidIdentifier: the reason says which check failed.
        """
        kept = cls._compact(text, also=INVISIBLE)
        if not (kept.isascii() and kept.isalnum()):
            cls._refuse(
                Flaw.CHARACTERS,
                "only letters, digits and spaces were expected, as in LS1 3EX; no hyphen.",
            )
        if not cls._SHORTEST <= len(kept) <= cls._LONGEST:
            cls._refuse(Flaw.LENGTH, f"it has {len(kept)} characters; 5 to 7 were expected.")
        return cls(f"{kept[: -cls._INWARD]} {kept[-cls._INWARD :]}")

    @property
    def outcode(self) -> str:
        """The part before the space, such as ``LS1``."""
        return self._value.split(" ")[0]

    @property
    def sector(self) -> str:
        """The outcode and the digit after the space, such as ``LS1 3``."""
        return self._value[:-2]

    @classmethod
    def _check(cls, canonical: str) -> None:
        if canonical.startswith("ZZ99 "):
            cls._refuse(Flaw.PLACEHOLDER, "it is a pseudo postcode, which places nobody.")
        if not cls._SHAPE.fullmatch(canonical):
            cls._refuse(Flaw.SHAPE, "it does not have the form of a United Kingdom postcode.")
