"""What the database says of a first load: how far it is, and what came of its events."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hub.adapters.store.loads import PostgresLoads
from hub.core.report import Feed
from hub.ports import LoadedPart
from tests.service.laboratory import NOW, NUMBERS, NhsNumber, a_child, a_plan, an_attendance
from tests.service.schools import a_pupil, an_absence, joined, told

pytestmark = pytest.mark.stack


def part_of(agency, feed, first, last):
    return LoadedPart(
        feed=feed,
        publisher=agency.name,
        connector=agency.connector,
        epoch=agency.epoch,
        first=first,
        last=last,
        begun_at=NOW,
    )


@pytest.fixture
def loads(laboratory):
    return PostgresLoads(laboratory.store)


def test_reports_count_as_decided_once_they_have_their_row(laboratory, loads):
    part = part_of(laboratory.hospital, Feed.HEALTH, 1, 3)
    assert loads.decided(part) == 0
    first = laboratory.says(laboratory.hospital, an_attendance("V1"), backfill=True)
    second = laboratory.says(laboratory.hospital, an_attendance("V2"), backfill=True)
    laboratory.receive([second])
    assert loads.decided(part) == 1
    laboratory.receive([first])
    assert loads.decided(part) == 2
    assert loads.decided(part_of(laboratory.hospital, Feed.HEALTH, 2, 3)) == 1
    assert loads.decided(part_of(laboratory.other_hospital, Feed.HEALTH, 1, 3)) == 0


def test_an_outcome_tells_new_known_matched_and_conflicting_events(laboratory, loads):
    laboratory.receive([laboratory.says(laboratory.council, a_plan())])
    hospital = laboratory.hospital
    other = a_child(
        local_id="H9", nhs_number=NhsNumber(NUMBERS[1]), family_name="Zuq", given_names=("Ono",)
    )
    visit = an_attendance("V1")
    before = laboratory.says(hospital, visit, backfill=True)
    ours = [
        laboratory.says(hospital, an_attendance("V2", child=other), visit, backfill=True),
        laboratory.says(hospital, an_attendance("V3"), backfill=True),
        laboratory.says(
            hospital,
            replace(visit, facts=replace(visit.facts, attendance_category="2")),
            backfill=True,
        ),
    ]
    laboratory.receive([before])
    laboratory.receive(ours)

    outcome = loads.outcome(part_of(hospital, Feed.HEALTH, 2, 4))

    assert outcome.new_by_verdict == {"matched": 1, "new": 1}
    assert outcome.new == 2
    assert outcome.stored == 3
    assert outcome.conflicts == 1
    assert outcome.rejected == {}
    assert outcome.parked == {}


def test_marks_of_pupils_whom_nobody_else_knows_are_told_as_waiting(laboratory, loads):
    school = joined(laboratory)
    laboratory.receive([told(laboratory, school, an_absence(pupil=a_pupil()))])
    outcome = loads.outcome(part_of(school, Feed.SCHOOLS, 1, 1))
    assert outcome.new_by_verdict == {"waiting": 1}


def test_only_what_came_since_the_load_was_begun_is_read(laboratory, loads):
    laboratory.receive([laboratory.says(laboratory.hospital, an_attendance("V1"))])
    part = part_of(laboratory.hospital, Feed.HEALTH, 1, 1)
    assert loads.outcome(part).new == 1
    assert loads.outcome(replace(part, begun_at=NOW + timedelta(days=1))).new == 0
