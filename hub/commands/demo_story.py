"""`hub demo story list | show | play`: the stories of the played day, by name."""

import sys
import time
from dataclasses import replace
from datetime import date
from typing import Annotated

import typer
from rich.console import Console

from hub.commands.demo_called import MllpPort, demonstration, tool_name, town_of
from hub.demo import commands_of
from hub.demo.agencies import MLLP_PORT_FIRST
from hub.demo.demonstration import Demonstration
from hub.demo.every_story import ON_REQUEST
from hub.demo.newcomers import told_again
from hub.demo.story import Story, Town
from hub.demo.story_guide import as_table, find_story, in_full, of_sight, of_step
from hub.demo.story_play import Happened, next_play, play_alone, require_playable
from hub.local.lock import sole_command

app = typer.Typer(no_args_is_help=True, help="Follow one story of the day by its name.")

Name = Annotated[str, typer.Argument(help="Of the story, as `hub demo story list` shows it.")]


@app.command("list")
def list_stories() -> None:
    """Name the stories, say in a sentence what happens in each, and how far it is."""
    demo = demonstration(time.monotonic())
    town, day = town_of(demo), _day(demo)
    typer.echo()
    Console().print(
        as_table(
            town,
            day,
            demo.home.played(),
            is_played=_is_played(demo),
            on_request=_on_request(demo, town),
        )
    )
    typer.echo(f"On request: `{tool_name()} demo story play NAME --step`, once the day is over")
    typer.echo(f"What to look at, and where: `{tool_name()} demo story show NAME`")


@app.command()
def show(name: Name) -> None:
    """Tell a story's steps by the town's clocks, and what is to be seen where."""
    demo = demonstration(time.monotonic())
    town, day = town_of(demo), _day(demo)
    story = find_story(town, name, _on_request(demo, town))
    if story not in town.stories:
        day, town = demo.day, replace(town, anchor=demo.day)
        typer.echo("Told only on request, as it would be told next:")
    for line in in_full(town, story, day):
        typer.echo(line)
    typer.echo(f"\nThe pages are at {demo.address}/")


@app.command()
def play(
    name: Name,
    *,
    step: Annotated[
        bool, typer.Option("--step", help="Wait for Enter before each further step.")
    ] = False,
    mllp_port: MllpPort = MLLP_PORT_FIRST,
) -> None:
    """Play a story by itself, now, in a fresh made-up family, and say where to look.

    Every time it is another family, so nothing that was seen before is doubled. The demo must run
    and its day be over.
    """
    demo = demonstration(time.monotonic())
    town = town_of(demo)
    find_story(town, name, _on_request(demo, town))
    require_playable(demo)
    with sole_command(demo.home.root, demo.tell):
        story, happening = play_alone(demo, town, name, first_port=mllp_port)
        typer.echo(f"{story.name}: {story.told}")
        typer.echo(f"In a fresh made-up family. The pages are at {demo.address}/\n")
        for happened in happening:
            _tell(happened)
            if step and not happened.last and not _go_on():
                break


def _tell(happened: Happened) -> None:
    if happened.past:
        typer.echo("Before the day")
    for one in happened.steps:
        for line in of_step(one):
            typer.echo(line)
    if happened.answered is not None:
        told = happened.answered
        typer.echo(f"  Answered: {told.plan}, {told.seen}; audit number {told.audit_id}")
    for number, sight in enumerate(happened.sights, start=1):
        typer.echo("  Look now:" if number == 1 else "")
        for line in of_sight(sight, number):
            typer.echo(line)
    typer.echo()


def _go_on() -> bool:
    """Wait for Enter; answer False where nobody is there to press it."""
    typer.echo("Press Enter for what happens next.")
    return bool(sys.stdin.readline())


def _on_request(demo: Demonstration, town: Town) -> tuple[Story, ...]:
    """Answer the stories of no day, of the families in which each would be played next."""
    return tuple(told_again(*next_play(demo, town, tell.__name__)) for tell in ON_REQUEST)


def _day(demo: Demonstration) -> date:
    """Answer the day that is or was played, or else the one that would be."""
    played = demo.home.played()
    return demo.day if played is None else played.day


def _is_played(demo: Demonstration) -> bool:
    return any(state.pid for state in demo.states() if state.name == commands_of.PLAYER)
