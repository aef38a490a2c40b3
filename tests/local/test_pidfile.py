"""A pid file names one process and no other, whatever has its pid later."""

import json
import signal
import subprocess
from collections.abc import Iterator

import pytest

from hub.local.pidfile import PidFile, identity_of


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen]:
    """Another program of this machine."""
    with subprocess.Popen(["sleep", "60"]) as child:
        yield child
        child.kill()


@pytest.fixture
def pid_file(tmp_path) -> PidFile:
    return PidFile(tmp_path / "server.pid")


def rewrite(pid_file, **changes):
    remembered = json.loads(pid_file.path.read_text())
    pid_file.path.write_text(json.dumps(remembered | changes))


def test_a_running_process_is_found_again(pid_file, sleeper):
    pid_file.remember(sleeper.pid)
    assert pid_file.pid() == sleeper.pid


def test_a_signal_reaches_the_remembered_process(pid_file, sleeper):
    pid_file.remember(sleeper.pid)
    assert pid_file.send(signal.SIGTERM)
    assert pid_file.wait_until_gone(5)
    assert sleeper.wait() == -signal.SIGTERM


def test_an_ended_process_is_not_running_even_before_its_parent_collects_it(pid_file, sleeper):
    pid_file.remember(sleeper.pid)
    sleeper.kill()
    assert pid_file.wait_until_gone(5)
    assert pid_file.pid() is None
    assert not pid_file.send(signal.SIGTERM)


def test_a_pid_that_another_program_has_now_is_never_signalled(pid_file, sleeper):
    pid_file.remember(sleeper.pid)
    rewrite(pid_file, started_ticks=identity_of(sleeper.pid).started_ticks - 1)
    assert pid_file.pid() is None
    assert not pid_file.send(signal.SIGKILL)
    assert sleeper.poll() is None


def test_a_pid_from_before_the_machine_was_restarted_is_never_signalled(pid_file, sleeper):
    pid_file.remember(sleeper.pid)
    rewrite(pid_file, boot="another start of the machine")
    assert pid_file.pid() is None
    assert not pid_file.send(signal.SIGKILL)
    assert sleeper.poll() is None


def test_a_wait_ends_at_its_limit_and_says_so(pid_file, sleeper):
    pid_file.remember(sleeper.pid)
    assert not pid_file.wait_until_gone(0.1)


@pytest.mark.parametrize("content", ["", '{"pid": 1', "[]", '{"pid": 1}', "4711\n"])
def test_a_file_cut_short_or_of_another_form_names_nobody(pid_file, content):
    pid_file.path.write_text(content)
    assert pid_file.pid() is None
    assert not pid_file.send(signal.SIGKILL)


def test_a_process_that_ended_at_once_is_not_remembered(pid_file, sleeper):
    sleeper.kill()
    sleeper.wait()
    pid_file.remember(sleeper.pid)
    assert not pid_file.path.exists()
