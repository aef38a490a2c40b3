"""What was set aside, from the command line: parked reports, rejected and conflicting events."""

import json
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from hub.core.report import Feed
from hub.errors import ConfigurationError
from hub.ports import AsideFound, AsideState, AsideWanted, Position
from hub.settings import load_settings
from hub.topics import report_topic

if TYPE_CHECKING:
    from hub.bootstrap import Hub

app = typer.Typer(help="Reports and events that could not be used.", no_args_is_help=True)

OfFeed = Annotated[Feed | None, typer.Option("--feed", help="Only of this feed.")]
OfAgency = Annotated[str, typer.Option("--agency", help="Only of this agency.")]
InState = Annotated[AsideState | None, typer.Option("--state", help="Only these.")]
OlderThan = Annotated[
    float, typer.Option("--older-than", min=0, help="Only what has waited so many hours.")
]
AsJson = Annotated[bool, typer.Option("--json", help="One object a line.")]

_REFERENCE_PARTS = (3, 4)


@app.command("list")
def list_aside(
    feed: OfFeed = None,
    agency: OfAgency = "",
    state: InState = None,
    older_than: OlderThan = 0,
    *,
    as_json: AsJson = False,
) -> None:
    """Say what was set aside and why, known senders first; never what it holds."""
    found = _found(_wanted(feed, agency, state, older_than))
    for one in found:
        typer.echo(json.dumps(_told(one)) if as_json else _line(one))
    if not found and not as_json:
        typer.echo("nothing was set aside")


@app.command()
def show(
    reference: Annotated[str, typer.Argument(help="What 'hub reports list' names it by.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Say everything that is known of one report or event; never what it holds."""
    position, index = _place(reference)
    found = [
        one for one in _found(AsideWanted(position=position)) if index is None or one.index == index
    ]
    if not found:
        raise ConfigurationError(
            f"nothing under {reference} was set aside: 'hub reports list' says what was."
        )
    for one in found:
        if as_json:
            typer.echo(json.dumps(_told(one)))
            continue
        for name, value in _told(one).items():
            if value is not None:
                typer.echo(f"{name:<14} {value}")


@app.command()
def retry(
    references: Annotated[
        list[str] | None, typer.Argument(help="Parked reports, as 'hub reports list' names them.")
    ] = None,
    feed: OfFeed = None,
    agency: OfAgency = "",
    older_than: OlderThan = 0,
) -> None:
    """Try parked reports again: those named, or all that match and nobody has settled.

    A rejected or conflicting event is not tried again: what was wrong is in the event itself, and
    its agency mends it by sending the event with a higher revision.
    """
    from hub.bootstrap import Hub  # noqa: PLC0415  # keeps --help fast

    with closing(Hub(load_settings())) as hub:
        if references:
            positions = tuple(_parked(hub, one) for one in references)
        else:
            wanted = _wanted(feed, agency, AsideState.PARKED, older_than, unsettled=True)
            positions = tuple(one.position for one in hub.parked.aside(wanted))
        retried = hub.retry(positions)
    received = retried.received
    taken = received.accepted + received.duplicate
    typer.echo(f"{retried.tried} tried, {taken} accepted, {received.parked} still wait")
    if retried.gone:
        typer.echo(f"{len(retried.gone)} were not kept whole, and Kafka no longer has them")


def _wanted(
    feed: Feed | None,
    agency: str,
    state: AsideState | None,
    older_than: float,
    *,
    unsettled: bool = False,
) -> AsideWanted:
    from hub.bootstrap import SystemClock  # noqa: PLC0415  # keeps --help fast

    return AsideWanted(
        state=state,
        topic=report_topic(feed) if feed else None,
        agency=agency or None,
        before=SystemClock().now() - timedelta(hours=older_than) if older_than else None,
        unsettled=unsettled,
    )


def _found(wanted: AsideWanted) -> tuple[AsideFound, ...]:
    from hub.bootstrap import Hub  # noqa: PLC0415  # keeps --help fast

    with closing(Hub(load_settings())) as hub:
        return hub.parked.aside(wanted)


def _place(reference: str) -> tuple[Position, int | None]:
    parts = reference.split(":")
    if len(parts) not in _REFERENCE_PARTS or not all(one.isdecimal() for one in parts[1:]):
        raise ConfigurationError(
            f"{reference} names no report: TOPIC:PARTITION:OFFSET was expected, and :EVENT for"
            " one event of it."
        )
    numbers = [int(one) for one in parts[1:]]
    at = Position(topic=parts[0], partition=numbers[0], offset=numbers[1])
    return at, numbers[2] if len(parts) == max(_REFERENCE_PARTS) else None


def _report(reference: str) -> Position:
    position, index = _place(reference)
    if index is not None:
        raise ConfigurationError(
            f"{reference} names an event: only parked reports are tried again. Its agency mends"
            " it by sending the event with a higher revision."
        )
    return position


def _parked(hub: "Hub", reference: str) -> Position:
    position = _report(reference)
    if not hub.parked.aside(AsideWanted(state=AsideState.PARKED, position=position)):
        raise ConfigurationError(
            f"No report is parked under {reference}: 'hub reports list --state parked' names those"
            " that are. Nothing was tried."
        )
    return position


def _told(one: AsideFound) -> dict[str, object]:
    return {
        "reference": one.reference,
        "state": one.state.value,
        "at": one.at.isoformat(),
        "feed": one.feed,
        "agency": one.agency,
        "publisher": one.publisher,
        "connector": one.connector,
        "sequence": one.sequence,
        "kind": one.kind,
        "reason": one.reason,
        "sentence": one.sentence,
        "digest": one.digest.hex(),
        "bytes_not_kept": one.left_bytes,
        "settled_at": one.settled_at.isoformat() if one.settled_at else None,
    }


def _line(one: AsideFound) -> str:
    sender = one.agency or one.publisher or "an unknown sender"
    settled = " (settled)" if one.settled_at else ""
    return (
        f"{one.reference} {one.state.value}{settled} {one.at:%Y-%m-%d %H:%M} UTC from {sender}:"
        f" {one.reason}: {one.sentence}"
    )
