"""The daily payload as a council's second shape: what it tells, and what a malformed one costs."""

import json

import pytest

from connectors.social_care import connector
from connectors.social_care.tables import PLANS
from hub.core.event import EventKind
from hub.core.report import FeedFault
from hub.errors import ConfigurationError

DETAILS = {"first_name": "Amira", "surname": "Testwood", "date_of_birth": "2019-03-14"}
PLAN = {"child_protection_plan_id": "P1", "start_date": "2026-09-01"}


def a_child(child_id="5001", *, plans=(PLAN,), **more):
    episode = {"social_care_episode_id": "R1", "child_protection_plans": list(plans)}
    child = {"la_child_id": child_id, "child_details": DETAILS, "social_care_episodes": [episode]}
    return {"la_code": 383, "Children": child | more}


@pytest.fixture
def payload(tmp_path, context):
    """Reads a folder that holds an extract.json and these files."""

    def read(*, full=False, **files):
        told = {"authority": "E08000035", "as_at": "2026-11-20T02:00:00Z", "full": full}
        (tmp_path / "extract.json").write_text(json.dumps(told))
        for name, content in files.items():
            text = content if isinstance(content, str) else json.dumps(content)
            (tmp_path / name.replace("__", ".")).write_text(text)
        return list(connector.read(tmp_path, context))

    return read


def keys(readings):
    return [event.source_key for reading in readings for event in reading.events]


@pytest.mark.parametrize(
    "files",
    [
        {"payload__json": a_child()},
        {"payload__json": [a_child()]},
        {"payload__json": {"la_code": 383, "Children": [a_child()["Children"]]}},
        {"payload__jsonl": json.dumps(a_child()) + "\n\n"},
        {"one__json": a_child(), "two__json": {"la_code": 383, "Children": []}},
    ],
)
def test_a_payload_is_one_child_or_a_list_or_one_a_line(payload, files):
    assert keys(payload(**files)) == ["child_protection_plan|5001|P1"]


def test_the_plan_is_the_same_whichever_shape_tells_it(payload, extract, context):
    extract.says(full=False)
    extract.table(PLANS, ["P1,5001,2026-09-01,"])
    extract.folder.joinpath("ssd_person.csv").write_text(
        "pers_person_id,pers_forename,pers_surname,pers_dob,pers_expected_dob\n"
        "5001,Amira,Testwood,2019-03-14,\n"
    )
    (by_tables,) = [event for reading in extract.read(context) for event in reading.events]
    (by_payload,) = [e for reading in payload(payload__json=a_child()) for e in reading.events]
    assert by_payload == by_tables


def test_what_a_partial_payload_leaves_out_is_not_told(payload):
    (reading,) = payload(payload__json=[a_child(plans=()), a_child("5002")])
    assert keys([reading]) == ["child_protection_plan|5002|P1"]
    assert reading.extract.full is False
    assert reading.statement is None


def test_a_full_payload_states_which_plans_are_open_and_no_child_in_need(payload):
    need = {"child_in_need_plan_id": "N1", "start_date": "2026-09-01"}
    episode = {"child_in_need_plans": [need], "child_protection_plans": [PLAN]}
    told = a_child(social_care_episodes=[episode])
    events, statement = payload(full=True, payload__json=told)
    assert {event.kind for event in events.events} == {
        EventKind.CHILD_PROTECTION_PLAN,
        EventKind.CHILD_IN_NEED_PERIOD,
    }
    assert [plan.source_key for plan in statement.statement.open_plans] == [
        "child_protection_plan|5001|P1"
    ]


def test_a_plan_without_the_childs_details_flaws_the_register(payload):
    (reading,) = payload(payload__json=a_child(child_details=None))
    assert reading.events == ()
    assert reading.faults == (FeedFault(code="register_row_refused", subject="ssd_cp_plans"),)


def test_a_period_in_need_that_cannot_be_read_does_not_flaw_the_register(payload):
    episode = {"child_in_need_plans": [{"child_in_need_plan_id": "N1", "start_date": "soon"}]}
    (reading,) = payload(payload__json=a_child(social_care_episodes=[episode]))
    assert [one.field for one in reading.refusals] == ["child_in_need_plans.start_date"]
    assert reading.faults == ()


def test_no_child_of_a_payload_has_an_nhs_number(payload):
    told = a_child(nhs_number="9990000018")
    told["Children"]["child_details"] |= {"nhs_number": "9990000018"}
    (reading,) = payload(payload__json=told)
    assert reading.events[0].subject.nhs_number is None


CANNOT = [
    ({"payload__json": "{"}, "is not JSON in UTF-8"),
    ({"payload__json": "[" * 20_000}, "is not JSON in UTF-8"),
    ({"payload__json": '{"la_code": 1, "la_code": 2}'}, "names a key twice"),
    ({"payload__json": [a_child(), a_child() | {"la_code": 380}]}, "children of two councils"),
    ({"payload__json": a_child(), "ssd_cp_plans__csv": "x"}, "an extract is of one shape"),
    ({"payload__jsonl": "x" * 1_100_000}, "is longer than"),
]


@pytest.mark.parametrize(("files", "expected"), CANNOT)
def test_a_payload_that_cannot_be_used_as_a_whole_is_refused_whole(payload, files, expected):
    with pytest.raises(ConfigurationError, match=expected):
        payload(**files)


def test_no_value_of_a_payload_stands_in_a_refusal_or_a_repr(payload):
    cell = "Zzcell"
    details = dict.fromkeys(("first_name", "surname", "date_of_birth", "postcode"), cell)
    details["unique_pupil_number"] = cell
    plans = [{"child_protection_plan_id": f"{cell}|", "start_date": cell, "purge": cell}]
    told = [
        a_child(plans=plans, child_details=details),
        a_child("5002", child_details=details),
        a_child("5003", child_details=cell),
        a_child(cell + "|"),
        cell,
    ]
    readings = payload(payload__json=told)
    assert sum(len(reading.refusals) for reading in readings) >= 6
    assert cell not in repr([(r.refusals, r.faults, r.dropped, r.events) for r in readings])


def test_half_an_escape_costs_the_field_in_which_it_stands(payload):
    """JSON can write half of a pair, which no database and no UTF-8 takes."""
    broken, whole = a_child("50\ud8001"), a_child("5002")
    (told, *_) = payload(a__jsonl="\n".join(json.dumps(one) for one in (broken, whole)))
    assert [event.subject.local_id for event in told.events] == ["5002"]
    assert told.refusals
