"""A file with people in it: whole or not there, nobody else's to read, and never over another."""

import csv
import os
import secrets
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from hub.errors import ConfigurationError

_OWNER_ONLY: Final = 0o600


def write_new_csv(
    path: Path, rows: Iterable[Sequence[str]], before_shown: Callable[[], None]
) -> None:
    """Write rows beside the path, have ``before_shown`` done, and only then give it its name.

    If anything fails, nothing is left.

    Raises:
        ConfigurationError: there is such a file already, or it cannot be written there.
    """
    if path.exists() or path.is_symlink():
        raise _is_there(path)
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}.unfinished")
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows(rows)
                file.flush()
                os.fsync(file.fileno())
            before_shown()
            os.link(unfinished, path)  # fails, where renaming would replace
        finally:
            unfinished.unlink(missing_ok=True)
    except FileExistsError:
        raise _is_there(path) from None
    except OSError as error:
        raise ConfigurationError(
            f"{path.name} cannot be written: {error.strerror or type(error).__name__}."
        ) from None


def _is_there(path: Path) -> ConfigurationError:
    return ConfigurationError(f"{path.name} is there already; a new file was expected.")
