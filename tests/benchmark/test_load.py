"""What is loaded by COPY is what receiving it leaves: the same rows, and the same answers."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from benchmark.agency import Agency, Publishing
from benchmark.happenings import attendance, past_attendances, plan
from benchmark.load import CONNECTOR, PARTITIONS_FROM, TABLES, load_town
from benchmark.population import Population
from hub.adapters.keys import load_publisher_public_key, make_keys, make_publisher_key
from hub.api.users import DEMO_USERS_BY_ID
from hub.bootstrap import Hub
from hub.core.answer import CheckQuestion
from hub.core.identifiers import OdsCode
from hub.core.intake import RawReport
from hub.demo.agencies import COUNCIL_AGENCIES, HOSPITALS
from hub.settings import Settings

pytestmark = [pytest.mark.stack, pytest.mark.timeout(850)]

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
NUMBERS = range(200)

OF_CHANCE = {
    *(("report", "value_digest"), ("report", "decided_at")),
    *(("record", "sealed"), ("event", "sealed")),
    *(
        ("child", "created_at"),
        ("link", "linked_at"),
        ("link_history", "linked_at"),
        ("home", "since"),
    ),
}
"""What sealing makes other each time, and what the machine's clock says; ledgers are opened."""


@pytest.fixture
def installations(local_stack, new_database, tmp_path):
    """Two hubs with the same keys and publishers over databases of their own."""
    made, hubs = [], []
    make_keys(tmp_path / "keys")
    for name in ("load_received", "load_copied"):
        url = new_database(name)
        made.append(name)
        settings = Settings(
            kafka=local_stack.kafka_address,
            database_url=SecretStr(url),
            home=tmp_path,
            keys=tmp_path / "keys",
            demo=True,
        )
        hub = Hub(settings, name=name, connections=2)
        hubs.append(hub)
        for one in (*HOSPITALS, *COUNCIL_AGENCIES):
            make_publisher_key(settings.keys, one.publisher)
            key = load_publisher_public_key(settings.keys, one.publisher).public_bytes_raw()
            hub.publishers.add(
                one.publisher, public_key=key, reports_for=[(one.code, one.feed)], now=NOW
            )
    yield hubs
    for hub in hubs:
        hub.close()
    for name in made:
        local_stack.drop_database(name)


def agency(hub, one, connector):
    publishing = Publishing(code=one.code, feed=one.feed, publisher=one.publisher)
    return Agency(hub.settings, publishing, connector, NOW)


def as_come(messages, partition):
    return [
        RawReport(
            topic=message.topic,
            partition=partition,
            offset=offset,
            key=message.key,
            value=message.value,
            headers=message.headers,
            received_at=NOW,
        )
        for offset, message in enumerate(messages)
    ]


def receive_history(hub, children):
    for place, one in enumerate(HOSPITALS):
        happened = [e for c in children if c.trust == one.code for e in past_attendances(c, NOW)]
        told = agency(hub, one, f"{CONNECTOR}-0").reports(happened, at=NOW, backfill=True)
        hub.receive(as_come(told, PARTITIONS_FROM + place))


def receive_registers(hub, children):
    for place, one in enumerate(COUNCIL_AGENCIES):
        held = [plan(child, NOW) for child in children if child.home == one.code]
        hub.receive(as_come(agency(hub, one, "register").register(held, at=NOW), place))


def columns_of(hub, table):
    """All columns but those that chance or the clock of the machine has made."""
    with hub.postgres.connection() as connection:
        found = connection.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
            " AND table_schema = 'public' ORDER BY column_name",
            (table,),
        ).fetchall()
    return [name for (name,) in found if (table, name) not in OF_CHANCE]


def rows_of(hub, table):
    names = columns_of(hub, table)
    with hub.postgres.connection() as connection:
        found = connection.execute(f"SELECT {', '.join(names)} FROM {table}").fetchall()
    return sorted(map(repr, found))


def definitions(hub):
    with hub.postgres.connection() as connection:
        return connection.execute(
            "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' UNION ALL"
            " SELECT conrelid::regclass || conname || pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE connamespace = 'public'::regnamespace ORDER BY 1"
        ).fetchall()


def answers(hub, children):
    """What a clinician is told of each child."""
    clinician = DEMO_USERS_BY_ID["clinician-rae01"]
    told = []
    for child in children:
        answer = hub.services.check(
            clinician,
            CheckQuestion(
                nhs_number=child.nhs_number,
                birth_date=child.birth_date,
                family_name=child.family_name,
                given_name=child.given_name,
                postcode=child.postcode,
                site=OdsCode("RAE01"),
            ),
        )
        told.append((answer.plan, answer.seen, answer.visits))
    return told


def test_a_town_that_is_copied_is_the_town_that_was_received(installations):
    received, copied = installations
    before = definitions(copied)
    children = [Population(received.places, NOW).child(number) for number in NUMBERS]
    told = []

    receive_history(received, children)
    load_town(copied.settings, list(NUMBERS), NOW, told.append, processes=1)

    for table in (*TABLES, "link_history", "feed", "spool"):
        assert rows_of(copied, table) == rows_of(received, table), table
        assert rows_of(copied, table), table
    for table in ("alert", "correlation_pending", "event_problem"):
        assert rows_of(copied, table) == rows_of(received, table) == [], table
    assert definitions(copied) == before
    assert any("200 of 200 children" in one for one in told)
    assert opened_ledgers(copied) == opened_ledgers(received)


def opened_ledgers(hub):
    with hub.postgres.connection() as connection:
        refs = [ref for (ref,) in connection.execute("SELECT record_ref FROM record")]
    return hub.postgres.record_rows(refs)


def test_the_hub_works_on_a_copied_town_as_on_one_that_was_received(installations):
    received, copied = installations
    population = Population(received.places, NOW)
    children = [population.child(number) for number in NUMBERS]
    receive_history(received, children)
    load_town(copied.settings, list(NUMBERS), NOW, lambda _: None, processes=1)

    for hub in installations:
        receive_registers(hub, children[::7])
        visiting = [
            attendance(child, f"now-{child.number}", NOW - timedelta(minutes=1))
            for child in children[:21]
            if child.trust == "RAE"
        ]
        hub.receive(as_come(agency(hub, HOSPITALS[0], "ward").reports(visiting, at=NOW), 0))

    assert rows_of(copied, "link") == rows_of(received, "link")
    assert standing(copied) == standing(received)
    assert standing(received)
    asked = [*children[:15], population.child(900)]
    assert answers(copied, asked) == answers(received, asked)


def standing(hub):
    with hub.postgres.connection() as connection:
        return connection.execute(
            "SELECT alert_id, child_ref, rule, state, sentence FROM alert ORDER BY 1"
        ).fetchall()
