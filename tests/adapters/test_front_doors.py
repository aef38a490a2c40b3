"""Authorities that share a front door share its telephones, hours and contacts, and no alert."""

import shutil

import pytest

from hub.adapters.policy_files import load_policies
from hub.core.alert import Severity
from hub.core.identifiers import GssCode
from hub.core.policy_settings import Origin
from hub.core.school_directory import SchoolDirectory
from hub.errors import ConfigurationError
from hub.service.addresses_in_force import WebhookAddresses
from hub.settings import PROJECT_ROOT

BRADFORD, CALDERDALE, LEEDS = map(GssCode, ("E08000032", "E08000033", "E08000035"))
DOOR = """
[front_doors.west]
name = "West front door (made up)"
serves = ["E08000032", "E08000033"]

[[front_doors.west.phones]]
label = "West front door (made up)"
number = "01632 960700"
hours = "always"

[front_doors.west.office_hours]
monday = { opens = 08:00:00, closes = 20:00:00 }

[front_doors.west.why]
office_hours = "local choice, no source"

[[front_doors.west.escalation]]
label = "Manager of the west front door"
severities = ["immediate", "today"]
minutes = 20
"""


def a_member(code, name):
    return (
        f'authority = "{code}"\nname = "{name}"\nversion = "1"\nfront_door = "west"\n'
        f'[[sources]]\nagency = "{code}"\nfeed = "social_care"\nname = "{name}"\n'
        "live_from = 2026-09-01T00:00:00Z\n"
    )


@pytest.fixture
def files(tmp_path):
    directory = tmp_path / "policies"
    shutil.copytree(PROJECT_ROOT / "deploy" / "policies", directory)
    with (directory / "hub.toml").open("a") as file:
        file.write(DOOR)
    for code, name in (("E08000032", "Bradford"), ("E08000033", "Calderdale")):
        (directory / f"{code}.toml").write_text(a_member(code, name))
    return directory


def test_what_is_shared_is_the_front_doors(files):
    policies = load_policies(files)
    for code in (BRADFORD, CALDERDALE):
        policy = policies.of(code)
        assert policy.front_door.name == "West front door (made up)"
        assert [one.number for one in policy.phones] == ["01632 960700"]
        assert [one.label for one in policy.escalation.steps] == ["Manager of the west front door"]
        assert policy.office_hours.by_weekday[0].opens.hour == 8
    assert policies.of(LEEDS).front_door is None
    assert policies.of(LEEDS).escalation == policies.hub.escalation


def test_it_serves_those_that_name_it_and_nobody_else(files):
    policies = load_policies(files)
    assert policies.served_with(BRADFORD) == (BRADFORD, CALDERDALE)
    assert policies.served_with(LEEDS) == (LEEDS,)
    assert policies.served_with(GssCode("E06000052")) == (GssCode("E06000052"),)
    assert policies.served_with(None) == ()


def test_what_an_authority_says_itself_holds_before_the_front_doors(files):
    with (files / "E08000033.toml").open("a") as file:
        file.write('[[phones]]\nlabel = "Own"\nnumber = "01632 960701"\nhours = "always"\n')
    policies = load_policies(files)
    assert [one.number for one in policies.of(CALDERDALE).phones] == ["01632 960701"]
    assert policies.served_with(CALDERDALE) == (BRADFORD, CALDERDALE)


def test_settings_say_where_and_why(files):
    settings = load_policies(files).of(BRADFORD).settings
    assert settings["front_door"].origin is Origin.AUTHORITY
    assert settings["office_hours.monday"].why == "local choice, no source"
    contact = settings["escalation.Manager of the west front door.minutes"]
    assert (contact.value, contact.origin) == ("20", Origin.HUB)


def test_a_change_of_the_front_door_is_a_change_of_each_version(files):
    before = load_policies(files)
    hub = (files / "hub.toml").read_text()
    (files / "hub.toml").write_text(hub.replace("minutes = 20\n", "minutes = 25\n"))
    after = load_policies(files)
    assert before.of(BRADFORD).version != after.of(BRADFORD).version
    assert before.of(LEEDS).version == after.of(LEEDS).version
    turns = after.of(CALDERDALE).turns(
        Severity.IMMEDIATE, after.of(CALDERDALE).sources["E08000033"].live_from
    )
    assert (turns[1].at - turns[0].at).total_seconds() == 25 * 60


ROUTE = """
[[routes]]
label = "Duty desk"
severities = ["immediate"]
channel = "webhook"
desk = "BFD-DUTY"
webhook = "https://duty.example/told"
"""


def test_a_route_says_who_is_told_of_what_by_which_channel(files):
    with (files / "E08000032.toml").open("a") as file:
        file.write(ROUTE)
    policies = load_policies(files)
    (route,) = policies.of(BRADFORD).routes
    assert (route.desk, route.severities) == ("BFD-DUTY", {Severity.IMMEDIATE})
    assert policies.of(CALDERDALE).routes == ()
    addresses = WebhookAddresses(policies, SchoolDirectory(schools={}))
    assert addresses["BFD-DUTY"] == "https://duty.example/told"
    assert policies.of(BRADFORD).settings["routes.Duty desk.channel"].value == "webhook"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('"webhook"', '"pigeon"', "routes.0.channel"),
        ("https://", "http://", "routes.0.webhook"),
        ('severities = ["immediate"]', "severities = []", "routes.0.severities"),
    ],
)
def test_a_mistake_in_a_route_is_refused(files, old, new, expected):
    with (files / "E08000032.toml").open("a") as file:
        file.write(ROUTE.replace(old, new))
    with pytest.raises(ConfigurationError, match=f"E08000032.toml: {expected}"):
        load_policies(files)


def test_a_code_has_one_address(files):
    with (files / "E08000032.toml").open("a") as file:
        other = ROUTE.replace("/told", "/other").replace('"Duty desk"', '"Another"')
        file.write(ROUTE + other)
    with pytest.raises(ConfigurationError, match="BFD-DUTY is given two addresses"):
        load_policies(files)


def test_no_file_gives_another_files_code_an_address_of_its_own(files):
    for code, address in (("E08000032", "/told"), ("E08000033", "/taken")):
        with (files / f"{code}.toml").open("a") as file:
            file.write(ROUTE.replace("/told", address))
    expected = "E08000033.toml: one address for BFD-DUTY was expected; E08000032.toml gives another"
    with pytest.raises(ConfigurationError, match=expected):
        load_policies(files)


def test_a_route_takes_no_hospitals_messages(files):
    with (files / "hub.toml").open("a") as file:
        file.write('\n[answers.webhooks]\nRAE = "https://rae.example/told"\n')
    with (files / "E08000033.toml").open("a") as file:
        file.write(ROUTE.replace("BFD-DUTY", "RAE"))
    with pytest.raises(ConfigurationError, match="one address for RAE was expected"):
        load_policies(files)


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (
            "E08000033.toml",
            'front_door = "west"',
            'front_door = "east"',
            "E08000033.toml: front_door: one of those of hub.toml was expected; there are: west.",
        ),
        (
            "E08000035.toml",
            'version = "2026.1"',
            'version = "2026.1"\nfront_door = "west"',
            "E08000035.toml: front_door: one that serves this authority was expected;",
        ),
        (
            "hub.toml",
            'serves = ["E08000032", "E08000033"]\n\n',
            "serves = []\n\n",
            "hub.toml: front_doors.west.serves",
        ),
        (
            "E08000033.toml",
            'front_door = "west"\n',
            'front_door = "west"\n[front_doors.east]\nname = "East"\n',
            "E08000033.toml: front_doors: none was expected but in hub.toml",
        ),
        (
            "hub.toml",
            'version = "2026.1"',
            'version = "2026.1"\nfront_door = "west"',
            "hub.toml: front_door: none was expected in hub.toml",
        ),
        ("hub.toml", "minutes = 20\n", "minutes = 0\n", "hub.toml: front_doors.west.escalation"),
        (
            "hub.toml",
            'number = "01632 960700"\nhours = "always"',
            'number = "01632 960700"\nhours = "office"',
            "phones must cover every hour",
        ),
    ],
)
def test_a_mistake_is_refused_by_its_file_and_key(files, file, old, new, expected):
    text = (files / file).read_text()
    assert old in text
    (files / file).write_text(text.replace(old, new, 1))
    with pytest.raises(ConfigurationError) as refused:
        load_policies(files)
    assert expected in str(refused.value)
