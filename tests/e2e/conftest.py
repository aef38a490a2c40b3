"""A hub of its own for each test, over the run's Kafka and PostgreSQL."""

import pytest

from tests.e2e.installation import Installation, make_topics_anew


@pytest.fixture
def topics(local_stack):
    """The declared topics, empty."""
    make_topics_anew(local_stack.kafka_address)


@pytest.fixture
def installation(local_stack, database_url, topics, tmp_path):
    found = Installation(local_stack, database_url, tmp_path)
    yield found
    found.close()
