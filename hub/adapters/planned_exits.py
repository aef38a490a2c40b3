"""Exits that were planned while the database was away, told to it at the next start."""

from datetime import datetime
from pathlib import Path

from hub.errors import TransientFault
from hub.ports import Positions


class PlannedExits:
    """Exits that were planned while the database was away, told to it at the next start."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def note(self, worker: str) -> None:
        """Leave a file that names the worker."""
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / worker).touch()

    def tell(self, positions: Positions, now: datetime) -> None:
        """End the attempts of the workers named, and forget them."""
        for path in sorted(self._folder.glob("*")) if self._folder.is_dir() else ():
            try:
                positions.end_attempts(path.name, now)
            except TransientFault:
                return
            path.unlink(missing_ok=True)
