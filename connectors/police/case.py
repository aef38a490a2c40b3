"""One version of one incident ready to be mapped: whose, which, when, and what must be withheld."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from connectors.contract import ConnectorContext
from connectors.outcome import LeftOut, Notes, Refused
from connectors.police.mapping_file import ForceMapping
from connectors.police.shape import IncidentRecord, Part
from connectors.police.values import Values
from connectors.police.vocabulary import spelling
from connectors.shown_codes import may_be_shown
from hub.core.event import Audience, EventState, Handling
from hub.core.identifiers import ForceCode
from hub.core.incident_facts import Premises
from hub.errors import InvalidIdentifier

NOT_DOMESTIC_ABUSE: Final = "not_domestic_abuse"
CLOCK_AHEAD_MAX: Final = timedelta(minutes=15)
OCCURRENCE_CHARACTERS_MAX: Final = 60

_REFUGE_WORDS: Final = ("refuge", "safe_house", "safehouse")
_REFUGEE: Final = "refugee"
_NARROWEST: Final = Handling(audience=Audience.SOCIAL_CARE_ONLY, not_to_family=True)

_STATES: Final = {
    "new": (EventState.REPORTED, 0),
    "reinstated": (EventState.REPORTED, 1),
    "amended": (EventState.CORRECTED, 2),
    "merged": (EventState.WITHDRAWN, 3),
    "withdrawn": (EventState.WITHDRAWN, 3),
}
"""What a status makes of the events, and which of two versions of one instant comes later."""

_RANKS: Final = 4
_NAMES: Final = ("family_name", "given_names", "other_family_names")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One version of one incident with what every step of its mapping needs.

    Attributes:
        began_at: when it began; the time of the update where it is not said.
        revision: the force's own time of this version, in quarters of a millisecond.
        is_no_abuse: the force says now that it is not domestic abuse, and so it is taken back.
        shielded: at a refuge, or restricted by the force: no address leaves the force.
        addresses_withheld: the kind of place is not known, so that no address is sent either.
    """

    record: IncidentRecord
    values: Values
    context: ConnectorContext
    notes: Notes
    force: ForceCode
    occurrence: str
    updated_at: datetime
    began_at: datetime | None
    is_no_abuse: bool
    state: EventState
    revision: int
    premises: Premises | None
    shielded: bool
    addresses_withheld: bool
    handling_code: str | None
    handling: Handling

    @property
    def occurred_at(self) -> datetime:
        """When it happened: when it began, else when it was last written."""
        return self.began_at or self.updated_at

    @property
    def withdrawn(self) -> bool:
        """Whether this version takes the incident back."""
        return self.state is EventState.WITHDRAWN

    def key(self, person: str) -> str:
        """Answer the source key of one person's part in the incident."""
        return f"{self.force.reveal()}|{self.occurrence}|{person}"


def read_case(
    record: IncidentRecord, mapping: ForceMapping, context: ConnectorContext, notes: Notes
) -> Case:
    """Answer an incident that can be mapped.

    Raises:
        Refused: it lacks its number or the time of this version, is another force's, or says from
            when it may be told in a way that cannot be read.
        LeftOut: the force says that it is not domestic abuse, and never said that it was.
    """
    own, values = record.own, Values(mapping, notes)
    occurrence = _occurrence(own)
    _refuse_other_force(own, mapping)
    updated_at = _updated_at(own, values, context)
    abuse = values.flag(own, "domestic_abuse")
    status = _status(own, values, occurrence)
    if abuse is False and status in {"new", "reinstated"}:
        raise LeftOut(NOT_DOMESTIC_ABUSE)
    state, rank = _STATES["withdrawn" if abuse is False else status]
    premises = values.code(own, "premises", "premises")
    shielded = _is_refuge(own, premises) or is_restricted(own, values)
    code = _handling_code(record, mapping, values)
    return Case(
        record=record,
        values=values,
        context=context,
        notes=notes,
        force=mapping.force,
        occurrence=occurrence,
        updated_at=updated_at,
        began_at=values.instant(own, "began_at"),
        is_no_abuse=abuse is False,
        state=state,
        revision=_revision(updated_at, rank, mapping.edition),
        premises=_said(premises),
        shielded=shielded,
        addresses_withheld=not shielded and bool(own.text("premises")) and premises is None,
        handling_code=code,
        handling=replace(_handling(own, code, mapping, notes), not_before=_not_before(own, values)),
    )


def _revision(updated_at: datetime, rank: int, edition: int) -> int:
    """Answer milliseconds since 1970, of which the last two bits are the rank of the status.

    Each edition of the mapping makes it four milliseconds later.

    It must be a time in a unit of time: with it the hub compares the words of different agencies.
    """
    return (round(updated_at.timestamp() * 1000) // _RANKS + edition) * _RANKS + rank


def is_restricted(part: Part, values: Values) -> bool:
    """Answer whether a mark restricts; any mark but a plain no does."""
    text = part.text("restricted")
    return bool(text) and values.mapping.codes["flag"].get(spelling(text)) != "no"


def _occurrence(own: Part) -> str:
    occurrence = _number(own, "occurrence_number")
    if not 0 < len(occurrence) <= OCCURRENCE_CHARACTERS_MAX:
        raise Refused(
            "occurrence_number",
            f"the occurrence number, of at most {OCCURRENCE_CHARACTERS_MAX} characters",
        )
    return occurrence


def _number(own: Part, name: str) -> str:
    return "".join(own.text(name).split()).upper()


def _refuse_other_force(own: Part, mapping: ForceMapping) -> None:
    text = own.text("force")
    if not text:
        return
    try:
        same = ForceCode.parse(text) == mapping.force
    except InvalidIdentifier:
        same = False
    if not same:
        code = mapping.force.home_office_code
        raise Refused("force", f"the force of the mapping file, {code}, or nothing")


def _updated_at(own: Part, values: Values, context: ConnectorContext) -> datetime:
    updated_at = values.instant(own, "updated_at")
    if updated_at is None:
        raise Refused("updated_at", "when this version was written, with date and time")
    if updated_at > context.started_at + CLOCK_AHEAD_MAX:
        values.notes.fault("clock_ahead", "updated_at")
    return updated_at


def _status(own: Part, values: Values, occurrence: str) -> str:
    status = values.code(own, "status", "status") if own.text("status") else "new"
    if status is None:
        raise Refused("status", "one of new, amended, reinstated, withdrawn and merged")
    if status == "merged" and _number(own, "merged_into") in {"", occurrence}:
        raise Refused("merged_into", "the occurrence number that it was merged into")
    return status


def _is_refuge(own: Part, premises: str | None) -> bool:
    said = spelling(own.text("premises")).replace(_REFUGEE, "")
    return premises == Premises.REFUGE or any(word in said for word in _REFUGE_WORDS)


def _said(premises: str | None) -> Premises | None:
    """Answer the kind of place; "unknown" says nothing."""
    return None if premises in {None, "unknown"} else Premises(premises)


def _handling_code(record: IncidentRecord, mapping: ForceMapping, values: Values) -> str | None:
    """Answer the handling code; one that is not mapped and repeats somebody's name is none."""
    code = values.handling_code(record.own, "handling_code")
    if code is None or code in mapping.handling:
        return code
    people = (*record.adults, *(child.own for child in record.children))
    names = (person.text(name) for person in people for name in _NAMES)
    if may_be_shown(code, names):
        return code
    values.notes.drop("handling_code_not_a_code")
    return None


def _not_before(own: Part, values: Values) -> datetime | None:
    """Answer from when it may be told. One that cannot be read is refused: else it is told now."""
    told = values.instant(own, "not_before")
    if told is None and own.text("not_before"):
        raise Refused("not_before", "from when it may be told, with date and time, or nothing")
    return told


def _handling(own: Part, code: str | None, mapping: ForceMapping, notes: Notes) -> Handling:
    """Answer what the handling code asks for; one that is not mapped is the narrowest."""
    if not own.text("handling_code"):
        return mapping.handling_default
    asked = mapping.handling.get(code or "")
    if asked is None:
        notes.fault("handling_code_not_mapped", code or "handling_code")
        return _NARROWEST
    return asked
