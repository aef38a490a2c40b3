"""What an agency may tell about who a person is: the closed list, and what of it is stored."""

from dataclasses import dataclass, field
from enum import StrEnum

from hub.core.identifiers import NhsNumber


class Change(StrEnum):
    """What was changed about who a person is; the subject of the event is who it is now."""

    UNKNOWN = "unknown"
    RECORDS_MERGED = "records_merged"
    """Two records of the agency are one person's (HL7 A40)."""
    IDENTIFIER_CHANGED = "identifier_changed"
    """The same person has another local id now (HL7 A47)."""
    VISIT_MOVED = "visit_moved"
    """A visit was told of another patient than the one it is of (HL7 A45)."""
    NUMBER_SUPERSEDED = "number_superseded"
    """An NHS number was replaced by another."""
    BORN = "born"
    """An unborn child is a child now."""
    ADOPTED = "adopted"
    """The subject is the identity after an adoption."""


JOINING = frozenset({Change.RECORDS_MERGED, Change.IDENTIFIER_CHANGED, Change.BORN})
"""Changes by which two records are one person's."""

ABOUT_RECORDS = JOINING | {Change.ADOPTED}
"""Changes that are about two records of the agency: the former and the subject's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeTold:
    """Coded facts of one change of identity.

    What was known before stands here. None of it is stored in clear: the hub keeps the digests of a
    record, a visit and a number that everything else of them is known by.
    """

    change: Change = Change.UNKNOWN
    former_local_id: str | None = field(default=None, repr=False)
    former_nhs_number: NhsNumber | None = None
    visit_key: str | None = field(default=None, repr=False)
