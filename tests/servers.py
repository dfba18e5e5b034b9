"""What a run of the tests takes of this machine: databases on servers, Redis, ports.

Runs that happen at the same time, and the processes of one run, take nothing of each other's: names
on a server begin with those of the run and of its process.

TEST_POSTGRESQL_URL, TEST_MARIADB_URL and TEST_REDIS_URL name servers; by default they are looked
for on this machine. The user of the first two may create databases.
"""

import itertools
import os
import secrets
import socket
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from interview_service.settings.databases import database_url

# The first process of a run sets this for all the others, which pytest-xdist starts.
RUN = f"interview_service_test_{os.environ.setdefault('TEST_RUN', str(os.getpid()))}_"
PROCESS = os.environ.get("PYTEST_XDIST_WORKER", "main")
NUMBER = int(PROCESS.removeprefix("gw")) if PROCESS != "main" else 0

_SERVERS = {
    "postgresql": os.environ.get("TEST_POSTGRESQL_URL", "postgresql://postgres@127.0.0.1/postgres"),
    "mariadb": os.environ.get("TEST_MARIADB_URL", "mariadb://root@127.0.0.1/mysql"),
}
_REDIS_DATABASES = 16
# Below those that Linux gives to connections, so that none takes a port before its service does.
_PORTS = range(10_000, 32_000)


def _connect(backend: str) -> Engine:
    return create_engine(
        database_url(_SERVERS[backend], Path()),
        connect_args={"connect_timeout": 3},
        isolation_level="AUTOCOMMIT",
    )


class Server:
    """A database server on which this process makes databases of its own, and drops them again.

    :raise sqlalchemy.exc.SQLAlchemyError: it cannot be reached.
    """

    def __init__(self, backend: str) -> None:
        self.backend = backend
        self.admin = _connect(backend)
        self.url = self.admin.url
        self.role = f"{RUN}{PROCESS}"
        self.password = secrets.token_hex(16)
        with self.admin.connect() as connection:
            if backend == "postgresql":
                connection.execute(text(f"DROP ROLE IF EXISTS {self.role}"))
                connection.execute(
                    text(f"CREATE ROLE {self.role} LOGIN NOSUPERUSER PASSWORD '{self.password}'")
                )

    def new_database(self, template: str | None = None) -> URL:
        """Create a database and return its URL, for a user who is no superuser.

        :param template: on PostgreSQL, the database whose copy it is; without one it is empty.
        """
        name = f"{RUN}{PROCESS}_{secrets.token_hex(3)}"
        with self.admin.connect() as connection:
            if self.backend == "postgresql":
                copied = f" TEMPLATE {template}" if template else ""
                connection.execute(text(f"CREATE DATABASE {name} OWNER {self.role}{copied}"))
                return self.url.set(username=self.role, password=self.password, database=name)
            connection.execute(text(f"CREATE DATABASE {name}"))
            return self.url.set(database=name)

    def close(self) -> None:
        """Drop what was created."""
        drop_all(self.admin, f"{RUN}{PROCESS}")
        self.admin.dispose()


def drop_all(admin: Engine, prefix: str) -> None:
    """Drop every database and role of a server whose name begins with a prefix."""
    pattern = {"pattern": prefix.replace("_", r"\_") + "%"}
    with admin.connect() as connection:
        if admin.dialect.name == "postgresql":
            databases = "SELECT datname FROM pg_database WHERE datname LIKE :pattern"
            for name in connection.scalars(text(databases), pattern).all():
                connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            roles = "SELECT rolname FROM pg_roles WHERE rolname LIKE :pattern"
            for name in connection.scalars(text(roles), pattern).all():
                connection.execute(text(f"DROP ROLE IF EXISTS {name}"))
        else:
            schemas = "SELECT schema_name FROM information_schema.schemata"
            found = connection.scalars(text(f"{schemas} WHERE schema_name LIKE :pattern"), pattern)
            for name in found.all():
                connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))


def drop_what_is_left() -> None:
    """Drop what processes of this run that were killed have left on the servers."""
    for backend in _SERVERS:
        admin = _connect(backend)
        with suppress(SQLAlchemyError):
            drop_all(admin, RUN)
        admin.dispose()


def redis_url() -> str:
    """Return the URL of a Redis database that other processes of the run do not use."""
    given = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/9")
    base, _, number = given.rpartition("/")
    return f"{base}/{(int(number) + NUMBER) % _REDIS_DATABASES}"


_next_port = itertools.count(int(os.environ["TEST_RUN"]) * 89 + NUMBER * 1000)


def free_port() -> int:
    """Return a port that nobody listens on; processes of a run begin in different places."""
    while True:
        port = _PORTS[next(_next_port) % len(_PORTS)]
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
