"""What the demo shows: the questions to try, and what flows, with nobody's name in the latter."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from rich.console import Console

from hub.api.users import DEMO_USERS_BY_ID
from hub.core.answer import CannotSay, PlanAnswer, SeenAnswer
from hub.demo.agencies import AGENCIES, HOSPITALS, mllp_address
from hub.demo.expected import ASKED_BY, as_json, as_table, question_of, questions
from hub.demo.flow import AlertLine, FeedFlow, Flow
from hub.demo.home import PlayState
from hub.demo.live_view import how_the_day_stands, in_one_line, view
from hub.demo.places import SITES
from hub.demo.processes import ProcessState
from hub.demo.town import build_town
from hub.demo.what_to_try import print_what_to_try

DAY = date(2026, 11, 21)
AT = datetime(2026, 11, 21, 14, 5, tzinfo=UTC)
PLAYED = PlayState(day=DAY, at=AT, sent={"RAE": 3}, planned={"RAE": 10})
FLOW = Flow(
    feeds=(
        FeedFlow(
            agency="RAE",
            feed="health",
            reports=12,
            parked=0,
            events=11,
            refused=1,
            last_received_at=AT,
        ),
    ),
    alerts={"standing": 4, "withdrawn": 1},
    newest=(
        AlertLine(
            changed_at=AT,
            state="standing",
            severity="immediate",
            owner="E08000032",
            sentence="Arrived at an emergency department while on a Child Protection Plan.",
        ),
    ),
)


@pytest.fixture(scope="module")
def town():
    return build_town(seed=2009, anchor=DAY, children=300)


def shown(what, width=200):
    console = Console(width=width, record=True, file=io.StringIO())
    console.print(what)
    return console.export_text()


def test_each_closed_answer_to_whether_there_is_a_plan_can_be_tried(town):
    assert {PlanAnswer(one.plan) for one in questions(town)} == set(PlanAnswer)


def test_each_closed_answer_to_whether_the_child_was_seen_can_be_tried(town):
    told = {SeenAnswer(one.seen) for one in questions(town) if one.seen}
    assert told == set(SeenAnswer)


def test_every_reason_that_is_expected_is_one_of_the_hubs(town):
    reasons = {reason for one in questions(town) for reason in one.reasons}
    assert reasons
    assert reasons <= {reason.value for reason in CannotSay}


def test_reasons_are_given_just_where_the_hub_cannot_say(town):
    for one in questions(town):
        assert bool(one.reasons) == (one.plan == "CANNOT_SAY")


def test_every_question_is_asked_by_a_demo_role_at_that_site(town):
    for one in questions(town):
        user = DEMO_USERS_BY_ID[ASKED_BY[one.asked_at]]
        assert user.site.reveal() == one.asked_at


def test_the_data_holds_the_body_of_each_check(town):
    told = as_json(town, DAY)
    assert told["day"] == "2026-11-21"
    assert len(told["questions"]) == len(questions(town))
    first = told["questions"][0]["ask"]
    assert set(first) == {"nhs_number", "birth_date", "postcode", "family_name", "given_name"}
    without = [one for one in told["questions"] if "postcode" not in one["ask"]]
    assert [one["plan_reasons_any_of"] for one in without] == [["postcode_needed"]]


def test_the_table_shows_every_question(town):
    text = shown(as_table(town))
    for one in questions(town):
        assert f"{one.nhs_number[:3]} {one.nhs_number[3:6]} {one.nhs_number[6:]}" in text


def test_in_a_terminal_of_80_columns_no_word_of_the_table_is_cut(town):
    words = set(shown(as_table(town), width=80).split())
    assert {word for one in questions(town) for word in one.why.split()} <= words


def test_the_view_shows_the_town_s_time_what_flows_and_what_has_ended(town):
    processes = (ProcessState(name="serve", pid=12), ProcessState(name="worker-health", pid=None))
    text = shown(view(played=PLAYED, flow=FLOW, processes=processes, address="http://x"))
    assert "Saturday 21 November 2026, 14:05" in text
    assert "3 of 10 sent" in text
    assert "Bradford Teaching Hospitals" in text
    assert "while on a Child Protection Plan" in text
    assert "worker-health ended" in text
    assert not [one for one in questions(town) if one.nhs_number in text]


def test_the_view_says_that_the_database_does_not_answer():
    text = shown(view(played=None, flow=None, processes=(), address="http://x"))
    assert "does not answer" in text
    assert "does not answer" in in_one_line(PLAYED, None)


def test_one_line_says_how_much_has_come():
    line = in_one_line(PLAYED, FLOW)
    assert "12 reports, 11 events, 4 alerts standing, 1 withdrawn" in line


def test_every_trust_has_a_listener_of_its_own_and_a_mapping_that_is_there():
    addresses = {mllp_address(agency, 2575) for agency in HOSPITALS}
    assert addresses == {"127.0.0.1:2575", "127.0.0.1:2576"}
    assert all(agency.mapping.is_file() for agency in HOSPITALS)
    assert {site.trust.code for site in SITES} == {agency.code for agency in HOSPITALS}


def test_every_agency_signs_as_a_publisher_of_its_own():
    assert len({agency.publisher for agency in AGENCIES}) == len(AGENCIES)


STANDS = [
    (None, {}, "has not begun"),
    (PLAYED, {"is_played": True}, "is being played, 3 of 10 sent"),
    (PLAYED, {}, "was broken off after 3 of 10; `bin/hub demo up` plays it again"),
    (replace(PLAYED, done=True), {}, "the table says each check answers holds now"),
    (replace(PLAYED, done=True), {"undecided": 4}, "once every report is decided"),
    (replace(PLAYED, done=True), {"undecided": None}, "once every report is decided"),
    (replace(PLAYED, done=True), {"is_newest": False}, "the registers told on it grow old"),
]


@pytest.mark.parametrize(("played", "changes", "expected"), STANDS)
def test_the_status_says_whether_the_tables_answers_hold_now(played, changes, expected):
    asked = {"is_played": False, "undecided": 0, "is_newest": True, "tool": "bin/hub"} | changes
    said = how_the_day_stands(played, **asked)
    assert expected in said
    assert ("holds now" in said) == (expected.endswith("holds now"))


def test_a_story_is_asked_about_by_its_id_and_without_one_the_first(town):
    first = next(iter(questions(town)))
    assert question_of(town, "") == question_of(town, first.story)
    assert question_of(town, first.story)["nhs_number"] == first.nhs_number
    assert question_of(town, "no_such_story") is None


def test_what_to_try_ends_with_the_pages_that_are_there(town, capsys, tmp_path):
    data = tmp_path / "expected.json"
    print_what_to_try(town, address="http://127.0.0.1:8700", as_data=data, tool="hub")
    said = capsys.readouterr().out
    for page in ("/check", "/inbox", "/notices", "/reviews", "/matching"):
        assert f": {page}" in said
