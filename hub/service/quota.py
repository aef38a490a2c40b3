"""How much of what nobody signed is kept whole in a day; past that, only what tells of it.

Anybody who can write to a topic could fill the database with bytes that name no sender. Within the
quota they are kept, for they may be a publisher's that is not entered yet. Past it a report keeps
its row, with digest, length and reason, and one fault is told; the bytes are still in Kafka for as
long as it retains them, and are read again from there when the report is retried.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import UTC, date

from hub.ports import Position, ReportRow, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class UnverifiedQuota:
    """What one partition keeps whole in a day (UTC, the broker's time) of unknown senders.

    This project's own numbers. A connector sends to one partition, about 1,500 heartbeats and some
    hundred attendances a day, so 5,000 reports hold a day of two publishers that were not entered
    in time. 64 MiB hold eighty reports of the largest size, and bound what a topic of four
    partitions can add to the database in a day to 256 MiB.
    """

    reports_per_day: int = 5_000
    bytes_per_day: int = 64 * 1024 * 1024

    def within(
        self,
        transaction: Transaction,
        rows: Mapping[Position, ReportRow],
        held: AbstractSet[Position] = frozenset(),
    ) -> dict[Position, ReportRow]:
        """The same rows, those of unknown senders beyond the quota without their bytes.

        ``held`` were kept whole until now, and stay so: trying one again must never lose it.
        """
        found = dict(rows)
        some: dict[tuple[str, int, date], list[ReportRow]] = {}
        for row in rows.values():
            is_new = row.position not in held
            if is_new and row.publisher is None and row.parked_value is not None:
                day = row.received_at.astimezone(UTC).date()
                some.setdefault((row.position.topic, row.position.partition, day), []).append(row)
        for place in sorted(some):
            kept, size = transaction.unverified_kept(*place)
            for row in sorted(some[place], key=lambda row: row.position.offset):
                length = len(row.parked_value or b"")
                if kept < self.reports_per_day and size + length <= self.bytes_per_day:
                    kept, size = kept + 1, size + length
                else:
                    found[row.position] = without_bytes(row)
        return found


DEFAULT_QUOTA = UnverifiedQuota()


def without_bytes(row: ReportRow) -> ReportRow:
    """The row with what tells of the report, and none of its bytes."""
    return replace(
        row,
        message_key=None,
        parked_value=None,
        parked_signatures=(),
        left_bytes=len(row.parked_value or b""),
    )
