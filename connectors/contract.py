"""What every connector folder offers to the one loop in ``connectors/run.py``.

A connector reads one agency's own records (``source.py``, the only part that touches files or
sockets), maps each to events (``mapping.py``, pure) and yields readings. The loop turns readings
into reports: it seals, signs, spools and publishes. A connector knows nothing of any of that.
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol, runtime_checkable

from hub.core.event import Event
from hub.core.report import (
    AttendanceRegister,
    Dropped,
    Extract,
    Feed,
    FeedFault,
    Refusal,
    RegisterStatement,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What came of one source record (one HL7 message) or one slice of a register.

    ``reference`` names the source record for an operator: file and line, or message control id;
    never a person. ``source_as_of`` is how current the source was when it was read; ``None`` where
    the source does not say (an HL7 message that could not be read): the report then claims no more
    currency than what was read before it. ``agency`` is whose report it becomes, where a connector
    reads for many (a vendor's schools); else it is that of the run.
    """

    reference: str
    events: tuple[Event, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    faults: tuple[FeedFault, ...] = ()
    statement: RegisterStatement | None = None
    extract: Extract | None = None
    attendance_register: AttendanceRegister | None = None
    agency: str | None = None
    source_as_of: datetime | None = None
    read_count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectorContext:
    """What the loop tells a connector: never read from a clock inside the connector.

    Attributes:
        started_at: the instant at which the run began, aware UTC; used for ``Refusal.at`` and to
            tell a future date.
        mapping_path: the agency's own mapping file (TOML), or ``None`` for the connector's default.
        test_numbers: whether NHS numbers of the never-issued 999 range are accepted.
        live: whether this is a live feed (HL7 processing id other than P is then refused).
        backfill: whether history is being loaded.
        agency: whose reports these are to be, where that is already known; a source that says it
            is somebody else's is then refused.
    """

    started_at: datetime
    mapping_path: Path | None = None
    test_numbers: bool = False
    live: bool = True
    backfill: bool = False
    agency: str | None = None


class Connector(Protocol):
    """One agency's connector; each folder's ``__init__`` exposes one as ``connector``."""

    feed: Feed

    def read(self, path: Path, context: ConnectorContext) -> Iterator[Reading]:
        """Read a file or folder in bounded memory and yield what came of each record, in order.

        Raises:
            ConfigurationError: the path or the mapping file cannot be used at all.
        """
        ...


Handle = Callable[[Reading], Awaitable[bool]]
"""Takes a reading; ``True`` once its report is in the spool and Kafka has it."""


class Listener(Protocol):
    """What listens once ``listen`` has answered."""

    @property
    def port(self) -> int:
        """The port that is listened on."""
        ...

    async def stop(self) -> None:
        """Take nothing more, answer what is in hand, and end."""
        ...


@runtime_checkable
class ListeningConnector(Protocol):
    """A connector that also takes records as they happen; one that only reads has no ``listen``."""

    async def listen(
        self, host: str, port: int, context: ConnectorContext, handle: Handle
    ) -> Listener:
        """Begin to listen; port 0 takes a free one. ``handle`` is awaited for every record.

        Raises:
            ConfigurationError: the mapping file cannot be used.
            OSError: the address cannot be listened on.
        """
        ...


@runtime_checkable
class ReadsForMany(Protocol):
    """A connector whose source says of each record whose it is: a vendor publishes for many.

    Its runs need no ``--agency``; one that is given must be the only one in the source.
    """

    reads_for_many: bool
