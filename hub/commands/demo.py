"""`hub demo up | down | status`: a made-up day played through the real hub, and its live view."""

import json
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.live import Live

from hub.api.users import DEMO_USERS_BY_ID
from hub.commands import demo_story
from hub.commands.demo_called import MllpPort, demonstration, say, tool_name, town_of
from hub.demo import commands_of
from hub.demo.agencies import MLLP_PORT_FIRST
from hub.demo.demonstration import Demonstration, Wish
from hub.demo.expected import question_of
from hub.demo.expected import questions as questions_of
from hub.demo.flow import Flow, FlowReader
from hub.demo.live_view import how_the_day_stands, in_one_line, view
from hub.demo.town import CHILDREN, CHILDREN_MAX, CHILDREN_MIN, SEED
from hub.demo.waiting import readiness, undecided
from hub.demo.what_to_try import print_what_to_try
from hub.errors import ConfigurationError, TransientFault

SPEED: Final = 480.0
"""A day in three minutes."""
VIEW_EVERY_SECONDS: Final = 1.0
LINE_EVERY_SECONDS: Final = 5.0
DIFFERENT_EXIT: Final = 1
INTERRUPTED_EXIT: Final = 130
NOT_RUNNING: Final = "does not run"

app = typer.Typer(no_args_is_help=True, help="Play a made-up day through the real hub.")
app.add_typer(demo_story.app, name="story")

Speed = Annotated[
    float, typer.Option(min=1, max=1_000_000, help="How many times faster than a clock.")
]


@app.command()
def up(  # noqa: PLR0913  # the options of one command
    *,
    detach: Annotated[bool, typer.Option("--detach", help="Return when ready.")] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="First delete every report and child the hub holds.")
    ] = False,
    speed: Speed = SPEED,
    seed: Annotated[int, typer.Option(min=0, help="Which town is made.")] = SEED,
    children: Annotated[
        int, typer.Option(min=CHILDREN_MIN, max=CHILDREN_MAX, help="How many children it has.")
    ] = CHILDREN,
    mllp_port: MllpPort = MLLP_PORT_FIRST,
) -> None:
    """Start everything, load the town, and play a day; Ctrl-C stops everything.

    All children are made up. The day that is played is yesterday, so that nothing that is told
    lies in the future.
    """
    began, tool = time.monotonic(), tool_name()
    demo = demonstration(began)
    wish = Wish(seed=seed, children=children, speed=speed, mllp_port=mllp_port)
    ran_before = any(state.pid for state in demo.states())
    with _interruptible():
        try:
            if fresh:
                demo.wipe()
            town = demo.up(wish)
            print_what_to_try(town, address=demo.address, as_data=demo.home.expected, tool=tool)
            say(f"Ready in {time.monotonic() - began:.1f} s")
            if not detach:
                _watch(demo)
        except KeyboardInterrupt:
            _stop(demo)
            if detach:
                raise typer.Exit(INTERRUPTED_EXIT) from None
        except BaseException:
            if not ran_before:
                _stop(demo)
            raise
    if detach:
        say(
            f"The day is being played; `{tool} demo status` shows how far it is, and `make down`"
            f" (or `{tool} demo down`) stops everything."
        )


@app.command()
def down() -> None:
    """Stop everything that the demo started; what the hub holds stays."""
    _stop(demonstration(time.monotonic()))


@app.command()
def status() -> None:
    """Show what runs and how far the day is; exit code 1 if something that should run does not."""
    demo = demonstration(time.monotonic())
    states, played = demo.states(), demo.home.played()
    over = played is not None and played.done
    for state in states:
        ended = "has played the day" if over and state.name == commands_of.PLAYER else ""
        typer.echo(f"{state.name:<20} {f'pid {state.pid}' if state.pid else ended or NOT_RUNNING}")
    missing = [s for s in states if s.pid is None and s.name in commands_of.names_to_watch()]
    if missing:
        typer.echo(f"`{tool_name()} demo up` starts what does not run; nothing was lost.", err=True)
        raise typer.Exit(DIFFERENT_EXIT)
    typer.echo(in_one_line(played, _flow(demo)))
    typer.echo(readiness(demo.address) or f"Ready: {demo.address}")
    stands = how_the_day_stands(
        played,
        is_played=any(state.pid for state in states if state.name == commands_of.PLAYER),
        undecided=_undecided(demo),
        is_newest=played is not None and played.day == demo.day,
        tool=tool_name(),
    )
    typer.echo(stands)


@app.command()
def questions() -> None:
    """Show again what to try, and the roles to try it as."""
    demo = demonstration(time.monotonic())
    town = town_of(demo)
    print_what_to_try(town, address=demo.address, as_data=demo.home.expected, tool=tool_name())


@app.command()
def ask(
    story: Annotated[
        str, typer.Argument(help="The id of a story; without one, the first of the table.")
    ] = "",
) -> None:
    """Print the body of one of the table's checks, for `POST /v1/checks`.

    The birth dates of the town move with the day that is played, so they are asked for here.
    """
    town = town_of(demonstration(time.monotonic()))
    asked = question_of(town, story)
    if asked is None:
        known = ", ".join(dict.fromkeys(one.story for one in questions_of(town)))
        raise ConfigurationError(f"There is no story {story}; there are: {known}.")
    typer.echo(json.dumps(asked, ensure_ascii=False))


@app.command()
def token(
    role: Annotated[str, typer.Argument(help="The id of a demo role, such as clinician-rae01.")],
) -> None:
    """Print the bearer token by which a client of the JSON interface acts as a demo role."""
    from hub.adapters.keys import load_sign_in_secret  # noqa: PLC0415  # keeps --help fast
    from hub.api.signing import SignIn  # noqa: PLC0415  # as above

    demo = demonstration(time.monotonic())
    if role not in DEMO_USERS_BY_ID:
        known = ", ".join(DEMO_USERS_BY_ID)
        raise ConfigurationError(f"There is no demo role {role}; there are: {known}.")
    sign_in = SignIn(load_sign_in_secret(demo.settings.keys))
    typer.echo(sign_in.bearer_tokens[role])


@app.command(hidden=True)
def play(*, speed: Speed = SPEED, mllp_port: MllpPort = MLLP_PORT_FIRST) -> None:
    """Send what the town's agencies send in a day; `hub demo up` runs this."""
    demo = demonstration(time.monotonic())
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    whole = demo.play(speed, mllp_port, stopping)
    typer.echo("The day is over." if whole else "The day was broken off.")


def _undecided(demo: Demonstration) -> int | None:
    try:
        return undecided(demo.settings)
    except TransientFault:
        return None


def _watch(demo: Demonstration) -> None:
    """Show the live view until interrupted."""
    reader = FlowReader(demo.settings.database_url.get_secret_value())
    try:
        if sys.stdout.isatty():
            _watch_on_terminal(demo, reader)
        else:
            while True:
                typer.echo(in_one_line(demo.home.played(), _read(reader)))
                time.sleep(LINE_EVERY_SECONDS)
    finally:
        reader.close()


def _watch_on_terminal(demo: Demonstration, reader: FlowReader) -> None:
    with Live(console=Console(), auto_refresh=False) as live:
        while True:
            shown = view(
                played=demo.home.played(),
                flow=_read(reader),
                processes=demo.states(),
                address=demo.address,
            )
            live.update(shown, refresh=True)
            time.sleep(VIEW_EVERY_SECONDS)


def _flow(demo: Demonstration) -> Flow | None:
    reader = FlowReader(demo.settings.database_url.get_secret_value())
    try:
        return _read(reader)
    finally:
        reader.close()


def _read(reader: FlowReader) -> Flow | None:
    try:
        return reader.read()
    except TransientFault:
        return None


def _stop(demo: Demonstration) -> None:
    """Stop everything; a second Ctrl-C does not break it off, for every wait has a limit."""
    previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        say("Stopping")
        stopped = demo.down()
    finally:
        signal.signal(signal.SIGINT, previous)
    say(f"Stopped: {', '.join(stopped)}" if stopped else "Nothing was running")


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let a terminated or orphaned command stop what it started, as Ctrl-C does."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with suppress(ValueError):
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, interrupt)
    yield
