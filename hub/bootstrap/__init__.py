"""The composition root of the hub: settings in, use cases out, and the processes that run them.

Read upwards: ``clock``, ``world``, ``deciding``, ``asking``, ``hub``, ``running``. Each knows only
those before it. With the connectors' own ``run.py``, it alone names adapters; ``clock.py`` alone
reads the clock.
"""

from hub.bootstrap.clock import SystemClock
from hub.bootstrap.hub import Hub
from hub.bootstrap.running import (
    listening,
    refuse_to_serve,
    run_server,
    run_timekeeper,
    run_worker,
)

__all__ = [
    "Hub",
    "SystemClock",
    "listening",
    "refuse_to_serve",
    "run_server",
    "run_timekeeper",
    "run_worker",
]
