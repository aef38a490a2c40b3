"""How values are written in JSON: instants as ISO 8601 in UTC, dates as ISO dates."""

from datetime import UTC, date, datetime
from typing import Any

Json = dict[str, Any]


def instant_json(value: datetime | None) -> str | None:
    """Answer an instant to the millisecond, such as ``2026-11-22T14:02:31.000Z``."""
    if value is None:
        return None
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def day_json(value: date | None) -> str | None:
    """Answer a date, such as ``2026-11-22``."""
    return value.isoformat() if value else None
