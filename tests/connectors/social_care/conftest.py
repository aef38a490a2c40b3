"""Writes extracts for the tests, valid by default: a test says only what it is about."""

import json
from datetime import UTC, datetime

import pytest

from connectors.contract import ConnectorContext
from connectors.social_care import connector
from connectors.social_care.tables import EPISODES, PERSON, PLANS

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def context():
    return ConnectorContext(started_at=NOW, test_numbers=True)


class ExtractFolder:
    """A folder with an extract in it; tables are given as lists of lines without the header."""

    def __init__(self, folder):
        self.folder = folder
        self.folder.mkdir(exist_ok=True)
        self.says(full=True)
        for table in (PERSON, PLANS, EPISODES):
            self.table(table, [])

    def says(self, **told):
        text = json.dumps({"authority": "E08000035", "as_at": "2026-11-20T02:00:00Z", **told})
        (self.folder / "extract.json").write_text(text, encoding="utf-8")

    def table(self, table, rows, columns=None):
        lines = [",".join(columns or table.required), *rows]
        (self.folder / table.file_name).write_text("\n".join(lines) + "\n", encoding="utf-8")

    def without(self, table):
        (self.folder / table.file_name).unlink()

    def children_on_plans(self, count):
        people = [f"c{n:05},Given{n},Madeup,2015-01-01," for n in range(count)]
        self.table(PERSON, people)
        self.table(PLANS, [f"p{n:05},c{n:05},2026-01-01," for n in range(count)])

    def read(self, context):
        return list(connector.read(self.folder, context))


@pytest.fixture
def extract(tmp_path):
    return ExtractFolder(tmp_path / "register")


@pytest.fixture
def extract_in(tmp_path):
    return lambda name: ExtractFolder(tmp_path / name)
