"""What of a notice each reader may read, and what would tell where a shielded child is."""

from dataclasses import replace

import pytest

from hub.core.disclosure import Purpose, Role
from hub.core.disclosure_encompass import NoticePart, Viewer, disclose_notice
from hub.core.encompass_notice import desk_seat, staff_seat
from tests.core.test_encompass import HOUR, LEAD, TUESDAY_NIGHT, at_night, child, the_notice

NOW = TUESDAY_NIGHT + 12 * HOUR
DESK = Viewer(
    role=Role.POLICE_DESK, purpose=Purpose.SAFEGUARDING, seats=frozenset({desk_seat("POL13")})
)
AT_SCHOOL = Viewer(
    role=Role.SCHOOL_SAFEGUARDING_LEAD,
    purpose=Purpose.SAFEGUARDING,
    seats=frozenset({staff_seat(LEAD)}),
)
INCIDENT = at_night(school_urn="107200")


def a_late_one():
    """Shown to the desk as late, and then acknowledged at the school."""
    notice = the_notice(child(INCIDENT))
    seats = (*notice.seats, desk_seat("POL13"))
    return replace(notice, seats=seats, acknowledged_at=NOW - HOUR, acknowledged_by=LEAD)


def test_neither_who_acknowledged_nor_the_policy_tells_a_desk_where_a_shielded_child_is():
    shown = disclose_notice(DESK, a_late_one(), INCIDENT, NOW, shielded=True)
    assert (shown.notice.acknowledged_by, shown.notice.policy_version) == (None, "")
    assert shown.notice.acknowledged_at == NOW - HOUR


@pytest.mark.parametrize(("viewer", "shielded"), [(DESK, False), (AT_SCHOOL, True)])
def test_who_may_know_the_school_is_told_who_acknowledged(viewer, shielded):
    shown = disclose_notice(viewer, a_late_one(), INCIDENT, NOW, shielded=shielded)
    assert shown.notice.acknowledged_by == LEAD


def test_a_school_that_is_asked_is_not_told_which_force_asks():
    asked = the_notice(child(INCIDENT, words=()))
    shown = disclose_notice(AT_SCHOOL, asked, INCIDENT, NOW, shielded=False)
    assert shown.parts == {NoticePart.CHILD}
    assert shown.incident is None
