"""Every setting of the hub: its name, type, default and meaning, read from the environment."""

import os
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from hub.errors import ConfigurationError

PROJECT_ROOT = Path(__file__).resolve().parents[1]
LOOPBACK = "127.0.0.1"
PASSWORD_FILE = "postgres.pgpass"  # noqa: S105 - the name of a file, not a password
KAFKA_NODE_PORTS = 10
"""Between the ports of one node of the local Kafka and of the next."""

SEVERAL_NODES = 3
"""The only number beside one: the fewest of which any may be lost."""


def local_database_url(*, home: Path, port: int, name: str = "hub") -> str:
    """Answer the URL of a database in the local PostgreSQL; the password stays in its 0600 file."""
    passfile = quote(str(home / PASSWORD_FILE), safe="")
    return f"postgresql://hub@{LOOPBACK}:{port}/{name}?passfile={passfile}"


def local_kafka(*, port: int, nodes: int = 1) -> str:
    """Answer the servers of the local Kafka, with commas between."""
    return ",".join(f"{LOOPBACK}:{port + number * KAFKA_NODE_PORTS}" for number in range(nodes))


def nodes_file(home: Path) -> Path:
    """Answer the file that is there once the local Kafka of this directory has several nodes."""
    return home / "kafka" / "several-nodes"


def local_kafka_nodes(home: Path) -> int:
    """Answer how many nodes the local Kafka of this directory has: 1 or 3."""
    return SEVERAL_NODES if nodes_file(home).exists() else 1


def default_home() -> Path:
    """Answer where state lives if HUB_HOME is not set.

    Root: /var/lib/safeguarding-hub, which the postgres user can reach (PostgreSQL refuses to run as
    root). Others: ``var`` in a checkout that they can write to, else the XDG state directory.
    """
    if os.geteuid() == 0:
        return Path("/var/lib/safeguarding-hub")
    if (PROJECT_ROOT / "pyproject.toml").is_file() and os.access(PROJECT_ROOT, os.W_OK):
        return PROJECT_ROOT / "var"
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "safeguarding-hub"


def default_cache() -> Path:
    """Answer where downloads are kept if HUB_CACHE is not set: the XDG cache directory."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "safeguarding-hub"


class Settings(BaseSettings):
    """What the operator decides, one environment variable each (``hub settings`` prints the table).

    A setting that is left out takes its default; ``kafka`` and ``database_url`` are then filled in
    with the address of the local stack. Secrets are hidden in ``repr`` and in errors.
    """

    model_config = SettingsConfigDict(
        env_prefix="HUB_", frozen=True, hide_input_in_errors=True, env_ignore_empty=True
    )

    kafka: str = Field(
        default="",
        description="Kafka servers, host:port with commas between; set, `hub up` starts no Kafka",
    )
    database_url: SecretStr = Field(
        default=SecretStr(""),
        description="PostgreSQL as a postgresql:// URL; set, `hub up` starts no PostgreSQL",
    )
    http_host: str = Field(default=LOOPBACK, description="Address that `hub serve` listens on")
    http_port: int = Field(default=8000, ge=1, le=65535, description="Port of `hub serve`")
    kafka_port: int = Field(
        default=19092,
        ge=1024,
        le=65534,
        description="Port of the local Kafka, the next too; of three nodes also those 10 and 20 on",
    )
    postgres_port: int = Field(
        default=15432, ge=1024, le=65535, description="Port of the local PostgreSQL"
    )
    home: Path = Field(
        default_factory=default_home,
        description="Directory that holds the local stack's state and the keys",
    )
    cache: Path = Field(
        default_factory=default_cache,
        description="Directory that holds Kafka's jars, fetched once with Maven",
    )
    demo: bool = Field(default=False, description="Made-up children and named demo roles only")
    search_beat_milliseconds: int = Field(
        default=250,
        ge=0,
        le=2_000,
        description="An answer to a check without NHS number or birth date, and any to reception,"
        " leaves after a multiple of this, so that its time tells nothing; 0: at once, for"
        " measuring alone",
    )
    session_timeout_seconds: float = Field(
        default=10, ge=1, le=300, description="Silence after which Kafka takes a worker for dead"
    )
    unverified_reports_per_day: int = Field(
        default=5_000,
        ge=0,
        description="Reports of unknown senders a partition keeps whole in a day: two publishers'",
    )
    unverified_mebibytes_per_day: int = Field(
        default=64,
        ge=0,
        description="The same in MiB; past either, only digest, position, length and reason",
    )
    parked_alarm_hours: float = Field(
        default=24, gt=0, description="Hours that a report may be parked before it is an alarm"
    )
    policies: Path = Field(
        default=PROJECT_ROOT / "deploy" / "policies",
        description="Directory of the authorities' policy files",
    )
    calendars: Path = Field(
        default=PROJECT_ROOT / "deploy" / "calendars",
        description="Directory of the school calendars",
    )
    schools: Path = Field(
        default=PROJECT_ROOT / "deploy" / "schools",
        description="Directory of the schools' safeguarding leads",
    )
    keys: Path = Field(default=Path(), description="Directory of key files; default HUB_HOME/keys")
    public_url: str = Field(
        default="",
        pattern=r"^(https://[^\s/?#@]+|http://127\.0\.0\.1(:[0-9]+)?)?$",
        description="Address by which people open the pages, https://...; e-mails name it",
    )
    smtp_host: str = Field(
        default="", description="Mail server of routes by e-mail; none unless set"
    )
    smtp_port: int = Field(default=587, ge=1, le=65535, description="Port of the mail server")
    smtp_security: Literal["starttls", "tls"] = Field(
        default="starttls", description="How its connection is encrypted: starttls or tls"
    )
    smtp_user: str = Field(default="", description="Account at the mail server, if it wants one")
    smtp_password: SecretStr = Field(default=SecretStr(""), description="Password of that account")
    smtp_password_file: Path | None = Field(
        default=None, description="File that holds it, mode 0600, instead of the environment"
    )
    smtp_sender: str = Field(
        default="", pattern=r"^([^\s@<>\"]+@[^\s@<>\"]+)?$", description="Address e-mails are from"
    )
    email_domains: str = Field(
        default="", description="Domains to which e-mails may go, with commas between; no others"
    )

    @property
    def kafka_is_local(self) -> bool:
        """Whether Kafka is the local stack's, because HUB_KAFKA is not set."""
        return "kafka" not in self.model_fields_set

    @property
    def kafka_nodes(self) -> int:
        """How many nodes the local Kafka has, as ``hub up --nodes`` was told; 1 elsewhere."""
        return local_kafka_nodes(self.home) if self.kafka_is_local else 1

    @property
    def postgres_is_local(self) -> bool:
        """Whether PostgreSQL is the local stack's, because HUB_DATABASE_URL is not set."""
        return "database_url" not in self.model_fields_set

    @model_validator(mode="before")
    @classmethod
    def _take_paths_from_here(cls, given: object) -> object:
        """Answer the settings with relative directories made absolute, so that `cd` is harmless."""
        if not isinstance(given, dict):
            return given
        for name in ("home", "cache", "policies", "calendars", "schools", "keys"):
            if given.get(name):
                given[name] = Path(given[name]).expanduser().absolute()
        return given

    @model_validator(mode="after")
    def _fill_in_the_local_stack(self) -> "Settings":
        """Fill in, from the ports and the home, what is not set; it still counts as not set."""
        if self.kafka_is_local:
            self._fill("kafka", local_kafka(port=self.kafka_port, nodes=self.kafka_nodes))
        if self.postgres_is_local:
            url = local_database_url(home=self.home, port=self.postgres_port)
            self._fill("database_url", SecretStr(url))
        if "keys" not in self.model_fields_set:
            self._fill("keys", self.home / "keys")
        return self

    def _fill(self, name: str, value: object) -> None:
        self.__dict__[name] = value


def load_settings() -> Settings:
    """Answer the settings of this environment.

    Raises:
        ConfigurationError: a setting cannot be used; the sentence names its variable and what was
            expected, and never its value.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = "HUB_" + str(first["loc"][0] if first["loc"] else "").upper()
        raise ConfigurationError(f"The setting {name} cannot be used: {first['msg']}.") from None
