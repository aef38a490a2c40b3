"""The composition root of the hub: settings in, use cases out. The only module with a clock."""

import os
import signal
import socket
import sys
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from types import MappingProxyType

import uvicorn

from hub.adapters.calendar_files import load_calendars
from hub.adapters.decision_keys import DecisionKeys, load_decision_keys
from hub.adapters.delivery.webhook import Webhooks
from hub.adapters.identity_reference import matching_within
from hub.adapters.kafka import PositionReader
from hub.adapters.keys import (
    HubKeys,
    load_disclosure_keys,
    load_hub_keys,
    load_sign_in_secret,
    load_webhook_secrets,
)
from hub.adapters.narratives import Narratives
from hub.adapters.places import Places
from hub.adapters.planned_exits import PlannedExits
from hub.adapters.policy_files import load_policies
from hub.adapters.registry import RegistryReader
from hub.adapters.schema_check import check_shipped_schemas
from hub.adapters.schemas import shipped_schemas
from hub.adapters.school_files import load_schools
from hub.adapters.store.answers import PostgresAnswers
from hub.adapters.store.blocks import children_estimated
from hub.adapters.store.changes import PostgresChanges
from hub.adapters.store.connection import STATEMENT_SECONDS, PostgresStore, open_pool
from hub.adapters.store.loads import PostgresLoads
from hub.adapters.store.match_reports import PostgresMatchReports
from hub.adapters.store.migrate import refuse_unmigrated
from hub.adapters.store.notices import PostgresNotices
from hub.adapters.store.numbers import PostgresNumbers
from hub.adapters.store.outbox import PostgresOutbox
from hub.adapters.store.parked import PostgresParked
from hub.adapters.store.positions import PostgresPositions
from hub.adapters.store.publishers import PostgresPublishers
from hub.adapters.store.questions import PostgresQuestions
from hub.adapters.store.reviews import PostgresReviews
from hub.api.app import create_app
from hub.api.hub_services import HubServices
from hub.api.request_head import BoundedHttpProtocol
from hub.api.reviews_shown import ReviewsShown
from hub.core.clock import london_date
from hub.core.identity_matching import Matching
from hub.core.intake import Intake
from hub.core.policy import Policies
from hub.core.reasons import ParkReason
from hub.core.report import Feed
from hub.core.school_calendar import SchoolCalendars
from hub.core.school_directory import SchoolDirectory
from hub.errors import TransientFault
from hub.ports import Answers, AsideState, AsideWanted, Outbox, Store
from hub.service.asker import Surroundings
from hub.service.changed_answers import AskAgain
from hub.service.changes import Changes
from hub.service.correct import Correct
from hub.service.correlating import Correlating
from hub.service.decide import Decide
from hub.service.deliver import Deliver
from hub.service.expire import ExpireWaiting
from hub.service.households import HOUSEHOLD_LOOK, Households, LookForAnother
from hub.service.linking import Linking
from hub.service.match_reporting import MatchReporting
from hub.service.notice_desk import NoticeDesk
from hub.service.noticing import NOTICE_DUE, Noticing
from hub.service.quota import UnverifiedQuota
from hub.service.receive import Receive
from hub.service.received import Received
from hub.service.reconcile import Reconcile
from hub.service.register_desk import RegisterDesk
from hub.service.registers import DecideExtract
from hub.service.retry import RetryParked
from hub.service.review_answers import ReviewAnswers
from hub.service.review_desk import ReviewDesk
from hub.service.reviewing import Reviewing
from hub.service.settle import Settle
from hub.service.standing import Standing
from hub.service.superseding import Superseding
from hub.service.tick import Handler, Tick
from hub.service.timekeeping import keep_time
from hub.service.withholding import TOLD_LATER, DecideAgain
from hub.service.work import Work
from hub.settings import Settings
from hub.topics import FEED_OF_TOPIC, report_topic

WORKER_CONNECTIONS = 4
SERVER_CONNECTIONS = 12
RETRIED_BY_ITSELF = (
    ParkReason.SCHEMA_NOT_KNOWN.value,
    ParkReason.PUBLISHER_NOT_KNOWN.value,
    ParkReason.SIGNATURE_WRONG.value,
    ParkReason.AGENCY_NOT_ALLOWED.value,
    ParkReason.SUITE_NOT_KNOWN.value,
    ParkReason.SEALING_KEY_NOT_KNOWN.value,
    ParkReason.HUB_FAULT.value,
)
"""What a release, a new key or a new entry in the registry may mend."""
SERVER_STATEMENT_SECONDS = 5
BACKLOG = 2048
"""Connections that may wait to be taken, as uvicorn has it."""
NOT_STARTED = 3
"""The exit status of a server that could not listen, as uvicorn has it."""
SERVER_SETTINGS = MappingProxyType({"plan_cache_mode": "force_generic_plan", "jit": "off"})
"""Questions are few statements, asked for ever, each by an index: planning them anew each time
took more of PostgreSQL's time than answering them."""


class SystemClock:
    """The clock of this machine, in UTC."""

    def now(self) -> datetime:
        """The present instant."""
        return datetime.now(UTC)  # noqa: TID251  # the one place that may


@dataclass(frozen=True)
class Hub:
    """Everything of the hub that a process may need, made when it is first asked for."""

    settings: Settings
    connections: int = WORKER_CONNECTIONS
    name: str = "hub"
    statement_seconds: float = STATEMENT_SECONDS
    server_settings: Mapping[str, str] = field(default_factory=dict)
    wrap_store: Callable[[Store], Store] = lambda store: store
    """Tests put a store around the store that ends the process at a chosen call."""

    @cached_property
    def clock(self) -> SystemClock:
        """The one clock."""
        return SystemClock()

    @cached_property
    def keys(self) -> HubKeys:
        """The keys that a worker holds."""
        return load_hub_keys(self.settings.keys)

    @cached_property
    def postgres(self) -> PostgresStore:
        """The database."""
        url = self.settings.database_url.get_secret_value()
        pool = open_pool(
            url,
            size=self.connections,
            name=self.name,
            statement_seconds=self.statement_seconds,
            server_settings=self.server_settings,
        )
        return PostgresStore(pool, self.keys.sealer, self.keys.identity)

    def close(self) -> None:
        """Close what was opened of the database; a command does when it has answered."""
        if "postgres" in self.__dict__:
            self.postgres.close()

    @cached_property
    def store(self) -> Store:
        """The database as the deciding use cases see it."""
        return self.wrap_store(self.postgres)

    @cached_property
    def places(self) -> Places:
        """Postcodes, sites and authorities."""
        return Places.open(self.settings.cache, today=lambda: london_date(self.clock.now()))

    @cached_property
    def policies(self) -> Policies:
        """The authorities' policies."""
        return load_policies(self.settings.policies)

    @cached_property
    def calendars(self) -> SchoolCalendars:
        """The school calendars; only what decides and what expires needs them."""
        return load_calendars(self.settings.calendars)

    @cached_property
    def schools(self) -> SchoolDirectory:
        """Whom of which school a notice may be addressed to."""
        return load_schools(self.settings.schools)

    @cached_property
    def tick(self) -> Tick:
        """Fires what is due."""
        handlers: dict[str, Handler] = {
            NOTICE_DUE: self.noticing.late,
            TOLD_LATER: DecideAgain(self.decide.correlate),
            HOUSEHOLD_LOOK: LookForAnother(self.decide.for_another),
        }
        return Tick(store=self.store, clock=self.clock, handlers=handlers)

    @cached_property
    def webhooks(self) -> Webhooks:
        """Tells agencies that want it that something waits for them."""
        desks = {
            force: desk.webhook
            for policy in (self.policies.hub, *self.policies.authorities.values())
            for force, desk in policy.encompass.desks.items()
        }
        schools = {urn.agency: school.webhook for urn, school in self.schools.schools.items()}
        told = {agency: address for agency, address in (desks | schools).items() if address}
        for policy in (self.policies.hub, *self.policies.authorities.values()):
            told |= policy.answer_webhooks
        return Webhooks(
            addresses=told,
            secrets=lambda agency: load_webhook_secrets(self.settings.keys, agency),
            to_this_machine=self.settings.demo,
        )

    @cached_property
    def outbox(self) -> Outbox:
        """What waits to go out."""
        return PostgresOutbox(self.postgres)

    @cached_property
    def deliver(self) -> Deliver:
        """Drains the outbox."""
        return Deliver(outbox=self.outbox, channel=self.webhooks, clock=self.clock)

    @cached_property
    def answers(self) -> Answers:
        """The answers that were given."""
        return PostgresAnswers(self.postgres, self.keys.sealer)

    @cached_property
    def ask_again(self) -> AskAgain:
        """Finds which answers have changed."""
        return AskAgain(self.surroundings, self.answers)

    @cached_property
    def positions(self) -> PostgresPositions:
        """Positions and attempts."""
        return PostgresPositions(self.postgres)

    @cached_property
    def publishers(self) -> PostgresPublishers:
        """The publishers' registry."""
        return PostgresPublishers(self.postgres)

    @cached_property
    def questions(self) -> PostgresQuestions:
        """What the surfaces ask of the database."""
        return PostgresQuestions(self.postgres, self.keys.sealer, self.keys.identity)

    @cached_property
    def reviews(self) -> PostgresReviews:
        """The questions about who is who."""
        return PostgresReviews(self.postgres, self.keys.sealer)

    @cached_property
    def reviewing(self) -> Reviewing:
        """Asks people what linking is not sure of."""
        return Reviewing(
            store=self.reviews,
            policies=self.policies,
            places=self.places,
            matching=self.matching,
            clock=self.clock,
        )

    @cached_property
    def match_reports(self) -> PostgresMatchReports:
        """Reports on matching, and what they are made of."""
        return PostgresMatchReports(self.postgres, self.keys.sealer)

    @cached_property
    def match_reporting(self) -> MatchReporting:
        """Counts how well each authority's records are matched."""
        return MatchReporting(self.surroundings, self.match_reports)

    @cached_property
    def changes(self) -> Changes:
        """Acts on what agencies told about who a person is."""
        told = PostgresChanges(self.postgres, self.keys.sealer)
        superseding = Superseding(
            store=PostgresNumbers(self.postgres, self.keys.sealer, self.keys.identity),
            rereading=self.linking,
            correct=self.correct,
            clock=self.clock,
        )
        return Changes(store=told, correct=self.correct, superseding=superseding, clock=self.clock)

    @cached_property
    def kafka(self) -> PositionReader:
        """Kafka as the reconciler reads it."""
        return PositionReader(self.settings.kafka)

    @cached_property
    def correlating(self) -> Correlating:
        """From what is known of children to the alerts that must be written."""
        policies = self.policies.with_calendars(self.calendars)
        return Correlating(policies=policies, places=self.places)

    @cached_property
    def decide(self) -> Decide:
        """The one transaction."""
        quota = UnverifiedQuota(
            reports_per_day=self.settings.unverified_reports_per_day,
            bytes_per_day=self.settings.unverified_mebibytes_per_day * 1024 * 1024,
        )
        return Decide(
            store=self.store,
            correlator=self.correlating,
            noticing=self.noticing,
            clock=self.clock,
            quota=quota,
            households=Households.of(self.policies),
        )

    @cached_property
    def noticing(self) -> Noticing:
        """Notices to schools, decided in the one transaction."""
        policies = self.policies.with_calendars(self.calendars)
        return Noticing(policies=policies, places=self.places, directory=self.schools)

    @cached_property
    def intake(self) -> Callable[[], Intake]:
        """What answers what is needed to open reports, the registry as it is now."""
        registry = RegistryReader(self.publishers)
        schemas = shipped_schemas()

        def now() -> Intake:
            return Intake(
                publishers=registry(),
                topics=FEED_OF_TOPIC,
                open_body=self.keys.open_body,
                schemas=schemas,
                digests=self.keys.events,
                test_numbers=self.settings.demo,
            )

        return now

    @cached_property
    def linking(self) -> Linking:
        """Links records to children."""
        return Linking(
            store=self.store,
            digests=self.keys.identity,
            places=self.places,
            matching=self.matching,
            standing=self.standing,
            clock=self.clock,
        )

    @cached_property
    def receive(self) -> Receive:
        """The whole hub for a batch of reports."""
        return Receive(
            store=self.store,
            intake=self.intake,
            linking=self.linking,
            decide=self.decide,
            clock=self.clock,
        )

    @cached_property
    def signing(self) -> DecisionKeys:
        """What signs decisions about identity."""
        return load_decision_keys(self.settings.keys)

    @cached_property
    def matching(self) -> Matching:
        """How likeness is weighed, alike for who links, who asks and who reviews."""
        children = children_estimated(self.postgres)
        return matching_within(self.policies.hub.bands, children=children)

    @cached_property
    def standing(self) -> Standing:
        """Where records stand by what was decided about them."""
        return Standing(digests=self.keys.identity, matching=self.matching, signing=self.signing)

    @cached_property
    def correct(self) -> Correct:
        """Joins and parts children by what was decided."""
        return Correct(
            store=self.store,
            standing=self.standing,
            signing=self.signing,
            clock=self.clock,
            rederive=lambda children: self.decide.recorrelate(*children),
        )

    @cached_property
    def surroundings(self) -> Surroundings:
        """What every question needs."""
        return Surroundings(
            questions=self.questions,
            policies=self.policies,
            places=self.places,
            clock=self.clock,
            new_id=uuid.uuid4,  # noqa: TID251  # a question has no cause but itself
            matching=self.matching,
            parked_alarm_after=timedelta(hours=self.settings.parked_alarm_hours),
        )

    @cached_property
    def services(self) -> HubServices:
        """What the surfaces need done."""
        desk = RegisterDesk(
            self.surroundings,
            store=self.store,
            decide=self.decide_extract,
            reports=self.match_reporting,
        )
        reviews = ReviewsShown(self.surroundings, self.review_desk, self.review_answers)
        return HubServices(self.surroundings, self.notices, desk, self.notice_desk, reviews)

    @cached_property
    def review_desk(self) -> ReviewDesk:
        """Where questions about who is who are read."""
        return ReviewDesk(self.surroundings, self.reviews, self.matching)

    @cached_property
    def review_answers(self) -> ReviewAnswers:
        """Where they are answered, and what was decided is carried out."""
        return ReviewAnswers(
            desk=self.review_desk,
            store=self.reviews,
            corrections=self.correct,
            clock=self.clock,
        )

    @cached_property
    def notice_desk(self) -> NoticeDesk:
        """Where notices to schools are read and answered."""
        return NoticeDesk(
            self.surroundings,
            store=self.store,
            noticing=self.noticing,
            directory=self.schools,
            read_narrative=self.narratives,
        )

    @cached_property
    def narratives(self) -> Narratives:
        """Opens what agencies told in words; only what discloses asks for it."""
        return Narratives(load_disclosure_keys(self.settings.keys))

    @cached_property
    def settle(self) -> Settle:
        """Settles what is missing from feeds."""
        return Settle(self.surroundings)

    @cached_property
    def notices(self) -> PostgresNotices:
        """What tells when an inbox changes; it connects when somebody first listens."""
        url = self.settings.database_url.get_secret_value()
        return PostgresNotices(url, name=f"{self.name}-notices")

    @cached_property
    def sign_in_secret(self) -> bytes:
        """The secret behind the demo's tokens, shared by all processes of this installation."""
        return load_sign_in_secret(self.settings.keys)

    @cached_property
    def decide_extract(self) -> DecideExtract:
        """A named person's decision on an extract that waits."""
        return DecideExtract(store=self.store, decide=self.decide, clock=self.clock)

    @cached_property
    def expire_waiting(self) -> ExpireWaiting:
        """Removes marks of absence that have waited their time."""
        return ExpireWaiting(store=self.store, calendars=self.calendars, clock=self.clock)

    @cached_property
    def parked(self) -> PostgresParked:
        """The reports that wait."""
        return PostgresParked(self.postgres)

    @cached_property
    def loads(self) -> PostgresLoads:
        """How first loads stand."""
        return PostgresLoads(self.postgres)

    @cached_property
    def retry(self) -> RetryParked:
        """Tries chosen parked reports again."""
        return RetryParked(parked=self.parked, kafka=self.kafka, receive=self.receive)

    def retry_parked(self, topic: str | None = None) -> Received:
        """Try parked reports again, of one topic or of all: after a release or a new entry.

        Those on which workers died are left to a person: `hub reports retry`.
        """
        wanted = AsideWanted(
            state=AsideState.PARKED, topic=topic, reasons=RETRIED_BY_ITSELF, unsettled=True
        )
        chosen = tuple(one.position for one in self.parked.aside(wanted))
        return self.receive.retry(self.parked.raw(chosen))

    def reconcile(self, feed: Feed, group: str) -> Reconcile:
        """The reconciler of one feed."""
        return Reconcile(
            positions=self.positions,
            kafka=self.kafka,
            receive=self.receive,
            clock=self.clock,
            topic=report_topic(feed),
            group=group,
        )

    def work(self, feed: Feed) -> Work:
        """What a worker process of this feed does with its batches."""
        return Work(
            receive=self.receive,
            positions=self.positions,
            clock=self.clock,
            worker=self.worker_name,
            topic=report_topic(feed),
            monotonic=time.monotonic,
            sleep=time.sleep,
            expire=self.expire_waiting.if_due if feed is Feed.SCHOOLS else None,
        )

    @cached_property
    def worker_name(self) -> str:
        """This process, unlike any other: host, pid and the instant it began."""
        return f"{socket.gethostname()}-{os.getpid()}-{self.clock.now():%Y%m%d%H%M%S%f}"


def run_worker(
    settings: Settings,
    feed: Feed,
    group: str,
    *,
    log_level: str,
    wrap_store: Callable[[Store], Store] = lambda store: store,
) -> None:
    """Run the worker of one feed until it is told to stop.

    Raises:
        RefusedToStart: schemas, database or positions are not what they must be.
        ServiceMissing: Kafka, its topic or PostgreSQL is not there.
        TransientFault: they went away while starting.
    """
    from hub import pipeline  # noqa: PLC0415  # Faust takes half a second, and only this needs it

    hub = Hub(settings, name=f"hub-worker-{feed.value}", wrap_store=wrap_store)
    exits = PlannedExits(settings.home / "planned-exits")
    reconcile = hub.reconcile(feed, group)
    _make_sure(hub, feed, exits, reconcile)
    work = hub.work(feed)
    application = pipeline.build_application(
        pipeline.WorkerSettings(
            kafka=settings.kafka,
            topic=report_topic(feed),
            group=group,
            session_timeout_seconds=settings.session_timeout_seconds,
            data_directory=settings.home / "faust" / group,
        ),
        work=work,
        reconcile=reconcile,
        positions=hub.positions,
        planned_exit=lambda: exits.note(hub.worker_name),
    )
    try:
        pipeline.run(application, log_level=log_level)
    finally:
        try:
            work.stopped()
        except TransientFault:
            exits.note(hub.worker_name)


def _make_sure(hub: Hub, feed: Feed, exits: PlannedExits, reconcile: Reconcile) -> None:
    """See that everything is as it must be, and catch up with what was left, before working."""
    check_shipped_schemas()
    refuse_unmigrated(hub.settings.database_url.get_secret_value())
    exits.tell(hub.positions, hub.clock.now())
    hub.kafka.ends(report_topic(feed))
    reconcile.refuse_over_restored_database()
    reconcile()
    hub.retry_parked(report_topic(feed))


def run_timekeeper(settings: Settings) -> None:
    """Fire what is due and deliver what waits until told to stop.

    Raises:
        RefusedToStart: the database is not at this program's version.
        ServiceMissing: PostgreSQL does not answer.
        TransientFault: it went away while starting.
    """
    refuse_unmigrated(settings.database_url.get_secret_value())
    hub = Hub(settings, name="hub-timekeeper")
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    try:
        hub.tick.release()  # what failed may be mended by this release
        reports = (hub.match_reporting.make_if_due,)  # beside the rest: it may take minutes
        beside = threading.Thread(target=keep_time, args=(reports, told.wait), daemon=True)
        beside.start()
        rounds = (hub.tick, hub.deliver, hub.changes, hub.reviewing, hub.review_answers.finish)
        keep_time((*rounds, hub.ask_again), told.wait)
    finally:
        hub.close()


def refuse_to_serve(settings: Settings) -> None:
    """Refuse over a database that is not there or not at this program's version.

    Raises:
        RefusedToStart: it is not at this program's version.
        ServiceMissing: PostgreSQL does not answer.
    """
    refuse_unmigrated(settings.database_url.get_secret_value())


def listening(settings: Settings) -> socket.socket:
    """The address of the surfaces, taken; several processes may answer on it."""
    taken = uvicorn.Config(
        "", host=settings.http_host, port=settings.http_port, log_level="warning"
    ).bind_socket()
    taken.listen(BACKLOG)
    return taken


def run_server(settings: Settings, address: socket.socket | None = None) -> None:
    """Serve pages and JSON until told to stop, on an address that is taken or on the settings'.

    Raises:
        RefusedToStart: outside demo mode, or the database is not at this program's version.
        ServiceMissing: PostgreSQL does not answer.
    """
    hub = Hub(
        settings,
        name="hub-serve",
        connections=SERVER_CONNECTIONS,
        statement_seconds=SERVER_STATEMENT_SECONDS,
        server_settings=SERVER_SETTINGS,
    )
    refuse_to_serve(settings)
    application = create_app(
        hub.services,
        settings,
        sign_in_secret=hub.sign_in_secret,
        clock=hub.clock.now,
        closing=lambda: server.should_exit,  # else open streams hold a stop up
        threads=SERVER_CONNECTIONS,
    )
    server = uvicorn.Server(
        uvicorn.Config(
            application,
            http=BoundedHttpProtocol,
            host=settings.http_host,
            port=settings.http_port,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=5,
        )
    )
    with suppress(KeyboardInterrupt):  # Ctrl-C is a way to stop it, as for uvicorn.run
        server.run([address] if address else None)
    if not server.started:
        sys.exit(NOT_STARTED)
