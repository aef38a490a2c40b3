"""Processor time by part of the hub: where time goes, whoever else is at work on the machine."""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PARENT, _USER, _SYSTEM, _CHILDREN_SYSTEM = 1, 11, 12, 14
"""Fields of /proc/PID/stat after the command's closing bracket (proc(5))."""

Parts = Mapping[str, Sequence[int]]
"""The parts of the hub by name, each with its processes."""


class ProcessorTime:
    """What each part has used since this was made, its children included."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._before = _used(parts)

    def each(self, count: int, unit: str, digits: int = 1) -> str:
        """Answer in words the milliseconds that each part used for one of ``count``."""
        if not count:
            return ""
        spent = {name: now - self._before[name] for name, now in _used(self._parts).items()}
        told = ", ".join(f"{name} {1000 * one / count:.{digits}f}" for name, one in spent.items())
        return f"processor ms {unit}: {told}"


def _used(parts: Parts) -> dict[str, float]:
    """Answer the seconds of each part: of its processes, of their children alive and gone."""
    found: dict[int, list[str]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            stat = (folder / "stat").read_text()
            found[int(folder.name)] = stat.rpartition(")")[2].split()
    seconds = {}
    for name, pids in parts.items():
        ticks = 0
        for pid, fields in found.items():
            if pid in pids:
                ticks += sum(map(int, fields[_USER : _CHILDREN_SYSTEM + 1]))
            elif int(fields[_PARENT]) in pids:
                ticks += int(fields[_USER]) + int(fields[_SYSTEM])
        seconds[name] = ticks / _TICKS
    return seconds
