"""`hub identity report`: what was typed is named, and what was expected."""

import pytest
from typer.testing import CliRunner

from hub.commands import identity, keys

pytestmark = pytest.mark.stack


@pytest.fixture
def hub(database_url, tmp_path, monkeypatch):
    """The command over a migrated database, with the policies that are shipped."""
    monkeypatch.setenv("HUB_DATABASE_URL", database_url)
    monkeypatch.setenv("HUB_HOME", str(tmp_path))
    monkeypatch.setenv("HUB_KEYS", str(tmp_path / "keys"))
    assert CliRunner().invoke(keys.app, ["make"]).exit_code == 0
    return lambda *arguments: CliRunner().invoke(identity.app, arguments)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("E99", "'E99' is no GSS code of an authority: GSS code: it has 3 characters"),
        ("Thistlewood", "What was typed is no GSS code of an authority: "),
        ("Bradford", "One such as E08000032 was expected."),
        ("E08000099", "E08000099 is an authority that has no policy here; "),
        ("E08000099", "E08000032"),
    ],
)
@pytest.mark.parametrize("command", [("report",), ("export-unmatched", "--out", "never.csv")])
def test_what_was_typed_is_named_and_what_was_expected(hub, tmp_path, command, typed, said):
    name, *options = command
    done = hub(name, typed, *(str(tmp_path / one) if "." in one else one for one in options))
    assert said in str(done.exception)
    assert "Thistlewood" not in str(done.exception)
    assert not (tmp_path / "never.csv").exists()


def test_a_code_in_small_letters_is_the_code(hub):
    done = hub("report", "e08000032")
    assert done.exit_code == 0
    assert "E08000032: 0 own records, no rate" in done.stdout
