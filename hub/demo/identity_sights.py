"""What the stories of who somebody is state must be seen beside their checks."""

from collections.abc import Callable, Mapping
from typing import Final

from hub.demo.correction_sights import CORRECTION_SIGHTS
from hub.demo.sights import BRADFORD_DESK, Moment, Sight, alert
from hub.demo.story import Story


def registered_twice(story: Story) -> tuple[Sight, ...]:
    """Four visits of two registrations are four of one child once the hospital says so."""
    child = story.people[0]
    return (
        alert(
            "By itself neither registration has four visits; merged they have.",
            who=BRADFORD_DESK,
            about=child,
            says="4 arrivals at emergency departments",
            shown=("Bradford Royal Infirmary", "This alert rests on it"),
            after=Moment.MERGED,
        ),
    )


IDENTITY_SIGHTS: Final[Mapping[str, Callable[[Story], tuple[Sight, ...]]]] = {
    "registered_twice": registered_twice,
    **CORRECTION_SIGHTS,
}
