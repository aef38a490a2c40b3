"""Counts what the alerts of each rule came to, for the rules' owners."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from hub.core.backtest_counts import outcome_of, seen_in, team_of, week_of
from hub.core.clock import london_date
from hub.core.identifiers import GssCode
from hub.core.policy import LocalAuthorityPolicy
from hub.core.rule import RuleMode
from hub.core.rule_flags import Flag, flags_of
from hub.core.rule_yield import YieldCounts, YieldLine, band_of, yield_lines
from hub.core.rules import RULES
from hub.ports.rule_yields import RuleYields, YieldRow
from hub.service.asker import Asker, Surroundings, audit_row


@dataclass(frozen=True, slots=True, kw_only=True)
class YieldReport:
    """What was counted, since when, and which rules their owners are to look at."""

    since: datetime
    made_at: datetime
    authority: GssCode | None
    lines: tuple[YieldLine, ...]
    untold: dict[str, int]
    flags: tuple[Flag, ...]


def report_of(
    since: datetime,
    made_at: datetime,
    authority: GssCode | None,
    policy: LocalAuthorityPolicy,
    counted: tuple[tuple[YieldLine, ...], Mapping[str, int]],
) -> YieldReport:
    """Answer a report of what was counted, with which rules are to be looked at by a policy.

    Of an authority only rules that it has not turned off are; without one all are.
    """
    lines, untold = counted
    rules = [one for one in RULES if authority is None or policy.reads(one)]
    days = (made_at - since) / timedelta(days=1)
    return YieldReport(
        since=since,
        made_at=made_at,
        authority=authority,
        lines=lines,
        untold=dict(sorted(untold.items())),
        flags=flags_of(rules, lines, policy.floor, days=days, today=london_date(made_at)),
    )


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
        (report,) = self.reports(asker, (since,), authority)
        return report

    def reports(
        self, asker: Asker, since: Sequence[datetime], authority: GssCode | None
    ) -> tuple[YieldReport, ...]:
        """Count the same since each of several instants, going through the alerts once.

        Raises:
            HubError: as above.
        """
        now = self._around.clock.now()
        policy = self._around.policies.of(authority)
        counted = self._counted(since, authority)
        self._audit(asker, authority)
        return tuple(
            report_of(first, now, authority, policy, (yield_lines(counts), counts.untold))
            for first, counts in zip(since, counted, strict=True)
        )

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
        self, since: Sequence[datetime], authority: GssCode | None
    ) -> tuple[YieldCounts, ...]:
        found = tuple((first, YieldCounts()) for first in since)
        for row in self._yields.raised(min(since), _code(authority), people=True):
            for first, counts in found:
                if row.raised_at >= first:
                    self._count(counts, row)
        return tuple(counts for _, counts in found)

    def _count(self, counts: YieldCounts, row: YieldRow) -> None:
        if not row.told:
            counts.untold[row.rule] += 1
            return
        due_at = self._around.policies.of(row.owner).due_at(row.severity, row.counts_from)
        counts.add(
            rule=row.rule,
            sources=row.sources,
            band=band_of(row.born, london_date(row.raised_at)),
            sex=row.sex,
            seen=seen_in(row.acknowledged_at, due_at),
            outcome=outcome_of(row.outcome),
        )

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
