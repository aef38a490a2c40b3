"""Feeds from the command line: what is missing and stands against answers, and settling it."""

import json
from collections.abc import Sequence
from contextlib import closing
from typing import Annotated

import typer

from hub.ports import Unsettled
from hub.service.settle import standing_in
from hub.settings import load_settings

app = typer.Typer(help="Feeds: what is missing or faulty, and settling it.", no_args_is_help=True)

Reference = Annotated[str, typer.Argument(help="What to settle, as 'hub feeds gaps' names it.")]
By = Annotated[str, typer.Option("--by", help="Who settles it: a named person.")]
Reason = Annotated[
    str,
    typer.Option("--reason", help="Why, for the record: what became of it. Nothing of a person."),
]


@app.command()
def gaps(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One object a line.")] = False,
) -> None:
    """Say what is missing from feeds, parked or faulty, and whose answers it stands against.

    A policy file that is refused is said last, with exit code 2: nothing else here goes by it.
    """
    from hub.bootstrap import Hub  # noqa: PLC0415  # keeps --help fast

    with closing(Hub(load_settings())) as hub:
        _tell(standing_in(hub.questions), as_json=as_json)
        hub.policies.every()


def _tell(standing: Sequence[Unsettled], *, as_json: bool) -> None:
    for one in standing:
        if as_json:
            told = {
                "reference": one.reference,
                "feed": one.feed,
                "agencies": list(one.agencies),
                "sentence": one.sentence,
                "since": one.since.isoformat() if one.since else None,
            }
            typer.echo(json.dumps(told))
            continue
        whose = ", ".join(one.agencies) or "no agency"
        typer.echo(f"{one.reference}\n  {one.sentence} In doubt: {whose}.")
    if not standing and not as_json:
        typer.echo("nothing is missing")


@app.command()
def settle(
    reference: Reference,
    by: By,
    reason: Reason,
    *,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do it; without this it only says what.")
    ] = False,
) -> None:
    """Let it stand against no answer from now on; a missing report that comes later still counts.

    It is kept who settled it, why, and what could be answered then.
    """
    from hub.bootstrap import Hub  # noqa: PLC0415  # keeps --help fast

    with closing(Hub(load_settings())) as hub:
        if yes:
            settled = hub.settle(reference, by=by, reason=reason)
        else:
            settled = hub.settle.foresee(reference)
    typer.echo(settled.one.sentence)
    for sentence in settled.answerable:
        typer.echo(f"  {sentence}")
    typer.echo("settled" if settled.done else "nothing was changed; run again with --yes to settle")
