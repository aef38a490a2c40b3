"""Two independent inbox clients, each a process of its own, that note when they see each alert.

``watch_channel`` is what a delivery service would be: a connection to the database that listens on
the inbox channel and reads what is new. ``watch_desks`` is what a council's own system would be: a
stream of server-sent events for each of two duty desks, and over another connection what changed
since the last answer, each time the stream says that something did.
"""

import asyncio
import json
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection as Conversation

import psycopg

from benchmark.partner import READY
from benchmark.requests import Connection
from hub.adapters.store.alerts import INBOX_CHANNEL
from hub.settings import LOOPBACK

LOOK_SECONDS = 0.5
"""A client asks this often even if it is told nothing, as it should."""

OVERLAP = timedelta(seconds=2)
"""How far behind the newest alert is read again: transactions commit in another order."""

Seen = dict[int, float]
"""When, by ``time.monotonic``, the alert of the report at each place was seen."""

_NEW = (
    "SELECT ground.event_id, alert.changed_at FROM alert JOIN alert_ground AS ground"
    " USING (alert_id) WHERE alert.owner = ANY(%s) AND alert.delivered AND alert.changed_at > %s"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelWatch:
    """What the client of the channel needs: where each event's alert belongs."""

    database_url: str
    owners: Sequence[str]
    places: Mapping[bytes, int] = field(repr=False)
    seconds_max: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskWatch:
    """What the client of the desks needs: the requests of each desk, whom each name belongs to."""

    port: int
    desks: Sequence[tuple[bytes, str]] = field(repr=False)
    """For each desk the request for its stream, and the one for changes with ``{since}`` in it."""
    places: Mapping[str, int] = field(repr=False)
    seconds_max: float


@dataclass(slots=True, kw_only=True)
class Watched:
    """What a client has seen, and how long its readings of the inbox took, in seconds."""

    seen: Seen = field(default_factory=dict)
    readings: list[float] = field(default_factory=list)
    listed_max: int = 0


def watch_channel(watch: ChannelWatch, conversation: Conversation) -> None:
    """Listen and read until every alert is seen or the time is over: a partner's body."""
    found = Watched()
    limit = time.monotonic() + watch.seconds_max
    since = datetime.now(UTC)
    with psycopg.connect(watch.database_url, autocommit=True) as connection:
        connection.execute(f"LISTEN {INBOX_CHANNEL}")
        conversation.send(READY)
        while len(found.seen) < len(watch.places) and time.monotonic() < limit:
            for _ in connection.notifies(timeout=0.5, stop_after=1):
                pass
            began = time.monotonic()
            rows = connection.execute(_NEW, (watch.owners, since - OVERLAP)).fetchall()
            now = time.monotonic()
            found.readings.append(now - began)
            found.listed_max = max(found.listed_max, len(rows))
            for event_id, changed_at in rows:
                since = max(since, changed_at)
                place = watch.places.get(bytes(event_id))
                if place is not None:
                    found.seen.setdefault(place, now)
    conversation.send(found)


def watch_desks(watch: DeskWatch, conversation: Conversation) -> None:
    """Listen and read until every alert is seen or the time is over: a partner's body."""
    conversation.send(asyncio.run(_watch_desks(watch, lambda: conversation.send(READY))))


async def _watch_desks(watch: DeskWatch, ready: Callable[[], None]) -> Watched:
    found = Watched()
    connections = [Connection(watch.port) for _ in watch.desks]
    cursors = [
        await _read_past(connection, changes)
        for connection, (_, changes) in zip(connections, watch.desks, strict=True)
    ]
    ready()
    await asyncio.gather(
        *(
            _watch_desk(watch, desk, connection, cursor, found)
            for desk, connection, cursor in zip(watch.desks, connections, cursors, strict=True)
        )
    )
    return found


async def _watch_desk(
    watch: DeskWatch, desk: tuple[bytes, str], connection: Connection, cursor: str, found: Watched
) -> None:
    stream, changes = desk
    changed = asyncio.Event()
    listening = asyncio.create_task(_listen(watch.port, stream, changed))
    limit = time.monotonic() + watch.seconds_max
    while len(found.seen) < len(watch.places) and time.monotonic() < limit:
        if listening.done():
            listening.result()
            raise ValueError("The hub ended a stream.")
        with suppress(TimeoutError):
            await asyncio.wait_for(changed.wait(), LOOK_SECONDS)
        changed.clear()
        began = time.monotonic()
        answer = json.loads(await _ask(connection, changes.format(since=cursor).encode()))
        now = time.monotonic()
        cursor = answer["cursor"]
        found.readings.append(now - began)
        found.listed_max = max(found.listed_max, len(answer["alerts"]))
        for alert in answer["alerts"]:
            place = watch.places.get(alert["child"]["name"])
            if place is not None:
                found.seen.setdefault(place, now)
    listening.cancel()
    connection.close()


async def _read_past(connection: Connection, changes: str) -> str:
    """Read what there is before anything is sent, and answer where it ends."""
    cursor, more = "", True
    while more:
        answer = json.loads(await _ask(connection, changes.format(since=cursor).encode()))
        cursor, more = answer["cursor"], answer["more"]
    return cursor


async def _listen(port: int, stream: bytes, changed: asyncio.Event) -> None:
    """Note every "changed" of a stream until it ends."""
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    try:
        writer.write(stream)
        while line := await reader.readline():
            if line.strip() == b"data: changed":
                changed.set()
    finally:
        writer.close()


async def _ask(connection: Connection, request: bytes) -> bytes:
    status, body = await connection.ask(request)
    if status != 200:
        raise ValueError(f"The hub answered {status} where 200 was expected.")
    return body
