"""How much more there is of an alert than when somebody saw it: what is counted, not told anew."""

from dataclasses import replace
from typing import Final

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.arrays import array
from hub.ports import InboxAlert

_SINCE: Final = """
SELECT counted.root, count(DISTINCT ground.fact_key), max(ground.occurred_at)
FROM (
  SELECT alert_id AS root, alert_id, acknowledged_at FROM alert
  WHERE alert_id = ANY(%(ids)s) AND acknowledged_at IS NOT NULL
  UNION ALL
  SELECT repeat_of, alert_id, NULL FROM alert
  WHERE repeat_of = ANY(%(ids)s) AND state = 'standing'
) AS counted JOIN alert_ground AS ground USING (alert_id)
WHERE ground.role = 'trigger' AND (counted.acknowledged_at IS NULL OR NOT EXISTS (
  SELECT FROM event WHERE event.fact_key = ground.fact_key
    AND event.received_at <= counted.acknowledged_at))
GROUP BY counted.root
"""


def with_more(cursor: Cursor[TupleRow], alerts: tuple[InboxAlert, ...]) -> tuple[InboxAlert, ...]:
    """These alerts with how many facts were told of since they were seen, and of when the last.

    Those on which it rests by now, and those of the repeats that are counted on it.
    """
    if not alerts:
        return alerts
    ids = array("uuid", [one.alert.alert_id for one in alerts])
    cursor.execute(_SINCE, {"ids": ids})
    found = {root: (count, last_at) for root, count, last_at in cursor}
    return tuple(
        replace(one, more=found[one.alert.alert_id][0], more_last_at=found[one.alert.alert_id][1])
        if one.alert.alert_id in found
        else one
        for one in alerts
    )
