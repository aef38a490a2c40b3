"""A day on a whole hub, by its own commands: four feeds, faults in each, questions, wrong input."""

import csv
import logging
import os
import re
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
import psycopg
from pydantic import SecretStr

from hub.adapters.kafka import PositionReader
from hub.adapters.keys import load_sign_in_secret
from hub.api.signing import SignIn
from hub.bootstrap import Hub
from hub.core.identity_decision import DecisionCause, DecisionKind, decision
from hub.core.report import Feed
from hub.demo.agencies import FORCE, HOSPITALS, VENDOR, agency_of
from hub.demo.commands_of import connector, serve, worker
from hub.demo.mllp_sender import MllpSender
from hub.demo.prepare import prepare
from hub.demo.processes import HubProcess, Processes
from hub.errors import DecisionRefused
from hub.service.changed_answers import AskAgain
from hub.settings import PROJECT_ROOT, Settings
from hub.topics import report_topic
from tests.e2e import leak_sources
from tests.e2e.canaries import HIDDEN, INFANT, MINA, MOTHER, STRAY, TOBY
from tests.e2e.installation import make_topics_anew
from tests.e2e.waiting import wait_until


@dataclass(frozen=True)
class Asked:
    """One answer over HTTP, and the people whom the question named."""

    response: httpx.Response
    named: tuple = ()
    words: tuple = field(default=())

    @property
    def refused(self):
        return self.response.status_code >= 400


COUNCIL = agency_of("E08000032")
HOSPITAL = HOSPITALS[0]
COLUMNS = (
    *("record_id", "person_id", "agency", "given_name", "family_name", "date_of_birth", "sex"),
    *("postcode", "address", "nhs_number", "upn", "recorded_at"),
)
"""Of a file by which matching is evaluated."""
SECONDS_MAX = 120
LISTENER = "listener"
REVIEWER = "identity-reviewer-e08000032"
USERS = (
    "clinician-rae01",
    REVIEWER,
    "reception-rae01",
    "duty-worker-e08000032",
    "duty-worker-e08000035",
    "hospital-integration-rae",
    "hospital-safeguarding-rae",
    "register-staff-e08000032",
    "operator",
)
"""Whose pages are opened; those that this installation does not have are passed over."""


class Day:
    """One played day: its processes, their logs, and every answer that was given."""

    def __init__(self, stack, database_url, home, free_port):
        self.stack, self.home, self.now = stack, home, datetime.now(UTC)
        self.database_url, self.http_port = database_url, free_port()
        self.mllp_port = free_port()
        self.sources, self.logs = home / "sources", home / "logs"
        for folder in (self.sources, self.logs, home / "pids"):
            folder.mkdir()
        self.hub_home = home / "hub"
        self.settings = Settings(
            kafka=stack.kafka_address,
            database_url=SecretStr(database_url),
            home=self.hub_home,
            http_port=self.http_port,
            demo=True,
        )
        self.environment = {
            "HUB_KAFKA": stack.kafka_address,
            "HUB_DATABASE_URL": database_url,
            "HUB_HOME": str(self.hub_home),
            "HUB_HTTP_PORT": str(self.http_port),
            "HUB_DEMO": "1",
        }
        self.processes = Processes(
            pids=home / "pids",
            logs=self.logs,
            directory=PROJECT_ROOT,
            environment=self.environment,
        )
        self.names = []
        self.asked = []
        """Every question over HTTP with its answer."""

    def begin(self):
        """Servers, keys, registry and every long-lived process of an installation."""
        make_topics_anew(self.stack.kafka_address)
        prepare(self.settings, lambda _words: None)
        for feed in Feed:
            one = worker(feed)
            self.start(one.name, (*one.arguments, "--log-level", "DEBUG"))
        self.start("serve", serve().arguments)
        listening = ("--mllp", f"127.0.0.1:{self.mllp_port}", "--connector", "mllp")
        self.start(LISTENER, (*connector(HOSPITAL), *listening))
        wait_until(self._is_ready, "the pages answer", SECONDS_MAX)
        wait_until(self._listens, "the listener listens", SECONDS_MAX)

    def start(self, name, arguments):
        self.names.append(name)
        self.processes.start(HubProcess(name=name, arguments=arguments))

    def _is_ready(self):
        try:
            return self.get("/health/ready").status_code == 200
        except httpx.HTTPError:
            return False

    def _listens(self):
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.mllp_port), 1):
            return True
        return False

    # ---------------------------------------------------------------- agencies

    def report(self):
        """Let every agency send what it has, through its own connector, as its operator would."""
        own, now = leak_sources, self.now
        visits = own.visits(self.sources, now)
        self.read(HOSPITAL, visits, "files")
        self.read(COUNCIL, own.extract(self.sources / "register", now), "register")
        self.read(FORCE, own.incidents(self.sources / "incidents", now), "exports", own.FORCE_FILE)
        self.read(VENDOR, own.registers(self.sources / "schools", now), "registers")
        self.send_live()
        self.read(HOSPITAL, visits, "files")  # told again
        wait_until(self.is_all_decided, "every report has been decided", SECONDS_MAX)

    def read(self, agency, path, name, mapping=None):
        """Run a connector to its end; what it says goes to a log."""
        command = connector(agency)
        if mapping is not None:
            own = self.sources / "mapping.toml"
            own.write_text(mapping, encoding="utf-8")
            command = tuple(str(own) if part == str(agency.mapping) else part for part in command)
        self.run_command((*command, "--from", str(path), "--connector", name))

    def run_command(self, arguments):
        """Run a command of the hub to its end, whatever its code; answer the code."""
        number = len(list(self.logs.iterdir()))
        with (self.logs / f"command-{number}.log").open("wb") as log:
            return subprocess.run(
                [sys.executable, "-m", "hub", *arguments],
                env={**os.environ, **self.environment},
                stdout=log,
                stderr=log,
                timeout=SECONDS_MAX,
                check=False,
            ).returncode

    def send_live(self):
        """Messages over MLLP, and bytes that are none."""
        now = self.now - timedelta(minutes=3)
        with MllpSender("127.0.0.1", self.mllp_port) as sender:
            for message in (
                leak_sources.a_visit(INFANT, 501, now),
                leak_sources.a_visit(TOBY, 502, now),
                leak_sources.a_visit(STRAY, 503, now).replace("EVN||", "EVN|||"),
            ):
                sender.send(message.encode())
        garbage = f"\x0b{STRAY.family} {STRAY.given} {STRAY.nhs}\x1c\r{STRAY.family}".encode()
        with socket.create_connection(("127.0.0.1", self.mllp_port), timeout=20) as connection:
            connection.sendall(garbage)
            connection.recv(65_536)

    # ---------------------------------------------------------------- who is who

    def correct(self):
        """Join, part and report on records, as people and commands do; logs say all they can."""
        log = logging.FileHandler(self.logs / "correcting.log")
        root = logging.getLogger()
        level = root.level
        root.addHandler(log)
        root.setLevel(logging.DEBUG)
        hub = Hub(self.settings, name="correcting")
        try:
            logging.debug("DEBUG is on while records are joined and parted")  # noqa: LOG015  # the control
            self._check_as_clinician(MINA)
            self._join_and_part(hub)
            while AskAgain(hub.surroundings, hub.answers, settled=timedelta(0))():
                pass
        finally:
            hub.close()
            root.removeHandler(log)
            root.setLevel(level)
            log.close()
        for more in ((), ("--json",), ("--csv",)):
            assert self.run_command(("identity", "report", COUNCIL.code, *more)) == 0
        unmatched = str(self.sources / "unmatched.csv")
        assert (
            self.run_command(("identity", "export-unmatched", COUNCIL.code, "--out", unmatched))
            == 0
        )
        people = str(self._people_to_evaluate())
        assert self.run_command(("identity", "evaluate", people, "--json")) == 0
        self.run_command(("identity", "evaluate", str(self.sources / "visits.hl7")))
        self.run_command(("identity", "report", STRAY.family))

    def _join_and_part(self, hub):
        found = self.rows("SELECT record_ref FROM record WHERE NOT waits ORDER BY record_ref")
        (one,), (other,) = found[0], found[-1]
        why = f"{MINA.given} {MINA.family} is {TOBY.family}, {TOBY.nhs}, of {TOBY.street}."
        for number, kind in enumerate((DecisionKind.SAME, DecisionKind.DIFFERENT)):
            made = decision(
                kind,
                one,
                other,
                cause=DecisionCause.PERSON,
                by=REVIEWER,
                role="identity reviewer",
                organisation="E08000032",
                reason=why,
                at=self.now,
                occasion=bytes([number]),
            )
            with suppress(DecisionRefused):
                hub.correct.decide([made])
                hub.correct.reverse(
                    made.decision_id,
                    by=REVIEWER,
                    role="identity reviewer",
                    organisation="E08000032",
                    reason=why,
                )

    def _check_as_clinician(self, person):
        tokens = SignIn(load_sign_in_secret(self.settings.keys)).bearer_tokens
        headers = {"Authorization": f"Bearer {tokens['clinician-rae01']}"}
        address = f"{self.address}/v1/checks"
        httpx.post(address, headers=headers, json=_question(person), timeout=30).raise_for_status()

    def _people_to_evaluate(self):
        path = self.sources / "people.csv"
        with path.open("w", newline="", encoding="utf-8") as opened:
            rows = csv.writer(opened)
            rows.writerow(COLUMNS)
            for place, one in enumerate((MINA, TOBY, MINA, INFANT, HIDDEN)):
                told = (place, one.family, "RAE", one.given, one.family, one.day, "F")
                rows.writerow(
                    (*told, one.postcode, one.street, one.nhs, "", f"2026-11-0{place + 1}")
                )
        return path

    def is_all_decided(self):
        positions = PositionReader(self.stack.kafka_address)
        sent = {
            topic: sum(end - first for first, end in positions.ends(topic).values())
            for topic in map(report_topic, Feed)
        }
        return self.rows("SELECT topic, count(*) FROM report GROUP BY topic ORDER BY 1") == sorted(
            (topic, count) for topic, count in sent.items() if count
        )

    def rows(self, statement):
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(statement).fetchall()

    # ---------------------------------------------------------------- people who ask

    @property
    def address(self):
        return f"http://127.0.0.1:{self.http_port}"

    def get(self, path, **more):
        return httpx.get(self.address + path, timeout=30, **more)

    def ask_everything(self):
        """Ask as clients and as people, rightly and wrongly; every answer is kept."""
        tokens = SignIn(load_sign_in_secret(self.settings.keys)).bearer_tokens
        for user in USERS:
            self._as_client({"Authorization": f"Bearer {tokens[user]}"})
            self._as_person(user)
        self._as_client({"Authorization": f"Bearer {STRAY.family}"})
        self._as_client({})

    def _keep(self, response, *named):
        self.asked.append(Asked(response, named))
        return response

    def _as_client(self, headers):
        with httpx.Client(base_url=self.address, headers=headers, timeout=30) as client:
            for one in (MINA, TOBY, INFANT, HIDDEN, MOTHER, STRAY):
                self._keep(client.post("/v1/checks", json=_question(one)), one)
            for body in _wrong_questions():
                self._keep(client.post("/v1/checks", json=body), STRAY)
            as_text = {"content-type": "application/json"}
            for text in (f'{{"nhs_number": "{STRAY.nhs}", ', f"[{STRAY.family!r}]", STRAY.family):
                self._keep(client.post("/v1/checks", content=text, headers=as_text), STRAY)
            self._keep(client.post("/v1/checks", content="x" * (1 << 20) + STRAY.family), STRAY)
            own = {"x-request-id": STRAY.family, "user-agent": STRAY.given, "cookie": STRAY.nhs}
            self._keep(client.post("/v1/checks", json=_question(STRAY), headers=own), STRAY)
            for path in _paths():
                for method in ("GET", "POST", "DELETE"):
                    self._keep(client.request(method, path), STRAY)
            self._keep(client.get("/v1/feedback"))
            inbox = self._keep(client.get("/v1/inbox"))
            if inbox.status_code == 200:
                for alert in _ids(inbox.text):
                    self._keep(client.get(f"/v1/alerts/{alert}"))
                    self._keep(client.get(f"/v1/alerts/{alert}/chronology"))

    def _as_person(self, user):
        with httpx.Client(base_url=self.address, timeout=30, follow_redirects=True) as browser:
            token = _form_token(browser.get("/sign-in").text)
            browser.post("/sign-in", data={"user_id": user, "form_token": token})
            own = (
                "/reviews",
                "/feedback",
                "/matching",
                "/matching.csv",
                "/rules",
                "/v1/checks/changed",
            )
            usual = ("/check", "/inbox", "/feeds", "/registers", "/inbox/list")
            for path in (*usual, *own, *_paths()):
                self._keep(browser.get(path), STRAY)
            for review in _ids(browser.get("/reviews").text):
                self._keep(browser.get(f"/reviews/{review}"))
            for report in _ids(browser.get("/feedback").text):
                self._keep(browser.get(f"/feedback/{report}"))
            for alert in _ids(browser.get("/inbox").text):
                self._keep(browser.get(f"/alerts/{alert}"))
            form = browser.get("/check")
            if form.status_code != 200:
                return
            token = _form_token(form.text)
            for one in (MINA, HIDDEN, STRAY):
                for wrong in ({}, {"nhs_number": one.family}, {"birth_year": one.given}):
                    told = _form(one) | wrong | {"form_token": token}
                    self._keep(browser.post("/check", data=told), one)
            told = _form(STRAY) | {"form_token": STRAY.family}
            self._keep(browser.post("/check", data=told), STRAY)

    def pids(self):
        """The processes that run now, and theirs."""
        states = self.processes.states(self.names)
        assert all(state.pid for state in states), states
        return [state.pid for state in states]

    def close(self):
        self.processes.stop(list(reversed(self.names)), lambda _words: None)
        for started in self.processes._started.values():
            started.wait(SECONDS_MAX)


def _question(person):
    return {
        "nhs_number": person.nhs,
        "birth_date": person.day,
        "family_name": person.family,
        "given_name": person.given,
        "postcode": person.postcode,
    }


def _wrong_questions():
    good = _question(STRAY)
    yield good | {"nhs_number": STRAY.family}
    yield good | {"birth_date": STRAY.given}
    yield good | {"birth_date": f"{STRAY.born:%d/%m/%Y}"}
    yield good | {"postcode": STRAY.family}
    yield good | {STRAY.family: STRAY.given}
    yield good | {"family_name": [STRAY.family]}
    yield good | {"given_name": STRAY.given * 40}
    yield {"nhs_number": STRAY.nhs}
    yield [good]


def _form(person):
    born = person.born
    return _question(person) | {
        "birth_day": str(born.day),
        "birth_month": str(born.month),
        "birth_year": str(born.year),
    }


def _paths():
    """Addresses that nothing answers well, with a person in each."""
    yield f"/{STRAY.family}/{STRAY.given}"
    yield f"/v1/alerts/{STRAY.nhs}"
    yield f"/alerts/{STRAY.family}"
    yield f"/registers/{STRAY.family}"
    yield f"/inbox?after={STRAY.family}&since={STRAY.day}"
    yield f"/v1/inbox?since={STRAY.family}"
    yield f"/check?nhs_number={STRAY.nhs}&family_name={STRAY.family}"
    yield f"/sign-in?next=/{STRAY.family}"
    yield f"/static/{STRAY.family}.css"
    yield f"/health/{STRAY.family}"


def _ids(text):
    return sorted(set(re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", text)))


def _form_token(page):
    found = re.search(r'name="form_token" value="([^"]+)"', page)
    return found[1] if found else ""
