"""The whole hub for a batch of reports over a real PostgreSQL: keys, publishers, policies, reports.

Agencies here speak as real ones do: their reports are encoded, sealed and signed by the same code
that connectors use. Only Kafka is left out; ``deliver`` gives a report its place.
"""

import itertools
import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from hub.adapters.calendar_files import load_calendars
from hub.adapters.decision_keys import DecisionKeys
from hub.adapters.identity_reference import shipped_matching
from hub.adapters.keys import HubKeys, Sealer
from hub.adapters.policy_files import load_policies
from hub.adapters.schemas import shipped_schemas
from hub.adapters.school_files import load_schools
from hub.adapters.store.changes import PostgresChanges
from hub.adapters.store.connection import PostgresStore, open_pool
from hub.adapters.store.numbers import PostgresNumbers
from hub.adapters.store.publishers import PostgresPublishers
from hub.core import codec, seal
from hub.core.codec_padding import pad
from hub.core.event import (
    PLAN_KINDS,
    ChildProtectionPlanFacts,
    CountedBecause,
    EmergencyAttendanceFacts,
    Event,
    EventState,
    NhsNumberStatus,
    Subject,
)
from hub.core.identifiers import GssCode, NhsNumber, OdsCode, Postcode
from hub.core.intake import SIGNATURE_HEADER, Intake, RawReport
from hub.core.report import (
    SUITE,
    Extract,
    Feed,
    OpenPlan,
    RegisterStatement,
    ReportBody,
    ReportHeader,
)
from hub.core.sickness import sickness_asked
from hub.service.changes import Changes
from hub.service.correct import Correct
from hub.service.correlating import Correlating
from hub.service.decide import Decide
from hub.service.escalating import Escalating
from hub.service.households import Households
from hub.service.linking import Linking
from hub.service.noticing import Noticing
from hub.service.receive import Receive
from hub.service.standing import Standing
from hub.service.superseding import Superseding
from hub.service.waking import Waking
from hub.settings import PROJECT_ROOT
from hub.topics import FEED_OF_TOPIC, report_topic

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
BRADFORD, LEEDS = "E08000032", "E08000035"
NUMBERS = ("9990000018", "9990000026", "9990000034", "9990000042", "9990000050")
SITES = {"RAE01": BRADFORD, "RR801": LEEDS, "RR813": LEEDS}
HUB_KEY = X25519PrivateKey.from_private_bytes(bytes(range(32, 64)))
DECISION_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(128, 160)))
REGISTRY = shipped_schemas()


@cache
def shipped():
    """The shipped policies, calendars and schools; read once, for nobody can change them."""
    deploy = PROJECT_ROOT / "deploy"
    return (
        load_policies(deploy / "policies"),
        load_calendars(deploy / "calendars"),
        load_schools(deploy / "schools"),
    )


class SetClock:
    """A clock that a test sets."""

    def __init__(self, now=NOW):
        self.instant = now

    def now(self):
        return self.instant


class FewPlaces:
    """Bradford, Leeds and nowhere else: enough for routing without the postcode index."""

    def authority_of_postcode(self, postcode):
        area = postcode.reveal()[:2]
        return {"BD": GssCode(BRADFORD), "LS": GssCode(LEEDS)}.get(area)

    def authority_of_site(self, site):
        found = SITES.get(site.reveal())
        return GssCode(found) if found else None

    def site_name(self, site):
        return {"RAE01": "Bradford Royal Infirmary"}.get(site.reveal())

    def authority_name(self, authority):
        return {BRADFORD: "Bradford", LEEDS: "Leeds"}.get(authority.reveal())


class Agency:
    """One publisher with one connector: what it says becomes signed and sealed reports."""

    def __init__(self, name, feed, *, seed, connector="main", agency=None):
        self.name, self.feed, self.connector = name, feed, connector
        self.agency = agency or name
        self.signer = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        self.sequence = itertools.count(1)
        self.epoch = 1_763_800_000_000

    def report(self, *events, sequence=None, backfill=False, **body):
        """Header, body and value of one report; ``extract`` goes into the header."""
        extract, as_of = body.pop("extract", None), body.pop("source_as_of", NOW)
        number = next(self.sequence) if sequence is None else sequence
        header = ReportHeader(
            report_id=seal.report_id(self.name, self.connector, self.epoch, number),
            feed=self.feed.value,
            publisher=self.name,
            agency=self.agency,
            connector=self.connector,
            epoch=self.epoch,
            sequence=number,
            created_at=NOW,
            source_as_of=as_of,
            event_schemas=tuple(sorted({REGISTRY.current[e.kind.value].label for e in events})),
            suite=SUITE,
            key_id="ingest-1",
            extract=extract,
            backfill=backfill,
        )
        encoded = codec.encode_header(header, REGISTRY)
        content = codec.encode_body(ReportBody(events=tuple(events), **body), REGISTRY)
        sealed = seal.seal_body(pad(content), public_key=HUB_KEY.public_key(), header=encoded)
        return codec.encode_value(codec.ReportValue(header=encoded, sealed=sealed), REGISTRY)

    @property
    def key(self):
        """The Kafka key of its reports."""
        return f"{self.name}/{self.connector}".encode()

    def sign(self, value):
        return seal.sign(report_topic(self.feed), value, self.signer)


class Laboratory:
    """A hub over one database with this version's tables, and the agencies that speak to it."""

    def __init__(self, database_url):
        self.database_url = database_url
        self.clock = SetClock()
        self.keys = HubKeys(
            events=seal.EventDigests(bytes(range(64, 96))),
            identity=seal.IdentityDigests(bytes(range(96, 128))),
            sealer=Sealer({b"k" * 16: b"c" * 32}, b"k" * 16),
            sealing={"ingest-1": HUB_KEY},
        )
        self.digests = self.keys.identity
        self.signing = DecisionKeys(DECISION_KEY, [DECISION_KEY.public_key()])
        self.links_standing = Standing(
            digests=self.digests, matching=shipped_matching(), signing=self.signing
        )
        self.pool = open_pool(database_url, size=6, name="laboratory")
        self.store = PostgresStore(self.pool, self.keys.sealer, self.digests)
        self.publishers = PostgresPublishers(self.store)
        self.policies, self.calendars, self.directory = shipped()
        self.places = FewPlaces()
        self.hospital = Agency("RAE", Feed.HEALTH, seed=1)
        self.other_hospital = Agency("RR8", Feed.HEALTH, seed=2)
        self.council = Agency(BRADFORD, Feed.SOCIAL_CARE, seed=3)
        self.other_council = Agency(LEEDS, Feed.SOCIAL_CARE, seed=4)
        self.force = Agency("POL13", Feed.POLICE, seed=5)
        self.demographics = Agency("X26", Feed.HEALTH, seed=6)
        hospitals, councils = (
            (self.hospital, self.other_hospital),
            (self.council, self.other_council),
        )
        told = (*hospitals, *councils, self.force, self.demographics)
        for agency in told:
            self.publishers.add(
                agency.name,
                public_key=agency.signer.public_key().public_bytes_raw(),
                reports_for=[(agency.name, agency.feed)],
                now=NOW - timedelta(days=900),
            )
        self.receive = self.a_receive()
        self._offsets = {}

    def a_linking(self, store=None):
        return Linking(
            store=store or self.store,
            digests=self.digests,
            places=self.places,
            matching=self.links_standing.matching,
            standing=self.links_standing,
            clock=self.clock,
        )

    def a_receive(self, store=None):
        store = store or self.store
        return Receive(
            store=store,
            intake=self.intake,
            linking=self.a_linking(store),
            decide=self.a_decide(store),
            clock=self.clock,
        )

    def a_correct(self, store=None):
        store = store or self.store
        decide = self.a_decide(store)
        return Correct(
            store=store,
            standing=self.links_standing,
            signing=self.signing,
            clock=self.clock,
            rederive=lambda children: decide.recorrelate(*children),
        )

    def a_changes(self, correct=None):
        """What acts on changes of identity."""
        correct = correct or self.a_correct()
        superseding = Superseding(
            store=PostgresNumbers(self.store, self.keys.sealer, self.digests),
            rereading=self.a_linking(),
            correct=correct,
            clock=self.clock,
        )
        return Changes(
            store=PostgresChanges(self.store, self.keys.sealer),
            correct=correct,
            superseding=superseding,
            synonyms=self.links_standing.matching.weights.synonyms,
            clock=self.clock,
        )

    def a_decide(self, store=None):
        return Decide(
            store=store or self.store,
            correlator=self.correlating(),
            noticing=self.noticing(),
            clock=self.clock,
            households=Households.of(self.policies),
            waking=Waking.of(self.correlating()),
            escalating=Escalating(self.policies),
        )

    def noticing(self):
        policies = self.policies.with_calendars(self.calendars)
        return Noticing(policies=policies, places=self.places, directory=self.directory)

    def correlating(self):
        policies = self.policies.with_calendars(self.calendars)
        return Correlating(policies=policies, places=self.places)

    def intake(self):
        return Intake(
            publishers=self.publishers.registry(),
            topics=FEED_OF_TOPIC,
            open_body=self.keys.open_body,
            schemas=REGISTRY,
            digests=self.keys.events,
            test_numbers=True,
            sickness_asked=sickness_asked(self.policies.every()),
        )

    def raw(self, agency, value, *, received_at=None, partition=0):
        """The Kafka message of a report, at the next offset of its partition."""
        topic = report_topic(agency.feed)
        place = (topic, partition)
        offset = self._offsets.get(place, 0)
        self._offsets[place] = offset + 1
        return RawReport(
            topic=topic,
            partition=partition,
            offset=offset,
            key=agency.key,
            value=value,
            headers=((SIGNATURE_HEADER, agency.sign(value)),),
            received_at=received_at or self.clock.now(),
        )

    def says(self, agency, *events, **report):
        """A report with these events, on its way."""
        return self.raw(agency, agency.report(*events, **report))

    def extract(self, agency, *plans, as_at=NOW, full=True, statement=True):
        """A whole register extract in one slice, and the council's statement of what is open."""
        extract = Extract(
            extract_id=f"x-{as_at.isoformat()}", slice=0, slices=1, as_at=as_at, full=full
        )
        told = self.says(agency, *plans, extract=extract)
        if not statement:
            return [told]
        opened = tuple(
            OpenPlan(kind=p.kind, source_key=p.source_key)
            for p in plans
            if p.kind in PLAN_KINDS
            and p.facts.ended_on is None
            and p.state is not EventState.WITHDRAWN
        )
        stated = RegisterStatement(
            statement_id=f"s-{as_at.isoformat()}", as_at=as_at, slice=0, slices=1, open_plans=opened
        )
        return [told, self.says(agency, statement=stated)]

    def rows(self, statement, *parameters):
        with self.store.connection() as connection:
            return connection.execute(statement, parameters).fetchall()

    def one(self, statement, *parameters):
        ((value,),) = self.rows(statement, *parameters)
        return value

    def standing(self):
        """Standing alerts as (rule, child, grounds): what does not depend on arrival order."""
        return {
            (rule, bytes(child), frozenset(bytes(g) for g in grounds))
            for rule, child, grounds in self.rows(
                "SELECT rule, child_ref, array_agg(fact_key) FROM alert JOIN alert_ground"
                " USING (alert_id) WHERE state = 'standing' GROUP BY alert_id, rule, child_ref"
            )
        }

    def close(self):
        self.pool.close()


def a_child(number=0, **changes):
    """A made-up child."""
    subject = Subject(
        local_id=f"H{number}",
        nhs_number=NhsNumber(NUMBERS[number]),
        nhs_number_status=NhsNumberStatus.VERIFIED,
        family_name="Ashworth",
        given_names=("Mira",),
        birth_date=date(2021, 5, 4),
        postcode=Postcode.parse("BD1 1HX"),
    )
    return replace(subject, **changes)


def an_attendance(visit="V1", *, child=None, days_ago=0.0, site="RAE01", revision=1, **changes):
    """A made-up attendance."""
    at = NOW - timedelta(days=days_ago, minutes=30)
    event = Event(
        source_key=f"{site}|{visit}",
        revision=revision,
        state=EventState.REPORTED,
        occurred_at=at,
        recorded_at=at,
        subject=child or a_child(),
        facts=EmergencyAttendanceFacts(
            site_code=site, arrived_at=at, counted_because=CountedBecause.SITE_MAPPING
        ),
    )
    return replace(event, **changes)


def a_plan(name="P1", *, child=None, started=date(2026, 9, 1), ended=None, as_at=NOW, **changes):
    """A made-up Child Protection Plan as a council's register told it."""
    authority = changes.pop("authority", BRADFORD)
    event = Event(
        source_key=f"child_protection_plan|{name}",
        revision=int(as_at.timestamp() * 1000),
        state=EventState.REPORTED,
        occurred_at=datetime(started.year, started.month, started.day, tzinfo=UTC),
        recorded_at=as_at,
        subject=child or a_child(local_id="C1"),
        facts=ChildProtectionPlanFacts(
            authority=authority, started_on=started, ended_on=ended, category_latest="NEG"
        ),
    )
    return replace(event, **changes)


def shuffled(things, seed):
    """The things in an order that follows from the seed."""
    order = list(things)
    random.Random(seed).shuffle(order)  # noqa: S311  # an order, not a secret
    return order


def site(code):
    return OdsCode(code)
