"""`hub demo` as a person runs it: on real Kafka and PostgreSQL, through the real connectors."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import pytest

from hub.adapters.kafka import PositionReader
from hub.core.report import Feed
from hub.demo.flow import FlowReader
from hub.settings import local_database_url
from hub.topics import report_topic

pytestmark = [pytest.mark.stack, pytest.mark.alone, pytest.mark.timeout(600)]

PLAYED_SECONDS_MAX = 240
TERMINAL = ("env", "--default-signal=INT")
"""As in a terminal: whatever runs the tests in the background may have SIGINT ignored."""

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


@pytest.fixture(scope="module")
def demo(free_port):
    home = Path(tempfile.mkdtemp(prefix="hub-demo-test-"))
    home.chmod(0o755)  # as root, PostgreSQL runs as a user that must reach it
    demo = Demo(home, free_port(following=9))  # each hospital has a listener
    try:
        started = demo.run("up", "--detach", "--speed", SPEED, "--children", CHILDREN)
        assert started.returncode == 0, started.stderr
        demo.await_the_end_of_the_day()
        yield demo
    finally:
        demo.run("down")
        shutil.rmtree(home, ignore_errors=True)


def expected(demo):
    return json.loads((demo.home / "demo" / "expected.json").read_text())["questions"]


def test_every_check_of_the_table_is_answered_as_the_table_says(demo):
    wrong = []
    for one in expected(demo):
        answer = demo.check(one["ask"], one["asked_by"])
        reasons = {reason["code"] for reason in answer["plan"]["reasons"]}
        right = answer["plan"]["answer"] == one["plan"]
        right &= one["seen"] in (None, answer["seen_before"]["answer"])
        right &= not one["plan_reasons_any_of"] or bool(reasons & set(one["plan_reasons_any_of"]))
        if not right:
            told = answer["plan"]["answer"], sorted(reasons), answer["seen_before"]["answer"]
            seen = [reason["code"] for reason in answer["seen_before"]["reasons"]]
            wrong.append((one["story"], one["plan"], one["seen"], *told, seen))
    assert wrong == []


def test_the_front_door_of_each_council_has_alerts_with_sentences(demo):
    for role in ("duty-worker-e08000032", "duty-worker-e08000035"):
        alerts = demo.get("/v1/inbox", role)["alerts"]
        assert alerts
        assert all(alert["sentence"] for alert in alerts)


def alerts_of(demo, council):
    return demo.get("/v1/inbox?shows=all", f"duty-worker-{council.lower()}")["alerts"]


def test_what_an_agency_takes_back_takes_its_alert_with_it(demo):
    """An arrival that was cancelled, a callout that was withdrawn, an absence explained late."""
    withdrawn = [
        alert["sentence"]
        for council in ("E08000032", "E08000035")
        for alert in alerts_of(demo, council)
        if alert["state"] == "withdrawn"
    ]
    for beginning in ("Arrived at", "Domestic-abuse incident on", "Absent from school"):
        assert any(told.startswith(beginning) for told in withdrawn), withdrawn


def test_police_and_schools_tell_what_only_together_is_an_alert(demo):
    sentences = [alert["sentence"] for alert in alerts_of(demo, "E08000032")]
    assert any("the first school day after a domestic-abuse" in told for told in sentences)


def test_three_callouts_in_twelve_months_are_one_alert(demo):
    sentences = [alert["sentence"] for alert in alerts_of(demo, "E08000035")]
    assert any(told.startswith("3 domestic-abuse incidents") for told in sentences)


def test_the_hospital_sees_which_message_could_not_be_used(demo):
    feeds = json.dumps(demo.get("/v1/feeds", "hospital-integration-rae"))
    assert "PV1-19" in feeds


def test_status_names_what_runs(demo):
    said = demo.run("status")
    assert said.returncode == 0, said.stdout + said.stderr
    for feed in ("health", "social_care", "police", "schools"):
        assert f"worker-{feed}" in said.stdout
    assert "Ready" in said.stdout
    assert "is over: what the table says each check answers holds now" in said.stdout


def test_the_body_that_ask_prints_is_answered(demo):
    asked = json.loads(demo.run("ask", "plan_in_another_town").stdout)
    assert demo.check(asked, "clinician-rr801")["plan"]["answer"] == "ON_PLAN"
    refused = demo.run("ask", "no_such_story")
    assert refused.returncode == 2
    assert "plan_in_another_town" in refused.stderr


def test_a_second_start_is_ready_in_30_seconds_and_doubles_nothing(demo):
    alerts = {
        role: len(demo.get("/v1/inbox?shows=all", role)["alerts"])
        for role in ("duty-worker-e08000032", "duty-worker-e08000035")
    }
    stopped = demo.run("down")
    assert "Stopped: " in stopped.stderr
    assert demo.run("status").returncode == 1
    began = time.monotonic()
    started = demo.run("up", "--detach", "--speed", "100000", "--children", CHILDREN)
    assert started.returncode == 0, started.stderr
    assert time.monotonic() - began < 30
    demo.await_the_end_of_the_day()
    for role, count in alerts.items():
        assert len(demo.get("/v1/inbox?shows=all", role)["alerts"]) == count


def test_another_seed_is_refused_while_the_hub_holds_a_town(demo):
    refused = demo.run("up", "--detach", "--seed", "7")
    assert refused.returncode == 2
    assert "--fresh" in refused.stderr
    assert demo.run("status").returncode == 0


def test_in_the_foreground_an_interrupt_stops_everything_that_was_started(demo):
    demo.run("down")
    view = subprocess.Popen(
        [*TERMINAL, sys.executable, "-m", "hub", "demo", "up", "--children", CHILDREN],
        env=demo.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        lines = iter(view.stdout.readline, "")
        assert any("alerts standing" in line for line in lines)
        view.send_signal(signal.SIGINT)
        said = view.communicate(timeout=90)[1]
    finally:
        view.kill()
        view.wait()
    assert view.returncode == 0
    assert "Stopped: " in said
    assert "Kafka and PostgreSQL" in said
    assert "pid" not in demo.run("status").stdout
