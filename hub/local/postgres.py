"""A private PostgreSQL cluster: made, started and stopped with the system's own programs."""

import os
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql

from hub.local.account import Account, postgres_account, run_as, server_environment
from hub.local.cluster import SUPERUSER, cluster_exists, make_cluster, password_in
from hub.local.fault import LocalStackError
from hub.local.pidfile import PidFile
from hub.local.programs import PostgresPrograms, find_postgres
from hub.local.server import LOOPBACK, Progress, Server
from hub.settings import PASSWORD_FILE, local_database_url

CONNECT_SECONDS_MAX = 3
OWNER = "hub"
SHARED_BUFFERS: Final = "256MB"

# Sized for two cores shared with everything else. Nothing here gives up durability (fsync,
# synchronous_commit and full_page_writes keep their defaults: on). A failing statement, its
# parameters and its DETAIL line can hold a child's name, so they never reach the log.
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "100",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "wal_compression": "on",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresCluster:
    """One cluster with a superuser that only this module uses, and the role ``hub``."""

    home: Path
    port: int
    shared_buffers: str = SHARED_BUFFERS

    @property
    def directory(self) -> Path:
        """The directory that belongs to the user PostgreSQL runs as."""
        return self.home / "postgres"

    @property
    def cluster(self) -> Path:
        """The cluster itself (PGDATA)."""
        return self.directory / "cluster"

    @property
    def password_file(self) -> Path:
        """The file with the generated password, which only the user who made it can read."""
        return self.home / PASSWORD_FILE

    @property
    def server(self) -> Server:
        """The running side of the cluster."""
        return Server(
            name="PostgreSQL",
            port=self.port,
            port_setting="HUB_POSTGRES_PORT",
            log=self.home / "postgres.log",
            pid_file=PidFile(self.home / "postgres.pid"),
        )

    def database_url(self, name: str = OWNER) -> str:
        """Answer the URL by which the role ``hub`` reaches a database."""
        return local_database_url(home=self.home, port=self.port, name=name)

    def prepare(self) -> PostgresPrograms:
        """Answer the PostgreSQL to start, once nothing is found to be in its way.

        Raises:
            LocalStackError: the port is taken, PostgreSQL is missing, or the directory cannot be
                used.
        """
        self.server.require_free((self.port,))
        account = postgres_account()
        if not cluster_exists(self.cluster):
            programs = find_postgres()
            self._make_directory(account)
            return programs
        if not self.password_file.is_file():
            raise LocalStackError(
                f"The password of the local PostgreSQL, {self.password_file}, is missing: restore "
                "that file, or start afresh with `hub wipe`, which deletes the database."
            )
        return find_postgres(int((self.cluster / "PG_VERSION").read_text()))

    def launch(self, programs: PostgresPrograms, progress: Progress) -> None:
        """Start the prepared server without waiting for it; make the cluster if there is none.

        Raises:
            LocalStackError: the cluster could not be made, or another server already serves it.
        """
        account = postgres_account()
        if not cluster_exists(self.cluster):
            make_cluster(
                self.cluster,
                programs=programs,
                password_file=self.password_file,
                log=self.home / "initdb.log",
                account=account,
                progress=progress,
            )
        self._forget_dead_postmaster()
        progress(f"PostgreSQL: starting on {self.server.address}")
        settings = SETTINGS | {"shared_buffers": self.shared_buffers}
        options = [f"--{name}={value}" for name, value in settings.items()]
        self.server.launch(
            [
                *(str(programs.directory / "postgres"), "-D", str(self.cluster)),
                *(f"--port={self.port}", *options),
            ],
            directory=self.directory,
            environment=server_environment(),
            account=account,
        )

    def await_ready(self, progress: Progress) -> None:
        """Wait until the server takes connections and the role and database ``hub`` are there.

        Raises:
            LocalStackError: it died or was not ready in time.
        """
        self.server.await_ready(self._is_ready, progress)
        self._make_role_and_database()

    def stop(self, progress: Progress) -> bool:
        """Stop the server, ending open sessions; answer whether it ran."""
        # INT and QUIT are PostgreSQL's fast and immediate shutdown (its manual, 19.5).
        return self.server.stop((signal.SIGINT, signal.SIGQUIT, signal.SIGKILL), progress)

    def create_database(self, name: str) -> str:
        """Make an empty database that belongs to the role ``hub``; answer its URL."""
        statement = sql.SQL("CREATE DATABASE {} OWNER {}")
        self._as_superuser(statement.format(sql.Identifier(name), sql.Identifier(OWNER)))
        return self.database_url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database with whoever is connected to it; a missing one is no error."""
        statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        self._as_superuser(statement.format(sql.Identifier(name)))

    def _is_ready(self) -> bool:
        try:
            self._superuser_connection().close()
        except psycopg.OperationalError:
            return False
        return True

    def _superuser_connection(self) -> psycopg.Connection:
        return psycopg.connect(
            self.database_url("postgres"),
            user=SUPERUSER,
            connect_timeout=CONNECT_SECONDS_MAX,
            autocommit=True,
        )

    def _as_superuser(self, statement: sql.Composed) -> None:
        with self._superuser_connection() as connection:
            connection.execute(statement)

    def _make_role_and_database(self) -> None:
        """Give the hub a role that owns its database and is no superuser, as in production."""
        with self._superuser_connection() as connection:
            asked = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [OWNER])
            if asked.fetchone() is None:
                role = sql.SQL("CREATE ROLE {} LOGIN CREATEDB PASSWORD {}")
                password = sql.Literal(password_in(self.password_file))
                connection.execute(role.format(sql.Identifier(OWNER), password))
            asked = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [OWNER])
            missing = asked.fetchone() is None
        if missing:
            self.create_database(OWNER)

    def _make_directory(self, account: Account | None) -> None:
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if account is None:
            return
        os.chown(self.directory, account.uid, account.gid)
        if run_as(account, ["test", "-w", str(self.directory)], directory=Path("/")).returncode:
            raise LocalStackError(
                f"PostgreSQL runs as the user `{account.name}`, because it refuses root, and that "
                f"user cannot reach {self.directory}: set HUB_HOME to a directory that it can "
                "reach, such as /var/lib/safeguarding-hub."
            )

    def _forget_dead_postmaster(self) -> None:
        """Remove the server's own lock file if the process it names is not this cluster's server.

        PostgreSQL itself only asks whether *some* process of its user has that pid, and would
        refuse to start after a crash if another program has it now.
        """
        lock = self.cluster / "postmaster.pid"
        if not lock.is_file():
            return
        first = lock.read_text(errors="replace").partition("\n")[0].strip()
        command = Path(f"/proc/{first}/cmdline")
        if (
            first.isdigit()
            and command.is_file()
            and str(self.cluster).encode() in command.read_bytes()
        ):
            raise LocalStackError(
                f"A PostgreSQL that `hub up` did not start (pid {first}) already serves "
                f"{self.cluster}: stop it, then run `hub up` again."
            )
        lock.unlink()
