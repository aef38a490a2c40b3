"""What alerts came to, counted; and when the owner of a rule is to look at it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from hub.core.backtest_counts import Outcome, Seen
from hub.core.event import Sex
from hub.core.rule_flags import FlagKind, flags_of
from hub.core.rule_yield import AgeBand, By, Floor, YieldCounts, band_of, yield_lines
from hub.core.rule_yield_kept import lines_of, plain_lines
from hub.core.rule_yield_shown import HIDDEN, HIDDEN_BESIDE, lines_shown
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


def flags(*outcomes, floor=None, today=TODAY, days=7):
    lines = yield_lines(counted(*outcomes))
    rule = replace(RULE, review_on=TODAY, ceiling=2)
    found = flags_of([rule], lines, floor or Floor(), days=days, today=today)
    return tuple(one.sentence for one in found)


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


def test_a_flag_tells_no_small_number():
    floor = Floor(action_share=0.2, decided_min=5)
    assert flags(*[Outcome.NO_ACTION] * 24, Outcome.ACTION, floor=floor) == (
        "1 to 4 of 25 decided alerts led to action, less than 20%",
    )
    assert flags(*[Outcome.UNDECIDED] * 4, floor=Floor(children=1_000)) == (
        "its few alerts are more than its ceiling of 2 a week for every 1,000 children",
    )


def test_a_rule_past_its_review_date_is_flagged_from_the_next_day_on():
    assert flags() == ()
    assert flags(today=TODAY + timedelta(days=1)) == ("its review was due by 2026-11-22",)


def test_a_rule_above_its_ceiling_is_flagged_if_it_is_known_how_many_children_there_are():
    area = Floor(children=2_000)
    four, five = [Outcome.UNDECIDED] * 4, [Outcome.UNDECIDED] * 5

    assert flags(*four, floor=area) == ()
    assert flags(*five, floor=area) == (
        "it told 2.5 alerts a week for every 1,000 children, more than its ceiling of 2",
    )
    assert flags(*five, floor=area, days=14) == ()
    assert flags(*five) == ()


def test_each_flag_says_of_which_kind_it_is():
    lines = yield_lines(counted(*[Outcome.NO_ACTION] * 20))
    rule = replace(RULE, review_on=TODAY - timedelta(days=1), ceiling=0.1)
    found = flags_of([rule], lines, Floor(children=1_000), days=7, today=TODAY)

    assert [one.kind for one in found] == list(FlagKind)


def shown(*groups):
    """The lines by age of one rule, told so many each."""
    counts = YieldCounts()
    for band, number in zip(AgeBand, groups, strict=False):
        for _ in range(number):
            counts.add(
                rule=RULE.name,
                sources=(),
                band=band,
                sex=Sex.FEMALE,
                seen=Seen.NOT,
                outcome=Outcome.UNDECIDED,
            )
    found = lines_shown(yield_lines(counts))
    return {one.value: one.cells[0] for one in found if one.by is By.AGE}, found


def test_small_numbers_are_hidden_and_nought_is_not():
    cells, lines = shown(3, 4, 9)

    assert cells == {"under 1": HIDDEN, "1 to 4": HIDDEN, "5 to 9": "9"}
    assert lines[0].cells == ("16", "0", "0", "0", "0")


def test_a_single_small_number_cannot_be_told_from_the_whole():
    cells, _ = shown(3, 30, 9)

    assert cells == {"under 1": HIDDEN, "1 to 4": "30", "5 to 9": HIDDEN_BESIDE}


def test_no_share_is_told_of_numbers_that_are_hidden():
    few = lines_shown(yield_lines(counted(*[Outcome.ACTION] * 4)))
    many = lines_shown(yield_lines(counted(*[Outcome.ACTION] * 6, *[Outcome.NO_ACTION] * 13)))

    assert {one.share for one in few} == {""}
    assert many[0].share == "31%"


def test_what_is_kept_is_read_as_it_was_counted():
    lines = yield_lines(counted(Outcome.ACTION, Outcome.NOT_USEFUL, Outcome.UNDECIDED))

    assert lines_of(plain_lines(lines, {"other": 3})) == (lines, {"other": 3})


@pytest.mark.parametrize(
    "kept",
    [
        {},
        {"lines": [], "untold": []},
        {"lines": [["a"]], "untold": {}},
        {"lines": [["a", "all", "", 1]], "untold": {}},
    ],
)
def test_what_another_version_kept_is_refused(kept):
    with pytest.raises(ValueError, match="known"):
        lines_of(kept)
