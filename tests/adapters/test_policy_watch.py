"""A change of the policy files holds without a restart, whole or not at all."""

import os
import shutil
from pathlib import Path

import pytest

from hub.adapters.calendar_files import load_calendars
from hub.adapters.policy_files import load_policies
from hub.adapters.policy_watch import PolicyWatch, stamp_of
from hub.core.event import EventKind
from hub.core.identifiers import GssCode
from hub.core.school_directory import SchoolDirectory
from hub.service.addresses_in_force import WebhookAddresses
from hub.service.households import Households
from hub.service.policies_in_force import PoliciesInForce
from tests.e2e.waiting import wait_until

DEPLOYED = Path(__file__).parents[2] / "deploy"
BRADFORD = GssCode("E08000032")


@pytest.fixture
def files(tmp_path):
    directory = tmp_path / "policies"
    shutil.copytree(DEPLOYED / "policies", directory)
    return directory


@pytest.fixture
def in_force(files):
    return PoliciesInForce(load_policies(files))


@pytest.fixture
def watch(files, in_force):
    return PolicyWatch(files, in_force, load_policies)


def change(path, old, new):
    content = path.read_text()
    assert old in content, "the test changes something that is there"
    path.write_text(content.replace(old, new, 1))
    later = path.stat().st_mtime_ns + 1_000_000
    os.utime(path, ns=(later, later))


def sites_of(policies):
    return policies.of(BRADFORD).parameters_of("repeat_attendance").sites


def test_what_is_in_force_is_like_any_other(files, in_force):
    plain = load_policies(files)
    assert in_force.version == plain.version
    assert in_force.is_joined(BRADFORD)
    assert in_force.of(BRADFORD) == plain.of(BRADFORD)


def test_a_change_between_the_reading_and_the_watch_is_seen(files, in_force):
    before = stamp_of(files)
    change(files / "hub.toml", 'version = "2026.1"', 'version = "2026.2"')

    watch = PolicyWatch(files, in_force, load_policies, since=before)

    assert watch.look()
    assert in_force.hub.version.startswith("2026.2")
    assert not watch.look(), "and taken once"


def test_a_change_holds_for_whoever_was_given_the_policies_before(files, in_force, watch):
    calendars = load_calendars(DEPLOYED / "calendars")
    with_days = in_force.with_calendars(calendars)
    households = Households.of(in_force)
    version = in_force.version
    assert EventKind.EMERGENCY_ATTENDANCE in households.kinds
    both = 'correlate = ["domestic_abuse_incident", "emergency_attendance"]'
    change(files / "E08000033.toml", both, "correlate = []")
    change(files / "hub.toml", "sites = 2", "sites = 3")
    change(files / "hub.toml", "correlate = []", 'correlate = ["domestic_abuse_incident"]')

    assert not watch.look(), "files that have just changed may be changing still"
    assert sites_of(in_force) == 2
    assert watch.look()

    assert sites_of(in_force) == sites_of(with_days) == 3
    assert with_days.of(BRADFORD).calendars is calendars
    assert with_days.of(BRADFORD) is with_days.of(BRADFORD), "put together once"
    assert households.kinds == {EventKind.DOMESTIC_ABUSE_INCIDENT}
    assert in_force.version != version
    assert not watch.look(), "nothing has changed since"


def test_an_authority_that_joins_is_known_at_once(files, in_force, watch):
    cornwall = GssCode("E06000052")
    (files / "E06000052.toml").write_text(
        'authority = "E06000052"\nname = "Cornwall"\nversion = "1"\n'
        '[[phones]]\nlabel = "Desk"\nnumber = "01632 960111"\nhours = "always"\n'
    )
    assert not watch.look()
    assert watch.look()
    assert in_force.of(cornwall).name == "Cornwall"


def test_wrong_files_are_told_once_and_what_held_before_holds_on(files, in_force, watch, caplog):
    version = in_force.version
    change(files / "hub.toml", "sites = 2", "sites = 0")
    looks = [watch.look() for _ in range(4)]

    assert looks == [False] * 4
    assert in_force.version == version
    (told,) = [one.getMessage() for one in caplog.records]
    assert version in told
    assert "hub.toml: rules.repeat_attendance" in told

    change(files / "hub.toml", "sites = 0", "sites = 4")
    assert [watch.look() for _ in range(2)] == [False, True]
    assert sites_of(in_force) == 4


def test_a_directory_that_cannot_be_read_changes_nothing(files, in_force, watch):
    shutil.move(files, files.with_name("away"))
    assert [watch.look() for _ in range(3)] == [False] * 3
    assert sites_of(in_force) == 2
    shutil.move(files.with_name("away"), files)
    assert not watch.look()


def test_files_that_go_while_they_are_read_are_looked_at_again(files, in_force):
    def gone_once(directory, tries=iter((True, False))):  # noqa: B008  # kept from call to call
        if next(tries):
            raise FileNotFoundError
        return load_policies(directory)

    watch = PolicyWatch(files, in_force, gone_once)
    change(files / "hub.toml", "sites = 2", "sites = 3")
    assert [watch.look() for _ in range(3)] == [False, False, True]
    assert sites_of(in_force) == 3


def test_a_file_that_cannot_be_read_is_told_of_once_and_taken_once_it_can(
    files, in_force, watch, caplog
):
    before = in_force.version
    (files / "E06000001.toml").mkdir()

    assert [watch.look() for _ in range(5)] == [False] * 5
    assert in_force.version == before
    (told,) = [one.getMessage() for one in caplog.records if "cannot be read" in one.message]
    assert told.endswith(f"version {before} stays in force: E06000001.toml: Is a directory")

    (files / "E06000001.toml").rmdir()
    change(files / "E08000032.toml", 'version = "2026.1"', 'version = "2026.2"')
    assert [watch.look() for _ in range(2)] == [False, True]


def test_a_fault_of_ours_ends_no_watch(files, in_force):
    loads = iter([KeyError("a fault"), load_policies])

    def load(directory):
        fault = next(loads)
        if isinstance(fault, Exception):
            raise fault
        return fault(directory)

    watch = PolicyWatch(files, in_force, load)
    for version, taken in (("2026.2", False), ("2026.3", True)):
        change(files / "hub.toml", 'version = "', f'version = "{version}')
        assert [watch.look() for _ in range(2)] == [False, taken]


def test_a_change_of_bands_says_that_it_waits_for_a_restart(files, watch, caplog):
    with (files / "hub.toml").open("a") as file:
        file.write("\n[matching]\nlink = 0.98\nlink_unnamed = 0.999\nreview = 0.1\n")
    assert [watch.look() for _ in range(2)] == [False, True]
    assert "[matching] was changed" in caplog.records[0].getMessage()


def test_while_it_is_kept_a_change_holds_by_itself(files, in_force, watch, monkeypatch):
    monkeypatch.setattr("hub.adapters.policy_watch.LOOK_SECONDS", 0.01)
    with watch.kept():
        change(files / "hub.toml", "sites = 2", "sites = 3")
        assert wait_until(lambda: sites_of(in_force) == 3, "a change holds")


def test_it_says_why_files_are_not_taken_until_they_are(files, watch):
    assert watch.refused == ""
    change(files / "hub.toml", "sites = 2", 'sites = "two"')
    assert [watch.look() for _ in range(2)] == [False, False]
    assert watch.refused.startswith("hub.toml: rules.repeat_attendance.sites: ")
    change(files / "hub.toml", 'sites = "two"', "sites = 3")
    assert [watch.look() for _ in range(2)] == [False, True]
    assert watch.refused == ""


def test_addresses_of_webhooks_follow_their_file(files, in_force, watch):
    addresses = WebhookAddresses(in_force, SchoolDirectory(schools={}))
    before = dict(addresses)
    with (files / "E08000032.toml").open("a") as file:
        file.write('\n[answers.webhooks]\nRAE = "https://rae.example/told"\n')
    assert [watch.look() for _ in range(2)] == [False, True]
    assert dict(addresses) == before | {"RAE": "https://rae.example/told"}
    assert len(addresses) == len(before) + 1
