"""The Faust application: reads batches of one feed, hands them on, acknowledges what is committed.

Faust is the worker runtime and nothing else: no tables, no web, no declared topics. Measured and
decided in the design: an exception that leaves an agent acknowledges and so loses the event, so
none leaves this body; where going on is not possible the process ends inside it, and nothing is
acknowledged.
"""

import asyncio
import logging
import os
from collections.abc import AsyncIterable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import faust

from hub.core.intake import RawReport
from hub.errors import HubError
from hub.ports import Positions
from hub.service.receive import REPORTS_PER_TRANSACTION_MAX
from hub.service.reconcile import Reconcile
from hub.service.work import Work

WITHIN_SECONDS = 0.02
COMMIT_SECONDS = 0.25
WATCH_SECONDS = 1.0
RECONCILE_SECONDS = 60.0
SWEEP_SECONDS = 5.0
LIFE_SECONDS = 5.0
EXPIRE_SECONDS = 600.0
STOP_SECONDS_MAX = 20.0
"""A worker that is told to stop finishes the batch in hand for so long."""
EXIT_GIVEN_UP = 75
EXIT_FAULT = 70
EXIT_HOLE = 71

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSettings:
    """What the worker of one feed needs to know of Kafka."""

    kafka: str
    topic: str
    group: str
    session_timeout_seconds: float
    data_directory: Path
    """Where Faust may keep files of its own; it keeps nothing of ours."""
    batch_max: int = REPORTS_PER_TRANSACTION_MAX


def raw_report(event: Any) -> RawReport:  # noqa: ANN401  # Faust's events have no types
    """The Kafka message behind a Faust event, as it came."""
    message = event.message
    headers = message.headers or ()
    pairs = headers.items() if isinstance(headers, dict) else headers
    return RawReport(
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        key=message.key,
        value=message.value,
        headers=tuple((str(name), bytes(value or b"")) for name, value in pairs),
        received_at=datetime.fromtimestamp(message.timestamp, tz=UTC),
    )


def end_process(code: int, reason: str) -> None:
    """End the process at once, so that nothing more is acknowledged."""
    log.critical("worker ends (%d): %s", code, reason)
    logging.shutdown()
    os._exit(code)


def build_application(  # noqa: PLR0913  # one place composes it
    settings: WorkerSettings,
    *,
    work: Work,
    reconcile: Reconcile,
    positions: Positions,
    planned_exit: Callable[[], None],
    living: Callable[[], object],
) -> faust.App:
    """The application of one feed, ready for ``run``."""
    settings.data_directory.mkdir(parents=True, exist_ok=True)  # Faust makes only the last of it
    app = faust.App(
        settings.group,
        broker=";".join(f"kafka://{one}" for one in settings.kafka.split(",")),
        store="memory://",
        datadir=str(settings.data_directory),
        autodiscover=False,
        web_enabled=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        processing_guarantee="at_least_once",
        broker_commit_interval=COMMIT_SECONDS,
        broker_session_timeout=settings.session_timeout_seconds,
        broker_heartbeat_interval=settings.session_timeout_seconds / 4,
        broker_max_poll_interval=600.0,
        broker_max_poll_records=settings.batch_max,
        broker_request_timeout=max(40.0, settings.session_timeout_seconds * 2),
        consumer_auto_offset_reset="earliest",
        stream_wait_empty=False,
        stream_buffer_maxsize=2 * settings.batch_max,
        stream_recovery_delay=0.0,
        key_serializer="raw",
        value_serializer="raw",
    )
    topic = app.topic(settings.topic, key_type=bytes, value_type=bytes)
    _attach_agent(app, topic, settings, work, planned_exit)
    _attach_partitions(app, work)
    _attach_watchdog(app, settings, positions, reconcile)
    _attach_sweeper(app, work)
    _attach_reconciler(app, reconcile, living)
    return app


def _attach_agent(
    app: faust.App,
    topic: Any,  # noqa: ANN401  # Faust's topics have no types
    settings: WorkerSettings,
    work: Work,
    planned_exit: Callable[[], None],
) -> None:
    @app.agent(topic, concurrency=1, name="receive")
    async def receive(stream: Any) -> AsyncIterable[None]:  # noqa: ANN401  # as above
        async for events in stream.take_events(settings.batch_max, within=WITHIN_SECONDS):
            try:
                batch = [raw_report(event) for event in events]
                await _finish(work, batch, planned_exit)
            except asyncio.CancelledError:
                raise
            except Exception as error:  # noqa: BLE001  # none may leave: it would acknowledge
                _end_because(error, planned_exit)
            yield


async def _finish(work: Work, batch: Sequence[RawReport], planned_exit: Callable[[], None]) -> None:
    """Receive a batch, also when told to stop meanwhile.

    A cancellation that leaves the agent's body acknowledges the batch like any other exception: it
    leaves only once every report has its row, else the process ends here.
    """
    under_way = asyncio.ensure_future(asyncio.to_thread(work.batch, batch))
    try:
        await asyncio.shield(under_way)
    except asyncio.CancelledError:
        with suppress(asyncio.CancelledError):  # told a second time: it waits no longer
            await asyncio.wait({under_way}, timeout=STOP_SECONDS_MAX)
        if not under_way.done():
            planned_exit()
            end_process(EXIT_GIVEN_UP, "told to stop, and the batch in hand was not finished")
        under_way.result()
        raise


def _end_because(error: Exception, planned_exit: Callable[[], None]) -> None:
    """End the process: what passes did not pass, or a bug of ours; its text may hold content."""
    if isinstance(error, HubError) or type(error).__name__ == "GivenUp":
        planned_exit()
        end_process(EXIT_GIVEN_UP, str(error))
    end_process(EXIT_FAULT, type(error).__name__)


def _attach_partitions(app: faust.App, work: Work) -> None:
    @app.on_partitions_assigned.connect(weak=False)
    async def assigned(_app: Any, assigned: Any, **_: Any) -> None:  # noqa: ANN401  # as above
        await _guarded(work.assigned, sorted(tp.partition for tp in assigned))

    @app.on_partitions_revoked.connect(weak=False)
    async def revoked(_app: Any, revoked: Any, **_: Any) -> None:  # noqa: ANN401  # as above
        await _guarded(work.revoked, sorted(tp.partition for tp in revoked))


async def _guarded(action: Callable[[Sequence[int]], None], partitions: Sequence[int]) -> None:
    """Do it off the event loop; the attempt's row is a safeguard and never stops the worker."""
    try:
        await asyncio.to_thread(action, partitions)
    except Exception as error:  # noqa: BLE001  # said aloud; the report's own row is what counts
        log.warning("attempt not noted: %s", type(error).__name__)


def _attach_watchdog(
    app: faust.App, settings: WorkerSettings, positions: Positions, reconcile: Reconcile
) -> None:
    seen: dict[int, int] = {}

    @app.timer(WATCH_SECONDS)  # type: ignore[untyped-decorator]  # Faust has no types
    async def watch() -> None:
        committed = {
            tp.partition: offset
            for tp, offset in dict(app.consumer._committed_offset).items()  # type: ignore[attr-defined]  # noqa: SLF001  # what Faust has committed
            if tp.topic == settings.topic
            and offset is not None
            and seen.get(tp.partition) != offset
        }
        for partition, offset in committed.items():
            try:
                await asyncio.to_thread(_compare, settings, positions, reconcile, partition, offset)
            except HubError as error:
                log.warning("positions not compared: %s", error)
                continue
            seen[partition] = offset


def _compare(
    settings: WorkerSettings,
    positions: Positions,
    reconcile: Reconcile,
    partition: int,
    offset: int,
) -> None:
    """End the process if a report was acknowledged without a row, once it has been received.

    An offset that holds no message (a transaction's marker, what retention removed) is no hole.
    """
    if not positions.holes(settings.topic, partition, offset):
        return
    received = reconcile.fill(partition, offset)
    if received.accepted + received.duplicate + received.parked:
        end_process(EXIT_HOLE, f"acknowledged without a row: partition {partition}")


def _attach_reconciler(app: faust.App, reconcile: Reconcile, living: Callable[[], object]) -> None:
    @app.timer(RECONCILE_SECONDS)  # type: ignore[untyped-decorator]  # Faust has no types
    async def fill_holes() -> None:
        try:
            await asyncio.to_thread(reconcile)
        except HubError as error:
            log.warning("not reconciled: %s", error)

    @app.timer(LIFE_SECONDS)  # type: ignore[untyped-decorator]  # Faust has no types
    async def note_life() -> None:
        try:
            await asyncio.to_thread(living)
        except HubError as error:
            log.warning("not noted that it is at work: %s", error)


def _attach_sweeper(app: faust.App, work: Work) -> None:
    @app.timer(SWEEP_SECONDS)  # type: ignore[untyped-decorator]  # Faust has no types
    async def settle_pending() -> None:
        try:
            await asyncio.to_thread(work.settle_pending)
        except HubError as error:
            log.warning("children wait: %s", error)

    @app.timer(EXPIRE_SECONDS)  # type: ignore[untyped-decorator]  # Faust has no types
    async def remove_what_waited() -> None:
        try:
            await asyncio.to_thread(work.expire)
        except HubError as error:
            log.warning("what has waited its time stays: %s", error)


def run(app: faust.App, *, log_level: str = "WARNING") -> None:
    """Run the application until it is told to stop by SIGTERM or SIGINT."""
    faust.Worker(
        app, loglevel=log_level, redirect_stdouts=False, quiet=True
    ).execute_from_commandline()
