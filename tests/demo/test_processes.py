"""Processes are found by more than their pid, stopped within limits, and say why they ended."""

import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest

from connectors.command import EXIT_NOTHING_READ
from hub.demo import processes as module
from hub.demo.home import DemoHome, PlayState, TownState
from hub.demo.playing import NOTHING_READ_EXIT
from hub.demo.processes import HubProcess, Processes
from hub.errors import ConfigurationError, HubError, ServiceMissing
from hub.local.pidfile import PidFile

DAY = date(2026, 11, 21)
SLEEPS = "import time; time.sleep(60)"
DEAF = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "print(1, flush=True); time.sleep(60)"
)


@pytest.fixture
def started(tmp_path, monkeypatch):
    """Processes whose "hub command" is a line of Python."""
    monkeypatch.setattr(module, "_command", lambda arguments: [sys.executable, "-c", *arguments])
    home = DemoHome(tmp_path)
    home.make()
    processes = Processes(
        pids=home.pids, logs=home.logs, directory=tmp_path, environment={"HUB_DEMO": "1"}
    )
    yield processes, home
    processes.stop(["one", "two"], lambda _: None)


def test_a_process_is_started_once_and_stopped(started):
    processes, _ = started
    assert processes.start(HubProcess(name="one", arguments=(SLEEPS,)))
    assert not processes.start(HubProcess(name="one", arguments=(SLEEPS,)))
    (state,) = processes.states(["one"])
    assert state.pid
    said = []
    assert processes.stop(["one", "two"], said.append) == ("one",)
    assert processes.states(["one"])[0].pid is None
    assert said == [f"stopped one (pid {state.pid})"]


def test_a_command_that_is_broken_off_ends_and_has_failed(started):
    processes, _ = started
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(processes.run, "long", [SLEEPS])
        while not processes._commands:
            assert not running.done()
            time.sleep(0.01)
        processes.break_off()
        with pytest.raises(HubError, match="failed"):
            running.result(50)


def test_another_command_finds_and_stops_what_was_started(started):
    processes, home = started
    processes.start(HubProcess(name="one", arguments=(SLEEPS,)))
    (state,) = processes.states(["one"])
    elsewhere = Processes(pids=home.pids, logs=home.logs, directory=home.root, environment={})
    assert elsewhere.states(["one"]) == (state,)
    processes._started["one"].poll()
    assert PidFile(home.pids / "one.json").send(signal.SIGTERM)
    processes._started["one"].wait(10)
    assert elsewhere.states(["one"])[0].pid is None


def test_a_pid_that_another_program_now_has_is_left_alone(started):
    processes, home = started
    other = subprocess.Popen([sys.executable, "-c", SLEEPS])
    try:
        file = home.pids / "one.json"
        PidFile(file).remember(other.pid)
        told = file.read_text()
        ticks = PidFile(file)._remembered().started_ticks
        file.write_text(told.replace(str(ticks), str(ticks - 1)))
        assert processes.states(["one"])[0].pid is None
        assert processes.stop(["one"], lambda _: None) == ()
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_process_that_does_not_stop_by_itself_is_killed(started, monkeypatch):
    monkeypatch.setattr(module, "STOP_SECONDS_MAX", 0.5)
    processes, _ = started
    processes.start(HubProcess(name="two", arguments=(DEAF,)))
    while not processes.log("two").read_text():
        processes.require_running("two")
    said = []
    processes.stop(["two"], said.append)
    assert processes.states(["two"])[0].pid is None
    assert any("killed" in line for line in said)


def test_a_process_that_ended_by_itself_says_why(started):
    processes, _ = started
    processes.start(HubProcess(name="one", arguments=("raise SystemExit('no port is free')",)))
    processes._started["one"].wait(10)
    with pytest.raises(ServiceMissing, match="no port is free"):
        processes.require_running("one")


def test_a_command_that_fails_says_why(started):
    processes, _ = started
    processes.run("good", ["pass"])
    with pytest.raises(HubError, match="no such folder"):
        processes.run("bad", ["raise SystemExit('no such folder')"])


def test_an_export_of_a_quiet_evening_has_not_failed(started):
    processes, _ = started
    quiet = ("import sys; sys.exit(4)",)
    processes.run("connector", quiet, also_well=(NOTHING_READ_EXIT,))
    with pytest.raises(HubError):
        processes.run("connector", quiet)
    assert NOTHING_READ_EXIT == EXIT_NOTHING_READ


def test_processes_are_told_that_this_is_a_demo(started):
    processes, _ = started
    processes.run("asks", ["import os; print(os.environ['HUB_DEMO'])"])
    assert processes.log("asks").read_text().strip() == "1"


def test_state_that_is_written_is_read_again(tmp_path):
    home = DemoHome(tmp_path)
    home.make()
    assert home.town() is None
    assert home.played() is None
    town = TownState(seed=1, children=60, anchor=DAY, database="x", loaded=("history",))
    home.remember_town(town)
    assert home.town() == town
    played = PlayState(
        day=DAY, at=datetime(2026, 11, 21, 9, tzinfo=UTC), sent={"RAE": 1}, planned={"RAE": 2}
    )
    home.remember_played(played)
    assert home.played() == played


def test_a_state_file_cut_short_is_named(tmp_path):
    home = DemoHome(tmp_path)
    home.make()
    (home.root / "town.json").write_text('{"seed": 1')
    with pytest.raises(ConfigurationError, match=r"town\.json"):
        home.town()
