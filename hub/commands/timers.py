"""What is due, from the command line: timers on which the hub failed, and trying them again."""

import json
from contextlib import closing
from typing import Annotated

import typer

from hub.settings import load_settings

app = typer.Typer(help="What is due and failed, and trying it again.", no_args_is_help=True)


@app.command("list")
def list_parked(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One object a line.")] = False,
) -> None:
    """List the timers on which the hub failed: kind, when it was due, and where it failed."""
    from hub.bootstrap import Hub  # noqa: PLC0415  # keeps --help fast

    with closing(Hub(load_settings())) as hub:
        parked = hub.tick.parked()
    for one in parked:
        told = {
            "timer": str(one.timer.timer_id),
            "kind": one.timer.kind,
            "due_at": one.timer.due_at.isoformat(),
            "reason": one.reason,
            "since": one.since.isoformat(),
        }
        line = "{timer}  {kind}, due {due_at}\n  {reason}, since {since}".format(**told)
        typer.echo(json.dumps(told) if as_json else line)
    if not parked and not as_json:
        typer.echo("no timer is parked")


@app.command()
def retry() -> None:
    """Let parked timers wait for their turn again; the timekeeper does this whenever it starts.

    One that fails once more is parked once more.
    """
    from hub.bootstrap import Hub  # noqa: PLC0415  # keeps --help fast

    with closing(Hub(load_settings())) as hub:
        typer.echo(f"{hub.tick.release()} timers wait for the timekeeper again")
