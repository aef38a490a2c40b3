"""Reads an agency's history into reports for `hub import`: as fast as it can, never twice.

The hub asks for this by entry point and decides the pace. A reading goes into reports on disk as in
any run of the connector, marked as backfill; a journal beside the spool says how many readings are
wholly in reports, so that a load that was killed reads on behind them.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from connectors.contract import ConnectorContext, Reading, ReadsForMany
from connectors.installed import find_connector
from connectors.journal import Journal, source_of
from connectors.line import Line
from connectors.refusals import in_words
from connectors.run import Sender, a_line, now
from hub.core.report import Feed, Refusal
from hub.errors import ConfigurationError, HubError
from hub.ports import LoadCounts, LoadedPart, LoadWanted
from hub.settings import Settings

_JOURNAL: Final = "{connector}.import.json"


class ConnectorsLoad:
    """One load: see ``hub.ports.FirstLoad``."""

    def __init__(
        self,
        line: Line,
        readings: Iterator[Reading],
        journal: Journal,
        path: Path,
        part: LoadedPart,
    ) -> None:
        """Go on behind the readings that the journal knows of."""
        self._line = line
        self._readings = readings
        self._journal = journal
        self._path = path
        self._part = part
        self._taken = 0
        self.counts: LoadCounts = journal.counts
        self.continued = journal.readings > 0 or journal.read_to_end
        journal.write(path)

    @property
    def part(self) -> LoadedPart:
        """The reports that have been made so far."""
        return LoadedPart(
            feed=self._part.feed,
            publisher=self._part.publisher,
            connector=self._part.connector,
            epoch=self._part.epoch,
            first=self._journal.first,
            last=self._line.next_sequence - 1,
            begun_at=self._journal.begun_at,
        )

    @property
    def waiting(self) -> int:
        """How many reports Kafka has not acknowledged."""
        return self._line.outlet.waiting

    @property
    def fault(self) -> HubError | None:
        """Why Kafka takes nothing at present."""
        return self._line.outlet.fault

    def read_some(self) -> bool:
        """Read the next record; see the port.

        Raises:
            HubError: the source, its mapping or the disk cannot be used.
        """
        if self._journal.read_to_end:
            return False
        try:
            reading = next(self._readings, None)
        except OSError as error:
            raise HubError(f"The source could not be read to its end: {error.strerror}.") from None
        if reading is None:
            self._line.pack_rest()
            self._journal.read_to_end = True
            self._journal.write(self._path)
            return False
        self._taken += 1
        if self._taken > self._journal.readings:
            self._pack(reading)
        return True

    def _pack(self, reading: Reading) -> None:
        before = self._line.next_sequence
        self._line.pack(reading, lambda: self._note(self._taken - 1))
        self.counts.read += reading.read_count
        self.counts.events += len(reading.events)
        for dropped in reading.dropped:
            self.counts.left_out[dropped.reason] += dropped.count
        if self._line.next_sequence > before and not self._line.held:
            self._note(self._taken)

    def _note(self, readings: int) -> None:
        self._journal.readings = readings
        self._journal.write(self._path)

    def send(self, up_to: int) -> None:
        """Hand reports to Kafka, no number above this, and note what it has taken."""
        self._line.outlet.up_to = up_to
        self._line.outlet.pump()

    def done(self) -> None:
        """Note that everything was loaded."""
        self._path.unlink(missing_ok=True)

    def close(self) -> None:
        """Hang up."""
        self._line.close()


def open_load(wanted: LoadWanted, settings: Settings, say: Callable[[str], None]) -> ConnectorsLoad:
    """Open the load that is wanted, at its beginning or where it was interrupted.

    Each refused record is said in words that hold nothing of a person.

    Raises:
        ConfigurationError: there is no such connector, or its path or options cannot be used.
        RefusedToStart: this publisher's load of this feed is under way in another process.
    """
    connector = find_connector(wanted.connector)
    if not wanted.agency and not isinstance(connector, ReadsForMany):
        raise ConfigurationError("--agency was expected: whose records these are.")
    name = f"import-{connector.feed.value.replace('_', '-')}"
    path = settings.home / "spool" / wanted.publisher / _JOURNAL.format(connector=name)
    source = source_of(wanted)
    held = Journal.read(path)
    held = held if held is not None and held.source == source else None
    context = _context(wanted, settings, held)
    readings = connector.read(wanted.path, context)
    sender = Sender(publisher=wanted.publisher, connector=name, agency=wanted.agency)
    line = a_line(connector, context, sender, settings)
    if held is not None and held.epoch != line.epoch:
        held = None  # its reports went with another spool
    journal = held or Journal(
        source=source, begun_at=context.started_at, epoch=line.epoch, first=line.next_sequence
    )
    load = ConnectorsLoad(
        line, iter(readings), journal, path, _part(sender, connector.feed, journal)
    )
    line.name_refusal = _told(load.counts, say)
    return load


def _context(wanted: LoadWanted, settings: Settings, held: Journal | None) -> ConnectorContext:
    return ConnectorContext(
        started_at=held.begun_at if held else now(),
        mapping_path=wanted.mapping,
        test_numbers=wanted.test_numbers or settings.demo,
        live=not wanted.training,
        backfill=True,
        agency=wanted.agency or None,
    )


def _part(sender: Sender, feed: Feed, journal: Journal) -> LoadedPart:
    return LoadedPart(
        feed=feed,
        publisher=sender.publisher,
        connector=sender.connector,
        epoch=journal.epoch,
        first=journal.first,
        last=journal.first - 1,
        begun_at=journal.begun_at,
    )


def _told(counts: LoadCounts, say: Callable[[str], None]) -> Callable[[Refusal], None]:
    def name(refusal: Refusal) -> None:
        counts.refused[refusal.field, refusal.expected] += 1
        say(in_words(refusal))

    return name
