"""Reports that wait, from the command line: list them, try them again."""

from typing import Annotated

import typer

from hub.settings import load_settings

app = typer.Typer(help="Reports that could not be used yet.", no_args_is_help=True)


@app.command("list")
def list_parked() -> None:
    """Say which reports are parked and why; never what they hold."""
    from hub.bootstrap import Hub  # noqa: PLC0415  # keeps --help fast

    waiting = Hub(load_settings()).parked.waiting()
    for one in waiting:
        at = one.position
        typer.echo(
            f"{at.topic} {at.partition} {at.offset} received {one.received_at:%Y-%m-%d %H:%M} UTC"
            f" from {one.publisher or 'an unverified sender'}: {one.sentence}"
        )
    if not waiting:
        typer.echo("no report is parked")


@app.command()
def retry(
    topic: Annotated[str, typer.Argument(help="The topic, as 'hub reports list' names it.")] = "",
    partition: Annotated[int, typer.Argument(help="The partition.")] = -1,
    offset: Annotated[int, typer.Argument(help="The offset.")] = -1,
) -> None:
    """Try one parked report again, or all of them when none is named."""
    from hub.bootstrap import Hub  # noqa: PLC0415  # keeps --help fast

    hub = Hub(load_settings())
    wanted = tuple(
        one.position
        for one in hub.parked.waiting()
        if not topic
        or (one.position.topic, one.position.partition, one.position.offset)
        == (topic, partition, offset)
    )
    retried = hub.retry(wanted)
    received = retried.received
    typer.echo(f"{retried.tried} tried, {received.accepted} accepted, {received.parked} still wait")
    if retried.gone:
        typer.echo(f"{len(retried.gone)} were not kept whole, and Kafka no longer has them")
