"""Settings come from the environment, are typed, and keep their secrets."""

import os
from pathlib import Path

import pytest

from hub.errors import ConfigurationError
from hub.local.nodes import settle_nodes
from hub.settings import Settings, default_home, load_settings, local_database_url


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch):
    """An environment in which nothing of the hub is set."""
    for name in list(os.environ):
        if name.startswith("HUB_"):
            monkeypatch.delenv(name)


def test_without_settings_the_local_stack_is_used(monkeypatch, tmp_path):
    monkeypatch.setenv("HUB_HOME", str(tmp_path))
    settings = load_settings()
    assert settings.kafka == "127.0.0.1:19092"
    assert settings.kafka_is_local
    assert settings.postgres_is_local
    assert settings.database_url.get_secret_value() == local_database_url(home=tmp_path, port=15432)
    assert settings.keys == tmp_path / "keys"
    assert (settings.http_host, settings.http_port) == ("127.0.0.1", 8000)


def test_the_ports_of_the_local_stack_move_its_addresses(monkeypatch):
    monkeypatch.setenv("HUB_KAFKA_PORT", "29092")
    monkeypatch.setenv("HUB_POSTGRES_PORT", "25432")
    settings = load_settings()
    assert settings.kafka == "127.0.0.1:29092"
    assert "@127.0.0.1:25432/hub" in settings.database_url.get_secret_value()


def test_once_there_are_three_nodes_of_kafka_every_command_knows_them(monkeypatch, tmp_path):
    monkeypatch.setenv("HUB_HOME", str(tmp_path))
    settle_nodes(tmp_path, 3)
    settings = load_settings()
    assert settings.kafka == "127.0.0.1:19092,127.0.0.1:19102,127.0.0.1:19112"
    assert settings.kafka_nodes == 3
    monkeypatch.setenv("HUB_KAFKA", "kafka.example:9092")
    assert load_settings().kafka_nodes == 1


def test_servers_that_exist_take_the_place_of_the_local_ones(monkeypatch):
    monkeypatch.setenv("HUB_KAFKA", "kafka.example:9092")
    monkeypatch.setenv("HUB_DATABASE_URL", "postgresql://hub:secret-word@db.example/hub")
    settings = load_settings()
    assert settings.kafka == "kafka.example:9092"
    assert not settings.kafka_is_local
    assert not settings.postgres_is_local


def test_an_empty_variable_counts_as_not_set(monkeypatch):
    monkeypatch.setenv("HUB_KAFKA", "")
    assert load_settings().kafka_is_local


def test_the_database_url_is_hidden_wherever_settings_are_shown(monkeypatch):
    monkeypatch.setenv("HUB_DATABASE_URL", "postgresql://hub:secret-word@db.example/hub")
    settings = load_settings()
    assert "secret-word" not in repr(settings)
    assert "secret-word" not in settings.model_dump_json()


def test_a_wrong_setting_is_refused_by_name_without_its_value(monkeypatch):
    monkeypatch.setenv("HUB_HTTP_PORT", "eight thousand")
    with pytest.raises(ConfigurationError, match="HUB_HTTP_PORT") as caught:
        load_settings()
    assert "eight thousand" not in str(caught.value)


@pytest.mark.parametrize("port", ["0", "65536", "-1"])
def test_a_port_that_does_not_exist_is_refused(monkeypatch, port):
    monkeypatch.setenv("HUB_HTTP_PORT", port)
    with pytest.raises(ConfigurationError, match="HUB_HTTP_PORT"):
        load_settings()


def test_relative_directories_are_taken_from_where_the_command_runs(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HUB_HOME", "state")
    settings = load_settings()
    assert settings.home == tmp_path / "state"
    assert settings.keys == tmp_path / "state" / "keys"


def test_every_setting_says_what_it_means():
    assert all(field.description for field in Settings.model_fields.values())


def test_root_keeps_state_where_the_postgres_user_can_reach_it(monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert default_home() == Path("/var/lib/safeguarding-hub")


def test_others_keep_state_in_their_checkout_or_their_state_directory(monkeypatch, tmp_path):
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr("hub.settings.PROJECT_ROOT", tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", "/home/someone/state")
    assert default_home() == Path("/home/someone/state/safeguarding-hub")
    (tmp_path / "pyproject.toml").write_text("")
    assert default_home() == tmp_path / "var"
