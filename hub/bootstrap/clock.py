"""The one clock of the hub, and the one source of ids that no cause gives."""

import uuid
from datetime import UTC, datetime


class SystemClock:
    """The clock of this machine, in UTC."""

    def now(self) -> datetime:
        """The present instant."""
        return datetime.now(UTC)  # noqa: TID251  # the one place that may


def new_id() -> uuid.UUID:
    """A new id for a question, which has no cause but itself."""
    return uuid.uuid4()  # noqa: TID251  # the one place that may
