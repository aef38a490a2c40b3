"""Policy files are typed, complete and refused whole if anything in them is wrong."""

import json
import re
import shutil
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hub.adapters.policy_files import load_policies
from hub.commands.policy import app
from hub.core.alert import Severity
from hub.core.clock import Opening
from hub.core.identifiers import GssCode
from hub.core.identity_weights import Bands
from hub.core.policy import FEED_AGE_MAX_DEFAULT
from hub.core.policy_settings import Origin, without_reason
from hub.core.report import Feed
from hub.core.retention import longest
from hub.core.rule import RuleMode
from hub.core.rules import RULES
from hub.errors import ConfigurationError

REAL = Path(__file__).parents[2] / "deploy" / "policies"
BRADFORD, LEEDS, CORNWALL = GssCode("E08000032"), GssCode("E08000035"), GssCode("E06000052")


@pytest.fixture
def files(tmp_path):
    directory = tmp_path / "policies"
    shutil.copytree(REAL, directory)
    return directory


def change(files, name, old, new):
    path = files / name
    content = path.read_text()
    assert old in content, "the test changes something that is there"
    path.write_text(content.replace(old, new, 1))


def refusal(files):
    with pytest.raises(ConfigurationError) as refused:
        load_policies(files)
    return str(refused.value)


def test_the_policies_that_are_deployed_can_be_used():
    policies = load_policies(REAL)
    assert policies.is_joined(BRADFORD)
    assert policies.is_joined(LEEDS)
    bradford = policies.of(BRADFORD)
    assert bradford.register.maximum_age == timedelta(hours=48)
    assert [source.agency for source in bradford.hospitals()] == ["RAE", "RR8"]
    assert bradford.sources["RAE"].feed is Feed.HEALTH
    assert bradford.mode_of("plan_match") is RuleMode.LIVE
    assert bradford.parameters_of("repeat_attendance").attendances == 4
    assert bradford.parameters_of("repeat_attendance").several_sites is Severity.TODAY
    assert bradford.windows.ended_plan_days == 364
    assert bradford.office_hours.by_weekday[4] == Opening(opens=time(9), closes=time(16, 30))
    assert date(2026, 12, 28) in bradford.bank_holidays


def test_every_deployed_telephone_number_is_of_the_drama_range():
    policies = load_policies(REAL)
    for policy in (policies.hub, *policies.authorities.values()):
        for entry in (*policy.phones, policy.relay):
            assert entry.number.startswith("01632 960")


def test_an_authority_without_a_policy_is_not_joined():
    policies = load_policies(REAL)
    assert not policies.is_joined(CORNWALL)
    assert policies.of(CORNWALL) is policies.hub
    assert policies.register_of(CORNWALL) is None


def test_an_authority_with_a_policy_but_no_register_is_not_joined(files):
    (files / "E06000052.toml").write_text(
        'authority = "E06000052"\nname = "Cornwall"\nversion = "1"\n'
        '[[phones]]\nlabel = "Desk"\nnumber = "01632 960111"\nhours = "always"\n'
    )
    policies = load_policies(files)
    assert policies.of(CORNWALL).name == "Cornwall"
    assert not policies.is_joined(CORNWALL)


A_FORCE = (
    '\n[[sources]]\nagency = "POL04"\nfeed = "police"\nname = "Lancashire Constabulary"\n'
    "live_from = 2026-09-01T00:00:00Z\n"
)


def test_a_force_is_joined_as_a_hospital_is_and_is_none(files):
    with (files / "hub.toml").open("a") as file:
        file.write(A_FORCE)
    policy = load_policies(files).of(BRADFORD)
    assert policy.sources["POL04"].feed is Feed.POLICE
    assert policy.sources["POL04"].maximum_age == FEED_AGE_MAX_DEFAULT
    assert "POL04" not in {source.agency for source in policy.hospitals()}


@pytest.mark.parametrize(("agency", "feed"), [("13X", "police"), ("POL04", "health")])
def test_a_forces_code_belongs_to_the_feed_of_the_police_alone(files, agency, feed):
    with (files / "hub.toml").open("a") as file:
        told = A_FORCE.replace('"POL04"', f'"{agency}"').replace('"police"', f'"{feed}"')
        file.write(told)
    assert "POL and two digits" in refusal(files)


def test_whom_to_ring_follows_the_hours():
    bradford = load_policies(REAL).of(BRADFORD)
    noon, night = datetime(2026, 11, 23, 12, tzinfo=UTC), datetime(2026, 11, 23, 23, tzinfo=UTC)
    assert [phone.number for phone in bradford.phones_at(noon)] == ["01632 960320"]
    assert [phone.number for phone in bradford.phones_at(night)] == ["01632 960321"]
    boxing_day = datetime(2026, 12, 28, 12, tzinfo=UTC)
    assert [phone.number for phone in bradford.phones_at(boxing_day)] == ["01632 960321"]


def test_an_authoritys_numbers_overlay_the_hubs_key_by_key(files):
    with (files / "E08000035.toml").open("a") as file:
        file.write("\n[rules.repeat_attendance]\nattendances_within_days = 183\n")
    policies = load_policies(files)
    leeds = policies.of(LEEDS).parameters_of("repeat_attendance")
    assert (leeds.attendances, leeds.attendances_within_days) == (4, 183)
    assert policies.of(BRADFORD).parameters_of("repeat_attendance").attendances_within_days == 365


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_is_off_until_it_is_named_and_then_begins_in_its_default_mode(files, rule):
    hub = (files / "hub.toml").read_text()
    begins, ends = hub.index("[rules.why]"), hub.index("# Hospitals tell everybody")
    (files / "hub.toml").write_text(f"{hub[:begins]}[rules]\n\n{hub[ends:]}")
    assert load_policies(files).hub.mode_of(rule.name) is RuleMode.OFF
    with (files / "hub.toml").open("a") as file:
        file.write(f"\n[rules.{rule.name}]\n")
    assert load_policies(files).hub.mode_of(rule.name) is rule.default_mode


def test_the_version_changes_with_any_content_and_the_rules_only_with_its_numbers(files):
    before = load_policies(files)
    change(files, "hub.toml", "01632 960999", "01632 960998")
    after = load_policies(files)
    assert before.version != after.version
    assert before.of(BRADFORD).version != after.of(BRADFORD).version

    def rules(policies):
        return policies.of(BRADFORD).rule_version("repeat_attendance").split()[-1]

    assert rules(before) == rules(after)
    change(files, "hub.toml", "sites_within_days = 30", "sites_within_days = 31")
    assert rules(load_policies(files)) != rules(after)


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("hub.toml", "[windows]", "[window]",
         "hub.toml: windows.ended_plan_days: this key is needed"),
        ("hub.toml", "unborn_days = 28", 'unborn_days = "28"', "hub.toml: windows.unborn_days:"),
        ("hub.toml", "unborn_days", "unborn_weeks", "hub.toml: windows.unborn_"),
        ("hub.toml", 'mode = "live"', 'mode = "on"', "hub.toml: rules.plan_match.mode:"),
        ("hub.toml", "attendances = 4", "attendances = 1", "hub.toml: rules.repeat_attendance:"),
        ("hub.toml", "attendances = 4", "attendances = true",
         "hub.toml: rules.repeat_attendance.attendances:"),
        ("hub.toml", "sites = 2", "site = 2",
         "hub.toml: rules.repeat_attendance.site: this key is not known"),
        ("hub.toml", 'several_sites = "today"', 'several_sites = "red"',
         "hub.toml: rules.repeat_attendance.several_sites:"),
        ("hub.toml", "[rules.plan_match]", "[rules.plan_matches]",
         "hub.toml: rules.plan_matches: no such rule"),
        ("hub.toml", 'feed = "health"', 'feed = "weather"', "hub.toml: sources.0.feed:"),
        ("hub.toml", "2026-09-01T00:00:00Z", "2026-09-01T00:00:00",
         "hub.toml: sources.0.live_from:"),
        ("hub.toml", "closes = 17:00:00", "closes = 08:00:00", "hub.toml: office_hours:"),
        ("hub.toml", 'name = "Safeguarding Hub"', 'name = "Safeguarding Hub', "hub.toml: TOML"),
        ("E08000032.toml", 'hours = "out_of_hours"', 'hours = "office"',
         "E08000032.toml: the file: phones must cover every hour"),
        ("E08000032.toml", "01632 960320", "ring me", "E08000032.toml: phones.0.number:"),
        ("E08000032.toml", 'authority = "E08000032"', 'authority = "E08000035"',
         "E08000032.toml: authority: the file must be named"),
        ("E08000032.toml", 'authority = "E08000032"', 'authority = "Bradford"',
         "E08000032.toml: authority:"),
        ("E08000032.toml", 'authority = "E08000032"', "", "E08000032.toml: authority:"),
        ("E08000032.toml", 'version = "2026.1"', "", "E08000032.toml: version: this key is needed"),
        ("E08000032.toml", 'version = "2026.1"', 'version = "2026.1"\nowner = "x"',
         "E08000032.toml: owner: this key is not known"),
        ("hub.toml", 'agency = "RR8"', 'agency = "RAE"', "hub.toml: the file: an agency may be"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_by_name_key_and_expectation(files, name, old, new, told):
    change(files, name, old, new)
    assert refusal(files).startswith(told)


BANDS = "\n[matching]\nlink = 0.97\nlink_unnamed = 0.999\nreview = 0.01\n"


@pytest.mark.parametrize(
    ("new", "told"),
    [
        ("x = " + "[" * 5_000, "TOML was expected, without"),
        ("x = " + "1" * 5_000, "TOML was expected, without"),
        ('agency = ["E08000032"]', r"sources\.[0-9]+\.agency"),
    ],
    ids=["endless nesting", "a number without end", "a list for a code"],
)
def test_what_no_reader_takes_is_a_sentence_and_no_fault(files, new, told):
    path = files / "E08000032.toml"
    path.write_text(path.read_text().replace('agency = "E08000032"', new))

    with pytest.raises(ConfigurationError, match=f"^{path.name}: {told}"):
        load_policies(files)


def test_the_bands_of_likeness_are_the_hubs_policy_and_change_its_version(files):
    before = load_policies(files)
    assert before.hub.bands is None

    (files / "hub.toml").write_text((files / "hub.toml").read_text() + BANDS)
    after = load_policies(files)

    assert after.hub.bands == Bands(link=0.97, link_unnamed=0.999, review=0.01)
    assert after.version != before.version


def test_no_authority_says_when_records_are_one_childs(files):
    (files / "E08000035.toml").write_text((files / "E08000035.toml").read_text() + BANDS)

    assert refusal(files).startswith("E08000035.toml: matching: none was expected but in hub.toml")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("link = 0.97", "link = 0.4"),
        ("link_unnamed = 0.999", "link_unnamed = 0.96"),
        ("review = 0.01", "review = 0.98"),
    ],
)
def test_bands_that_contradict_one_another_are_refused(files, old, new):
    (files / "hub.toml").write_text((files / "hub.toml").read_text() + BANDS.replace(old, new))

    assert refusal(files).startswith("hub.toml: matching")


def test_without_the_hubs_own_file_nothing_is_taken(files):
    (files / "hub.toml").unlink()
    assert "hub.toml was expected" in refusal(files)


def test_the_command_shows_what_it_understood(files):
    shown = CliRunner().invoke(app, ["check", str(files)], env={"COLUMNS": "200"})
    assert shown.exit_code == 0
    assert "All 5 files can be used" in shown.output
    assert "stale after 48 h" in shown.output


def test_the_command_names_each_rule_once_and_what_an_authority_says_otherwise(files):
    own = files / "E08000035.toml"
    own.write_text(own.read_text() + '\n[rules.repeat_attendance]\nmode = "shadow"\n')
    shown = CliRunner().invoke(app, ["check", str(files)], env={"COLUMNS": "200"})
    assert shown.exit_code == 0, shown.output
    assert shown.output.count("plan_match") == 1
    assert "as the hub, but repeat_attendance shadow" in " ".join(shown.output.split())
    assert re.search(r"^Off: not_seen_since_incident\.", shown.output, re.MULTILINE)


def test_a_narrow_terminal_cuts_nothing_of_what_is_shown(files):
    shown = CliRunner().invoke(app, ["check", str(files)], env={"COLUMNS": "80"}).output
    rows = [line for line in shown.splitlines() if line.startswith("│")]
    assert rows
    assert all(line.endswith("│") for line in rows)
    assert "…" not in shown


def test_the_command_refuses_a_wrong_file(files):
    change(files, "hub.toml", "sites = 2", "sites = 0")
    result = CliRunner().invoke(app, ["check", str(files)])
    assert isinstance(result.exception, ConfigurationError)


def explained(files, *arguments):
    shown = CliRunner().invoke(
        app, ["explain", "repeat_attendance", str(files), *arguments], env={"COLUMNS": "200"}
    )
    assert shown.exit_code == 0, shown.output
    return {
        cells[1].strip(): [cell.strip() for cell in cells[2:5]]
        for cells in (line.split("│") for line in shown.output.splitlines())
        if len(cells) > 5
    }


def test_every_number_of_the_hubs_own_policy_says_where_it_is_from():
    assert without_reason(load_policies(REAL).hub.settings) == ()


def test_a_reason_changes_no_version(files):
    before = load_policies(files)
    change(files, "hub.toml", 'sites = "local choice, no source"', 'sites = "as agreed in May"')
    after = load_policies(files)
    assert before.version == after.version
    assert after.hub.settings["rules.repeat_attendance.sites"].why == "as agreed in May"


def test_an_authority_that_says_another_number_does_not_take_the_hubs_reason(files):
    with (files / "E08000035.toml").open("a") as file:
        file.write("[rules.repeat_attendance]\nattendances_within_days = 183\n")
    settings = load_policies(files).of(LEEDS).settings
    own = settings["rules.repeat_attendance.attendances_within_days"]
    assert (own.value, own.origin, own.why) == ("183", Origin.AUTHORITY, None)
    assert settings["rules.repeat_attendance.attendances"].origin is Origin.HUB
    assert "Greenfield" in settings["rules.repeat_attendance.attendances"].why
    assert without_reason(settings) == ("rules.repeat_attendance.attendances_within_days",)
    assert explained(files, "--authority", "E08000035")["attendances_within_days"] == [
        "183",
        "the authority's own file",
        "no reason stated",
    ]
    assert explained(files)["attendances_within_days"][:2] == ["365", "hub.toml"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("[clocks.why]\nminutes = 'local'", "a reason is stated for clocks.minutes"),
        ("[rules.plan_match.why]\nended = 3", "why.ended: a text of 1 to 300 letters"),
        ("[rules.plan_match]\nwhy = 'all'", "why: a table of reasons by key was expected"),
    ],
)
def test_a_reason_of_nothing_or_that_is_no_text_is_refused(files, line, told):
    with (files / "E08000035.toml").open("a") as file:
        file.write(f"{line}\n")
    assert told in refusal(files)


def test_what_two_directories_say_otherwise_is_shown_once_for_all_concerned(files, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(files, other)
    same = CliRunner().invoke(app, ["diff", str(files), str(other)])
    assert (same.exit_code, same.output) == (0, "Both say the same.\n")
    change(other, "hub.toml", "sites_within_days = 30", "sites_within_days = 31")
    with (other / "E08000035.toml").open("a") as file:
        file.write("[rules.repeat_attendance]\nsites_within_days = 30\n")
    (other / "E08000033.toml").unlink()

    shown = CliRunner().invoke(app, ["diff", str(files), str(other)], env={"COLUMNS": "220"})
    told = CliRunner().invoke(app, ["diff", str(files), str(other), "--json"])

    assert shown.exit_code == told.exit_code == 1
    assert "hub, E08000032, E10000017" in shown.output
    assert "hub: the settings differ, and the version that is stated does not." in shown.output
    found = json.loads(told.output)
    assert found["hub"] == [
        {
            "setting": "rules.repeat_attendance.sites_within_days",
            "before": "30",
            "after": "31",
            "why": "local choice, no source",
        }
    ]
    assert "E08000035" not in found
    assert {"setting": "name", "before": "Calderdale", "after": None, "why": None} in found[
        "E08000033"
    ]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["repeat"], "There is no rule or table of that name; there are: absence_after_att"),
        (["plan_match", "--authority", "E99"], "--authority: "),
        (["plan_match", "--authority", "E06000052"], "E06000052 has no policy file here"),
    ],
)
def test_what_cannot_be_explained_is_named(files, arguments, told):
    rule, *rest = arguments
    result = CliRunner().invoke(app, ["explain", rule, str(files), *rest])
    assert isinstance(result.exception, ConfigurationError)
    assert told in str(result.exception)


def test_a_table_is_explained_as_a_rule_is(files):
    result = CliRunner().invoke(app, ["explain", "clocks", str(files)], env={"COLUMNS": "200"})
    assert result.exit_code == 0
    assert "immediate_minutes" in result.stdout
    assert "local choice, no source" in result.stdout


@pytest.mark.parametrize("table", ["routes", "front_doors", "matching"])
def test_of_a_table_that_no_file_has_just_this_is_said(files, table):
    result = CliRunner().invoke(app, ["explain", table, str(files)])
    assert result.exit_code == 0, result.exception
    assert f"No file says anything of {table}." in result.stdout


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "attendances_days = 400",
            "attendances_days = 365",
            "more than 365 days were expected of emergency_attendance, which windows.seen_days",
        ),
        ("seen_days = 365", "seen_days = 500", "more than 500 days were expected of emergency_att"),
        ("absences_days = 400", "absences_days = 100", "rules.absence_returns looks back"),
    ],
)
def test_nothing_is_deleted_that_a_window_or_a_rule_looks_back_to(files, old, new, expected):
    change(files, "hub.toml", old, new)
    assert expected in refusal(files)


def test_an_authority_may_keep_longer(files):
    with (files / "E08000032.toml").open("a") as file:
        file.write("\n[retention]\nattendances_days = 800\n")
    policies = load_policies(files)
    assert policies.of(BRADFORD).retention.attendances_days == 800
    assert policies.of(BRADFORD).retention.absences_days == 400
    assert longest(one.retention for one in policies.every()).attendances_days == 800


def test_a_long_value_is_shown_whole_however_narrow_the_terminal_is(files):
    address = "https://duty.example.org/a-long-path-of-a-system/that-is-told"
    hub = files / "hub.toml"
    route = '\n[[routes]]\nlabel = "Desk"\nseverities = ["today"]\nchannel = "webhook"\n'
    hub.write_text(hub.read_text() + route + f'desk = "DESK"\nwebhook = "{address}"\n')
    result = CliRunner().invoke(app, ["explain", "routes", str(files)], env={"COLUMNS": "80"})
    assert "\u2026" not in result.output
    shown = "".join(
        line.split("\u2502")[2].strip() for line in result.output.splitlines() if "\u2502" in line
    )
    assert address in shown
