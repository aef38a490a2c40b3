"""``hub rules``: which rules there are, and the page on them that anybody may read."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from hub.adapters.policy_files import load_policies
from hub.commands.papers import paper, write_paper
from hub.commands.rules_counted import show_shadow, show_yield
from hub.core.clock import london_date
from hub.core.identifiers import GssCode
from hub.core.policy import LocalAuthorityPolicy, Policies
from hub.core.rule import RuleMode
from hub.core.rules import RULES
from hub.core.rules_published import rules_published
from hub.errors import ConfigurationError, InvalidIdentifier
from hub.settings import load_settings

app = typer.Typer(no_args_is_help=True, help="The rules, and what they yield.")
app.command("yield")(show_yield)
app.command("shadow")(show_shadow)

_Directory = Annotated[
    Path | None,
    typer.Option("--policy", help="Directory of policy files; else HUB_POLICIES."),
]
Authority = Annotated[str, typer.Option("--authority", help="One authority, by its GSS code.")]


@app.command("publish")
def publish(
    *,
    out: Annotated[Path, typer.Option("--out", help="The page to write.")],
    policy: _Directory = None,
    authority: Authority = "",
) -> None:
    """Write the page that a family or a journalist may read: every rule, with its numbers.

    Nothing of the database is in it.
    """
    policies = load_policies(policy or load_settings().policies)
    chosen = (chosen_policy(policies, authority),) if authority else None
    shown = paper("rules.html", places=rules_published(policies, chosen), today=_today())
    write_paper(out, shown)
    typer.echo(f"{out} says what {len(RULES)} rules do, by policy {policies.version}.")


@app.command("list")
def list_rules(policy: _Directory = None) -> None:
    """List every rule: its mode, who answers for it, and whether its review is overdue."""
    policies, today = load_policies(policy or load_settings().policies), _today()
    titles = ("Mode", "Answers for it", "Review by", "Ceiling", "Rests on")
    table = Table(*(Column(title, overflow="fold") for title in ("Rule", *titles)))
    for rule in RULES:
        overdue = " OVERDUE" if rule.review_on < today else ""
        table.add_row(
            rule.name,
            modes_of(policies, rule.name),
            rule.owner,
            f"{rule.review_on.isoformat()}{overdue}",
            f"{rule.ceiling:g}",
            rule.source,
        )
    console = Console()
    console.print(table)
    console.print("The ceiling is in alerts a week for every 1,000 children.")


def modes_of(policies: Policies, rule: str) -> str:
    """Answer a rule's mode, with the authorities of each where they differ."""
    by_mode: dict[RuleMode, list[str]] = {}
    for one in policies.authorities.values() or (policies.hub,):
        by_mode.setdefault(one.mode_of(rule), []).append(one.name)
    if len(by_mode) == 1:
        return next(iter(by_mode)).value
    return "; ".join(f"{mode.value}: {', '.join(some)}" for mode, some in by_mode.items())


def chosen_policy(policies: Policies, code: str) -> LocalAuthorityPolicy:
    """Answer an authority's own policy.

    Raises:
        ConfigurationError: the code is none, or has no policy file.
    """
    try:
        authority = GssCode(code)
    except InvalidIdentifier as error:
        raise ConfigurationError(f"--authority: {error}") from None
    if authority not in policies.authorities:
        raise ConfigurationError(f"--authority: {code} has no policy file.")
    return policies.authorities[authority]


def _today() -> date:
    from hub.bootstrap import SystemClock  # noqa: PLC0415  # keeps --help fast

    return london_date(SystemClock().now())
