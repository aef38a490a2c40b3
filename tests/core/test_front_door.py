"""At which desk an alert is seen by people who read several as one."""

import pytest

from hub.core.front_door import OWN_DESK, seen_at


@pytest.mark.parametrize(
    ("owner", "informed", "desks", "seen"),
    [
        ("A", [], ["A", "B"], "A"),
        ("B", ["A"], ["A", "B"], "B"),
        ("C", ["B", "A"], ["A", "B"], "A"),
        ("C", ["B"], ["A", "B"], "B"),
        ("C", ["D"], ["A", "B"], None),
        (None, [], ["A", "B"], None),
        (None, [], [OWN_DESK], OWN_DESK),
        (None, ["A"], ["A"], "A"),
    ],
)
def test_it_is_seen_where_it_is_acted_on_else_where_it_is_told(owner, informed, desks, seen):
    assert seen_at(owner, informed, desks) == seen
