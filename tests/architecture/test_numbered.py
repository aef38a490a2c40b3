"""Decisions and migrations are numbered: one number each, and every decision listed as it says."""

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DECISIONS = ROOT / "docs" / "decisions"
MIGRATIONS = ROOT / "hub" / "adapters" / "store" / "migrations"
ROW = re.compile(r"\| \[(\d+)\]\((\d{4}-[\w-]+\.md)\) \| (.+?) \| .+? \|")


def pages():
    return sorted(page for page in DECISIONS.glob("*.md") if re.match(r"\d{4}-", page.name))[1:]


def twice(names):
    return [number for number, count in Counter(one[:4] for one in names).items() if count > 1]


@pytest.mark.parametrize("folder", [DECISIONS, MIGRATIONS])
def test_no_number_is_given_twice(folder):
    names = [one.name for one in folder.iterdir() if re.match(r"\d{4}", one.name)]
    assert len(names) > 20
    assert twice(names) == []


def test_a_number_that_is_given_twice_is_seen():
    assert twice(["0001-one.md", "0002-two.md", "0002-other.md"]) == ["0002"]


def test_every_decision_is_listed_once_by_its_number_and_title():
    said = {page.name: page.read_text().splitlines()[0] for page in pages()}
    rows = ROW.findall((DECISIONS / "README.md").read_text())
    listed = {name: f"# {number}. {title}" for number, name, title in rows}

    assert len(rows) == len(listed)
    assert listed == said
