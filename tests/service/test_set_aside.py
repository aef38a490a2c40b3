"""Parked reports, rejected and conflicting events: listed with reasons, alarmed by age."""

import json
import shutil
import uuid
from datetime import date, timedelta

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from hub.adapters.store.parked import PostgresParked
from hub.adapters.store.questions import PostgresQuestions
from hub.api.hub_services import HubServices
from hub.api.users import DEMO_USERS_BY_ID
from hub.commands import feeds, reports, stack
from hub.core.event import Event
from hub.core.reasons import ParkReason
from hub.core.report import ConnectorStatus
from hub.errors import ConfigurationError
from hub.ports import AsideState, AsideWanted
from hub.service.asker import Surroundings
from hub.settings import PROJECT_ROOT, Settings
from hub.topics import report_topic
from tests.e2e.installation import write_keys
from tests.service.laboratory import BRADFORD, NOW, a_child, a_plan, an_attendance

pytestmark = pytest.mark.stack

OPERATOR = DEMO_USERS_BY_ID["operator"]
INTEGRATION = DEMO_USERS_BY_ID["hospital-integration-rae"]
HEALTH, SOCIAL_CARE = "safeguarding.reports.health.v1", "safeguarding.reports.social_care.v1"
RUN = CliRunner()


@pytest.fixture
def aside(laboratory):
    """One of each: a parked report, a stranger's, a rejected plan, a conflicting attendance."""
    parked = laboratory.says(laboratory.hospital, status=ConnectorStatus(read_count=0))
    laboratory.receive.park(parked, ParkReason.WORKER_DEATHS, "3 workers died.")
    stranger = type(laboratory.hospital)("RCB", laboratory.hospital.feed, seed=9)
    laboratory.receive([laboratory.raw(stranger, stranger.report(an_attendance()))])
    ended = a_plan("P1", ended=date(2026, 8, 1))
    laboratory.receive([laboratory.says(laboratory.council, ended)])
    laboratory.receive([laboratory.says(laboratory.hospital, an_attendance())])
    other = an_attendance(child=a_child(family_name="Quarmby"))
    laboratory.receive([laboratory.says(laboratory.hospital, other)])
    return laboratory


@pytest.fixture
def commands_over(laboratory, tmp_path):
    """Settings by which a command finds the same database and keys."""
    write_keys(tmp_path / "keys")
    return Settings(
        database_url=SecretStr(laboratory.database_url),
        home=tmp_path,
        keys=tmp_path / "keys",
        kafka="127.0.0.1:9",
        demo=True,
    )


@pytest.fixture
def commands(aside, commands_over, monkeypatch):
    """The command line over a database in which something was set aside."""
    monkeypatch.setattr(reports, "load_settings", lambda: commands_over)
    return commands_over


def found(laboratory, **wanted):
    return PostgresParked(laboratory.store).aside(AsideWanted(**wanted))


def listed(*options):
    done = RUN.invoke(reports.app, ["list", "--json", *options])
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


def services(laboratory):
    return HubServices(
        Surroundings(
            questions=PostgresQuestions(
                laboratory.store, laboratory.keys.sealer, laboratory.keys.identity
            ),
            policies=laboratory.policies,
            places=laboratory.places,
            clock=laboratory.clock,
            new_id=uuid.uuid4,
        ),
        notices=None,
        registers=None,
        school_notices=None,
        reviews=None,
        rule_yields=None,
    )


def test_everything_set_aside_is_listed_with_its_reason_strangers_last(aside):
    told = [(one.state, one.agency, one.feed, one.reason) for one in found(aside)]

    assert told[-1] == (AsideState.PARKED, None, "health", "publisher_not_known")
    assert set(told[:-1]) == {
        (AsideState.PARKED, "RAE", "health", "worker_deaths"),
        (AsideState.REJECTED, BRADFORD, "social_care", "ends_before_start"),
        (AsideState.CONFLICT, "RAE", "health", "other_content"),
    }


def test_an_agency_is_told_which_event_of_which_report_was_in_conflict(aside):
    (feed,) = services(aside).feeds(INTEGRATION).feeds

    (refusal,) = feed.refusals
    assert refusal.outcome == "In conflict with what came before"
    assert refusal.reference.startswith("Event 1, visit to A&E, of report 3 in its spool, made ")
    assert refusal.field_name == "Revision"


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({"state": AsideState.PARKED}, 2),
        ({"state": AsideState.REJECTED}, 1),
        ({"topic": HEALTH}, 3),
        ({"agency": BRADFORD}, 1),
        ({"before": NOW}, 0),
        ({"before": NOW + timedelta(seconds=1)}, 4),
        ({"most": 2}, 2),
        ({"reasons": ("worker_deaths",)}, 1),
    ],
)
def test_they_are_filtered_by_state_feed_agency_age_and_reason(aside, wanted, count):
    assert len(found(aside, **wanted)) == count


def test_the_command_lists_shows_and_filters(commands):
    assert len(listed()) == 4
    (rejected,) = listed("--state", "rejected", "--feed", "social_care")
    assert rejected["reference"] == f"{SOCIAL_CARE}:0:0:0"
    assert [one["state"] for one in listed("--agency", "RAE")] == ["parked", "conflict"]

    shown = RUN.invoke(reports.app, ["show", f"{HEALTH}:0:0", "--json"])
    assert json.loads(shown.stdout)["sentence"] == "3 workers died."
    words = RUN.invoke(reports.app, ["list"]).stdout
    assert f"{HEALTH}:0:0 parked" in words
    assert "an unknown sender" in words


def test_nobody_reads_a_name_a_number_or_a_birth_date_in_what_is_said(commands, aside):
    told = RUN.invoke(reports.app, ["list"]).stdout + json.dumps(listed())
    told += json.dumps([str(view) for view in services(aside).feeds(OPERATOR).feeds])
    child = a_child()
    personal = (child.family_name, "Quarmby", *child.given_names, "2021-05-04")
    assert isinstance(an_attendance(), Event)
    for word in (*personal, child.nhs_number.reveal(), child.postcode.reveal(), "H0", "V1"):
        assert word not in told


def test_a_parked_report_is_tried_again_and_an_event_is_not(commands, aside):
    done = RUN.invoke(reports.app, ["retry", f"{HEALTH}:0:0"])
    assert done.stdout == "1 tried, 1 accepted, 0 still wait\n"
    assert found(aside, state=AsideState.PARKED, agency="RAE") == ()

    for reference, expected in (
        (f"{SOCIAL_CARE}:0:0:0", "names an event"),
        ("nonsense", "TOPIC:PARTITION:OFFSET"),
        (f"{HEALTH}:0:99", "No report is parked under"),
    ):
        refused = RUN.invoke(reports.app, ["retry", reference])
        assert isinstance(refused.exception, ConfigurationError)
        assert expected in str(refused.exception)


def test_without_a_name_all_that_match_are_tried_but_not_what_was_settled(commands, aside):
    with aside.store.connection() as connection:
        connection.execute("UPDATE report SET settled_at = %s WHERE agency = 'RAE'", (NOW,))

    done = RUN.invoke(reports.app, ["retry", "--feed", "health"])

    assert done.stdout == "1 tried, 0 accepted, 1 still wait\n"


def test_a_report_parked_for_a_day_is_an_alarm_for_operator_and_agency(aside):
    surface = services(aside)
    assert surface.ready().alarms == ()
    assert surface.feeds(OPERATOR).alarms == ()

    aside.clock.instant = NOW + timedelta(hours=25)

    (alarm,) = surface.ready().alarms
    assert (alarm.name, alarm.count, alarm.since) == ("parked_reports", 2, NOW)
    assert surface.ready().ready
    assert surface.feeds(OPERATOR).alarms == (alarm,)
    mine = surface.feeds(INTEGRATION)
    assert mine.alarms == ()
    assert [view.parked_overdue for view in mine.feeds] == [True]


def test_the_agency_sees_its_own_parked_reports_and_conflicts(aside):
    (view,) = services(aside).feeds(INTEGRATION).feeds

    assert (view.parked, view.conflicts) == (1, 1)
    assert [(one.number, one.sentence) for one in view.parked_reports] == [(1, "3 workers died.")]
    assert [one.outcome for one in view.refusals] == ["In conflict with what came before"]


def test_faults_of_the_hub_are_shown_to_the_operator_and_alarm(aside):
    with aside.store.connection() as connection:
        connection.execute(
            "INSERT INTO operator_fault VALUES ('offsets_removed', 'health', 't:1:4-6', %s, %s, 3)",
            (NOW, NOW),
        )
    shown = services(aside).feeds(OPERATOR)

    assert [one.reference for one in shown.faults] == ["fault:offsets_removed:health:t:1:4-6"]
    assert [(one.name, one.count) for one in shown.alarms] == [("hub_faults", 1)]
    assert services(aside).feeds(INTEGRATION).faults == ()


def test_hub_status_tells_the_alarm_and_the_faults_or_that_they_are_not_known(commands, aside):
    with aside.store.connection() as connection:
        connection.execute(
            "INSERT INTO operator_fault VALUES ('offsets_removed', 'health', 't:1:4-6', %s, %s, 3)",
            (NOW, NOW),
        )
        connection.execute("UPDATE report SET received_at = '2020-01-01Z' WHERE state = 'parked'")

    alarm, fault = stack._feed_health(commands)

    assert "2 reports are parked for longer than 24 h" in alarm
    assert "hub feeds settle fault:offsets_removed:health:t:1:4-6" in fault
    away = commands.model_copy(
        update={"database_url": SecretStr("postgresql://hub@127.0.0.1:9/hub")}
    )
    (unknown,) = stack._feed_health(away)
    assert "not known" in unknown


def test_the_topics_of_this_module_are_those_of_the_hub(laboratory):
    agencies = (laboratory.hospital, laboratory.council)
    assert [report_topic(one.feed) for one in agencies] == [HEALTH, SOCIAL_CARE]


def test_a_gap_is_listed_foreseen_and_settled_from_the_command_line(
    laboratory, commands_over, monkeypatch
):
    laboratory.receive([laboratory.says(laboratory.hospital, sequence=3)])
    monkeypatch.setattr(feeds, "load_settings", lambda: commands_over)
    reference = "gap:health:RAE/main:1763800000000:1-2"
    who = ["--by", "Lee Hargreaves", "--reason", "The trust looked them up."]

    (told,) = RUN.invoke(feeds.app, ["gaps", "--json"]).stdout.splitlines()
    assert json.loads(told)["reference"] == reference
    foreseen = RUN.invoke(feeds.app, ["settle", reference, *who])
    assert "run again with --yes" in foreseen.stdout
    assert laboratory.one("SELECT count(*) FROM settlement") == 0

    done = RUN.invoke(feeds.app, ["settle", reference, *who, "--yes"])

    assert done.stdout.endswith("settled\n")
    assert laboratory.one("SELECT settled_by FROM settlement") == "Lee Hargreaves"
    assert RUN.invoke(feeds.app, ["gaps"]).stdout == "nothing is missing\n"


def test_gaps_are_told_also_where_a_policy_file_is_refused_and_the_file_is_named(
    laboratory, commands_over, monkeypatch, tmp_path
):
    laboratory.receive([laboratory.says(laboratory.hospital, sequence=3)])
    policies = tmp_path / "policies"
    shutil.copytree(PROJECT_ROOT / "deploy" / "policies", policies)
    with (policies / "E08000032.toml").open("a") as file:
        file.write('\n[[sources]]\nagency = "RAE"\n')
    refused = commands_over.model_copy(update={"policies": policies})
    monkeypatch.setattr(feeds, "load_settings", lambda: refused)

    for options, so in (([], "In doubt: RAE."), (["--json"], '"agencies": ["RAE"]')):
        done = RUN.invoke(feeds.app, ["gaps", *options])

        assert "gap:health:RAE/main:1763800000000:1-2" in done.stdout
        assert so in done.stdout
        assert isinstance(done.exception, ConfigurationError)
        assert str(done.exception).startswith("E08000032.toml: ")
