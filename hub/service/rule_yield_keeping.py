"""Keeps what rules' alerts came to for each authority's manager, and flags rules to be looked at.

Counting goes through every alert of a year, so it is done by the timekeeper and never while
somebody waits for a page. What is flagged is told to the operator once for as long as it holds, by
rule, reason and month, and settled by itself when it no longer does.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from typing import Final

from hub.core.clock import LONDON, london_date
from hub.core.disclosure import Role
from hub.core.identifiers import GssCode
from hub.core.rule_flags import CEILING_DAYS, FlagKind
from hub.core.rule_yield import PERIODS_DAYS, USUAL_DAYS, By
from hub.core.rule_yield_kept import lines_of, plain_lines
from hub.ports.operator_flags import (
    RULE_ABOVE_CEILING,
    RULE_BELOW_FLOOR,
    RULE_REVIEW_OVERDUE,
    OperatorFlags,
)
from hub.ports.rule_yields import KeptYield, KeptYields
from hub.service.asker import Asker, Surroundings, audit_row
from hub.service.rule_yielding import RuleYielding, YieldReport, report_of

MADE_AGAIN_AFTER: Final = timedelta(hours=24)
FEW_AGAIN_AFTER: Final = timedelta(minutes=10)
FEW_ALERTS: Final = 2_000
"""So many are counted within a second, so it may be done more often."""
LOOKED_AGAIN_AFTER: Final = timedelta(minutes=5)
"""How often it is looked whether a count is due."""

FLAG_CODES: Final = {
    FlagKind.REVIEW: RULE_REVIEW_OVERDUE,
    FlagKind.FLOOR: RULE_BELOW_FLOOR,
    FlagKind.CEILING: RULE_ABOVE_CEILING,
}
"""By the reason, the code of the fault that the operator is told."""

_TIMEKEEPER: Final = Asker(user_id="timekeeper", role=Role.HUB_OPERATOR, organisation="HUB")


class RuleYieldKeeping:
    """The use case."""

    def __init__(
        self,
        around: Surroundings,
        yielding: RuleYielding,
        kept: KeptYields,
        flags: OperatorFlags,
    ) -> None:
        self._around = around
        self._yielding = yielding
        self._kept = kept
        self._flags = flags
        self._look_at: datetime | None = None

    def told(self, asker: Asker, days: int) -> YieldReport | None:
        """The last count of the asker's own authority over so many days; a manager's alone.

        Rules are held against their floors, ceilings and review dates as the policy is now.

        Raises:
            HubError: it could not be read or audited; nothing may be shown then.
        """
        authority = asker.authority if asker.role is Role.FRONT_DOOR_MANAGER else None
        if authority is None or days not in PERIODS_DAYS:
            return None
        kept = self._kept.told(authority.reveal(), days)
        self._audit(asker, authority)
        return self._report(authority, kept) if kept else None

    def make(self, asker: Asker, authority: GssCode) -> tuple[YieldReport, ...]:
        """Count an authority's alerts now, over each period, and keep and answer that.

        Raises:
            HubError: they could not be counted, kept or audited.
        """
        now = self._around.clock.now()
        since = [_first(now, days) for days in PERIODS_DAYS]
        reports = self._yielding.reports(asker, since, authority)
        rows = [
            KeptYield(
                days=days,
                since=one.since,
                made_at=one.made_at,
                counted=plain_lines(one.lines, one.untold),
            )
            for days, one in zip(PERIODS_DAYS, reports, strict=True)
        ]
        self._kept.keep(authority.reveal(), rows)
        self._flag(authority, dict(zip(PERIODS_DAYS, reports, strict=True)), now)
        return reports

    def make_if_due(self) -> int:
        """Count for one authority where that is due; answer for how many it was done.

        Several processes may do so beside each other: the later count stands.
        """
        now = self._around.clock.now()
        if self._look_at is not None and now < self._look_at:
            return 0
        for authority in sorted(self._around.policies.authorities, key=lambda one: one.reveal()):
            last = self._kept.told(authority.reveal(), max(PERIODS_DAYS))
            if last is None or now - last.made_at >= self._again_after(authority, last):
                self.make(_TIMEKEEPER, authority)
                return 1
        self._look_at = now + LOOKED_AGAIN_AFTER
        return 0

    def _again_after(self, authority: GssCode, kept: KeptYield) -> timedelta:
        report = self._report(authority, kept)
        told = sum(one.told for one in report.lines if one.by is By.ALL) if report else 0
        return FEW_AGAIN_AFTER if told < FEW_ALERTS else MADE_AGAIN_AFTER

    def _report(self, authority: GssCode, kept: KeptYield) -> YieldReport | None:
        """Answer what was kept; ``None`` if another version of the hub kept it otherwise."""
        try:
            counted = lines_of(kept.counted)
        except ValueError:
            return None
        policy = self._around.policies.of(authority)
        return report_of(kept.since, kept.made_at, authority, policy, counted)

    def _flag(self, authority: GssCode, reports: dict[int, YieldReport], now: datetime) -> None:
        code, month = authority.reveal(), f"{london_date(now):%Y-%m}"
        standing = [
            (FLAG_CODES[flag.kind], f"{code}:{flag.rule}:{month}")
            for days, kinds in _HELD_AGAINST
            for flag in reports[days].flags
            if flag.kind in kinds
        ]
        self._flags.stand(FLAG_CODES.values(), f"{code}:", standing, now)

    def _audit(self, asker: Asker, authority: GssCode) -> None:
        around = self._around
        row = audit_row(
            around.new_id(),
            asker,
            at=around.clock.now(),
            action="rule yield",
            subjects=(),
            outcome=f"counts of {authority.reveal()}",
            fields=(),
            policies=around.policies,
        )
        with around.questions.question() as asking:
            asking.write_audit(row)


_HELD_AGAINST: Final[Sequence[tuple[int, Iterable[FlagKind]]]] = (
    (USUAL_DAYS, (FlagKind.REVIEW, FlagKind.FLOOR)),
    (CEILING_DAYS, (FlagKind.CEILING,)),
)


def _first(now: datetime, days: int) -> datetime:
    day = london_date(now) - timedelta(days=days)
    return datetime.combine(day, time(0, tzinfo=LONDON))
