"""What a council tells about who a child is: births, adoptions, mergers."""

import pytest

from connectors.social_care.changes import CHANGES
from connectors.social_care.tables import IDENTITY_CHANGES, PERSON
from hub.core.event import EventState, SubjectRole
from hub.core.identity_change import Change
from hub.errors import ConfigurationError

CHILD = "c1,Ada,Testwood,2026-11-05,2026-11-20"


def told(extract, context, *rows):
    extract.table(PERSON, [CHILD])
    extract.table(IDENTITY_CHANGES, rows, [*IDENTITY_CHANGES.columns])
    return extract.read(context)


def events(readings):
    return [event for reading in readings for event in reading.events]


@pytest.mark.parametrize(("word", "change"), CHANGES.items())
def test_a_row_says_who_somebody_is_now(extract, context, word, change):
    (event,) = events(told(extract, context, f"{word.upper()},c1,c0,"))
    assert event.facts.change is change
    assert event.facts.former_local_id == "c0"
    assert (event.subject.local_id, event.subject.role) == ("c1", SubjectRole.CHILD)
    assert event.subject.family_name == "Testwood"
    assert event.state is EventState.REPORTED


def test_twins_are_two_facts_of_one_pregnancy(extract, context):
    extract.table(PERSON, [CHILD, CHILD.replace("c1,Ada", "c2,Ben")])
    extract.table(IDENTITY_CHANGES, ["born,c1,c0", "born,c2,c0"])
    one, other = events(extract.read(context))
    assert one.source_key != other.source_key
    assert one.facts == other.facts


def test_a_change_that_is_taken_back_is_a_later_word_on_the_same_fact(extract, context):
    (event,) = events(told(extract, context, "merged,c1,c0,"))
    (taken_back,) = events(told(extract, context, "merged,c1,c0,Y"))
    assert taken_back.state is EventState.WITHDRAWN
    assert taken_back.source_key == event.source_key


def test_an_adoption_says_nothing_of_the_mother_or_the_pregnancy(extract, context):
    (event,) = events(told(extract, context, "adopted,c1,c0,"))
    assert event.facts.change is Change.ADOPTED
    assert (event.subject.mother, event.subject.due_on) == (None, None)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("fostered,c1,c0,", "change"),
        ("merged,c1,,", "former_person_id"),
        ("merged,c1,c1,", "former_person_id"),
        ("merged,c1,c|0,", "former_person_id"),
        ("merged,c1,c0,perhaps", "withdrawn"),
        ("merged,c9,c0,", "person_id"),
        ("merged,,c0,", "person_id"),
    ],
)
def test_a_row_that_cannot_be_used_is_named_and_the_register_counts_as_incomplete(
    extract, context, row, column
):
    (reading, *_) = told(extract, context, row)
    assert [refusal.field for refusal in reading.refusals] == [column]
    assert not any(cell in reading.refusals[0].expected for cell in ("c1", "c9", "c|0"))
    if column != "person_id" or row.split(",")[1]:
        assert [fault.code for fault in reading.faults] == ["register_row_refused"]


def test_changes_without_the_people_they_are_about_are_refused_whole(extract, context):
    extract.says(full=False)
    extract.table(IDENTITY_CHANGES, ["merged,c1,c0"])
    for table in ("ssd_person.csv", "ssd_cp_plans.csv", "ssd_cla_episodes.csv"):
        (extract.folder / table).unlink()
    with pytest.raises(ConfigurationError, match=r"ssd_person.csv"):
        extract.read(context)
