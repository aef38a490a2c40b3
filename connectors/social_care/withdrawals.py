"""What a council has deleted, as withdrawn events. Pure."""

from typing import Final

from connectors.social_care.people import Person, Terms
from connectors.social_care.register_rows import KINDS_BY_TABLE, source_key
from connectors.social_care.tables import PersonFile
from hub.core.event import (
    ChildInNeedPeriodFacts,
    ChildProtectionPlanFacts,
    Event,
    EventKind,
    EventState,
    LookedAfterPeriodFacts,
    Subject,
    SubjectRole,
    UnbornChildProtectionPlanFacts,
)

RegisterFacts = (
    ChildProtectionPlanFacts
    | LookedAfterPeriodFacts
    | UnbornChildProtectionPlanFacts
    | ChildInNeedPeriodFacts
)
_FACTS: Final[dict[EventKind, type[RegisterFacts]]] = {
    EventKind.CHILD_PROTECTION_PLAN: ChildProtectionPlanFacts,
    EventKind.LOOKED_AFTER_PERIOD: LookedAfterPeriodFacts,
    EventKind.UNBORN_CHILD_PROTECTION_PLAN: UnbornChildProtectionPlanFacts,
    EventKind.CHILD_IN_NEED_PERIOD: ChildInNeedPeriodFacts,
}


def withdrawals(
    file: PersonFile, deleted: dict[str, frozenset[str]], person: Person | None, terms: Terms
) -> list[Event]:
    """A deleted plan is withdrawn under each key that it may have been told under."""
    return [
        _withdrawal(kind, file.own.person_id, local_id, person, terms)
        for table, kinds in KINDS_BY_TABLE.items()
        for local_id in sorted(deleted[table])
        for kind in kinds
    ]


def _withdrawal(
    kind: EventKind, person_id: str, local_id: str, person: Person | None, terms: Terms
) -> Event:
    told_unborn = kind is EventKind.UNBORN_CHILD_PROTECTION_PLAN
    unborn = person.birth.unborn if person is not None else told_unborn
    return Event(
        source_key=source_key(kind, person_id, local_id),
        revision=terms.revision,
        state=EventState.WITHDRAWN,
        occurred_at=terms.as_at,
        recorded_at=terms.as_at,
        subject=Subject(
            local_id=person_id, role=SubjectRole.UNBORN if unborn else SubjectRole.CHILD
        ),
        facts=_FACTS[kind](authority=terms.authority.reveal()),
    )
