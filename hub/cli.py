"""The command line: one table of commands, each loaded only when it is asked for.

A new command is one line in COMMANDS: its name, where its function or typer application is, and one
line of help. Everything else belongs to its module in hub/commands/.
"""

import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NamedTuple

import typer
from typer import _click as click  # typer carries its own click and exports no base types
from typer.core import TyperCommand, TyperGroup

from hub.errors import ConfigurationError, HubError

EXIT_COULD_NOT_GO_ON = 1
EXIT_USAGE = 2


class Entry(NamedTuple):
    """One command: ``target`` is ``module:name`` of a function or of a typer application."""

    name: str
    target: str
    summary: str


COMMANDS = (
    Entry("up", "hub.commands.stack:up", "Start Kafka and PostgreSQL on this machine"),
    Entry("down", "hub.commands.stack:down", "Stop them; what they hold stays"),
    Entry("status", "hub.commands.stack:status", "Show whether they run, and why not"),
    Entry("logs", "hub.commands.stack:logs", "Show the end of their logs"),
    Entry("wipe", "hub.commands.stack:wipe", "Delete every topic and database they hold"),
    Entry("settings", "hub.commands.stack:settings", "Show every setting, its value and meaning"),
    Entry("migrate", "hub.commands.run:migrate", "Bring the database to this version's tables"),
    Entry("topics", "hub.commands.topics:app", "Create the Kafka topics, or check them"),
    Entry(
        "schemas", "hub.commands.schemas:app", "Check that schemas can read what was sent before"
    ),
    Entry("policy", "hub.commands.policy:app", "Check the authorities' policy files"),
    Entry("backtest", "hub.commands.backtest:backtest", "What another policy would have raised"),
    Entry("rules", "hub.commands.rules:app", "The rules: which there are, and the page on them"),
    Entry("keys", "hub.commands.keys:app", "Make the hub's keys, and show which there are"),
    Entry(
        "publisher", "hub.commands.publisher:app", "Who may send reports, and for which agencies"
    ),
    Entry("worker", "hub.commands.run:worker", "Run the worker of one feed"),
    Entry("timekeeper", "hub.commands.run:timekeeper", "Fire what is due, deliver what waits"),
    Entry("timers", "hub.commands.timers:app", "What is due and failed, and trying it again"),
    Entry("serve", "hub.commands.run:serve", "Run the HTTP interface and the pages"),
    Entry("recover", "hub.commands.run:recover", "Replay from Kafka after a database was restored"),
    Entry("connector", "hub.commands.connector:app", "Run an agency's connector"),
    Entry("import", "hub.commands.importing:import_path", "Load an agency's history, once"),
    Entry("reports", "hub.commands.reports:app", "List reports, and retry those that are parked"),
    Entry("feeds", "hub.commands.feeds:app", "What is missing from feeds, and settling it"),
    Entry("register", "hub.commands.register:app", "Plan registers: statements, and approvals"),
    Entry("retention", "hub.commands.retention:app", "How long what was told is kept"),
    Entry("schools", "hub.commands.schools:app", "School registers: what waits, and calendars"),
    Entry("identity", "hub.commands.identity:app", "How well records are matched to children"),
    Entry("demo", "hub.commands.demo:app", "Play a made-up day through the real hub"),
)


class LazyGroup(TyperGroup):
    """A group that lists its commands from the table and imports a command to run it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order of the table."""
        del ctx
        return [entry.name for entry in COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Answer a command good for its line of help; resolve_command answers the real one."""
        del ctx
        entry = _entry(cmd_name)
        return None if entry is None else TyperCommand(entry.name, help=entry.summary)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Answer the command to run, imported now."""
        name, _, rest = super().resolve_command(ctx, args)
        entry = _entry(name or "")
        return name, None if entry is None else load(entry), rest


app = typer.Typer(
    cls=LazyGroup,
    name="hub",
    help="The Safeguarding Hub: joins what agencies each know of a child.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # a traceback with local values could show a child's name
)


@app.callback()
def _root() -> None:
    """Join what agencies each know of a child, and tell the people who can act."""


def load(entry: Entry) -> click.Command:
    """Answer the command of an entry as click runs it.

    Raises:
        ConfigurationError: its module is not part of this installation.
    """
    module_name, _, name = entry.target.partition(":")
    try:
        found = getattr(import_module(module_name), name)
    except ModuleNotFoundError as error:
        if error.name != module_name:
            raise
        raise ConfigurationError(
            f"The command `{entry.name}` is not part of this installation."
        ) from None
    return _as_click(entry, found)


def _as_click(entry: Entry, found: Any) -> click.Command:  # noqa: ANN401 - a function or a Typer, told apart here
    if isinstance(found, typer.Typer):
        command: click.Command = typer.main.get_group(found)
    else:
        alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        alone.command(entry.name)(found)
        command = typer.main.get_command(alone)
    command.name = entry.name
    return command


def _entry(name: str) -> Entry | None:
    return next((entry for entry in COMMANDS if entry.name == name), None)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line. A HubError leaves it as one sentence, exit code 1 or, for usage, 2.

    A bug leaves it by its kind and its places, exit code 1: its message may repeat what stood in a
    record.
    """
    try:
        app(args=None if arguments is None else list(arguments), prog_name="hub")
    except HubError as error:
        sys.stderr.write(f"hub: {error}\n")
        usage = isinstance(error, ConfigurationError)
        raise SystemExit(EXIT_USAGE if usage else EXIT_COULD_NOT_GO_ON) from None
    except Exception as bug:  # noqa: BLE001  # whichever it is: its kind and places are told
        sys.stderr.write(_told_of(bug))
        raise SystemExit(EXIT_COULD_NOT_GO_ON) from None


def _told_of(bug: Exception) -> str:
    frames = traceback.extract_tb(bug.__traceback__)
    places = [f"  {frame.filename}:{frame.lineno} {frame.name}\n" for frame in frames]
    return f"hub: a bug ({type(bug).__name__}) stopped it; please report it.\n{''.join(places)}"
