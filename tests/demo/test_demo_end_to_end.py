"""`hub demo` as a person runs it: on real Kafka and PostgreSQL, through the real connectors."""

import json
import signal
import subprocess
import sys
import time

import pytest

from tests.demo.installation import CHILDREN, played

pytestmark = [pytest.mark.stack, pytest.mark.alone, pytest.mark.timeout(600)]

TERMINAL = ("env", "--default-signal=INT")
"""As in a terminal: whatever runs the tests in the background may have SIGINT ignored."""


@pytest.fixture(scope="module")
def demo(free_port):
    with played(free_port(following=9)) as demo:  # each hospital has a listener
        yield demo


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
