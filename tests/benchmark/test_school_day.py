"""A hundredth of England's school day, through Kafka and the real workers, to the last mark."""

import pytest

from benchmark.school_day import DaySize
from tests.benchmark.a_run import rows_of_a_run

pytestmark = [pytest.mark.stack, pytest.mark.timeout(850)]

TOLD = (
    "{marks:,} marks stored, 4,455 pupils waiting, 0 refused; told of 45 of 45 on plans;"
    " raised since: {incidents} domestic_abuse_incident, 45 unexplained_absence;"
)
"""The oracle: each child on a plan who is missing is an alert, one for both days, and so is each
incident; nothing else is, of nobody else."""


def test_a_hundredth_of_the_day_is_accounted_for_and_tells_of_whom_it_must(reachable_directory):
    place = reachable_directory / "school-day"
    place.mkdir()
    day = DaySize.of(0.01)
    assert (day.registers, day.marks, day.attendances, day.incidents) == (440, 4_500, 150, 25)

    arguments = ("--measure", "school_day", "--day-share", "0.01", "--preload", "600")
    _, first, following = rows_of_a_run(place, *arguments, "--load", "copy")

    assert TOLD.format(marks=4_500, incidents=25) in first["remark"]
    assert TOLD.format(marks=9_000, incidents=50) in following["remark"]
