"""An installation of the demo with a home and ports of its own, as tests run it."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import httpx

from hub.adapters.kafka import PositionReader
from hub.core.report import Feed
from hub.demo.flow import FlowReader
from hub.settings import local_database_url
from hub.topics import report_topic

START_SECONDS_MAX = 900
PLAYED_SECONDS_MAX = 900
SPEED = "4000"
CHILDREN = "150"
"""A small town: the stories, and enough others to be taken for them."""


class Demo:
    """One installation of the demo, with a home and ports of its own."""

    def __init__(self, home, first_port):
        self.home = home
        self.kafka_port, self.postgres_port = first_port, first_port + 2
        http_port, mllp_port = first_port + 3, first_port + 4
        self.address = f"http://127.0.0.1:{http_port}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("HUB_")},
            "HUB_HOME": str(home),
            "HUB_KAFKA_PORT": str(self.kafka_port),
            "HUB_POSTGRES_PORT": str(self.postgres_port),
            "HUB_HTTP_PORT": str(http_port),
            "HUB_DEMO_MLLP_PORT": str(mllp_port),
        }

    def run(self, *arguments, seconds=300):
        return subprocess.run(
            [sys.executable, "-m", "hub", "demo", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def await_the_end_of_the_day(self):
        limit = time.monotonic() + PLAYED_SECONDS_MAX
        played = self.home / "demo" / "played.json"
        while not (played.exists() and json.loads(played.read_text())["done"]):
            assert time.monotonic() < limit, "the day was not played in time"
            time.sleep(0.5)
        while self._reports_sent() != self._reports_decided():
            assert time.monotonic() < limit, "the day's reports were not decided in time"
            time.sleep(0.5)

    def _reports_sent(self):
        positions = PositionReader(f"127.0.0.1:{self.kafka_port}")
        ends = {topic: positions.ends(topic) for topic in map(report_topic, Feed)}
        sent = {topic: sum(end - first for first, end in ends[topic].values()) for topic in ends}
        return {topic: count for topic, count in sent.items() if count}

    def _reports_decided(self):
        reader = FlowReader(local_database_url(home=self.home, port=self.postgres_port))
        try:
            return reader.reports_by_topic()
        finally:
            reader.close()

    def get(self, path, role):
        return self._told(httpx.get(self.address + path, headers=self._headers(role), timeout=20))

    def check(self, question, role):
        url = f"{self.address}/v1/checks"
        return self._told(httpx.post(url, json=question, headers=self._headers(role), timeout=20))

    def _told(self, answer):
        assert answer.status_code == 200, answer.text
        return answer.json()

    def _headers(self, role):
        return {"authorization": f"Bearer {self._token(role)}"}

    def _token(self, role):
        if not hasattr(self, "_tokens"):
            self._tokens = {}
        if role not in self._tokens:
            self._tokens[role] = self.run("token", role).stdout.strip()
        return self._tokens[role]


@contextmanager
def played(first_port):
    """A demo of which the day has been played and every report been decided."""
    home = Path(tempfile.mkdtemp(prefix="hub-demo-test-"))
    home.chmod(0o755)  # as root, PostgreSQL runs as a user that must reach it
    demo = Demo(home, first_port)
    try:
        started = demo.run(
            "up", "--detach", "--speed", SPEED, "--children", CHILDREN, seconds=START_SECONDS_MAX
        )
        assert started.returncode == 0, started.stderr
        demo.await_the_end_of_the_day()
        yield demo
    finally:
        demo.run("down")
        shutil.rmtree(home, ignore_errors=True)
