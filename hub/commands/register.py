"""Registers from the command line: extracts that wait, and the decision on them."""

from typing import Annotated

import typer

from hub.settings import load_settings

app = typer.Typer(help="Council registers: extracts that wait for a person.", no_args_is_help=True)

Agency = Annotated[str, typer.Argument(help="The council, by its GSS code.")]
ExtractId = Annotated[str, typer.Argument(help="The extract, as 'hub register list' names it.")]
By = Annotated[str, typer.Option("--by", help="Who decides: a named person of that council.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, for the record.")]


@app.command("list")
def list_waiting() -> None:
    """Say which extracts wait, and what each would close."""
    from hub.bootstrap import Hub  # noqa: PLC0415  # keeps --help fast

    waiting = Hub(load_settings()).decide_extract.waiting()
    for one in waiting:
        typer.echo(
            f"{one.agency} {one.extract_id} as at {one.as_at:%Y-%m-%d %H:%M} UTC:"
            f" would close {one.would_close} of {one.open_before} open plans"
        )
        if one.flawed:
            typer.echo(
                "  flawed: a row of it could not be used, so a plan may be missing by mistake;"
                " approved, the register still reads incomplete"
            )
    if not waiting:
        typer.echo("no extract waits")


@app.command()
def approve(agency: Agency, extract_id: ExtractId, by: By, reason: Reason) -> None:
    """Let an extract close the plans that it no longer lists."""
    from hub.bootstrap import Hub  # noqa: PLC0415  # keeps --help fast

    decide = Hub(load_settings()).decide_extract
    decided = decide(agency, extract_id, approve=True, by=by, reason=reason)
    since, ended = decided.no_longer_listed_since, decided.show_as_ended_from
    typer.echo(
        f"applied: {decided.closed} plans are no longer listed since {since}; on that day they"
        f" still show as current, and from {ended} as ended"
    )


@app.command()
def refuse(agency: Agency, extract_id: ExtractId, by: By, reason: Reason) -> None:
    """Leave the register as it was; it reads incomplete until the next whole extract."""
    from hub.bootstrap import Hub  # noqa: PLC0415  # keeps --help fast

    Hub(load_settings()).decide_extract(agency, extract_id, approve=False, by=by, reason=reason)
    typer.echo("refused: nothing was closed")
