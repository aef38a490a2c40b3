"""Children related to that of an alert, as the page and its JSON show them: disclosed, in words."""

from dataclasses import dataclass, field
from datetime import date, datetime

from hub.api.json_values import Json
from hub.core.disclosure_related import RelatedChild, RelationReason
from hub.core.event import EventKind
from hub.service.relatives import RelatedTold

REASON_WORDS = {
    RelationReason.SAME_HOME: "Told at the same address (inferred by the hub), known here since",
    RelationReason.SAME_INCIDENT: "Listed by the police in the same domestic-abuse incident of",
}

_PLAN_WORDS = {
    EventKind.CHILD_PROTECTION_PLAN: "On a Child Protection Plan",
    EventKind.UNBORN_CHILD_PROTECTION_PLAN: "Child Protection Plan before birth",
    EventKind.LOOKED_AFTER_PERIOD: "Looked after by a council",
    EventKind.CHILD_IN_NEED_PERIOD: "Child in need",
}
"""In the order in which they are shown."""

_TOO_MANY = (
    "More children are told at this address than a household has, such as in a block told without"
    " flat numbers: none of them is shown for it."
)

_ENDED = "This alert no longer stands. It is no reason to show who is related to the child."


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationRow:
    """One reason and its day."""

    words: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedRow:
    """One related child."""

    child_label: str
    child_name: str | None = field(default=None, repr=False)
    birth_date: date | None = field(default=None, repr=False)
    confirmed_match: bool
    relations: tuple[RelationRow, ...]
    standing: tuple[str, ...]
    """How the child stands, in words; what is not known of it is said too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedView:
    """The related children of one alert's child."""

    rows: tuple[RelatedRow, ...]
    notes: tuple[str, ...]
    ended: bool = False
    """The alert no longer stands: nobody is told of anybody by it."""


def related_view(told: RelatedTold) -> RelatedView:
    """Answer what is told in words."""
    told_beside = ((told.too_many, _TOO_MANY), (told.ended, _ENDED))
    return RelatedView(
        rows=tuple(_row(one) for one in told.children),
        notes=tuple(words for holds, words in told_beside if holds),
        ended=told.ended,
    )


def related_json(view: RelatedView) -> Json:
    """Answer the same as JSON."""
    return {
        "children": [
            {
                "name": row.child_name,
                "birth_date": row.birth_date.isoformat() if row.birth_date else None,
                "description": row.child_label,
                "confirmed_match": row.confirmed_match,
                "relations": [
                    {"reason": one.words, "on": one.at.isoformat()} for one in row.relations
                ],
                "standing": list(row.standing),
            }
            for row in view.rows
        ],
        "notes": list(view.notes),
    }


def _row(one: RelatedChild) -> RelatedRow:
    return RelatedRow(
        child_label=one.label,
        child_name=one.name,
        birth_date=one.birth_date,
        confirmed_match=one.confirmed,
        relations=tuple(
            RelationRow(words=REASON_WORDS[relation.reason], at=relation.at)
            for relation in one.relations
        ),
        standing=_standing(one) if one.concerned else (_NOT_CONCERNED,),
    )


_NOT_CONCERNED = "Your authority is not concerned with this child: its own front door can say more."


def _standing(one: RelatedChild) -> tuple[str, ...]:
    plans = [words for kind, words in _PLAN_WORDS.items() if kind in one.plans]
    alerts = f"{one.alerts} standing alert{'' if one.alerts == 1 else 's'}"
    return (
        *(plans or ["No plan is known here; this is no check of the registers"]),
        alerts if one.alerts else "No standing alert of yours",
    )
