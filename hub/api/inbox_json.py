"""The JSON of the inbox: alerts in a list, what changed in it, and one alert."""

from hub.api.escalation_json import passed_json
from hub.api.json_values import Json, day_json, instant_json
from hub.api.views import AlertView, InboxChangesView, InboxRow, InboxView


def inbox_json(view: InboxView) -> Json:
    """Answer the inbox."""
    return {
        "alerts": [row_json(row) for row in view.rows],
        "not_shown": view.not_shown,
        "page": view.page,
        "pages": view.pages,
        "cursor": view.cursor,
        "as_of": instant_json(view.as_of),
        "stale_feeds": list(view.stale_feeds),
        "counts": {shows.value: count for shows, count in view.counts.items()},
        "held": {held.value: count for held, count in view.held_counts.items()},
    }


def inbox_changes_json(view: InboxChangesView) -> Json:
    """Answer what changed in an inbox."""
    return {
        "alerts": [row_json(row) for row in view.rows],
        "removed": [str(alert_id) for alert_id in view.removed],
        "cursor": view.cursor,
        "complete": view.complete,
        "more": view.more,
        "as_of": instant_json(view.as_of),
    }


def alert_json(view: AlertView) -> Json:
    """Answer one alert."""
    return {
        **row_json(view.row),
        "grounds": [
            {
                "kind": ground.kind.value,
                "sentence": ground.sentence,
                "occurred_at": instant_json(ground.occurred_at),
                "received_at": instant_json(ground.received_at),
                "source": ground.source_name,
                "role": ground.role.value,
            }
            for ground in view.grounds
        ],
        "not_known": list(view.not_known),
        "informed": list(view.informed_names),
        "steps": [
            {
                "at": instant_json(step.at),
                "sentence": step.sentence,
                "by": step.by,
                "words": step.words,
                "told": step.told,
            }
            for step in view.steps
        ],
        "decided_before": [
            {"outcome": one.outcome.value, "decided_at": instant_json(one.decided_at)}
            for one in view.before
        ],
        "ended_at": instant_json(view.ended_at),
        "ended_because": view.ended_because or None,
        "shown_until": instant_json(view.shown_until),
        "policy_version": view.policy_version or None,
        "as_of": instant_json(view.as_of),
    }


def row_json(row: InboxRow) -> Json:
    """Answer an alert as a list has it."""
    return {
        "alert_id": str(row.alert_id),
        "severity": row.severity.value,
        "sentence": row.sentence,
        "raised_at": instant_json(row.raised_at),
        "state": row.state.value,
        "standing": row.standing.value,
        "owner": row.owner_name,
        "authority": row.desk or None,
        "child": {
            "label": row.child_label,
            "name": row.child_name,
            "birth_date": day_json(row.birth_date),
            "match_confirmed": row.confirmed_match,
        },
        "acknowledged_by": row.acknowledged_by,
        "acknowledged_at": instant_json(row.acknowledged_at),
        "claimed_by": row.claimed_by,
        "claimed_at": instant_json(row.claimed_at),
        "due_at": instant_json(row.due_at),
        "passed_on": passed_json(row.passed),
        "stage": row.stage.value,
        "outcome": row.outcome.value if row.outcome else None,
        "decided_by": row.decided_by,
        "decided_at": instant_json(row.decided_at),
        "disputed_at": instant_json(row.disputed_at),
        "repeat_of": str(row.repeat_of) if row.repeat_of else None,
        "more_since": {"count": row.more, "last_at": instant_json(row.more_last_at)},
        "stand": row.stand,
    }
