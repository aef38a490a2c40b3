"""What runs in the processes of these tests: the real worker, with a fault planted if asked for.

Everything here is started in a process of its own by ``processes.py``.
"""

import importlib
import logging
import os
import signal
import threading

from hub import pipeline  # noqa: F401  # imported here, so that a forked worker starts at once
from hub.bootstrap import run_worker
from hub.commands.run import LOG_FORMAT
from hub.core.reasons import ReportState
from hub.core.report import Feed
from hub.ports import Store
from tests.e2e.watched import Watched


class PlantedFault(Exception):  # noqa: N818  # what it is called where it is looked for
    """A bug of the hub, planted on one report."""


def die():
    """End this process as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


def dying_at(wanted):
    """A hook that ends the process at one point."""

    def hook(point, _arguments):
        if point == wanted:
            die()

    return hook


def when_holding(digests, act):
    """A hook that acts when a report with one of these digests is about to be accepted."""

    def hook(point, arguments):
        if point == "before Transaction.insert_reports":
            for row in arguments[0]:
                if row.value_digest.hex() in digests and row.state == ReportState.ACCEPTED:
                    act()

    return hook


def pausing_at(wanted):
    """A hook that stops this process at one point, once, until somebody continues it."""
    left = [wanted]

    def hook(point, _arguments):
        if point in left:
            left.remove(point)
            signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)  # this thread before others

    return hook


def _fail():
    raise PlantedFault


def _hooks(die_at, pause_at, fatal, poison):
    if die_at:
        yield dying_at(die_at)
    if pause_at:
        yield pausing_at(pause_at)
    if fatal:
        yield when_holding(fatal, die)
    if poison:
        yield when_holding(poison, _fail)


def _set(constants):
    for name, value in constants.items():
        module_name, _, constant = name.rpartition(".")
        module = importlib.import_module(module_name)
        assert hasattr(module, constant), f"{name} is not there to be set"
        setattr(module, constant, value)


def worker(  # noqa: PLR0913  # one for each fault
    settings, feed, group, *, die_at="", pause_at="", fatal=(), poison=(), constants=()
):
    """The real worker of one feed, until it is told to stop or the planted fault ends it.

    ``constants`` sets limits of the hub in this process alone, by their full names.
    """
    logging.basicConfig(level="INFO", format=LOG_FORMAT)
    _set(dict(constants))
    hooks = tuple(_hooks(die_at, pause_at, fatal, poison))

    def hook(point, arguments):
        for one in hooks:
            one(point, arguments)

    run_worker(
        settings,
        Feed(feed),
        group,
        log_level="INFO",
        wrap_store=lambda store: Watched(store, Store, hook),
    )
