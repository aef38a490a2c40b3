"""What comes to a hub in a year, beside the year itself: what agencies tell and people decide."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

from hub.core.chronology import RegisterEntry, StoredEvent
from hub.core.codec_json import as_said
from hub.core.event import REGISTER_KINDS, Event
from hub.core.identifiers import GssCode
from hub.core.identity_decision import DecisionKind
from hub.core.intake_incident import stored_facts
from hub.core.person import ledger_of
from hub.core.report import Feed
from hub.ports import RecordRow
from tests.service.laboratory import FewPlaces
from tests.simulation.homes import Home
from tests.simulation.people import DIGESTS, Child


@dataclass(frozen=True, slots=True)
class Told:
    """What an agency tells of one child, and what a hub keeps of it but for when it came."""

    agency: str
    event: Event
    stored: StoredEvent
    record: RecordRow
    """What it says of whom it is about, by itself."""
    home: Home | None = None
    """Where it says that the child lives."""
    entry: RegisterEntry | None = None
    """What it says of a register, if it does."""

    @classmethod
    def of(cls, agency, event, *, home=None, backfill=False):
        """What intake makes of an event; ``test_year_on_the_stack`` holds that it is the same."""
        fact_key = DIGESTS.fact_key(agency, event.source_key)
        event_id = DIGESTS.event_id(agency, event.source_key, event.revision)
        record_ref = DIGESTS.record_ref(agency, event.subject.local_id)
        stored = StoredEvent(
            event_id=event_id,
            fact_key=fact_key,
            record_ref=record_ref,
            agency=agency,
            kind=event.kind,
            revision=event.revision,
            state=event.state,
            occurred_at=event.occurred_at,
            recorded_at=event.recorded_at,
            received_at=event.recorded_at,
            facts=stored_facts(event.facts, as_said(event).get("facts", {}), agency, DIGESTS),
            backfill=backfill,
        )
        return cls(
            agency,
            event,
            stored,
            _record(agency, event, record_ref),
            home if event.subject.postcode else None,
            _entry(agency, event, stored),
        )

    def come(self, at):
        """What is stored of it if it comes then for the first time."""
        return replace(self.stored, received_at=at)


def _record(agency, event, record_ref):
    postcode = event.subject.postcode
    at = FewPlaces().authority_of_postcode(postcode) if postcode else None
    return RecordRow(
        record_ref=record_ref,
        agency=agency,
        ledger=ledger_of(event.subject, event.revision),
        shielded=False,
        authorities={at.reveal(): event.revision} if at else {},
    )


def _entry(agency, event, stored):
    if event.kind not in REGISTER_KINDS:
        return None
    return RegisterEntry(
        fact_key=stored.fact_key,
        event_id=stored.event_id,
        record_ref=stored.record_ref,
        agency=agency,
        kind=event.kind,
        authority=GssCode(event.facts.authority),
        started_on=event.facts.started_on,
        ended_on=event.facts.ended_on,
        as_at=event.recorded_at,
    )


@dataclass(frozen=True, slots=True)
class RegisterRead:
    """A complete register of a session in which nobody is missing without a reason any more."""

    agency: str
    day: date
    session: str
    at: datetime

    @property
    def key(self):
        """The session."""
        return self.agency, self.day.isoformat(), self.session


@dataclass(frozen=True, slots=True)
class Beat:
    """A connector says up to when it has read its source."""

    agency: str
    feed: Feed


@dataclass(frozen=True, slots=True)
class Decided:
    """A person decides about pairs of records, all at once."""

    name: str
    kind: DecisionKind
    pairs: tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Reversed:
    """A person takes back what was decided under a name."""

    name: str


@dataclass(frozen=True, slots=True)
class DeskLooks:
    """The duty teams acknowledge most of what they have not seen yet."""

    number: int

    def sees(self, alert_key):
        """Whether they come to an alert, known by its rule and its earliest trigger."""
        return (alert_key[-1][0] + self.number) % 4 != 0


@dataclass(frozen=True, slots=True)
class PolicyChanged:
    """Other policies hold from now on."""

    number: int


@dataclass(frozen=True, slots=True, order=True)
class Arrival:
    """A message: when the broker took it, in which order, what it says, how current its source."""

    at: datetime
    place: int
    says: object = field(compare=False)
    read_at: datetime = field(compare=False)

    def held_up(self, until):
        """The same from a connector that could not send before an instant."""
        return replace(self, at=max(self.at, until))


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """Everything that comes to a hub."""

    children: tuple[Child, ...]
    unsure: frozenset[bytes]
    """Records of which nothing is told by which anybody would be known."""
    arrivals: tuple[Arrival, ...]
    downtimes: tuple[tuple[datetime, datetime], ...]
    """When the hub stood still."""
    ends: datetime

    def downtime_at(self, at):
        """When a stop of the hub at this instant ends; ``None`` if it runs."""
        return next((end for start, end in self.downtimes if start <= at < end), None)


def at_noon(day):
    """Noon of a day, in UTC."""
    return datetime.combine(day, time(12), tzinfo=UTC)


def days(count):
    """So many days."""
    return timedelta(days=count)
