"""Making a PostgreSQL cluster: whole or not at all, with a generated password."""

import os
import secrets
import shutil
from pathlib import Path

from hub.local.account import Account, run_as
from hub.local.fault import LocalStackError, log_tail
from hub.local.programs import PostgresPrograms
from hub.local.server import LOOPBACK, Progress

SUPERUSER = "postgres"


def cluster_exists(cluster: Path) -> bool:
    """Answer whether there is a whole cluster; initdb works beside it and is renamed last.

    Raises:
        LocalStackError: something is there that is not a whole cluster.
    """
    if not cluster.exists() or not any(cluster.iterdir()):
        return False
    needed = (cluster / "PG_VERSION", cluster / "global" / "pg_control")
    if all(one.is_file() and one.stat().st_size for one in needed):
        return True
    raise LocalStackError(
        f"{cluster} is not a whole PostgreSQL cluster ({needed[0].name} or {needed[1].name} is "
        "missing): restore it, or start afresh with `hub wipe`, which deletes the database."
    )


def make_cluster(  # noqa: PLR0913 - each is one plain fact, and they have nothing in common
    cluster: Path,
    *,
    programs: PostgresPrograms,
    password_file: Path,
    log: Path,
    account: Account | None,
    progress: Progress,
) -> None:
    """Make a cluster under another name and rename it, so that it is whole or not there.

    Raises:
        LocalStackError: initdb failed.
    """
    partial = cluster.with_name(cluster.name + ".making")
    if partial.exists():
        progress(f"PostgreSQL: removing {partial.name}, which an earlier start left half made")
        shutil.rmtree(partial)
    progress(f"PostgreSQL: making a cluster with PostgreSQL {programs.major} (first start)")
    password = secrets.token_urlsafe(24)
    # libpq's own format of a password file, so that no URL of the hub holds the password.
    _write_for(None, password_file, f"{LOOPBACK}:*:*:*:{password}")
    handover = cluster.with_name("password.once")
    try:
        _write_for(account, handover, password)
        done = run_as(
            account,
            [
                *(str(programs.directory / "initdb"), "-D", str(partial)),
                *(f"--username={SUPERUSER}", f"--pwfile={handover}", "--auth=scram-sha-256"),
                *("--data-checksums", "--encoding=UTF8", "--locale=C.UTF-8"),
            ],
            directory=cluster.parent,
        )
    finally:
        handover.unlink(missing_ok=True)
    log.write_bytes(done.stdout)
    if done.returncode != 0:
        raise LocalStackError(_initdb_failure(log))
    if cluster.exists():
        cluster.rmdir()  # only ever an empty one: see cluster_exists
    partial.rename(cluster)


def password_in(password_file: Path) -> str:
    """Answer the password that a password file holds."""
    return password_file.read_text().strip().rpartition(":")[2]


def _write_for(account: Account | None, file: Path, line: str) -> None:
    """Write a new file that only this user (None: the caller) can read."""
    file.unlink(missing_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as opened:
        opened.write(line + "\n")
    if account is not None:
        os.chown(file, account.uid, account.gid)


def _initdb_failure(log: Path) -> str:
    lines = log_tail(log)
    if any("No space left on device" in line for line in lines):
        return (
            f"The PostgreSQL cluster could not be made because the disk that holds {log.parent} is "
            "full: free some space, or set HUB_HOME to a directory on another disk."
        )
    said = next((line for line in lines if "error" in line or "FATAL" in line), "")
    return f"The PostgreSQL cluster could not be made; {log} says: {said[:300]}"
