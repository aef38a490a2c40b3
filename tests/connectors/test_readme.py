"""The page for the next agency is followed to the letter, in a copy of the checkout.

Every file and every command of connectors/README.md is taken from the page, in its order. A box of
a language and a path is a file; one of ``sh`` is run; one of ``text`` is what was printed since.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from connectors import making
from connectors.command import app
from hub.errors import ConfigurationError

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "connectors" / "README.md"
BOX = re.compile(
    r"^```(?P<language>\w+)(?: (?P<path>\S+))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
COPIED = ("connectors", "hub", "schemas", "tests", "pyproject.toml", "scripts")
RUN = CliRunner()


@dataclass(frozen=True)
class Box:
    """One box of the page."""

    language: str
    path: str | None
    text: str


def boxes():
    page = PAGE.read_text(encoding="utf-8")
    return [Box(box["language"], box["path"], box["text"]) for box in BOX.finditer(page)]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A copy of what is here, in which the virtual environment finds the copy first."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder)
    (folder / ".venv" / "bin").mkdir(parents=True)
    for program in ("hub", "pytest", "ruff"):
        (folder / ".venv" / "bin" / program).symlink_to(Path(sys.executable).with_name(program))
    return folder


def run(checkout, script):
    """What a box of commands prints; it must succeed."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout), "COLUMNS": "300"},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def not_printed(promised, printed):
    """The lines that the page shows and that were not printed."""
    lines = {line.strip() for line in printed.splitlines()}
    return [line for line in promised.splitlines() if line.strip() not in lines]


def test_the_page_makes_a_connector_that_keeps_the_contract(checkout):
    printed, followed = "", []
    for box in boxes():
        followed.append(box.language)
        if box.path:
            target = checkout / box.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(box.text, encoding="utf-8")
        elif box.language == "sh":
            printed = run(checkout, box.text)
        else:
            assert box.language == "text"
            assert not_printed(box.text, printed) == []
    assert followed.count("sh") >= 5
    assert followed.count("text") >= 3
    assert (checkout / "connectors" / "walk_in_centre" / "mapping.py").is_file()


def test_a_line_that_the_page_promises_and_nothing_printed_is_seen():
    assert not_printed("read      4\nrefused   1\n", "read      4\nrefused   2\n") == [
        "refused   1"
    ]


@pytest.mark.parametrize("feed", ["police", "schools", "social_care"])
def test_what_is_made_for_every_other_feed_keeps_the_contract_too(checkout, feed):
    name = f"another_{feed}"
    run(
        checkout,
        f".venv/bin/hub connector new {name} --feed {feed}\n"
        f".venv/bin/pytest -q -n 0 tests/connectors -k {name}\n"
        f".venv/bin/ruff format --check connectors/{name} tests/connectors/{name}\n"
        f".venv/bin/ruff check connectors/{name} tests/connectors/{name}\n",
    )


@pytest.mark.parametrize(
    ("name", "feed", "sentence"),
    [
        ("Fire", "health", "small letters"),
        ("fi", "health", "3 to 40"),
        ("class", "health", "cannot be the name"),
        ("../fire", "health", "cannot be the name"),
        ("police", "police", "of the name police"),
        ("spool", "health", "of the name spool"),
        ("skeleton", "health", "of the name skeleton"),
        ("fire_service", "fire", r"there are health, police, schools, social_care.*schemas/events"),
    ],
)
def test_a_name_or_a_feed_that_cannot_be_used_is_refused_and_nothing_made(name, feed, sentence):
    before = sorted(making.ROOT.glob("connectors/*"))
    done = RUN.invoke(app, ["new", name, "--feed", feed])
    assert isinstance(done.exception, ConfigurationError)
    assert re.search(sentence, str(done.exception))
    assert sorted(making.ROOT.glob("connectors/*")) == before


def test_a_project_file_that_cannot_be_edited_is_told_what_to_add(checkout):
    project = checkout / "pyproject.toml"
    whole = project.read_text(encoding="utf-8")
    project.write_text(whole.replace("safeguarding_hub.connectors", "other"), encoding="utf-8")
    try:
        said = run(checkout, ".venv/bin/hub connector new left_over --feed health")
    finally:
        project.write_text(whole, encoding="utf-8")
        shutil.rmtree(checkout / "connectors" / "left_over")
        shutil.rmtree(checkout / "tests" / "connectors" / "left_over")
    assert 'Add to pyproject.toml, [project.entry-points."safeguarding_hub.connectors"]' in said
    assert 'left_over = "connectors.left_over"' in said
