"""Searches by name, before any beat holds them: how much longer is a hit than a miss?

And how long a council's report on matching takes. In this process, over the real PostgreSQL, one
after another and the kinds in turn, so that whatever else the machine does falls on all of them.
Each ten are another account's: none may search often.
"""

import itertools
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from benchmark.cast import Cast
from benchmark.measures.extent import Extent
from benchmark.percentiles import latencies
from benchmark.population import Child
from benchmark.results import Row
from hub.core.answer import CheckQuestion
from hub.core.disclosure import Role
from hub.core.identifiers import GssCode, OdsCode
from hub.demo.agencies import COUNCIL_AGENCIES
from hub.service.asker import Asker
from hub.service.check import Check

SEARCHES_OF_EACH_MAX: Final = 500
AN_ACCOUNTS: Final = 10
_ALL: Final = "the same four kinds in turn"

Ask = Callable[[Child], CheckQuestion]


def measure(cast: Cast, extent: Extent) -> list[Row]:
    """Measure searches of four kinds, and one report on matching of each council."""
    each = max(1, min(SEARCHES_OF_EACH_MAX, extent.events))
    cast.stage.tell(f"searches: {each:,} of each kind")
    known = [child for child in cast.known() if child.nhs_number]
    hits, shielded = known[::2] or known, known[1::2] or known
    _shield(cast, shielded[:each])
    kinds: dict[str, tuple[Sequence[Child], Ask]] = {
        "miss": (cast.take_new(each), _whole),
        "hit": (hits, _whole),
        "shielded": (shielded[:each], _whole),
        "no given name": (hits, _without_given_name),
    }
    return [*_searched(cast, kinds, each), *(_report(cast, one.code) for one in COUNCIL_AGENCIES)]


def _shield(cast: Cast, children: Sequence[Child]) -> None:
    digests = cast.stage.hub.keys.events
    for child in children:
        ref = digests.record_ref(child.trust, f"H{child.number}")
        cast.stage.rows("UPDATE record SET shielded = true WHERE record_ref = %s RETURNING 1", ref)


def _searched(cast: Cast, kinds: dict[str, tuple[Sequence[Child], Ask]], each: int) -> list[Row]:
    check, accounts = Check(cast.stage.hub.surroundings), itertools.count()
    seconds: dict[str, list[float]] = {kind: [] for kind in kinds}
    answers: dict[str, Counter[str]] = {kind: Counter() for kind in kinds}
    for place in range(each):
        for kind, (children, ask) in kinds.items():
            child = children[place % len(children)]
            asker = _asker(child, next(accounts) // AN_ACCOUNTS)
            question = ask(child)
            began = time.monotonic()
            answer = check(asker, question)
            seconds[kind].append(time.monotonic() - began)
            answers[kind][answer.by_name.value] += 1
    return [
        Row(
            what=f"search by name, {kind}",
            load=f"{each:,} one after another, {_ALL}",
            latencies=latencies(seconds[kind]),
            remark=", ".join(f"{count:,} {said}" for said, count in answers[kind].most_common()),
        )
        for kind in kinds
    ]


def _asker(child: Child, account: int) -> Asker:
    return Asker(
        user_id=f"benchmark-{account}",
        role=Role.ED_CLINICIAN,
        organisation=child.site,
        site=OdsCode(child.site),
    )


def _whole(child: Child) -> CheckQuestion:
    return CheckQuestion(
        nhs_number=None,
        birth_date=child.birth_date,
        family_name=child.family_name,
        given_name=child.given_name,
        postcode=child.postcode,
        site=OdsCode(child.site),
    )


def _without_given_name(child: Child) -> CheckQuestion:
    return replace(_whole(child), given_name=None)


def _report(cast: Cast, council: str) -> Row:
    operator = Asker(user_id="benchmark", role=Role.HUB_OPERATOR, organisation="HUB")
    began, used = time.monotonic(), time.process_time()
    gone_through = 0

    def progress(done: int, _: int) -> None:
        nonlocal gone_through
        gone_through = done

    made = cast.stage.hub.match_reporting.make(operator, GssCode(council), progress)
    seconds, used = time.monotonic() - began, time.process_time() - used
    others = sum(one.records for one in made.report.others)
    return Row(
        what="report on matching",
        load=f"{council}: {gone_through:,} records gone through",
        per_second=f"{gone_through / seconds:,.0f} records",
        remark=f"{seconds:.1f} s, {used:.1f} s of this process's CPU; {made.report.own.records:,}"
        f" own records and {others:,} of others counted",
    )
