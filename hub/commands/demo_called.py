"""How a command of the demo was called: of which installation, by which name, saying what where."""

import os
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from hub.demo.demonstration import Demonstration
from hub.demo.story import Town
from hub.errors import ConfigurationError

MllpPort = Annotated[
    int,
    typer.Option(
        envvar="HUB_DEMO_MLLP_PORT",
        min=1024,
        max=65_000,
        help="Port of the first hospital's listener; the next hospital has the next.",
    ),
]


def demonstration(began: float) -> Demonstration:
    """Answer the demo of this installation; what it tells is told with the seconds since then.

    Raises:
        ConfigurationError: a setting is not what was expected.
    """
    os.environ["HUB_DEMO"] = "1"
    from hub.bootstrap import SystemClock  # noqa: PLC0415  # the one clock; keeps --help fast
    from hub.core.clock import london_date  # noqa: PLC0415  # as above
    from hub.settings import load_settings  # noqa: PLC0415  # reads the line above

    def tell(line: str) -> None:
        say(f"{time.monotonic() - began:6.1f} s  {line}")

    return Demonstration(
        settings=load_settings(), today=london_date(SystemClock().now()), tell=tell
    )


def town_of(demo: Demonstration) -> Town:
    """Answer the town that the hub holds.

    Raises:
        ConfigurationError: the demo was never started.
    """
    town = demo.town()
    if town is None:
        raise ConfigurationError(f"There is no town yet; start with `{tool_name()} demo up`.")
    return town


def tool_name() -> str:
    """Answer how the command was called: from the repository, as `.venv/bin/hub`."""
    called = Path(sys.argv[0])
    here = Path.cwd()
    return str(called.relative_to(here)) if called.is_relative_to(here) else str(called)


def say(line: str) -> None:
    """Show progress on standard error, so that standard output holds only results."""
    typer.echo(line, err=True)
