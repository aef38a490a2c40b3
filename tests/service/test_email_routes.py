"""Routes by e-mail over a real PostgreSQL: told once, tried again, a digest a day, and an alarm."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hub.adapters.delivery.channels import Channels
from hub.adapters.delivery.email import Emails
from hub.adapters.delivery.webhook import Webhooks
from hub.adapters.store.outbox import PostgresOutbox
from hub.adapters.store.questions import PostgresQuestions
from hub.core.alert import Severity
from hub.core.alert_route import AlertRoute, RouteChannel
from hub.core.identifiers import GssCode, NhsNumber
from hub.core.incident_facts import RiskGrade
from hub.service.addresses_in_force import EmailAddresses
from hub.service.alert_routing import told_at_once
from hub.service.deliver import Deliver
from tests.adapters.mail_servers import FakeMailServer, RealMailServer
from tests.service.encompass import CHILD, an_incident, tell, with_a_force
from tests.service.laboratory import BRADFORD, LEEDS, NOW, NUMBERS

pytestmark = pytest.mark.stack

MAILBOX = "duty.desk@bradford.example"
DAY = timedelta(days=1)
SAM = replace(CHILD, local_id="N2", nhs_number=NhsNumber(NUMBERS[1]), given_names=("Sam",))


@pytest.fixture
def hub(laboratory):
    """Bradford has all told to a mailbox, and Leeds too."""
    with_a_force(laboratory)
    with_mailboxes(laboratory, {BRADFORD: ("BFD-MAIL", MAILBOX), LEEDS: ("LDS-MAIL", MAILBOX)})
    return laboratory


def with_mailboxes(hub, told):
    authorities = dict(hub.policies.authorities)
    for authority, (desk, email) in told.items():
        route = AlertRoute(
            label=desk,
            severities=frozenset(Severity),
            channel=RouteChannel.EMAIL,
            desk=desk,
            email=email,
        )
        code = GssCode(authority)
        authorities[code] = replace(authorities[code], routes=(route,))
    hub.policies = replace(hub.policies, authorities=authorities)
    hub.receive = hub.a_receive()


def happens(hub, *incidents):
    """Incidents are told, and alerts raised; notices to schools are none of these tests' matter."""
    tell(hub, *incidents)
    with hub.store.connection() as connection:
        connection.execute("DELETE FROM outbox WHERE kind <> 'raised'")


def graded(name, grade, **more):
    return an_incident(name, facts={"officer_grade": grade}, **more)


def delivering(hub, server, domains=("bradford.example",)):
    emails = Emails(
        addresses=EmailAddresses(hub.policies),
        policies=hub.policies,
        server=server,
        sender="hub@hub.example",
        domains=frozenset(domains),
        inbox="https://hub.example/inbox",
    )
    channels = Channels(webhooks=Webhooks(addresses={}, secrets=lambda _: ()), emails=emails)
    return Deliver(outbox=PostgresOutbox(hub.store), channel=channels, clock=hub.clock)


def told(hub):
    return hub.rows(
        "SELECT recipient, severity, authority, state FROM outbox WHERE kind = 'raised'"
        " ORDER BY next_at, recipient"
    )


def faults(hub):
    questions = PostgresQuestions(hub.store, hub.keys.sealer, hub.keys.identity)
    with questions.question() as asking:
        return [one.sentence for one in asking.operator_faults()]


def test_whoever_acts_is_told_once_and_the_message_is_of_nobody(hub):
    server = FakeMailServer()
    happens(hub, graded("O1", RiskGrade.HIGH))
    happens(hub, graded("O1", RiskGrade.HIGH))
    assert told(hub) == [("BFD-MAIL", "immediate", BRADFORD, "waiting")]
    deliver = delivering(hub, server)
    assert (deliver(), deliver()) == (1, 0)

    ((_, recipients, message),) = server.taken
    assert recipients == [MAILBOX]
    assert "for Bradford. Its urgency: immediate." in message.get_content()
    everything = message.as_string().lower()
    for word in ("ashworth", "mira", NUMBERS[0], "2021", "pol13", "o1", "abuse", "incident"):
        assert word not in everything.replace(message["message-id"], "").replace("2026", "")
    alert_id, child_ref = hub.rows("SELECT alert_id::text, encode(child_ref, 'hex') FROM alert")[0]
    assert alert_id not in everything
    assert child_ref not in everything


def test_a_mailbox_that_does_not_take_it_now_is_tried_again_with_the_same_message(hub):
    server = FakeMailServer()
    server.answers = [451]
    happens(hub, graded("O1", RiskGrade.HIGH))
    deliver = delivering(hub, server)
    deliver()
    assert hub.rows("SELECT state, last_fault FROM outbox") == [("waiting", "smtp_451")]
    hub.clock.instant += DAY
    deliver()

    ((_, _, message),) = server.taken
    outbox_id = hub.one("SELECT outbox_id::text FROM outbox")
    assert message["Message-ID"] == f"<{outbox_id}@hub.example>"
    assert hub.rows("SELECT state, attempts FROM outbox") == [("sent", 2)]
    assert faults(hub) == []


@pytest.mark.parametrize(
    ("server", "domains", "fault"),
    [
        (None, ("bradford.example",), "no_mail_server"),
        (FakeMailServer(), ("elsewhere.example",), "domain_not_allowed"),
    ],
)
def test_what_cannot_go_out_is_told_the_operator_at_once(hub, server, domains, fault):
    happens(hub, graded("O1", RiskGrade.HIGH))
    delivering(hub, server, domains)()

    assert hub.rows("SELECT state, last_fault FROM outbox") == [("dead", fault)]
    (sentence,) = faults(hub)
    assert "BFD-MAIL" in sentence
    assert "@" not in sentence


def test_what_is_for_information_is_one_message_a_day_at_the_policys_time(hub):
    server = FakeMailServer()
    deliver = delivering(hub, server)
    happens(hub, graded("O1", RiskGrade.STANDARD), graded("O2", RiskGrade.STANDARD, child=SAM))
    assert hub.one("SELECT count(*) FROM alert WHERE severity = 'information'") == 2
    assert told(hub) == [("BFD-MAIL", "information", BRADFORD, "waiting")]
    assert deliver() == 0

    hub.clock.instant = NOW.replace(hour=8) + DAY
    assert deliver() == 1
    ((_, _, message),) = server.taken
    assert message["Subject"] == "Safeguarding Hub: for information"

    third = replace(CHILD, local_id="N3", nhs_number=NhsNumber(NUMBERS[2]), given_names=("Ben",))
    happens(hub, graded("O3", RiskGrade.STANDARD, child=third))
    assert [row[3] for row in told(hub)] == ["sent", "waiting"]


def test_who_is_informed_is_told_for_its_own_authority_and_of_no_other(hub):
    happens(hub, graded("O1", RiskGrade.HIGH))
    questions = PostgresQuestions(hub.store, hub.keys.sealer, hub.keys.identity)
    with questions.question() as asking:
        (found,) = asking.alerts_named([hub.one("SELECT alert_id FROM alert")])
    alert = replace(found.alert, owner=GssCode(BRADFORD), informed=(GssCode(LEEDS),))

    rows = list(told_at_once(alert, hub.policies, hub.clock.now()))

    assert [(row.recipient, row.authority) for row in rows] == [
        ("BFD-MAIL", BRADFORD),
        ("LDS-MAIL", LEEDS),
    ]


def test_over_a_real_mail_server_the_message_arrives(hub, tmp_path):
    server = RealMailServer(tmp_path)
    server.start()
    try:
        happens(hub, graded("O1", RiskGrade.HIGH))
        assert delivering(hub, server.client())() == 1
        ((_, recipients, message),) = server.taken
    finally:
        server.stop()
    assert recipients == [MAILBOX]
    assert message["Subject"] == "Safeguarding Hub: something waits (immediate)"
    assert told(hub)[0][3] == "sent"
