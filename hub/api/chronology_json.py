"""A chronology as JSON."""

from hub.api.chronology_views import ChronologyLine, ChronologyView, SourceGroup
from hub.api.json_values import Json, day_json, instant_json
from hub.core.clock import london_date


def chronology_json(view: ChronologyView) -> Json:
    """Answer a page of a chronology: what was told, the latest first, and what may be missing."""
    return {
        "alert_id": str(view.alert_id),
        "period": view.period.value,
        "from": instant_json(view.begin),
        "entries": [_line(line) for line in view.lines],
        "total": view.total,
        "earlier": view.earlier,
        "page": view.page,
        "pages": view.pages,
        "notes": list(view.notes),
        "sources": [_group(group) for group in view.sources],
        "as_of": instant_json(view.as_of),
    }


def _line(line: ChronologyLine) -> Json:
    return {
        "kind": line.kind.value if line.kind else "source_silent",
        "sentence": line.sentence,
        "details": list(line.details),
        "on": day_json(london_date(line.on)) if line.whole_day else instant_json(line.on),
        "source": line.source_name or None,
        "told_at": instant_json(line.told_at),
        "state": line.state.value,
        "changed_at": instant_json(line.changed_at),
        "history": line.backfill,
        "ground": line.ground,
        "match_confirmed": not line.possible,
        "not_to_family": line.not_to_family,
    }


def _group(group: SourceGroup) -> Json:
    return {
        "kind": group.title,
        "joined": group.joined,
        "may_have_more": [
            {"name": one.name, "problems": list(one.problems)} for one in group.troubled
        ],
        "not_named": group.not_named,
    }
