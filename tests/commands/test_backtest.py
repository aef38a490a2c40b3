"""`hub backtest`: what was typed is looked at before anything is replayed."""

from datetime import UTC, datetime, timedelta

import pytest
import typer
from typer.testing import CliRunner

from hub.commands import backtest
from hub.errors import ConfigurationError
from hub.settings import PROJECT_ROOT

SHIPPED = str(PROJECT_ROOT / "deploy" / "policies")
TODAY = datetime.now(tz=UTC).date()
SINCE = ("--since", str(TODAY - timedelta(days=2)))


@pytest.fixture
def run(monkeypatch):
    """The command; replaying anything fails."""

    def replayed(_wanted):
        raise AssertionError("nothing is replayed of what cannot be used")

    monkeypatch.setattr(backtest, "_replayed", replayed)
    app = typer.Typer()
    app.command()(backtest.backtest)
    return lambda *arguments: CliRunner().invoke(
        app, ["--policy", SHIPPED, *arguments], catch_exceptions=False
    )


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (("--since", "0001-01-01"), "--since: a day from 1900 to today"),
        (("--since", str(TODAY + timedelta(days=2))), "--since: a day from 1900 to today"),
        ((*SINCE, "--until", "9999-12-31"), "--until: a day from --since to today"),
        ((*SINCE, "--until", "2020-01-01"), "--until: a day from --since to today"),
        ((*SINCE, "--html", SHIPPED), "cannot be written: a file in a directory that is there"),
        ((*SINCE, "--html", "/nowhere/page.html"), "cannot be written: a file in a directory"),
        ((*SINCE, "--authority", "Thistlewood"), "GSS code: "),
    ],
)
def test_what_cannot_be_used_is_said_before_anything_is_replayed(run, typed, told):
    with pytest.raises(ConfigurationError, match=told):
        run(*typed)
