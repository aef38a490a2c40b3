"""A backtest as people see it: a table on the terminal, and one page with plots."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from rich.table import Column, Table

from hub.api.times import day
from hub.commands.papers import paper
from hub.commands.plots import Pair, bar_rows, paired_bars
from hub.core.alert import Severity
from hub.core.backtest_counts import WORDS, Change, Outcome, Seen
from hub.core.backtest_report import BacktestReport, Line


def table(report: BacktestReport) -> Iterable[Table]:
    """Yield the tables of rules, of teams and of weeks."""
    yield _lines("Rule", report.rules, report.total)
    yield _lines("Team", report.teams)
    yield _lines("Week from", report.weeks)
    if report.outcomes:
        yield _outcomes(report)


def summary(report: BacktestReport) -> Iterable[str]:
    """Yield what a terminal is told before the tables."""
    whose = report.authority or "every authority"
    yield f"{report.first} to {report.last}, alerts of {whose}: {report.tried} tried,"
    yield f"{report.in_force} in force. {report.children:,} children, {report.events:,} events."
    yield "For the authority and the hub: counts this small may tell of a child."


def _lines(first: str, some: Sequence[Line], total: Line | None = None) -> Table:
    found = Table(Column(first, overflow="fold"))
    for name in ("told", "would be", "same", "changed", "added", "removed", "recorded only"):
        found.add_column(name, justify="right", overflow="fold")
    for one in (*some, *([total] if total else [])):
        counted = (
            *(one.before, one.after, one.changes[Change.SAME], one.changes[Change.CHANGED]),
            *(one.added, one.removed, one.changes[Change.UNTOLD]),
        )
        name = f"{one.name} ({one.modes})" if one.modes else one.title
        found.add_row(name, *(f"{number:,}" for number in counted))
    return found


def _outcomes(report: BacktestReport) -> Table:
    """What came of what was told; only outcomes that occurred, in words, for a narrow terminal."""
    found = Table(Column("Alerts that were told", no_wrap=True), "would be")
    for name in ("told", WORDS[Seen.IN_TIME]):
        found.add_column(name, justify="right")
    found.add_column("and then", overflow="fold")
    for one in report.outcomes:
        numbers = [one.told, one.seen.get(Seen.IN_TIME, 0)]
        came = [(one.outcomes.get(outcome, 0), WORDS[outcome]) for outcome in Outcome]
        then = ", ".join(f"{count:,} {words}" for count, words in came if count)
        found.add_row(one.rule, WORDS[one.change], *(f"{number:,}" for number in numbers), then)
    return found


def page(report: BacktestReport, read_at: datetime) -> str:
    """Answer the page."""
    weeks = [replace(one, title=day(date.fromisoformat(one.name))) for one in report.weeks]
    return paper(
        "backtest.html",
        report=report,
        read_at=f"read on {read_at:%-d %B %Y at %H:%M} UTC",
        week_lines=weeks,
        weekly=paired_bars(
            "Alerts by week", _TOLD, [_pair(_short(one), one) for one in report.weeks], number=1
        ),
        ruled=bar_rows(
            "Alerts by rule", _TOLD, [_pair(_rule(o), o) for o in report.rules], number=2
        ),
        daily=bar_rows(
            "Alerts by team", _TOLD, [_pair(o.title, o) for o in report.teams], number=3
        ),
        Change=Change,
        Outcome=Outcome,
        Seen=Seen,
        Severity=Severity,
        WORDS=WORDS,
    )


_TOLD: Final = (
    "Bars of the alerts that were told beside those that would be; the table has the numbers."
)


def _pair(label: str, line: Line) -> Pair:
    return Pair(label=label, before=line.before, after=line.after)


def _short(line: Line) -> str:
    week = date.fromisoformat(line.name)
    return f"{week.day} {week:%b}"


def _rule(line: Line) -> str:
    return line.name.replace("_", " ")
