"""PostgreSQL's LISTEN and NOTIFY: how workers on other machines learn at once that work is due."""

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy.engine import URL

if TYPE_CHECKING:
    from psycopg import Connection

log = logging.getLogger(__name__)

CHANNEL = "interview_service_work"

_PROBE_SECONDS = 2.0
_IDLE_SECONDS = 60.0
_PAUSE_AFTER_FAILURE = 5.0
_LINGER = 0.02  # seconds in which notifications come together


def _connect(url: URL) -> "Connection[Any]":
    """Return a connection of its own, which finds out when its peer has gone silent."""
    import psycopg  # only where the database is PostgreSQL

    dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(
        dsn,
        autocommit=True,
        application_name="interview-service wake-ups",
        connect_timeout=5,
        keepalives=1,
        keepalives_idle=15,
        keepalives_interval=5,
        keepalives_count=3,
        tcp_user_timeout=15_000,
    )


class Notifier:
    """Notifies the workers, on a thread and a connection of its own that begin with the first."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._wanted = threading.Event()
        self._thread: threading.Thread | None = None

    def notify_soon(self) -> None:
        """Have the workers notified; notifications that come together are one."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._keep_notifying, name="notifier", daemon=True
                )
                self._thread.start()
        self._wanted.set()

    def _keep_notifying(self) -> None:
        pause = threading.Event()  # never set: its wait is a pause
        connection: Connection[Any] | None = None
        while self._wanted.wait():
            pause.wait(_LINGER)
            self._wanted.clear()
            try:
                if connection is None or connection.closed:
                    connection = _connect(self._url)
                connection.execute(f"NOTIFY {CHANNEL}")
            except Exception as error:  # noqa: BLE001 (a wake-up may be lost, for whatever reason)
                log.warning(
                    "workers could not be notified, polling will do: %s", type(error).__name__
                )
                if connection is not None:
                    connection.close()
                pause.wait(_PAUSE_AFTER_FAILURE)


class Listener:
    """Calls `heard` when a worker is notified; a connection that breaks is made again.

    Behind a pooler that lends a connection for one transaction nothing arrives: that is found out
    by a notification to itself, and then it listens no more.
    """

    def __init__(self, url: URL, heard: Callable[[], None]) -> None:
        self._url = url
        self._heard = heard
        self._stopped = threading.Event()

    def start(self) -> None:
        """Begin to listen, on a thread of its own."""
        threading.Thread(target=self._keep_listening, name="listener", daemon=True).start()

    def stop(self) -> None:
        """Listen no more; the thread ends with its connection or its process."""
        self._stopped.set()

    def _keep_listening(self) -> None:
        lost = False
        while not self._stopped.is_set():
            try:
                with _connect(self._url) as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    if not self._hears(connection):
                        log.warning("notifications do not arrive, behind a pooler: polling will do")
                        return
                    lost = False
                    self._heard()  # for what was missed meanwhile
                    while not self._stopped.is_set():
                        for _ in connection.notifies(timeout=_IDLE_SECONDS, stop_after=1):
                            self._heard()
                        connection.execute("SELECT 1")  # raises where the connection is broken
            except Exception as error:  # noqa: BLE001 (whatever it is, it is tried again)
                if not lost and not self._stopped.is_set():
                    log.warning("listening for notifications failed: %s", type(error).__name__)
                lost = True
                self._stopped.wait(_PAUSE_AFTER_FAILURE)

    def _hears(self, connection: "Connection[Any]") -> bool:
        """Tell whether what another connection notifies arrives here."""
        with _connect(self._url) as other:
            other.execute(f"NOTIFY {CHANNEL}")
            return any(True for _ in connection.notifies(timeout=_PROBE_SECONDS, stop_after=1))
