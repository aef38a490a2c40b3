"""An attendance is the fold of its revisions, in the source's order and not in that of arrival."""

from itertools import permutations

import pytest

from hub.core.attendance_facts import ClinicianConcern, DepartureManner
from hub.core.chronology import attendances, fold_attendance
from hub.core.event import Audience, DepartmentType, EventKind, EventState, Handling
from tests.core.builders import DAY_0, an_event, digest, on_day

WITHDRAWN, CORRECTED, REPORTED = EventState.WITHDRAWN, EventState.CORRECTED, EventState.REPORTED


def test_one_report_is_an_attendance():
    folded = fold_attendance([an_event()])
    assert folded is not None
    assert folded.arrived_at == DAY_0
    assert folded.site_code is not None
    assert folded.site_code.reveal() == "RAE01"


def test_a_later_revision_changes_what_it_names_and_leaves_the_rest():
    later = an_event(
        revision=2, state=CORRECTED, facts={"disposition": "12", "left_before_seen": True}
    )
    folded = fold_attendance([an_event(), later])
    assert folded.left_before_seen is True
    assert folded.site_code.reveal() == "RAE01"


def test_a_cleared_fact_is_deleted():
    later = an_event(revision=2, state=CORRECTED, facts={}, cleared=("site_code",))
    assert fold_attendance([an_event(), later]).site_code is None


def test_clearing_does_not_undo_that_the_visit_counted():
    later = an_event(revision=2, state=CORRECTED, facts={}, cleared=("counted_because",))
    assert fold_attendance([an_event(), later]) is not None


def test_a_revision_that_says_unknown_says_nothing():
    facts = {"counted_because": "unknown", "department_type": "unknown"}
    first = an_event(facts={"counted_because": "patient_class", "department_type": "walk_in"})
    folded = fold_attendance([first, an_event(revision=2, facts=facts)])
    assert folded.department_type is DepartmentType.WALK_IN


def test_a_withdrawn_attendance_does_not_stand():
    assert fold_attendance([an_event(), an_event(revision=2, state=WITHDRAWN, facts={})]) is None


def test_a_correction_does_not_bring_a_withdrawn_attendance_back():
    revisions = [
        an_event(),
        an_event(revision=2, state=WITHDRAWN, facts={}),
        an_event(revision=3, state=CORRECTED),
    ]
    assert fold_attendance(revisions) is None


def test_a_later_report_brings_a_withdrawn_attendance_back():
    revisions = [an_event(revision=2, state=WITHDRAWN, facts={}), an_event(revision=3)]
    assert fold_attendance(revisions) is not None


def test_corrections_that_never_say_it_counts_are_no_attendance():
    facts = {"site_code": "RAE01"}
    assert fold_attendance([an_event(state=CORRECTED, facts=facts)]) is None


def test_a_correction_that_says_it_counts_is_an_attendance():
    assert fold_attendance([an_event(state=CORRECTED)]) is not None


def test_arrival_is_as_told_else_the_first_that_happened():
    told = {"counted_because": "site_mapping", "arrived_at": on_day(3).isoformat()}
    early, late = an_event(day=1), an_event(revision=2, day=0.5)
    assert fold_attendance([early, late]).arrived_at == on_day(0.5)
    assert fold_attendance([early, an_event(revision=2, facts=told)]).arrived_at == on_day(3)


def test_shielding_is_not_lifted_by_silence():
    folded = fold_attendance([an_event(shielded=True), an_event(revision=2, shielded=False)])
    assert folded.shielded is True


def test_the_narrower_wish_how_to_handle_it_holds():
    narrow = Handling(audience=Audience.SOCIAL_CARE_ONLY, not_to_family=True)
    folded = fold_attendance([an_event(handling=narrow), an_event(revision=2)])
    assert folded.handling == narrow


def test_it_is_history_only_if_every_revision_was_backfill():
    assert fold_attendance([an_event(backfill=True)]).backfill is True
    both = [an_event(backfill=True), an_event(revision=2, backfill=False)]
    assert fold_attendance(both).backfill is False


def test_a_site_that_is_no_code_does_not_cost_the_attendance():
    facts = {"counted_because": "patient_class", "site_code": "Main building, ground floor"}
    assert fold_attendance([an_event(facts=facts)]).site_code is None


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_the_order_of_arrival_does_not_matter(order):
    revisions = [
        an_event(),
        an_event(revision=2, state=WITHDRAWN, facts={}),
        an_event(revision=3, facts={"site_code": "RR801"}),
        an_event(revision=4, state=CORRECTED, facts={"disposition": "1"}),
    ]
    shuffled = [revisions[index] for index in order]
    assert fold_attendance(shuffled) == fold_attendance(revisions)
    assert fold_attendance([*shuffled, *shuffled]) == fold_attendance(revisions)


def test_attendances_are_grouped_by_fact_and_ordered_by_arrival():
    events = [
        an_event("b", day=5),
        an_event("a", day=9),
        an_event("b", revision=2, state=CORRECTED, facts={"injury": True}, day=6),
        an_event("c", day=1, kind=EventKind.PERSON_DETAILS),
    ]
    assert [one.fact_key for one in attendances(events)] == [digest("b"), digest("a")]


def test_how_a_child_left_is_as_told_else_as_the_disposition_says():
    def left(**facts):
        told = {"counted_because": "site_mapping", **facts}
        return fold_attendance([an_event(facts=told)]).departure

    assert left(departure="admitted", disposition="3") is DepartureManner.ADMITTED
    assert left(disposition="01") is DepartureManner.ADMITTED
    assert left(disposition="12") is DepartureManner.LEFT
    assert left(departure="unknown", disposition="7") is DepartureManner.TRANSFERRED
    assert left(disposition="14") is DepartureManner.UNKNOWN
    assert left() is DepartureManner.UNKNOWN


def test_concerns_that_are_told_anew_take_the_place_of_those_before():
    first = {"counted_because": "site_mapping", "safeguarding_concerns": ["836881000000105"]}
    later = an_event(revision=2, state=CORRECTED, facts={"safeguarding_concerns": []})
    silent = an_event(revision=3, state=CORRECTED, facts={"disposition": "3"})
    told = an_event(facts=first)
    assert fold_attendance([told, silent]).safeguarding_concerns == ("836881000000105",)
    assert fold_attendance([told, later, silent]).safeguarding_concerns == ()


def test_a_tap_stands_until_it_is_cleared():
    concern = {"clinician_concern": "injury_or_bruise_not_yet_mobile"}
    told = an_event(facts={"counted_because": "site_mapping", **concern})
    silent = an_event(revision=2, state=CORRECTED, facts={"clinician_concern": "unknown"})
    cleared = an_event(revision=3, state=CORRECTED, facts={}, cleared=("clinician_concern",))
    said = ClinicianConcern.INJURY_OR_BRUISE_NOT_YET_MOBILE
    assert fold_attendance([told, silent]).clinician_concern is said
    assert fold_attendance([told, cleared]).clinician_concern is ClinicianConcern.UNKNOWN
