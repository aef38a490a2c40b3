"""The publishers' registry as a worker goes by it: read again every two seconds."""

import time

from hub.adapters.store.publishers import PostgresPublishers
from hub.core.intake import PublisherRegistry

REGISTRY_SECONDS = 2.0
"""For how long a worker goes by the registry it has read; a revocation counts after that."""


class RegistryReader:
    """The publishers' registry, read again when it is older than two seconds."""

    def __init__(self, publishers: PostgresPublishers) -> None:
        self._publishers = publishers
        self._read_at = float("-inf")
        self._registry: PublisherRegistry = {}

    def __call__(self) -> PublisherRegistry:
        """The registry as it was at most two seconds ago."""
        now = time.monotonic()
        if now - self._read_at > REGISTRY_SECONDS:
            self._registry = self._publishers.registry()
            self._read_at = now
        return self._registry
