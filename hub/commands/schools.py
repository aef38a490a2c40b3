"""School registers from the command line: remove what has waited its time, check the calendars."""

from pathlib import Path
from typing import Annotated

import typer

from hub.settings import load_settings

app = typer.Typer(help="School registers: what waits, and school calendars.", no_args_is_help=True)


@app.command()
def expire() -> None:
    """Remove marks of absence that waited 20 school days and no child called for.

    The worker of the schools feed does this once a day by itself.
    """
    from hub.bootstrap import Hub  # noqa: PLC0415  # keeps --help fast

    gone = Hub(load_settings()).expire_waiting()
    typer.echo(f"removed {gone.marks} marks, {gone.records} records, {gone.sessions} sessions")


@app.command("check-calendars")
def check_calendars(
    directory: Annotated[Path, typer.Argument(help="The directory of calendar files.")],
) -> None:
    """Read every school calendar of a directory, and refuse them all if one is wrong."""
    from hub.adapters.calendar_files import load_calendars  # noqa: PLC0415  # keeps --help fast

    calendars = load_calendars(directory)
    first, last = calendars.usual.first, calendars.usual.last
    typer.echo(f"{len(calendars.schools)} schools of their own; the usual one {first} to {last}")
