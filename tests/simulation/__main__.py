"""``python -m tests.simulation [SEED] [CHILDREN] [--stack]``: a made-up year, lived once.

Prints, rule by rule, alerts raised a week for every 1,000 children, told, and told as more than
information, beside the rule's ceiling; what has happened on the way; and how fast the year was
lived. With ``--stack`` the same year goes through a Kafka, the workers and a PostgreSQL of its own
besides, and what stands must be the same. The rates of what happens are this project's own
assumptions (``town.py``).
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from hub.adapters.calendar_files import load_calendars
from hub.core.alert import Severity
from hub.core.rules import RULES
from hub.settings import PROJECT_ROOT
from tests.service.laboratory import FewPlaces
from tests.simulation.memory_hub import MemoryHub
from tests.simulation.messages import Beat, DeskLooks
from tests.simulation.oracle import OLDER, differences, stands
from tests.simulation.policies import policies_of_the_year, policy_folders
from tests.simulation.town import DAYS, a_year


def main(arguments=None):
    """Live one year and print what came of it; answer how many alerts the oracle disputes."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("seed", type=int, nargs="?", default=1)
    parser.add_argument("children", type=int, nargs="?", default=2_000)
    parser.add_argument("--stack", action="store_true")
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--days", type=int, default=DAYS)
    wanted = parser.parse_args(arguments)
    calendars = load_calendars(PROJECT_ROOT / "deploy" / "calendars")
    with tempfile.TemporaryDirectory() as folder:
        policies = policies_of_the_year(Path(folder), calendars)
    year = a_year(wanted.seed, wanted.children, calendars, times=wanted.times, days=wanted.days)
    if not wanted.stack:
        policies = (policies[0],) * len(policies)
    hub = MemoryHub(FewPlaces(), policies, year)
    began = time.process_time()
    hub.live_through(year)
    spent = time.process_time() - began
    wrong = differences(year, hub)
    sys.stdout.write("\n".join(lines(year, hub, spent)) + f"\n{len(wrong)} differences\n")
    return len(wrong) + (on_the_stack(year, hub) if wanted.stack else 0)


def on_the_stack(year, hub):
    """Live the same year on real servers; answer how many alerts the oracle disputes there."""
    from tests.simulation.stack_hub import (  # noqa: PLC0415  # only this wants Kafka's client
        StackHub,
        make_topics_of_a_year,
        own_servers,
    )

    began = time.monotonic()
    with own_servers() as (stack, directory):
        make_topics_of_a_year(stack.kafka_address)
        url = stack.create_database("year")
        folders = policy_folders(directory)
        there = StackHub(stack, url, directory / "hub", folders, tell=progress)
        try:
            there.live_through(year)
            stood = there.stood(hub)
        finally:
            there.close()
    minutes = (time.monotonic() - began) / 60
    wrong, here = differences(year, stood, stood.told), stands(hub)
    counts = ", ".join(f"{name}: {count}" for name, count in sorted(there.counts.items()))
    sys.stdout.write(
        f"\n{counts}\n{len(stands(stood))} stand on real servers, {len(stands(stood) & here)}"
        f" of them and in all {len(here)} in memory; {stood.counts[OLDER]} stand by an older policy"
        f" here, {hub.counts[OLDER]} in memory\n{len(wrong)} differences; {minutes:.1f} minutes\n"
    )
    return len(wrong)


def progress(day):
    """Say how far it is."""
    sys.stderr.write(f"\r{day}   ")
    sys.stderr.flush()


def lines(year, hub, spent):
    """What came of a year, in words."""
    shares = len(year.children) / 1_000 * DAYS / 7
    raised = Counter(one.rule for one in hub.raised)
    told = [one for one in hub.raised if one.delivered]
    ceilings = {rule.name: rule.ceiling for rule in RULES}
    yield f"{'a week, of 1,000 children':28}{'raised':>9}{'told':>9}{'as work':>9}{'ceiling':>9}"
    for rule, count in [*raised.most_common(), ("all", raised.total())]:
        of_rule = [one for one in told if rule in {one.rule, "all"}]
        work = sum(one.severity is not Severity.INFORMATION for one in of_rule)
        each = (count, len(of_rule), work)
        numbers = "".join(f"{number / shares:9.2f}" for number in each)
        yield f"{rule:28}{numbers}{ceilings.get(rule, ''):>9}"
    yield ", ".join(f"{name}: {count}" for name, count in sorted(hub.counts.items()))
    told = sum(not isinstance(one.says, Beat | DeskLooks) for one in year.arrivals)
    yield (
        f"{told} messages beside connectors' word on how far they have read,"
        f" {told / spent * 60:,.0f} a minute of one core"
    )


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
