"""Each process of the hub, from its start until it is told to stop."""

import signal
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from types import MappingProxyType

import uvicorn

from hub.adapters.planned_exits import PlannedExits
from hub.adapters.schema_check import check_shipped_schemas
from hub.adapters.store.migrate import refuse_unmigrated
from hub.api.app import create_app
from hub.api.request_head import BoundedHttpProtocol
from hub.bootstrap.clock import SystemClock
from hub.bootstrap.hub import Hub
from hub.core.report import Feed
from hub.errors import TransientFault
from hub.ports import Clock, Store
from hub.service.living import TIMEKEEPER
from hub.service.reconcile import Reconcile
from hub.service.timekeeping import keep_time
from hub.settings import Settings
from hub.topics import report_topic

SERVER_CONNECTIONS = 12
SERVER_STATEMENT_SECONDS = 5
BACKLOG = 2048
"""Connections that may wait to be taken, as uvicorn has it."""
NOT_STARTED = 3
"""The exit status of a server that could not listen, as uvicorn has it."""
SERVER_SETTINGS = MappingProxyType({"plan_cache_mode": "force_generic_plan", "jit": "off"})
"""Questions are few statements, asked for ever, each by an index: planning them anew each time
took more of PostgreSQL's time than answering them."""


def run_worker(  # noqa: PLR0913  # what a worker is, and what tests put in place of its store and clock
    settings: Settings,
    feed: Feed,
    group: str,
    *,
    log_level: str,
    wrap_store: Callable[[Store], Store] = lambda store: store,
    make_clock: Callable[[], Clock] = SystemClock,
) -> None:
    """Run the worker of one feed until it is told to stop.

    Raises:
        RefusedToStart: schemas, database or positions are not what they must be.
        ServiceMissing: Kafka, its topic or PostgreSQL is not there.
        TransientFault: they went away while starting.
    """
    from hub import pipeline  # noqa: PLC0415  # Faust takes half a second, and only this needs it

    name = f"hub-worker-{feed.value}"
    hub = Hub(settings, name=name, wrap_store=wrap_store, clock=make_clock())
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
        living=hub.living(feed.value),
    )
    try:
        with hub.policy_watch.kept():
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
        # beside the rest: they may take minutes
        reports = (hub.match_reporting.make_if_due, hub.rule_yield_keeping.make_if_due)
        beside = threading.Thread(target=keep_time, args=(reports, told.wait), daemon=True)
        beside.start()
        first = (
            hub.living(TIMEKEEPER),
            hub.turns_anew,
            hub.tick,
            hub.deliver,
            hub.changes,
            hub.reviewing,
        )
        with hub.policy_watch.kept():
            rest = (hub.review_answers.finish, hub.ask_again, hub.policy_telling)
            keep_time((*first, *rest), told.wait)
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
    # Ctrl-C is a way to stop it, as for uvicorn.run
    with suppress(KeyboardInterrupt), hub.policy_watch.kept():
        server.run([address] if address else None)
    if not server.started:
        sys.exit(NOT_STARTED)
