"""How an attendance ended: departure and disposition (PV1-36, PV1-45), or that it has not."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from connectors.health.case import Case
from connectors.health.sites import code
from connectors.health.staff import StaffMapping
from connectors.health.timing import PV1_DEPARTED
from connectors.health.triggers import Act
from hub.core.attendance_facts import DepartureManner, departure_in

PV1_DISPOSITION: Final = 36

_DISPOSITION = re.compile(r"[A-Z0-9][A-Z0-9._-]{0,19}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a visit ended, as far as a message says; ``None`` is nothing said.

    Attributes:
        deleted: names of the facts that the message deletes.
    """

    departed_at: datetime | None = None
    disposition: str | None = None
    left_before_seen: bool | None = None
    departure: DepartureManner | None = None
    deleted: tuple[str, ...] = ()


def outcome(case: Case) -> Outcome:
    """Answer how a visit ended.

    A13 takes the discharge back, whatever PV1 still repeats of it. The disposition is the code as
    sent; whether it means that the patient left before treatment the hospital's mapping says.
    """
    reads = case.mapping.staff.reads_anything
    how = ("disposition", "left_before_seen", *(("departure",) if reads else ()))
    if case.trigger.act is Act.REOPENS:
        return Outcome(deleted=("departed_at", *how))
    row = case.message.row("PV1")
    deleted: tuple[str, ...] = ()
    if row.deletes(PV1_DEPARTED):
        deleted += ("departed_at",)
    if row.deletes(PV1_DISPOSITION):
        deleted += how
    said = code(row.text(PV1_DISPOSITION))
    if said and not _DISPOSITION.fullmatch(said):
        case.notes.drop("disposition_not_a_code")
        said = ""
    leaves = case.trigger.act is Act.DISCHARGES
    departure = _departure(said, case.mapping.staff) if reads else None
    if reads and leaves and departure is None:
        deleted += ("departure",)  # nothing of an earlier departure may stand for this one
    return Outcome(
        departed_at=case.times.left_at if leaves else case.times.departed_at,
        disposition=said or None,
        left_before_seen=said in case.mapping.left_before_seen if said else None,
        departure=departure,
        deleted=deleted,
    )


def _departure(said: str, mapping: StaffMapping) -> DepartureManner | None:
    """Answer how the patient left: by the hospital's own codes, else by table 0112."""
    manner = mapping.departures.get(said) or departure_in(None, said)
    return None if manner is DepartureManner.UNKNOWN else manner
