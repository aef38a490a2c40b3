"""`hub connector run`: the one loop and the composition root of the connectors.

Source -> mapping -> pack -> seal, sign -> spool (fsync) -> Kafka. A connector yields readings and
knows nothing of what follows. This module reads the clock, the keys and the settings, and nothing
else does.
"""

import asyncio
import contextlib
import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from connectors.contract import Connector, ConnectorContext, ListeningConnector
from connectors.line import Line
from connectors.live import STOP_SECONDS, LiveLine
from connectors.narratives import SealDetail
from connectors.packing import Packer
from connectors.progress import Progress
from connectors.publish import Outlet
from connectors.spool import Spool
from connectors.writer import ReportWriter
from hub.adapters.kafka import ReportProducer
from hub.adapters.keys import load_disclosure_key, load_publisher_key, load_sealing_key
from hub.adapters.schemas import shipped_schemas
from hub.adapters.stop_signals import stop_asked
from hub.core import seal
from hub.core.report import Refusal
from hub.errors import ConfigurationError, HubError
from hub.settings import Settings
from hub.topics import report_topic

NOTHING_READ_YET: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""How current a source is of which nothing has been read: making a spool is not reading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who reports for whom: the publisher that signs, its connector, and the agency."""

    publisher: str
    connector: str
    agency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where records come from: a path, or an address to listen on; exactly one is there."""

    path: Path | None = None
    listen: tuple[str, int] | None = None


def now() -> datetime:
    """Answer the present instant, aware UTC."""
    return datetime.now(UTC)  # noqa: TID251  # the connectors' composition root holds their clock


def run(  # noqa: PLR0913  # a composition root's plain arguments
    connector: Connector,
    source: Source,
    context: ConnectorContext,
    sender: Sender,
    settings: Settings,
    *,
    name_refusal: Callable[[Refusal], None] | None = None,
) -> Progress:
    """Read, seal, spool and send until the source ends or the process is told to stop.

    ``name_refusal`` is told of each refused record, from whichever thread keeps it.

    Raises:
        HubError: the source could not be read to its end, or Kafka has not taken everything.
    """

    def open_line() -> Line:
        line = a_line(connector, context, sender, settings)
        line.name_refusal = name_refusal or line.name_refusal
        return line

    if source.path is not None:
        return _run_from(source.path, connector, context, open_line)
    if source.listen is None:
        raise ConfigurationError("A path (--from) or an address (--mllp) was expected.")
    return asyncio.run(_run_live(source.listen, connector, context, open_line))


def a_line(
    connector: Connector, context: ConnectorContext, sender: Sender, settings: Settings
) -> Line:
    """Open the sender's spool and answer the line that leads through it; close it after use.

    Raises:
        HubError: keys are missing, or the spool is in use by another process.
    """
    schemas = shipped_schemas()
    sealing = load_sealing_key(settings.keys)
    signing = load_publisher_key(settings.keys, sender.publisher)
    spool = Spool.open(
        settings.home / "spool" / sender.publisher / f"{sender.connector}.sqlite",
        publisher=sender.publisher,
        connector=sender.connector,
        epoch=int(context.started_at.timestamp() * 1000),
    )
    writer = ReportWriter(
        publisher=sender.publisher,
        connector=sender.connector,
        agency=sender.agency,
        feed=connector.feed,
        topic=report_topic(connector.feed),
        epoch=spool.epoch,
        backfill=context.backfill,
        key_id=sealing.key_id,
        public_key=sealing.public_key,
        signing_key=signing,
        schemas=schemas,
    )
    outlet = Outlet(spool, lambda: ReportProducer(settings.kafka))
    packer = Packer(schemas, NOTHING_READ_YET, _seals_details(settings, sender.agency))
    return Line(packer, writer, spool, outlet, now)


def _seals_details(settings: Settings, agency: str) -> SealDetail | None:
    """Answer what seals narratives; ``None`` where the hub's disclosure key is not at hand."""
    key = load_disclosure_key(settings.keys)
    if key is None:
        return None

    def seal_detail(plain: bytes, source_key: str) -> bytes:
        return seal.seal_detail(
            plain,
            public_key=key.public_key,
            key_id=key.key_id,
            agency=agency,
            source_key=source_key,
        )

    return seal_detail


def _run_from(
    path: Path, connector: Connector, context: ConnectorContext, open_line: Callable[[], Line]
) -> Progress:
    line = open_line()
    try:
        with Progress(line.counts) as progress, stop_asked() as line.stop_asked:
            for reading in connector.read(path, context):
                line.take(reading)
                progress.show(waiting=line.outlet.waiting)
                if line.stop_asked():
                    break
            else:
                line.finish()
                return progress
            line.finish(STOP_SECONDS)
            raise HubError(
                f"Stopped before the end of {path.name}; what was read is sent. Run it again: what "
                "comes twice is harmless."
            )
    except OSError as error:
        raise HubError(f"{path.name} could not be read to its end: {error.strerror}.") from None
    finally:
        line.close()


async def _run_live(
    address: tuple[str, int],
    connector: Connector,
    context: ConnectorContext,
    open_line: Callable[[], Line],
) -> Progress:
    if not isinstance(connector, ListeningConnector):
        raise ConfigurationError("This connector does not listen; a path (--from) was expected.")
    loop, stop = asyncio.get_running_loop(), asyncio.Event()

    def end() -> None:
        loop.call_soon_threadsafe(stop.set)

    live = LiveLine(open_line, failed=end)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await asyncio.to_thread(live.start)
    try:
        listener = await connector.listen(*address, context, live.handle)
    except OSError as error:
        await asyncio.to_thread(live.stop)
        raise ConfigurationError(
            f"{address[0]}:{address[1]} cannot be listened on: {error.strerror}."
        ) from None
    with Progress(live.counts) as progress:
        progress.say(f"Listening on {address[0]}:{listener.port}")
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), 1)
            progress.show(waiting=live.waiting)
        await listener.stop()
        await asyncio.to_thread(live.stop)
    if live.failed:
        raise HubError("The connector has ended because of a fault; its log says which.")
    if not live.all_sent:
        progress.say(f"{live.waiting} reports wait in the spool; the next run sends them.")
    return progress
