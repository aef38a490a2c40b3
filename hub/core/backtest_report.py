"""What a backtest says, put together from its counts: by rule, week, team and day."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType

from hub.core.alert import Severity
from hub.core.backtest_counts import (
    HUB_TEAM,
    Change,
    Changes,
    Counts,
    Outcome,
    Period,
    Seen,
    Side,
    Work,
)
from hub.core.clock import london_date
from hub.core.policy import Policies
from hub.core.rule import RuleMode
from hub.core.rules import RULES


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One rule, team or week: how many alerts were told, would have been told, and what differs."""

    name: str
    title: str
    before: int
    after: int
    changes: Mapping[Change, int]
    modes: str = ""
    differences: Mapping[str, int] = field(default_factory=dict)
    busiest_before: int = 0
    busiest_after: int = 0
    """Alerts of the day on which most were raised; of a team."""

    @property
    def added(self) -> int:
        """Alerts that somebody would have been told of and was not."""
        return self.changes[Change.ADDED] + self.changes[Change.ADDED_FROM_UNTOLD]

    @property
    def removed(self) -> int:
        """Alerts that somebody was told of and would not have been."""
        return self.changes[Change.REMOVED] + self.changes[Change.REMOVED_TO_UNTOLD]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLine:
    """One day: how many alerts of each tier were told, and would have been."""

    day: date
    before: Mapping[Severity, int]
    after: Mapping[Severity, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeLine:
    """Alerts of one rule that were told in fact, by what would become of them, and what came."""

    rule: str
    title: str
    change: Change
    told: int
    seen: Mapping[Seen, int]
    outcomes: Mapping[Outcome, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestReport:
    """Everything that is shown; counts and nothing of any child."""

    tried: str
    in_force: str
    first: date
    last: date
    authority: str
    children: int
    events: int
    looks: int
    total: Line
    rules: tuple[Line, ...]
    teams: tuple[Line, ...]
    weeks: tuple[Line, ...]
    days: tuple[DayLine, ...]
    outcomes: tuple[OutcomeLine, ...]

    @property
    def days_long(self) -> int:
        """How many days the period has."""
        return (self.last - self.first).days + 1


def backtest_report(
    counts: Counts, period: Period, *, tried: Policies, in_force: Policies
) -> BacktestReport:
    """Answer the report of a period of whole days."""
    first = london_date(period.since)
    last = london_date(period.until - timedelta(microseconds=1))
    names = {rule.name: rule.title for rule in RULES}
    ruled = sorted(names.keys() | {one.rule for one in counts.changes})
    teams = sorted({one.team for one in counts.changes} | {one.team for one in counts.work})
    monday = first - timedelta(days=first.weekday())
    weeks = [monday + timedelta(days=7 * n) for n in range((last - monday).days // 7 + 1)]
    return BacktestReport(
        tried=tried.version,
        in_force=in_force.version,
        first=first,
        last=last,
        authority=team_name(tried, period.authority.reveal()) if period.authority else "",
        children=counts.children,
        events=counts.events,
        looks=counts.looks,
        total=_line(counts, "", "All"),
        rules=tuple(_of_rule(counts, tried, name, names.get(name, name)) for name in ruled),
        teams=tuple(_of_team(counts, tried, team) for team in teams),
        weeks=tuple(_of_week(counts, week) for week in weeks),
        days=_days(counts, first, last),
        outcomes=_outcomes(counts, names),
    )


def team_name(policies: Policies, code: str) -> str:
    """Answer a team as people know it."""
    if code == HUB_TEAM:
        return "The hub's own desk"
    known = (one for authority, one in policies.authorities.items() if authority.reveal() == code)
    return next((one.name for one in known), code)


def _line(  # noqa: PLR0913  # what is counted, and how it is called
    counts: Counts,
    name: str,
    title: str,
    *,
    of_change: Callable[[Changes], bool] = lambda _: True,
    of_work: Callable[[Work], bool] = lambda _: True,
    modes: str = "",
    differences: Mapping[str, int] = MappingProxyType({}),
) -> Line:
    changes: Counter[Change] = Counter()
    for change, number in counts.changes.items():
        if of_change(change):
            changes[change.change] += number
    days: Counter[tuple[Side, date]] = Counter()
    for work, number in counts.work.items():
        if of_work(work):
            days[work.side, work.day] += number
    by_side = {side: [n for (of, _), n in days.items() if of is side] for side in Side}
    return Line(
        name=name,
        title=title,
        before=sum(by_side[Side.BEFORE]),
        after=sum(by_side[Side.AFTER]),
        changes=changes,
        modes=modes,
        differences=differences,
        busiest_before=max(by_side[Side.BEFORE], default=0),
        busiest_after=max(by_side[Side.AFTER], default=0),
    )


def _of_rule(counts: Counts, tried: Policies, name: str, title: str) -> Line:
    ways = {way: n for (rule, way), n in sorted(counts.differences.items()) if rule == name}
    return _line(
        counts,
        name,
        title,
        of_change=lambda one: one.rule == name,
        of_work=lambda one: one.rule == name,
        modes=_modes(tried, name),
        differences=ways,
    )


def _modes(policies: Policies, rule: str) -> str:
    """Answer in which modes the rule is, of all policies that are tried."""
    every = policies.authorities.values() or (policies.hub,)
    modes = {policy.mode_of(rule) for policy in every}
    return " or ".join(mode.value for mode in RuleMode if mode in modes)


def _of_team(counts: Counts, tried: Policies, team: str) -> Line:
    return _line(
        counts,
        team,
        team_name(tried, team),
        of_change=lambda one: one.team == team,
        of_work=lambda one: one.team == team,
    )


def _of_week(counts: Counts, week: date) -> Line:
    after = week + timedelta(days=7)
    return _line(
        counts,
        week.isoformat(),
        week.isoformat(),
        of_change=lambda one: one.week == week,
        of_work=lambda one: week <= one.day < after,
    )


def _days(counts: Counts, first: date, last: date) -> tuple[DayLine, ...]:
    by_day: dict[tuple[Side, date], Counter[Severity]] = {}
    for work, number in counts.work.items():
        by_day.setdefault((work.side, work.day), Counter())[work.severity] += number
    none: Counter[Severity] = Counter()
    every = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return tuple(
        DayLine(
            day=day,
            before=by_day.get((Side.BEFORE, day), none),
            after=by_day.get((Side.AFTER, day), none),
        )
        for day in every
    )


def _outcomes(counts: Counts, names: Mapping[str, str]) -> tuple[OutcomeLine, ...]:
    found: dict[tuple[str, Change], tuple[Counter[Seen], Counter[Outcome]]] = {}
    for one, number in counts.yields.items():
        seen, outcomes = found.setdefault((one.rule, one.change), (Counter(), Counter()))
        seen[one.seen] += number
        outcomes[one.outcome] += number
    return tuple(
        OutcomeLine(
            rule=rule,
            title=names.get(rule, rule),
            change=change,
            told=sum(seen.values()),
            seen=seen,
            outcomes=outcomes,
        )
        for (rule, change), (seen, outcomes) in sorted(found.items())
    )


def as_plain(report: BacktestReport) -> dict[str, object]:
    """Answer the report as JSON has it."""
    return {
        "policy": report.tried,
        "policy_in_force": report.in_force,
        "first_day": report.first.isoformat(),
        "last_day": report.last.isoformat(),
        "authority": report.authority or None,
        "children": report.children,
        "events": report.events,
        "total": _plain(report.total, report.days_long),
        "rules": {one.name: _plain(one, report.days_long) for one in report.rules},
        "teams": {one.name: _plain(one, report.days_long) for one in report.teams},
        "weeks": {one.name: _plain(one, 7) for one in report.weeks},
        "days": {
            one.day.isoformat(): {"told": _tiers(one.before), "would_be_told": _tiers(one.after)}
            for one in report.days
        },
        "outcomes": [
            {
                "rule": one.rule,
                "would_be": one.change.value,
                "told": one.told,
                **{seen.value: one.seen.get(seen, 0) for seen in Seen},
                **{outcome.value: one.outcomes.get(outcome, 0) for outcome in Outcome},
            }
            for one in report.outcomes
        ],
    }


def _plain(line: Line, days: int) -> dict[str, object]:
    return {
        "title": line.title,
        **({"modes": line.modes} if line.modes else {}),
        "told": line.before,
        "would_be_told": line.after,
        "told_a_day": round(line.before / days, 2),
        "would_be_told_a_day": round(line.after / days, 2),
        "busiest_day": line.busiest_before,
        "busiest_day_would_be": line.busiest_after,
        **{change.value: line.changes.get(change, 0) for change in Change},
        **({"changed_how": dict(line.differences)} if line.differences else {}),
    }


def _tiers(counted: Mapping[Severity, int]) -> dict[str, int]:
    return {severity.value: counted.get(severity, 0) for severity in Severity}
