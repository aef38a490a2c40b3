"""Local authority policy: what each authority has decided, typed, versioned and complete.

Everything that may differ between authorities is here and nowhere else: sources, numbers of the
rules, windows, hours, telephone numbers. A decision quotes the version that was in force.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Self

from hub.core.alert import Severity
from hub.core.alert_route import AlertRoute
from hub.core.answer import Phone
from hub.core.clock import Hours, is_open
from hub.core.contact_policy import ContactPolicy
from hub.core.due import Clocks, due_at
from hub.core.encompass_policy import EncompassPolicy
from hub.core.escalation import EscalationPolicy, Turn, turns
from hub.core.event import EventKind
from hub.core.front_door import SharedFrontDoor
from hub.core.identifiers import GssCode
from hub.core.identity_weights import Bands
from hub.core.plan_standing import DisplayWindows
from hub.core.policy_settings import Settings
from hub.core.report import Feed
from hub.core.retention import Retention
from hub.core.rule import Rule, RuleMode, RuleParameters
from hub.core.rule_yield import Floor
from hub.core.school_calendar import SchoolCalendars
from hub.core.wake import Patience

REGISTER_AGE_MAX_DEFAULT = timedelta(hours=36)
"""From when a council's register is stale unless its policy says otherwise (design 2.5)."""

SCHOOL_AGE_MAX_DEFAULT = timedelta(days=5)
"""From when a school's registers are stale: none is taken over a long weekend. Our own figure."""

FEED_AGE_MAX_DEFAULT = timedelta(hours=24)
"""From when a hospital's or a force's feed is stale; heartbeats come far more often. This project's
own."""


class PhoneHours(StrEnum):
    """When a telephone number is answered."""

    OFFICE = "office"
    OUT_OF_HOURS = "out_of_hours"
    ALWAYS = "always"


class InformedSees(StrEnum):
    """What of a child's history an authority sees that is only informed of an alert."""

    NOTHING = "nothing"
    GROUNDS = "grounds"
    """What the alert rests on, and what its own agency told."""
    WHOLE = "whole"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One agency's feed that an authority has joined; a feed that no policy names is inert."""

    agency: str
    """ODS code of a trust, GSS code of a council, code of a force (``POL13``), URN of a school
    (``URN107442``)."""
    feed: Feed
    name: str
    live_from: datetime
    """Facts from before are history: recorded, never delivered."""
    maximum_age: timedelta
    """Beyond which what it told is stale."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneEntry:
    """One line of the phone book."""

    label: str
    number: str
    hours: PhoneHours


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSetting:
    """What an authority has decided about one rule."""

    mode: RuleMode
    parameters: RuleParameters


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalAuthorityPolicy:
    """All that one authority has decided; ``authority`` is ``None`` for the hub's own defaults."""

    authority: GssCode | None
    name: str
    version: str
    """The stated version and the hash of the content, such as ``2026.1+0a1b2c3d4e5f``."""
    sources: Mapping[str, Source]
    """By agency: its own register, hospitals, and whatever the hub's defaults join."""
    phones: tuple[PhoneEntry, ...]
    relay: PhoneEntry
    """The number to ring about a child whose whereabouts must not be disclosed."""
    office_hours: Hours
    bank_holidays: frozenset[date] = frozenset()
    windows: DisplayWindows = field(default_factory=DisplayWindows)
    seen_days: int = 365
    """Over how many days earlier attendances are counted."""
    this_visit_hours: int = 12
    """For how long an open attendance at the asker's own site is taken to be this visit."""
    told_again_days: int = 28
    """For how long who asked is told that the answer has changed, and the question is kept sealed;
    0: never. Local choice, no source."""
    answer_webhooks: Mapping[str, str] = field(default_factory=dict)
    """By the hospital's or site's code: where its system is told that an answer has changed."""
    household_correlation: frozenset[EventKind] = frozenset()
    """The kinds of events of a child's household that rules may read; none: no rule does."""
    bands: Bands | None = None
    """From which likeness records are linked, of whomever; the hub's own policy alone may say so,
    since a child is one child for every authority. ``None``: as the weights are shipped."""
    rules: Mapping[str, RuleSetting] = field(default_factory=dict)
    clocks: Clocks = field(default_factory=Clocks)
    """By when an alert that this authority acts on should be seen."""
    escalation: EscalationPolicy = field(default_factory=EscalationPolicy)
    """Who is next if nobody acknowledges an alert by its time."""
    patience: Patience = field(default_factory=Patience)
    """How long what waits for its time waits for feeds, and when it is late."""
    floor: Floor = field(default_factory=Floor)
    """Below what yield the owner of a rule is to look at it."""
    informed_sees: InformedSees = InformedSees.GROUNDS
    """Of a child whose alert this authority acts on, what others see that are informed of it."""
    contacts: ContactPolicy = field(default_factory=ContactPolicy)
    """What is one contact, what a repeat, and by when a dispute should be looked at."""
    encompass: EncompassPolicy = field(default_factory=EncompassPolicy)
    """What is agreed on notices to schools."""
    retention: Retention = field(default_factory=Retention)
    """How long is kept what agencies told; the longest of all policies holds."""
    routes: tuple[AlertRoute, ...] = ()
    """Who is told at once that an alert waits which it acts on, or is informed of."""
    digest_at: time = time(8)
    """When, by London's clocks, who is told by e-mail is told of what is for information."""
    front_door: SharedFrontDoor | None = None
    """The team that it shares with others that name the same; ``None``: its own."""
    calendars: SchoolCalendars | None = field(default=None, repr=False)
    """The school days that its rules are given; see ``Policies.with_calendars``."""
    settings: Settings = field(default_factory=dict, repr=False, compare=False)
    """Everything that the file says or leaves to others, for people; see ``policy_settings``."""
    _given: dict[str, RuleParameters] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """What each rule is given, put together once: it is asked for at every child."""
    _versions: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What an alert of each rule quotes, put together once as well."""

    def mode_of(self, rule: str) -> RuleMode:
        """Answer a rule's mode; one that the policy does not name is off."""
        setting = self.rules.get(rule)
        return setting.mode if setting else RuleMode.OFF

    def reads(self, rule: Rule[Any]) -> bool:
        """Answer whether a rule concludes anything: it is not off, and may read what it needs."""
        allowed = rule.household <= self.household_correlation
        return allowed and self.mode_of(rule.name) is not RuleMode.OFF

    def parameters_of(self, rule: str) -> RuleParameters:
        """Answer what a rule is given: its numbers, the windows, each live_from, school days."""
        if rule not in self._given:
            live_from = {agency: source.live_from for agency, source in self.sources.items()}
            parameters = self.rules[rule].parameters
            self._given[rule] = replace(
                parameters, live_from=live_from, windows=self.windows, calendars=self.calendars
            )
        return self._given[rule]

    def rule_version(self, rule: str) -> str:
        """Answer what an alert quotes: authority, policy version, digest of the rule's numbers.

        The digest leaves out whether the rule is live, and since when its sources are: by it one
        sees whether a change of policy touched what the rule concludes.
        """
        if rule not in self._versions:
            self._versions[rule] = self._version_of(rule)
        return self._versions[rule]

    def _version_of(self, rule: str) -> str:
        code = self.authority.reveal() if self.authority else "hub"
        if rule not in self.rules:
            return f"{code} {self.version} {rule}:off"
        parameters = replace(self.parameters_of(rule), live_from={})
        digest = hashlib.sha256(repr(parameters).encode()).hexdigest()[:8]
        return f"{code} {self.version} {rule}:{digest}"

    def due_at(self, severity: Severity, counts_from: datetime) -> datetime | None:
        """Answer by when an alert of this authority should be seen."""
        return due_at(severity, counts_from, self.clocks, self.office_hours, self.bank_holidays)

    def dispute_due_at(self, severity: Severity, disputed_at: datetime) -> datetime | None:
        """Answer by when a disputed decision should be looked at; what is immediate stays so."""
        clocks = replace(self.clocks, today_working_days=self.contacts.dispute_working_days)
        tier = Severity.IMMEDIATE if severity is Severity.IMMEDIATE else Severity.TODAY
        return due_at(tier, disputed_at, clocks, self.office_hours, self.bank_holidays)

    def turns(self, severity: Severity, counts_from: datetime) -> tuple[Turn, ...]:
        """Answer whose turn it is from when, if nobody acknowledges an alert of this authority."""
        due = self.due_at(severity, counts_from)
        return turns(self.escalation, severity, due, self.office_hours, self.bank_holidays)

    def dispute_turns(self, severity: Severity, disputed_at: datetime) -> tuple[Turn, ...]:
        """Answer whose turn it is from when, if nobody answers who disagrees with a decision.

        What was for information is passed on as what is to be seen today: it waits for a person.
        """
        due = self.dispute_due_at(severity, disputed_at)
        tier = Severity.IMMEDIATE if severity is Severity.IMMEDIATE else Severity.TODAY
        return turns(self.escalation, tier, due, self.office_hours, self.bank_holidays)

    def in_office_hours(self, at: datetime) -> bool:
        """Answer whether the authority's office is open."""
        return is_open(self.office_hours, self.bank_holidays, at)

    def phones_at(self, at: datetime) -> tuple[Phone, ...]:
        """Answer whom to ring at this instant."""
        now = PhoneHours.OFFICE if self.in_office_hours(at) else PhoneHours.OUT_OF_HOURS
        return tuple(shown(one) for one in self.phones if one.hours in (now, PhoneHours.ALWAYS))

    @property
    def register(self) -> Source | None:
        """The authority's own register, if it has joined it."""
        source = self.sources.get(self.authority.reveal()) if self.authority else None
        return source if source and source.feed is Feed.SOCIAL_CARE else None

    def hospitals(self) -> tuple[Source, ...]:
        """Answer the hospital feeds that it has joined, by agency."""
        joined = (source for _, source in sorted(self.sources.items()))
        return tuple(source for source in joined if source.feed is Feed.HEALTH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """The policies of every authority that has joined, and the hub's own for all others."""

    hub: LocalAuthorityPolicy
    authorities: Mapping[GssCode, LocalAuthorityPolicy]
    version: str
    """Of all of them together: what a check's answer quotes."""

    def every(self) -> tuple[LocalAuthorityPolicy, ...]:
        """Answer the hub's own policy and every authority's."""
        return (self.hub, *self.authorities.values())

    def of(self, authority: GssCode | None) -> LocalAuthorityPolicy:
        """Answer an authority's policy, or the hub's own where it has none."""
        return self.authorities.get(authority, self.hub) if authority else self.hub

    def served_with(self, authority: GssCode | None) -> tuple[GssCode, ...]:
        """Answer the authorities that an authority's front door serves, its own among them."""
        if authority is None:
            return ()
        door = self.of(authority).front_door if authority in self.authorities else None
        if door is None:
            return (authority,)
        served = (code for code, one in self.authorities.items() if one.front_door == door)
        return tuple(sorted(served, key=lambda one: one.reveal()))

    def with_calendars(self, calendars: SchoolCalendars) -> Self:
        """Answer the same policies, whose rules are given these school days."""
        return replace(
            self,
            hub=replace(self.hub, calendars=calendars),
            authorities={
                code: replace(policy, calendars=calendars)
                for code, policy in self.authorities.items()
            },
        )

    def is_joined(self, authority: GssCode) -> bool:
        """Answer whether an authority's register is joined; one without a policy never is."""
        return self.register_of(authority) is not None

    def register_of(self, authority: GssCode) -> Source | None:
        """Answer the terms of an authority's register, or ``None`` if it is not joined."""
        policy = self.authorities.get(authority)
        return policy.register if policy else None


def shown(entry: PhoneEntry) -> Phone:
    """Answer a line of the phone book as an answer shows it."""
    return Phone(label=entry.label, number=entry.number, hours=_HOURS_IN_WORDS[entry.hours])


_HOURS_IN_WORDS = {
    PhoneHours.OFFICE: "office hours",
    PhoneHours.OUT_OF_HOURS: "nights, weekends and bank holidays",
    PhoneHours.ALWAYS: "at any time",
}
