"""A run of the benchmark as a person starts it, and the rows that it kept."""

import json
import os
import subprocess
import sys

from hub.settings import PROJECT_ROOT

RUN_SECONDS_MAX = 800


def rows_of_a_run(place, *arguments):
    """The rows of one run, whose servers live below this place."""
    results = place / "results"
    done = subprocess.run(
        [sys.executable, "-m", "benchmark", *arguments, "--results", str(results)],
        cwd=PROJECT_ROOT,
        env={**os.environ, "TMPDIR": str(place)},
        capture_output=True,
        text=True,
        check=False,
        timeout=RUN_SECONDS_MAX,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    (kept,) = results.glob("*.json")
    return json.loads(kept.read_text())["rows"]
