"""`hub topics apply | check`: the Kafka topics as declared, and in words what differs."""

from typing import Annotated

import typer

from hub.adapters import kafka
from hub.errors import HubError
from hub.settings import load_settings
from hub.topics import declared_topics, differences

app = typer.Typer(no_args_is_help=True, help="Create the Kafka topics, or check them.")

Copies = Annotated[
    int | None,
    typer.Option(
        "--copies",
        envvar="HUB_KAFKA_COPIES",
        min=1,
        max=7,
        help="On how many brokers each message is kept; left out, as many as the local Kafka has.",
    ),
]


@app.command()
def apply(*, copies: Copies = None) -> None:
    """Create topics that are not there and set those that differ; harmless to repeat."""
    settings = load_settings()
    servers, copies = settings.kafka, copies or settings.kafka_nodes
    topics = declared_topics(copies)
    found = kafka.find_topics(servers, (topic.name for topic in topics))
    for topic in topics:
        if topic.name not in found:
            kafka.create_topic(servers, topic)
            typer.echo(f"Created {topic.name} with {topic.partitions} partitions.")
        elif differences(topic, found[topic.name]):
            kafka.set_topic(servers, topic)
            typer.echo(f"Set {topic.name}.")
    _check(servers, copies)


@app.command()
def check(*, copies: Copies = None) -> None:
    """Say in words what differs from the declaration; exit code 1 if anything does."""
    settings = load_settings()
    _check(settings.kafka, copies or settings.kafka_nodes)


def _check(servers: str, copies: int) -> None:
    topics = declared_topics(copies)
    found = kafka.find_topics(servers, (topic.name for topic in topics))
    words = [word for topic in topics for word in differences(topic, found.get(topic.name))]
    for word in words:
        typer.echo(word)
    if words:
        raise HubError(f"{len(words)} differences from the declared topics.")
    typer.echo(f"{len(topics)} topics are as declared.")
