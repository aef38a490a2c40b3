"""Every connector folder there is, found by walking, with its examples: what the contract binds."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

import connectors
from connectors.examples import Example, examples_in
from connectors.installed import find_connector
from hub.adapters.schemas import shipped_schemas

ROOT = Path(connectors.__file__).resolve().parent
FOLDERS = tuple(sorted(path.parent for path in ROOT.glob("*/__init__.py")))
NAMES = tuple(folder.name for folder in FOLDERS)
REGISTRY = shipped_schemas()


@cache
def examples_of(name) -> tuple[Example, ...]:
    return examples_in(ROOT / name)


EXAMPLES = [
    pytest.param(name, example, id=f"{name}-{example.folder.name}")
    for name in NAMES
    for example in examples_of(name)
]

of_every_connector = pytest.mark.parametrize("name", NAMES)
of_every_example = pytest.mark.parametrize(("name", "example"), EXAMPLES)


def readings_of(name, example, path=None, **changes):
    """What comes of an example's records, or of what stands at another path."""
    context = replace(example.context, **changes)
    return list(find_connector(name).read(path or example.input, context))


def events_of(name, example, path=None, **changes):
    readings = readings_of(name, example, path, **changes)
    return [event for reading in readings for event in reading.events]


def agency_of(reading, example):
    return reading.agency or example.agency
