"""`hub up | down | status | wipe | logs | settings`: the local stack and what it is told."""

import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from hub.errors import ConfigurationError, HubError
from hub.local.stack import LocalStack
from hub.settings import SEVERAL_NODES, Settings, load_settings

if TYPE_CHECKING:
    from hub.service.feed_health import Alarms

FOLLOW_SECONDS = 0.3


def stack_of(settings: Settings, nodes: int | None = None) -> LocalStack:
    """Answer the local stack of these settings, without what they point elsewhere."""
    return LocalStack(
        home=settings.home,
        kafka_port=settings.kafka_port,
        postgres_port=settings.postgres_port,
        progress=_tell,
        with_kafka=settings.kafka_is_local,
        with_postgres=settings.postgres_is_local,
        cache=settings.cache,
        nodes=nodes or settings.kafka_nodes,
    )


def _one_or_three(nodes: int | None) -> int | None:
    if nodes not in {None, 1, SEVERAL_NODES}:
        raise typer.BadParameter(f"1 or {SEVERAL_NODES} was expected.")
    return nodes


def up(
    *,
    nodes: Annotated[
        int | None,
        typer.Option(
            callback=_one_or_three,
            help="Nodes of Kafka, 1 or 3, at the first start; kept from then on.",
        ),
    ] = None,
) -> None:
    """Start Kafka and PostgreSQL, and wait until both take connections; harmless if they run."""
    settings = load_settings()
    _tell_what_is_elsewhere(settings)
    stack = stack_of(settings, nodes)
    started = time.monotonic()
    stack.start()
    for state in stack.states():
        typer.echo(f"{state.name} is ready on {state.address} (pid {state.pid})")
    _tell(f"Ready in {time.monotonic() - started:.1f} s; `hub down` stops it")


def down() -> None:
    """Stop Kafka and PostgreSQL in order; what they hold stays. Harmless if they do not run."""
    ran = stack_of(load_settings()).stop()
    typer.echo("The local stack is stopped." if ran else "The local stack was not running.")


def status() -> None:
    """Show whether each server runs; exit code 1 if one of the local stack's does not answer."""
    settings = load_settings()
    _tell_what_is_elsewhere(settings)
    states = stack_of(settings).states()
    for state in states:
        typer.echo(
            f"{state.name:<11} {_standing(state.pid, answers=state.answers)} {state.address}"
        )
        if state.remark:
            typer.echo(f"            {state.remark}")
    typer.echo(f"{'State':<11} in {settings.home}")
    for line in _feed_health(settings):
        typer.echo(line)
    if not all(state.answers for state in states):
        raise typer.Exit(1)


def _feed_health(settings: Settings) -> Iterator[str]:
    """What was set aside for too long and what faults stand; or that it is not known."""
    from hub.adapters.store.migrate import refuse_unmigrated  # noqa: PLC0415  # only status needs it
    from hub.bootstrap import Hub  # noqa: PLC0415  # as above
    from hub.service.feed_health import read_alarms  # noqa: PLC0415  # as above

    try:
        refuse_unmigrated(settings.database_url.get_secret_value())
        with closing(Hub(settings, name="hub-status")) as hub:
            waited = timedelta(hours=settings.parked_alarm_hours)
            alarms = read_alarms(hub.questions, hub.clock.now(), waited)
    except HubError as error:
        yield f"{'Feeds':<11} not known: {error}"
        return
    overdue = alarms.overdue
    if overdue.count and overdue.oldest_at:
        yield (
            f"{'ALARM':<11} {overdue.count} reports are parked for longer than"
            f" {settings.parked_alarm_hours:g} h, the oldest since"
            f" {overdue.oldest_at:%Y-%m-%d %H:%M} UTC: see 'hub reports list'"
        )
    for fault in alarms.faults:
        yield f"{'FAULT':<11} {fault.sentence} Settle it: hub feeds settle {fault.reference}"
    late = list(_late(alarms))
    yield from late
    if not (overdue.count or alarms.faults or late):
        yield f"{'Feeds':<11} nothing is parked for too long, and no fault stands"


def _late(alarms: "Alarms") -> Iterator[str]:
    """What should have been done by now, and who is not there to do it."""
    from hub.service.living import in_words  # noqa: PLC0415  # only status needs it

    late, behind = alarms.out_of_time.late_notices, alarms.out_of_time.timers_behind
    kept_aside = alarms.out_of_time.timers_parked
    if late.count:
        yield f"{'ALARM':<11} {late.count} notices to schools were not acknowledged in time"
    if behind.count:
        yield f"{'ALARM':<11} {behind.count} timers wait past their time: run 'hub timekeeper'"
    if kept_aside.count:
        yield f"{'ALARM':<11} {kept_aside.count} timers are parked: see 'hub timers list'"
    if alarms.silent:
        yield f"{'ALARM':<11} no process is at work for: {in_words(alarms.silent)}"


def wipe(
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
) -> None:
    """Stop the local stack and delete every topic and database it holds; keys stay."""
    settings = load_settings()
    if not yes and not sys.stdin.isatty():
        raise ConfigurationError(
            f"`hub wipe` deletes every topic and database in {settings.home}: say `hub wipe --yes`."
        )
    if not yes:
        typer.confirm(f"Delete every topic and database in {settings.home}?", abort=True)
    stack_of(settings).wipe()
    typer.echo("Deleted.")


def logs(
    server: Annotated[str, typer.Argument(help="kafka (of three: kafka-1) or postgresql.")] = "",
    *,
    lines: Annotated[int, typer.Option(min=1, max=10_000, help="How many last lines.")] = 20,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False,
) -> None:
    """Show the end of the servers' logs, which hold no personal data."""
    known = stack_of(load_settings()).logs()
    if server and server not in known:
        names = " or ".join(known) or "none: HUB_KAFKA and HUB_DATABASE_URL point elsewhere"
        raise ConfigurationError(f"There is no local server `{server}`; known: {names}.")
    chosen = {name: log for name, log in known.items() if server in ("", name) and log.exists()}
    for name, log in chosen.items():
        typer.echo(f"== {name}: {log}")
        with log.open(errors="replace") as file:
            for line in deque(file, maxlen=lines):
                typer.echo(line.rstrip("\n"))
    if follow:
        for line in _follow(chosen):
            typer.echo(line)


def settings() -> None:
    """Show every setting: its environment variable, its value here, and what it means."""
    values = load_settings()
    table = Table(box=None, pad_edge=False)
    for heading in ("variable", "value", "set", "meaning"):
        table.add_column(heading, overflow="fold", no_wrap=heading == "variable")
    for name, field in Settings.model_fields.items():
        value = getattr(values, name)
        shown = _without_secret(value)
        given = "yes" if name in values.model_fields_set else ""
        table.add_row(f"HUB_{name.upper()}", shown, given, field.description)
    Console().print(table)


def _without_secret(value: object) -> str:
    return "hidden" if isinstance(value, SecretStr) else str(value)


def _standing(pid: int | None, *, answers: bool) -> str:
    if pid is None:
        return "does not run"
    return f"{'runs' if answers else 'runs but does not answer'} (pid {pid}) on"


def _tell(line: str) -> None:
    """Show progress on standard error, so that standard output holds only results."""
    typer.echo(line, err=True)


def _tell_what_is_elsewhere(settings: Settings) -> None:
    if not settings.kafka_is_local:
        _tell(f"Kafka: left alone, because HUB_KAFKA points to {settings.kafka}")
    if not settings.postgres_is_local:
        _tell("PostgreSQL: left alone, because HUB_DATABASE_URL points to another server")


def _follow(chosen: dict[str, Path]) -> Iterator[str]:
    """Give each line that is added to the logs from now on, under the name of its server."""
    ends = {name: log.stat().st_size for name, log in chosen.items()}
    while True:
        for name, log in chosen.items():
            size = log.stat().st_size if log.exists() else 0
            ends[name] = min(ends[name], size)  # a restart begins a new log
            with log.open("rb") as file:
                file.seek(ends[name])
                added = file.read()
            ends[name] += len(added)
            for line in added.decode("utf-8", "replace").splitlines():
                yield f"{name}: {line}"
        time.sleep(FOLLOW_SECONDS)
