"""Two independent inbox clients, each a process of its own, that note when they see each alert.

``watch_channel`` is what a delivery service would be: a connection to the database that listens on
the inbox channel and reads what is new. ``watch_desks`` is what a duty desk has: HTTP, asking for
the inbox's version every 25 ms and reading the inbox when it has changed. (The page of the hub
asks every two seconds; the interval here is short so that the hub is measured and not the wait.)
"""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection as Conversation

import psycopg

from benchmark.partner import READY
from benchmark.requests import Connection
from hub.adapters.store.alerts import INBOX_CHANNEL

POLL_SECONDS = 0.025
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
    desks: Sequence[tuple[bytes, bytes]] = field(repr=False)
    """For each desk the request for its version and the one for its inbox."""
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
    """Ask and read until every alert is seen or the time is over: a partner's body."""
    conversation.send(READY)
    conversation.send(asyncio.run(_watch_desks(watch)))


async def _watch_desks(watch: DeskWatch) -> Watched:
    found = Watched()
    await asyncio.gather(*(_watch_desk(watch, *desk, found) for desk in watch.desks))
    return found


async def _watch_desk(watch: DeskWatch, version: bytes, inbox: bytes, found: Watched) -> None:
    connection = Connection(watch.port)
    limit = time.monotonic() + watch.seconds_max
    known = b""
    while len(found.seen) < len(watch.places) and time.monotonic() < limit:
        told = json.loads(await _ask(connection, version))["version"]
        if told != known:
            known = told
            began = time.monotonic()
            alerts = json.loads(await _ask(connection, inbox))["alerts"]
            now = time.monotonic()
            found.readings.append(now - began)
            found.listed_max = max(found.listed_max, len(alerts))
            for alert in alerts:
                place = watch.places.get(alert["child"]["name"])
                if place is not None:
                    found.seen.setdefault(place, now)
        await asyncio.sleep(POLL_SECONDS)
    connection.close()


async def _ask(connection: Connection, request: bytes) -> bytes:
    status, body = await connection.ask(request)
    if status != 200:
        raise ValueError(f"The hub answered {status} where 200 was expected.")
    return body
