"""`hub backtest`: what another policy would have raised, against what was raised."""

import json
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Self

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from hub.adapters.stop_signals import stop_asked
from hub.commands.backtest_counting import Wanted, counted, tried_policies
from hub.commands.backtest_shown import page, summary, table
from hub.commands.papers import refuse_unwritable, write_paper
from hub.core.backtest_counts import Counts
from hub.core.backtest_report import BacktestReport, as_plain, backtest_report
from hub.core.clock import LONDON, london_date
from hub.core.codec_leaves import YEAR_MIN
from hub.core.identifiers import GssCode
from hub.errors import ConfigurationError, InvalidIdentifier
from hub.settings import load_settings

_DAYS = ("%Y-%m-%d",)


def backtest(  # noqa: PLR0913  # a command's options, all by name
    *,
    policy: Annotated[
        Path,
        typer.Option(
            "--policy",
            exists=True,
            help="A directory of policy files, or one file in place of the one in force.",
        ),
    ],
    since: Annotated[
        datetime, typer.Option("--since", formats=list(_DAYS), help="The first day that counts.")
    ],
    until: Annotated[
        datetime | None,
        typer.Option("--until", formats=list(_DAYS), help="The last day that counts; today."),
    ] = None,
    authority: Annotated[
        str, typer.Option("--authority", help="Alerts of this authority alone, by its GSS code.")
    ] = "",
    in_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write the report as a page with plots.")
    ] = None,
) -> None:
    """Replay what is recorded under another policy, and compare with what was raised.

    Every event counts from when the hub took it in. Nothing is written to the database and nobody
    is told. The report holds counts alone; small ones may tell of a child, so it is for the
    authority and the hub.
    """
    from hub.bootstrap import SystemClock  # noqa: PLC0415  # keeps --help fast

    now = SystemClock().now()
    wanted = _wanted(policy, since.date(), until.date() if until else None, authority, now)
    if html is not None:
        refuse_unwritable(html)
    report = _replayed(wanted)
    _show(report, now, html, in_json=in_json)


def _show(report: BacktestReport, now: datetime, html: Path | None, *, in_json: bool) -> None:
    if html is not None:
        write_paper(html, page(report, now))
    if in_json:
        typer.echo(json.dumps(as_plain(report), ensure_ascii=False))
        return
    console = Console()
    for line in summary(report):
        console.print(line)
    for one in table(report):
        console.print(one)


def _replayed(wanted: Wanted) -> BacktestReport:
    from hub.adapters.policy_files import load_policies  # noqa: PLC0415  # keeps --help fast

    tried, in_force = tried_policies(wanted), load_policies(wanted.settings.policies)
    with stop_asked() as asked, _Bar() as bar:
        counts = counted(wanted, asked, bar.show)
    return backtest_report(counts, wanted.period, tried=tried, in_force=in_force)


def _wanted(policy: Path, first: date, last: date | None, authority: str, now: datetime) -> Wanted:
    today = london_date(now)
    last = last or today
    if not date(YEAR_MIN, 1, 1) <= first <= today:
        raise ConfigurationError(f"--since: a day from {YEAR_MIN} to today was expected.")
    if not first <= last <= today:
        raise ConfigurationError("--until: a day from --since to today was expected.")
    try:
        code = GssCode(authority).reveal() if authority else ""
    except InvalidIdentifier as error:
        raise ConfigurationError(str(error)) from None
    midnight = time(0, tzinfo=LONDON)
    return Wanted(
        settings=load_settings(),
        tried=policy,
        since=datetime.combine(first, midnight),
        until=datetime.combine(last + timedelta(days=1), midnight),
        authority=code,
        now=now,
    )


class _Bar:
    """Shows on standard error how far it is; where that is no terminal, a line now and then."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._told = 0
        self._progress = Progress(
            *(TextColumn("children"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()),
            TextColumn("{task.fields[counted]}"),
            console=Console(stderr=True),
            transient=True,
            disable=not self._terminal,
        )
        self._task = self._progress.add_task("", total=None, counted="")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def show(self, done: int, total: int, counts: Counts) -> None:
        """Show that so many of so many parts are counted."""
        so_far = f"{counts.children:,} children, {counts.events:,} events"
        self._progress.update(self._task, completed=done, total=total, counted=so_far)
        tenth = 10 * done // total
        if not self._terminal and tenth > self._told:
            self._told = tenth
            typer.echo(f"{tenth * 10} %: {so_far}", err=True)
