"""Reads and maps without keys, spool or Kafka, and prints what would be told.

With JSON: one event a line on standard output; on standard error one line for each refused record,
then one line that sums up: what was read, left out, refused and at fault. The events hold the
agency's own records in clear: the output is for the agency's eyes only.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TextIO

from connectors.contract import Reading
from connectors.refusals import as_json, in_words
from connectors.writing_out import write_out
from hub.core.codec_json import event_to_json
from hub.core.codec_schema import SchemaRegistry
from hub.core.report import FeedFault


@dataclass(slots=True, kw_only=True)
class Summary:
    """What a dry run came to."""

    records: int = 0
    read: int = 0
    events: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    faults: Counter[FeedFault] = field(default_factory=Counter)

    def add(self, reading: Reading) -> None:
        """Count one reading."""
        self.records += 1
        self.read += reading.read_count
        self.events.update(event.kind.value for event in reading.events)
        for dropped in reading.dropped:
            self.left_out[dropped.reason] += dropped.count
        self.refused += len(reading.refusals)
        self.faults.update(reading.faults)

    def as_json(self) -> dict[str, Any]:
        """Answer the line that ends a dry run, the only one with the key ``summary``."""
        faults = sorted((one.code, one.subject, count) for one, count in self.faults.items())
        return {
            "summary": {
                "read": self.read,
                "events": dict(sorted(self.events.items())),
                "left_out": dict(sorted(self.left_out.items())),
                "refused": self.refused,
                "faults": [
                    {"code": code, "subject": subject, "count": count}
                    for code, subject, count in faults
                ],
            }
        }

    def in_words(self) -> Iterator[str]:
        """Yield the same, a line each."""
        yield f"read      {self.read}"
        counts = [("event", name, count) for name, count in self.events.items()]
        counts += [
            ("fault", f"{one.code}: {one.subject}", count) for one, count in self.faults.items()
        ]
        counts += [("left out", reason, count) for reason, count in self.left_out.items()]
        for what, name, count in sorted(counts):
            yield f"{what:<9} {name}: {count}"
        yield f"refused   {self.refused}"


class DryRun:
    """Prints readings as they come; what cannot be written out is refused as in a real run."""

    def __init__(
        self,
        registry: SchemaRegistry,
        as_of: datetime,
        out: TextIO | None = None,
        refused: TextIO | None = None,
    ) -> None:
        """Print to standard output and standard error unless told otherwise."""
        self._registry = registry
        self._as_of = as_of
        self._out = out or sys.stdout
        self._refused = refused or sys.stderr
        self.summary = Summary()

    def print_json(self, readings: Iterable[Reading]) -> None:
        """Print every event, every refusal and the summary as a line of JSON each."""
        for reading in self._written_out(readings):
            for event in reading.events:
                self._out.write(event_to_json(event) + "\n")
            for refusal in reading.refusals:
                self._refused.write(as_json(refusal) + "\n")
        self._out.flush()
        self._refused.write(json.dumps(self.summary.as_json(), ensure_ascii=False) + "\n")

    def print_words(self, readings: Iterable[Reading]) -> None:
        """Print in words what would be told, without anything of a person."""
        for reading in self._written_out(readings):
            for refusal in reading.refusals:
                self._out.write(in_words(refusal) + "\n")
        for line in self.summary.in_words():
            self._out.write(line + "\n")

    def _written_out(self, readings: Iterable[Reading]) -> Iterator[Reading]:
        for reading in readings:
            told = write_out(reading, self._registry, self._as_of).reading
            self.summary.add(told)
            yield told
