"""Writes exports for the tests, valid by default: a test says only what it is about."""

import json
from copy import deepcopy
from datetime import UTC, datetime

import pytest

from connectors.contract import ConnectorContext
from connectors.police import connector

MAPPING = 'version = 1\nforce = "13"\n'
MOTHER = {"person_id": "N1001", "role": "victim", "family_name": "Ashworth", "given_names": "Lena"}
FATHER = {"person_id": "N1002", "role": "suspect", "family_name": "Pryce"}
MIRA = {
    "person_id": "N1003",
    "family_name": "Ashworth",
    "given_names": "Mira",
    "birth_date": "2021-05-04",
    "present": True,
    "resident": True,
}
INCIDENT = {
    "occurrence_number": "13260123456",
    "updated_at": "2026-11-21T02:15:00Z",
    "began_at": "2026-11-20T22:40:00Z",
    "officer_grade": "medium",
    "adults": [MOTHER, FATHER],
    "children": [MIRA],
}


def an_incident(**changes):
    """An incident; a field given as ``None`` is left out."""
    told = {**deepcopy(INCIDENT), **changes}
    return {name: value for name, value in told.items() if value is not None}


class Exports:
    """A folder of a force's exports with its mapping file."""

    def __init__(self, folder):
        self.folder = folder
        self.inside = folder / "exports"
        self.inside.mkdir(parents=True)
        self.says(MAPPING)

    def says(self, mapping):
        self.mapping = self.folder / "force.toml"
        self.mapping.write_text(mapping, encoding="utf-8")

    def file(self, name, content):
        data = content if isinstance(content, bytes) else content.encode()
        (self.inside / name).write_bytes(data)

    def context(self, **changes):
        values = {
            "started_at": datetime(2026, 11, 22, 12, tzinfo=UTC),
            "test_numbers": True,
            "mapping_path": self.mapping,
        }
        return ConnectorContext(**(values | changes))

    def read(self, path=None, **changes):
        return list(connector.read(path or self.inside, self.context(**changes)))

    def told(self, *incidents):
        """The readings of these incidents."""
        self.file("incidents.json", json.dumps(list(incidents)))
        return self.read()

    def events(self, *incidents):
        return [event for reading in self.told(*incidents) for event in reading.events]


@pytest.fixture
def exports(tmp_path):
    return Exports(tmp_path)
