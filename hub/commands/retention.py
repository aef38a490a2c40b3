"""``hub retention``: how long what agencies told is kept, and deleting what is past its time."""

import getpass
import json
from contextlib import closing
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from hub.adapters.policy_files import load_policies
from hub.core.disclosure import Role
from hub.core.retention import longest
from hub.service.asker import Asker
from hub.settings import load_settings

app = typer.Typer(help="How long what was told is kept.", no_args_is_help=True)


@app.command("show")
def show() -> None:
    """Show how long each is kept: the longest that any policy in force says."""
    policies = load_policies(load_settings().policies)
    for kept, days in longest(one.retention for one in policies.every()).days.items():
        typer.echo(f"{kept.value.replace('_', ' ')}: {days} days")
    typer.echo("Longer: what an alert rests on, and of children in a register.")


@app.command("run")
def run(
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Delete nothing, and count what would be.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One object of JSON.")] = False,
) -> None:
    """Delete what is past its time and what nothing rests on; it may be stopped and begun again."""
    from hub.adapters.store.retaining import PostgresRetaining  # noqa: PLC0415  # fast --help
    from hub.bootstrap import Hub  # noqa: PLC0415  # as above
    from hub.service.retaining import Retain  # noqa: PLC0415  # as above

    operator = Asker(
        user_id=f"command line, {getpass.getuser()}", role=Role.HUB_OPERATOR, organisation="HUB"
    )
    console = Console(stderr=True)
    with closing(Hub(load_settings())) as hub, Progress(console=console) as shown:
        task = shown.add_task("events", total=None)
        retain = Retain(hub.surroundings, PostgresRetaining(hub.postgres))
        deleted = retain(
            operator,
            trial=dry_run,
            progress=lambda seen, total: shown.update(task, completed=seen, total=total),
        )
    counts = {kind.value: count for kind, count in sorted(deleted.items())}
    if as_json:
        typer.echo(json.dumps({"dry_run": dry_run, "events": counts}))
        return
    for kind, count in counts.items():
        typer.echo(f"{kind.replace('_', ' ')}: {count:,}{' would be' if dry_run else ''} deleted")
    if not counts:
        typer.echo("nothing is past its time")
