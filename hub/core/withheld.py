"""What may not be told of yet: facts whose agency asks that nothing be told before a time.

Until then no rule concludes anything from them, so no alert rests on them. Shielding that they tell
counts at once: it only ever hides.
"""

from dataclasses import replace
from datetime import datetime

from hub.core.absence import Absence
from hub.core.chronology import Attendance, Chronology
from hub.core.handling import is_withheld
from hub.core.incident import Incident


def told_by(chronology: Chronology, now: datetime) -> Chronology:
    """Answer the chronology without what may not be told of at this instant, which it names."""
    waiting = frozenset(one.fact_key for one in _waiting(chronology, now))
    for sibling in chronology.household:
        happened: list[Attendance | Incident] = [*sibling.incidents, *sibling.attendances]
        waiting |= {one.fact_key for one in happened if is_withheld(one.handling, now)}
    return replace(chronology.without(waiting), withheld=waiting) if waiting else chronology


def told_later(chronology: Chronology, now: datetime) -> tuple[datetime, ...]:
    """Answer the instants at which something more of the chronology may be told, in order."""
    times = (one.handling.not_before for one in _waiting(chronology, now))
    return tuple(sorted({at for at in times if at is not None}))


def _waiting(chronology: Chronology, now: datetime) -> list[Attendance | Incident | Absence]:
    every = (chronology.attendances, chronology.incidents, chronology.absences)
    asked = [one for some in every for one in some if one.handling.not_before is not None]
    return [one for one in asked if is_withheld(one.handling, now)]
