"""E-mails to recipients of routes: what is in one, where it may go, and what a mail server does."""

import ssl
import threading
import uuid
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from socket import create_server

import pytest

from hub.adapters.delivery.email import Emails
from hub.adapters.delivery.smtp import Security
from hub.adapters.policy_files import load_policies
from hub.core.alert import Severity
from hub.core.delivery import Pushed
from hub.core.identifiers import GssCode
from hub.ports import OutboxRow
from hub.settings import PROJECT_ROOT
from tests.adapters.mail_servers import FakeMailServer, RealMailServer
from tests.e2e.waiting import wait_until

ASK = "/v1/inbox"
AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
SENDER, MAILBOX = "hub@hub.example", "duty.desk@bradford.example"
POLICIES = load_policies(PROJECT_ROOT / "deploy" / "policies")


@pytest.fixture(params=["fake", "starttls", "tls"])
def server(request, tmp_path):
    if request.param == "fake":
        yield FakeMailServer()
        return
    real = RealMailServer(tmp_path, Security(request.param))
    real.start()
    yield real
    real.stop()


@pytest.fixture
def real(tmp_path):
    real = RealMailServer(tmp_path)
    real.start()
    yield real
    real.stop()


def a_message():
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = SENDER, MAILBOX, "Something waits"
    message["Message-ID"] = "<1@hub.example>"
    message.set_content("Look at the inbox.\n")
    return message


# ------------------------------------------------- what every mail server does, the fake one too


def test_a_message_that_is_taken_arrives_as_it_is(server):
    assert server.send(a_message(), SENDER, MAILBOX) == (Pushed.SENT, "")

    ((sender, recipients, message),) = server.taken
    assert (sender, recipients) == (SENDER, [MAILBOX])
    assert (message["Message-ID"], message["Subject"]) == ("<1@hub.example>", "Something waits")
    assert message.get_content().strip() == "Look at the inbox."


@pytest.mark.parametrize(
    ("code", "came_of_it"),
    [
        (550, (Pushed.DEAD, "smtp_550")),
        (451, (Pushed.AGAIN, "smtp_451")),
    ],
)
def test_a_mailbox_that_is_refused_for_good_is_dead_and_one_for_now_is_tried_again(
    server, code, came_of_it
):
    server.answers = [code]
    assert server.send(a_message(), SENDER, MAILBOX) == came_of_it
    assert server.taken == []
    assert server.send(a_message(), SENDER, MAILBOX) == (Pushed.SENT, "")


# ----------------------------------------------------------------------------- over a real socket


def test_a_server_that_is_away_is_tried_again(real):
    client = real.client()
    real.stop()
    assert client.send(a_message(), SENDER, MAILBOX) == (Pushed.AGAIN, "ConnectionRefusedError")


def test_nothing_is_sent_to_a_server_whose_certificate_does_not_hold(real):
    client = real.client(trusted=ssl.create_default_context())
    assert client.send(a_message(), SENDER, MAILBOX) == (Pushed.DEAD, "certificate")
    assert real.taken == []


def test_nothing_is_sent_to_a_server_that_does_not_know_the_hub(real):
    came_of_it = real.client(user="another").send(a_message(), SENDER, MAILBOX)
    assert came_of_it == (Pushed.DEAD, "smtp_535")
    assert real.taken == []


def test_a_password_is_in_no_repr(real):
    assert "only these tests" not in repr(real.client())


class Plain:
    """A server that says a greeting and offers no encryption, or says nothing for ever."""

    def __init__(self, *, speaks):
        self.listening = create_server(("127.0.0.1", 0))
        self.heard = []
        self.over = threading.Event()
        self._speaks = speaks
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def port(self):
        return self.listening.getsockname()[1]

    def _serve(self):
        connection, _ = self.listening.accept()
        with closing(connection), connection.makefile("rwb") as lines:
            if not self._speaks:
                self.over.wait(60)
                return
            lines.write(b"220 here\r\n")
            lines.flush()
            for line in lines:
                self.heard.append(line)
                lines.write(b"250 here\r\n" if line[:4].upper() != b"QUIT" else b"221 bye\r\n")
                lines.flush()


def test_nothing_is_said_to_a_server_without_encryption(real):
    plain = Plain(speaks=True)
    client = real.client(port=plain.port)
    assert client.send(a_message(), SENDER, MAILBOX) == (Pushed.DEAD, "no_tls")
    assert not any(b"bradford" in line or b"AUTH" in line for line in plain.heard)


def test_a_server_that_says_nothing_is_left(real):
    silent = Plain(speaks=False)
    client = real.client(port=silent.port, limit_seconds=0.2)
    came_of_it, fault = client.send(a_message(), SENDER, MAILBOX)
    assert came_of_it is Pushed.AGAIN
    assert fault in {"timeout", "SMTPServerDisconnected"}, "whichever limit is noticed first"
    silent.over.set()


def test_a_server_that_does_not_answer_for_a_message_is_left(real):
    real.hold = threading.Event()
    try:
        came_of_it = real.client(limit_seconds=1.0).send(a_message(), SENDER, MAILBOX)
    finally:
        real.hold.set()
    assert came_of_it == (Pushed.AGAIN, "timeout")
    wait_until(
        lambda: all(one.name != "hub-mail" for one in threading.enumerate()),
        "the call that was left to end",
    )


# ---------------------------------------------------------------------------- what is in a message


def a_row(**changes):
    values = {
        "outbox_id": uuid.UUID(int=7),
        "kind": "raised",
        "recipient": "BFD-MAIL",
        "subject_id": uuid.UUID(int=8),
        "not_before": AT,
        "severity": Severity.IMMEDIATE,
        "authority": "E08000032",
    }
    return OutboxRow(**values | changes)


def emails(server, **changes):
    values = {
        "addresses": {"BFD-MAIL": MAILBOX},
        "policies": POLICIES,
        "server": server,
        "sender": SENDER,
        "domains": frozenset({"bradford.example"}),
        "inbox": "https://hub.example/inbox",
    }
    return Emails(**values | changes)


def test_it_says_how_urgent_for_whom_and_where_to_look_and_nothing_else():
    server = FakeMailServer()
    assert emails(server).push(a_row(), AT, ASK) == (Pushed.SENT, "")

    ((_, recipients, message),) = server.taken
    assert recipients == [MAILBOX]
    assert message["Subject"] == "Safeguarding Hub: something waits (immediate)"
    assert message["Message-ID"] == f"<{uuid.UUID(int=7)}@hub.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content() == (
        "Something waits in the inbox, for Bradford. Its urgency: immediate.\r\n\r\n"
        "https://hub.example/inbox\r\n\r\n"
        "This message says nothing of it or of anybody. Answers to it are not read.\r\n"
    )


def test_what_is_for_information_is_told_as_a_digest():
    server = FakeMailServer()
    emails(server).push(a_row(severity=Severity.INFORMATION), AT, ASK)
    ((_, _, message),) = server.taken
    assert message["Subject"] == "Safeguarding Hub: for information"
    assert "no work to be done" in message.get_content()


def test_the_same_row_sent_again_is_the_same_message():
    server = FakeMailServer()
    for minute in (30, 40):
        emails(server).push(a_row(), AT.replace(minute=minute), ASK)
    first, second = (message["Message-ID"] for _, _, message in server.taken)
    assert first == second


@pytest.mark.parametrize(
    ("changes", "came_of_it"),
    [
        ({"addresses": {}}, (Pushed.UNPUSHED, "")),
        ({"server": None}, (Pushed.DEAD, "no_mail_server")),
        ({"domains": frozenset()}, (Pushed.DEAD, "domain_not_allowed")),
        ({"domains": frozenset({"example"})}, (Pushed.DEAD, "domain_not_allowed")),
        ({"domains": frozenset({"duty.bradford.example"})}, (Pushed.DEAD, "domain_not_allowed")),
    ],
)
def test_what_may_not_go_out_does_not(changes, came_of_it):
    server = FakeMailServer()
    assert emails(changes.pop("server", server), **changes).push(a_row(), AT, ASK) == came_of_it
    assert server.taken == []


def test_what_is_not_of_a_route_goes_to_no_mailbox():
    server = FakeMailServer()
    row = a_row(severity=None, authority=None)
    assert emails(server).push(row, AT, ASK) == (Pushed.DEAD, "not_for_email")
    assert server.taken == []


def test_no_name_of_an_authority_adds_a_line_to_the_head():
    code = GssCode("E08000032")
    hostile = replace(POLICIES.of(code), name="Bradford\r\nBcc: all@elsewhere.example")
    server = FakeMailServer()
    policies = replace(POLICIES, authorities={code: hostile})

    emails(server, policies=policies).push(a_row(), AT, ASK)

    ((_, recipients, message),) = server.taken
    assert recipients == [MAILBOX]
    assert set(message.keys()) == {
        *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"),
        *("Content-Type", "Content-Transfer-Encoding", "MIME-Version"),
    }


def test_an_authority_without_a_policy_is_named_as_the_hub():
    server = FakeMailServer()
    for authority in ("E08000099", ""):
        emails(server).push(a_row(authority=authority), AT, ASK)
    assert all("for Safeguarding Hub." in one.get_content() for _, _, one in server.taken)
