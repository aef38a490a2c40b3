"""An absence is the fold of what registers said of it, in the order of their readings."""

from itertools import permutations

import pytest

from hub.core.absence_fold import absences, fold_absence
from hub.core.event import EventState
from hub.core.school_marks import AbsenceReason, SchoolSession
from tests.core.builders import a_date, an_absence, an_event, digest, on_day

WITHDRAWN, CORRECTED = EventState.WITHDRAWN, EventState.CORRECTED


def test_one_mark_is_an_absence():
    (found,) = absences([an_absence(), an_event()], {})
    assert (found.school.reveal(), found.session_date) == ("107200", a_date(0))
    assert (found.session, found.reason) == (SchoolSession.AM, AbsenceReason.UNEXPLAINED)
    assert found.register_complete is True


def test_absences_are_in_order_of_day_and_session():
    marks = [
        an_absence("m1", day=3),
        an_absence("m2", day=2, session="pm"),
        an_absence("m3", day=2),
    ]
    assert [one.fact_key for one in absences(marks, {})] == [digest(n) for n in ("m3", "m2", "m1")]


def test_a_later_reading_changes_the_code():
    later = an_absence(revision=2, code="O")
    assert fold_absence([an_absence(), later], None).reason is AbsenceReason.UNAUTHORISED


def test_a_mark_of_sickness_says_how_long_and_one_that_is_changed_says_it_no_more():
    ill, later = an_absence(ill=(16, 20)), an_absence(revision=2, code="O")
    found = fold_absence([ill], None)
    assert (found.code, found.reason) == ("I", AbsenceReason.SICKNESS)
    assert (found.sickness_days_in_a_row, found.sickness_days_in_year) == (16, 20)
    changed = fold_absence([ill, later], None)
    assert changed.reason is AbsenceReason.UNAUTHORISED
    assert changed.sickness_days_in_a_row is changed.sickness_days_in_year is None


@pytest.mark.parametrize(
    ("states", "stands"),
    [
        ([WITHDRAWN], False),
        ([WITHDRAWN, CORRECTED], False),
        ([WITHDRAWN, EventState.REPORTED], True),
    ],
)
def test_an_explained_mark_is_gone_until_it_is_reported_anew(states, stands):
    told = [
        an_absence(),
        *(an_absence(revision=2 + n, state=state) for n, state in enumerate(states)),
    ]
    for order in permutations(told):
        assert (fold_absence(order, None) is not None) is stands


@pytest.mark.parametrize(
    ("read_on_day", "stands"), [(None, True), (-1.0, True), (0.0, True), (0.1, False)]
)
def test_a_complete_register_read_after_the_last_listing_ends_it(read_on_day, stands):
    read_at = None if read_on_day is None else on_day(read_on_day)
    assert (fold_absence([an_absence()], read_at) is not None) is stands


def test_a_mark_listed_again_by_the_complete_register_stands():
    again = an_absence(revision=2, recorded_at=on_day(0.2))
    assert fold_absence([an_absence(), again], on_day(0.2)) is not None


def test_a_mark_that_says_too_little_is_no_absence():
    for missing in ("code", "session_date", "school"):
        mark = an_absence()
        facts = {name: value for name, value in mark.facts.items() if name != missing}
        assert fold_absence([an_absence(facts=facts)], None) is None


def test_shielding_of_any_revision_stays():
    hidden = an_absence(shielded=True)
    assert fold_absence([hidden, an_absence(revision=2)], None).shielded
