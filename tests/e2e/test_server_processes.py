"""``hub serve --processes 2`` as a command: one address, one sign-in, one beginning and end."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from hub.adapters.keys import load_sign_in_secret, make_keys
from hub.adapters.store.migrate import migrate
from hub.api.signing import SignIn
from hub.settings import PROJECT_ROOT
from tests.e2e.waiting import wait_until

pytestmark = pytest.mark.stack

PROCESSES = 2
SECONDS_MAX = 90
QUESTION = {"nhs_number": "9990000018", "birth_date": "2021-05-04"}


class Server:
    """The command, and what can be seen of its processes."""

    def __init__(self, database_url, home, port):
        migrate(database_url)
        make_keys(home / "keys")
        self.token = SignIn(load_sign_in_secret(home / "keys")).bearer_tokens["clinician-rae01"]
        self.address = f"http://127.0.0.1:{port}"
        self.policies = home / "policies"
        shutil.copytree(PROJECT_ROOT / "deploy" / "policies", self.policies)
        told = {
            "HUB_DATABASE_URL": database_url,
            "HUB_HOME": str(home),
            "HUB_HTTP_PORT": str(port),
            "HUB_POLICIES": str(self.policies),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "hub", "serve", "--processes", str(PROCESSES)],
            cwd=PROJECT_ROOT,
            env={**os.environ, **told, "HUB_DEMO": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def answering(self):
        """The processes that answer: children of the command that run the server."""
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                parent = int(stat.read_text().rpartition(")")[2].split()[1])
                command = (stat.parent / "cmdline").read_bytes()
            except OSError:
                continue
            if parent == self.process.pid and b"spawn_main" in command:
                found.append(int(stat.parent.name))
        return found

    def is_ready(self):
        try:
            return httpx.get(f"{self.address}/health/ready", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def ask(self):
        """One check over a connection of its own, so that any process may take it."""
        return httpx.post(
            f"{self.address}/v1/checks",
            json=QUESTION,
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=30,
        )

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate(timeout=SECONDS_MAX)


@pytest.fixture
def server(database_url, reachable_directory, tmp_path, free_port):
    one = Server(database_url, tmp_path, free_port())
    wait_until(one.is_ready, "the server is ready", SECONDS_MAX)
    yield one
    one.close()


def _is_gone(pid):
    """Whether it has ended; one that nobody has asked about since then is gone too."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_several_processes_answer_one_sign_in_and_stop_together(server):
    assert len(server.answering()) == PROCESSES
    answers = [server.ask() for _ in range(20)]
    children = server.answering()

    server.process.terminate()

    assert [answer.status_code for answer in answers] == [200] * 20
    assert server.process.wait(SECONDS_MAX) == 0
    assert all(map(_is_gone, children))


def test_a_process_that_dies_ends_all_so_that_none_is_missing_unseen(server):
    first, *others = server.answering()

    os.kill(first, signal.SIGKILL)

    assert server.process.wait(SECONDS_MAX) == 1
    assert all(map(_is_gone, others))


def test_no_process_outlives_the_command_that_started_it(server):
    children = server.answering()
    assert len(children) == PROCESSES

    server.process.kill()

    wait_until(lambda: all(map(_is_gone, children)), "every process is gone", SECONDS_MAX)


def test_every_process_goes_by_policy_files_that_were_changed_while_it_runs(server):
    before = server.ask().json()
    assert before["policy_version"].startswith("2026.1")
    path = server.policies / "hub.toml"
    path.write_text(path.read_text().replace('version = "2026.1"', 'version = "2026.2"', 1))

    def all_say_so():
        answers = [server.ask().json()["policy_version"] for _ in range(20)]
        return all(answer.startswith("2026.2") for answer in answers)

    wait_until(all_say_so, "every process answers by the new files", SECONDS_MAX)
