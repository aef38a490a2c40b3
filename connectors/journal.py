"""How far a first load is, on disk: so that one that was killed goes on where it was."""

import hashlib
import json
import os
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self

from hub.ports import LoadCounts, LoadWanted

_SUFFIX: Final = ".writing"


@dataclass(slots=True, kw_only=True)
class Journal:
    """What stands in the file. It is written after the reports it speaks of, never before.

    Attributes:
        source: which load this is: see ``source_of``.
        begun_at: when it was begun, which is what its connector takes for now throughout.
        epoch: of the spool that its reports are in.
        first: the number of its first report.
        readings: how many readings are wholly in reports.
        counts: what those readings came to.
        read_to_end: whether there is nothing more to read.
    """

    source: str
    begun_at: datetime
    epoch: int
    first: int
    readings: int = 0
    counts: LoadCounts = field(default_factory=LoadCounts)
    read_to_end: bool = False

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """Answer what the file holds, or ``None`` where there is none that can be read."""
        try:
            held = json.loads(path.read_text())
            return cls(
                source=held["source"],
                begun_at=datetime.fromisoformat(held["begun_at"]),
                epoch=held["epoch"],
                first=held["first"],
                readings=held["readings"],
                read_to_end=held["read_to_end"],
                counts=_counts(held["counts"]),
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None  # a load begun anew tells what it has told before, which is harmless

    def write(self, path: Path) -> None:
        """Replace the file at once; a machine that loses power may find the one before."""
        held = {
            "source": self.source,
            "begun_at": self.begun_at.isoformat(),
            "epoch": self.epoch,
            "first": self.first,
            "readings": self.readings,
            "read_to_end": self.read_to_end,
            "counts": {
                "read": self.counts.read,
                "events": self.counts.events,
                "left_out": dict(self.counts.left_out),
                "refused": [[*why, count] for why, count in self.counts.refused.items()],
            },
        }
        writing = path.with_suffix(_SUFFIX)
        writing.write_text(json.dumps(held, ensure_ascii=False))
        writing.replace(path)


def _counts(held: dict[str, Any]) -> LoadCounts:
    return LoadCounts(
        read=held["read"],
        events=held["events"],
        left_out=Counter(held["left_out"]),
        refused=Counter({(name, expected): count for name, expected, count in held["refused"]}),
    )


def source_of(wanted: LoadWanted) -> str:
    """Answer what tells this load from any other, a changed file included.

    Of files it is name, size and the instant of the last change: nothing that stands in them.

    Raises:
        OSError: the path cannot be looked at.
    """
    top = wanted.path
    found = [top] if top.is_file() else sorted(one for one in top.rglob("*") if one.is_file())
    if wanted.mapping is not None:
        found.append(wanted.mapping)
    files = [_file(one) for one in found]
    how = (wanted.connector, wanted.publisher, wanted.agency, wanted.test_numbers, wanted.training)
    return hashlib.sha256(json.dumps([how, files]).encode()).hexdigest()


def _file(path: Path) -> tuple[str, int, int]:
    stat = os.stat(path)  # noqa: PTH116  # the path's own stat, as it stands
    return str(path.resolve()), stat.st_size, stat.st_mtime_ns
