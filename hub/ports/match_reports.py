"""What reports on matching ask of the store."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from hub.ports.marks import durable
from hub.ports.records import RecordRow


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedRow:
    """A record and its link."""

    record: RecordRow
    verdict: str
    possible: int
    keys: tuple[str, ...] = field(default=(), repr=False)
    """The agency's own keys of what it told of the record, where they were asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchReportRow:
    """A report as it is kept: the last of its week."""

    week: date
    made_at: datetime
    counted: Mapping[str, object]


class MatchReading(Protocol):
    """One instant of the store, read through once."""

    def records(self) -> int:
        """How many records there are to go through, waiting ones not among them."""
        ...

    def children(self) -> Iterator[Sequence[LinkedRow]]:
        """Every record of each child of whom the authority told, or who is told to live there.

        One child after another, without holding more than some of them.
        """
        ...

    def own_children(self) -> Iterator[Sequence[LinkedRow]]:
        """The same of children of whom the authority itself told, its own keys with its records."""
        ...

    def waiting(self) -> Mapping[str, int]:
        """By agency, how many records wait without a child and are told to live there."""
        ...

    def identifiers_left_out(self) -> Mapping[str, int]:
        """By field and failed check, how often the authority told an identifier not valid."""
        ...


class MatchReports(Protocol):
    """The store of reports on matching, and of what they are made of."""

    def reading(self, authority: str) -> AbstractContextManager[MatchReading]:
        """What is known of an authority's records at one instant."""
        ...

    def told(self, authority: str, most: int) -> tuple[MatchReportRow, ...]:
        """The last reports of an authority, the latest first."""
        ...

    @durable
    def keep(self, authority: str, row: MatchReportRow) -> None:
        """Keep a report in place of an earlier one of its week."""
        ...
