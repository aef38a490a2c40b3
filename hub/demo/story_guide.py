"""The guide to the stories for a terminal: which there are, what happens, what to look at."""

import difflib
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from rich.box import SIMPLE_HEAD
from rich.table import Table

from hub.api.users import DEMO_USERS_BY_ID
from hub.demo.expected import spaced
from hub.demo.home import PlayState
from hub.demo.sights import IN_WORDS, NEVER_IN_A_CHECK, Moment, Page, Sight
from hub.demo.story import Question, Story, Town
from hub.demo.story_sights import sights_of
from hub.demo.story_steps import Step, name_of, steps
from hub.errors import ConfigurationError

LONDON = ZoneInfo("Europe/London")
WIDTH = 100
SAID_OF_EVERY_CHECK = frozenset({*IN_WORDS.values(), *NEVER_IN_A_CHECK})
"""What no check shows beside its answer: so it need not be said of each."""


def find_story(town: Town, name: str, on_request: Iterable[Story] = ()) -> Story:
    """Answer the story of this name.

    Args:
        town: of whose day it is.
        name: its name.
        on_request: the stories that are in no day.

    Raises:
        ConfigurationError: there is none; the nearest names are told.
    """
    stories = {story.name: story for story in (*town.stories, *on_request)}
    if name in stories:
        return stories[name]
    near = difflib.get_close_matches(name, stories, n=3, cutoff=0.4)
    meant = f" Did you mean {' or '.join(near)}?" if near else ""
    raise ConfigurationError(
        f"There is no story {name}.{meant} `hub demo story list` names all of them."
    )


def standing(story_steps: Sequence[Step], played: PlayState | None, *, is_played: bool) -> str:
    """Answer in words how far a story is.

    Args:
        story_steps: its steps on the day.
        played: how far the day is.
        is_played: whether the player runs.
    """
    to_come = [step for step in story_steps if played is None or step.at > played.at]
    if played is None:
        return "not yet played"
    if not to_come or played.done:
        return "played"
    if not is_played:
        return "broken off with the day"
    begun = len(to_come) < len([step for step in story_steps if not step.past])
    at = f"{to_come[0].at.astimezone(LONDON):%H:%M}"
    return f"goes on at {at}" if begun else f"will be played at {at}"


def as_table(
    town: Town,
    day: date,
    played: PlayState | None,
    *,
    is_played: bool,
    on_request: Iterable[Story] = (),
) -> Table:
    """Answer the stories, a sentence each, and how far each of them is."""
    table = Table(
        title=f"The stories of {day:%A} {day.day} {day:%B %Y}, by the town's clocks",
        title_justify="left",
        box=SIMPLE_HEAD,
    )
    table.add_column("story", no_wrap=True)
    table.add_column("what happens")
    table.add_column("state")
    for story in town.stories:
        state = standing(steps(town, story, day), played, is_played=is_played)
        table.add_row(story.name, story.told, state)
    for story in on_request:
        table.add_row(story.name, story.told, "on request")
    return table


def in_full(town: Town, story: Story, day: date) -> Iterator[str]:
    """Yield the lines that tell a story: its steps in order, and then what is to be seen."""
    yield f"{story.name}: {story.told}"
    yield ""
    yield "What happens"
    for step in steps(town, story, day):
        yield from of_step(step)
    yield ""
    yield "What to look at, once all of it has happened"
    lasting = (one for one in sights_of(story) if one.until_end)
    for number, sight in enumerate(lasting, start=1):
        yield from of_sight(sight, number)
    if late := [one for one in sights_of(story) if one.after is Moment.LATE]:
        yield ""
        yield "What to look at once it is late, that is when the time on the notice has passed"
        for number, sight in enumerate(late, start=1):
            yield from of_sight(sight, number)


def of_step(step: Step) -> Iterator[str]:
    """Yield the lines of one step, with the time on the town's clocks."""
    at = step.at.astimezone(LONDON)
    line = f"{at:%a %d %b %H:%M}  {step.agency}: {step.said}"
    yield from textwrap.wrap(
        line, WIDTH, initial_indent="  ", subsequent_indent=" " * len("  Sat 21 Nov 08:40  ")
    )


def of_sight(sight: Sight, number: int) -> Iterator[str]:
    """Yield the lines of one sight: who looks, where, at what, and what is there."""
    user = DEMO_USERS_BY_ID[sight.who]
    yield f"  {number}. {sight.told}"
    yield f"     Sign in as {user.name} ({user.role_name}, {user.organisation_name})."
    yield from _indented(_where(sight))
    if shown := [words for words in sight.shown if words]:
        yield from _indented(f"There: {'; '.join(shown)}.")
    hidden = [words for words in sight.not_shown if words not in SAID_OF_EVERY_CHECK]
    if hidden:
        yield from _indented(f"Nowhere: {'; '.join(hidden)}.")


def _indented(text: str) -> Iterator[str]:
    yield from textwrap.wrap(text, WIDTH, initial_indent="     ", subsequent_indent="     ")


def _where(sight: Sight) -> str:
    whom = "a child that is not born yet" if sight.about is None else name_of(sight.about)
    if sight.page is Page.CHECK and sight.asked is not None:
        return f"Check a child: {_particulars(sight.asked)}."
    says = f" that says “{sight.alert}”" if sight.alert else ""
    press = f"; press “{sight.presses}”" if sight.presses else ""
    where = {
        Page.ALERT: f"Inbox, All: the alert of {whom}{says}; open it.",
        Page.NO_ALERT: f"Inbox, All: no alert of {whom}{says}.",
        Page.NOTICE: f"Notices: the one about {whom}; open it{press}.",
        Page.CHANGED: "Check a child, before you type: what stands at the top of the page.",
        Page.QUESTION: f"One child?: the question that names {whom}; open it.",
        Page.NO_QUESTION: f"One child?: no question names {whom}.",
    }
    return where.get(sight.page, "Feeds.")


def _particulars(asked: Question) -> str:
    told = [
        f"NHS number {spaced(asked.nhs_number)}",
        f"born {asked.birth_date:%d %m %Y}",
        f"postcode {asked.postcode}" if asked.postcode else "no postcode",
        f"{asked.given_name} {asked.family_name}",
    ]
    return ", ".join(told)
