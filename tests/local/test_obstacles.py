"""What can stand in the way of a start is named in one sentence, before anything is started."""

import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.local import programs
from hub.local.fault import DiskFullError, LocalStackError, MissingProgramError, death_in_the_log
from hub.local.jars import kafka_jars
from hub.local.kafka import KafkaNode
from hub.local.lock import sole_command
from hub.local.nodes import settle_nodes
from hub.local.postgres import PostgresCluster
from hub.local.server import silent
from hub.local.stack import LocalStack
from hub.settings import local_kafka_nodes


@pytest.fixture
def stack(reachable_directory, request, free_port) -> LocalStack:
    """A stack that has never been started."""
    home = reachable_directory / request.node.name[:60]
    home.mkdir()
    return LocalStack(home, free_port(following=1), free_port())


@pytest.fixture
def listener(free_port) -> Iterator[socket.socket]:
    """Another program that listens on a port."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", free_port()))
        other.listen()
        yield other


@pytest.fixture
def no_programs(monkeypatch, tmp_path) -> Path:
    """A machine on which nothing is installed."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(programs, "DEBIAN_POSTGRES", tmp_path / "postgresql")
    return tmp_path


def with_ports(stack, **ports):
    known = {"kafka_port": stack.kafka_port, "postgres_port": stack.postgres_port} | ports
    return LocalStack(stack.home, **known)


def refusal(stack) -> str:
    """The sentence with which a start is refused; nothing runs afterwards."""
    with pytest.raises(LocalStackError) as caught:
        stack.start()
    assert all(state.pid is None for state in stack.states())
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_kafkas_port_in_use_is_named_with_the_setting_to_change(stack, listener):
    port = listener.getsockname()[1]
    sentence = refusal(with_ports(stack, kafka_port=port))
    assert f"port {port} " in sentence
    assert "HUB_KAFKA_PORT" in sentence


def test_the_port_of_kafkas_controller_in_use_is_named_too(stack, listener):
    port = listener.getsockname()[1]
    sentence = refusal(with_ports(stack, kafka_port=port - 1))
    assert f"port {port} " in sentence
    assert "HUB_KAFKA_PORT" in sentence


def test_postgresqls_port_in_use_is_named_and_kafka_is_not_started(stack, listener):
    port = listener.getsockname()[1]
    sentence = refusal(with_ports(stack, postgres_port=port))
    assert f"port {port} " in sentence
    assert "HUB_POSTGRES_PORT" in sentence


@pytest.mark.usefixtures("no_programs")
def test_missing_java_is_named_with_how_to_get_it(stack):
    sentence = refusal(stack)
    assert sentence.startswith("Java 17")
    assert "apt-get install openjdk-17-jre-headless" in sentence


def test_a_java_that_is_too_old_is_named_with_its_version(no_programs):
    java = no_programs / "java"
    java.write_text("#!/bin/sh\necho 'openjdk version \"1.8.0_402\"' >&2\n")
    java.chmod(stat.S_IRWXU)
    with pytest.raises(MissingProgramError, match=r"Java 17.*found: 8"):
        programs.find_java()


@pytest.mark.usefixtures("no_programs")
def test_missing_maven_is_named_with_how_to_get_it(tmp_path):
    with pytest.raises(MissingProgramError, match=r"Maven.*apt-get install maven"):
        kafka_jars(tmp_path / "cache", silent)


@pytest.mark.usefixtures("no_programs")
def test_missing_postgresql_is_named_with_how_to_get_it(stack):
    with pytest.raises(MissingProgramError, match=r"PostgreSQL 15.*apt-get install postgresql`"):
        stack.start_postgres()


@pytest.mark.usefixtures("no_programs")
def test_a_cluster_of_a_version_that_is_not_installed_is_named():
    with pytest.raises(MissingProgramError, match=r"PostgreSQL 13, which made.*postgresql-13`"):
        programs.find_postgres(13)


def test_a_disk_with_too_little_room_is_named_before_the_start(stack):
    crowded = LocalStack(
        stack.home, stack.kafka_port, stack.postgres_port, disk_free_bytes_min=2**60
    )
    sentence = refusal(crowded)
    assert str(stack.home) in sentence
    assert "full" in sentence
    assert "HUB_HOME" in sentence


def test_a_full_disk_is_read_from_the_log_of_a_server_that_died(tmp_path):
    log = tmp_path / "n1.log"
    log.write_text(
        "INFO starting\nERROR Disk error while writing log\n"
        "java.io.IOException: No space left on device\n\tat java.base/sun.nio.ch\n"
    )
    sentence = death_in_the_log(server="Kafka", log=log)
    assert "because the disk that holds" in sentence
    assert "\n" not in sentence


def test_too_little_memory_is_read_from_the_log(tmp_path):
    log = tmp_path / "n1.log"
    log.write_text("os::commit_memory(0x1, 2, 0) failed; error='Cannot allocate memory'\n")
    assert "too little free memory" in death_in_the_log(server="Kafka", log=log)


def test_a_death_of_another_kind_quotes_the_last_line_of_the_log(tmp_path):
    log = tmp_path / "n1.log"
    log.write_text("one\nFATAL: something else\n\n")
    assert death_in_the_log(server="Kafka", log=log).endswith("ends with: FATAL: something else")
    log.write_text("")
    assert "left no word" in death_in_the_log(server="Kafka", log=log)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another user")
def test_a_home_that_the_postgres_user_cannot_reach_is_named(tmp_path, free_port):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    stack = LocalStack(closed / "hub", free_port(following=1), free_port())
    sentence = refusal(stack)
    assert "`postgres`" in sentence
    assert "HUB_HOME" in sentence


def test_a_home_that_is_no_directory_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    stack = LocalStack(tmp_path / "file" / "hub", 23_456, 23_458)
    with pytest.raises(LocalStackError, match=r"cannot be used \(Not a directory\).*HUB_HOME"):
        stack.start()


def test_topics_without_the_record_of_their_format_are_never_formatted_over(stack):
    node = KafkaNode(directory=stack.home / "kafka", first_port=stack.kafka_port)
    segment = node.log_directory / "safeguarding.reports.health.v1-0" / "00000000.log"
    segment.parent.mkdir(parents=True)
    segment.write_bytes(b"reports")
    (node.log_directory / "meta.properties").write_text("version=1\ncluster.id=")
    sentence = refusal(stack)
    assert "holds topics" in sentence
    assert "hub wipe" in sentence
    assert segment.read_bytes() == b"reports"


def test_a_cluster_that_is_not_whole_is_named_and_left_alone(stack):
    cluster = stack.home / "postgres" / "cluster"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("15\n")
    sentence = refusal(stack)
    assert "not a whole PostgreSQL cluster" in sentence
    assert "hub wipe" in sentence
    assert (cluster / "PG_VERSION").exists()


def test_a_cluster_whose_password_is_lost_is_named(stack):
    cluster = stack.home / "postgres" / "cluster"
    (cluster / "global").mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("15\n")
    (cluster / "global" / "pg_control").write_bytes(b"x")
    assert "password" in refusal(stack)


def test_a_postgresql_that_the_hub_did_not_start_is_named_and_left_alone(stack):
    cluster = PostgresCluster(home=stack.home, port=stack.postgres_port).cluster
    (cluster / "global").mkdir(parents=True)
    (cluster / "global" / "pg_control").write_bytes(b"x")
    (cluster / "PG_VERSION").write_text("15\n")
    (stack.home / "postgres.pgpass").write_text("127.0.0.1:*:*:*:x\n")
    # A process with the cluster on its command line, as a postgres started by hand has it.
    reader, writer = os.pipe()
    child = os.posix_spawn(
        "/bin/sh",
        ["sh", "-c", "read line", str(cluster)],
        os.environ,
        file_actions=[(os.POSIX_SPAWN_DUP2, reader, 0), (os.POSIX_SPAWN_CLOSE, writer)],
    )
    try:
        (cluster / "postmaster.pid").write_text(f"{child}\n{cluster}\n")
        with pytest.raises(LocalStackError, match=rf"pid {child}\) already serves"):
            stack.start_postgres()
    finally:
        os.close(writer)
        os.close(reader)
        os.waitpid(child, 0)


def test_two_commands_do_not_work_on_one_directory_at_once(tmp_path):
    told = []
    with (
        sole_command(tmp_path, silent),
        pytest.raises(LocalStackError, match="Another hub command"),
        sole_command(tmp_path, told.append, seconds_max=0.2),
    ):
        pytest.fail("the second command was let in")
    assert told == [f"Waiting for another hub command that is at work on {tmp_path}"]
    with sole_command(tmp_path, silent, seconds_max=0.2):
        pass


def test_a_disk_error_says_how_much_is_free_and_needed():
    error = DiskFullError(directory=Path("/x"), free_bytes=5 * 2**20, needed_bytes=512 * 2**20)
    assert "5 MB are free and 512 MB are needed" in str(error)


def test_a_kafka_of_one_node_is_left_alone_by_a_start_of_three(stack):
    record = stack.home / "kafka" / "n1" / "meta.properties"
    record.parent.mkdir(parents=True)
    record.write_text("node.id=1\n")
    three = LocalStack(stack.home, stack.kafka_port, stack.postgres_port, nodes=3)
    sentence = refusal(three)
    assert "holds a Kafka of one node, and three nodes cannot take it over" in sentence
    assert "HUB_HOME" in sentence
    assert "hub wipe" in sentence
    assert local_kafka_nodes(stack.home) == 1
    assert record.read_text() == "node.id=1\n"


def test_a_kafka_of_three_nodes_is_never_started_as_one(stack):
    settle_nodes(stack.home, 3)
    (stack.home / "kafka" / "n2").mkdir()
    (stack.home / "kafka" / "n2" / "meta.properties").write_text("node.id=2\n")
    assert "holds a Kafka of three nodes" in refusal(stack)
    assert local_kafka_nodes(stack.home) == 3


def test_a_number_of_nodes_that_was_never_used_is_no_obstacle(stack):
    settle_nodes(stack.home, 3)
    settle_nodes(stack.home, 1)
    assert local_kafka_nodes(stack.home) == 1
