"""Plays one story by itself, now, through the connectors: in a fresh family, step by step."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from hub.demo import commands_of
from hub.demo.agencies import HOSPITALS, agency_of, mllp_port
from hub.demo.demonstration import Demonstration
from hub.demo.happenings import Settling
from hub.demo.home import Play
from hub.demo.mllp_sender import MllpSender
from hub.demo.newcomers import PLAYS_MAX, told_again, with_newcomers
from hub.demo.over_json import Answered, Interface
from hub.demo.playing import read_delivery
from hub.demo.sights import Moment, Page, Sight
from hub.demo.story import Asking, Story, Town
from hub.demo.story_files import StoryFiles, sent_at
from hub.demo.story_guide import LONDON
from hub.demo.story_sights import sights_of
from hub.demo.story_steps import Step, steps
from hub.demo.waiting import Waiting, undecided
from hub.errors import ConfigurationError
from hub.settings import LOOPBACK


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """What has just happened, and what may be looked at now.

    Attributes:
        past: it lay before the day, and was told as history.
        last: nothing more happens.
        answered: what a check of the story was answered.
    """

    steps: tuple[Step, ...]
    answered: Answered | None = None
    sights: tuple[Sight, ...] = ()
    past: bool = False
    last: bool = False


def require_playable(demo: Demonstration) -> None:
    """Check that the demo runs and that its day is over.

    Raises:
        ConfigurationError: it is not so; the sentence says what is to be done.
    """
    states = [state for state in demo.states() if state.name != commands_of.PLAYER]
    missing = [state.name for state in states if state.pid is None]
    if missing:
        what = "The demo" if len(missing) == len(states) else ", ".join(missing)
        does = "do" if 1 < len(missing) < len(states) else "does"
        raise ConfigurationError(
            f"{what} {does} not run: start it with `hub demo up`; a story can be played by itself"
            " once its day is over."
        )
    played = demo.home.played()
    if played is None or not played.done or played.day != demo.day:
        at = "not begun" if played is None else f"at {played.at.astimezone(LONDON):%a %H:%M}"
        raise ConfigurationError(
            f"Not yet: the day is {at} by the town's clocks, and a story is played by itself once"
            " the day is over. `hub demo story show NAME` says when it comes in the day, and"
            " `hub demo up` plays the newest day."
        )
    if undecided(demo.settings):
        raise ConfigurationError(
            "Not yet: the day is over and its last reports are being decided. Try again in a"
            " moment."
        )


def next_play(demo: Demonstration, town: Town, name: str) -> tuple[Town, Play]:
    """Answer the town with everyone who came in such plays, and the next one: of this story."""
    earlier = demo.home.plays()
    everyone = with_newcomers(town, [one for one in earlier if one.day >= demo.day])
    return everyone, Play(number=len(earlier) + 1, story=name, day=demo.day)


def play_alone(
    demo: Demonstration, town: Town, name: str, *, first_port: int
) -> tuple[Story, Iterator[Happened]]:
    """Answer the story in a family of its own, and what happens in it, as it happens.

    Args:
        demo: it must be playable.
        town: the one that the hub holds, with those who came on earlier days.
        name: of the story.
        first_port: of the hospitals' listeners.

    Raises:
        HubError: too many have been played, or a connector did not take what it was given.
    """
    if len(demo.home.plays()) >= PLAYS_MAX:
        raise ConfigurationError(
            f"{PLAYS_MAX} stories have been played in this town: begin a new one with"
            " `hub demo up --fresh`."
        )
    everyone, play = next_play(demo, town, name)
    story = told_again(everyone, play)
    files = StoryFiles(
        folder=demo.home.sources / f"story-{play.number}", town=everyone, story=story, play=play
    )
    waiting = Waiting(demo.settings, demo.processes, first_port, demo.tell)
    return story, _happening(demo, files, waiting, first_port)


def _happening(
    demo: Demonstration, files: StoryFiles, waiting: Waiting, first_port: int
) -> Iterator[Happened]:
    demo.home.remember_play(files.play)
    told = steps(replace(files.town, anchor=files.play.day), files.story, files.play.day)
    past = tuple(step for step in told if step.past)
    to_come = [step for step in told if not step.past]
    names = commands_of.names_to_watch()
    for code, path in files.history(past):
        demo.processes.run(f"history-{code}", commands_of.read_history(agency_of(code), path))
    waiting.until_taken(names)
    if past or not to_come:
        everything = () if to_come else sights_of(files.story)
        yield Happened(steps=past, sights=everything, past=bool(past), last=not to_come)
    senders = {
        agency.code: MllpSender(LOOPBACK, mllp_port(agency, first_port)) for agency in HOSPITALS
    }
    for number, step in enumerate(to_come, start=1):
        for message in sent_at(step, files.play.day):
            senders[message.trust].send(message.content)
        delivery = files.delivery(step, number)
        if delivery is not None:
            read_delivery(demo.processes, delivery)
        rest = to_come[number:]
        answered = _over_json(Interface(demo.settings, demo.address), step)
        sights = _now(files.story, step, rest)
        waiting.until_taken(names)
        waiting.until_corrected(names, answers=any(one.page is Page.CHANGED for one in sights))
        yield Happened(steps=(step,), answered=answered, sights=sights, last=not rest)


def _over_json(interface: Interface, step: Step) -> Answered | None:
    """Ask or settle what a step asks or settles; answer what was answered."""
    if isinstance(step.source, Asking):
        return interface.ask(step.source.question)
    if isinstance(step.source, Settling):
        interface.settle(step.source)
    return None


def _now(story: Story, step: Step, to_come: Sequence[Step]) -> tuple[Sight, ...]:
    """Answer what can be seen after a step and could not before it."""
    again = any(one.moment is step.moment for one in to_come)
    moments = set() if again else {step.moment}
    if not to_come:
        moments.add(Moment.END)
    return tuple(sight for sight in sights_of(story) if sight.after in moments)
