"""`hub topics` and `hub keys`: what they do, what they say, and their exit codes."""

import pytest
from typer.testing import CliRunner

from hub.adapters import kafka
from hub.commands import keys, topics
from hub.core.report import Feed
from hub.errors import HubError
from hub.topics import FEED_OF_TOPIC, Topic, declared_topics

RUN = CliRunner()


@pytest.fixture
def mine(kafka_address, monkeypatch):
    """A topic of this test's own in place of the hub's."""
    monkeypatch.setenv("HUB_KAFKA", kafka_address)
    topic = Topic(name="test.commands.v1", feed=Feed.HEALTH)
    monkeypatch.setattr(topics, "declared_topics", lambda _copies: (topic,))
    return topic


@pytest.mark.stack
def test_topics_are_created_once_checked_and_mended(mine, kafka_address):
    absent = RUN.invoke(topics.app, ["check"])
    assert isinstance(absent.exception, HubError)
    assert "test.commands.v1 is not there." in absent.stdout
    created = RUN.invoke(topics.app, ["apply"])
    assert created.exit_code == 0, created.output
    assert "Created test.commands.v1 with 4 partitions." in created.stdout
    again = RUN.invoke(topics.app, ["apply"])
    assert again.stdout == "1 topics are as declared.\n"
    kafka.set_topic(kafka_address, Topic(name=mine.name, feed=mine.feed, copies=3))
    differs = RUN.invoke(topics.app, ["check"])
    assert "min.insync.replicas = 2; 1 was expected" in differs.stdout
    assert isinstance(differs.exception, HubError)
    assert "Set test.commands.v1." in RUN.invoke(topics.app, ["apply"]).stdout
    assert RUN.invoke(topics.app, ["check"]).exit_code == 0


def test_every_feed_has_a_topic_that_keeps_35_days_of_the_broker_s_own_time():
    assert set(FEED_OF_TOPIC.values()) == set(Feed)
    assert {topic.name for topic in declared_topics()} == set(FEED_OF_TOPIC)
    for topic in declared_topics(copies=3):
        assert topic.settings["retention.ms"] == str(35 * 24 * 3600 * 1000)
        assert topic.settings["message.timestamp.type"] == "LogAppendTime"
        assert topic.settings["min.insync.replicas"] == "2"


def test_keys_are_made_once_and_only_public_keys_are_shown(tmp_path, monkeypatch):
    monkeypatch.setenv("HUB_KEYS", str(tmp_path / "keys"))
    assert "Made sealing/ingest-1" in RUN.invoke(keys.app, ["make"]).stdout
    assert "Made" not in RUN.invoke(keys.app, ["make"]).stdout
    made = RUN.invoke(keys.app, ["publisher", "leeds-teaching"]).stdout
    assert "Made a signing key of leeds-teaching." in made
    assert "There is a signing key" in RUN.invoke(keys.app, ["publisher", "leeds-teaching"]).stdout
    shown = RUN.invoke(keys.app, ["show"]).stdout
    assert "ingest-1  " in shown
    assert "leeds-teaching  " in shown
    for path in (tmp_path / "keys").rglob("*.key"):
        assert path.read_text().strip() not in shown + made
