"""What `hub identity evaluate` shows: a bar on a terminal, then tables, or one object of JSON."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from hub.core.identity import Verdict
from hub.core.identity_given import FlawedCell
from hub.core.identity_groups import MISTAKE
from hub.core.identity_pairs import REVIEWED, WAITING, PairCounts
from hub.core.identity_quality import Quality

FLAWED_SHOWN: Final = 20
"""Cells that are named in words; JSON has more."""

SHOW_SECONDS: Final = 0.2
SMALLEST_SHARE: Final = 0.0001
"""Of what is shown in hundredths of a per cent."""

_NONE: Final = "-"
_RIGHT_MEANS: Final = {
    Verdict.MATCHED.value: "linked to a child that has another record of the person",
    Verdict.POSSIBLE.value: "a child asked about is the person's",
    Verdict.MANY.value: "a child asked about is the person's",
    Verdict.NEW.value: "no record of the person came before",
    WAITING: "a school's record, and no child of the person's is there",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """All that is told of one evaluation."""

    quality: Quality
    agencies: Mapping[str, int]
    """Records by the kind of agency that wrote them."""
    wide_keys: Mapping[str, int]
    labelled: bool
    """Whether the file says which pairs a person could tell."""
    seconds: float
    left_out: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """Cells that held no valid value, by column and failed check."""
    flawed: Sequence[FlawedCell] = ()
    """Cells to look at, by line and column."""


class Bar:
    """Shows on standard error how many records are linked, where that is a terminal."""

    def __init__(self) -> None:
        self._progress = Progress(
            *(TextColumn("linked"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()),
            console=Console(stderr=True),
            transient=True,
        )
        self._bar = self._progress.add_task("", total=None)
        self._shown_at = 0.0

    @contextmanager
    def of(self, total: int) -> Iterator[None]:
        """Show how far so many are, while inside."""
        self._progress.update(self._bar, total=total)
        if not self._progress.console.is_terminal:
            yield
            return
        with self._progress:
            yield

    def show(self, count: int) -> None:
        """Show that so many are linked."""
        now = time.monotonic()
        if now - self._shown_at >= SHOW_SECONDS:
            self._shown_at = now
            self._progress.update(self._bar, completed=count)


def as_json(found: Evaluated) -> Mapping[str, object]:
    """Answer an evaluation as an object for JSON; its keys are in docs/identity.md."""
    quality, labelled = found.quality, found.labelled
    groups = {
        name: {"records": records, **_pairs(pairs, labelled=labelled)}
        for name, (records, pairs) in quality.by_group.items()
    }
    return {
        "records": quality.records,
        "people": quality.people,
        "clusters": quality.clusters,
        "clusters_right": quality.clusters_right,
        "pairs": _pairs(quality.pairs, labelled=labelled),
        "no_strong_identifier_shared": _pairs(quality.no_number_shared, labelled=labelled),
        "by_group": {name: one for name, one in groups.items() if not name.startswith(MISTAKE)},
        "by_mistake": {
            name.removeprefix(MISTAKE): one
            for name, one in groups.items()
            if name.startswith(MISTAKE)
        },
        "verdicts": {
            name: {"records": records, "right": right}
            for name, (records, right) in quality.verdicts.items()
        },
        "by_evidence": [
            {"verdict": verdict, "evidence": list(words), "records": records, "right": right}
            for (verdict, words), (records, right) in quality.by_evidence.items()
        ],
        "review": {
            "records": _in_review(quality),
            "questions": quality.questions,
            "questions_right": quality.questions_right,
        },
        "missed_pairs_known_to_schools_only": quality.schools_only,
        "agencies": dict(sorted(found.agencies.items())),
        **_cells(found),
        "wide_keys": dict(sorted(found.wide_keys.items())),
        "seconds": round(found.seconds, 1),
        "records_per_second": round(_rate(found)),
    }


def summary(found: Evaluated) -> Iterator[str]:
    """Yield an evaluation in words and tables, without anything of a person."""
    quality = found.quality
    yield (
        f"{quality.records:,} records of {quality.people:,} people; linked in"
        f" {found.seconds:.1f} s, {_rate(found):,.0f} a second"
    )
    yield (
        f"{quality.clusters:,} children, {quality.clusters_right:,} of which hold exactly one"
        " person's records (a record that waits counts as a child)"
    )
    yield ""
    yield from _table_of_pairs(found)
    yield ""
    yield from _table_of_verdicts(quality)
    yield ""
    yield (
        f"Review: {_in_review(quality):,} records, {quality.questions:,} questions whether a record"
        f" is a child's; {quality.questions_right:,} are to be answered yes"
    )
    yield (
        f"Missed by design: {quality.schools_only:,} pairs of people whom only schools know;"
        " those records wait"
    )
    yield from _table_of_left_out(found)
    yield from _flawed_cells(found.flawed)
    for kind, count in sorted(found.wide_keys.items()):
        yield f"Key {kind}: {count:,} times more children behind one than are looked at"


def _table_of_pairs(found: Evaluated) -> Iterator[str]:
    quality = found.quality
    groups = sorted(quality.by_group.items(), key=lambda item: (":" in item[0], item[0]))
    rows = [
        ("all", quality.records, quality.pairs),
        ("no strong identifier shared", None, quality.no_number_shared),
        *((name, count, pairs) for name, (count, pairs) in groups if not name.startswith(MISTAKE)),
    ]
    head = ["pairs", "records", "true", "linked", "right", "precision", "recall", "F1", "missed"]
    head += ["in review"]
    head += ["tellable", "linked", "rest in review"] if found.labelled else []
    cells = [head]
    for name, records, pairs in rows:
        told = _tellable(pairs) if found.labelled else []
        counts = [pairs.true, pairs.linked, pairs.right]
        shares = [pairs.precision, pairs.recall, pairs.f1]
        cells.append(
            [
                *(name, _NONE if records is None else f"{records:,}"),
                *(f"{count:,}" for count in counts),
                *map(percent, shares),
                *(f"{pairs.missed:,}", percent(pairs.missed_in_review), *told),
            ]
        )
    yield from _aligned(cells)


def _tellable(pairs: PairCounts) -> list[str]:
    review = percent(pairs.tellable_missed_in_review)
    return [f"{pairs.tellable:,}", percent(pairs.tellable_recall), review]


def _table_of_verdicts(quality: Quality) -> Iterator[str]:
    cells = [["verdicts", "records", "right", "share", "right means"]]
    for verdict, (records, right) in quality.verdicts.items():
        share = percent(right / records)
        cells.append([verdict, f"{records:,}", f"{right:,}", share, _RIGHT_MEANS[verdict]])
    yield from _aligned(cells)


def _table_of_left_out(found: Evaluated) -> Iterator[str]:
    if found.left_out:
        cells = [["left out of records", "cells", "why"]]
        for (column, reason), count in sorted(found.left_out.items()):
            cells.append([column, f"{count:,}", reason.replace("_", " ")])
        yield ""
        yield from _aligned(cells)


def _cells(found: Evaluated) -> Mapping[str, object]:
    return {
        "left_out": [[*why, count] for why, count in sorted(found.left_out.items())],
        "flawed_cells": [[c.line, c.column, c.flaw.value, c.expected] for c in found.flawed],
    }


def _flawed_cells(flawed: Sequence[FlawedCell]) -> Iterator[str]:
    """Yield where cells are that want a look, and never what is in them."""
    if flawed:
        yield ""
    for one in flawed[:FLAWED_SHOWN]:
        yield f"line {one.line}, column {one.column}: {one.flaw}; {one.expected} was expected"
    if len(flawed) > FLAWED_SHOWN:
        yield "More such cells are in the result as JSON (--json)"


def _pairs(pairs: PairCounts, *, labelled: bool) -> Mapping[str, object]:
    told: Mapping[str, object] = {
        "tellable": pairs.tellable,
        "tellable_right": pairs.tellable_right,
        "tellable_recall": pairs.tellable_recall,
        "tellable_in_review": pairs.tellable_in_review,
        "tellable_missed_in_review": pairs.tellable_missed_in_review,
    }
    return {
        "true": pairs.true,
        "linked": pairs.linked,
        "right": pairs.right,
        "precision": pairs.precision,
        "recall": pairs.recall,
        "f1": pairs.f1,
        "missed": pairs.missed,
        "in_review": pairs.in_review,
        "missed_in_review": pairs.missed_in_review,
        **(told if labelled else {}),
    }


def _in_review(quality: Quality) -> int:
    return sum(count for name, (count, _) in quality.verdicts.items() if name in REVIEWED)


def _rate(found: Evaluated) -> float:
    return found.quality.records / found.seconds if found.seconds else 0.0


def percent(share: float | None) -> str:
    """Answer a share in words; one wrong of a million is not all, and one right is not none."""
    if share is None:
        return _NONE
    if 0 < share < SMALLEST_SHARE:
        return "< 0.01 %"
    if 1 - SMALLEST_SHARE < share < 1:
        return "> 99.99 %"
    return f"{100 * share:.2f} %"


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield rows with their columns under each other: the first and the last words to the left."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for row in rows:
        cells = [
            cell.rjust(width) if at and not _is_words(rows, at) else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


def _is_words(rows: Sequence[Sequence[str]], at: int) -> bool:
    return any(row[at][:1].isalpha() for row in rows[1:])
