"""``hub policy``: check the authorities' policy files before a worker or the check reads them."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from hub.adapters.policy_files import load_policies
from hub.adapters.school_files import load_schools
from hub.core.policy import LocalAuthorityPolicy, Policies
from hub.settings import load_settings

app = typer.Typer(no_args_is_help=True, help="The authorities' policy files.")


@app.callback()
def _group() -> None:
    """Keep ``check`` a command of its own, so that others can join it."""


@app.command("check")
def check(
    directory: Annotated[
        Path | None,
        typer.Argument(help="Directory of policy files; the setting HUB_POLICIES if left out."),
    ] = None,
) -> None:
    """Read every policy file, and show what was understood; refuse them all if one is wrong.

    The directory of schools (HUB_SCHOOLS) is read with them.
    """
    settings = load_settings()
    policies = load_policies(directory or settings.policies)
    schools = load_schools(settings.schools).schools
    without = sum(not one.contacts() for one in schools.values())
    console = Console()
    console.print(_table(policies))
    console.print(f"All {len(policies.authorities) + 1} files can be used: {policies.version}.")
    console.print(
        f"{len(schools)} schools are listed, {without} of them without anybody to address."
    )


def _table(policies: Policies) -> Table:
    table = Table("Policy", "Version", "Register", "Hospitals", "School notices", "Rules")
    for policy in (policies.hub, *policies.authorities.values()):
        table.add_row(
            f"{policy.authority.reveal()} {policy.name}" if policy.authority else policy.name,
            policy.version,
            _register(policy),
            ", ".join(source.agency for source in policy.hospitals()),
            policy.encompass.level.value,
            ", ".join(f"{name} {setting.mode}" for name, setting in sorted(policy.rules.items())),
        )
    return table


def _register(policy: LocalAuthorityPolicy) -> str:
    if policy.register is None:
        return "not joined"
    hours = policy.register.maximum_age.total_seconds() / 3600
    return f"stale after {hours:.0f} h"
