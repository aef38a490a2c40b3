"""Waiting with a limit: a condition comes true, or the test fails and says what it waited for."""

import time

PAUSE_SECONDS = 0.05
SECONDS_MAX = 60.0
"""Generous: the machine may be busy with other work."""


def wait_until(condition, what, seconds=SECONDS_MAX):
    """Answer what ``condition`` answers once that is true."""
    until = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < until, f"not within {seconds:.0f} s: {what}"
        time.sleep(PAUSE_SECONDS)
