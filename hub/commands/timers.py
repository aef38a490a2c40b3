"""What is due, from the command line: timers on which the hub failed, and trying them again."""

import json
from contextlib import closing
from typing import Annotated, Final

import typer

from hub.settings import load_settings

IN_WORDS: Final = {
    "encompass_due": "a notice to a school that is late if nobody has acknowledged it",
    "told_later": "something that an agency asked to have told later",
    "household_look": "a child who is looked at for what was told of another of its home",
    "alert_unseen": "an alert that is passed on if nobody has acknowledged it",
    "wake": "a rule that looks whether something has not happened by now",
}
"""What each kind of timer is for."""

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
        words = IN_WORDS.get(one.timer.kind, one.timer.kind)
        line = (
            f"{told['timer']}  {words}, due {told['due_at']}\n  {one.reason}, since {told['since']}"
        )
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
