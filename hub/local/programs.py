"""The operating system's programs that the local stack needs, found or named in one sentence."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from hub.local.fault import MissingProgramError

JAVA_VERSION_MIN = 17  # what Apache Kafka 4 servers ask for
POSTGRES_VERSION_MIN = 15
DEBIAN_POSTGRES = Path("/usr/lib/postgresql")
JAVA_PACKAGE = "openjdk-17-jre-headless"
ASK_SECONDS_MAX = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresPrograms:
    """The server programs of one installed PostgreSQL."""

    directory: Path
    major: int


def find_java() -> Path:
    """Answer the Java program, from JAVA_HOME or PATH.

    Raises:
        MissingProgramError: there is none, or only one older than 17.
    """
    home = os.environ.get("JAVA_HOME")
    found = shutil.which(f"{home}/bin/java") if home else None
    found = found or shutil.which("java")
    if found is None:
        raise MissingProgramError(what="Java 17, on which Kafka runs,", package=JAVA_PACKAGE)
    version = _java_major(found)
    if version < JAVA_VERSION_MIN:
        raise MissingProgramError(
            what=f"Java 17, on which Kafka runs (found: {version}),", package=JAVA_PACKAGE
        )
    return Path(found)


def _java_major(java: str) -> int:
    """Answer the major version that a Java program reports; 1.8 counts as 8."""
    said = subprocess.run(  # noqa: S603 - the path of the installed Java, no shell
        [java, "-version"], capture_output=True, text=True, timeout=ASK_SECONDS_MAX, check=False
    ).stderr
    match = re.search(r'version "(?:1\.)?(\d+)', said)
    return int(match[1]) if match else 0


def find_maven() -> Path:
    """Answer the Maven program; it is needed once, to fetch Kafka.

    Raises:
        MissingProgramError: there is none on PATH.
    """
    found = shutil.which("mvn")
    if found is None:
        raise MissingProgramError(what="Maven, which fetches Kafka's jars,", package="maven")
    return Path(found)


def find_postgres(major: int | None = None) -> PostgresPrograms:
    """Answer the newest installed PostgreSQL, or the one of this major version.

    Args:
        major: the version that an existing cluster was made with, which alone can read it.

    Raises:
        MissingProgramError: none is installed, or not that version.
    """
    installed = sorted(_installed_postgres(), key=lambda one: one.major, reverse=True)
    for programs in installed:
        if programs.major == major or (major is None and programs.major >= POSTGRES_VERSION_MIN):
            return programs
    if major is None:
        raise MissingProgramError(what="PostgreSQL 15 or newer", package="postgresql")
    raise MissingProgramError(
        what=f"PostgreSQL {major}, which made the local database and alone can read it,",
        package=f"postgresql-{major}",
    )


def _installed_postgres() -> Iterable[PostgresPrograms]:
    """List each PostgreSQL whose server programs are on PATH or where Debian puts them."""
    directories = [Path(one) for one in os.get_exec_path()]
    directories += sorted(DEBIAN_POSTGRES.glob("*/bin"))
    for directory in directories:
        if not all((directory / name).is_file() for name in ("initdb", "postgres")):
            continue
        said = subprocess.run(  # noqa: S603 - an installed PostgreSQL, no shell
            [str(directory / "postgres"), "--version"],
            capture_output=True,
            text=True,
            timeout=ASK_SECONDS_MAX,
            check=False,
        ).stdout
        match = re.search(r"PostgreSQL\) (\d+)", said)
        if match:
            yield PostgresPrograms(directory=directory, major=int(match[1]))
