"""Reports on matching and the export of what did not match, over a real PostgreSQL."""

import csv
import io
import json
import stat
import uuid
from dataclasses import replace
from datetime import date, timedelta

import pytest
from typer.testing import CliRunner

from hub.adapters.new_file import write_new_csv
from hub.adapters.store.match_reports import PostgresMatchReports
from hub.adapters.store.questions import PostgresQuestions
from hub.commands.identity import app
from hub.core.disclosure import Role
from hub.core.event import NhsNumberStatus
from hub.core.identifiers import GssCode, Postcode
from hub.core.match_export import HEADER, LeftOut
from hub.core.match_report import Reason
from hub.errors import ConfigurationError, TransientFault
from hub.service.asker import Asker, Surroundings
from hub.service.match_exporting import ACTION, Exported, MatchExporting
from hub.service.match_reporting import FEW_AGAIN_AFTER, LOOKED_AGAIN_AFTER, MatchReporting
from tests.service.laboratory import BRADFORD, LEEDS, a_child, a_plan, an_attendance

pytestmark = pytest.mark.stack

OWN = GssCode(BRADFORD)
OPERATOR = Asker(user_id="command line, tester", role=Role.HUB_OPERATOR, organisation="HUB")
TEAM = Asker(user_id="register-staff", role=Role.AGENCY_STAFF, organisation=BRADFORD, authority=OWN)
NO_NUMBER = {"nhs_number": None, "nhs_number_status": NhsNumberStatus.UNKNOWN}


@pytest.fixture
def around(laboratory):
    return Surroundings(
        questions=PostgresQuestions(
            laboratory.store, laboratory.keys.sealer, laboratory.keys.identity
        ),
        policies=laboratory.policies,
        places=laboratory.places,
        clock=laboratory.clock,
        new_id=uuid.uuid4,
    )


@pytest.fixture
def reports(laboratory):
    return PostgresMatchReports(laboratory.store, laboratory.keys.sealer)


@pytest.fixture
def reporting(around, reports):
    return MatchReporting(around, reports)


@pytest.fixture
def exporting(around, reports, laboratory):
    return MatchExporting(around, reports, laboratory.keys.events.record_ref)


def plan_of(local_id, **child):
    """A plan whose key holds the council's own identifier of the child, as its connector's does."""
    subject = a_child(local_id=local_id, **child)
    source_key = f"child_protection_plan|{local_id}|P-{local_id}"
    return replace(a_plan(child=subject), source_key=source_key)


@pytest.fixture
def town(laboratory):
    """Bradford: one child traced by the hospital, three who are not; and one of Leeds."""
    plans = (
        plan_of("C1", nhs_number_status=NhsNumberStatus.UNKNOWN),
        plan_of("C2", family_name="Greenwood", birth_date=date(2019, 2, 3), **NO_NUMBER),
        plan_of("C3", family_name="Bancroft", given_names=("Baby",), **NO_NUMBER),
        plan_of(
            "C4",
            family_name="Sykes",
            birth_date=date(2012, 7, 8),
            postcode=None,
            **NO_NUMBER,
        ),
    )
    for plan in plans:
        laboratory.receive([laboratory.says(laboratory.council, plan)])
    elsewhere = a_child(
        4,
        local_id="H4",
        family_name="Moss",
        birth_date=date(2015, 1, 1),
        postcode=Postcode.parse("LS1 3EX"),
    )
    laboratory.receive([laboratory.says(laboratory.hospital, an_attendance("V0"))])
    laboratory.receive([laboratory.says(laboratory.hospital, an_attendance("V4", child=elsewhere))])
    return laboratory


def test_the_rate_and_the_reasons_are_of_the_councils_own_records(town, reporting):
    own = reporting.make(OPERATOR, OWN).report.own

    assert (own.records, own.verified, own.with_others) == (4, 1, 1)
    assert own.reasons[Reason.NO_NUMBER] == 3
    assert own.reasons[Reason.PLACEHOLDER_NAME] == 1
    assert own.reasons[Reason.NO_POSTCODE] == 1


def test_other_agencies_are_told_of_children_who_live_there_and_of_no_others(town, reporting):
    report = reporting.make(OPERATOR, OWN).report

    assert {one.agency: one.records for one in report.others} == {"RAE": 1}
    leeds = reporting.make(OPERATOR, GssCode(LEEDS)).report
    assert {one.agency: one.records for one in leeds.others} == {"RAE": 1}


def test_a_shielded_child_is_counted_for_who_told_of_it_and_for_nobody_by_its_home(town, reporting):
    hidden = a_child(3, local_id="H3", family_name="Noor", birth_date=date(2014, 3, 3))
    shielded = replace(an_attendance("V3", child=hidden), shielded=True)
    before = reporting.make(OPERATOR, OWN).report
    town.receive([town.says(town.hospital, shielded)])

    after = reporting.make(OPERATOR, OWN).report

    assert [(one.agency, one.records) for one in after.others] == [
        (one.agency, one.records) for one in before.others
    ]


def test_a_child_whom_any_agency_shields_is_no_other_agencys_to_be_counted_by(town, reporting):
    before = {one.agency: one.records for one in reporting.make(OPERATOR, OWN).report.others}
    town.receive([town.says(town.council, replace(plan_of("C1"), shielded=True, revision=10**15))])

    after = {one.agency: one.records for one in reporting.make(OPERATOR, OWN).report.others}

    assert (before, after) == ({"RAE": 1}, {})


def test_progress_is_told_up_to_all_of_them(town, reporting):
    told = []

    reporting.make(OPERATOR, OWN, lambda done, total: told.append((done, total)))

    assert told[-1][0] == told[-1][1] == 5
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_the_last_report_of_each_week_is_kept_and_told_to_its_own_people_alone(town, reporting):
    reporting.make(OPERATOR, OWN)
    town.clock.instant += timedelta(hours=1)
    reporting.make(OPERATOR, OWN)
    town.clock.instant += timedelta(weeks=1)
    last = reporting.make(OPERATOR, OWN)

    told = reporting.told(TEAM)
    assert [one.made_at for one in told] == [last.made_at, last.made_at - timedelta(weeks=1)]
    assert told[0].report == last.report
    assert reporting.told(replace(TEAM, authority=GssCode(LEEDS), organisation=LEEDS)) == ()
    assert reporting.told(replace(TEAM, role=Role.DUTY_WORKER)) == ()


def test_looking_at_a_report_is_audited_and_without_that_nothing_is_told(town, reporting):
    reporting.make(OPERATOR, OWN)
    assert reporting.told(TEAM)
    rows = town.rows("SELECT action, actor, outcome FROM audit_leaf ORDER BY at, action")
    assert rows[-1] == ("match report", "register-staff", f"counts of {BRADFORD}")
    with town.store.connection() as connection:
        connection.execute("ALTER TABLE audit_leaf ADD CONSTRAINT no_more CHECK (false) NOT VALID")

    with pytest.raises(TransientFault):
        reporting.told(TEAM)


def test_each_authority_has_a_report_that_is_made_again_when_it_is_old(town, reporting):
    made = [reporting.make_if_due() for _ in range(len(town.policies.authorities) + 2)]

    assert sum(made) == len(town.policies.authorities)
    assert reporting.told(TEAM)[0].report.own.records == 4
    town.clock.instant += timedelta(minutes=1)
    assert reporting.make_if_due() == 0
    town.clock.instant += FEW_AGAIN_AFTER
    assert sum(reporting.make_if_due() for _ in made) == len(town.policies.authorities)


def test_a_report_of_no_records_is_soon_made_again_once_there_are_some(laboratory, reporting):
    while reporting.make_if_due():
        pass
    laboratory.receive([laboratory.says(laboratory.council, plan_of("C1"))])
    laboratory.clock.instant += LOOKED_AGAIN_AFTER
    while reporting.make_if_due():
        pass

    assert reporting.told(TEAM)[0].report.own.records == 1


def test_nothing_that_is_kept_of_a_report_is_of_a_person(town, reporting):
    reporting.make(OPERATOR, OWN)

    kept = town.one("SELECT string_agg(match_report::text, '') FROM match_report")
    for secret in ("Ashworth", "Greenwood", "BD1", "2021-05-04", "9990000018", "C2"):
        assert secret not in kept


def written(exporting, path):
    exported = Exported()
    write_new_csv(
        path,
        exporting.rows(OWN, exported),
        before_shown=lambda: exporting.audit(OPERATOR, OWN, exported),
    )
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = [dict(zip(HEADER, line.split(","), strict=True)) for line in lines[1:]]
    return lines[0], rows, exported


def test_what_did_not_match_is_exported_with_the_councils_own_identifier(town, exporting, tmp_path):
    header, rows, exported = written(exporting, tmp_path / "unmatched.csv")

    assert header == ",".join(HEADER)
    by_id = {row["SourceID"]: row for row in rows}
    assert sorted(by_id) == ["C2", "C4"]
    assert (by_id["C2"]["Surname"], by_id["C2"]["DOB"]) == ("Greenwood", "20190203")
    assert (by_id["C2"]["PostCode"], by_id["C4"]["PostCode"]) == ("BD1 1HX", "")
    assert exported.counts["records"] == 4
    assert exported.left_out == {LeftOut.NO_GIVEN_NAME: 1}


def test_an_identifier_that_was_not_told_with_a_plan_is_left_empty(town, exporting, tmp_path):
    child = a_child(local_id="C9", family_name="Dyer", birth_date=date(2016, 6, 6), **NO_NUMBER)
    town.receive([town.says(town.council, a_plan("P9", child=child))])

    _, rows, exported = written(exporting, tmp_path / "unmatched.csv")

    assert [row["Surname"] for row in rows if not row["SourceID"]] == ["Dyer"]
    assert exported.counts["without_source_id"] == 1


def test_the_file_is_its_owners_alone_audited_and_never_over_another(town, exporting, tmp_path):
    path = tmp_path / "unmatched.csv"
    written(exporting, path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert town.rows("SELECT actor, outcome FROM audit_leaf WHERE action = %s", ACTION) == [
        ("command line, tester", f"2 records of {BRADFORD}")
    ]
    before = path.read_bytes()
    with pytest.raises(ConfigurationError, match="is there already"):
        written(exporting, path)
    assert path.read_bytes() == before


def test_a_file_that_cannot_be_audited_never_appears(town, exporting, tmp_path):
    with town.store.connection() as connection:
        connection.execute("ALTER TABLE audit_leaf ADD CONSTRAINT no_more CHECK (false) NOT VALID")

    with pytest.raises(TransientFault):
        written(exporting, tmp_path / "unmatched.csv")

    assert list(tmp_path.iterdir()) == []


def test_nobody_elses_records_are_exported(town, exporting, tmp_path):
    _, rows, _ = written(exporting, tmp_path / "unmatched.csv")

    assert "Moss" not in {row["Surname"] for row in rows}


@pytest.fixture
def command(town, around, reports, monkeypatch):
    """Answers what a command prints, over this town."""

    class ThisHub:
        def __init__(self, _):
            self.surroundings, self.match_reports, self.keys = around, reports, town.keys

        def close(self):
            """The laboratory closes its own."""

    monkeypatch.setattr("hub.bootstrap.Hub", ThisHub)

    def run(*arguments):
        return CliRunner().invoke(app, [*map(str, arguments)])

    return run


def test_the_report_command_says_the_rate_in_words_json_and_csv(command):
    words = command("report", BRADFORD).stdout
    told = json.loads(command("report", BRADFORD, "--json").stdout)
    table = list(csv.DictReader(io.StringIO(command("report", BRADFORD, "--csv").stdout)))

    assert f"{BRADFORD}: 4 own records, 25.0% with a traced NHS number (aimed at: 95%)" in words
    assert (told["authority"], told["rate"], told["rate_aimed_at"]) == (BRADFORD, 0.25, 0.95)
    assert told["agencies"][BRADFORD]["reasons"]["no_number"] == 3
    assert [(row["agency"], row["records"]) for row in table] == [(BRADFORD, "4"), ("RAE", "1")]
    assert "Ashworth" not in words + json.dumps(told)


def test_the_export_command_writes_the_file_and_prints_counts_alone(command, tmp_path):
    done = command("export-unmatched", BRADFORD, "--out", tmp_path / "unmatched.csv")

    assert done.exit_code == 0, done.output
    assert "2 rows written, of 4 records of the authority" in done.stdout
    assert "1 left out: no given name" in done.stdout
    assert "Greenwood" not in done.output
    assert "Greenwood" in (tmp_path / "unmatched.csv").read_text()


@pytest.mark.parametrize("arguments", [("E0800003",), (BRADFORD, "--json", "--csv")])
def test_a_report_that_cannot_be_made_is_refused_with_a_sentence(command, arguments):
    assert isinstance(command("report", *arguments).exception, ConfigurationError)
