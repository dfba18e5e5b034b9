"""The queue of hints: "this interview has something to do". On Huey, and never the truth.

The database is the truth. A hint that is lost costs a few seconds until the sweep; one that comes
twice finds nothing to do.
"""

import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from interview_service.settings import Settings

if TYPE_CHECKING:
    from huey import Huey

log = logging.getLogger(__name__)

QUEUE_FILE = "queue.db"
_NAME = "interview_service"
_PAUSE_AFTER_FAILURE = 5.0
_MOST_TOGETHER = 50
_LINGER = 0.05  # seconds in which hints come together, at the price of that much delay


@contextmanager
def _drivers_of(settings: Settings) -> Iterator[None]:
    """Keep an import from loading drivers that the settings have no use for.

    Huey loads each driver that is installed: 15 MB in every process.
    """
    unused = {
        name
        for name, used in (
            ("redis", bool(settings.queue_url)),
            ("psycopg", settings.url.get_backend_name() == "postgresql"),
        )
        if not used and name not in sys.modules
    }
    sys.modules.update(dict.fromkeys(unused))  # type: ignore[arg-type]  # None: not to be imported
    try:
        yield
    finally:
        for name in unused:
            del sys.modules[name]


def load(settings: Settings) -> Any:
    """Return Huey, loaded with the drivers that the settings call for."""
    with _drivers_of(settings):
        import huey
    return huey


def make_queue(settings: Settings) -> "Huey":
    """Return the queue that the settings name: Redis, PostgreSQL, or a SQLite file. It connects."""
    huey = load(settings)
    if settings.queue_url:
        from redis import ConnectionPool  # only where Redis is used

        pool = ConnectionPool.from_url(
            settings.queue_url, socket_connect_timeout=2, socket_timeout=5
        )
        return huey.RedisHuey(_NAME, results=False, connection_pool=pool)
    if settings.url.get_backend_name() == "postgresql":
        dsn = settings.url.set(drivername="postgresql").render_as_string(hide_password=False)
        return huey.PostgresHuey(
            _NAME, results=False, dsn=dsn, connect_timeout=5, options="-c synchronous_commit=off"
        )
    settings.instance_path.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = settings.instance_path / QUEUE_FILE
    return huey.SqliteHuey(_NAME, results=False, filename=str(file), fsync=False)


Pair = tuple[str, str]
"""A hint: (tenant id, interview id)."""


def register(queue: "Huey", take: Callable[[str, str], None]) -> Callable[[list[Pair]], Any]:
    """Return what queues hints; `take` is done with each of them in a worker."""

    def hint(pairs: list[Pair]) -> None:
        for tenant_id, interview_id in pairs:
            take(tenant_id, interview_id)

    give: Callable[[list[Pair]], Any] = queue.task(name="hint")(hint)
    return give


class Hints:
    """Gives hints from a process that takes none.

    A thread of its own queues them, those together that came together, so that no request waits for
    the queue. It starts, and connects, with the first hint.
    """

    def __init__(self, settings: Settings) -> None:
        load(settings)  # before the processes that share it are forked
        self._settings = settings
        self._lock = threading.Lock()
        self._waiting: list[Pair] = []
        self._wanted = threading.Event()
        self._thread: threading.Thread | None = None

    def give(self, tenant_id: str, interview_id: str) -> None:
        """Have a hint queued, soon. It never fails: a hint may be lost."""
        with self._lock:
            self._waiting.append((tenant_id, interview_id))
            if self._thread is None:
                self._thread = threading.Thread(target=self._keep_queueing, daemon=True)
                self._thread.start()
        self._wanted.set()

    def _keep_queueing(self) -> None:
        give: Callable[[list[Pair]], Any] | None = None
        away = False
        while self._wanted.wait():
            time.sleep(_LINGER)
            self._wanted.clear()
            with self._lock:
                pairs, self._waiting = (
                    self._waiting[:_MOST_TOGETHER],
                    self._waiting[_MOST_TOGETHER:],
                )
                if self._waiting:
                    self._wanted.set()
            try:
                give = give or register(make_queue(self._settings), _taken_elsewhere)
                if pairs:
                    give(pairs)
                    away = False
            except Exception as error:  # noqa: BLE001 (a hint may be lost, for whatever reason)
                if not away:
                    log.warning("hints were lost, the sweep will do: %s", type(error).__name__)
                away = True
                time.sleep(_PAUSE_AFTER_FAILURE)
                with self._lock:
                    self._waiting.clear()


def _taken_elsewhere(tenant_id: str, interview_id: str) -> None:
    raise AssertionError("hints are taken by workers")
