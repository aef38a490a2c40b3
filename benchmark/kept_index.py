"""An index that one run loads and others use again: how large, of which day, how often used."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final, Self

_FILE: Final = "index.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptIndex:
    """What is said of an index beside the database that holds it."""

    children: int
    at: str
    """The instant by which its children were born, as ISO 8601."""
    runs: int = 0
    """How many runs have told records of it: the next one tells others."""

    @classmethod
    def read(cls, folder: Path | None) -> Self | None:
        """Answer what is said in this folder; None if nothing is."""
        file = folder / _FILE if folder else None
        return cls(**json.loads(file.read_text())) if file and file.exists() else None

    @property
    def now(self) -> datetime:
        """The instant by which its children were born."""
        return datetime.fromisoformat(self.at)

    def used_again(self, folder: Path | None) -> None:
        """Note one run more in this folder; nowhere if nothing is kept."""
        if folder:
            (folder / _FILE).write_text(json.dumps(asdict(replace(self, runs=self.runs + 1))))
