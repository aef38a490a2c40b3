"""`hub connector`: found by entry point, because the hub does not import its connectors."""

from importlib.metadata import entry_points
from typing import Final

import typer

from hub.errors import ConfigurationError

GROUP: Final = "safeguarding_hub.commands"


def find_app() -> typer.Typer:
    """Answer the command group that the connectors' package offers.

    Raises:
        ConfigurationError: the connectors are not part of this installation.
    """
    for entry in entry_points(group=GROUP, name="connector"):
        found: typer.Typer = entry.load()
        return found
    raise ConfigurationError(
        "The connectors are not part of this installation; installing the project again, with "
        "`pip install -e .` in a checkout, registers them."
    )


app = find_app()
