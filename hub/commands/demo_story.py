"""`hub demo story list | show`: the stories of the played day, by name."""

import time
from datetime import date
from typing import Annotated

import typer
from rich.console import Console

from hub.commands.demo_called import demonstration, tool_name, town_of
from hub.demo import commands_of
from hub.demo.demonstration import Demonstration
from hub.demo.story_guide import as_table, find_story, in_full

app = typer.Typer(no_args_is_help=True, help="Follow one story of the day by its name.")

Name = Annotated[str, typer.Argument(help="Of the story, as `hub demo story list` shows it.")]


@app.command("list")
def list_stories() -> None:
    """Name the stories, say in a sentence what happens in each, and how far it is."""
    demo = demonstration(time.monotonic())
    town, day = town_of(demo), _day(demo)
    typer.echo()
    Console().print(as_table(town, day, demo.home.played(), is_played=_is_played(demo)))
    typer.echo(f"What to look at, and where: `{tool_name()} demo story show NAME`")


@app.command()
def show(name: Name) -> None:
    """Tell a story's steps by the town's clocks, and what is to be seen where."""
    demo = demonstration(time.monotonic())
    town = town_of(demo)
    for line in in_full(town, find_story(town, name), _day(demo)):
        typer.echo(line)
    typer.echo(f"\nThe pages are at {demo.address}/")


def _day(demo: Demonstration) -> date:
    """Answer the day that is or was played, or else the one that would be."""
    played = demo.home.played()
    return demo.day if played is None else played.day


def _is_played(demo: Demonstration) -> bool:
    return any(state.pid for state in demo.states() if state.name == commands_of.PLAYER)
