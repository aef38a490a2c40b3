"""Counts what the alerts of each rule came to, for the rules' owners."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from hub.core.backtest_counts import outcome_of, seen_in, team_of, week_of
from hub.core.clock import london_date
from hub.core.identifiers import GssCode
from hub.core.policy import Policies
from hub.core.rule import RuleMode
from hub.core.rule_yield import YieldCounts, YieldLine, band_of, flags_of, yield_lines
from hub.core.rules import RULES
from hub.ports.rule_yields import RuleYields
from hub.service.asker import Asker, Surroundings, audit_row


@dataclass(frozen=True, slots=True, kw_only=True)
class YieldReport:
    """What was counted, since when, and which rules their owners are to look at."""

    since: datetime
    made_at: datetime
    authority: GssCode | None
    lines: tuple[YieldLine, ...]
    untold: dict[str, int]
    flags: dict[str, tuple[str, ...]]


class Shadowed(NamedTuple):
    """What is counted of rules in shadow: one alert under each."""

    rule: str
    team: str
    week: date


class RuleYielding:
    """The use case. It goes through every alert of the time asked for: never while a page waits."""

    def __init__(self, around: Surroundings, yields: RuleYields) -> None:
        self._around = around
        self._yields = yields

    def report(self, asker: Asker, since: datetime, authority: GssCode | None) -> YieldReport:
        """Count the alerts of an authority, or of all, raised since an instant.

        Raises:
            HubError: they could not be read or audited; nothing may be shown then.
        """
        now = self._around.clock.now()
        counts = self._counted(self._around.policies, since, authority)
        lines = yield_lines(counts)
        floors = {rule.name: self._around.policies.of(authority).floor for rule in RULES}
        report = YieldReport(
            since=since,
            made_at=now,
            authority=authority,
            lines=lines,
            untold=dict(sorted(counts.untold.items())),
            flags=dict(flags_of(RULES, lines, floors, london_date(now))),
        )
        self._audit(asker, authority)
        return report

    def shadowed(self, since: datetime, authority: GssCode | None) -> Counter[Shadowed]:
        """Count what rules in shadow recorded since an instant, and would have told if live.

        Left out is what would not have been told either: from before a source was live.

        Raises:
            HubError: they could not be read.
        """
        found: Counter[Shadowed] = Counter()
        for row in self._yields.raised(since, _code(authority), people=False):
            mode = self._around.policies.of(row.owner).mode_of(row.rule)
            if mode is RuleMode.SHADOW and row.news and not row.told:
                found[Shadowed(row.rule, team_of(row.owner), week_of(row.raised_at))] += 1
        return found

    def _counted(
        self, policies: Policies, since: datetime, authority: GssCode | None
    ) -> YieldCounts:
        counts = YieldCounts()
        for row in self._yields.raised(since, _code(authority), people=True):
            if not row.told:
                counts.untold[row.rule] += 1
                continue
            due_at = policies.of(row.owner).due_at(row.severity, row.raised_at)
            counts.add(
                rule=row.rule,
                sources=row.sources,
                band=band_of(row.born, london_date(row.raised_at)),
                sex=row.sex,
                seen=seen_in(row.acknowledged_at, due_at),
                outcome=outcome_of(row.outcome),
            )
        return counts

    def _audit(self, asker: Asker, authority: GssCode | None) -> None:
        around = self._around
        row = audit_row(
            around.new_id(),
            asker,
            at=around.clock.now(),
            action="count rule yield",
            subjects=(),
            outcome=f"counts of {authority.reveal() if authority else 'every authority'}",
            fields=("birth_date", "sex"),
            policies=around.policies,
        )
        with around.questions.question() as asking:
            asking.write_audit(row)


def _code(authority: GssCode | None) -> str | None:
    return authority.reveal() if authority else None
