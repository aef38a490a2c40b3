"""What was measured, on which machine, of which commit, by which command: one table, kept."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from benchmark.percentiles import Latencies
from hub.settings import PROJECT_ROOT

RESULTS = PROJECT_ROOT / "benchmark" / "results"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table. ``per_second`` says in its unit what was done a second."""

    what: str
    load: str
    per_second: str = ""
    latencies: Latencies | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """Where, of what and how the figures came to be."""

    cpu: str
    cores: int
    memory_gib: float
    file_system: str
    python: str
    commit: str
    dirty: bool
    began: str
    command: str
    load_average: tuple[float, ...]
    """Of the machine before the run, over 1, 5 and 15 minutes: above 0.5 others were at work."""


@dataclass(slots=True, kw_only=True)
class Results:
    """A run's rows as they come."""

    circumstances: Circumstances
    rows: list[Row] = field(default_factory=list)
    seconds: float = 0.0

    def markdown(self) -> str:
        """Answer everything as a page."""
        here = self.circumstances
        state = " and changes that are not committed" if here.dirty else ""
        machine = f"{here.cpu}, {here.cores} cores, {here.memory_gib:.0f} GiB, {here.file_system}"
        lines = [
            f"# Benchmark, {here.began[:10]}, commit {here.commit}",
            "",
            f"- machine: {machine}, Python {here.python}; everything on this one machine",
            f"- load average before: {', '.join(f'{one:.2f}' for one in here.load_average)}",
            f"- commit: {here.commit}{state}",
            f"- date: {here.began}; took {self.seconds:.0f} s",
            f"- command: `{here.command}`",
            "",
            *_table(self.rows),
            "",
        ]
        return "\n".join(lines)

    def keep(self, folder: Path) -> Path:
        """Write the page and the same as JSON; answer the page's path."""
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{self.circumstances.began[:10]}-{self.circumstances.commit}"
        page = folder / f"{name}.md"
        page.write_text(self.markdown(), encoding="utf-8")
        (folder / f"{name}.json").write_text(
            json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8"
        )
        return page


def circumstances(now: datetime, home: Path) -> Circumstances:
    """Look at the machine and the checkout."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    arguments = " ".join(sys.argv[1:])
    return Circumstances(
        cpu=_cpu(),
        cores=len(os.sched_getaffinity(0)),
        memory_gib=memory / 2**30,
        file_system=_file_system(home),
        python=".".join(map(str, sys.version_info[:3])),
        commit=_git("rev-parse", "--short", "HEAD") or "unknown",
        dirty=bool(_git("status", "--porcelain", "--untracked-files=no")),
        began=now.isoformat(timespec="seconds"),
        command=f"python -m benchmark {arguments}".strip(),
        load_average=os.getloadavg(),
    )


def _cpu() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next((line.split(":", 1)[1].strip() for line in lines if "model name" in line), "?")


def _file_system(path: Path) -> str:
    """Answer the type of the file system that holds a path: a commit waits for it."""
    mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    holding = [(one[1], one[2]) for one in mounts if path.is_relative_to(one[1])]
    return max(holding, key=lambda one: len(one[0]))[1] if holding else "?"


def _git(*arguments: str) -> str:
    done = subprocess.run(  # noqa: S603  # our own arguments
        ["git", *arguments],  # noqa: S607  # whichever git is installed
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    return done.stdout.strip()


def _table(rows: Sequence[Row]) -> Iterable[str]:
    head = ("what", "load", "a second", "p50 ms", "p95 ms", "p99 ms", "max ms", "remark")
    cells = [head, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(head))]
    for number, line in enumerate(cells):
        padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        yield f"| {' | '.join(padded)} |"
        if number == 0:
            yield f"|{'|'.join('-' * (width + 2) for width in widths)}|"


def _cells(row: Row) -> tuple[str, ...]:
    found = row.latencies
    times = (found.p50, found.p95, found.p99, found.maximum) if found else ()
    shown = tuple(f"{one:.1f}" for one in times) or ("", "", "", "")
    return (row.what, row.load, row.per_second, *shown, row.remark)
