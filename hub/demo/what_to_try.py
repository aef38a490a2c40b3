"""What the demo prints once it is ready: whom to ask about, as whom, and where."""

from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from hub.api.users import DEMO_USERS
from hub.demo.expected import as_table
from hub.demo.story import Town


def print_what_to_try(town: Town, *, address: str, as_data: Path, tool: str) -> None:
    """Print the table of checks, the roles to sign in as, and the addresses.

    Args:
        town: whose stories the table tells.
        address: where the pages are.
        as_data: the file that holds the table as JSON.
        tool: how the command is called.
    """
    console = Console()
    console.print()
    console.print(as_table(town))
    console.print()
    console.print(_roles())
    console.print()
    console.print(
        f"Pages     {address}/  (check: /check, inbox: /inbox, notices: /notices,"
        " one child?: /reviews, matching: /matching)",
        highlight=False,
        soft_wrap=True,
    )
    console.print(f"JSON      POST {address}/v1/checks", highlight=False)
    console.print(f"          with the bearer token that `{tool} demo token ROLE` prints,")
    console.print(f"          and a body such as `{tool} demo ask` prints")
    console.print(f"As data   {as_data}", highlight=False)
    console.print()


def _roles() -> Table:
    roles = Table(title="Sign in as", title_justify="left", box=SIMPLE_HEAD)
    roles.add_column("role")
    roles.add_column("name, where")
    roles.add_column("ROLE", no_wrap=True)
    for user in DEMO_USERS:
        roles.add_row(user.role_name, f"{user.name}, {user.organisation_name}", user.user_id)
    return roles
