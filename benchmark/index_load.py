"""Loads an index of lifelike children by COPY: the rows that linking would have made of them.

As in ``benchmark.load`` every row is made by the hub's own code; here of records alone, without
reports and events, so that a million are loaded in minutes.
"""

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast
from unittest.mock import patch

import psycopg

from benchmark.lifelike import Lifelike
from benchmark.load import Kept, NobodyThere, SetClock, Tell, copy, without_indexes
from hub.adapters.store import homes, identity, links
from hub.bootstrap import Hub
from hub.core.event import Subject
from hub.service.linking import Linking, Observation
from hub.service.records import chunks
from hub.settings import Settings

CHILDREN_AT_ONCE: Final = 5_000
CHUNK: Final = 50
AGENCY: Final = "RAE"
REVISION: Final = 1_700_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some children, who are copied in one transaction."""

    settings: Settings
    numbers: range
    now: datetime


def load_index(
    settings: Settings, children: int, now: datetime, tell: Tell, *, first: int = 0
) -> float:
    """Load so many children from a number on, one record each; answer how many a second."""
    url = settings.database_url.get_secret_value()
    end = first + children
    cut = range(first, end, CHILDREN_AT_ONCE)
    parts = [
        Part(settings=settings, numbers=range(n, min(n + CHILDREN_AT_ONCE, end)), now=now)
        for n in cut
    ]
    began, done = time.monotonic(), 0
    spawn = multiprocessing.get_context("spawn")
    with without_indexes(url, tell), ProcessPoolExecutor(2, mp_context=spawn) as pool:
        try:
            for one in as_completed([pool.submit(_load, part) for part in parts]):
                done += one.result()
                left = (time.monotonic() - began) * (children / done - 1)
                tell(f"index: {done:,} of {children:,} children, about {left:.0f} s left")
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return children / (time.monotonic() - began)


_people: dict[datetime, Lifelike] = {}
"""One a process: its sample of names takes seconds to make."""


def people(now: datetime) -> Lifelike:
    """Answer the children of this day, whose names are sampled once a process."""
    return _people.setdefault(now, Lifelike(now.date()))


def observation(hub: Hub, agency: str, subject: Subject) -> Observation:
    """Answer what an agency tells of somebody, as linking takes it."""
    return Observation(
        record_ref=hub.keys.events.record_ref(agency, str(subject.local_id)),
        agency=agency,
        subject=subject,
        revision=REVISION,
        shielded=False,
    )


def linking_of(hub: Hub, now: datetime) -> Linking:
    """Answer the hub's own linking over its store."""
    return Linking(
        store=hub.store,
        digests=hub.keys.identity,
        places=hub.places,
        matching=hub.standing.matching,
        standing=hub.standing,
        clock=SetClock(now),
    )


def _load(part: Part) -> int:
    hub = Hub(part.settings, name="hub-load", connections=1)
    try:
        linking, kept = linking_of(hub, part.now), Kept()
        _keep(hub, linking, kept, part)
        founded = {row[0]: row for row in reversed(kept.rows["child"])}
        kept.rows["child"] = list(founded.values())  # two of a batch who are taken for one
        with psycopg.connect(part.settings.database_url.get_secret_value()) as connection:
            copy(connection, kept)
        return len(part.numbers)
    finally:
        hub.close()


def _keep(hub: Hub, linking: Linking, kept: Kept, part: Part) -> None:
    """Have the hub's own code make every row of these children."""
    known = people(part.now)
    seen = linking._observed(  # noqa: SLF001  # what the hub itself does
        observation(hub, AGENCY, known.child(number)) for number in part.numbers
    )
    with ExitStack() as stack:
        for module in (identity, links, homes):
            stack.enter_context(patch.object(module, "insert", kept.insert))
        for some in chunks(sorted(seen), CHUNK):
            _link(hub, linking, kept, {ref: seen[ref] for ref in some})


def _link(hub: Hub, linking: Linking, kept: Kept, seen: Any) -> None:  # noqa: ANN401  # rows
    nobody = NobodyThere(cast("Any", kept), hub.keys.sealer, hub.keys.identity)
    linking._link_some(nobody, seen)  # noqa: SLF001  # what the hub itself does
