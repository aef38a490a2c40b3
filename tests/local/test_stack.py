"""The local stack on real servers: started, killed, half made, full, wiped."""

import json
import os
import secrets
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from hub.local.fault import LocalStackError
from hub.local.jars import kafka_jars
from hub.local.server import port_answers, silent
from hub.local.stack import LocalStack

pytestmark = [
    pytest.mark.stack,
    pytest.mark.filterwarnings(r"ignore:\w+_text is deprecated:DeprecationWarning"),  # kafka-python
]


@pytest.fixture
def stack(reachable_directory, request, free_port) -> Iterator[LocalStack]:
    """A stack of this test's own, not started, and stopped at the end."""
    home = reachable_directory / request.node.name[:60]
    own = LocalStack(home, free_port(following=1), free_port())
    yield own
    own.stop()


def pids(stack) -> dict[str, int | None]:
    return {state.name: state.pid for state in stack.states()}


def ask(url, query):
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchone()[0]


@pytest.fixture
def topic(local_stack) -> str:
    """A new topic of one partition."""
    from kafka import KafkaAdminClient  # noqa: PLC0415 - imported under this file's filter
    from kafka.admin import NewTopic  # noqa: PLC0415 - as above

    name = f"stack-{secrets.token_hex(4)}"
    admin = KafkaAdminClient(bootstrap_servers=local_stack.kafka_address)
    admin.create_topics([NewTopic(name, 1, 1)])
    admin.close()
    return name


def send(address, topic, value):
    from kafka import KafkaProducer  # noqa: PLC0415 - as above

    producer = KafkaProducer(bootstrap_servers=address, acks="all")
    producer.send(topic, value).get(timeout=30)
    producer.close()


def read_all(address, topic):
    from kafka import KafkaConsumer  # noqa: PLC0415 - as above

    consumer = KafkaConsumer(
        topic,
        bootstrap_servers=address,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        consumer_timeout_ms=5000,
    )
    values = [message.value for message in consumer]
    consumer.close()
    return values


def test_a_started_stack_answers_and_a_second_start_changes_nothing(local_stack):
    before = pids(local_stack)
    assert all(before.values())
    assert all(state.answers for state in local_stack.states())
    local_stack.start()
    assert pids(local_stack) == before


def test_a_stop_ends_both_servers_and_a_second_stop_is_harmless(stack):
    stack.start()
    assert stack.stop()
    assert pids(stack) == {"Kafka": None, "PostgreSQL": None}
    assert not port_answers(stack.kafka_port)
    assert not port_answers(stack.postgres_port)
    assert not stack.stop()


def test_two_starts_at_once_start_each_server_once(stack):
    failures = []

    def start():
        try:
            stack.start()
        except LocalStackError as error:
            failures.append(error)

    threads = [threading.Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    logs = sorted((stack.home / "kafka").glob("n1.log*"))
    assert [log.read_text().count("Kafka Server started") for log in logs] == [1]
    assert all(state.answers for state in stack.states())


def test_two_stacks_run_side_by_side(local_stack, stack):
    stack.start()
    assert ask(stack.database_url(), "SELECT 'other'") == "other"
    assert ask(local_stack.database_url(), "SELECT 'shared'") == "shared"
    assert set(pids(stack).values()).isdisjoint(pids(local_stack).values())


def test_a_message_that_was_acknowledged_outlives_a_killed_broker(local_stack, topic):
    send(local_stack.kafka_address, topic, b"kept")
    before = pids(local_stack)["Kafka"]
    assert local_stack.kill_kafka()
    assert pids(local_stack)["Kafka"] is None
    local_stack.start_kafka()
    assert pids(local_stack)["Kafka"] != before
    assert read_all(local_stack.kafka_address, topic) == [b"kept"]


def test_a_row_outlives_a_stopped_database(local_stack, database_url):
    with psycopg.connect(database_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    assert local_stack.stop_postgres()
    assert not port_answers(local_stack.postgres_port)
    local_stack.start_postgres()
    assert ask(database_url, "SELECT number FROM kept") == 7


def test_a_database_killed_while_another_program_takes_its_pid_starts_again(stack):
    stack.start_postgres()
    postgres = pids(stack)["PostgreSQL"]
    subprocess.run(["kill", "-9", str(postgres)], check=True)
    lock = stack.home / "postgres" / "cluster" / "postmaster.pid"
    remembered = stack.home / "postgres.pid"
    with subprocess.Popen(["sleep", "60"]) as other:
        lines = lock.read_text().splitlines()
        lock.write_text("\n".join([str(other.pid), *lines[1:]]) + "\n")
        known = json.loads(remembered.read_text())
        remembered.write_text(json.dumps(known | {"pid": other.pid}))
        stack.start_postgres()
        assert stack.stop_postgres()
        assert other.poll() is None
        other.kill()


def test_directories_left_half_made_are_made_again(stack):
    kafka, postgres = stack.home / "kafka", stack.home / "postgres"
    for half in (kafka / "n1.formatting", kafka / "n1", postgres / "cluster.making"):
        half.mkdir(parents=True)
        (half / "half").write_text("made")
    told = []
    LocalStack(stack.home, stack.kafka_port, stack.postgres_port, progress=told.append).start()
    assert all(state.answers for state in stack.states())
    assert len([line for line in told if "left half made" in line]) == 3
    assert not (kafka / "n1" / "half").exists()


def test_a_stack_moves_to_other_ports_with_what_it_holds(stack, free_port):
    stack.start()
    with psycopg.connect(stack.database_url()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    stack.stop()
    moved = LocalStack(stack.home, free_port(following=1), free_port())
    try:
        moved.start()
        assert ask(moved.database_url(), "SELECT number FROM kept") == 7
    finally:
        moved.stop()


def test_a_wipe_deletes_topics_and_databases_and_leaves_keys(stack):
    stack.start_postgres()
    (stack.home / "keys").mkdir()
    (stack.home / "keys" / "one").write_text("key")
    stack.wipe()
    assert pids(stack)["PostgreSQL"] is None
    assert sorted(path.name for path in stack.home.iterdir()) == ["keys", "lock"]
    stack.start_postgres()
    assert (
        ask(stack.database_url(), "SELECT count(*) FROM pg_tables WHERE schemaname='public'") == 0
    )


def test_the_database_keeps_its_promises_and_the_hub_is_no_superuser(database_url):
    for name in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums"):
        assert ask(database_url, f"SELECT current_setting('{name}')") == "on"
    assert not ask(database_url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user")


def test_the_password_is_in_no_url_and_only_its_owner_can_read_it(local_stack):
    file = local_stack.home / "postgres.pgpass"
    password = file.read_text().strip().rpartition(":")[2]
    assert len(password) >= 24
    assert password not in local_stack.database_url()
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(local_stack.database_url(), password="wrong")  # noqa: S106 - it is wrong on purpose


def test_no_value_of_a_failing_statement_reaches_the_databases_log(local_stack, database_url):
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE person (name text PRIMARY KEY)")
        connection.execute("INSERT INTO person VALUES ('Aurelia')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO person VALUES (%s)", ["Aurelia"])
        with pytest.raises(psycopg.errors.UndefinedTable):
            connection.execute("SELECT 'Aurelia' FROM nowhere")
    log = local_stack.logs()["postgresql"].read_text()
    assert "duplicate key value" in log
    assert "Aurelia" not in log


@contextmanager
def small_disk(directory, megabytes):
    """A disk of its own that is soon full."""
    directory.mkdir(parents=True)
    options = f"size={megabytes}m,mode=755"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", directory], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", directory], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_disk_that_fills_up_while_a_cluster_is_made_is_named_in_one_sentence(stack):
    cramped = LocalStack(stack.home, stack.kafka_port, stack.postgres_port, disk_free_bytes_min=0)
    with small_disk(stack.home, 8):
        with pytest.raises(
            LocalStackError, match=r"disk that holds .* is full.*HUB_HOME"
        ) as caught:
            cramped.start_postgres()
        assert "\n" not in str(caught.value)
        cramped.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_disk_that_is_full_when_kafka_starts_is_named_in_one_sentence(stack):
    cramped = LocalStack(stack.home, stack.kafka_port, stack.postgres_port, disk_free_bytes_min=0)
    with small_disk(stack.home, 2):
        filler = stack.home / "filler"
        subprocess.run(
            ["dd", "if=/dev/zero", f"of={filler}", "bs=4k"], capture_output=True, check=False
        )
        with pytest.raises(LocalStackError) as caught:
            cramped.start_kafka()
        assert "HUB_HOME" in str(caught.value)
        assert "\n" not in str(caught.value)
        filler.unlink()
        cramped.stop()


def test_jars_are_fetched_once_and_then_found_without_maven(monkeypatch, tmp_path, local_stack):
    kept = kafka_jars(local_stack.cache, silent)
    assert list(kept.glob("kafka_2.13-*.jar"))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert kafka_jars(local_stack.cache, silent) == kept


def test_a_failed_fetch_says_what_maven_said_and_leaves_nothing_behind(tmp_path):
    pom = tmp_path / "pom.xml"
    pom.write_text("<project><modelVersion>4.0.0</modelVersion></project>")
    with pytest.raises(LocalStackError, match="could not be fetched") as caught:
        kafka_jars(tmp_path / "cache", silent, pom)
    assert "\n" not in str(caught.value)
    assert not list((tmp_path / "cache").iterdir())
