"""The demo's own directory: what it has loaded, what it plays, what it runs."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from hub.errors import ConfigurationError


@dataclass(frozen=True, slots=True, kw_only=True)
class TownState:
    """Which town the hub holds, and how much of it has been loaded.

    Attributes:
        database: when the publishers were entered: tells this database from one made anew.
        loaded: ``history`` and the names of deliveries that have been sent.
    """

    seed: int
    children: int
    anchor: date
    database: str = ""
    loaded: tuple[str, ...] = ()

    def with_loaded(self, *names: str) -> "TownState":
        """Answer the state with more loaded."""
        return replace(self, loaded=(*self.loaded, *names))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayState:
    """How far the day is. ``at`` is the town's time, UTC."""

    day: date
    at: datetime
    sent: Mapping[str, int] = field(default_factory=dict)
    planned: Mapping[str, int] = field(default_factory=dict)
    done: bool = False
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """One playing of one story by itself, after the day; ``number`` is that of no other."""

    number: int
    story: str
    day: date


class DemoHome:
    """Paths and state files under ``HUB_HOME/demo``; every file is written whole or not at all."""

    def __init__(self, home: Path) -> None:
        """Take the directory of the installation."""
        self.root = home / "demo"

    @property
    def pids(self) -> Path:
        """Where it is remembered which processes were started."""
        return self.root / "processes"

    @property
    def logs(self) -> Path:
        """What those processes wrote."""
        return self.root / "logs"

    @property
    def sources(self) -> Path:
        """The agencies' history and what they hand over, as the connectors read it."""
        return self.root / "sources"

    @property
    def calendars(self) -> Path:
        """The school calendars of the town."""
        return self.root / "calendars"

    @property
    def expected(self) -> Path:
        """What each check of the table must answer, for an end-to-end test."""
        return self.root / "expected.json"

    def make(self) -> None:
        """Make the directories that are not there."""
        for folder in (self.pids, self.logs, self.sources):
            folder.mkdir(parents=True, exist_ok=True)

    def town(self) -> TownState | None:
        """Answer which town the hub holds; None before the first."""
        told = self._read("town.json")
        if told is None:
            return None
        return TownState(
            seed=int(told["seed"]),
            children=int(told["children"]),
            anchor=date.fromisoformat(told["anchor"]),
            database=told["database"],
            loaded=tuple(told["loaded"]),
        )

    def remember_town(self, state: TownState) -> None:
        """Write down which town the hub holds."""
        self._write("town.json", asdict(state))

    def played(self) -> PlayState | None:
        """Answer how far the day is; None before it begins."""
        told = self._read("played.json")
        if told is None:
            return None
        return PlayState(
            day=date.fromisoformat(told["day"]),
            at=datetime.fromisoformat(told["at"]),
            sent=told["sent"],
            planned=told["planned"],
            done=told["done"],
            remark=told["remark"],
        )

    def remember_played(self, state: PlayState) -> None:
        """Write down how far the day is."""
        self._write("played.json", asdict(state))

    def forget_played(self) -> None:
        """Forget how far a day was."""
        (self.root / "played.json").unlink(missing_ok=True)

    def plays(self) -> tuple[Play, ...]:
        """Answer which stories were played by themselves, in order."""
        told = self._read("plays.json") or {"plays": []}
        return tuple(
            Play(number=one["number"], story=one["story"], day=date.fromisoformat(one["day"]))
            for one in told["plays"]
        )

    def remember_play(self, play: Play) -> None:
        """Write down that a story is played by itself."""
        self._write("plays.json", {"plays": [asdict(one) for one in (*self.plays(), play)]})

    def forget_plays(self) -> None:
        """Forget the families of all such stories: the database is new."""
        (self.root / "plays.json").unlink(missing_ok=True)

    def forget(self) -> None:
        """Delete everything but the directory itself."""
        if self.root.exists():
            shutil.rmtree(self.root)
        self.make()

    def write_expected(self, told: Mapping[str, object]) -> None:
        """Write the table of questions and answers."""
        self._write(self.expected.name, told)

    def _read(self, name: str) -> dict[str, Any] | None:
        path = self.root / name
        try:
            told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except ValueError:
            raise ConfigurationError(
                f"{path} cannot be read: delete it, or start again with `hub demo up --fresh`."
            ) from None
        return told

    def _write(self, name: str, told: Mapping[str, object]) -> None:
        path = self.root / name
        partial = path.with_name(f".{name}.partial")
        text = json.dumps(told, indent=2, default=str, ensure_ascii=False)
        partial.write_text(text + "\n", encoding="utf-8")
        partial.replace(path)
