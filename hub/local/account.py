"""The user that PostgreSQL runs as, and commands run as that user."""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hub.local.fault import LocalStackError

RUN_SECONDS_MAX = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A user of the operating system that a server runs as."""

    name: str
    uid: int
    gid: int


def postgres_account() -> Account | None:
    """Answer the user that PostgreSQL runs as; None for the caller's own.

    PostgreSQL refuses to run as root, so root starts it as the system's ``postgres`` user.

    Raises:
        LocalStackError: root calls and there is no such user.
    """
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam("postgres")
    except KeyError:
        raise LocalStackError(
            "PostgreSQL refuses to run as root and the user `postgres` does not exist: run "
            "`make setup`, or on Debian 12 `apt-get install postgresql`, which makes it."
        ) from None
    return Account(name="postgres", uid=entry.pw_uid, gid=entry.pw_gid)


def server_environment() -> dict[str, str]:
    """Answer a server's environment: none of the caller's secrets, nor PG* that redirect it."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}


def run_as(
    account: Account | None, command: Sequence[str], *, directory: Path
) -> subprocess.CompletedProcess[bytes]:
    """Run a command to its end as this user (None: the caller); its output is in ``stdout``."""
    return subprocess.run(  # noqa: S603 - our own command line, no shell
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=directory,
        env=server_environment(),
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        timeout=RUN_SECONDS_MAX,
        check=False,
    )
