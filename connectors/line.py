"""The one loop's inside: a reading goes in, a sealed report is on disk and on its way to Kafka."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from connectors.contract import Reading
from connectors.packing import Draft, Packer
from connectors.publish import IN_FLIGHT_MAX, Outlet
from connectors.spool import Spool, SpooledReport
from connectors.writer import ReportWriter
from connectors.writing_out import fault_of, untold
from hub.core.report import Refusal
from hub.errors import HubError, TransientFault

PATIENCE_SECONDS: Final = 60.0
"""How long a run from a path waits for a Kafka that takes nothing."""

_PAUSE_SECONDS: Final = 0.005


@dataclass(slots=True)
class Counts:
    """What a run has done so far, for the operator.

    ``read`` counts rows or messages; ``records`` what they make up, such as a register, which may
    have no row at all.
    """

    records: int = 0
    read: int = 0
    events: int = 0
    refused: int = 0
    dropped: int = 0
    reports: int = 0

    def add(self, reading: Reading) -> None:
        """Count one reading."""
        self.records += 1
        self.read += reading.read_count
        self.events += len(reading.events)
        self.refused += len(reading.refusals)
        self.dropped += sum(dropped.count for dropped in reading.dropped)


def _never() -> bool:
    return False


def _unnamed(_: Refusal) -> None:
    """Name nothing."""


class Line:
    """Packer, writer, spool and outlet in a row; used by one thread."""

    def __init__(
        self,
        packer: Packer,
        writer: ReportWriter,
        spool: Spool,
        outlet: Outlet,
        now: Callable[[], datetime],
    ) -> None:
        self._packer = packer
        self._writer = writer
        self._spool = spool
        self._now = now
        self.outlet = outlet
        self.counts = Counts()
        self.stop_asked: Callable[[], bool] = _never
        """Whether to stop waiting for a Kafka that takes nothing."""
        self.name_refusal: Callable[[Refusal], None] = _unnamed
        """Where each refusal is named for the operator, once it is kept."""

    def take(self, reading: Reading) -> None:
        """Take a reading of a file or folder; waits while too much is on its way to Kafka.

        Raises:
            TransientFault: Kafka took nothing for a minute; what waits stays in the spool.
            SpoolFull: the disk is full.
            ConfigurationError: a slice is larger than a report can be.
        """
        written = self._packer.write_out(reading)
        self._note(written.reading)
        for draft in self._packer.add_written(written):
            self._keep_and_send(draft)

    def pack(self, reading: Reading, kept: Callable[[], None]) -> None:
        """Take a reading of a long source into reports on disk, and send nothing.

        ``kept`` is called when a report is on disk: whatever was packed before this reading is then
        in reports, and of this reading perhaps only a part.

        Raises:
            SpoolFull: too much waits for Kafka, or the disk is full.
            ConfigurationError: a slice is larger than a report can be.
        """
        written = self._packer.write_out(reading)
        for draft in self._packer.add_written(written):
            self._append([self._write(draft, 0)])
            kept()
        self._note(written.reading)

    def pack_rest(self) -> None:
        """Take what is held, and a heartbeat, into reports on disk, and send nothing.

        Raises:
            SpoolFull: too much waits for Kafka, or the disk is full.
        """
        for draft in self._packer.heartbeat():
            if self._writer.agency:  # else each school's own register was its sign of life
                self._append([self._write(draft, 0)])

    @property
    def held(self) -> int:
        """How many events have been packed that are in no report yet."""
        return self._packer.held

    @property
    def next_sequence(self) -> int:
        """The number that the next report gets."""
        return self._spool.next_sequence

    @property
    def epoch(self) -> int:
        """The spool's epoch."""
        return int(self._spool.epoch)

    def finish(self, seconds: float = PATIENCE_SECONDS) -> None:
        """Send what is held and a heartbeat, and wait until Kafka has everything.

        Raises:
            TransientFault: it has not within ``seconds``; what waits stays in the spool.
        """
        for draft in self._packer.heartbeat():
            if self._writer.agency:  # else each school's own register was its sign of life
                self._keep_and_send(draft)
        if not self.outlet.drain(seconds):
            raise self._waits_for_kafka()

    def keep(self, readings: Iterable[Reading]) -> tuple[tuple[int, ...], ...]:
        """Keep live readings at once, each as reports of its own, under one fsync.

        Answers for each reading the numbers of its reports; none where there is nothing to tell.

        Raises:
            SpoolFull: too much waits for Kafka, or the disk is full; nothing of them was kept.
        """
        reports: list[SpooledReport] = []
        numbers = []
        told = []
        for reading in readings:
            written = self._packer.write_out(reading)
            already = len(reports)
            for draft in (*self._packer.add_written(written), *self._packer.flush()):
                reports.append(self._write(draft, len(reports)))
            numbers.append(tuple(report.sequence for report in reports[already:]))
            told.append(written.reading)
        self._append(reports)
        for reading in told:
            self._note(reading)
        return tuple(numbers)

    def keep_heartbeat(self) -> None:
        """Keep a heartbeat with what has been counted since the last.

        Raises:
            SpoolFull: too much waits for Kafka, or the disk is full.
        """
        drafts = self._packer.heartbeat()
        self._append([self._write(draft, place) for place, draft in enumerate(drafts)])

    def refusal(self, reading: Reading, fault: HubError) -> Reading:
        """Answer the reading as one that could not be used, because no report can hold it.

        The packer has counted it as read, so it counts as read here and not in what is answered.
        """
        self.counts.read += reading.read_count
        return Reading(
            reference=reading.reference,
            refusals=(untold(reading.reference, str(fault), self._now()),),
            faults=tuple(dict.fromkeys(fault_of(event) for event in reading.events)),
            source_as_of=reading.source_as_of,
            read_count=0,
        )

    def close(self) -> None:
        """Hang up and close the spool."""
        self.outlet.close()
        self._spool.close()

    def _note(self, reading: Reading) -> None:
        self.counts.add(reading)
        for refusal in reading.refusals:
            self.name_refusal(refusal)

    def _keep_and_send(self, draft: Draft) -> None:
        self._append([self._write(draft, 0)])
        self.outlet.pump()
        until = time.monotonic() + PATIENCE_SECONDS
        while self.outlet.waiting >= IN_FLIGHT_MAX:
            if self.outlet.pump():
                until = time.monotonic() + PATIENCE_SECONDS
            elif time.monotonic() > until or self.stop_asked():
                raise self._waits_for_kafka()
            else:
                time.sleep(_PAUSE_SECONDS)

    def _write(self, draft: Draft, place: int) -> SpooledReport:
        return self._writer.write(draft, self._spool.next_sequence + place, self._now())

    def _append(self, reports: list[SpooledReport]) -> None:
        if reports:
            self._spool.append(reports)
            self.counts.reports += len(reports)

    def _waits_for_kafka(self) -> TransientFault:
        why = self.outlet.fault or "it has not answered yet"
        return TransientFault(
            f"{self.outlet.waiting} reports wait in the spool and are sent by the next run: {why}"
        )
