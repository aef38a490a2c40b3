"""``python -m benchmark``: measures this checkout of the hub on this machine."""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmark.cast import TOWN_MAX, Cast
from benchmark.kept_index import KeptIndex
from benchmark.measures import MEASURES
from benchmark.measures.checks import QUESTIONS
from benchmark.measures.extent import Extent
from benchmark.measures.inbox import LOOPS
from benchmark.results import RESULTS, Results, Row, circumstances
from benchmark.school_day import DaySize
from benchmark.stage import running_stage


def main(arguments: Sequence[str] | None = None) -> Results:
    """Measure what is asked for, print the table, keep it, and answer it."""
    parser = _parser()
    wanted = parser.parse_args(arguments)
    if wanted.keep and wanted.measure != ["resolve"]:
        parser.error("--keep is for --measure resolve alone: others use up what is loaded")
    chosen = [name for name in MEASURES if name in (wanted.measure or MEASURES)]
    extent = Extent(
        seconds=wanted.seconds,
        events=wanted.events,
        reports_a_second=wanted.reports_a_second,
        checks_a_second=wanted.checks_a_second,
        day_share=wanted.day_share,
        index=wanted.index,
        warm_up=wanted.warm_up,
        profile=wanted.profile,
    )
    began = time.monotonic()

    def tell(line: str) -> None:
        print(f"{time.monotonic() - began:6.1f} s  {line}", file=sys.stderr, flush=True)

    now = datetime.now(UTC)
    results = Results(circumstances=circumstances(now, Path(tempfile.gettempdir())))
    try:
        with running_stage(
            tell,
            servers=wanted.servers,
            keep=wanted.keep,
            shared_buffers=f"{wanted.shared_buffers}MB",
        ) as stage:
            cast = Cast(
                stage,
                town=wanted.preload,
                on_plans=_on_plans(chosen, extent),
                by_copy=wanted.load == "copy",
            )
            if KeptIndex.read(stage.kept) is None:
                results.rows.append(_loaded(cast))
            for name in chosen:
                results.rows += MEASURES[name](cast, extent)
    finally:
        results.seconds = time.monotonic() - began
        if len(results.rows) > 1:
            print(results.markdown())
    tell(f"kept as {results.keep(wanted.results).name} in {wanted.results.name}/")
    return results


def _loaded(cast: Cast) -> Row:
    rate = cast.load()
    way = "by COPY, two processes" if cast.by_copy else "through Kafka and one worker"
    return Row(
        what="history loaded before",
        load=f"{cast.town:,} children, three years, backfill in reports of 500; beside them"
        f" {cast.on_plans:,} children on plans, for the measures",
        per_second=f"{rate:,.0f} events",
        remark=f"{way}; all records new",
    )


def _on_plans(chosen: Sequence[str], extent: Extent) -> int:
    """Answer how many children on plans the measures use up; at least one of each council."""
    inbox = LOOPS * extent.reports_in_a_loop if "inbox" in chosen else 0
    day = DaySize.of(extent.day_share).on_plans if "school_day" in chosen else 0
    return max(2, inbox + day + (QUESTIONS // 10 if "checks" in chosen else 0))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmark",
        description="Measures the hub on real Kafka and PostgreSQL of its own, prints one table, "
        "keeps it, asserts nothing. Other work on the machine spoils the figures.",
    )
    parser.add_argument(
        "--measure", action="append", choices=list(MEASURES), help="may be repeated; default: all"
    )
    parser.add_argument("--seconds", type=_positive, default=20.0, help="of each open loop")
    parser.add_argument("--events", type=_count, default=3_000, help="of each closed loop")
    parser.add_argument(
        "--preload", type=_count, default=4_000, metavar="CHILDREN", help="with their history"
    )
    parser.add_argument("--reports-a-second", type=_count, default=50)
    parser.add_argument("--checks-a-second", type=_count, default=300)
    parser.add_argument(
        "--load",
        choices=("kafka", "copy"),
        default="kafka",
        help="how the history comes: as agencies send it, or by COPY (large towns)",
    )
    parser.add_argument(
        "--day-share",
        type=_share,
        default=0.01,
        help="how much of England's school day; 1 is all of it",
    )
    parser.add_argument(
        "--index", type=_count, default=2_000, metavar="CHILDREN", help="of `resolve`, by COPY"
    )
    parser.add_argument(
        "--warm-up",
        type=_count,
        default=0,
        metavar="RECORDS",
        help="that `resolve` resolves before it measures, as after a day's running",
    )
    parser.add_argument(
        "--shared-buffers", type=_count, default=256, metavar="MB", help="of PostgreSQL"
    )
    parser.add_argument(
        "--keep",
        type=Path,
        metavar="FOLDER",
        help="where the index of `resolve` is kept, and used again by the next run",
    )
    parser.add_argument(
        "--servers", type=int, choices=(1, 2), default=1, help="processes that answer checks"
    )
    parser.add_argument(
        "--profile", action="store_true", help="show where `receive` spends its time (slower)"
    )
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of the kept tables")
    return parser


def _positive(text: str) -> float:
    number = float(text)
    if not 0 < number <= 3_600:
        raise argparse.ArgumentTypeError("more than 0 and at most 3600 was expected")
    return number


def _share(text: str) -> float:
    number = float(text)
    if not 0 < number <= 1:
        raise argparse.ArgumentTypeError("more than 0 and at most 1 was expected")
    return number


def _count(text: str) -> int:
    number = int(text)
    if not 0 < number <= TOWN_MAX:
        raise argparse.ArgumentTypeError(f"1 to {TOWN_MAX:,} was expected")
    return number


if __name__ == "__main__":
    main()
