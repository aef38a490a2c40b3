"""The table of the hub beside Splink: printed, and kept as a page and as JSON."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from benchmark.results import Circumstances
from hub.core.identity_pairs import PairCounts

POINTS_BELOW_MAX: Final = 1.0
"""The goal: so far the hub's F1 may be below Splink's on FEBRL and like sets."""

_HEAD: Final = (
    *("file", "who", "threshold", "chosen by the truth", "true pairs", "linked", "right"),
    *("precision", "recall", "F1", "seconds"),
)
_READING: Final = """\
The hub takes the records one at a time in the order of writing, knows nothing of those to come,
and links within the bands that it ships. Splink is given the whole file at once. *Clusters* are
records that a chain of pairs joins: what the hub's children are to be held against. *Pairs* are
Splink's pairs as scored. "Chosen by the truth: yes" is the threshold of the highest F1, which
nobody can know of records whose truth is unknown; 0.95 is fixed beforehand, as the hub's bands
are. The hub's weights were counted on the made-up population's seed 1 with the truth known, so
the population favours it; FEBRL does not. *The hub's weights alone* are its scorer under Splink's
assumptions: no twins, no guard, among as many children as there are records. No hub links so; it
shows what the guards cost on files without twins, and what the scorer does. Seconds: linking alone;
for Splink reading, training and scoring. Starting is in neither."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the table."""

    file: str
    who: str
    threshold: str
    by_truth: bool
    counts: PairCounts
    seconds: float


@dataclass(slots=True, kw_only=True)
class Page:
    """Everything that was measured."""

    circumstances: Circumstances
    lines: list[Line] = field(default_factory=list)
    asked: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """By file: what was asked of Splink, and what it estimated."""

    def markdown(self) -> str:
        """Answer everything as a page."""
        here = self.circumstances
        state = " and changes that are not committed" if here.dirty else ""
        machine = f"{here.cpu}, {here.cores} cores, {here.memory_gib:.0f} GiB"
        return "\n".join(
            [
                f"# The hub beside Splink, {here.began[:10]}, commit {here.commit}",
                "",
                f"- machine: {machine}, Python {here.python}",
                f"- load average before: {', '.join(f'{one:.2f}' for one in here.load_average)}",
                f"- commit: {here.commit}{state}",
                f"- date: {here.began}",
                f"- command: `{here.command}`",
                "",
                *_table(self.lines),
                "",
                *_gaps(self.lines),
                "",
                _READING,
                "",
                "## What was asked of Splink",
                "",
                *_asked(self.asked),
                "",
            ]
        )

    def keep(self, folder: Path) -> Path:
        """Write the page and the same as JSON; answer the page's path."""
        folder.mkdir(parents=True, exist_ok=True)
        page = folder / f"{self.circumstances.began[:10]}-{self.circumstances.commit}-splink.md"
        page.write_text(self.markdown(), encoding="utf-8")
        page.with_suffix(".json").write_text(
            json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8"
        )
        return page


def _table(lines: Sequence[Line]) -> Iterator[str]:
    cells = [_HEAD, *map(_cells, lines)]
    widths = [max(len(row[at]) for row in cells) for at in range(len(_HEAD))]
    for number, row in enumerate(cells):
        yield f"| {' | '.join(c.ljust(w) for c, w in zip(row, widths, strict=True))} |"
        if number == 0:
            yield f"|{'|'.join('-' * (width + 2) for width in widths)}|"


def _cells(line: Line) -> tuple[str, ...]:
    counts = line.counts
    return (
        *(line.file, line.who, line.threshold, "yes" if line.by_truth else "no"),
        *(f"{count:,}" for count in (counts.true, counts.linked, counts.right)),
        *map(_percent, (counts.precision, counts.recall, counts.f1)),
        f"{line.seconds:.1f}",
    )


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.2f} %"


def _gaps(lines: Sequence[Line]) -> Iterator[str]:
    """Yield for each file how far the hub's F1 is from that of Splink's clusters."""
    for file in dict.fromkeys(line.file for line in lines):
        here = [line for line in lines if line.file == file]
        [hub, *_] = [line for line in here if line.who == HUB]
        splinks = [line for line in here if line.who == CLUSTERS]
        told = [f"{points_between(hub, one):+.1f} points {_where(one)}" for one in splinks]
        yield f"- {file}: the hub's F1 less that of Splink's clusters: {', '.join(told)}"
        alone = [
            f"{points_between(ours, one):+.1f} points, both {_where(one)}"
            for one in splinks
            for ours in here
            if ours.who == ALONE and ours.by_truth == one.by_truth
        ]
        if alone:
            yield f"  - its weights alone, without guards, less the same: {', '.join(alone)}"
    yield f"- aimed at on FEBRL: no more than {POINTS_BELOW_MAX:.0f} point below"


HUB: Final = "the hub"
ALONE: Final = "the hub's weights alone"
HUB_SCHOOLS: Final = "the hub, schools found children"
CLUSTERS: Final = "Splink's clusters"
PAIRS: Final = "Splink's pairs"


def points_between(one: Line, other: Line) -> float:
    """Answer by how many points the F1 of one is above that of another; nothing found is 0."""
    return 100 * ((one.counts.f1 or 0.0) - (other.counts.f1 or 0.0))


def _where(line: Line) -> str:
    return "at its best" if line.by_truth else "at 0.95"


def _asked(asked: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for file, one in asked.items():
        versions = ", ".join(f"{name} {number}" for name, number in one["versions"].items())
        columns = ", ".join(one["columns"])
        yield f"- {file}: {versions}, deduplicating; columns with values: {columns}"
        yield f"  - blocking: {_rules(one['blocking'])}"
        yield (
            f"  - prior: of pairs that agree on {_rules(one['nearly_certain'])}; these find a"
            f" guessed {100 * one['recall_guessed']:.0f} % of the true pairs"
        )
        yield f"  - u: of at most {one['random_pairs']:,} pairs drawn at random"
        yield f"  - m: expectation maximisation, blocked on {_rules(one['training'])}"
    levels: dict[str, Any] = {}
    for one in asked.values():
        levels |= one["comparisons"]
    for column, found in levels.items():
        yield f"- {column}: {'; '.join(_level(level) for level in found)}"


def _rules(rules: Iterable[Iterable[str]]) -> str:
    return "; ".join(" and ".join(rule) for rule in rules)


def _level(level: Mapping[str, Any]) -> str:
    return f"{level['level']}{' (term frequencies)' if level['term_frequencies'] else ''}"
