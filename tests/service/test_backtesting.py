"""Backtests over a real PostgreSQL: what was decided report by report, replayed and compared."""

import json
import tomllib
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import psycopg
import pytest

from hub.adapters.policy_trial import load_trial
from hub.adapters.store.replaying import PostgresReplaying
from hub.cli import main
from hub.core.alert import Severity
from hub.core.backtest_counts import Change, Counts, Outcome, Period, Seen, Side
from hub.core.event import (
    DomesticAbuseIncidentFacts,
    Event,
    EventState,
    Handling,
    UnbornChildProtectionPlanFacts,
)
from hub.core.identifiers import GssCode
from hub.core.incident_facts import RiskGrade
from hub.core.policy import RuleSetting
from hub.core.rule import RuleMode
from hub.core.rules.repeat_attendance import RepeatAttendanceParameters
from hub.errors import ConfigurationError
from hub.service.backtesting import Backtesting, parts_of
from hub.settings import PROJECT_ROOT
from tests.e2e.installation import write_keys
from tests.service.laboratory import BRADFORD, LEEDS, NOW, a_child, a_plan, an_attendance
from tests.service.schools import a_pupil, an_absence, joined, read_at, told

pytestmark = pytest.mark.stack

OWN = GssCode(BRADFORD)
THURSDAY = date(2026, 11, 19)
SHIPPED = PROJECT_ROOT / "deploy" / "policies"
BEGAN = NOW - timedelta(days=60)
PERIOD = Period(since=BEGAN, until=NOW + timedelta(days=1))
LAST_DAYS = Period(since=NOW - timedelta(days=5), until=NOW + timedelta(days=1))


def an_incident(name="O1", *, child=None, days_ago=3.0, revision=1, **changes):
    at = NOW - timedelta(days=days_ago)
    event = Event(
        source_key=f"POL13|{name}|N1",
        revision=revision,
        state=EventState.REPORTED,
        occurred_at=at,
        recorded_at=at,
        subject=child or a_child(local_id="N1"),
        facts=DomesticAbuseIncidentFacts(
            occurrence=name,
            began_at=at,
            place_authority=BRADFORD,
            present=True,
            resident=True,
            officer_grade=RiskGrade.MEDIUM,
        ),
    )
    return replace(event, **changes)


def an_unborn_plan(*, born=None, as_at=NOW):
    mother = a_child(4, local_id="C4", family_name="Moss")
    return Event(
        source_key="unborn|P4",
        revision=int(as_at.timestamp() * 1000),
        state=EventState.REPORTED,
        occurred_at=as_at,
        recorded_at=as_at,
        subject=mother,
        facts=UnbornChildProtectionPlanFacts(
            authority=BRADFORD,
            started_on=date(2026, 9, 1),
            due_on=date(2026, 11, 1),
            born_on=born,
            ended_on=born,
        ),
    )


@pytest.fixture
def town(laboratory):
    """Sixty days of a few children, decided report by report as time went on."""
    school = joined(laboratory)
    visitor = a_child(1, local_id="H1", family_name="Booth")

    def on(days_ago, agency, *events, **report):
        laboratory.clock.instant = NOW - timedelta(days=days_ago)
        laboratory.receive([laboratory.says(agency, *events, **report)])

    on(55, laboratory.council, a_plan(as_at=NOW - timedelta(days=55)))
    on(54, laboratory.hospital, an_attendance("V1", days_ago=54))
    for number, day in enumerate((40, 30, 20, 10)):
        on(day, laboratory.hospital, an_attendance(f"W{number}", child=visitor, days_ago=day))
    on(9, laboratory.other_hospital, an_attendance("X1", child=visitor, days_ago=9, site="RR801"))
    on(4, laboratory.hospital, an_attendance("V2", days_ago=50, site="RAE01"))  # told late
    on(3, laboratory.force, an_incident())
    # Both registers of the session come long after they were read, the second a while later.
    laboratory.clock.instant = NOW - timedelta(days=2)
    early, late = read_at(THURSDAY, hour=9), read_at(THURSDAY, hour=11)
    mark = an_absence(pupil=a_pupil(), day=THURSDAY, as_at=early)
    laboratory.receive([told(laboratory, school, mark, day=THURSDAY, as_at=early)])
    laboratory.clock.instant = NOW - timedelta(days=1.9)
    laboratory.receive([told(laboratory, school, day=THURSDAY, as_at=late)])
    on(1.5, laboratory.force, an_incident(days_ago=3, revision=2, state=EventState.CORRECTED))
    cancelled = an_attendance("V1", days_ago=54, revision=2, state=EventState.WITHDRAWN)
    on(1, laboratory.hospital, cancelled)
    later = Handling(not_before=NOW + timedelta(days=9))
    on(0.5, laboratory.force, an_incident("O2", days_ago=0.6, handling=later))
    laboratory.clock.instant = NOW
    return laboratory


@pytest.fixture
def counted(town):
    """Answers what replaying the town under some policies counts."""

    def count(tried=None, period=PERIOD):
        backtesting = Backtesting(
            PostgresReplaying(town.store, town.keys.sealer, town.digests, households=True),
            tried=(tried or town.policies).with_calendars(town.calendars),
            in_force=town.policies,
            authority_of_site=town.places.authority_of_site,
            now=NOW,
        )
        counts = Counts()
        with backtesting.extent() as extent:
            for part in parts_of(extent.children):
                counts.add(backtesting.counted(extent.snapshot, part, period))
        return counts

    return count


def by_change(counts):
    found = Counter()
    for one, number in counts.changes.items():
        found[one.change] += number
    return dict(found)


def by_rule(counts, change):
    return {one.rule: n for one, n in counts.changes.items() if one.change is change}


def told_by(counts, side):
    return sum(number for one, number in counts.work.items() if one.side is side)


def with_rule(policies, parameters, mode=RuleMode.LIVE, name="repeat_attendance"):
    setting = RuleSetting(mode=mode, parameters=parameters)

    def changed(policy):
        return replace(policy, rules={**policy.rules, name: setting})

    return replace(
        policies,
        hub=changed(policies.hub),
        authorities={code: changed(one) for code, one in policies.authorities.items()},
    )


def test_the_policy_in_force_replays_to_exactly_what_was_raised(town, counted):
    raised = town.rows("SELECT rule FROM alert WHERE delivered")
    rules = {"plan_match", "repeat_attendance", "unexplained_absence"}
    assert {rule for (rule,) in raised} >= rules

    counts = counted()

    assert set(by_change(counts)) <= {Change.SAME, Change.UNTOLD}
    assert by_change(counts)[Change.SAME] == len(raised)
    assert told_by(counts, Side.BEFORE) == told_by(counts, Side.AFTER) == len(raised)
    assert counts.events == town.one("SELECT count(*) FROM event")


def test_each_change_of_a_policy_shows_as_what_it_does(town, counted):
    strict = with_rule(town.policies, RepeatAttendanceParameters(attendances=9, sites=9))
    loose = with_rule(town.policies, RepeatAttendanceParameters(attendances=2, sites=9))
    shadow = with_rule(town.policies, RepeatAttendanceParameters(), RuleMode.SHADOW)
    calm = with_rule(town.policies, RepeatAttendanceParameters(several_sites=Severity.INFORMATION))
    only = {"repeat_attendance": 1}

    assert by_rule(counted(strict), Change.REMOVED) == only
    assert by_rule(counted(loose), Change.CHANGED) == only
    assert counted(loose).differences["repeat_attendance", "earlier"] == 1
    assert counted(calm).differences["repeat_attendance", "less urgent"] == 1
    hidden = counted(shadow)
    assert by_rule(hidden, Change.REMOVED_TO_UNTOLD) == only
    assert told_by(hidden, Side.AFTER) == told_by(hidden, Side.BEFORE) - 1


def test_what_nobody_was_told_of_is_added_when_the_rule_is_live(town, counted):
    town.rows("UPDATE alert SET delivered = false WHERE rule = 'repeat_attendance' RETURNING 1")

    assert by_rule(counted(), Change.ADDED_FROM_UNTOLD) == {"repeat_attendance": 1}
    for table in ("alert_ground", "alert_step", "alert"):
        town.rows(
            f"DELETE FROM {table} WHERE alert_id IN (SELECT alert_id FROM alert"
            " WHERE rule = 'repeat_attendance') RETURNING 1"
        )
    assert by_rule(counted(), Change.ADDED) == {"repeat_attendance": 1}


def test_only_alerts_of_the_days_asked_for_count(town, counted):
    days = counted(period=LAST_DAYS)

    assert 0 < told_by(days, Side.BEFORE) < told_by(counted(), Side.BEFORE)
    assert set(by_change(days)) <= {Change.SAME, Change.UNTOLD}


def test_only_alerts_of_the_authority_asked_for_count(town, counted):
    counts = counted(period=replace(PERIOD, authority=GssCode(LEEDS)))

    assert told_by(counts, Side.BEFORE) == town.one(
        "SELECT count(*) FROM alert WHERE delivered AND owner = %s", LEEDS
    )


def test_what_came_of_removed_alerts_is_counted(town, counted):
    town.rows(
        "UPDATE alert SET acknowledged_at = raised_at + interval '1 minute', acknowledged_by = 'x'"
        " WHERE rule = 'repeat_attendance' RETURNING 1"
    )
    strict = with_rule(town.policies, RepeatAttendanceParameters(attendances=9, sites=9))

    (one,) = (one for one in counted(strict).yields if one.rule == "repeat_attendance")

    assert (one.change, one.seen, one.outcome) == (Change.REMOVED, Seen.IN_TIME, Outcome.UNDECIDED)


def test_an_unborn_childs_plan_is_replayed_with_its_due_date(town, counted):
    town.clock.instant = NOW - timedelta(hours=3)
    town.receive([town.says(town.council, an_unborn_plan(born=date(2026, 10, 20)))])
    mother = a_child(4, local_id="H4", family_name="Moss")
    town.clock.instant = NOW - timedelta(hours=2)
    town.receive([town.says(town.hospital, an_attendance("M1", child=mother))])
    town.clock.instant = NOW

    assert set(by_change(counted())) <= {Change.SAME, Change.UNTOLD}


def test_a_backtest_cannot_write(town):
    replaying = PostgresReplaying(town.store, town.keys.sealer, town.digests, households=False)

    with replaying.extent() as extent:
        next(replaying.reading(extent.snapshot, replace(parts_of(0)[0], first=0, last=65535)))
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction), replaying._cursor() as cursor:
            cursor.execute("DELETE FROM alert_ground")


@pytest.fixture
def command(town, database_url, tmp_path, monkeypatch):
    """Answers what `hub backtest` prints over this town, in processes of its own."""
    write_keys(tmp_path / "keys")
    monkeypatch.setenv("HUB_HOME", str(tmp_path))
    monkeypatch.setenv("HUB_KEYS", str(tmp_path / "keys"))
    monkeypatch.setenv("HUB_POLICIES", str(SHIPPED))
    monkeypatch.setenv("HUB_DATABASE_URL", database_url)

    def run(capsys, *arguments):
        first = (NOW - timedelta(days=60)).date()
        with pytest.raises(SystemExit) as ended:
            main(["backtest", "--since", f"{first}", *map(str, arguments)])
        assert ended.value.code in {0, None}
        return capsys.readouterr()

    return run


def test_the_command_prints_a_table_json_and_a_page_without_a_word_of_anybody(
    command, capsys, tmp_path, town
):
    table = (SHIPPED / f"{BRADFORD}.toml").read_text()
    trial = tmp_path / "new.toml"
    trial.write_text(f"{table}\n[rules.repeat_attendance]\nattendances = 9\nsites = 9\n")

    printed = command(
        capsys, "--policy", trial, "--json", "--authority", BRADFORD, "--html", tmp_path / "b.html"
    )
    report, shown = json.loads(printed.out), (tmp_path / "b.html").read_text()

    assert report["rules"]["repeat_attendance"]["removed"] == 1
    assert report["authority"] == "Bradford"
    # The file does not join the school of the town: what rests on it would be told to nobody.
    assert report["rules"]["unexplained_absence"]["removed_to_untold"] == 1
    assert report["total"]["told"] - report["total"]["would_be_told"] == 2
    assert "%:" in printed.err
    assert "<svg" in shown
    assert "<script" not in shown
    assert "src=" not in shown
    for secret in ("Ashworth", "Booth", "Mira", "9990000", "BD1"):
        assert secret not in shown + printed.out
    children = town.rows("SELECT encode(child_ref, 'hex') FROM child")
    assert all(ref not in shown + printed.out for (ref,) in children)


def test_one_file_is_tried_in_place_of_the_one_in_force(tmp_path):
    tried = tmp_path / "new.toml"
    tried.write_text((SHIPPED / "hub.toml").read_text().replace("days = 365", "days = 100"))

    trial, in_force = load_trial(tried, SHIPPED), load_trial(SHIPPED, SHIPPED)

    assert trial.authorities.keys() == in_force.authorities.keys()
    assert trial.version != in_force.version
    assert tomllib.loads(tried.read_text()).get("authority") is None


def test_a_file_that_is_no_policy_is_refused_in_one_sentence(tmp_path):
    (tmp_path / "new.toml").write_text("authority = '../E08000032'")
    (tmp_path / "bad.toml").write_text("=")

    with pytest.raises(ConfigurationError, match="a GSS code was expected"):
        load_trial(tmp_path / "new.toml", SHIPPED)
    with pytest.raises(ConfigurationError, match="a policy file in TOML was expected"):
        load_trial(tmp_path / "bad.toml", SHIPPED)
