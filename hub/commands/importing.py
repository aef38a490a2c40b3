"""`hub import`: an agency's history, loaded once and as fast as the hub decides it."""

import json
import os
from collections.abc import Callable
from contextlib import closing
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from hub.adapters.stop_signals import stop_asked
from hub.commands.import_pace import Pace
from hub.commands.import_shown import ImportShown, as_json, summary
from hub.commands.import_worker import NICENESS, Workers
from hub.errors import ConfigurationError, HubError
from hub.ports import FirstLoad, LoadedPart, LoadOutcome, LoadWanted
from hub.settings import Settings, load_settings

if TYPE_CHECKING:
    from hub.bootstrap import Hub

GROUP: Final = "safeguarding_hub.loads"
EXIT_SOMETHING_REFUSED: Final = 3
"""All was read and decided, but not all that stood in it could be used."""

STATEMENT_SECONDS: Final = 600.0
"""The summary reads everything that came since the load was begun."""

NAMED_MAX: Final = 5
"""How many agencies of a publisher a refusal names."""

CONTINUES: Final = "The same command goes on where this one stopped; nothing comes twice."

Opener = Callable[[LoadWanted, Settings, Callable[[str], None]], FirstLoad]
"""Opens a load; the last is told each refused record in words."""


def import_path(  # noqa: PLR0913  # a command's options, all by name
    feed: Annotated[str, typer.Argument(help="Whose connector reads it: hub connector list.")],
    path: Annotated[Path, typer.Argument(help="The file or folder to load.", exists=True)],
    *,
    publisher: Annotated[str, typer.Option("--publisher", help="Who signs the reports.")],
    agency: Annotated[
        str, typer.Option("--agency", help="Whose records these are, unless each says so.")
    ] = "",
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help="The agency's own mapping file.", exists=True)
    ] = None,
    test_numbers: Annotated[
        bool, typer.Option("--test-numbers", help="Take NHS numbers of made-up people.")
    ] = False,
    training: Annotated[
        bool, typer.Option("--training", help="Take HL7 messages whose processing id is not P.")
    ] = False,
    in_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Load an agency's history: read, seal, sign, send and decide it, at the hub's own pace.

    Everything is marked as backfill: recorded, and never an alert to anybody. It goes the way of
    any report, so that it may be stopped, killed or started twice: the same command goes on where
    it was. A worker of the feed that runs does the work; where none runs, one is started and ended
    again. Live reports on the feed go on meanwhile, a few seconds later than usual.

    Exit code 0: all was read and decided. 1: it was stopped or let down; run it again. 2: the
    command or its files cannot be used. 3: all was read and decided, but something was refused.
    """
    os.nice(NICENESS)
    _import(
        LoadWanted(
            connector=feed,
            path=path,
            mapping=mapping,
            publisher=publisher,
            agency=agency,
            test_numbers=test_numbers,
            training=training,
        ),
        in_json=in_json,
    )


def _import(wanted: LoadWanted, *, in_json: bool) -> None:
    """Load it, say what came of it, and end as that deserves."""
    settings, shown = load_settings(), ImportShown()
    with closing(_opener()(wanted, settings, shown.say)) as load:
        outcome = _load(load, settings, shown, wanted.agency)
        counts, seconds = load.counts, shown.seconds
    if in_json:
        typer.echo(json.dumps(as_json(counts, outcome, seconds), ensure_ascii=False))
    else:
        typer.echo("\n".join(summary(counts, outcome, seconds)))
    if outcome.parked:
        raise HubError("Reports wait because they could not be used: see 'hub reports list'.")
    if counts.refused or outcome.rejected or outcome.conflicts:
        raise typer.Exit(EXIT_SOMETHING_REFUSED)


def _opener() -> Opener:
    for entry in entry_points(group=GROUP, name="open"):
        found: Opener = entry.load()
        return found
    raise ConfigurationError(
        "What reads an agency's records is not part of this installation; installing the project"
        " again, with `pip install -e .` in a checkout, registers it."
    )


def _load(load: FirstLoad, settings: Settings, shown: ImportShown, agency: str) -> LoadOutcome:
    """Drive the load to its end and answer what came of it."""
    from hub.bootstrap import Hub  # noqa: PLC0415  # keeps --help fast

    hub = Hub(settings, name="hub-import", connections=1, statement_seconds=STATEMENT_SECONDS)
    part = load.part
    log = settings.home / "logs" / f"import-{part.feed.value}.log"
    workers = Workers(part.feed, hub.kafka.has_members, log)
    try:
        _refuse_unknown(hub, part, agency)
        if load.continued:
            shown.say("This load was interrupted before; it goes on where it was.")
        with stop_asked() as asked, shown.of(load.counts):
            try:
                Pace(load, hub.loads, workers, shown, asked).run()
            except ConfigurationError:
                raise
            except HubError as error:
                raise HubError(f"{error} {CONTINUES}") from None
            finally:
                workers.stop()
        outcome = hub.loads.outcome(load.part)
        load.done()
        return outcome
    finally:
        hub.close()


def _refuse_unknown(hub: "Hub", part: LoadedPart, agency: str) -> None:
    """Refuse a publisher whose reports would all wait: it would never come to an end."""
    known = hub.publishers.registry().get(part.publisher)
    if known is None or part.feed not in {feed for _, feed in known.reports_for}:
        raise ConfigurationError(
            f"{part.publisher} is not entered as a publisher of the feed {part.feed.value}:"
            " 'hub publisher add' enters it."
        )
    may = sorted(of for of, feed in known.reports_for if feed is part.feed)
    if agency and agency not in may:
        raise ConfigurationError(
            f"{part.publisher} may not report for {agency} on the feed {part.feed.value}: it is"
            f" entered for {', '.join(may[:NAMED_MAX])}. Nothing was sent."
        )
