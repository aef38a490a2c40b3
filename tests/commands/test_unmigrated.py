"""Commands over a database that nobody has brought to this version: they say what to run."""

import psycopg
import pytest

from hub import cli
from hub.adapters.store.unmigrated import told_to_migrate
from hub.errors import RefusedToStart

pytestmark = pytest.mark.stack

COMMANDS = (
    ("identity", "report", "E08000032"),
    ("identity", "blocks"),
    ("reports", "list"),
    ("timers", "list"),
    ("schools", "expire"),
    ("publisher", "list"),
)


@pytest.fixture
def empty_database_url(local_stack):
    yield local_stack.create_database("unmigrated")
    local_stack.drop_database("unmigrated")


@pytest.fixture
def told(empty_database_url, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HUB_DATABASE_URL", empty_database_url)
    monkeypatch.setenv("HUB_HOME", str(tmp_path))
    monkeypatch.setenv("HUB_KEYS", str(tmp_path / "keys"))

    def run(*arguments):
        with pytest.raises(SystemExit) as left:
            cli.main(arguments)
        return left.value.code or 0, capsys.readouterr().err

    run("keys", "make")
    return run


@pytest.mark.parametrize("arguments", COMMANDS)
def test_a_command_over_an_empty_database_says_to_migrate(told, arguments):
    code, said = told(*arguments)
    assert code == 1
    assert "the database lacks 0001_spine.sql: run 'hub migrate' first." in said
    assert "a bug" not in said


def test_a_table_that_no_version_has_stays_a_bug(database_url):
    asking = psycopg.connect(database_url)
    with asking, pytest.raises(psycopg.errors.UndefinedTable), told_to_migrate(database_url):
        asking.execute("SELECT FROM no_such_table")


def test_a_database_that_lacks_the_last_migration_is_told_by_its_name(database_url):
    with psycopg.connect(database_url) as connection:
        connection.execute("DELETE FROM schema_version WHERE version = 24")
    with pytest.raises(RefusedToStart, match="0024_review_unlikely"), told_to_migrate(database_url):
        raise psycopg.errors.UndefinedColumn
