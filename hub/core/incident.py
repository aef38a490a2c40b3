"""A domestic-abuse incident as it concerns one child, folded from what a force told of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from hub.core.event import Handling
from hub.core.identifiers import GssCode
from hub.core.incident_facts import (
    IncidentAdult,
    Premises,
    RecordedAs,
    RiskGrade,
    RiskTool,
    WhereInHouse,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One incident and one child, folded from its revisions; withdrawn ones are in no chronology.

    ``occurrence`` and the adults' ``person`` are keyed digests in hexadecimal: the same incident
    and the same adult are known again by them, and nobody is found by them.
    """

    fact_key: bytes
    event_id: bytes
    """The first revision of the fact: what an alert's id derives from."""
    record_ref: bytes
    agency: str
    """The force, by its code."""
    began_at: datetime
    ended_at: datetime | None = None
    occurrence: str | None = None
    recorded_as: RecordedAs = RecordedAs.UNKNOWN
    premises: Premises = Premises.UNKNOWN
    place_authority: GssCode | None = None
    """In whose area it happened: where the child was found."""
    risk_tool: RiskTool = RiskTool.UNKNOWN
    officer_grade: RiskGrade = RiskGrade.UNKNOWN
    assessor_grade: RiskGrade = RiskGrade.UNKNOWN
    marac_referred: bool | None = None
    strangulation: bool | None = None
    weapon: bool | None = None
    victim_pregnant: bool | None = None
    adults: tuple[IncidentAdult, ...] = field(default=(), repr=False)
    present: bool | None = None
    resident: bool | None = None
    where_in_house: WhereInHouse = WhereInHouse.UNKNOWN
    seen: bool | None = None
    spoken_to: bool | None = None
    voice_recorded: bool | None = None
    injured: bool | None = None
    unborn: bool = False
    school_urn: str | None = None
    encompass_sent_at: datetime | None = None
    referral_made: bool | None = None
    handling_code: str | None = None
    age_months: int | None = None
    received_at: datetime
    """When the hub first received any revision of it."""
    handling: Handling = field(default_factory=Handling)
    shielded: bool = False
    backfill: bool = False

    @property
    def grade(self) -> RiskGrade:
        """The force's last word on the risk: the second assessor's grade, else the officer's."""
        if self.assessor_grade is not RiskGrade.UNKNOWN:
            return self.assessor_grade
        return self.officer_grade

    @property
    def concerns_child(self) -> bool:
        """Whether the child was there or lives there, as far as is said.

        Only a child that is said to have been away *and* to live elsewhere is left out: what a
        force has not said must not hide a child. An unborn child is where its mother is.
        """
        return self.unborn or self.present is not False or self.resident is not False

    @property
    def same_incident(self) -> tuple[str, bytes]:
        """What two facts of one incident share: the same child may have two records of a force."""
        if self.occurrence is None:
            return (self.agency, self.fact_key)
        return (self.agency, bytes.fromhex(self.occurrence))


Told = tuple[Incident, ...]
"""One incident as told of one child or family: once, or by several records or children."""


def by_occurrence(incidents: Iterable[Incident]) -> list[Told]:
    """Answer what is told of each incident together, facts by when they began.

    Incidents are in the order of what tells them apart; see ``when_told`` for that of time.
    """
    in_order = sorted(incidents, key=lambda one: (one.same_incident, *when_told((one,))))
    return [tuple(some) for _, some in groupby(in_order, key=lambda one: one.same_incident)]


def when_told(told: Told) -> tuple[datetime, bytes]:
    """Answer by what incidents are put in the order of time."""
    return told[0].began_at, told[0].fact_key
