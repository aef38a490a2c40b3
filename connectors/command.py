"""The options of `hub connector`; the hub finds this by entry point and knows no connector."""

import json
import sys
from dataclasses import asdict
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated

import typer

from connectors import dry_run, run
from connectors.contract import Connector, ConnectorContext
from hub.errors import ConfigurationError, HubError
from hub.settings import load_settings

EXIT_NOT_ALL_READ = 1

app = typer.Typer(no_args_is_help=True, help="Run an agency's connector.")


@app.command("list")
def list_connectors() -> None:
    """Name the connectors that are installed."""
    for entry in sorted(entry_points(group=run.GROUP), key=lambda entry: entry.name):
        typer.echo(entry.name)


@app.command("run")
def run_connector(  # noqa: PLR0913  # a command's options, all by name
    name: Annotated[str, typer.Argument(help="Which connector: health, social_care.")],
    *,
    path: Annotated[
        Path | None, typer.Option("--from", help="A file or folder to read.", exists=True)
    ] = None,
    mllp: Annotated[
        str | None, typer.Option("--mllp", help="HOST:PORT to listen on for HL7 v2 over MLLP.")
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option("--mapping", help="The agency's own mapping file.", exists=True),
    ] = None,
    publisher: Annotated[str, typer.Option("--publisher", help="Who signs the reports.")] = "",
    agency: Annotated[
        str, typer.Option("--agency", help="Whose reports they are: an ODS or GSS code.")
    ] = "",
    connector: Annotated[
        str, typer.Option("--connector", help="Name of this connector; default: its kind.")
    ] = "",
    dry: Annotated[
        bool, typer.Option("--dry-run", help="Print what would be told; no keys, no Kafka.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON, one line each; refusals on stderr.")
    ] = False,
    backfill: Annotated[
        bool, typer.Option("--backfill", help="History: recorded, never an alert.")
    ] = False,
    test_numbers: Annotated[
        bool,
        typer.Option("--test-numbers", "--demo", help="Take NHS numbers of made-up people."),
    ] = False,
    training: Annotated[
        bool,
        typer.Option("--training", help="Take HL7 messages whose processing id is not P."),
    ] = False,
) -> None:
    """Read an agency's records and report them to the hub.

    Exit code 0 if all were read, 1 if a record was refused or the source broke off.
    """
    settings = load_settings()
    found = run.find_connector(name)
    context = ConnectorContext(
        started_at=run.now(),
        mapping_path=mapping,
        test_numbers=test_numbers or settings.demo or dry,  # a dry run tells nobody anything
        live=not training,
        backfill=backfill,
        agency=agency or None,
    )
    source = _source(path, mllp)
    if dry:
        _dry_run(found, source, context, as_json=as_json)
        return
    sender = _sender(publisher=publisher, agency=agency, connector=connector or name)
    progress = run.run(found, source, context, sender, settings)
    typer.echo(json.dumps(asdict(progress.counts)) if as_json else progress.sentence())
    if progress.counts.refused and source.path is not None:
        sys.stderr.write(
            "Not all was read: --dry-run names each refused record, and so does the feeds page.\n"
        )
        raise typer.Exit(EXIT_NOT_ALL_READ)


def _source(path: Path | None, mllp: str | None) -> run.Source:
    if (path is None) == (mllp is None):
        raise ConfigurationError("Either --from PATH or --mllp HOST:PORT was expected.")
    return run.Source(path=path, listen=None if mllp is None else _address(mllp))


def _address(text: str) -> tuple[str, int]:
    host, separator, port = text.rpartition(":")
    if not (host and separator and port.isascii() and port.isdigit()):
        raise ConfigurationError("--mllp: HOST:PORT was expected, such as 127.0.0.1:2575.")
    return host, int(port)


def _sender(*, publisher: str, agency: str, connector: str) -> run.Sender:
    if not (publisher and agency):
        raise ConfigurationError(
            "--publisher and --agency were expected: who signs, and whose reports they are."
        )
    return run.Sender(publisher=publisher, connector=connector, agency=agency)


def _dry_run(
    found: Connector, source: run.Source, context: ConnectorContext, *, as_json: bool
) -> None:
    if source.path is None:
        raise ConfigurationError("--dry-run reads a path: --from was expected.")
    readings = found.read(source.path, context)
    try:
        refused = dry_run.print_json(readings) if as_json else dry_run.print_summary(readings)
    except OSError as error:
        raise HubError(
            f"{source.path.name} could not be read to its end: {error.strerror}."
        ) from None
    if refused:
        raise typer.Exit(EXIT_NOT_ALL_READ)
