"""What a council's alerts came to, as its manager is shown it; made up."""

from datetime import UTC, datetime, timedelta

from hub.adapters.policy_files import load_policies
from hub.core.backtest_counts import Outcome, Seen
from hub.core.event import Sex
from hub.core.identifiers import GssCode
from hub.core.rule_yield import AgeBand, YieldCounts, yield_lines
from hub.service.rule_yielding import report_of
from hub.settings import PROJECT_ROOT

BRADFORD = GssCode("E08000032")
MADE_AT = datetime(2026, 11, 22, 13, 40, tzinfo=UTC)
POLICY = load_policies(PROJECT_ROOT / "deploy" / "policies").of(BRADFORD)


def alerts(counts, rule, number, outcome, **changes):
    """So many alerts alike."""
    alike = {
        "sources": ("RAE",),
        "band": AgeBand.FROM_5,
        "sex": Sex.FEMALE,
        "seen": Seen.IN_TIME,
    }
    for _ in range(number):
        counts.add(rule=rule, outcome=outcome, **(alike | changes))


def a_report(counts, *, made_at=MADE_AT, days=91):
    """The report of these counts."""
    counted = (yield_lines(counts), counts.untold)
    return report_of(made_at - timedelta(days=days), made_at, BRADFORD, POLICY, counted)


def usual():
    """One rule that yields, one below its floor, one in shadow."""
    counts = YieldCounts()
    alerts(counts, "plan_match", 12, Outcome.ACTION)
    alerts(counts, "plan_match", 9, Outcome.NO_ACTION, sex=Sex.MALE, sources=("RAE", "RR8"))
    alerts(counts, "plan_match", 3, Outcome.UNDECIDED, seen=Seen.NOT, band=AgeBand.UNDER_1)
    alerts(counts, "repeat_attendance", 40, Outcome.NOT_USEFUL, seen=Seen.LATE)
    counts.untold["left_before_seen"] = 17
    counts.untold["marac_escalation"] = 2
    return a_report(counts)


NOTHING = a_report(YieldCounts())
OVERDUE = a_report(YieldCounts(), made_at=datetime(2028, 1, 3, 9, 0, tzinfo=UTC))
