"""Can a hit be told from a miss by its time? Searches by name over HTTP, asked in turn.

Two servers over one index of children whose names are as common as in life: one answers at once,
the other on its beat. One question after the other, a round of all kinds and servers in another
order each time, so that whatever else the machine does falls on all of them. Beside them checks
with an NHS number, which wait for nothing.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import sqrt
from random import Random
from typing import Final

from benchmark.cast import Cast
from benchmark.index_load import AGENCY, load_index, people
from benchmark.lifelike import NEW_FROM, Case, Lifelike
from benchmark.measures.extent import Extent
from benchmark.percentiles import latencies
from benchmark.population import Child
from benchmark.requests import Connection, request
from benchmark.results import Row
from benchmark.stage import Stage
from hub.api.users import Role
from hub.core.event import Subject

FIRST: Final = 1_000_000
"""The children of this measure are of these numbers on, none of which any other measure has."""

EACH_MAX: Final = 500
WARM_UP: Final = 5
CLINICIAN: Final = f"{Role.CLINICIAN.value}-rae01"
OK: Final = 200

MISS, HIT = "miss", "hit"
NUMBER_MISS, NUMBER_HIT = "number and birth date, miss", "number and birth date, hit"
AGAINST: Final[Mapping[str, str]] = {
    HIT: MISS,
    "the commonest names": MISS,
    "no given name": MISS,
    "shielded": MISS,
    NUMBER_HIT: NUMBER_MISS,
}
"""Whose times are held against whose."""

_FREE_THE_ACCOUNT: Final = (
    "UPDATE audit_leaf SET actor = 'benchmark' WHERE actor = %s AND action = 'search by name'"
    " RETURNING 1"
)
"""One account may search 20 times in ten minutes: what was searched counts as somebody else's."""

Body = Mapping[str, str | None]
Ask = Callable[[int], Body]


@dataclass(slots=True)
class Answered:
    """The times of one kind at one server, and what was said."""

    seconds: list[float] = field(default_factory=list)
    said: Counter[str] = field(default_factory=Counter)


def measure(cast: Cast, extent: Extent) -> list[Row]:
    """Load children, start both servers, and ask both of each kind in turn."""
    stage, each = cast.stage, max(1, min(EACH_MAX, extent.events))
    now = stage.clock.now()
    rate = load_index(stage.settings, extent.index, now, stage.tell, first=FIRST)
    _shield(stage, each, extent.index)
    stage.analyze()
    kinds = _kinds(cast, extent.index, now)
    servers = {
        "at once": stage.serve_beside(HUB_SEARCH_BEAT_MILLISECONDS="0"),
        "on the beat": stage.serve_beside(),
    }
    stage.tell(f"search-timing: {each:,} of each kind, {len(kinds)} kinds, both servers in turn")
    found = asyncio.run(_asked(stage, servers, kinds, each))
    load = f"{each:,} one after another, all in turn; {extent.index:,} children"
    loaded = Row(
        what="index loaded for search-timing",
        load=f"{extent.index:,} children, names as common as in life",
        per_second=f"{rate:,.0f} children",
    )
    return [loaded, *_rows(found, load)]


def told_apart(ones: Sequence[float], others: Sequence[float]) -> float:
    """Answer how often one of the first took longer than one of the others: the area under ROC.

    0.5 means that the times tell nothing, 1 that every one of the first took longer. Equal times
    count for half.
    """
    ranked = sorted([(one, True) for one in ones] + [(other, False) for other in others])
    below, place, wins = 0, 0, 0.0
    while place < len(ranked):
        end = place
        while end < len(ranked) and ranked[end][0] == ranked[place][0]:
            end += 1
        tied = [is_one for _, is_one in ranked[place:end]]
        wins += sum(tied) * (below + (len(tied) - sum(tied)) / 2)
        below += len(tied) - sum(tied)
        place = end
    return wins / (len(ones) * len(others))


def by_chance(ones: int, others: int) -> float:
    """Answer how far from 0.5 so many times lie that tell nothing, in 19 of 20 measurements."""
    return 1.96 * sqrt((ones + others + 1) / (12 * ones * others))


def _kinds(cast: Cast, children: int, now: datetime) -> dict[str, Ask]:
    """Answer what is asked, by kind; every other child of the index is left for being shielded."""
    known = people(now)
    numbered = [child for child in cast.known() if child.nhs_number]
    newcomers = cast.take_new(EACH_MAX)

    return {
        MISS: lambda place: _named(known.child(NEW_FROM + place)),
        HIT: lambda place: _named(_of_index(known, 2 * place, children)),
        "the commonest names": lambda place: _commonest_names(known, place, children),
        "no given name": lambda place: {
            **_named(_of_index(known, 2 * place, children)),
            "given_name": None,
        },
        "shielded": lambda place: _named(_of_index(known, 2 * place + 1, children)),
        NUMBER_MISS: lambda place: _numbered(newcomers[place % len(newcomers)]),
        NUMBER_HIT: lambda place: _numbered(numbered[place % len(numbered)]),
    }


def _number(place: int, children: int) -> int:
    """Answer the number of a child of the index; even places have even numbers, however often."""
    return FIRST + place % max(2, children - children % 2)


def _of_index(known: Lifelike, place: int, children: int) -> Subject:
    return known.child(_number(place, children))


def _commonest_names(known: Lifelike, place: int, children: int) -> Body:
    """Answer a question with the commonest names, and day and home of a child of the index."""
    child = _of_index(known, 2 * place, children)
    common = known.told(Case.HARD, FIRST + place, place)
    names = ("family_name", "given_name")
    return {**_named(child), **{name: _named(common)[name] for name in names}}


def _numbered(child: Child) -> Body:
    number = child.nhs_number.reveal() if child.nhs_number else None
    return {"nhs_number": number, "birth_date": child.birth_date.isoformat()}


def _named(child: Subject) -> Body:
    return {
        "nhs_number": None,
        "birth_date": child.birth_date.isoformat() if child.birth_date else None,
        "family_name": child.family_name,
        "given_name": " ".join(child.given_names or ()),
        "postcode": child.postcode.reveal() if child.postcode else None,
    }


def _shield(stage: Stage, each: int, children: int) -> None:
    """Shield as many children of the index as are asked for."""
    digests = stage.hub.keys.events
    numbers = {_number(2 * place + 1, children) for place in range(each)}
    refs = [digests.record_ref(AGENCY, f"L{number}") for number in sorted(numbers)]
    stage.rows("UPDATE record SET shielded = true WHERE record_ref = ANY(%s) RETURNING 1", refs)


async def _asked(
    stage: Stage, servers: Mapping[str, int], kinds: Mapping[str, Ask], each: int
) -> dict[tuple[str, str], Answered]:
    connections = {name: Connection(port) for name, port in servers.items()}
    found = {(kind, name): Answered() for kind in kinds for name in servers}
    luck = Random(each)  # in one order, a kind would always follow the same other
    try:
        for place in range(-WARM_UP, each):
            stage.rows(_FREE_THE_ACCOUNT, CLINICIAN)
            turns = list(found.items())
            luck.shuffle(turns)
            for (kind, name), answered in turns:
                content = request("POST", "/v1/checks", stage, CLINICIAN, kinds[kind](abs(place)))
                began = time.monotonic()
                status, body = await connections[name].ask(content)
                seconds = time.monotonic() - began
                if status != OK:
                    raise ValueError(f"search-timing: a check of {kind} answered {status}.")
                if place >= 0:
                    answered.seconds.append(seconds)
                    answered.said[json.loads(body)["by_name"]["answer"]] += 1
    finally:
        for connection in connections.values():
            connection.close()
    return found


def _rows(found: Mapping[tuple[str, str], Answered], load: str) -> Iterator[Row]:
    for (kind, server), answered in sorted(found.items(), key=lambda one: one[0][1]):
        against = AGAINST.get(kind)
        said = ", ".join(f"{count:,} {what}" for what, count in answered.said.most_common())
        apart = ""
        if against:
            others = found[against, server].seconds
            area = told_apart(answered.seconds, others)
            chance = by_chance(len(answered.seconds), len(others))
            apart = f"; told from {against} by time: {area:.3f} (by chance 0.5 ± {chance:.3f})"
        yield Row(
            what=f"search over HTTP, {server}: {kind}",
            load=load,
            latencies=latencies(answered.seconds),
            remark=f"{said}{apart}",
        )
