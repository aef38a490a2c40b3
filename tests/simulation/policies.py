"""The policies of the year: as shipped with every rule on, then with other numbers, twice."""

import shutil

from hub.adapters.policy_files import load_policies
from hub.settings import PROJECT_ROOT

ALL_ON = (("not_seen_since_incident", "mode", '"live"'),)
CHANGES = (
    (("repeat_attendance", "attendances", "5"), ("repeat_attendance", "sites_within_days", "14")),
    (
        ("unexplained_absence", "mode", '"shadow"'),
        ("unexplained_absence", "on_plan_days", "2"),
        ("cumulative_concern", "mode", '"off"'),
    ),
)
"""What changes on each of two days: rule, setting, value."""


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
    """Let settings of rules be others in the hub's own file, which says something of each rule."""
    hub = folder / "hub.toml"
    lines = hub.read_text().splitlines()
    for rule, setting, value in changes:
        table = lines.index(f"[rules.{rule}]")
        there = next(at for at in range(table, len(lines)) if lines[at].startswith(f"{setting} ="))
        lines[there] = f"{setting} = {value}"
    hub.write_text("\n".join(lines) + "\n")
