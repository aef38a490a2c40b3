"""What changed in an inbox since a client last read it, whatever order transactions commit in.

A cursor is the snapshot under which the client read: the transactions that had ended then, and
those that had begun and not ended. What changed since is what a transaction wrote that this
snapshot does not show. So nothing is lost when a change that was written first commits last, and
nothing is told twice but where an answer is cut.

It also says of which desks it is. Whoever reads others since then begins anew: what left their
list with a desk is told by no change.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Self

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.alerts import ALERT_COLUMNS, alert_of
from hub.core.alert import Ground
from hub.core.alert_life import Outcome
from hub.core.front_door import OWN_DESK
from hub.ports import ChangesFound, InboxAlert

CHANGES_MAX = 500
"""After how many changes an answer is cut; those of one transaction are never parted."""

SHOWN_DAYS = 7
"""For how long an alert that was taken back is still listed as such; this project's own."""

_CURSOR = re.compile(
    r"([0-9]{1,20}[.][0-9A-F]{8})[.]([0-9]{1,20})[.]([0-9]{1,20})[.]([0-9-]*)[.]([0-9a-f]{8})"
)
_LENGTH_MAX = 8_000
_UNDER_WAY = re.compile(r"([0-9]{1,20}(-[0-9]{1,20})*)?")
_TRANSACTION_MAX = 2**63

_HERE = (
    "SELECT (SELECT system_identifier FROM pg_control_system()) || '.' ||"
    " left(pg_walfile_name(pg_current_wal_insert_lsn()), 8), pg_current_snapshot()::text"
)
"""Which database this is, and which of its histories: a restored one begins another."""

_CHANGED = (
    " FROM inbox_entry AS entry WHERE entry.desk = {desk}"
    " AND entry.changed_by >= %(from)s::text::xid8"
    " AND NOT pg_visible_in_snapshot(entry.changed_by, %(since)s::text::pg_snapshot)"
)
SEEN_COLUMNS = (
    "alert.acknowledged_at, alert.acknowledged_by, alert.claimed_at, alert.claimed_by,"
    " alert.version, alert.decided_at, alert.decided_by, alert.outcome, alert.disputed_at,"
    " alert.closed_at, alert.repeat_of"
)
"""What a team has done with an alert; ``inbox_alert`` reads them after ``ALERT_COLUMNS``."""

_SEEN = SEEN_COLUMNS.count(",") + 1

READ = (
    "WITH changed AS (SELECT each.alert_id, each.changed_by"
    " FROM unnest(%(desks)s::text[]) AS of (desk)"
    " CROSS JOIN LATERAL (SELECT entry.alert_id, entry.changed_by"
    + _CHANGED.format(desk="of.desk")
    + " ORDER BY entry.changed_by FETCH FIRST %(most)s ROWS WITH TIES) AS each"
    " ORDER BY each.changed_by FETCH FIRST %(most)s ROWS WITH TIES)"
    f" SELECT {ALERT_COLUMNS}, {SEEN_COLUMNS},"
    " changed.changed_by::text,"
    " alert.delivered AND (alert.state = 'standing'"
    "  OR alert.changed_at > now() - %(kept)s * interval '1 day')"
    f"  AND (coalesce(alert.owner, '{OWN_DESK}') = ANY(%(desks)s::text[])"
    "  OR alert.informed && %(desks)s::text[])"
    " FROM changed JOIN alert USING (alert_id) ORDER BY changed.changed_by, alert.alert_id"
)


ANY = f"SELECT EXISTS (SELECT{_CHANGED.format(desk='ANY(%(desks)s::text[])')})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The transactions that had ended at some instant of one history of one database."""

    desks: str
    """A digest of the desks that were read."""
    history: str
    first_under_way: int
    next_to_begin: int
    under_way: tuple[int, ...]

    @classmethod
    def now(cls, cursor: Cursor[TupleRow], desks: Sequence[str]) -> Self:
        """Answer what the cursor's transaction sees of these desks."""
        row = cursor.execute(_HERE).fetchone()
        history, snapshot = row or ("", "")
        first, following, under_way = snapshot.split(":")
        return cls(
            desks=_digest(desks),
            history=history,
            first_under_way=int(first),
            next_to_begin=int(following),
            under_way=tuple(int(one) for one in under_way.split(",") if one),
        )

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Answer what ``str`` wrote, or ``None`` if it did not write this."""
        found = _CURSOR.fullmatch(text) if len(text) <= _LENGTH_MAX else None
        if found is None or not _UNDER_WAY.fullmatch(found[4]):
            return None
        first, following = int(found[2]), int(found[3])
        under_way = tuple(int(one) for one in found[4].split("-") if one)
        within = all(first <= one < following for one in under_way)
        in_order = list(under_way) == sorted(set(under_way))
        if not (0 < first <= following < _TRANSACTION_MAX and within and in_order):
            return None
        return cls(
            desks=found[5],
            history=found[1],
            first_under_way=first,
            next_to_begin=following,
            under_way=under_way,
        )

    def __str__(self) -> str:
        under_way = "-".join(map(str, self.under_way))
        numbers = f"{self.first_under_way}.{self.next_to_begin}.{under_way}"
        return f"{self.history}.{numbers}.{self.desks}"

    def before_any(self) -> Self:
        """Answer the snapshot of the same history that shows nothing."""
        return replace(self, first_under_way=1, next_to_begin=1, under_way=())

    def up_to(self, transaction: int) -> Self:
        """Answer this snapshot as if nothing had begun after this transaction."""
        under_way = tuple(one for one in self.under_way if one <= transaction)
        return replace(
            self,
            first_under_way=min((*under_way, transaction + 1)),
            next_to_begin=transaction + 1,
            under_way=under_way,
        )

    @property
    def for_postgresql(self) -> str:
        """As PostgreSQL writes a snapshot."""
        under_way = ",".join(map(str, self.under_way))
        return f"{self.first_under_way}:{self.next_to_begin}:{under_way}"


def changes_of(cursor: Cursor[TupleRow], desks: Sequence[str], since: str) -> ChangesFound:
    """What changed in the inboxes of these desks since then, each alert once.

    The transaction must see one instant. A cursor of another database, of what this one was before
    it was restored, or of other desks, is answered from the beginning. However many desks are read
    as one, of each no more is looked at than one answer holds.
    """
    now = Snapshot.now(cursor, desks)
    known = _known(now, since)
    begun = known or now.before_any()
    asked = {"most": CHANGES_MAX, "kept": SHOWN_DAYS}
    rows = cursor.execute(READ, {**_asked(desks, begun), **asked}).fetchall()
    more = len(rows) >= CHANGES_MAX
    once = {row[0]: row for row in rows}.values()
    removed = () if known is None else tuple(row[0] for row in once if not row[-1])
    return ChangesFound(
        alerts=tuple(inbox_alert(row[:-2]) for row in once if row[-1]),
        removed=removed,
        cursor=str(now.up_to(int(rows[-1][-2])) if more else now),
        complete=known is None,
        more=more,
    )


def inbox_alert(
    row: TupleRow,
    grounds: tuple[Ground, ...] = (),
    told: tuple[tuple[bytes, datetime, str], ...] = (),
) -> InboxAlert:
    """An alert as an inbox reads it, from a row of ``ALERT_COLUMNS`` and ``SEEN_COLUMNS``."""
    seen = row[-_SEEN:]
    return InboxAlert(
        alert=alert_of(row[:-_SEEN], grounds),
        acknowledged_at=seen[0],
        acknowledged_by=seen[1],
        claimed_at=seen[2],
        claimed_by=seen[3],
        stand=seen[4],
        decided_at=seen[5],
        decided_by=seen[6],
        outcome=Outcome(seen[7]) if seen[7] else None,
        disputed_at=seen[8],
        closed_at=seen[9],
        repeat_of=seen[10],
        told=told,
    )


def changed_since(cursor: Cursor[TupleRow], desks: Sequence[str], since: str) -> bool:
    """Whether anything changed there since then; yes, for a cursor that is not of these desks."""
    known = _known(Snapshot.now(cursor, desks), since)
    if known is None:
        return True
    row = cursor.execute(ANY, _asked(desks, known)).fetchone()
    return bool(row and row[0])


def _known(now: Snapshot, since: str) -> Snapshot | None:
    """The cursor's snapshot, if this database gave it of these desks, and has not gone back."""
    known = Snapshot.read(since)
    if known is None or (known.history, known.desks) != (now.history, now.desks):
        return None
    return known if known.next_to_begin <= now.next_to_begin else None


def _digest(desks: Sequence[str]) -> str:
    return sha256(" ".join(sorted(desks)).encode()).hexdigest()[:8]


def _asked(desks: Sequence[str], since: Snapshot) -> dict[str, object]:
    return {
        "desks": list(desks),
        "from": str(since.first_under_way),
        "since": since.for_postgresql,
    }
