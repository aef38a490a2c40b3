"""The real worker of one feed in a process of its own, by a clock that the test sets."""

import logging

from hub import pipeline  # noqa: F401  # imported here, so that a forked worker starts at once
from hub.bootstrap import run_worker
from hub.commands.run import LOG_FORMAT
from hub.core.report import Feed
from tests.simulation.set_clock import ClockInAFile


def worker(settings, feed, group, clock_file):
    """Work until told to stop."""
    logging.basicConfig(level="WARNING", format=LOG_FORMAT)
    run_worker(
        settings,
        Feed(feed),
        group,
        log_level="WARNING",
        make_clock=lambda: ClockInAFile(clock_file),
    )
