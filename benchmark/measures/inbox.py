"""From a report to an independent inbox client, open loop, alone and beside a bulk load.

Each report is the arrival of a child on a plan, so that each raises an alert; no child comes twice.
Times run from the moment a report was to be sent, as its hospital's connector would.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import timedelta

from benchmark.agency import Agency, Message
from benchmark.cast import Cast
from benchmark.happenings import attendance, plan
from benchmark.inbox_clients import (
    ChannelWatch,
    DeskWatch,
    Watched,
    watch_channel,
    watch_desks,
)
from benchmark.measures.extent import WARM_UP_SECONDS, Extent
from benchmark.partner import Body, Partner
from benchmark.percentiles import latencies
from benchmark.population import Child
from benchmark.requests import request
from benchmark.results import Row
from benchmark.school_day import MARKS_A_REGISTER, flood
from benchmark.sending import Decided, Timetable, send_all, send_in_time
from benchmark.stage import Stage
from hub.core.event import Event
from hub.core.report import Feed
from hub.demo.agencies import COUNCIL_AGENCIES, HOSPITALS
from hub.demo.places import LEEDS

PATIENCE_SECONDS = 20.0
"""For how long after the last report a client still looks."""

BULK_IN_HAND = 3
BULK_EVENTS_A_SECOND_MAX = 1_500
REGISTERS_IN_HAND = 200
REGISTERS_A_SECOND_MAX = 200
LOOPS = 5
"""How many open loops there are: two clients, alone and beside a bulk load; one beside a flood."""

GOAL = "goal: p99 100 ms"
"""Design section 6, at 50 reports a second."""

Client = Callable[[Stage, Sequence[Child], Sequence[Event], float], tuple[Body, object]]


def measure(cast: Cast, extent: Extent) -> list[Row]:
    """Measure both clients alone, both beside a bulk load on another feed, one beside a flood."""
    rows = []
    for label, beside in (("alone", None), ("bulk", _old_plans), ("flood", _registers)):
        for what, client in _CLIENTS.items():
            if beside is not _registers or client is _channel:
                rows.append(_measure(cast, extent, what, client, label, beside))
    return rows


def _measure(  # noqa: PLR0913, PLR0917  # which client, and beside what
    cast: Cast,
    extent: Extent,
    what: str,
    client: Client,
    situation: str,
    beside: Callable[[Cast, Extent], "_Bulk"] | None,
) -> Row:
    stage = cast.stage
    children = cast.take_on_plans(extent.reports_in_a_loop)
    label = f"inbox-{client.__name__.strip('_')}-{situation}"
    events, messages = _arrivals(stage, children, label)
    stage.tell(f"inbox: {what}, {situation}")
    bulk = beside(cast, extent) if beside else None
    seconds_max = len(messages) / extent.reports_a_second + PATIENCE_SECONDS
    timetable = Timetable(
        kafka=stage.settings.kafka, messages=messages, a_second=extent.reports_a_second
    )
    used = stage.processor_time()
    watching = Partner(*client(stage, children, events, seconds_max))
    with watching, Partner(send_in_time, timetable) as sender:
        watching.await_ready()
        sender.await_ready()
        with bulk.running() if bulk else _nothing():
            begin = time.monotonic() + 0.5
            sender.tell(begin)
            late = sender.hear(seconds_max + 10)
        watched: Watched = watching.hear(seconds_max + 10)
    counted = range(int(WARM_UP_SECONDS * extent.reports_a_second), len(messages))
    times = [
        watched.seen[place] - begin - place / extent.reports_a_second
        for place in counted
        if place in watched.seen
    ]
    return Row(
        what=f"report -> inbox, {what}",
        load=f"{extent.reports_a_second}/s for {extent.seconds:.0f} s, open loop, "
        + (f"beside {bulk.told}" if bulk else "alone"),
        per_second=f"{len(times) / extent.seconds:,.0f} alerts",
        latencies=latencies(times),
        remark=_remark(
            watched, late, len(counted) - len(times), used.each(len(messages), "a report")
        ),
    )


def _remark(watched: Watched, late: Sequence[float], missing: int, used: str) -> str:
    readings, sent = latencies(watched.readings), latencies(late)
    parts = [f"{missing} not seen"]
    if readings:
        parts.append(
            f"{len(watched.readings)} readings took p50 {readings.p50:.1f}, p99 {readings.p99:.1f}"
            f" ms (up to {watched.listed_max} alerts listed)"
        )
    if sent:
        parts.append(f"sent late by p99 {sent.p99:.1f} ms, which is counted")
    return "; ".join([*parts, used, GOAL])


def _arrivals(
    stage: Stage, children: Sequence[Child], label: str
) -> tuple[list[Event], list[Message]]:
    now = stage.clock.now()
    agencies = {one.code: stage.agency(one.code, label) for one in HOSPITALS}
    events = [
        attendance(child, f"{label}-{place}", now - timedelta(minutes=1))
        for place, child in enumerate(children)
    ]
    messages = [
        agencies[child.trust].report([event], at=now)
        for child, event in zip(children, events, strict=True)
    ]
    return events, messages


# ------------------------------------------------------------------------------------- the clients


def _channel(
    stage: Stage, children: Sequence[Child], events: Sequence[Event], seconds_max: float
) -> tuple[Body, object]:
    digests = stage.hub.keys.events
    places = {
        digests.event_id(child.trust, event.source_key, event.revision): place
        for place, (child, event) in enumerate(zip(children, events, strict=True))
    }
    watch = ChannelWatch(
        database_url=stage.database_url,
        owners=[one.code for one in COUNCIL_AGENCIES],
        places=places,
        seconds_max=seconds_max,
    )
    return watch_channel, watch


def _desks(
    stage: Stage, children: Sequence[Child], _: Sequence[Event], seconds_max: float
) -> tuple[Body, object]:
    desks = []
    for one in COUNCIL_AGENCIES:
        user = f"duty-worker-{one.code.lower()}"
        changes = request("GET", "/v1/inbox?since={since}", stage, user).decode()
        desks.append((request("GET", "/v1/inbox/changes", stage, user), changes))
    watch = DeskWatch(
        port=stage.http_ports[0],
        desks=desks,
        places={child.full_name: place for place, child in enumerate(children)},
        seconds_max=seconds_max,
    )
    return watch_desks, watch


_CLIENTS = {"database channel": _channel, "HTTP, every desk": _desks}


@contextmanager
def _nothing() -> Iterator[None]:
    yield


# ----------------------------------------------------------------------------------- the bulk load


def _old_plans(cast: Cast, extent: Extent) -> "_Bulk":
    """A council's old plans as backfill, 500 to a report."""
    stage = cast.stage
    agency = stage.agency(LEEDS, f"bulk-{next(_numbers)}")
    now = stage.clock.now()
    ended_on = now.date() - timedelta(days=700)
    wanted = int((extent.seconds + WARM_UP_SECONDS) * BULK_EVENTS_A_SECOND_MAX)
    children = [child for child in cast.take_new(2 * wanted) if child.home == LEEDS]
    plans = [plan(child, now, ended_on=ended_on) for child in children]
    messages = agency.reports(plans, at=now, backfill=True)
    return _Bulk(stage, agency, messages, BULK_IN_HAND, 500, "backfill events/s on social_care")


def _registers(cast: Cast, extent: Extent) -> "_Bulk":
    """A vendor's school registers, all of pupils whom nobody knows."""
    stage = cast.stage
    stage.add_workers(Feed.SCHOOLS, 1)
    wanted = int((extent.seconds + WARM_UP_SECONDS) * REGISTERS_A_SECOND_MAX)
    vendor, messages = flood(stage, wanted)
    return _Bulk(
        stage, vendor, messages, REGISTERS_IN_HAND, MARKS_A_REGISTER, "marks/s in school registers"
    )


class _Bulk:
    """Reports of another feed, of which some are always in the worker's hand."""

    def __init__(  # noqa: PLR0913, PLR0917  # what is sent, how much of it at once, and its name
        self,
        stage: Stage,
        agency: Agency,
        messages: Sequence[Message],
        in_hand: int,
        events_a_report: int,
        words: str,
    ) -> None:
        self._stage = stage
        self._agency = agency
        self._messages = messages
        self._in_hand = in_hand
        self._events_a_report = events_a_report
        self._words = words
        self._stop = threading.Event()
        self.told = ""

    @contextmanager
    def running(self) -> Iterator[None]:
        """Keep that feed's worker busy meanwhile, then wait until it has what was sent."""
        thread = threading.Thread(target=self._run, daemon=True)
        with closing(Decided(self._stage, [self._agency])) as decided:
            began = time.monotonic()
            thread.start()
            try:
                yield
                done, seconds = decided.count(), time.monotonic() - began
            finally:
                self._stop.set()
                thread.join(60)
            self.told = f"{done * self._events_a_report / seconds:,.0f} {self._words}"

    def _run(self) -> None:
        with closing(Decided(self._stage, [self._agency])) as decided:
            sent = 0
            while sent < len(self._messages) and not self._stop.is_set():
                room = self._in_hand - (sent - decided.count())
                send_all(self._stage, self._messages[sent : sent + room])
                sent += max(room, 0)
                self._stop.wait(0.05)


_numbers = iter(range(1_000))
