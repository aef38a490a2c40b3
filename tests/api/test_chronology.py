"""What agencies told of a child, as a page and as JSON."""

from dataclasses import replace

from hub.api.chronology_views import Period
from hub.api.wording_chronology import line_words
from hub.core.absence_fold import absences
from hub.core.attendance_facts import ClinicianConcern, DepartureManner
from hub.core.event import EventKind
from hub.core.history import HistoryEntry
from tests.api import fake_services as fake
from tests.api.conftest import DUTY_WORKER
from tests.api.fake_services import AWAY, LINES, alert_id
from tests.core.builders import an_absence, an_attendance, on_day

PATH = f"/v1/alerts/{alert_id(1)}/chronology"


def the_page(signed_in, query=""):
    return signed_in(DUTY_WORKER).get(f"/alerts/{alert_id(1)}{query}")


def test_every_line_says_what_when_who_told_it_and_when(signed_in):
    page = the_page(signed_in).text
    assert "Domestic-abuse incident, graded high by the force" in page
    assert "From West Yorkshire Police, told on 24 October 2026, 15:02." in page  # in London
    assert "Changed on 25 October 2026, 14:02." in page
    assert "History: told when the feed was joined." in page
    assert "Explained since: no longer marked absent" in page
    assert "Taken back by the agency" in page
    assert page.count("This alert rests on it") == 2
    assert page.count("Do not tell the family") == 1


def test_a_possible_match_is_named_as_one(signed_in):
    assert "Possible match, not confirmed" in the_page(signed_in).text


def test_a_silent_source_is_a_line_and_a_warning(signed_in, services):
    page = the_page(signed_in).text
    assert "From here on nothing has been heard from Leeds Teaching Hospitals." in page
    assert "Something may be missing here." in page
    assert "None is joined." in page

    services.lines = ()
    assert "Nothing was told in this time, as far as the hub can say." in the_page(signed_in).text

    services.source_groups = (fake.SOURCE_GROUPS[1],)
    page = the_page(signed_in).text
    assert "Something may be missing here." not in page
    assert "Nothing was told in this time." in page


def test_the_last_year_is_shown_unless_everything_is_asked_for(signed_in, services):
    browser = signed_in(DUTY_WORKER)
    browser.get(f"/alerts/{alert_id(1)}")
    browser.get(f"/alerts/{alert_id(1)}?period=all&page=2")
    asked = [asked[-1] for asked in services.asked if asked[0] == "chronology"]
    assert [(one.period, one.page) for one in asked] == [(Period.YEAR, 1), (Period.ALL, 2)]


def test_a_page_holds_a_hundred_lines_and_leads_to_the_next(signed_in, services):
    services.lines = LINES[:1] * 101
    page = the_page(signed_in).text
    assert page.count("Visit to Bradford Royal Infirmary") == 100
    assert "2 of 2" in page


def test_whoever_may_not_see_it_still_sees_the_alert(signed_in, services):
    services.chronology = lambda *_: None
    answer = the_page(signed_in)
    assert answer.status_code == 200
    assert "What agencies told of this child" not in answer.text


def test_json_says_the_same(client_of):
    answer = client_of(DUTY_WORKER).get(PATH).json()
    assert answer["entries"][0] == {
        "kind": "emergency_attendance",
        "sentence": "Visit to Bradford Royal Infirmary",
        "details": ["A&E", "Aged 3 years"],
        "on": "2026-11-22T13:48:31.000Z",
        "source": "Bradford Teaching Hospitals",
        "told_at": "2026-11-22T13:49:31.000Z",
        "state": "stands",
        "changed_at": None,
        "history": False,
        "ground": True,
        "match_confirmed": True,
        "not_to_family": False,
    }
    assert answer["entries"][1]["kind"] == "source_silent"
    assert answer["entries"][-1]["on"] == "2026-02-09"
    assert answer["sources"][0]["may_have_more"][0]["name"] == "Leeds Teaching Hospitals"
    assert (answer["period"], answer["page"], answer["pages"]) == ("year", 1, 1)


def test_an_alert_of_nobody_or_of_others_has_no_chronology(client_of):
    assert client_of(DUTY_WORKER).get(f"/v1/alerts/{alert_id(77)}/chronology").status_code == 404


def test_without_an_audit_row_nothing_is_shown(client_of, signed_in, services):
    browser = signed_in(DUTY_WORKER)
    services.broken = AWAY
    answer = client_of(DUTY_WORKER).get(PATH)
    assert answer.status_code == 503
    assert "Bradford Royal Infirmary" not in answer.text
    assert "Bradford Royal Infirmary" not in browser.get(f"/alerts/{alert_id(1)}").text


def test_a_parameter_that_there_is_not_is_refused_by_name(client_of):
    answer = client_of(DUTY_WORKER).get(f"{PATH}?periode=all")
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {
            "field": "periode",
            "code": "not_known",
            "expected": "No such parameter; there are: page, period.",
        }
    ]


def test_an_unknown_filter_of_the_inbox_is_refused_by_name(client_of):
    answer = client_of(DUTY_WORKER).get("/v1/inbox?show=all&severity=today")
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["show"]
    assert client_of(DUTY_WORKER).get("/v1/inbox?shows=all").status_code == 200


def test_the_name_of_a_parameter_is_not_repeated_if_it_may_be_somebodys(client_of):
    answer = client_of(DUTY_WORKER).get("/v1/inbox?999%20000%200018=1")
    assert answer.status_code == 422
    assert "0018" not in answer.text


def test_what_was_told_is_not_in_the_repr_of_a_line():
    assert "Visit" not in repr(replace(LINES[0], details=("Visit",)))


def test_a_visit_says_what_staff_coded_tapped_and_asked_for():
    visit = an_attendance(
        safeguarding_concerns=("836881000000105", "1066301000000103", "342891000000105"),
        clinician_concern=ClinicianConcern.INJURY_OR_BRUISE_NOT_YET_MOBILE,
        departure=DepartureManner.LEFT,
        held_from=on_day(0),
        departed_at=on_day(0.1),
    )
    entry = HistoryEntry(
        kind=EventKind.EMERGENCY_ATTENDANCE,
        on=visit.arrived_at,
        happened=visit,
        fact_keys=(visit.fact_key,),
        agency="RAE",
    )
    _, details = line_words(entry, "")
    assert details[-3:] == (
        "A clinician said: injury or bruise, not yet mobile",
        "Concern coded: child is cause for safeguarding concern; SNOMED CT code 1066301000000103",
        "Left while it was to be kept there",
    )


def test_long_sickness_says_how_long_by_the_schools_count_and_that_nobody_was_missing():
    marks = absences(
        [an_absence("m1", day=1, ill=(15, 19)), an_absence("m2", day=2, ill=(16, 20))], {}
    )
    entry = HistoryEntry(
        kind=EventKind.SCHOOL_ABSENCE,
        on=on_day(1),
        happened=marks,
        fact_keys=tuple(one.fact_key for one in marks),
        agency="URN107200",
    )
    said, details = line_words(entry, "")
    assert said == "Absent from school ill, 2 sessions on 2 days from 3 March 2026 to 4 March 2026"
    assert details == ("By the school's count 16 school days in a row, 20 in the school year",)
