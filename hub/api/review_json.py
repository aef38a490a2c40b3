"""Questions about who is who as JSON; what the reader may not know is not there."""

from hub.api.json_values import Json, day_json, instant_json
from hub.api.review_views import (
    EarlierView,
    PairRowView,
    ReviewRowView,
    ReviewsView,
    ReviewView,
    StepView,
    WaitsView,
)
from hub.ports.review import ReviewShows


def reviews_json(view: ReviewsView) -> Json:
    """Answer a page of the queue as JSON."""
    return {
        "as_of": instant_json(view.as_of),
        "questions": [row_json(row) for row in view.rows],
        "counts": {shows.value: view.counts.get(shows, 0) for shows in ReviewShows},
        "urgent": view.urgent,
        "oldest_at": instant_json(view.oldest_at),
        "not_looked_at": view.behind,
        "page": view.page,
        "pages": view.pages,
    }


def row_json(row: ReviewRowView) -> Json:
    """Answer one question of a list as JSON."""
    return {
        "id": str(row.review_id),
        "reason": row.reason,
        "urgent": list(row.urgent),
        "unlikely": row.unlikely,
        "state": row.state,
        "choice": row.choice,
        "children": [
            {"name": side.name, "birth_date": day_json(side.birth_date), "label": side.label}
            for side in row.sides
        ],
        "opened_at": instant_json(row.opened_at),
        "changed_at": instant_json(row.changed_at),
        "outcome": row.outcome or None,
        "decided_by": list(row.decided_by),
        "claimed_by": row.claimed_by,
        "claimed_at": instant_json(row.claimed_at),
        "proposed": row.proposed,
        "proposed_by": row.proposed_by,
        "proposed_at": instant_json(row.proposed_at),
    }


def review_json(view: ReviewView) -> Json:
    """Answer one question as JSON; what the reader may not know is not there."""
    return {
        **row_json(view.row),
        "as_of": instant_json(view.as_of),
        "stand": view.stand,
        "chance": view.chance,
        "otherwise": view.otherwise,
        "though_unlikely": view.though_unlikely or None,
        "evidence": list(view.words),
        "fields": [_field(row) for row in view.pair],
        "location_withheld": view.shielded,
        "plan_concerned": view.plan,
        "events": [[_waits(one) for one in side] for side in view.waits],
        "events_total": list(view.waits_total),
        "kept_back": view.kept_back,
        "standing_alerts": list(view.alerts),
        "may": {
            "answer": view.may_answer,
            "confirm": view.may_confirm,
            "take_back": view.may_take_back,
        },
        "needs_second_person": sorted(view.seconds),
        "puts_together": list(view.puts_together),
        "taking_back_moves": view.moves or None,
        "steps": [_step(one) for one in view.steps],
        "earlier": [_earlier(one) for one in view.earlier],
        "previous_id": str(view.previous_id) if view.previous_id else None,
        "next_id": str(view.next_id) if view.next_id else None,
    }


def _field(row: PairRowView) -> Json:
    return {
        "field": row.label,
        "one": [{"value": one.text, "told_by": list(one.sources)} for one in row.one],
        "other": [{"value": one.text, "told_by": list(one.sources)} for one in row.other],
        "tells": row.tells,
        "comparison": row.mark,
        "weight": row.weight,
    }


def _earlier(one: EarlierView) -> Json:
    return {
        "id": str(one.review_id),
        "state": one.state_words,
        "last": _step(one.last) if one.last else None,
    }


def _waits(one: WaitsView) -> Json:
    return {"kind": one.kind, "on": instant_json(one.on), "source": one.source}


def _step(one: StepView) -> Json:
    return {
        "what": one.words,
        "at": instant_json(one.at),
        "by": one.by,
        "reason": one.reason,
        "words": one.own_words,
    }
