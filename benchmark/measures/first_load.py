"""`hub import health` as an operator runs it: a hospital's history from a file to committed rows.

The command is a process of its own and the feed's worker is the one that runs already. The rate is
the command's own: from its beginning until everything is read, sent, decided and summed up.
"""

import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmark.cast import Cast
from benchmark.hl7_files import VISITS_OF_TWO_CHILDREN, write_history
from benchmark.measures.extent import Extent
from benchmark.results import Row
from benchmark.stage import Stage
from hub.demo.agencies import HOSPITALS, Agency
from hub.errors import ServiceMissing
from hub.settings import PROJECT_ROOT

LOAD_SECONDS_MAX = 1_800.0


def measure(cast: Cast, extent: Extent) -> list[Row]:
    """Measure the first load of a file, and the same file again, of which everything is known."""
    stage, hospital = cast.stage, HOSPITALS[0]
    path = stage.settings.home / "history.hl7"
    wanted = max(1, 2 * extent.events // VISITS_OF_TWO_CHILDREN)
    children = [child for child in cast.take_new(2 * wanted) if child.trust == hospital.code]
    visits = write_history(path, hospital.code, children, stage.clock.now())
    about = (
        f"{visits:,} visits of {len(children):,} children, {path.stat().st_size / 2**20:.1f} MiB"
    )
    return [
        _measure(stage, hospital, path, f"{label}: {about}")
        for label in ("a file, first load", "the same file again")
    ]


def _measure(stage: Stage, hospital: Agency, path: Path, load: str) -> Row:
    stage.tell(f"import: {load}")
    used, before = stage.processor_time(), _ended_children()
    told = _import(hospital, path)
    reader = _ended_children() - before
    events = int(told["events"])
    return Row(
        what="hub import health",
        load=load,
        per_second=f"{events / max(told['seconds'], 0.1):,.0f} events",
        remark="; ".join(
            (
                f"{told['seconds']} s; {told['new']:,} new, {told['already_known']:,} known before",
                f"{told['conflicts']:,} in conflict, {len(told['refused']):,} reasons of refusal",
                used.each(events, "an event", 2),
                f"reader, its start included, {1000 * reader / max(events, 1):.2f}",
            )
        ),
    )


def _import(hospital: Agency, path: Path) -> dict[str, Any]:
    """Run the command to its end and answer its summary."""
    mapping = ("--mapping", str(hospital.mapping)) if hospital.mapping else ()
    done = subprocess.run(  # noqa: S603  # our own command
        [
            *(sys.executable, "-m", "hub", "import", hospital.feed.value, str(path)),
            *("--publisher", hospital.publisher, "--agency", hospital.code, *mapping, "--json"),
        ],
        cwd=PROJECT_ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=LOAD_SECONDS_MAX,
    )
    if done.returncode:
        raise ServiceMissing(f"hub import ended with {done.returncode}: {done.stderr[-500:]}")
    summary: dict[str, Any] = json.loads(done.stdout)
    return summary


def _ended_children() -> float:
    """Answer the processor seconds of this process's children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
