"""Finds, creates and sets topics."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from hub.adapters.kafka.client import (
    CONNECT_SECONDS,
    FETCH_SECONDS,
    ConfigFilterType,
    ConfigResource,
    ConfigResourceType,
    KafkaAdminClient,
    TopicAlreadyExistsError,
    milliseconds,
    named_faults,
)
from hub.topics import FoundTopic, Topic


@contextmanager
def administrator(servers: str) -> Iterator[Any]:
    """Lend an administrator's connection; errors inside come out as ours."""
    with named_faults("Administering topics", servers):
        client = KafkaAdminClient(
            bootstrap_servers=servers.split(","),
            bootstrap_timeout_ms=milliseconds(CONNECT_SECONDS),
            request_timeout_ms=milliseconds(FETCH_SECONDS),
        )
        try:
            yield client
        finally:
            client.close()


def find_topics(servers: str, names: Iterable[str]) -> Mapping[str, FoundTopic]:
    """Answer those of the named topics that exist, with all of their settings.

    Raises:
        TransientFault: the broker does not answer.
    """
    with administrator(servers) as client:
        there = set(client.list_topics()) & set(names)
        described = client.describe_topics(sorted(there)) if there else []
        resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in sorted(there)]
        every = client.describe_configs(resources, config_filter=ConfigFilterType.ALL)
    settings = every.get("topic", {})
    return {
        topic["name"]: FoundTopic(
            name=topic["name"],
            partitions=len(topic["partitions"]),
            copies=min(len(partition["replica_nodes"]) for partition in topic["partitions"]),
            settings={name: said["value"] for name, said in settings[topic["name"]].items()},
        )
        for topic in described
    }


def create_topic(servers: str, topic: Topic) -> None:
    """Create a topic as declared and wait until it can be used; harmless if it is there.

    Raises:
        TransientFault: the broker does not answer, or has not enough brokers for the copies.
    """
    wanted = {
        topic.name: {
            "num_partitions": topic.partitions,
            "replication_factor": topic.copies,
            "configs": dict(topic.settings),
        }
    }
    with administrator(servers) as client:
        try:
            client.create_topics(wanted, wait_for_metadata=True)
        except TopicAlreadyExistsError:
            return


def set_topic(servers: str, topic: Topic) -> None:
    """Give an existing topic its declared settings; its partitions and copies stay.

    Raises:
        TransientFault: the broker does not answer.
    """
    resource = ConfigResource(ConfigResourceType.TOPIC, topic.name, configs=dict(topic.settings))
    with administrator(servers) as client:
        client.alter_configs([resource])
