"""What every part of a process stands on: settings, clock, keys, database, Kafka, files."""

import gc
import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from hub.adapters.calendar_files import load_calendars
from hub.adapters.decision_keys import DecisionKeys, load_decision_keys
from hub.adapters.kafka import PositionReader
from hub.adapters.keys import (
    HubKeys,
    load_hub_keys,
    load_sign_in_secret,
)
from hub.adapters.places import Places
from hub.adapters.policy_files import load_policies
from hub.adapters.policy_watch import PolicyWatch, Stamp, stamp_of
from hub.adapters.school_files import load_schools
from hub.adapters.store.connection import STATEMENT_SECONDS, PostgresStore, open_pool
from hub.bootstrap.clock import SystemClock
from hub.core.clock import london_date
from hub.core.school_calendar import SchoolCalendars
from hub.core.school_directory import SchoolDirectory
from hub.ports import Clock, Store
from hub.service.policies_in_force import PoliciesInForce
from hub.settings import Settings

WORKER_CONNECTIONS = 4

VALUES_BETWEEN_COLLECTIONS = 20_000
"""So many more values are made than freed before Python looks for circles among them. A batch makes
thousands, hardly any in a circle; at Python's own 700 looking took a fifth of linking's time."""


@dataclass(frozen=True)
class World:
    """The settings of a process, and what it opens and reads by them."""

    settings: Settings
    connections: int = WORKER_CONNECTIONS
    name: str = "hub"
    statement_seconds: float = STATEMENT_SECONDS
    server_settings: Mapping[str, str] = field(default_factory=dict)
    wrap_store: Callable[[Store], Store] = lambda store: store
    """Tests put a store around the store that ends the process at a chosen call."""
    clock: Clock = field(default_factory=SystemClock)
    """The one clock; tests hand in one that they set."""

    def __post_init__(self) -> None:
        """Have this process look for circles of values less often."""
        gc.set_threshold(VALUES_BETWEEN_COLLECTIONS)

    @cached_property
    def keys(self) -> HubKeys:
        """The keys that a worker holds."""
        return load_hub_keys(self.settings.keys)

    @cached_property
    def postgres(self) -> PostgresStore:
        """The database."""
        url = self.settings.database_url.get_secret_value()
        pool = open_pool(
            url,
            size=self.connections,
            name=self.name,
            statement_seconds=self.statement_seconds,
            server_settings=self.server_settings,
        )
        return PostgresStore(pool, self.keys.sealer, self.keys.identity)

    def close(self) -> None:
        """Close what was opened of the database; a command does when it has answered."""
        if "postgres" in self.__dict__:
            self.postgres.close()

    @cached_property
    def store(self) -> Store:
        """The database as the deciding use cases see it."""
        return self.wrap_store(self.postgres)

    @cached_property
    def kafka(self) -> PositionReader:
        """Kafka as the reconciler reads it."""
        return PositionReader(self.settings.kafka)

    @cached_property
    def places(self) -> Places:
        """Postcodes, sites and authorities."""
        return Places.open(self.settings.cache, today=lambda: london_date(self.clock.now()))

    @cached_property
    def policies(self) -> PoliciesInForce:
        """The authorities' policies; they follow the files while ``policy_watch`` is kept."""
        return self._policies_read[1]

    @cached_property
    def policy_watch(self) -> PolicyWatch:
        """Takes policy files that have changed."""
        since, _ = self._policies_read
        return PolicyWatch(self.settings.policies, self.policies, load_policies, since=since)

    @cached_property
    def _policies_read(self) -> tuple[Stamp, PoliciesInForce]:
        """The policies, and their files as they stood before: a change in between is one."""
        directory = self.settings.policies
        return stamp_of(directory), PoliciesInForce(load_policies(directory))

    @cached_property
    def calendars(self) -> SchoolCalendars:
        """The school calendars; only what decides and what expires needs them."""
        return load_calendars(self.settings.calendars)

    @cached_property
    def schools(self) -> SchoolDirectory:
        """Whom of which school a notice may be addressed to."""
        return load_schools(self.settings.schools)

    @cached_property
    def signing(self) -> DecisionKeys:
        """What signs decisions about identity."""
        return load_decision_keys(self.settings.keys)

    @cached_property
    def sign_in_secret(self) -> bytes:
        """The secret behind the demo's tokens, shared by all processes of this installation."""
        return load_sign_in_secret(self.settings.keys)

    @cached_property
    def worker_name(self) -> str:
        """This process, unlike any other: host, pid and the instant it began."""
        return f"{socket.gethostname()}-{os.getpid()}-{self.clock.now():%Y%m%d%H%M%S%f}"
