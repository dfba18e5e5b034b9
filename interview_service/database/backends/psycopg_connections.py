"""Connections of psycopg to a PostgreSQL that may go silent, or stand behind a pooler."""

from typing import Any, TypeVar

from psycopg import Connection, OperationalError
from psycopg.abc import PQGen

from interview_service.database.backends.base import Patience

R = TypeVar("R")

_POLL_SECONDS = 0.1
_KEEPALIVE: dict[str, Any] = {
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}


class LimitedConnection(Connection[Any]):
    """A connection that is closed when its server has not answered for `silence` seconds.

    The kernel sees a peer that is gone. This sees one that takes what it is sent and never answers,
    such as a proxy whose own peer is gone.
    """

    silence: float | None = None

    named: tuple[str, ...] | None = None
    """What each statement is to name first, where the connection is for reading."""

    def wait(
        self, gen: PQGen[R], interval: float = _POLL_SECONDS, timeout: float | None = None
    ) -> R:
        """Run what waits for the server.

        :raise psycopg.OperationalError: it did not answer in time.
        """
        try:
            return super().wait(gen, interval, self.silence if timeout is None else timeout)
        except OperationalError as error:
            if error.sqlstate is None:  # it is not the server that says so
                self.pgconn.finish()
            raise


def connect(patience: Patience | None, *given: Any, **options: Any) -> LimitedConnection:
    """Return a new connection.

    Behind a pooler each transaction may get another connection of the server's, which knows no
    statement that was prepared before: so none is.

    :param patience: how long the server is waited for; None for as long as its peer is there.
    """
    if patience is not None:
        options = {**_KEEPALIVE, "tcp_user_timeout": patience.silence * 1000, **options}
    connection = LimitedConnection.connect(*given, **options)
    if patience is not None:
        connection.silence = patience.silence
    if _is_behind_pooler(connection):
        connection.prepare_threshold = None
    return connection


def _is_behind_pooler(connection: LimitedConnection) -> bool:
    """Tell whether the process that answers is another one than the process connected to."""
    row = connection.execute("SELECT pg_backend_pid()").fetchone()
    connection.rollback()
    return row is None or row[0] != connection.info.backend_pid
