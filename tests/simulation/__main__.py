"""``python -m tests.simulation [SEED] [CHILDREN]``: what a made-up year asks of a front door.

Prints alerts raised a week for every 1,000 children, rule by rule and beside each rule's ceiling,
how many were to be delivered, and how fast the year was lived. The rates of what happens are this
project's own assumptions (``town.py``).
"""

import sys
import time
from collections import Counter

from hub.adapters.calendar_files import load_calendars
from hub.adapters.policy_files import load_policies
from hub.core.rules import RULES
from hub.settings import PROJECT_ROOT
from tests.service.laboratory import FewPlaces
from tests.simulation.memory_hub import MemoryHub
from tests.simulation.oracle import differences
from tests.simulation.town import DAYS, a_year


def main(seed=1, children=2_000):
    """Live one year and print what came of it; answer how many alerts the oracle disputes."""
    calendars = load_calendars(PROJECT_ROOT / "deploy" / "calendars")
    policies = load_policies(PROJECT_ROOT / "deploy" / "policies").with_calendars(calendars)
    year = a_year(seed, children, calendars)
    hub = MemoryHub(FewPlaces(), (policies,) * 3, dict(year.links))
    began = time.process_time()
    hub.live_through(year)
    spent = time.process_time() - began
    shares = children / 1_000 * DAYS / 7
    raised = Counter(one.rule for one in hub.raised)
    told = Counter(one.rule for one in hub.raised if one.delivered)
    ceilings = {rule.name: rule.ceiling for rule in RULES}
    lines = [
        f"{rule:28}{count / shares:8.2f} raised {told[rule] / shares:8.2f} delivered"
        f"   ceiling {ceilings[rule]:g}"
        for rule, count in raised.most_common()
    ]
    both = raised.total() / shares, told.total() / shares
    lines.append(f"{'all':28}{both[0]:8.2f} raised {both[1]:8.2f} delivered")
    speed = len(year.arrivals) / spent * 60
    lines.append(f"{len(year.arrivals)} messages, {speed:,.0f} a minute of one core")
    sys.stdout.write("\n".join(lines) + "\n")
    return len(differences(year, hub))


if __name__ == "__main__":
    sys.exit(1 if main(*map(int, sys.argv[1:])) else 0)
