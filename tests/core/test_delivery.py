"""When what must go out is tried again."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from hub.core.delivery import PAUSES, Pushed, next_attempt, of_status

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
ROW, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)


@pytest.mark.parametrize(
    ("status", "pushed"),
    [
        (200, Pushed.SENT),
        (204, Pushed.SENT),
        (301, Pushed.DEAD),
        (400, Pushed.DEAD),
        (410, Pushed.DEAD),
        (408, Pushed.AGAIN),
        (425, Pushed.AGAIN),
        (429, Pushed.AGAIN),
        (500, Pushed.AGAIN),
        (503, Pushed.AGAIN),
    ],
)
def test_what_may_pass_is_tried_again_and_what_will_not_is_for_a_person(status, pushed):
    assert of_status(status) is pushed


def test_the_pauses_grow_and_end():
    times = [next_attempt(ROW, attempt, AT) - AT for attempt in range(1, len(PAUSES) + 1)]
    assert times == sorted(times)
    assert timedelta(seconds=30) <= times[0] <= timedelta(seconds=36)
    assert next_attempt(ROW, len(PAUSES) + 1, AT) is None


def test_rows_that_fail_together_do_not_come_back_together():
    assert next_attempt(ROW, 3, AT) == next_attempt(ROW, 3, AT)
    assert next_attempt(ROW, 3, AT) != next_attempt(OTHER, 3, AT)
