"""The tables of a policy file: which keys there are, of which types, and what must hold of each."""

import re
from datetime import date, time
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, model_validator

from hub.adapters.alert_route_table import AlertRouteTable, refuse_two_addresses
from hub.adapters.encompass_table import EncompassTable
from hub.adapters.escalation_table import EscalationTable
from hub.adapters.policy_table import PhoneNumber, Table, Webhook, Words
from hub.core.escalation import STEPS_MAX, EscalationPolicy
from hub.core.plan_standing import DisplayWindows
from hub.core.policy import InformedSees, PhoneHours
from hub.core.report import Feed
from hub.errors import ConfigurationError

FrontDoorCode = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,30}$")]
"""By what the files of authorities name a front door that they share."""

_FORCE = re.compile(r"POL[0-9]{2}")


class RelayTable(Table):
    """A telephone number with its label."""

    label: Words
    number: PhoneNumber


class PhoneTable(RelayTable):
    """A line of the phone book."""

    hours: Annotated[PhoneHours, Field(strict=False)]


class OpeningTable(Table):
    """When an office opens and closes."""

    opens: time
    closes: time


class OfficeHoursTable(Table):
    """The hours of each weekday; a day that is left out is closed."""

    monday: OpeningTable | None = None
    tuesday: OpeningTable | None = None
    wednesday: OpeningTable | None = None
    thursday: OpeningTable | None = None
    friday: OpeningTable | None = None
    saturday: OpeningTable | None = None
    sunday: OpeningTable | None = None


class FrontDoorTable(Table):
    """A team that serves several authorities, with what it shares among them."""

    name: Words
    serves: Annotated[list[Annotated[str, Field(pattern=r"^[ENSW][0-9]{8}$")]], Field(min_length=1)]
    phones: list[PhoneTable] = Field(default_factory=list, max_length=20)
    office_hours: OfficeHoursTable | None = None
    escalation: list[EscalationTable] = Field(default_factory=list, max_length=STEPS_MAX)
    routes: list[AlertRouteTable] = Field(default_factory=list, max_length=STEPS_MAX)


class DigestTable(Table):
    """When who is told by e-mail is told of what is for information."""

    at: time = time(8)


class WindowsTable(Table):
    """For how long what has ended is shown, and visits are counted."""

    ended_plan_days: Annotated[int, Field(ge=0, le=3660)]
    unborn_days: Annotated[int, Field(ge=0, le=366)]
    seen_days: Annotated[int, Field(ge=1, le=3660)]
    this_visit_hours: Annotated[int, Field(ge=0, le=72)]

    def shown(self) -> DisplayWindows:
        """Answer for how long what has ended is shown."""
        return DisplayWindows(ended_plan_days=self.ended_plan_days, unborn_days=self.unborn_days)


class ClocksTable(Table):
    """By when an alert of each tier should be seen."""

    immediate_minutes: Annotated[int, Field(ge=1, le=7 * 24 * 60)]
    today_working_days: Annotated[int, Field(ge=0, le=60)]
    information_working_days: Annotated[int, Field(ge=0, le=60)]


class WakesTable(Table):
    """How long what is concluded from silence waits for feeds, and from when it is told late."""

    feed_hours: Annotated[int, Field(ge=1, le=24 * 14)] = 36
    late_hours: Annotated[int, Field(ge=1, le=24 * 60)] = 72

    @model_validator(mode="after")
    def _waiting_for_feeds_makes_nothing_late(self) -> "WakesTable":
        if self.late_hours <= self.feed_hours:
            raise ValueError("late_hours was expected to be more than feed_hours")
        return self


class ContactsTable(Table):
    """What is one contact, what a repeat, and until when one may disagree."""

    same_child_hours: Annotated[int, Field(ge=0, le=24 * 28)] = 24
    repeat_days: Annotated[int, Field(ge=0, le=366)] = 14
    dispute_within_days: Annotated[int, Field(ge=0, le=366)] = 28
    dispute_working_days: Annotated[int, Field(ge=0, le=366)] = 5


class YieldsTable(Table):
    """From when a rule is taken to yield too little, or to tell too much."""

    action_share: Annotated[float, Field(ge=0, le=1)] = 0.05
    decided_min: Annotated[int, Field(ge=1, le=100_000)] = 20
    children: Annotated[int, Field(ge=100, le=3_000_000)] | None = None


class RetentionTable(Table):
    """How long is kept what nothing rests on."""

    attendances_days: Annotated[int, Field(ge=31, le=9132)] = 400
    absences_days: Annotated[int, Field(ge=31, le=9132)] = 400
    sickness_days: Annotated[int, Field(ge=31, le=9132)] = 60


class ChronologyTable(Table):
    """Who sees what of a child's history."""

    informed_sees: Annotated[InformedSees, Field(strict=False)]


class AnswersTable(Table):
    """Who is told, and for how long, that an answer of a check has changed."""

    told_again_days: Annotated[int, Field(ge=0, le=366)] = 28
    webhooks: dict[Annotated[str, Field(pattern=r"^[0-9A-Z]{3,12}$")], Webhook] = Field(
        default_factory=dict
    )


class HouseholdTable(Table):
    """Which events of a child's household rules may read."""

    correlate: list[
        Annotated[Literal["domestic_abuse_incident", "emergency_attendance"], Field()]
    ] = Field(default_factory=list, max_length=2)


class MatchingTable(Table):
    """From which chance a record is linked by itself, and from which people are asked."""

    link: Annotated[float, Field(ge=0.5, lt=1)]
    link_unnamed: Annotated[float, Field(ge=0.5, lt=1)]
    review: Annotated[float, Field(gt=0, lt=1)]

    @model_validator(mode="after")
    def _people_are_asked_of_less_than_what_links(self) -> "MatchingTable":
        if not self.review <= self.link <= self.link_unnamed:
            raise ValueError(
                "review was expected to be at most link, and that at most link_unnamed"
            )
        return self


class SourceTable(Table):
    """One joined feed of one agency."""

    agency: Annotated[str, Field(pattern=r"^[0-9A-Z]{3,12}$")]
    feed: Annotated[Feed, Field(strict=False)]
    name: Words
    live_from: AwareDatetime
    maximum_age_hours: Annotated[int, Field(ge=1, le=24 * 31)] | None = None

    @model_validator(mode="after")
    def _a_force_has_the_code_of_one(self) -> "SourceTable":
        if (self.feed is Feed.POLICE) is not bool(_FORCE.fullmatch(self.agency)):
            raise ValueError("POL and two digits is a force's code, and only on the feed police")
        return self


class PolicyFile(Table):
    """A whole file, with what the hub's defaults fill in."""

    authority: str | None = None
    name: Words
    version: Annotated[str, Field(pattern=r"^[0-9A-Za-z.-]{1,40}$")]
    phones: Annotated[list[PhoneTable], Field(min_length=1, max_length=20)]
    relay: RelayTable
    office_hours: OfficeHoursTable
    bank_holidays: list[date]
    windows: WindowsTable
    clocks: ClocksTable
    wakes: WakesTable = WakesTable()
    chronology: ChronologyTable
    contacts: ContactsTable = ContactsTable()
    yields: YieldsTable = YieldsTable()
    retention: RetentionTable = RetentionTable()
    sources: list[SourceTable]
    rules: dict[str, dict[str, Any]]
    encompass: EncompassTable = EncompassTable()
    answers: AnswersTable = AnswersTable()
    household: HouseholdTable = HouseholdTable()
    matching: MatchingTable | None = None
    front_door: FrontDoorCode | None = None
    front_doors: dict[FrontDoorCode, FrontDoorTable] = Field(default_factory=dict)
    escalation: list[EscalationTable] = Field(default_factory=list, max_length=STEPS_MAX)

    routes: list[AlertRouteTable] = Field(default_factory=list, max_length=STEPS_MAX)
    digest: DigestTable = DigestTable()

    def passing_on(self) -> EscalationPolicy:
        """Answer who is next if nobody acknowledges an alert.

        Raises:
            ConfigurationError: contacts for immediate alerts leave hours without any.
        """
        return EscalationPolicy(steps=tuple(one.step() for one in self.escalation))

    @model_validator(mode="after")
    def _contacts_cover_every_hour(self) -> "PolicyFile":
        contacts = [(one.desk, one.webhook) for one in self.escalation]
        routed = [(one.desk, one.webhook or one.email) for one in self.routes]
        refuse_two_addresses([(d, w) for d, w in (*contacts, *routed) if d and w])
        labels = [one.label for one in self.escalation]
        if len(set(labels)) != len(labels):
            raise ValueError("escalation may name a label once only")
        try:
            self.passing_on()
        except ConfigurationError as error:
            raise ValueError(f"escalation: {str(error).removesuffix('.')}") from None
        return self

    @model_validator(mode="after")
    def _somebody_always_answers(self) -> "PolicyFile":
        hours = {phone.hours for phone in self.phones}
        both = {PhoneHours.OFFICE, PhoneHours.OUT_OF_HOURS} <= hours
        if PhoneHours.ALWAYS not in hours and not both:
            raise ValueError("phones must cover every hour: one always, or office and out_of_hours")
        agencies = [source.agency for source in self.sources]
        if len(set(agencies)) != len(agencies):
            raise ValueError("an agency may be named once only among the sources")
        return self
