"""The publishers' registry from the command line: add, list, revoke."""

from typing import Annotated

import typer

from hub.core.identifiers import ForceCode
from hub.core.report import Feed
from hub.errors import ConfigurationError, InvalidIdentifier
from hub.settings import load_settings

app = typer.Typer(help="Who may sign reports, and for whom.", no_args_is_help=True)


def _feed_and_agency(text: str) -> tuple[str, Feed]:
    feed, _, agency = text.partition(":")
    if feed not in {one.value for one in Feed} or not agency:
        known = ", ".join(one.value for one in Feed)
        raise ConfigurationError(
            f"--for {text} was not understood: FEED:AGENCY was expected, FEED one of {known}."
        )
    if feed == Feed.POLICE:
        return _force(agency), Feed.POLICE
    return agency, Feed(feed)


def _force(text: str) -> str:
    """Answer the code of a force: the Home Office's two digits, with or without POL."""
    try:
        return ForceCode.parse(text).reveal()
    except InvalidIdentifier as error:
        raise ConfigurationError(f"--for police:{text}: {error}") from None


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="The publisher's name, as reports state it.")],
    for_agency: Annotated[
        list[str], typer.Option("--for", help="FEED:AGENCY it may report for; may be repeated.")
    ],
    public_key: Annotated[
        str, typer.Option(help="Ed25519 public key, 64 hexadecimal digits; else the local key.")
    ] = "",
) -> None:
    """Enter a publisher, one more key of theirs, or more agencies; harmless to repeat."""
    from hub.adapters.keys import load_publisher_public_key  # noqa: PLC0415  # keeps --help fast
    from hub.bootstrap import Hub  # noqa: PLC0415  # as above

    settings = load_settings()
    hub = Hub(settings)
    try:
        raw = bytes.fromhex(public_key) if public_key else None
    except ValueError:
        raw = b""
    if raw is None:
        raw = load_publisher_public_key(settings.keys, name).public_bytes_raw()
    if len(raw) != 32:  # noqa: PLR2004  # the length of an Ed25519 public key
        raise ConfigurationError("--public-key: 64 hexadecimal digits were expected.")
    pairs = [_feed_and_agency(text) for text in for_agency]
    hub.publishers.add(name, public_key=raw, reports_for=pairs, now=hub.clock.now())
    typer.echo(f"{name} may report for " + ", ".join(f"{a} ({f.value})" for a, f in pairs))
    retried = hub.retry_parked()
    if retried.accepted:
        typer.echo(f"{retried.accepted} reports that waited are now accepted")


@app.command("list")
def list_publishers() -> None:
    """Say who may report for whom."""
    from hub.bootstrap import Hub  # noqa: PLC0415  # keeps --help fast

    for name, publisher in sorted(Hub(load_settings()).publishers.registry().items()):
        told = ", ".join(f"{a} ({f.value})" for a, f in sorted(publisher.reports_for))
        typer.echo(f"{name}: {len(publisher.keys)} key(s); reports for {told or 'nobody'}")


@app.command()
def revoke(name: Annotated[str, typer.Argument(help="The publisher's name.")]) -> None:
    """Take nothing more from a publisher from now on."""
    from hub.bootstrap import Hub  # noqa: PLC0415  # keeps --help fast

    hub = Hub(load_settings())
    hub.publishers.revoke(name, now=hub.clock.now())
    typer.echo(f"{name} is revoked")
