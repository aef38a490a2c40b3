"""Statements that do not wait for each other: answers and failures still find their statement."""

import psycopg
import pytest

from hub.adapters.store.pipelined import PipelinedCursor
from hub.errors import TransientFault
from tests.e2e.waiting import wait_until

pytestmark = pytest.mark.stack


@pytest.fixture
def connection(database_url):
    with psycopg.connect(database_url) as found:
        yield found


def test_the_answer_is_that_of_the_last_statement_whatever_was_not_fetched(connection):
    with connection.pipeline() as pipeline:
        cursor = PipelinedCursor(connection, pipeline)
        for number in range(48):
            cursor.execute("SELECT %s::int FROM pg_sleep(0.001)", (number,))
            if number % 7 == 0:
                assert cursor.fetchone() == (number,)
            elif number % 7 == 3:
                assert list(cursor) == [(number,)]
        assert cursor.fetchall() == [(47,)]


def in_one_go(connection, *statements):
    with connection.pipeline() as pipeline:
        cursor = PipelinedCursor(connection, pipeline)
        for statement in statements:
            cursor.execute(statement)
        return cursor.fetchall()


def decided(laboratory, *statements):
    """A deciding transaction of these statements, of which no answer is asked for."""
    with laboratory.store.transaction() as transaction:
        for statement in statements:
            transaction._cursor.execute(statement)


def test_a_statement_that_fails_is_told_at_the_next_answer(connection):
    with pytest.raises(psycopg.errors.DivisionByZero):
        in_one_go(connection, "SELECT 1/0", "SELECT 1")


def test_a_write_that_fails_last_keeps_the_transaction_from_committing(laboratory):
    with pytest.raises(psycopg.errors.CheckViolation):
        decided(
            laboratory,
            "INSERT INTO publisher VALUES ('X', 'X', now())",
            "INSERT INTO report (topic, partition, kafka_offset, state, value_digest,"
            " received_at, decided_at) VALUES ('t', 0, 0, 'no such', '', now(), now())",
        )

    assert laboratory.one("SELECT count(*) FROM publisher WHERE publisher = 'X'") == 0
    assert laboratory.receive([laboratory.says(laboratory.hospital)]).accepted == 1


def test_a_wait_that_ends_is_a_passing_fault(laboratory):
    with pytest.raises(TransientFault):
        decided(laboratory, "SET LOCAL statement_timeout = '20ms'", "SELECT pg_sleep(5)")


def stops_holding_a_lock(laboratory):
    """A transaction that goes no further, with nothing asked for of its last statement."""
    mine = "SELECT pg_try_advisory_xact_lock(1)"
    with laboratory.store.transaction() as transaction:
        transaction._cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '500ms'")
        transaction._cursor.execute("SELECT pg_advisory_xact_lock(1)")
        wait_until(lambda: not laboratory.one(mine), "the lock is taken")
        wait_until(lambda: laboratory.one(mine), "somebody else has the lock")


def test_a_process_that_stops_between_two_statements_holds_its_locks_for_a_while_only(laboratory):
    with pytest.raises(TransientFault):
        stops_holding_a_lock(laboratory)
    assert laboratory.receive([laboratory.says(laboratory.hospital)]).accepted == 1
