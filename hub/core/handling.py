"""What an agency's wishes come to, where it told one fact in several revisions."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from hub.core.event import Audience, Handling

WITHHELD_MAX: Final = timedelta(days=28)
"""For how long at most a fact is kept back, from when the hub first received any revision of it.

This project's own figure; it has no source. A year that was mistyped must not silence an incident.
A refused event would be known to nobody until somebody reads the refusal; this one is told on the
28th day though nobody ever does, and the agency's feed shows at once that the wish is too far away.
"""

_AUDIENCES_NARROWEST_FIRST: Final = (
    Audience.UNKNOWN,
    Audience.SOCIAL_CARE_ONLY,
    Audience.HEALTH_AND_SOCIAL_CARE,
    Audience.ENTITLED,
)


def folded_handling(wishes: Sequence[Handling], received_at: datetime) -> Handling:
    """Answer what holds for a fact that was told in these revisions, in the order of the source.

    Of audience and family the narrower wish holds. From when it may be told, the latest revision
    says: it moves the time both ways, and without one it lifts it.

    Args:
        wishes: of each revision, at least one.
        received_at: when the hub first received any of them; ``WITHHELD_MAX`` counts from then.
    """
    narrowest, said = narrowest_handling(wishes), wishes[-1].not_before
    until = None if said is None else min(said, received_at + WITHHELD_MAX)
    return narrowest if narrowest.not_before == until else replace(narrowest, not_before=until)


def narrowest_handling(wishes: Sequence[Handling]) -> Handling:
    """Answer what holds for several facts shown as one: the narrower of each wish."""
    if len(wishes) == 1:
        return wishes[0]
    waits = [wish.not_before for wish in wishes if wish.not_before is not None]
    return Handling(
        audience=min((w.audience for w in wishes), key=_AUDIENCES_NARROWEST_FIRST.index),
        not_before=max(waits, default=None),
        not_to_family=any(wish.not_to_family for wish in wishes),
    )


def is_withheld(handling: Handling, now: datetime) -> bool:
    """Answer whether nothing may be told of a fact yet."""
    return handling.not_before is not None and now < handling.not_before
