"""Checks at a steady rate, each timed from the moment it was to be asked.

Measured at the client: what the server needs, and the way there and back. Each answer has its
audit row committed before it leaves; the rows are counted afterwards.
"""

import json
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import cycle

from benchmark.cast import Cast
from benchmark.measures.extent import WARM_UP_SECONDS, Extent
from benchmark.partner import Partner
from benchmark.percentiles import latencies
from benchmark.population import Child
from benchmark.requests import Asked, Exchange, ask_in_time, request
from benchmark.results import Row

CLIENT_PROCESSES = 2
CONNECTIONS_A_CLIENT = 16
GIVE_UP_SECONDS = 30.0
QUESTIONS = 1_000
AT_ONCE_MAX = 1_000
ALL_AT_ONCE = 1_000_000.0
"""Requests a second that nobody can answer: a burst."""

OK = 200
CLINICIAN = "clinician-rae01"
GOAL = "goal: p99 20 ms on the server"
"""Design section 6, at 300 checks a second."""


def measure(cast: Cast, extent: Extent) -> list[Row]:
    """Measure checks at the rate asked for, then as many as the server answers.

    One in ten is of a child on a plan, four of children a hospital knows, five of nobody known.
    """
    stage = cast.stage
    bodies = [request("POST", "/v1/checks", stage, CLINICIAN, body) for body in _questions(cast)]
    stage.tell(f"checks: {extent.checks_a_second} a second for {extent.seconds:.0f} s")
    steady = _steady(cast, extent, bodies)
    burst = min(AT_ONCE_MAX, extent.events)
    stage.tell(f"checks: {burst:,} at once")
    return [steady, _at_once(cast, bodies, burst)]


def _steady(cast: Cast, extent: Extent, bodies: Sequence[bytes]) -> Row:
    per_client = extent.checks_a_second / CLIENT_PROCESSES
    count = int((extent.seconds + WARM_UP_SECONDS) * per_client)
    began_at, used = datetime.now(UTC), cast.stage.processor_time()
    found = _ask(cast.stage.http_ports, bodies, per_client, count)
    audited = cast.stage.ask(
        "SELECT count(*) FROM audit_leaf WHERE action = 'check' AND at >= %s", began_at
    )
    counted = [one for one in found if one.place >= WARM_UP_SECONDS * per_client]
    good = [one for one in counted if one.status == OK]
    answered = sum(one.status == OK for one in found)
    return Row(
        what="check, at the client",
        load=f"{extent.checks_a_second}/s for {extent.seconds:.0f} s, open loop,"
        f" {CLIENT_PROCESSES} clients{_servers(cast)}",
        per_second=f"{_rate(good):,.0f} answers",
        latencies=latencies(one.seconds for one in good),
        remark=f"{_failed(counted)}; {_answers(good)};"
        f" {audited:,} audit rows for {answered:,} answers;"
        f" {used.each(answered, 'an answer')}; {GOAL}",
    )


def _at_once(cast: Cast, bodies: Sequence[bytes], burst: int) -> Row:
    count = burst // CLIENT_PROCESSES
    found = _ask(cast.stage.http_ports, bodies, ALL_AT_ONCE, count)
    good = [one for one in found if one.status == OK]
    return Row(
        what="check, at the client",
        load=f"{len(found):,} at once over {CLIENT_PROCESSES * CONNECTIONS_A_CLIENT} connections"
        + _servers(cast),
        per_second=f"{_rate(good):,.0f} answers",
        remark=f"{_failed(found)}; what the server can do",
    )


def _servers(cast: Cast) -> str:
    count = len(cast.stage.http_ports)
    return f", {count} server processes" if count > 1 else ""


def _rate(answered: Sequence[Asked]) -> float:
    """Answer how many a second, from the first question to the last answer."""
    if not answered:
        return 0.0
    ended = max(one.intended + one.seconds for one in answered)
    return len(answered) / (ended - min(one.intended for one in answered))


def _questions(cast: Cast) -> list[dict[str, str]]:
    """Answer what is asked: of each ten, one on a plan, four known to a hospital, five unknown."""
    on_plan = iter(cast.take_on_plans(QUESTIONS // 10))
    known = cycle(child for child in cast.known() if child.nhs_number)
    unknown = iter(cast.take_new(QUESTIONS // 2))
    ten = (on_plan, unknown, known, unknown, known, unknown, known, unknown, known, unknown)
    return [_question(next(ten[place % 10])) for place in range(QUESTIONS)]


def _question(child: Child) -> dict[str, str]:
    number = {"nhs_number": child.nhs_number.reveal()} if child.nhs_number else {}
    return {
        **number,
        "birth_date": child.birth_date.isoformat(),
        "family_name": child.family_name,
        "given_name": child.given_name,
        "postcode": child.postcode.reveal(),
    }


def _ask(
    ports: Sequence[int], bodies: Sequence[bytes], per_second: float, count: int
) -> list[Asked]:
    """Have the client processes ask at once, every other question each."""
    with ExitStack() as stack:
        clients = []
        for number in range(CLIENT_PROCESSES):
            exchange = Exchange(
                port=ports[number % len(ports)],
                requests=list(bodies[number::CLIENT_PROCESSES]),
                count=count,
                a_second=per_second,
                connections=CONNECTIONS_A_CLIENT,
                give_up_seconds=GIVE_UP_SECONDS,
            )
            clients.append(stack.enter_context(Partner(ask_in_time, exchange)))
        for client in clients:
            client.await_ready()
        begin = time.monotonic() + 0.2
        for number, client in enumerate(clients):
            client.tell(begin + number / per_second / CLIENT_PROCESSES)
        patience = count / per_second + GIVE_UP_SECONDS + 30.0
        return [one for client in clients for one in client.hear(patience)]


def _failed(asked: Sequence[Asked]) -> str:
    """Answer how many failed, and with which status; 0 is no answer in time."""
    statuses = Counter(one.status for one in asked if one.status != OK)
    told = ", ".join(f"{count:,} with {status}" for status, count in sorted(statuses.items()))
    return f"{statuses.total():,} of {len(asked):,} failed{f' ({told})' if told else ''}"


def _answers(good: Sequence[Asked]) -> str:
    said = Counter(json.loads(one.body)["plan"]["answer"] for one in good)
    return ", ".join(f"{count:,} {answer}" for answer, count in said.most_common()) or "no answer"
