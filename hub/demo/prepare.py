"""Brings the hub to where agencies may report: servers, topics, tables, keys, registry."""

from collections.abc import Callable

from hub.adapters.kafka import create_topic, find_topics, set_topic
from hub.adapters.keys import load_publisher_public_key, make_keys, make_publisher_key
from hub.adapters.store.migrate import migrate
from hub.bootstrap import Hub
from hub.demo.agencies import AGENCIES
from hub.local.stack import LocalStack
from hub.settings import Settings
from hub.topics import declared_topics, differences

Tell = Callable[[str], None]


def local_stack(settings: Settings, tell: Tell) -> LocalStack:
    """Answer the local stack of these settings, without what they point elsewhere."""
    return LocalStack(
        home=settings.home,
        kafka_port=settings.kafka_port,
        postgres_port=settings.postgres_port,
        progress=tell,
        with_kafka=settings.kafka_is_local,
        with_postgres=settings.postgres_is_local,
        cache=settings.cache,
        nodes=settings.kafka_nodes,
    )


def prepare(settings: Settings, tell: Tell) -> None:
    """Create the topics, the tables, the keys and the publishers; harmless to repeat.

    Raises:
        HubError: a server does not answer, or what is there is not what was expected.
    """
    topics = declared_topics(settings.kafka_nodes)
    found = find_topics(settings.kafka, (topic.name for topic in topics))
    for topic in topics:
        if topic.name not in found:
            create_topic(settings.kafka, topic)
        elif differences(topic, found[topic.name]):
            set_topic(settings.kafka, topic)
    applied = migrate(settings.database_url.get_secret_value())
    tell(f"Topics and tables are there ({len(applied)} migrations applied)")
    make_keys(settings.keys)
    hub = Hub(settings, connections=1, name="hub-demo")
    try:
        for agency in AGENCIES:
            make_publisher_key(settings.keys, agency.publisher)
            hub.publishers.add(
                agency.publisher,
                public_key=load_publisher_public_key(
                    settings.keys, agency.publisher
                ).public_bytes_raw(),
                reports_for=agency.reports_for,
                now=hub.clock.now(),
            )
    finally:
        hub.postgres.close()
    tell(f"{len(AGENCIES)} agencies may report")
