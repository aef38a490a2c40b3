"""What the page on rules shows a manager: what each rule's alerts came to, small numbers hidden."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from hub.core.event import Sex
from hub.core.match_rows import FEW
from hub.core.policy import LocalAuthorityPolicy
from hub.core.rule import Rule, RuleMode
from hub.core.rule_flags import weekly
from hub.core.rule_yield import PERIODS_DAYS, AgeBand, By
from hub.core.rule_yield_shown import LineShown, lines_shown, told_number
from hub.core.rules import RULES
from hub.service.rule_yielding import YieldReport

COLUMNS: Final = ("Told", "Acknowledged in time", "Decided", "Led to action", "Not useful")
"""What the cells of a line are, in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleShown:
    """One rule."""

    name: str
    title: str
    mode: str
    owner: str
    flags: tuple[str, ...]
    whole: LineShown | None
    """All of its alerts; ``None`` if none was told."""
    parts: tuple[LineShown, ...]
    """Those by source, age and sex."""
    untold: str
    """How many were recorded and told to nobody; empty for none."""
    weekly: str
    """Alerts a week for every 1,000 children; empty where that is not known."""
    ceiling: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesView:
    """The page; before anything was counted it has no ``made_at``."""

    days: int
    periods: tuple[int, ...] = PERIODS_DAYS
    since: datetime | None = None
    made_at: datetime | None = None
    rules: tuple[RuleShown, ...] = ()
    children: int | None = None

    @property
    def flagged(self) -> tuple[RuleShown, ...]:
        """Rules that are to be looked at."""
        return tuple(one for one in self.rules if one.flags)

    @property
    def told(self) -> tuple[RuleShown, ...]:
        """Rules of which somebody was told something."""
        return tuple(one for one in self.rules if one.whole)

    @property
    def silent(self) -> tuple[RuleShown, ...]:
        """The others."""
        return tuple(one for one in self.rules if not one.whole)


def rules_view(report: YieldReport | None, policy: LocalAuthorityPolicy, days: int) -> RulesView:
    """Answer the page of what was counted of an authority's alerts."""
    if report is None:
        return RulesView(days=days)
    return RulesView(
        days=days,
        since=report.since,
        made_at=report.made_at,
        rules=tuple(_rule(rule, report, policy) for rule in RULES),
        children=policy.floor.children,
    )


def _rule(rule: Rule[Any], report: YieldReport, policy: LocalAuthorityPolicy) -> RuleShown:
    lines = [
        _named(one, policy) for one in lines_shown(o for o in report.lines if o.rule == rule.name)
    ]
    told = sum(o.told for o in report.lines if o.rule == rule.name and o.by is By.ALL)
    days = (report.made_at - report.since).total_seconds() / 86_400
    children = policy.floor.children
    known = children and told >= FEW
    return RuleShown(
        name=rule.name,
        title=rule.title,
        mode=_mode(rule, policy),
        owner=rule.owner,
        flags=tuple(one.sentence for one in report.flags if one.rule == rule.name),
        whole=next((one for one in lines if one.by is By.ALL), None),
        parts=tuple(one for one in lines if one.by is not By.ALL),
        untold=_small(report.untold.get(rule.name, 0)),
        weekly=f"{weekly(told, days, children):.2g}" if children and known else "",
        ceiling=f"{rule.ceiling:g}",
    )


def _named(line: LineShown, policy: LocalAuthorityPolicy) -> LineShown:
    """Answer a line with what it is called: a source by its name, where the policy names it."""
    if line.by is By.SOURCE:
        source = policy.sources.get(line.value)
        return replace(line, value=source.name if source else line.value)
    return replace(line, value=_VALUES.get(line.value, f"Aged {line.value}"))


_VALUES: Final = {
    "": "",
    AgeBand.UNDER_1.value: "Under 1",
    AgeBand.NOT_KNOWN.value: "Age not known",
    Sex.UNKNOWN.value: "Sex not known",
    Sex.NOT_SPECIFIED.value: "Sex not specified",
    Sex.FEMALE.value: "Female",
    Sex.MALE.value: "Male",
}


def _mode(rule: Rule[Any], policy: LocalAuthorityPolicy) -> str:
    mode = policy.mode_of(rule.name)
    if mode is not RuleMode.OFF and not policy.reads(rule):
        return "Off: it may not read what it needs"
    return _MODES[mode]


_MODES: Final = {
    RuleMode.LIVE: "Live",
    RuleMode.SHADOW: "In shadow: recorded, told to nobody",
    RuleMode.OFF: "Off",
}


def _small(number: int) -> str:
    if not number:
        return ""
    return told_number(number)
