"""One laboratory a test, over a database of its own."""

import pytest

from tests.service.laboratory import Laboratory


@pytest.fixture
def laboratory(database_url):
    found = Laboratory(database_url)
    yield found
    found.close()
