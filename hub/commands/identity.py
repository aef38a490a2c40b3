"""`hub identity`: how well records are matched where the truth is known, and the index's keys."""

import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, Final

import typer

from hub.adapters.decision_keys import passing_decision_keys
from hub.adapters.identity_files import read_groups, read_records
from hub.adapters.identity_reference import matching_within
from hub.adapters.memory.identity import MemoryIdentityStore
from hub.adapters.policy_files import load_policies
from hub.commands.identity_index import blocks, reindex
from hub.commands.identity_keys_shown import keys_as_json, keys_table
from hub.commands.identity_reports import export_unmatched, report
from hub.commands.identity_shown import Bar, Evaluated, as_json, summary
from hub.core.clock import london_date
from hub.core.identity_given import CellReader, GivenRecord
from hub.core.identity_groups import GivenGroups, groups_in
from hub.core.identity_key_quality import KeyQuality, key_quality
from hub.core.identity_matching import Matching
from hub.core.identity_quality import quality_of
from hub.core.seal import EventDigests, IdentityDigests
from hub.errors import ConfigurationError
from hub.service.identity_evaluation import Evaluation

app = typer.Typer(help="How well records are matched to children.", no_args_is_help=True)
app.command()(reindex)
app.command()(blocks)

app.command("report")(report)
app.command("export-unmatched")(export_unmatched)

NO_SECRET: Final = bytes(32)
"""Nothing is stored, so there is nothing to keep secret; one key gives one result for one file."""

Groups = Annotated[
    Path | None,
    typer.Option("--groups", help="The groups of the records.", exists=True, dir_okay=False),
]
SchoolsFound = Annotated[
    bool,
    typer.Option(
        "--schools-found", help="Let records of schools found children, as the hub never does."
    ),
]
PoliciesTried = Annotated[
    Path | None,
    typer.Option(
        "--policies",
        help="Link within the bands of the hub.toml in this directory.",
        exists=True,
        file_okay=False,
    ),
]


@app.callback()
def _root() -> None:
    """Measure how well records are matched to children."""


@app.command()
def evaluate(  # noqa: PLR0913  # the command's options, each with its help
    file: Annotated[
        Path,
        typer.Argument(
            help="Records with their truth: see docs/identity.md.", exists=True, dir_okay=False
        ),
    ],
    *,
    groups: Groups = None,
    schools_found: SchoolsFound = False,
    keys: Annotated[
        bool, typer.Option("--keys", help="Tell also what each kind of key finds, and finds alone.")
    ] = False,
    policies: PoliciesTried = None,
    in_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Link a file's records as the hub would, and tell how well that fits the truth in it.

    Each record goes through the hub's own linking, one at a time, in the order of `recorded_at`.
    Everything is held in memory and gone afterwards: no server is needed, and nothing of anybody is
    printed or kept. Exit code 0: it was measured. 2: the file cannot be used.
    """
    bands = load_policies(policies).hub.bands if policies else None
    reader = CellReader(today=_today())
    records = read_records(file, reader)
    store = MemoryIdentityStore(IdentityDigests(NO_SECRET))
    found = evaluated(
        store,
        records,
        groups_of(records, groups),
        matching=matching_within(bands),
        schools_wait=not schools_found,
    )
    found = replace(found, left_out=reader.left_out, flawed=reader.flawed)
    found_by = _key_quality(store, records)
    if in_json:
        told = {**as_json(found), "keys": keys_as_json(found_by)}
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        typer.echo("\n".join([*summary(found), *(keys_table(found_by) if keys else ())]))


def _today() -> date:
    from hub.bootstrap import SystemClock  # noqa: PLC0415  # keeps --help fast

    return london_date(SystemClock().now())


def _key_quality(store: MemoryIdentityStore, records: Sequence[GivenRecord]) -> KeyQuality:
    """Answer what each kind of key finds of these records, which the store holds."""
    references = EventDigests(NO_SECRET)
    refs = [references.record_ref(one.agency, one.record_id) for one in records]
    return key_quality([one.person for one in records], [store.keys_of(ref) for ref in refs])


def evaluated(
    store: MemoryIdentityStore,
    records: Sequence[GivenRecord],
    groups: Sequence[GivenGroups],
    *,
    matching: Matching,
    schools_wait: bool,
) -> Evaluated:
    """Link the records and answer how well that fits the truth in them."""
    digests, bar = IdentityDigests(NO_SECRET), Bar()
    evaluation = Evaluation(
        store=store,
        digests=digests,
        references=EventDigests(NO_SECRET),
        matching=matching,
        signing=passing_decision_keys(),
        schools_wait=schools_wait,
    )
    began = time.monotonic()
    with bar.of(len(records)):
        judged = evaluation.judge(records, groups, bar.show)
    seconds = time.monotonic() - began
    return Evaluated(
        quality=quality_of(judged),
        agencies=Counter(one.kind.value for one in records),
        wide_keys=store.wide_keys,
        labelled=any(one.told_as for one in groups),
        seconds=seconds,
    )


def groups_of(records: Sequence[GivenRecord], path: Path | None) -> tuple[GivenGroups, ...]:
    """Answer the groups of each record: of a file of groups, or those that the records tell apart.

    Raises:
        ConfigurationError: the file of groups cannot be read, or lacks a record.
    """
    if path is None:
        return groups_in(records)
    given = read_groups(path)
    missing = sum(one.record_id not in given for one in records)
    if missing:
        raise ConfigurationError(
            f"{path.name}: {missing:,} of {len(records):,} records have no row; one each was"
            " expected."
        )
    return tuple(given[one.record_id] for one in records)
