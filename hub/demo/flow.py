"""What flows through the hub now: counts and sentences for the demo's live view, nobody's name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, LiteralString

from hub.adapters.store.connection import open_pool, translated


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFlow:
    """One agency's feed: how much has come of it; an event told again counts once."""

    agency: str
    feed: str
    reports: int
    parked: int
    events: int
    refused: int
    last_received_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertLine:
    """One alert as its sentence says it; sentences hold no name."""

    changed_at: datetime
    state: str
    severity: str
    owner: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Everything that the live view shows of the database."""

    feeds: tuple[FeedFlow, ...]
    alerts: Mapping[str, int]
    """Delivered alerts by state."""
    newest: tuple[AlertLine, ...]


class FlowReader:
    """Reads the flow over one connection of its own."""

    def __init__(self, database_url: str) -> None:
        """Connect when first asked."""
        self._pool = open_pool(database_url, size=1, name="hub-demo-view", statement_seconds=5)

    def close(self) -> None:
        """Close the connection."""
        self._pool.close()

    def read(self) -> Flow:
        """Answer what flows.

        Raises:
            TransientFault: the database does not answer.
        """
        states = self._rows("SELECT state, count(*) FROM alert WHERE delivered GROUP BY state")
        return Flow(
            feeds=tuple(FeedFlow(**row) for row in map(_feed, self._rows(_FEEDS))),
            alerts={str(state): int(count) for state, count in states},
            newest=tuple(
                AlertLine(
                    changed_at=changed_at,
                    state=state,
                    severity=severity,
                    owner=owner or "",
                    sentence=sentence,
                )
                for changed_at, state, severity, owner, sentence in self._rows(_NEWEST)
            ),
        )

    def reports_by_topic(self) -> Mapping[str, int]:
        """Answer how many messages of each topic have their row."""
        rows = self._rows("SELECT topic, count(*) FROM report GROUP BY topic")
        return {str(topic): int(count) for topic, count in rows}

    def being_corrected(self, *, answers: bool) -> int:
        """Answer how much of what was told about who is who has not been worked out yet.

        Args:
            answers: with the answers that were given and have to be looked at again.
        """
        ((changes, asked),) = self._rows(_CORRECTED)
        return int(changes) + (int(asked) if answers else 0)

    def database(self) -> str:
        """Answer what tells this database from one made anew: its first publisher's entry."""
        ((entered,),) = self._rows("SELECT min(created_at) FROM publisher")
        return entered.isoformat() if entered else ""

    def _rows(self, statement: LiteralString) -> list[tuple[Any, ...]]:
        with translated(), self._pool.connection() as connection:
            return connection.execute(statement).fetchall()


_FEEDS: Final[LiteralString] = (
    "SELECT r.agency, r.feed, count(*) FILTER (WHERE state = 'accepted'),"
    " count(*) FILTER (WHERE state = 'parked'),"
    " (SELECT count(*) FROM event e WHERE e.agency = r.agency AND e.feed = r.feed),"
    " (SELECT count(*) FROM refusal f WHERE f.agency = r.agency AND f.feed = r.feed),"
    " max(received_at)"
    " FROM report r WHERE r.agency IS NOT NULL GROUP BY r.agency, r.feed ORDER BY 2, 1"
)
_CORRECTED: Final[LiteralString] = (
    "SELECT (SELECT count(*) FROM identity_told WHERE outcome = 'due' AND due_at <= now())"
    " + (SELECT count(*) FROM correlation_pending)"
    " + (SELECT count(*) FROM identity_review_look)"
    " + (SELECT count(*) FROM timer WHERE state = 'waiting' AND kind = 'household_look'"
    "  AND due_at <= now() + interval '1 minute'),"
    " (SELECT count(*) FROM answer_doubt)"
    " + (SELECT count(*) FROM answer_given WHERE ask_at IS NOT NULL)"
)
_NEWEST: Final[LiteralString] = (
    "SELECT changed_at, state, severity, owner, sentence FROM alert WHERE delivered"
    " ORDER BY changed_at DESC, alert_id LIMIT 6"
)


def _feed(row: tuple[Any, ...]) -> dict[str, Any]:
    names = ("agency", "feed", "reports", "parked", "events", "refused")
    return dict(zip((*names, "last_received_at"), row, strict=True))
