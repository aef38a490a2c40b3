"""`hub connector new`: makes the folder of a connector that keeps the contract from the start."""

import keyword
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module, invalidate_caches
from pathlib import Path
from string import Template
from typing import Any, Final

import connectors
from connectors import examples, installed
from hub.core.report import Feed
from hub.errors import ConfigurationError

ROOT: Final = Path(connectors.__file__).resolve().parents[1]
"""The checkout in which a connector is made: where this package itself is."""

NAME: Final = re.compile(r"[a-z][a-z0-9_]{2,39}")
STARTED_AT: Final = "2026-11-22T12:00:00Z"
LINES_APART: Final = "Connectors do not know each other"

_TEMPLATES: Final = Path(connectors.__file__).resolve().parent / "skeleton"
_NEW_FEED: Final = (
    "A feed of its own is a change to what agencies agree to tell: its name in Feed"
    " (hub/core/report.py), which makes its topic; a schema of each kind of event in"
    " schemas/events/; the kind in hub/core/event.py; and what is taken on the feed in"
    " KINDS_BY_FEED (hub/core/intake_event.py)."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What was made: files by their path from the checkout, and what is left for a person."""

    files: tuple[str, ...]
    left_to_add: tuple[str, ...] = ()


def make(name: str, feed: str) -> Made:
    """Make a connector of this name that reports on a feed.

    Raises:
        ConfigurationError: the name cannot be used or is taken, the feed does not exist, or this
            is no checkout of the project; nothing was made then.
    """
    _check(name, feed)
    kind = _kinds()[feed]
    values = _values(name, feed, kind)
    written = []
    for path, text in _files(name, kind, values):
        target = ROOT / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        written.append(path)
    invalidate_caches()
    made = import_module(f"connectors.{name}").connector
    for example in examples.examples_in(ROOT / "connectors" / name):
        examples.write(made, example)
        written += [
            f"{example.folder.relative_to(ROOT)}/{file}" for file in examples.told_by(made, example)
        ]
    return Made(files=tuple(written), left_to_add=tuple(_list_in_project(name)))


def _check(name: str, feed: str) -> None:
    if not NAME.fullmatch(name) or keyword.iskeyword(name):
        raise ConfigurationError(
            f"{name} cannot be the name of a connector: 3 to 40 small letters, digits and"
            " underscores that begin with a letter were expected, such as walk_in_centre."
        )
    if feed not in _kinds():
        known = ", ".join(sorted(_kinds()))
        raise ConfigurationError(f"There is no feed {feed}; there are {known}. {_NEW_FEED}")
    beside = ROOT / "connectors" / name
    if name in installed.modules() or beside.exists() or beside.with_suffix(".py").exists():
        raise ConfigurationError(
            f"There is something of the name {name} in connectors/ already; another was expected."
        )
    if not (ROOT / "pyproject.toml").is_file():
        raise ConfigurationError(
            "A connector is made in a checkout of the project, and the connectors that run here"
            " are installed elsewhere."
        )


def _kinds() -> Mapping[str, Any]:
    return tomllib.loads((_TEMPLATES / "kinds.toml").read_text(encoding="utf-8"))


def _values(name: str, feed: str, kind: Mapping[str, Any]) -> Mapping[str, str]:
    """Answer what stands for each place of the templates."""
    columns: Mapping[str, tuple[str, str]] = kind["columns"]
    texts = {key: value.strip("\n") for key, value in kind.items() if isinstance(value, str)}
    return texts | {
        "name": name,
        "Name": "".join(part.capitalize() for part in name.split("_")),
        "title": name.replace("_", " "),
        "feed": feed,
        "FEED": Feed(feed).name,
        "columns": ", ".join(f'"{column}"' for column in columns),
        "columns_table": "\n".join(f"| `{name}` | {says} |" for name, (_, says) in columns.items()),
        "needed": ", ".join(f"`{name}`" for name, (cell, _) in columns.items() if cell),
        "cells_as_code": "\n".join(
            f'    "{name}": "{cell}",' for name, (cell, _) in columns.items()
        ),
    }


def _files(
    name: str, kind: Mapping[str, Any], values: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    own = f"connectors/{name}"
    for part in ("__init__.py", "source.py", "mapping.py", "README.md"):
        yield f"{own}/{part}", _filled(part, values)
    yield f"tests/connectors/{name}/test_{name}.py", _filled("test_mapping.py", values)
    described = f'agency = "{kind["agency"]}"\nstarted_at = {STARTED_AT}\n'
    yield f"{own}/examples/{examples.DESCRIPTION}", described
    yield f"{own}/examples/one_record/input/export.csv", _example(kind)


def _filled(part: str, values: Mapping[str, str]) -> str:
    text = (_TEMPLATES / f"{part}.txt").read_text(encoding="utf-8")
    filled = Template(text).substitute(values)
    return _sorted_imports(filled) if part.endswith(".py") else filled


def _sorted_imports(text: str) -> str:
    """Answer a module with each block of its imports in order, whatever its own name is."""
    blocks = text.split("\n\n")
    return "\n\n".join(
        "\n".join(sorted(filter(None, block.split("\n"))))
        if all(line.startswith("from ") for line in filter(None, block.split("\n")))
        else block
        for block in blocks
    )


def _example(kind: Mapping[str, Any]) -> str:
    """Answer an export of one made-up child; its number is of the range that is never issued."""
    own = {column: cell for column, (cell, _) in kind["columns"].items()}
    cells = {
        "record_id": "1001",
        "changed_at": "2026-11-21T10:00:00+00:00",
        "person_id": "P1",
        **own,
        "nhs_number": "9990000018",
        "family_name": "Madeup",
        "given_names": "Robin",
        "birth_date": "2019-04-17",
        "postcode": "BD1 1HX",
    }
    return ",".join(cells) + "\n" + ",".join(cells.values()) + "\n"


def _list_in_project(name: str) -> Iterator[str]:
    """List the connector in pyproject.toml; yield in words what could not be, and where it goes."""
    path = ROOT / "pyproject.toml"
    text = path.read_text(encoding="utf-8")
    entry, module = f'{name} = "connectors.{name}"', f'"connectors.{name}"'
    edits = (
        (
            rf'(\[project\.entry-points\."{installed.GROUP}"\]\n(?:\w+ = ".*"\n)*)',
            rf"\g<1>{entry}\n",
            f'[project.entry-points."{installed.GROUP}"]: {entry}',
        ),
        (
            rf'(name = "{LINES_APART}"\ntype = "independence"\nmodules = \[[^\]]*?),?(\s*\])',
            rf"\g<1>, {module}\g<2>",
            f'the modules of the contract "{LINES_APART}": {module}',
        ),
    )
    for pattern, replacement, words in edits:
        text, done = re.subn(pattern, replacement, text, count=1)
        if not done:
            yield f"Add to pyproject.toml, {words}"
    path.write_text(text, encoding="utf-8")
