"""``python -m benchmark.splink_beside.unguarded``: the hub's scorer without what guards children.

For measuring alone. Splink's model holds strangers and the same person, and no twins; nothing in it
forbids a link. This shows what the hub's weights come to under the same assumptions, so that one
can tell what the scorer costs and what its guards do. No hub can be set so: it is no part of one.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from hub.adapters.identity_files import read_records
from hub.adapters.identity_reference import shipped_matching
from hub.adapters.memory.identity import MemoryIdentityStore
from hub.commands.identity import NO_SECRET, evaluated, groups_of
from hub.commands.identity_shown import as_json, summary
from hub.core.clock import london_date
from hub.core.identity_given import CellReader
from hub.core.identity_levels import Levels, NumberLevel
from hub.core.identity_matching import Band, Matching
from hub.core.identity_weights import Bands, Score
from hub.core.seal import IdentityDigests

HARDLY_EVER: Final = 1e-9
"""In place of the chance of a twin, a brother or a sister: a logarithm wants more than nothing."""

FIXED: Final = 0.95
"""The band that the hub ships, and the threshold at which Splink's tutorials cluster."""

TRIED: Final = (FIXED, 0.5, 0.2, 0.05, 0.01)
"""Bands among which the truth chooses the best, as it does for Splink."""


class Unguarded(Matching):
    """The shipped weights, by which alone it is decided.

    No twin guard, no band of its own for the nameless, and no birth date that is settled by people.
    Two NHS numbers or two UPNs that differ are held apart as ever.
    """

    __slots__ = ()

    def _band(self, levels: Levels, found: Score, *, may_be_two: bool) -> Band:
        if NumberLevel.DIFFERS in (levels.nhs_number, levels.upn):
            return super()._band(levels, found, may_be_two=may_be_two)
        bands = self.weights.bands
        if found.chance >= bands.link:
            return Band.LINK
        return Band.REVIEW if found.chance >= bands.review else Band.NONE


def unguarded(records: int, link: float) -> Unguarded:
    """Answer the scorer for a file of so many records, linking from this chance on.

    It is told how many records there are, as Splink counts them, in place of the 200,000 children
    that an index is taken to hold at least.
    """
    shipped = shipped_matching().weights
    weights = replace(
        shipped,
        bands=Bands(link=link, link_unnamed=link, review=min(link, shipped.bands.review)),
        twins=HARDLY_EVER,
        siblings=HARDLY_EVER,
        children_least=1,
    )
    return Unguarded(weights=weights, children=records)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print what `hub identity evaluate` prints, of a file linked by the scorer alone.

    With several bands it is linked anew within each; as JSON each is a line.
    """
    wanted = _parser().parse_args(arguments)
    reader = CellReader(today=london_date(datetime.now(UTC)))
    records = read_records(wanted.file, reader)
    groups = groups_of(records, wanted.groups)
    for link in wanted.link or [FIXED]:
        found = evaluated(
            MemoryIdentityStore(IdentityDigests(NO_SECRET)),
            records,
            groups,
            matching=unguarded(len(records), link),
            schools_wait=False,
        )
        found = replace(found, left_out=reader.left_out, flawed=reader.flawed)
        told = json.dumps(as_json(found), ensure_ascii=False) if wanted.json else None
        text = told or "\n".join(summary(found))
        sys.stdout.write(f"{text}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmark.splink_beside.unguarded",
        description="Links a file as `hub identity evaluate --schools-found` does, by the weights "
        "alone: as if nobody had a twin, among as many children as there are records. No hub "
        "links so.",
    )
    parser.add_argument("file", type=Path, metavar="FILE.csv")
    parser.add_argument("--groups", type=Path, help="the groups of the records")
    parser.add_argument(
        "--link", type=float, action="append", help="linked from this chance on; may be repeated"
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return parser


if __name__ == "__main__":
    main()
