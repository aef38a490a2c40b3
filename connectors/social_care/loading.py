"""Loads the files of one extract: finds them, checks that they are whole, keeps what is needed.

Of the tables of people only the rows of those with a plan, an episode or a deletion, and of their
mothers, are kept at all.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from connectors.social_care.cells import plain_text
from connectors.social_care.csv_rows import read_rows
from connectors.social_care.extract import DESCRIPTION_FILE, ExtractDescription
from connectors.social_care.findings import Findings
from connectors.social_care.payload_files import find_payloads, read_payloads
from connectors.social_care.register_rows import ID_EXPECTED, is_usable_id, source_key
from connectors.social_care.staging import Staging
from connectors.social_care.tables import (
    ADDRESSES,
    DELETIONS,
    DEPARTMENTS,
    EPISODES,
    IDENTIFIERS,
    IDENTITY_CHANGES,
    IN_NEED,
    INVOLVEMENTS,
    MOTHERS,
    OPEN_PLANS,
    PERSON,
    PLANS,
    PROFESSIONALS,
    REQUIRED_IN_FULL,
    TABLE_BY_NAME,
    Row,
    Table,
)
from hub.core.event import PLAN_KINDS, EventKind
from hub.core.report import OpenPlan
from hub.errors import ConfigurationError

DATASET_PREFIX: Final = "ssd_"
_REGISTER: Final = (PLANS, EPISODES, IN_NEED, DELETIONS, IDENTITY_CHANGES)
_OF_PEOPLE: Final = frozenset({PLANS.name, EPISODES.name, IN_NEED.name, IDENTITY_CHANGES.name})


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The files of one extract: the dataset's tables by name, or the daily payload's files."""

    tables: Mapping[str, Path]
    payloads: tuple[Path, ...] = ()


def find_tables(folder: Path, description: ExtractDescription) -> Found:
    """Answer which files an extract has.

    Raises:
        ConfigurationError: a table that is needed is missing, a CSV file has a name that is
            neither known nor one of the dataset's, or tables stand beside a daily payload.
    """
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        name = path.stem.casefold()
        if path.suffix.casefold() != ".csv" or not path.is_file():
            continue
        if name not in TABLE_BY_NAME:
            if not name.startswith(DATASET_PREFIX):
                raise ConfigurationError(
                    f"{folder.name}/{path.name} is not a file that an extract has; beside the"
                    f" dataset's own tables there are {DELETIONS.file_name},"
                    f" {IDENTITY_CHANGES.file_name} and {OPEN_PLANS.file_name}."
                )
            continue
        if name in found:
            raise ConfigurationError(f"{folder.name}: {path.name} is there twice, in two cases.")
        found[name] = path
    payloads = find_payloads(folder, DESCRIPTION_FILE)
    if payloads:
        _check_beside_payloads(folder, description, found)
        return Found(tables=found, payloads=payloads)
    _check_needed(folder, description, found)
    return Found(tables=found)


class Loader:
    """Reads every table once, in the order in which one decides what is needed of the next."""

    def __init__(self, staging: Staging, at: datetime) -> None:
        self._staging = staging
        self.findings = Findings(at)
        self.workers: dict[str, str] = {}
        self.teams: dict[str, str] = {}
        self.register_rows = 0
        """How many rows of plans, episodes and deletions were read."""
        self._takers: dict[str, Callable[[Row], None]] = {
            PLANS.name: self._register_row,
            EPISODES.name: self._register_row,
            IN_NEED.name: self._register_row,
            DELETIONS.name: self._register_row,
            IDENTITY_CHANGES.name: self._register_row,
            MOTHERS.name: self._mother,
            PERSON.name: self._related,
            IDENTIFIERS.name: self._related,
            ADDRESSES.name: self._related,
            INVOLVEMENTS.name: self._concerned,
            PROFESSIONALS.name: self._worker,
            DEPARTMENTS.name: self._team,
            OPEN_PLANS.name: self._open_plan,
        }

    def load(self, found: Found, description: ExtractDescription) -> None:
        """Keep what is needed of each table or payload.

        Raises:
            ConfigurationError: a file cannot be read as its table, or has not the number of rows
                that ``extract.json`` says.
        """
        for path in found.payloads:
            self._read_payload(path)
        for name, take in self._takers.items():
            if name in found.tables:
                count = self._read(found.tables[name], TABLE_BY_NAME[name], take)
                _check_count(found.tables[name], count, description.rows.get(name))

    def _read_payload(self, path: Path) -> None:
        """Keep a child's rows; those of the register come first and say who is concerned."""
        for _, rows in read_payloads(path, self.findings):
            for row in rows:
                self.register_rows += row.table in _REGISTER
                self._takers[row.table.name](row)

    def _read(self, path: Path, table: Table, take: Callable[[Row], None]) -> int:
        count = 0
        for row in read_rows(path, table):
            count += 1
            self.register_rows += table in _REGISTER
            if isinstance(row, Row):
                take(row)
            else:
                self.findings.refuse_row(
                    row, "row", "as many cells as the header has, quotes in pairs"
                )
        return count

    def _register_row(self, row: Row) -> None:
        person_id = row.text(row.table.key)
        if not is_usable_id(person_id):
            self.findings.refuse_row(row, row.table.key, ID_EXPECTED)
            return
        self._staging.concern(person_id)
        self._staging.keep(row)

    def _mother(self, row: Row) -> None:
        mother_id = row.text("moth_person_id")
        if mother_id and self._staging.is_concerned(row.text("moth_childs_person_id")):
            self._staging.link_mother(mother_id)
            self._staging.keep(row)

    def _related(self, row: Row) -> None:
        if self._staging.is_related(row.text(row.table.key)):
            self._staging.keep(row)

    def _concerned(self, row: Row) -> None:
        if self._staging.is_concerned(row.text(row.table.key)):
            self._staging.keep(row)

    def _worker(self, row: Row) -> None:
        name = plain_text(row.text("prof_professional_name"))
        self.workers[row.text("prof_professional_id")] = name

    def _team(self, row: Row) -> None:
        self.teams[row.text("dept_team_id")] = plain_text(row.text("dept_team_name"))

    def _open_plan(self, row: Row) -> None:
        """State a plan as open. Its kind is said: changes alone cannot tell born from unborn."""
        kind = row.text("kind").casefold()
        if kind not in PLAN_KINDS:
            self.findings.refuse_row(row, "kind", f"one of {', '.join(sorted(PLAN_KINDS))}")
            return
        for column in ("person_id", "id"):
            if not is_usable_id(row.text(column)):
                self.findings.refuse_row(row, column, ID_EXPECTED)
                return
        known = EventKind(kind)
        key = source_key(known, row.text("person_id"), row.text("id"))
        self._staging.state_open([OpenPlan(kind=known, source_key=key)])


def _check_needed(folder: Path, description: ExtractDescription, found: Mapping[str, Path]) -> None:
    needed: tuple[Table, ...] = REQUIRED_IN_FULL if description.full else ()
    if not description.full and _OF_PEOPLE & set(found):
        needed = (PERSON,)
    missing = [table.file_name for table in needed if table.name not in found]
    if missing:
        kind = "full extract" if description.full else "extract of changes with plans"
        raise ConfigurationError(
            f"{folder.name}: {', '.join(missing)} is missing; a {kind} has"
            f" {', '.join(table.file_name for table in needed)}, empty but for the header if need"
            " be."
        )
    if not found:
        raise ConfigurationError(f"{folder.name} holds no table of the dataset.")
    if description.statement and not description.full and OPEN_PLANS.name not in found:
        raise ConfigurationError(
            f"{folder.name}: {OPEN_PLANS.file_name} is missing; extract.json announces a statement,"
            " and an extract of changes cannot tell by itself which plans are open."
        )
    absent = [name for name in description.rows if name not in found]
    if absent:
        raise ConfigurationError(
            f"{folder.name}: {', '.join(absent)} is missing; extract.json counts its rows."
        )


def _check_beside_payloads(
    folder: Path, description: ExtractDescription, found: Mapping[str, Path]
) -> None:
    beside = sorted(set(found) - {OPEN_PLANS.name})
    if beside:
        raise ConfigurationError(
            f"{folder.name}: {', '.join(beside)} and a daily payload are both there; an extract is"
            f" of one shape, and only {OPEN_PLANS.file_name} may stand beside a payload."
        )
    if description.rows:
        raise ConfigurationError(
            f"{folder.name}: extract.json counts rows of tables, and a daily payload has none."
        )
    if description.statement and not description.full and OPEN_PLANS.name not in found:
        raise ConfigurationError(
            f"{folder.name}: {OPEN_PLANS.file_name} is missing; extract.json announces a statement."
        )


def _check_count(path: Path, count: int, announced: int | None) -> None:
    if announced is not None and announced != count:
        raise ConfigurationError(
            f"{path.parent.name}/{path.name} has {count} rows and extract.json says {announced}:"
            " the file is not whole."
        )
