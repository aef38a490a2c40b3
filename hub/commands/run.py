"""The hub's own processes: migrate, worker, timekeeper, serve, recover."""

import logging
from typing import Annotated

import typer

from hub.core.report import Feed
from hub.errors import ConfigurationError, RefusedToStart
from hub.settings import load_settings

LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
PROCESSES_MAX = 6
"""Each has twelve connections, and a PostgreSQL as it comes gives a hundred."""


def group_of(feed: Feed) -> str:
    """The consumer group of one feed's workers."""
    return f"safeguarding-hub-{feed.value.replace('_', '-')}"


def migrate() -> None:
    """Bring the database to this program's version; forward only, harmless to repeat."""
    from hub.adapters.store.migrate import migrate as apply  # noqa: PLC0415  # keeps --help fast

    applied = apply(load_settings().database_url.get_secret_value())
    typer.echo("\n".join(f"applied {name}" for name in applied) or "nothing to apply")


def worker(
    feed: Annotated[Feed, typer.Option(help="Which feed this process works on.")],
    log_level: Annotated[str, typer.Option(help="DEBUG, INFO, WARNING or ERROR.")] = "WARNING",
) -> None:
    """Work on the reports of one feed until SIGTERM."""
    logging.basicConfig(level=log_level.upper(), format=LOG_FORMAT)
    from hub import bootstrap  # noqa: PLC0415  # keeps --help fast

    bootstrap.run_worker(load_settings(), feed, group_of(feed), log_level=log_level.upper())


def timekeeper() -> None:
    """Fire what is due and tell agencies that something waits for them, until SIGTERM.

    One is enough; several beside each other do each thing once.
    """
    logging.basicConfig(level="WARNING", format=LOG_FORMAT)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # its lines hold addresses
    from hub import bootstrap  # noqa: PLC0415  # keeps --help fast

    bootstrap.run_timekeeper(load_settings())


def serve(
    processes: Annotated[
        int, typer.Option(min=1, max=PROCESSES_MAX, help="How many processes answer.")
    ] = 1,
) -> None:
    """Serve the check, the inbox and their JSON on HUB_HTTP_HOST and HUB_HTTP_PORT.

    One process answers about as many questions at once as one processor core can; each has
    connections of its own to the database.
    """
    logging.basicConfig(level="WARNING", format=LOG_FORMAT)
    from hub import bootstrap  # noqa: PLC0415  # keeps --help fast
    from hub.commands.serving import serve_together  # noqa: PLC0415  # as above

    if processes == 1:
        bootstrap.run_server(load_settings())
    else:
        serve_together(load_settings(), processes)


def recover(
    feed: Annotated[
        Feed | None, typer.Option(help="Which feed to read again; it must be named.")
    ] = None,
    *,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do it; without this it only says what.")
    ] = False,
) -> None:
    """After a database was restored: read again what Kafka holds and the database does not.

    One feed at a time, named by --feed, and its workers must be stopped. Without --yes it changes
    nothing and only says what it would do. Redelivery is harmless: what has its row is passed over.
    """
    if feed is None:
        feeds = " or ".join(f"--feed {one.value}" for one in Feed)
        raise ConfigurationError(f"--feed is missing: {feeds} was expected, once for each feed.")
    from hub.bootstrap import Hub  # noqa: PLC0415  # keeps --help fast
    from hub.topics import report_topic  # noqa: PLC0415  # as above

    hub = Hub(load_settings())
    topic, group = report_topic(feed), group_of(feed)
    highest = hub.positions.highest_stored(topic)
    ends = hub.kafka.ends(topic)
    moves: dict[int, int] = {}
    for partition, committed in sorted(hub.kafka.committed(group, topic).items()):
        wanted = highest.get(partition, -1) + 1
        first = ends[partition][0]
        if committed > wanted:
            moves[partition] = max(wanted, first)
            lost = max(0, first - wanted)
            note = f"; {lost} are no longer kept by Kafka" if lost else ""
            typer.echo(f"partition {partition}: {committed} back to {moves[partition]}{note}")
    if not moves:
        typer.echo("nothing to recover: the database holds everything that was acknowledged")
        return
    if not yes:
        raise RefusedToStart("nothing was changed; run again with --yes to read from there.")
    hub.kafka.set_committed(group, topic, moves)
    typer.echo("done: start the worker, it reads from there")
