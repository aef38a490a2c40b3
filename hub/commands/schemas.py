"""`hub schemas check | show`: whether schemas can read what was written before, in words."""

import json
from pathlib import Path
from typing import Annotated

import typer

from hub.adapters import schema_check
from hub.adapters.schemas import SCHEMAS, shipped_schemas
from hub.errors import ConfigurationError, HubError

app = typer.Typer(
    no_args_is_help=True, help="Check that schemas can read what was sent before, and show them."
)


@app.command()
def check(
    *,
    against: Annotated[
        str, typer.Option("--against", help="A git reference, such as v1.0 or origin/main.")
    ] = "",
    folder: Annotated[
        Path,
        typer.Option("--from", help="A folder of schemas, such as an agency's copy.", exists=True),
    ] = SCHEMAS,
) -> None:
    """Say whether each schema can read its last version; exit code 1 and the field if not."""
    findings = list(schema_check.check_folder(folder))
    if against:
        findings += schema_check.check_against(against, folder)
    if folder != SCHEMAS:
        findings += schema_check.check_known(folder)
    for finding in findings:
        typer.echo(finding.sentence)
    problems = sum(not finding.well for finding in findings)
    if problems:
        raise HubError(f"{problems} of {len(findings)} schema checks failed.")


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="Name and version: emergency_attendance.v1.")],
) -> None:
    """Print a schema whole, as one JSON document with every named type written out."""
    known = {schema.label: schema for schema in shipped_schemas().by_prefix.values()}
    if name not in known:
        raise ConfigurationError(f"Schema {name} is not known; known: {', '.join(sorted(known))}.")
    typer.echo(json.dumps(known[name].whole, indent=2, ensure_ascii=False))
