"""A database that cannot be reached is named, without the password that was tried."""

import pytest

from hub.adapters.store.migrate import migrate, refuse_unmigrated
from hub.errors import ConfigurationError, ServiceMissing

TRIED = "hunter2"


@pytest.mark.parametrize("ask", [migrate, refuse_unmigrated])
def test_a_server_that_is_away_is_named_by_host_port_and_database(free_port, ask):
    port = free_port()
    with pytest.raises(ServiceMissing) as refused:
        ask(f"postgresql://somebody:{TRIED}@127.0.0.1:{port}/register")
    sentence = str(refused.value)
    assert f"PostgreSQL at 127.0.0.1:{port}/register does not answer" in sentence
    assert "HUB_DATABASE_URL" in sentence
    assert TRIED not in sentence


@pytest.mark.parametrize("url", [TRIED, f"postgresql://hub:{TRIED}%zz@127.0.0.1/hub"])
@pytest.mark.parametrize("ask", [migrate, refuse_unmigrated])
def test_a_url_that_cannot_be_read_is_refused_without_repeating_it(ask, url):
    with pytest.raises(ConfigurationError) as refused:
        ask(url)
    assert str(refused.value).startswith("HUB_DATABASE_URL cannot be read")
    assert TRIED not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.stack
def test_a_server_that_refuses_is_not_said_to_be_silent(database_url):
    name = database_url.rpartition("/")[2].partition("?")[0]
    with pytest.raises(ServiceMissing) as refused:
        migrate(database_url.replace(f"/{name}?", "/nobody_made_this?"))
    sentence = str(refused.value)
    assert "refuses the connection" in sentence
    assert "nobody_made_this" in sentence
    assert "does not answer" not in sentence
