"""Records without a traced NHS number, in the layout that the matcher of DfE reads.

Its CSV reader takes columns by their header (DFE-Digital/SUI_Matcher): ``Surname``, ``Forename``,
``DOB``, ``Gender``, ``PostCode``. The 27 first columns stand where the positional layout of the
Demographics Batch Service has them, the blank ones named ``Column1`` to ``Column21`` as in the
matcher's own example; then come the further columns of a case management system's export.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from hub.core.event import Sex, SubjectRole
from hub.core.identity_evidence import RecordEvidence
from hub.core.identity_profile import profile_of
from hub.core.match_report import LinkedRecord, Standing
from hub.core.name_forms import given_forms

NAME_CHARACTERS_MAX: Final = 35
"""The matcher refuses a row with a longer given or family name."""

_NAMED: Final = {2: "SourceID", 3: "DOB", 7: "Surname", 9: "Forename", 11: "Gender", 17: "PostCode"}
_POSITIONS: Final = 27


def _positional() -> tuple[str, ...]:
    blanks = iter(range(1, _POSITIONS))
    return tuple(_NAMED.get(place) or f"Column{next(blanks)}" for place in range(1, _POSITIONS + 1))


_FURTHER: Final = (
    *("ActiveCIN", "ActiveCLA", "ActiveCP", "ActiveReferral", "ActiveEHM"),
    *("Ethnicity", "ImmigrationStatus", "NHSNumber"),
)
HEADER: Final = (*_positional(), *_FURTHER)

_GENDERS: Final = {Sex.MALE: "Male", Sex.FEMALE: "Female"}
_FORMULA: Final = ("=", "+", "-", "@")
"""How a cell begins that a spreadsheet may take for a formula."""


class LeftOut(StrEnum):
    """Why a record without a traced number is not in the export."""

    NO_BIRTH_DATE = "no_birth_date"
    """The matcher answers Error without a whole one."""
    NO_GIVEN_NAME = "no_given_name"
    """None, or one that stands for none: Baby."""
    NO_FAMILY_NAME = "no_family_name"
    NAME_TOO_LONG = "name_too_long"
    NAME_UNUSABLE = "name_unusable"
    """It begins as a formula does, or holds a control character."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRow:
    """One row, by column; ``repr`` shows nothing of it."""

    cells: Mapping[str, str] = field(repr=False)

    def ordered(self) -> tuple[str, ...]:
        """Answer the cells in the order of the header; what is not known is empty."""
        return tuple(self.cells.get(column, "") for column in HEADER)


def is_for_export(one: LinkedRecord, standing: Standing) -> bool:
    """Answer whether a record is of a born child whose NHS number nobody has traced."""
    return one.evidence.role is SubjectRole.CHILD and standing is not Standing.VERIFIED


def export_row(record: RecordEvidence, *, source_id: str, shielded: bool) -> ExportRow | LeftOut:
    """Answer a record as a row, or why it cannot be one.

    A shielded child's postcode stays here; a search with one never finds such a child anyway.
    """
    missing = _missing(record)
    if missing is not None:
        return missing
    given, family = _given(record), (record.family_name or "").strip()
    for name in (given, family):
        if len(name) > NAME_CHARACTERS_MAX:
            return LeftOut.NAME_TOO_LONG
        if name.startswith(_FORMULA) or not name.isprintable():
            return LeftOut.NAME_UNUSABLE
    born, place = record.birth_date, record.postcode
    cells = {
        "SourceID": "" if source_id.startswith(_FORMULA) else source_id,
        "DOB": f"{born:%Y%m%d}" if born else "",
        "Surname": family,
        "Forename": given,
        "Gender": _GENDERS.get(record.sex, ""),
        "PostCode": place.reveal() if place and not shielded else "",
        "NHSNumber": record.nhs_number.reveal() if record.nhs_number else "",
    }
    return ExportRow(cells=cells)


def _missing(record: RecordEvidence) -> LeftOut | None:
    known = profile_of([record])
    if record.birth_date is None:
        return LeftOut.NO_BIRTH_DATE
    if not given_forms(_given(record)).names:
        return LeftOut.NO_GIVEN_NAME
    return None if known.family and record.family_name else LeftOut.NO_FAMILY_NAME


def _given(record: RecordEvidence) -> str:
    """Answer all given names, or the first alone where all are too long together."""
    names = [name.strip() for name in record.given_names if name.strip()]
    whole = " ".join(names)
    return whole if len(whole) <= NAME_CHARACTERS_MAX or not names else names[0]
