"""Which connectors there are: those that are installed, and every folder beside this module."""

import pkgutil
from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Final

import connectors
from connectors.contract import Connector
from hub.errors import ConfigurationError

GROUP: Final = "safeguarding_hub.connectors"
"""Entry points of this group name connectors, also of packages that are not this project's."""


def modules() -> Mapping[str, str]:
    """Answer the module of each connector by the connector's name.

    A folder that was made since the project was last installed has no entry point yet, and is found
    all the same.
    """
    folders = {
        found.name: f"{connectors.__name__}.{found.name}"
        for found in pkgutil.iter_modules(connectors.__path__)
        if found.ispkg
    }
    return folders | {entry.name: entry.value for entry in entry_points(group=GROUP)}


def find_connector(name: str) -> Connector:
    """Answer the connector of that name.

    Raises:
        ConfigurationError: there is none; the message names those that there are.
    """
    connector: Connector = _module(name).connector
    return connector


def folder_of(name: str) -> Path:
    """Answer the folder of the connector of that name.

    Raises:
        ConfigurationError: there is none; the message names those that there are.
    """
    return Path(str(_module(name).__file__)).resolve().parent


def _module(name: str) -> ModuleType:
    found = modules()
    if name not in found:
        known = ", ".join(sorted(found)) or "none"
        raise ConfigurationError(f"There is no connector {name}; installed: {known}.")
    return import_module(found[name])
