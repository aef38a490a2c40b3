"""``hub rules yield`` and ``hub rules shadow``: what alerts came to, and what nobody was told."""

import getpass
import json
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from rich.console import Console
from rich.table import Column, Table

from hub.core.clock import LONDON, london_date
from hub.core.disclosure import Role
from hub.core.identifiers import GssCode
from hub.core.rule_yield import USUAL_DAYS, By, YieldLine
from hub.errors import ConfigurationError, InvalidIdentifier
from hub.service.asker import Asker
from hub.service.rule_yielding import RuleYielding, YieldReport
from hub.settings import load_settings

if TYPE_CHECKING:
    from hub.bootstrap import Hub
_Authority = Annotated[str, typer.Option("--authority", help="One authority, by its GSS code.")]
_Since = Annotated[
    datetime | None,
    typer.Option("--since", formats=["%Y-%m-%d"], help=f"The first day; else {USUAL_DAYS} back."),
]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Answer = TypeVar("Answer")


def show_yield(*, authority: _Authority = "", since: _Since = None, in_json: _Json = False) -> None:
    """Count each rule's alerts: seen in time, led to action, not useful; by source, age and sex.

    Counts alone; small ones may tell of a child, so it is for the authority and the hub. Birth
    dates and sex are unsealed to be counted, and the count is audited.
    """
    operator = Asker(
        user_id=f"command line, {getpass.getuser()}", role=Role.HUB_OPERATOR, organisation="HUB"
    )
    code = _code(authority)
    report = _asked(since, lambda counting, first: counting.report(operator, first, code))
    if in_json:
        typer.echo(json.dumps(_as_json(report), ensure_ascii=False))
        return
    console = Console()
    console.print(f"Alerts raised since {report.since:%Y-%m-%d}.")
    console.print(_table(report.lines))
    for flag in report.flags:
        console.print(f"LOOK AT {flag.rule}: {flag.sentence}.")
    for rule, count in report.untold.items():
        console.print(f"{rule}: {count:,} more were recorded and told to nobody.")


def show_shadow(
    *, authority: _Authority = "", since: _Since = None, in_json: _Json = False
) -> None:
    """Count what rules in shadow recorded, by authority and week: what they would have told."""
    code = _code(authority)
    found = _asked(since, lambda counting, first: counting.shadowed(first, code))
    rows = [(*key, count) for key, count in sorted(found.items())]
    if in_json:
        told = [
            {"rule": rule, "team": team, "week": week.isoformat(), "alerts": count}
            for rule, team, week, count in rows
        ]
        typer.echo(json.dumps(told))
        return
    table = Table(Column("Rule in shadow", no_wrap=True), "Team", "Week from", "Would have told")
    for rule, team, week, count in rows:
        table.add_row(rule, team, week.isoformat(), f"{count:,}")
    Console().print(table if rows else "No rule in shadow recorded anything that is news.")


def _asked(since: datetime | None, ask: Callable[[RuleYielding, datetime], Answer]) -> Answer:
    from hub.bootstrap import Hub  # noqa: PLC0415  # keeps --help fast

    hub = Hub(load_settings())
    with closing(hub):
        return ask(hub.rule_yielding, _first(hub, since))


def _first(hub: "Hub", since: datetime | None) -> datetime:
    day = since.date() if since else london_date(hub.clock.now()) - timedelta(days=USUAL_DAYS)
    return datetime.combine(day, time(0, tzinfo=LONDON))


def _code(authority: str) -> GssCode | None:
    try:
        return GssCode(authority) if authority else None
    except InvalidIdentifier as error:
        raise ConfigurationError(f"--authority: {error}") from None


def _table(lines: Iterable[YieldLine]) -> Table:
    table = Table(Column("Rule", no_wrap=True), Column("By", overflow="fold", min_width=9))
    for name in ("told", "in time", "decided", "led to action", "of decided", "not useful"):
        table.add_column(name, justify="right")
    for one in lines:
        share = "" if one.action_share is None else f"{one.action_share:.0%}"
        counted = (one.told, one.in_time, one.decided, one.action)
        table.add_row(
            one.rule if one.by is By.ALL else "",
            one.value or "all",
            *(f"{number:,}" for number in counted),
            share,
            f"{one.not_useful:,}",
        )
    return table


def _as_json(report: YieldReport) -> dict[str, object]:
    return {
        "since": report.since.isoformat(),
        "authority": report.authority.reveal() if report.authority else None,
        "rules": [
            {
                "rule": one.rule,
                "by": one.by.value,
                "value": one.value,
                "told": one.told,
                "in_time": one.in_time,
                "decided": one.decided,
                "action": one.action,
                "not_useful": one.not_useful,
            }
            for one in report.lines
        ],
        "recorded_and_told_to_nobody": report.untold,
        "flags": [
            {"rule": one.rule, "kind": one.kind.value, "why": one.sentence} for one in report.flags
        ],
    }
