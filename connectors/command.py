"""The options of `hub connector`; the hub finds this by entry point and knows no connector."""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from connectors import examples, installed, making, refusals, run
from connectors.contract import Connector, ConnectorContext, ReadsForMany
from connectors.dry_run import DryRun, Summary
from hub.adapters.schemas import shipped_schemas
from hub.core.report import Refusal
from hub.errors import ConfigurationError, HubError
from hub.settings import load_settings

PORT_MAX = 65_535

EXIT_SOMETHING_REFUSED = 3
"""The source was read to its end, but not all that stood in it could be used."""

EXIT_NOTHING_READ = 4
"""The source was read to its end and held no record: a quiet day, or an export that failed."""

app = typer.Typer(no_args_is_help=True, help="Run an agency's connector.")


@app.command("list")
def list_connectors() -> None:
    """Name the connectors that are installed."""
    for name in sorted(installed.modules()):
        typer.echo(name)


@app.command("new")
def new_connector(
    name: Annotated[str, typer.Argument(help="Of the agency or its kind, such as walk_in_centre.")],
    *,
    feed: Annotated[str, typer.Option("--feed", help="Which feed it reports on.")],
) -> None:
    """Make the folder of a new connector, with one example, that keeps the contract at once."""
    made = making.make(name, feed)
    for path in made.files:
        typer.echo(f"made      {path}")
    for words in made.left_to_add:
        typer.echo(words)
    typer.echo("Next      connectors/README.md says how to make it the agency's own.")


@app.command("examples")
def check_examples(
    name: Annotated[str, typer.Argument(help="Which connector; hub connector list names them.")],
    *,
    write: Annotated[
        bool,
        typer.Option("--write", help="Write down what each becomes; read it before you keep it."),
    ] = False,
) -> None:
    """Compare a connector's examples with what they become.

    Exit code 0: they agree. 3: some do not; with --write they are written anew.
    """
    found, folder = installed.find_connector(name), installed.folder_of(name)
    all_examples = examples.examples_in(folder)
    changed = [one for one in all_examples if examples.differing(found, one)]
    for example in changed:
        if write:
            examples.write(found, example)
        typer.echo(f"{'written' if write else 'differs':<9} {example.folder.name}")
    typer.echo(f"{len(all_examples)} examples, {len(all_examples) - len(changed)} as they say.")
    if changed and not write:
        raise typer.Exit(EXIT_SOMETHING_REFUSED)


@app.command("run")
def run_connector(  # noqa: PLR0913  # a command's options, all by name
    name: Annotated[str, typer.Argument(help="Which connector; hub connector list names them.")],
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
        str,
        typer.Option(
            "--agency", help="Whose reports they are: an ODS, GSS or force code, or URN107442."
        ),
    ] = "",
    connector: Annotated[
        str, typer.Option("--connector", help="Name of this connector; default: its kind.")
    ] = "",
    dry: Annotated[
        bool, typer.Option("--dry-run", help="Print what would be told; no keys, no Kafka.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON, one line each; refused records on stderr.")
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

    Each refused record is named on standard error: where it stands, which field, what was expected,
    and nothing of a person. Everything else goes on. With --dry-run --json the last line there sums
    up what was read, left out by reason, refused and at fault.

    Exit code 0: all was read, to the end. 1: the source broke off, or Kafka or the disk could not
    take it; run it again. 2: the command or its files cannot be used. 3: read to the end, but a
    record, or a field of one, was refused: mend what standard error names. 4: read to the end, and
    there was no record in it: a quiet day, or an export that failed. A listener (--mllp) ends with
    0 whatever it refused, because the senders were answered.
    """
    settings = load_settings()
    found = installed.find_connector(name)
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
        summary = _dry_run(found, source, context, as_json=as_json)
        _end(source, records=summary.records, refused=summary.refused, as_json=as_json)
        return
    sender = _sender(
        publisher=publisher,
        agency=agency,
        connector=connector or name,
        named_by_source=isinstance(found, ReadsForMany),
    )
    progress = run.run(
        found, source, context, sender, settings, name_refusal=_naming(as_json=as_json)
    )
    typer.echo(json.dumps(asdict(progress.counts)) if as_json else progress.sentence())
    counts = progress.counts
    _end(source, records=counts.records, refused=counts.refused, as_json=as_json)


def _end(source: run.Source, *, records: int, refused: int, as_json: bool) -> None:
    """End with the code that says what an operator should look at, if anything."""
    if source.path is None:
        return
    if refused:
        raise typer.Exit(EXIT_SOMETHING_REFUSED)
    if not records:
        if not as_json:  # there the counts say so, and every line is for a program
            typer.echo(
                f"Nothing was read: {source.path.name} holds no record. On a quiet day that is so;"
                " if there should have been one, look at what wrote it.",
                err=True,
            )
        raise typer.Exit(EXIT_NOTHING_READ)


def _naming(*, as_json: bool) -> Callable[[Refusal], None]:
    say = refusals.as_json if as_json else refusals.in_words

    def name(refusal: Refusal) -> None:
        sys.stderr.write(say(refusal) + "\n")
        sys.stderr.flush()

    return name


def _source(path: Path | None, mllp: str | None) -> run.Source:
    if (path is None) == (mllp is None):
        raise ConfigurationError("Either --from PATH or --mllp HOST:PORT was expected.")
    return run.Source(path=path, listen=None if mllp is None else _address(mllp))


def _address(text: str) -> tuple[str, int]:
    host, separator, port = text.rpartition(":")
    number = int(port) if port.isascii() and port.isdigit() and len(port) <= len("65535") else 0
    if not (host and separator and 1 <= number <= PORT_MAX):
        raise ConfigurationError(
            f"--mllp: HOST:PORT was expected, such as 127.0.0.1:2575, with a port from 1 to"
            f" {PORT_MAX}."
        )
    return host, number


def _sender(*, publisher: str, agency: str, connector: str, named_by_source: bool) -> run.Sender:
    if not (publisher and (agency or named_by_source)):
        raise ConfigurationError(
            "--publisher and --agency were expected: who signs, and whose reports they are."
        )
    return run.Sender(publisher=publisher, connector=connector, agency=agency)


def _dry_run(
    found: Connector, source: run.Source, context: ConnectorContext, *, as_json: bool
) -> Summary:
    if source.path is None:
        raise ConfigurationError("--dry-run reads a path: --from was expected.")
    readings = found.read(source.path, context)
    dry_run = DryRun(shipped_schemas(), context.started_at)
    try:
        (dry_run.print_json if as_json else dry_run.print_words)(readings)
    except OSError as error:
        raise HubError(
            f"{source.path.name} could not be read to its end: {error.strerror}."
        ) from None
    return dry_run.summary
