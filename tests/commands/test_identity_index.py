"""The identity key is changed by the commands that an operator has, over a real database."""

from datetime import date

import pytest
from typer.testing import CliRunner

from hub.adapters.identity_ring import load_ring
from hub.adapters.store.key_epochs import PostgresKeyEpochs
from hub.adapters.store.migrate import migrate
from hub.bootstrap import Hub
from hub.commands import identity, keys
from hub.commands.identity_index import in_words, line_of
from hub.core.event import Subject
from hub.errors import ConfigurationError
from hub.service.linking import Linking, Observation
from hub.service.reindex import Progress
from hub.settings import load_settings


@pytest.fixture
def installation(database_url, tmp_path, monkeypatch):
    """A migrated database with one record in it, and the keys of its hub."""
    migrate(database_url)
    monkeypatch.setenv("HUB_DATABASE_URL", database_url)
    monkeypatch.setenv("HUB_HOME", str(tmp_path))
    monkeypatch.setenv("HUB_KEYS", str(tmp_path / "keys"))
    said(keys.app, "make")
    hub = Hub(load_settings(), connections=1)
    linking = Linking(
        store=hub.store,
        digests=hub.keys.identity,
        places=hub.places,
        matching=hub.standing.matching,
        standing=hub.standing,
        clock=hub.clock,
    )
    ann = Subject(
        local_id="H1", family_name="Ashworth", given_names=("Ann",), birth_date=date(2020, 1, 1)
    )
    linking.link(
        [Observation(record_ref=b"a" * 16, agency="RAE", subject=ann, revision=1, shielded=False)]
    )
    hub.close()
    return tmp_path


def said(app, *arguments, code=0):
    done = CliRunner().invoke(app, arguments)
    if isinstance(done.exception, ConfigurationError):
        raise done.exception
    assert done.exit_code == code, done.output
    return done.output


@pytest.mark.stack
def test_the_key_is_changed_and_the_old_one_put_aside_by_commands_alone(installation):
    assert "Made identity/identity-2" in said(keys.app, "identity")
    with pytest.raises(ConfigurationError, match="Epoch 1 is the newest in force"):
        said(keys.app, "retire", "1")
    ring = load_ring(installation / "keys")
    hub = Hub(load_settings(), connections=1)
    fingerprints = {epoch: ring.fingerprint(epoch) for epoch in ring.at_hand}
    PostgresKeyEpochs(hub.postgres).bring_in_force(2, fingerprints)
    hub.close()
    assert "needed by 1 records" in said(keys.app, "retire", "1", code=1)
    assert (installation / "keys/hub/identity/identity-1.key").exists()
    told = said(identity.app, "reindex", "--share", "1")
    assert "1 records and withheld addresses keyed anew; nothing is left to do." in told
    assert "0 records and withheld" in said(identity.app, "reindex")
    assert "identity-1.retired" in said(keys.app, "retire", "1")
    assert not (installation / "keys/hub/identity/identity-1.key").exists()
    with pytest.raises(ConfigurationError, match="Epoch 2 is the newest in force"):
        said(keys.app, "retire", "2")
    blocks = said(identity.app, "blocks")
    assert "names_birth" in blocks
    assert "Ashworth" not in blocks


def test_progress_says_how_much_is_done_how_fast_and_how_long_it_will_take():
    progress = Progress(done=1_500, remaining=28_500, seconds=3.0, kept=0)
    assert line_of(progress) == "1,500 of 30,000 done, 500 a second, about 57 s left"
    assert [in_words(seconds) for seconds in (59, 600, 36_000)] == [
        *("59 s", "10 minutes"),
        "10 hours",
    ]


def test_progress_without_a_rate_yet_says_only_how_much_is_done():
    progress = Progress(done=0, remaining=10, seconds=0.0, kept=0)
    assert line_of(progress) == "0 of 10 done"
