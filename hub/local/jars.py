"""Kafka's jars: fetched once with Maven, kept in a cache under the digest of the pom."""

import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from hub.errors import HubError
from hub.local.fault import LocalStackError
from hub.local.programs import find_maven
from hub.local.server import Progress
from hub.settings import PROJECT_ROOT, load_settings

POM = PROJECT_ROOT / "deploy" / "kafka" / "pom.xml"
FETCH_SECONDS_MAX = 900.0
TELL_EVERY_SECONDS = 3.0
POLL_SECONDS = 0.1
NEEDED_JARS = ("kafka_2.13-*.jar", "log4j-core-*.jar")


def kafka_jars(cache: Path, progress: Progress, pom: Path = POM) -> Path:
    """Answer the directory with the jars that the pom names, fetching them if they are not there.

    The directory appears whole or not at all, so two callers at once are harmless, and an
    interrupted fetch is fetched again.

    Raises:
        LocalStackError: the pom or Maven is missing, or Maven could not fetch them.
    """
    if not pom.is_file():
        raise LocalStackError(
            f"{pom} is missing: it names the Kafka to fetch and comes with the project's source."
        )
    kept = cache / f"kafka-{hashlib.sha256(pom.read_bytes()).hexdigest()[:16]}"
    if kept.is_dir():
        return kept
    maven = find_maven()
    try:
        cache.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(dir=cache, prefix=".fetching-"))
    except OSError as error:
        raise LocalStackError(
            f"Kafka's jars cannot be kept in {cache} ({error.strerror}): set HUB_CACHE to a "
            "directory that can be written to."
        ) from None
    try:
        _fetch(maven, pom, partial / "lib", partial / "maven.log", progress)
        _keep(partial / "lib", kept)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return kept


def _fetch(maven: Path, pom: Path, lib: Path, log: Path, progress: Progress) -> None:
    """Run Maven, which checks each jar against its published checksum (-C)."""
    command = [str(maven), "-B", "-C", "-f", str(pom), f"-Dkafka.lib={lib}", "package"]
    progress("Kafka: fetching its jars with Maven (once, about 45 MB)")
    with (
        log.open("wb") as output,
        subprocess.Popen(  # noqa: S603 - the installed Maven, no shell
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        ) as child,
    ):
        try:
            _watch(child, log, progress)
        finally:
            child.kill()  # does nothing to a child that has ended
    if child.returncode != 0:
        raise LocalStackError(
            "Kafka's jars could not be fetched: check that Maven reaches its repository, then try "
            f"again. Maven says: {_first_error(log)}"
        )
    if not all(list(lib.glob(pattern)) for pattern in NEEDED_JARS):
        raise LocalStackError(f"Maven ended well but {pom} did not bring the Kafka broker.")


def _watch(child: subprocess.Popen[bytes], log: Path, progress: Progress) -> None:
    started = told = time.monotonic()
    while child.poll() is None:
        now = time.monotonic()
        if now - started > FETCH_SECONDS_MAX:
            raise LocalStackError(
                f"Maven has not fetched Kafka's jars in {FETCH_SECONDS_MAX:.0f} s: check the "
                "network, then try again; what came is kept."
            )
        if now - told > TELL_EVERY_SECONDS:
            told = now
            files = log.read_bytes().count(b"Downloaded from")
            progress(f"Kafka: {files} files fetched, {now - started:.0f} s")
        time.sleep(POLL_SECONDS)


def _first_error(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()
    for line in lines:
        if "[ERROR]" in line:
            return re.sub(r"\x1b\[[0-9;]*m", "", line).replace("[ERROR]", "").strip()[:300]
    return lines[-1].strip()[:300] if lines else "nothing"


def _keep(lib: Path, kept: Path) -> None:
    """Move the fetched jars to their place; another caller may have been quicker."""
    try:
        lib.rename(kept)
    except OSError:
        if not kept.is_dir():
            raise


def main() -> None:
    """Fetch the jars for `make setup`; print where they are, progress on standard error."""
    try:
        sys.stdout.write(f"{kafka_jars(load_settings().cache, _tell)}\n")
    except HubError as error:
        _tell(f"setup: {error}")
        raise SystemExit(1) from None


def _tell(line: str) -> None:
    sys.stderr.write(line + "\n")


if __name__ == "__main__":
    main()
