"""Gathers the rows of an extract by person, so that memory does not grow with its size.

The rows stand in a private SQLite database that has no name: what does not fit its cache goes to a
temporary file that is already unlinked, and both are gone when it is closed.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from connectors.private_tables import PrivateTables
from connectors.social_care.tables import (
    ADDRESSES,
    DELETIONS,
    EPISODES,
    IDENTIFIERS,
    IDENTITY_CHANGES,
    IN_NEED,
    INVOLVEMENTS,
    MOTHERS,
    PERSON,
    PLANS,
    TABLE_BY_NAME,
    PersonFile,
    PersonRows,
    Row,
)
from hub.core.event import EventKind
from hub.core.report import OpenPlan

_SCHEMA: Final = """
CREATE TABLE row (table_name TEXT, key TEXT, line INTEGER, cells TEXT, source TEXT);
CREATE INDEX row_key ON row (key, table_name, line);
CREATE TABLE concerned (person_id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE mother (person_id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE open_plan (kind TEXT, source_key TEXT, PRIMARY KEY (kind, source_key)) WITHOUT ROWID;
"""


class Staging(PrivateTables):
    """The rows of one extract that concern a person with a plan, an episode or a deletion."""

    def __init__(self) -> None:
        super().__init__(_SCHEMA)

    def keep(self, row: Row) -> None:
        """Keep a row under its person."""
        cells = json.dumps(row.cells, ensure_ascii=False)
        key = row.text(row.table.key)
        values = (row.table.name, key, row.line, cells, row.source)
        self._database.execute("INSERT INTO row VALUES (?, ?, ?, ?, ?)", values)

    def concern(self, person_id: str) -> None:
        """Say that a person is in the register."""
        self._database.execute("INSERT OR IGNORE INTO concerned VALUES (?)", (person_id,))

    def link_mother(self, person_id: str) -> None:
        """Say that a person is the mother of one in the register."""
        self._database.execute("INSERT OR IGNORE INTO mother VALUES (?)", (person_id,))

    def is_concerned(self, person_id: str) -> bool:
        """Answer whether a person is in the register."""
        found = self._database.execute(
            "SELECT 1 FROM concerned WHERE person_id = ?", (person_id,)
        ).fetchone()
        return found is not None

    def is_related(self, person_id: str) -> bool:
        """Answer whether a person is in the register, or the mother of one who is."""
        found = self._database.execute(
            "SELECT 1 FROM mother WHERE person_id = ?", (person_id,)
        ).fetchone()
        return found is not None or self.is_concerned(person_id)

    def files(self) -> Iterator[PersonFile]:
        """Yield the file of each person in the register, by person id: always in the same order."""
        people = self._database.execute("SELECT person_id FROM concerned ORDER BY person_id")
        for (person_id,) in people:
            yield self._file(person_id)

    def state_open(self, plans: Iterable[OpenPlan]) -> None:
        """Add plans to the statement of open plans; one stated twice is stated once."""
        rows = [(plan.kind.value, plan.source_key) for plan in plans]
        self._database.executemany("INSERT OR IGNORE INTO open_plan VALUES (?, ?)", rows)

    def open_count(self) -> int:
        """Answer how many plans the statement lists."""
        count: int = self._database.execute("SELECT count(*) FROM open_plan").fetchone()[0]
        return count

    def open_plans(self) -> Iterator[OpenPlan]:
        """Yield the plans that the statement lists, always in the same order."""
        found = self._database.execute(
            "SELECT kind, source_key FROM open_plan ORDER BY kind, source_key"
        )
        for kind, key in found:
            yield OpenPlan(kind=EventKind(kind), source_key=key)

    def _file(self, person_id: str) -> PersonFile:
        rows = self._rows(person_id)
        links = rows.get(MOTHERS.name, ())
        mothers = dict.fromkeys(link.text("moth_person_id") for link in links)
        return PersonFile(
            own=_as_person(person_id, rows),
            plans=rows.get(PLANS.name, ()),
            episodes=rows.get(EPISODES.name, ()),
            in_need=rows.get(IN_NEED.name, ()),
            involvements=rows.get(INVOLVEMENTS.name, ()),
            deletions=rows.get(DELETIONS.name, ()),
            changes=rows.get(IDENTITY_CHANGES.name, ()),
            mother_links=links,
            mothers=tuple(_as_person(mother, self._rows(mother)) for mother in mothers),
        )

    def _rows(self, person_id: str) -> dict[str, tuple[Row, ...]]:
        found = self._database.execute(
            "SELECT table_name, line, cells, source FROM row WHERE key = ?"
            " ORDER BY table_name, source, line",
            (person_id,),
        )
        return {
            name: tuple(
                Row(TABLE_BY_NAME[name], line, json.loads(cells), source)
                for _, line, cells, source in rows
            )
            for name, rows in groupby(found, key=lambda record: str(record[0]))
        }


def _as_person(person_id: str, rows: dict[str, tuple[Row, ...]]) -> PersonRows:
    return PersonRows(
        person_id=person_id,
        person=rows.get(PERSON.name, ()),
        identifiers=rows.get(IDENTIFIERS.name, ()),
        addresses=rows.get(ADDRESSES.name, ()),
    )
