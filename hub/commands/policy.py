"""``hub policy``: check, compare and explain the authorities' policy files before they are used."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from hub.adapters.email_settings import mail_server, refused_emails
from hub.adapters.policy_files import load_policies
from hub.adapters.policy_tables import PolicyFile
from hub.adapters.school_files import load_schools
from hub.core.identifiers import GssCode
from hub.core.policy import LocalAuthorityPolicy, Policies
from hub.core.policy_settings import NO_REASON, Origin, SettingChange, difference
from hub.core.rule import RuleMode
from hub.core.rules import RULES
from hub.core.webhooks import emails_of
from hub.errors import ConfigurationError, InvalidIdentifier
from hub.settings import Settings, load_settings

app = typer.Typer(no_args_is_help=True, help="The authorities' policy files.")

_HUB = "hub"
_Directory = Annotated[
    Path | None,
    typer.Argument(help="Directory of policy files; the setting HUB_POLICIES if left out."),
]


@app.command("check")
def check(directory: _Directory = None) -> None:
    """Read every policy file, and show what was understood; refuse them all if one is wrong.

    The directory of schools (HUB_SCHOOLS) is read with them.
    """
    settings = load_settings()
    policies = load_policies(directory or settings.policies)
    by_email = _refuse_emails(policies, settings)
    schools = load_schools(settings.schools).schools
    without = sum(not one.contacts() for one in schools.values())
    console = Console()
    console.print(_table(policies))
    for mode, names in _rules_by_mode(policies.hub).items():
        console.print(f"{mode.value}: {', '.join(names)}.".capitalize())
    console.print(f"All {len(policies.authorities) + 1} files can be used: {policies.version}.")
    console.print(
        "A running hub takes them within seconds, but for the table [matching] of hub.toml, which"
        " holds from the next start of each process.",
        markup=False,
    )
    if by_email and not settings.smtp_host:
        console.print(
            f"Warning: {by_email} routes are by e-mail, and no mail server is set here"
            " (HUB_SMTP_HOST). A hub without one sends nothing by them, and alarms its operator.",
            markup=False,
        )
    console.print(
        f"{len(schools)} schools are listed, {without} of them without anybody to address."
    )


def _refuse_emails(policies: Policies, settings: Settings) -> int:
    """Answer how many routes are by e-mail.

    Raises:
        ConfigurationError: a mail server is set, and one goes to a domain that is not allowed.
    """
    refused = sorted(refused_emails(policies, settings)) if mail_server(settings) else []
    if refused:
        raise ConfigurationError(
            f"routes: {', '.join(refused)}: an e-mail address in a domain of HUB_EMAIL_DOMAINS"
            " was expected."
        )
    return sum(1 for policy in policies.every() for _ in emails_of(policy))


@app.command("diff")
def diff(
    before: Annotated[Path, typer.Argument(help="Directory of policy files as they are.")],
    after: Annotated[Path, typer.Argument(help="Directory of policy files as they would be.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One object of JSON.")] = False,
) -> None:
    """Show, authority by authority, which settings another directory says otherwise.

    Ends with 1 if there is any difference, as ``diff`` does. Both must be right as a whole.
    """
    changed = _changes(load_policies(before), load_policies(after))
    if as_json:
        typer.echo(json.dumps(_as_json(changed), indent=2))
    else:
        _show_changes(changed)
    raise typer.Exit(code=1 if changed else 0)


@app.command("explain")
def explain(
    rule: Annotated[
        str, typer.Argument(help="A rule, such as repeat_attendance, or a table, such as clocks.")
    ],
    directory: _Directory = None,
    authority: Annotated[
        str | None, typer.Option(help="GSS code of the authority; the hub's own if left out.")
    ] = None,
) -> None:
    """Show what a rule, or a table, says for an authority: its values, who says so, and why."""
    policy = _of(load_policies(directory or load_settings().policies), authority)
    found = next((one for one in RULES if one.name == rule), None)
    console = Console()
    if found is None:
        _refuse_unknown(rule)
        console.print(f"Policy of {policy.name}, version {policy.version}.")
        explained = _explained(policy, rule)
        console.print(explained if explained.row_count else f"No file says anything of {rule}.")
        return
    console.print(f"{found.title} ({found.name}): {policy.mode_of(found.name).value}")
    console.print(f"Policy of {policy.name}, version {policy.version}.")
    if found.household and not policy.reads(found):
        console.print("It concludes nothing, for [household] does not allow what it reads.")
    kinds = ", ".join(sorted(kind.value.replace("_", " ") for kind in found.kinds))
    console.print(f"It looks at: {kinds}.")
    console.print(_explained(policy, f"rules.{found.name}"))


def _refuse_unknown(table: str) -> None:
    tables = sorted(PolicyFile.model_fields.keys() - {"rules"})
    if table not in tables:
        known = ", ".join((*sorted(one.name for one in RULES), *tables))
        raise ConfigurationError(f"There is no rule or table of that name; there are: {known}.")


def _explained(policy: LocalAuthorityPolicy, within: str) -> Table:
    table = Table(*map(_key_column, ("Setting", "Value", "Said in", "Why")))
    for key, setting in policy.settings.items():
        if key == within or key.startswith(f"{within}."):
            name = key.removeprefix(f"{within}.")
            table.add_row(name, setting.value, setting.origin.value, setting.why or NO_REASON)
    return table


def _of(policies: Policies, code: str | None) -> LocalAuthorityPolicy:
    if code is None:
        return policies.hub
    try:
        authority = GssCode(code)
    except InvalidIdentifier as error:
        raise ConfigurationError(f"--authority: {error}") from None
    if authority not in policies.authorities:
        joined = ", ".join(sorted(one.reveal() for one in policies.authorities))
        raise ConfigurationError(f"{code} has no policy file here; there are: {joined}.")
    return policies.of(authority)


def _changes(before: Policies, after: Policies) -> Mapping[str, tuple[SettingChange, ...]]:
    """Answer the differences by authority; one that joins or leaves differs in all it says."""
    was, now = _by_code(before), _by_code(after)
    found = {
        code: difference(
            was[code].settings if code in was else {}, now[code].settings if code in now else {}
        )
        for code in (_HUB, *sorted((was.keys() | now.keys()) - {_HUB}))
    }
    return {code: changes for code, changes in found.items() if changes}


def _by_code(policies: Policies) -> dict[str, LocalAuthorityPolicy]:
    authorities = {code.reveal(): policy for code, policy in policies.authorities.items()}
    return {_HUB: policies.hub, **authorities}


def _as_json(changed: Mapping[str, tuple[SettingChange, ...]]) -> object:
    return {
        code: [
            {
                "setting": one.key,
                "before": one.before.value if one.before else None,
                "after": one.after.value if one.after else None,
                "why": one.after.why if one.after else None,
            }
            for one in changes
        ]
        for code, changes in changed.items()
    }


def _show_changes(changed: Mapping[str, tuple[SettingChange, ...]]) -> None:
    console = Console()
    if not changed:
        console.print("Both say the same.")
        return
    alike: dict[tuple[str, str, str, str], list[str]] = {}
    for code, changes in changed.items():
        for one in changes:
            before = one.before.value if one.before else "not said"
            after = one.after.value if one.after else "not said"
            why = (one.after.why if one.after else None) or NO_REASON
            alike.setdefault((one.key, before, after, why), []).append(code)
    table = Table(*map(_key_column, ("Setting", "Before", "After", "For", "Why")))
    for (key, before, after, why), codes in sorted(alike.items()):
        table.add_row(key, before, after, ", ".join(codes), why)
    console.print(table)
    for code, changes in changed.items():
        own = [one for one in changes if code == _HUB or _is_said_by_itself(one)]
        if own and "version" not in {one.key for one in own}:
            console.print(f"{code}: the settings differ, and the version that is stated does not.")
    console.print("A change of policy withdraws nothing that was raised before.")


def _is_said_by_itself(change: SettingChange) -> bool:
    said = (one for one in (change.before, change.after) if one)
    return any(one.origin is Origin.AUTHORITY for one in said)


def _key_column(title: str) -> Column:
    return Column(title, overflow="fold")


def _table(policies: Policies) -> Table:
    titles = ("Policy", "Version", "Front door", "Register", "Hospitals", "School notices", "Rules")
    table = Table(*map(_key_column, titles))
    for policy in policies.every():
        table.add_row(
            f"{policy.authority.reveal()} {policy.name}" if policy.authority else policy.name,
            policy.version,
            policy.front_door.code if policy.front_door else "its own",
            _register(policy),
            ", ".join(source.agency for source in policy.hospitals()),
            policy.encompass.level.value,
            _rules(policy, policies.hub),
        )
    return table


def _rules(policy: LocalAuthorityPolicy, hub: LocalAuthorityPolicy) -> str:
    """Answer the modes of the hub's rules as counts, and of an authority's those that differ."""
    if policy.authority is None:
        return ", ".join(
            f"{len(names)} {mode.value}" for mode, names in _rules_by_mode(hub).items()
        )
    modes = ((rule.name, policy.mode_of(rule.name)) for rule in RULES)
    own = sorted(f"{name} {mode.value}" for name, mode in modes if mode is not hub.mode_of(name))
    return f"as the hub, but {', '.join(own)}" if own else "as the hub"


def _rules_by_mode(policy: LocalAuthorityPolicy) -> dict[RuleMode, list[str]]:
    names = {
        mode: sorted(rule.name for rule in RULES if policy.mode_of(rule.name) is mode)
        for mode in RuleMode
    }
    return {mode: found for mode, found in names.items() if found}


def _register(policy: LocalAuthorityPolicy) -> str:
    if policy.register is None:
        return "not joined"
    hours = policy.register.maximum_age.total_seconds() / 3600
    return f"stale after {hours:.0f} h"
