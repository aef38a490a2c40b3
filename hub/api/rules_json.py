"""The JSON of what rules' alerts came to: made of what the page shows, so that it tells no more."""

from hub.api.json_values import Json, instant_json
from hub.api.rules_views import RuleShown, RulesView
from hub.core.rule_yield_shown import COLUMNS, HIDDEN, HIDDEN_BESIDE, LineShown


def rules_json(view: RulesView) -> Json:
    """Answer the last count; before there was one, ``made_at`` is null and there are no rules."""
    return {
        "days": view.days,
        "since": instant_json(view.since),
        "made_at": instant_json(view.made_at),
        "children": view.children,
        "rules": [_rule(one) for one in view.rules],
    }


def _rule(rule: RuleShown) -> Json:
    return {
        "rule": rule.name,
        "title": rule.title,
        "mode": rule.mode,
        "owner": rule.owner,
        "flags": list(rule.flags),
        "whole": _line(rule.whole) if rule.whole else None,
        "parts": [{"by": one.by.value, "value": one.value, **_line(one)} for one in rule.parts],
        "told_to_nobody": rule.untold or "0",
        "a_week_for_1000_children": float(rule.weekly) if rule.weekly else None,
        "ceiling": float(rule.ceiling),
    }


def _line(line: LineShown) -> Json:
    """Answer a line: null in place of a number that is hidden, and what is shown for it."""
    cells = dict(zip(COLUMNS, line.cells, strict=True))
    return {
        **{name: _number(cell) for name, cell in cells.items()},
        "hidden": {name: cell for name, cell in cells.items() if _number(cell) is None},
        "action_per_cent": int(line.share.removesuffix("%")) if line.share else None,
    }


def _number(cell: str) -> int | None:
    return None if cell in {HIDDEN, HIDDEN_BESIDE} else int(cell.replace(",", ""))
