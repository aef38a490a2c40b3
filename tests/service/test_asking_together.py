"""Statements that go to a real PostgreSQL together: their rows, and what one that fails leaves."""

import psycopg
import pytest
from psycopg import errors

from hub.adapters.store.connection import PostgresStore, open_pool
from hub.adapters.store.questions import PostgresQuestions
from hub.adapters.store.rows import bytea_array, text_array
from hub.adapters.store.together import Statement, ask_together

pytestmark = pytest.mark.stack

ONE = Statement("SELECT 1 AS one")


@pytest.fixture
def pool(laboratory):
    """A pool of one connection, so that every question has the same."""
    one = open_pool(laboratory.database_url, size=1, name="together")
    yield one
    one.close()


def test_rows_are_answered_in_the_order_asked_by_place_and_by_name(pool):
    with pool.connection() as connection:
        one, several = ask_together(
            connection,
            ONE,
            Statement("SELECT n, n * 2 AS twice FROM generate_series(1, $1::int) AS n", ("2",)),
        )

    assert list(one) == [(1,)]
    assert list(several.by_name()) == [{"n": 1, "twice": 2}, {"n": 2, "twice": 4}]


def test_lists_arrive_as_they_are(pool):
    texts, blobs = ["plain", 'a "quote"', "a \\ and a ,", ""], [b"\x00\xff", b""]

    with pool.connection() as connection:
        (rows,) = ask_together(
            connection,
            Statement("SELECT $1::text[], $2::bytea[]", (text_array(texts), bytea_array(blobs))),
        )

    assert list(rows) == [(texts, blobs)]


def test_what_follows_a_statement_that_fails_is_not_done_nor_is_the_commit(laboratory, pool):
    with pytest.raises(errors.DivisionByZero), pool.connection() as connection:
        ask_together(
            connection,
            Statement("CREATE TABLE made_before (id int)"),
            Statement("SELECT 1 / $1::int", ("0",)),
            Statement("CREATE TABLE made_after (id int)"),
            commit=True,
        )

    assert laboratory.one(
        "SELECT num_nulls(to_regclass('made_before'), to_regclass('made_after')) = 2"
    )


def test_a_transaction_that_had_failed_is_never_told_as_committed(pool):
    with pool.connection() as connection:
        with pytest.raises(errors.DivisionByZero):
            ask_together(connection, Statement("SELECT 1 / $1::int", ("0",)))

        with pytest.raises(psycopg.OperationalError):
            ask_together(connection, commit=True)


def test_a_connection_answers_again_after_a_statement_failed_on_it(pool):
    fails = Statement("SELECT 1 / $1::int", ("0",))
    with pool.connection() as connection:
        connection.execute("SELECT 1", prepare=True)  # so that the driver drops all on rollback
        ask_together(connection, ONE)
        before = connection
    with pytest.raises(errors.DivisionByZero), pool.connection() as connection:
        ask_together(connection, ONE, fails)

    with pool.connection() as connection:
        assert connection is before
        (rows,) = ask_together(connection, ONE)

    assert list(rows) == [(1,)]


def test_more_than_a_socket_takes_at_once_goes_both_ways(pool):
    long = "x" * 20_000_000

    with pool.connection() as connection:
        answered = ask_together(connection, *[Statement("SELECT $1::text", (long,))] * 2)

    assert [list(rows) == [(long,)] for rows in answered] == [True, True]


def test_a_connection_that_is_lost_while_it_is_asked_is_told_as_lost(laboratory, pool):
    ends_itself = Statement("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(psycopg.OperationalError), pool.connection() as connection:
        ask_together(connection, ends_itself, ONE)

    with pool.connection() as connection:
        assert list(ask_together(connection, ONE)[0]) == [(1,)]


def test_a_connection_that_the_server_ended_while_it_waited_is_not_lent(laboratory, pool):
    with pool.connection() as connection:
        pid = connection.info.backend_pid
    assert laboratory.one(f"SELECT pg_terminate_backend({pid}, 60000)")

    with pool.connection() as connection:
        assert connection.info.backend_pid != pid
        assert list(ask_together(connection, ONE)[0]) == [(1,)]


def test_a_zero_byte_in_a_text_is_refused_and_not_cut_off(pool):
    with pytest.raises(psycopg.DataError), pool.connection() as connection:
        ask_together(connection, Statement("SELECT $1::text", ("a\0b",)))


def test_a_question_is_answered_after_another_use_of_its_connection_was_rolled_back(
    laboratory, pool
):
    store = PostgresStore(pool, laboratory.store._sealer, laboratory.store._digests)
    questions = PostgresQuestions(store, laboratory.store._sealer, laboratory.store._digests)

    def ask():
        with questions.question() as asking:
            return asking.search([], councils=[], feeds=["health"])

    def fail():
        with store.connection() as connection:
            for _ in range(2 * connection.prepare_threshold):  # so that the driver prepares it
                connection.execute("SELECT count(*) FROM alert")
            raise LookupError

    answer = ask()
    for _ in range(2):
        with pytest.raises(LookupError):
            fail()
        assert ask() == answer
        with store.connection() as connection:
            connection.execute("SELECT 1")
        assert ask() == answer
