"""The policies of the year: as shipped with every rule on, then with other numbers, twice."""

import shutil

from hub.adapters.policy_files import load_policies
from hub.settings import PROJECT_ROOT

_READ = '["domestic_abuse_incident", "emergency_attendance"]'
ALL_ON = (
    ("rules.not_seen_since_incident", "mode", '"live"'),
    ("household", "correlate", _READ),
)
CHANGES = (
    (
        ("rules.repeat_attendance", "attendances", "5"),
        ("rules.repeat_attendance", "sites_within_days", "14"),
    ),
    (
        ("rules.unexplained_absence", "mode", '"shadow"'),
        ("rules.unexplained_absence", "on_plan_days", "2"),
        ("rules.cumulative_concern", "mode", '"off"'),
        ("rules.household_attendances", "within_days", "20"),
    ),
)
"""What changes on each of two days: table, setting, value."""


def policy_folders(parent):
    """Write the policies of the year beside each other, in order; answer the folders."""
    folders, held = [], ALL_ON
    for number, changes in enumerate(((), *CHANGES)):
        held = (*held, *changes)
        folder = parent / f"policies-{number}"
        shutil.copytree(PROJECT_ROOT / "deploy" / "policies", folder)
        shutil.rmtree(folder / "examples")
        _set(folder, held)
        folders.append(folder)
    return folders


def policies_of_the_year(parent, calendars):
    """The policies of those folders."""
    return tuple(load_policies(one).with_calendars(calendars) for one in policy_folders(parent))


def _set(folder, changes):
    """Let settings be others in the hub's own file, which says something of each."""
    hub = folder / "hub.toml"
    lines = hub.read_text().splitlines()
    for table, setting, value in changes:
        begins = lines.index(f"[{table}]")
        there = next(at for at in range(begins, len(lines)) if lines[at].startswith(f"{setting} ="))
        lines[there] = f"{setting} = {value}"
    hub.write_text("\n".join(lines) + "\n")
