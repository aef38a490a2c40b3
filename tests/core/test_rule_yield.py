"""What alerts came to, counted; and when the owner of a rule is to look at it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from hub.core.backtest_counts import Outcome, Seen
from hub.core.event import Sex
from hub.core.rule_yield import AgeBand, By, Floor, YieldCounts, band_of, flags_of, yield_lines
from hub.core.rules import RULES

TODAY = date(2026, 11, 22)
RULE = RULES[0]


def counted(*outcomes, seen=Seen.IN_TIME, sources=("RAE",)):
    counts = YieldCounts()
    for outcome in outcomes:
        counts.add(
            rule=RULE.name,
            sources=sources,
            band=AgeBand.FROM_5,
            sex=Sex.FEMALE,
            seen=seen,
            outcome=outcome,
        )
    return counts


def flags(*outcomes, floor=None, today=TODAY):
    lines = yield_lines(counted(*outcomes))
    floors = {RULE.name: floor} if floor else {}
    rule = replace(RULE, review_on=TODAY)
    return flags_of([rule], lines, floors, today).get(RULE.name, ())


@pytest.mark.parametrize(
    ("born", "band"),
    [
        (date(2025, 11, 23), AgeBand.UNDER_1),
        (date(2025, 11, 22), AgeBand.FROM_1),
        (date(2021, 11, 23), AgeBand.FROM_1),
        (date(2021, 11, 22), AgeBand.FROM_5),
        (date(2016, 11, 22), AgeBand.FROM_10),
        (date(2010, 11, 22), AgeBand.FROM_16),
        (date(2026, 11, 23), AgeBand.NOT_KNOWN),
        (None, AgeBand.NOT_KNOWN),
    ],
)
def test_a_child_is_of_a_band_by_its_birthdays(born, band):
    assert band_of(born, TODAY) is band


def test_each_alert_counts_once_in_all_and_for_every_source():
    lines = yield_lines(counted(Outcome.ACTION, Outcome.UNDECIDED, sources=("RAE", "POL13")))

    told = {(one.by, one.value): (one.told, one.decided, one.action) for one in lines}
    assert told == {
        (By.ALL, ""): (2, 1, 1),
        (By.SOURCE, "POL13"): (2, 1, 1),
        (By.SOURCE, "RAE"): (2, 1, 1),
        (By.AGE, "5 to 9"): (2, 1, 1),
        (By.SEX, "female"): (2, 1, 1),
    }


def test_the_share_is_of_decided_alerts_alone():
    (line, *_) = yield_lines(
        counted(Outcome.ACTION, Outcome.NOT_USEFUL, Outcome.UNDECIDED, seen=Seen.LATE)
    )

    assert line.action_share == 0.5
    assert (line.in_time, line.not_useful) == (0, 1)
    (line, *_) = yield_lines(counted(Outcome.UNDECIDED))
    assert line.action_share is None


def test_a_rule_below_its_floor_is_flagged_once_enough_was_decided():
    enough = Floor(action_share=0.2, decided_min=5)
    few = [Outcome.NO_ACTION] * 4

    assert flags(*few, *[Outcome.UNDECIDED] * 9, floor=enough) == ()
    assert flags(*few, Outcome.ACTION, floor=enough) == ()
    assert flags(*few, Outcome.NOT_USEFUL, floor=enough) == (
        "0 of 5 decided alerts led to action, less than 20%",
    )


def test_a_rule_past_its_review_date_is_flagged_from_the_next_day_on():
    assert flags() == ()
    assert flags(today=TODAY + timedelta(days=1)) == ("its review was due by 2026-11-22",)
