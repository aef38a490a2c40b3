"""Key files: written once and whole, readable by their owner only, in hexadecimal."""

import contextlib
import os
import re
import stat
from pathlib import Path
from typing import Final

from hub.errors import ConfigurationError

_NUMBERED: Final = re.compile(r"(?P<purpose>[a-z]+)-(?P<number>[1-9][0-9]*)")
_KEY_BYTES: Final = 32
_SECRET_FOLDER: Final = 0o700
_SECRET_FILE: Final = 0o600
_PUBLIC_FILE: Final = 0o644


def make_secret(path: Path, key: bytes) -> bool:
    """Write a secret key unless there is one; answer whether it was written.

    Raises:
        ConfigurationError: the folder cannot be written to.
    """
    if path.exists():
        return False
    try:
        path.parent.mkdir(mode=_SECRET_FOLDER, parents=True, exist_ok=True)
        path.parent.chmod(_SECRET_FOLDER)
        return _write_once(path, key, _SECRET_FILE)
    except OSError as error:
        raise ConfigurationError(
            f"The key file {path} cannot be written ({error.strerror})."
        ) from None


def publish(path: Path, key: bytes) -> None:
    """Write a public key unless the same one is there.

    Raises:
        ConfigurationError: another key is there, or the folder cannot be written to.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        written = not path.exists() and _write_once(path, key, _PUBLIC_FILE)
    except OSError as error:
        raise ConfigurationError(
            f"The key file {path} cannot be written ({error.strerror})."
        ) from None
    if not written and read_public(path) != key:
        raise ConfigurationError(f"The public key in {path} is not that of its secret key.")


def read_secret(path: Path) -> bytes:
    """Answer the 32 bytes of a secret key.

    Raises:
        ConfigurationError: it is missing, is not 32 bytes, or others than its owner can read it.
    """
    try:
        mode = path.stat().st_mode
    except OSError:
        raise ConfigurationError(
            f"The key file {path} is missing; `hub keys make` and `hub keys publisher` make them."
        ) from None
    if stat.S_IMODE(mode) & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigurationError(
            f"The key file {path} can be read by others than its owner; mode 0600 was expected."
        )
    return read_public(path)


def read_public(path: Path) -> bytes:
    """Answer the 32 bytes of a key.

    Raises:
        ConfigurationError: it is missing or is not 32 bytes in hexadecimal.
    """
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        key = b""
    if len(key) != _KEY_BYTES:
        raise ConfigurationError(
            f"The key file {path} was expected to hold 32 bytes in hexadecimal."
        )
    return key


def numbered(folder: Path, suffix: str = ".key") -> list[tuple[int, Path]]:
    """Answer the keys ``purpose-<number>`` of a folder with their numbers; at least one."""
    found = []
    for path in sorted(folder.glob(f"*{suffix}")):
        matched = _NUMBERED.fullmatch(path.stem)
        if matched is not None:
            found.append((int(matched["number"]), path))
    if not found:
        raise ConfigurationError(
            f"No key was found in {folder}; `hub keys make` makes what is missing."
        )
    return found


def _write_once(path: Path, key: bytes, mode: int) -> bool:
    """Write a file that appears whole or not at all; another process may win the race."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(key.hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
            return True
        return False
    finally:
        draft.unlink()
