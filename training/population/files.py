"""The CSV files of a population: the records, and beside them what they are measured by."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from training.population.groups import groups_of
from training.population.records import Population, Record
from training.population.telling import told_as

HEADER = (
    *("record_id", "person_id", "agency", "given_name", "family_name", "date_of_birth", "sex"),
    *("postcode", "address", "nhs_number", "upn", "recorded_at"),
)
GROUPS_HEADER = ("record_id", "told_as", "groups", "mistakes")
BETWEEN = "|"
"""Between two groups, and between two mistakes."""


def groups_file(path: Path) -> Path:
    """Answer the file of the groups that stands beside a file of records."""
    return path.with_name(f"{path.name.removesuffix('.csv')}.groups.csv")


def write_population(population: Population, path: Path) -> None:
    """Write both files of a population."""
    write_rows(path, HEADER, (_row(record) for record in population.records))
    write_rows(groups_file(path), GROUPS_HEADER, _group_rows(population))


def write_rows(path: Path, header: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Write a CSV file: UTF-8, one line feed at the end of each row."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def read_rows(path: Path) -> Iterator[Mapping[str, str]]:
    """Yield the rows of a CSV file, each by its header."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _row(record: Record) -> tuple[str, ...]:
    draft, contact = record.draft, record.contact
    return (
        *(record.record_id, contact.child.key, contact.agency, draft.given, draft.family),
        *(draft.born, draft.sex, draft.postcode, draft.address, draft.nhs_number, draft.upn),
        f"{contact.at:%Y-%m-%dT%H:%M:%SZ}",
    )


def _group_rows(population: Population) -> Iterator[tuple[str, ...]]:
    groups, labels = groups_of(population), told_as(population)
    for record in population.records:
        name = record.record_id
        marks = [*record.draft.mistakes, *record.draft.ways]
        yield name, labels[name], BETWEEN.join(groups[name]), BETWEEN.join(marks)
