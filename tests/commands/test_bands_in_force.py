"""The bands of the hub's policy are those by which a process links, searches and asks people."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hub.adapters.store.migrate import migrate
from hub.bootstrap import Hub
from hub.commands import keys
from hub.core.identity_weights import Bands
from hub.settings import load_settings

DEPLOYED = Path(__file__).parents[2] / "deploy" / "policies"
BANDS = Bands(link=0.97, link_unnamed=0.999, review=0.01)


@pytest.mark.stack
def test_whoever_links_asks_or_reviews_weighs_within_the_policys_bands(
    database_url, tmp_path, monkeypatch
):
    migrate(database_url)
    policies = tmp_path / "policies"
    shutil.copytree(DEPLOYED, policies)
    with (policies / "hub.toml").open("a") as file:
        file.write("\n[matching]\nlink = 0.97\nlink_unnamed = 0.999\nreview = 0.01\n")
    monkeypatch.setenv("HUB_DATABASE_URL", database_url)
    monkeypatch.setenv("HUB_HOME", str(tmp_path))
    monkeypatch.setenv("HUB_KEYS", str(tmp_path / "keys"))
    monkeypatch.setenv("HUB_POLICIES", str(policies))
    assert CliRunner().invoke(keys.app, ["make"]).exit_code == 0

    hub = Hub(load_settings(), connections=1)
    try:
        weighing = {
            "links": hub.standing.matching.weights.bands,
            "asks": hub.surroundings.matching.weights.bands,
        }
        assert hub.receive is not None
        assert hub.services is not None
    finally:
        hub.close()

    assert weighing == dict.fromkeys(weighing, BANDS)
