"""The alerts of desks as far as they must be known to say which of them are one contact."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.alerts import add_step
from hub.adapters.store.arrays import array
from hub.adapters.store.inbox import INBOX, SHOWN, TOLD, whose
from hub.adapters.store.inbox_changes import SHOWN_DAYS, Snapshot, inbox_alert
from hub.adapters.store.related import INCIDENT_CHILDREN_MAX
from hub.core.alert import Severity
from hub.core.contact import Listed
from hub.core.front_door import seen_at
from hub.ports import DeskFound, InboxAlert, InboxShows

LISTED: Final = f"""
SELECT alert_id, child_ref, owner, severity, raised_at, acknowledged_at IS NOT NULL, decided_at,
  claimed_by, informed
FROM alert WHERE {TOLD} AND alert.state = 'standing' AND alert.closed_at IS NULL
  AND (alert.decided_at IS NULL OR alert.decided_at > %(since)s) AND """

_CAUSES: Final = """
SELECT ground.alert_id, ground.fact_key, shared.agency, shared.occurrence
FROM alert_ground AS ground LEFT JOIN LATERAL (
  SELECT agency, occurrence FROM shared_incident AS told
  WHERE told.fact_key = ground.fact_key AND told.ended_at IS NULL
    AND (SELECT count(*) FROM (SELECT FROM shared_incident AS other
         WHERE other.agency = told.agency AND other.occurrence = told.occurrence
           AND other.ended_at IS NULL LIMIT %(most)s + 1) AS counted) <= %(most)s
) AS shared ON true
WHERE ground.alert_id = ANY(%(ids)s) AND ground.role = 'trigger'
"""


def desk(cursor: Cursor[TupleRow], desks: Sequence[str], decided_since: datetime) -> DeskFound:
    """What stands at desks and is not closed, and what was decided there since an instant.

    Three statements, however many desks are read as one.
    """
    asked = {"who": list(desks), "kept": SHOWN_DAYS}
    cursor.execute(LISTED + whose(desks), {**asked, "since": decided_since})
    rows = cursor.fetchall()
    causes: dict[UUID, set[bytes]] = {row[0]: set() for row in rows}
    cursor.execute(_CAUSES, {"ids": array("uuid", list(causes)), "most": INCIDENT_CHILDREN_MAX})
    for alert_id, fact_key, agency, occurrence in cursor:
        causes[alert_id].add(bytes(fact_key))
        if occurrence is not None:
            causes[alert_id].add(f"{agency} ".encode() + bytes(occurrence))
    cursor.execute(
        f"SELECT owner, informed, count(*) FROM alert"
        f" WHERE {SHOWN[InboxShows.ALL]} AND {whose(desks)} GROUP BY owner, informed",
        asked,
    )
    every: Counter[str] = Counter()
    for owner, informed, count in cursor:
        every[seen_at(owner, informed, desks) or ""] += count
    return DeskFound(
        alerts=tuple(
            Listed(
                alert_id=row[0],
                child_ref=bytes(row[1]),
                owner=row[2],
                severity=Severity(row[3]),
                raised_at=row[4],
                acknowledged=row[5],
                decided_at=row[6],
                claimed_by=row[7],
                causes=frozenset(causes[row[0]]),
                desk=seen_at(row[2], row[8], desks) or "",
            )
            for row in rows
        ),
        every=every,
        cursor=str(Snapshot.now(cursor, desks)),
    )


def alerts_named(cursor: Cursor[TupleRow], alert_ids: list[UUID]) -> tuple[InboxAlert, ...]:
    """These alerts without their grounds, in the order of their ids."""
    cursor.execute(
        f"{INBOX} WHERE alert.alert_id = ANY(%s) ORDER BY alert.alert_id",
        (array("uuid", alert_ids),),
    )
    return tuple(inbox_alert(row) for row in cursor)


_TAKEN_BACK: Final = (
    f" WHERE {TOLD} AND alert.state = 'withdrawn' AND alert.owner = ANY(%(who)s::text[])"
    " AND alert.acknowledged_at IS NOT NULL AND alert.ended_seen_at IS NULL"
    " AND alert.changed_at > %(since)s"
)


def taken_back(
    cursor: Cursor[TupleRow], desks: Sequence[str], since: datetime
) -> tuple[InboxAlert, ...]:
    """Alerts that a team had seen and that were withdrawn since, of which it does not know yet."""
    cursor.execute(
        f"{INBOX}{_TAKEN_BACK} ORDER BY alert.changed_at DESC, alert.alert_id",
        {"who": list(desks), "since": since},
    )
    return tuple(inbox_alert(row) for row in cursor)


def note_ending(
    cursor: Cursor[TupleRow], authority: str, alert_id: UUID, *, by: str, at: datetime
) -> bool:
    """Note that a team knows that an alert of theirs was withdrawn; answer whether it was news."""
    cursor.execute(
        "UPDATE alert SET ended_seen_at = %s, ended_seen_by = %s WHERE alert_id = %s"
        " AND owner = %s AND state = 'withdrawn' AND ended_seen_at IS NULL RETURNING 1",
        (at, by, alert_id, authority),
    )
    news = cursor.fetchone() is not None
    if news:
        add_step(cursor, alert_id, "ending seen", at, by, "The duty team knows it was taken back.")
    return news
