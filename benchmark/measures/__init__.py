"""The measures, by the name that the command line knows them by."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from benchmark.cast import Cast
from benchmark.measures import (
    backtest,
    checks,
    first_load,
    inbox,
    receive,
    reports,
    resolve,
    school_day,
    search_timing,
    searches,
)
from benchmark.measures.extent import Extent
from benchmark.results import Row

Measure = Callable[[Cast, Extent], list[Row]]

MEASURES: Final[Mapping[str, Measure]] = MappingProxyType(
    {
        "reports": reports.measure,
        "inbox": inbox.measure,
        "checks": checks.measure,
        "school_day": school_day.measure,
        "import": first_load.measure,
        "receive": receive.measure,
        "resolve": resolve.measure,
        "searches": searches.measure,
        "search-timing": search_timing.measure,
        "backtest": backtest.measure,
    }
)
"""In the order in which they run: ``receive`` and ``resolve`` stop the workers; ``searches`` and
``search-timing`` need none, and shield children. ``backtest`` loads facts that would be in the way
of all others."""
