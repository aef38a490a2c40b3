"""The page on matching: the rate against what is aimed at, why not, and the counts as CSV."""

import csv
import io

import pytest

from tests.api import fake_services as fake
from tests.api.fake_services import AWAY

REGISTER = "register-staff-e08000032"


@pytest.fixture
def team(signed_in):
    return signed_in(REGISTER)


def table(answer):
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_the_page_says_the_rate_of_what_and_what_is_aimed_at(team):
    page = team.get("/matching").text
    assert "Your own records: 94.9%" in page
    assert "Of 2,000 records of born children that your council told the hub" in page
    assert "Below 95%." in page
    assert "17 records of unborn children are not part of it" in page


def test_a_rate_just_below_is_never_rounded_to_what_is_aimed_at(team, services):
    services.match_reports = (
        fake.a_match_report(fake.a_match("E08000032", verified=18_999, alone=1_001)),
    )
    page = team.get("/matching").text
    assert "Your own records: 94.9%" in page
    assert "Below 95%" in page


def test_each_reason_says_what_helps_the_commonest_first(team):
    page = team.get("/matching").text
    assert page.index("nobody said that it is traced") < page.index("No NHS number is known")
    assert "A word in place of a given name, such as Baby" in page
    assert ": 14 times" in page


def test_one_of_anything_is_said_as_one(team, services):
    own = fake.a_match("E08000032", verified=1, with_others=1, unborn=1)
    services.match_reports = (fake.a_match_report(own, left_out={"upn: check_letter": 1}),)
    page = team.get("/matching").text
    assert "Of 1 record of born children" in page
    assert "1 record of an unborn child is not part of it" in page
    assert "1 of all is known to another agency too" in page
    assert ": 1 time<" in page


def test_on_a_small_screen_each_cell_says_of_what_column_it_is(team):
    page = team.get("/matching").text
    cells = page.split('<table class="hub-table')[1:]
    assert len(cells) == 3
    assert all(one.count("<td") == one.count('role="cell" data-label="') > 0 for one in cells)


def test_agencies_of_few_children_are_told_together_and_the_trend_by_week(team):
    page = team.get("/matching").text
    assert "Bradford Teaching Hospitals" in page
    assert "URN107200" not in page
    assert "Agencies with fewer than 5 records each" in page
    assert "16 November 2026" in page
    assert "9 November 2026" in page


def test_the_counts_are_downloaded_as_csv_named_after_council_and_day_alone(team):
    answer = team.get("/matching.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert 'filename="matching-E08000032-2026-11-22.csv"' in answer.headers["content-disposition"]
    own, *others = table(answer)
    assert (own["agency"], own["records"], own["rate"]) == ("E08000032", "2000", "0.9495")
    assert (own["verified"], own["why_placeholder_name"]) == ("1899", "12")
    assert [one["agency"] for one in others] == [
        "RAE",
        "POL13",
        "agencies with fewer than 5 records each",
    ]


def test_no_cell_of_the_csv_can_be_taken_for_a_formula(team):
    cells = [
        cell for row in csv.reader(io.StringIO(team.get("/matching.csv").text)) for cell in row
    ]
    assert cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_without_a_report_there_is_nothing_to_download(team, services):
    services.match_reports = ()
    assert "No report has been made yet." in team.get("/matching").text
    assert team.get("/matching.csv").status_code == 404


def test_what_cannot_be_read_is_not_an_empty_page(team, services):
    services.broken = AWAY
    assert team.get("/matching").status_code == 503
    assert team.get("/matching.csv").status_code == 503
