"""Reads deliveries of registers from disk and yields a reading for each register.

The only part of the connector that touches files, with ``csv_rows`` and ``staging``.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from connectors.contract import ConnectorContext, Reading
from connectors.outcome import reading_of
from connectors.schools.codes import code_in
from connectors.schools.csv_rows import read_rows
from connectors.schools.mapping import ANOTHER_MARK, ROW_REFUSED, MarksRead, map_register
from connectors.schools.registers import (
    Register,
    RegisterKey,
    UnusableRow,
    read_key,
    read_register,
)
from connectors.schools.staging import Staging
from connectors.schools.tables import MARKS, REGISTERS, Row
from hub.core.identifiers import Urn
from hub.core.report import REFUSALS_PER_REPORT_MAX, Feed, FeedFault, Refusal
from hub.errors import ConfigurationError

NOT_ANNOUNCED: Final = "of a register that registers.csv names"


class SchoolsConnector:
    """Reads one delivery, or a folder of deliveries in the order of their names."""

    feed: Feed = Feed.SCHOOLS
    reads_for_many: bool = True

    def read(self, path: Path, context: ConnectorContext) -> Iterator[Reading]:
        """Yield a reading for each register; those of every delivery are checked before the first.

        Raises:
            ConfigurationError: there is no delivery, or a file of one cannot be used as a whole.
        """
        if context.mapping_path is not None:
            raise ConfigurationError(
                "The schools connector has no mapping file: its two files have columns of fixed"
                " names. Leave it out."
            )
        deliveries = [_Delivery.of(folder, context) for folder in _folders(path)]
        return (reading for delivery in deliveries for reading in delivery.readings())


@dataclass(slots=True)
class _Delivery:
    """One folder: its registers, and what is read of their marks."""

    folder: Path
    context: ConnectorContext
    registers: dict[RegisterKey, Register] = field(default_factory=dict)
    read: dict[RegisterKey, MarksRead] = field(default_factory=dict)
    strays: MarksRead = field(default_factory=MarksRead)

    @classmethod
    def of(cls, folder: Path, context: ConnectorContext) -> "_Delivery":
        """Read which registers a delivery has; none of another school than is asked for."""
        delivery = cls(folder, context)
        for row in read_rows(folder / REGISTERS.file_name, REGISTERS):
            delivery.announce(row)
        if delivery.strays.refusals and not delivery.registers:
            first = delivery.strays.refusals[0]
            raise ConfigurationError(
                f"{folder.name}/{first.reference}: {first.field}: expected {first.expected}; not"
                " one register of it could be read."
            )
        return delivery

    def announce(self, row: Row) -> None:
        """Take a row of ``registers.csv``."""
        try:
            register = read_register(row, self.context.started_at)
        except UnusableRow as unusable:
            self.strays.refuse(row, unusable, self.context.started_at)
            return
        agency = Urn(register.key.urn).agency
        if self.context.agency not in (None, agency):
            raise ConfigurationError(
                f"{self.folder.name}/{row.reference} is of {agency}; {self.context.agency} was"
                " expected, whose reports these are to be."
            )
        if self.registers.setdefault(register.key, register) != register:
            expected = "one row for each school, date and session"
            self.strays.refuse(row, UnusableRow("session", expected), self.context.started_at)
        self.read.setdefault(register.key, MarksRead())

    def readings(self) -> Iterator[Reading]:
        """Yield what became of rows of no register, then each register with its marks."""
        with Staging() as staging:
            for row in read_rows(self.folder / MARKS.file_name, MARKS):
                self._take(row, staging)
            if self.strays.refusals:
                yield self._stray()
            for key, register in sorted(self.registers.items()):
                yield from self._told(register, self._without_contradictions(key, staging))

    def _take(self, row: Row, staging: Staging) -> None:
        at = self.context.started_at
        try:
            key = read_key(row)
        except UnusableRow as unusable:
            self.strays.refuse(row, unusable, at)
            return
        marks = self.read.get(key)
        if marks is None:
            self.strays.refuse(row, UnusableRow("session", NOT_ANNOUNCED), at)
        elif marks.take(row, at):
            staging.keep(key, row)
        elif code_in(row.text("code")) is not None:
            staging.pass_over(key, row)

    def _told(self, register: Register, told: Iterator[Row]) -> tuple[Reading, ...]:
        """Answer the readings of one register; a bug of ours costs no other."""
        at = self.context.started_at
        made: list[Reading] = []

        def mapped() -> Reading:
            made.extend(map_register(register, told, self.read[register.key], at))
            return made[0]

        first = reading_of(register.reference, at, mapped)
        return (replace(first, agency=Urn(register.key.urn).agency), *made[1:])

    def _without_contradictions(self, key: RegisterKey, staging: Staging) -> Iterator[Row]:
        """Yield the told marks of a register; of two of one pupil the first counts."""
        for row in staging.of(key):
            other = staging.line_passed_over(key, row)
            if other is None:
                yield row
                continue
            later = Row(MARKS, max(row.line, other), {})
            self.read[key].refuse(later, ANOTHER_MARK, self.context.started_at)
            if row.line < other:
                yield row

    def _stray(self) -> Reading:
        refusals: tuple[Refusal, ...] = tuple(self.strays.refusals[:REFUSALS_PER_REPORT_MAX])
        first = min(self.registers, default=None)
        return Reading(
            reference=self.folder.name,
            agency=self.context.agency or (Urn(first.urn).agency if first else None),
            refusals=refusals,
            faults=(FeedFault(code=ROW_REFUSED, subject="register"),),
            read_count=len(refusals),
        )


def _folders(path: Path) -> list[Path]:
    if not path.is_dir():
        raise ConfigurationError(f"{path.name} is not a folder; a folder with a delivery is read.")
    found = [path] if (path / REGISTERS.file_name).is_file() else []
    found = found or [
        one for one in sorted(path.iterdir()) if (one / REGISTERS.file_name).is_file()
    ]
    if not found:
        raise ConfigurationError(
            f"{path.name} has no {REGISTERS.file_name}, and no folder in it has one: a delivery is"
            f" {MARKS.file_name} and {REGISTERS.file_name}, written last."
        )
    for folder in found:
        if not (folder / MARKS.file_name).is_file():
            raise ConfigurationError(
                f"{folder.name} has no {MARKS.file_name}; one with only its header was expected"
                " where no register has a row."
            )
    return found
