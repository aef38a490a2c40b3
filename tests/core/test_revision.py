"""The words of different agencies are compared by time, whatever units their revisions have."""

from datetime import UTC, datetime

import pytest

from hub.core.revision import said_at

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
SECONDS = int(AT.timestamp())


@pytest.mark.parametrize("unit", [1, 1_000, 1_000_000, 1_000_000_000])
def test_an_instant_is_the_same_in_every_unit(unit):
    assert said_at(SECONDS * unit) == SECONDS * 1000


def test_what_is_no_time_is_before_every_time_and_in_its_own_order():
    assert 0 == said_at(0) < said_at(7) < said_at(99_999_999) < said_at(SECONDS)
