"""Telling workers that there is something to do, so that they need not wait for their next poll.

Within a machine it is a byte to each worker's socket in INSTANCE_PATH; where no worker of this
machine listens and the database is PostgreSQL, a NOTIFY. A wake-up says that something is due and
no more: what it is stands in the database. One that is lost costs a quarter of a second.
"""

import logging
import os
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from interview_service.database.notifications import Listener, Notifier
from interview_service.settings import Settings

log = logging.getLogger(__name__)

_BYTE = b"\0"


def _folder(settings: Settings) -> Path:
    return settings.instance_path / "workers"


class WakeupSender:
    """Wakes workers from a process that is none. It never fails, and never waits."""

    def __init__(self, settings: Settings) -> None:
        self._folder = _folder(settings)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._notifier = (
            Notifier(settings.url) if settings.url.get_backend_name() == "postgresql" else None
        )

    def send(self, tenant_id: str, interview_id: str) -> None:
        """Wake the workers; which interview of whom it is for is theirs to find out."""
        if not self._send_within_machine() and self._notifier is not None:
            self._notifier.notify_soon()

    def close(self) -> None:
        """Wake nobody any more."""
        self._socket.close()

    def _send_within_machine(self) -> bool:
        """Wake the workers of this machine; False where none listens."""
        heard = False
        try:
            names = os.listdir(self._folder)
        except OSError:
            return False
        for name in names:
            try:
                self._socket.sendto(_BYTE, str(self._folder / name))
            except BlockingIOError:
                heard = True  # as many wake-ups as fit are waiting to be read
            except OSError:
                continue  # left behind by a worker that was killed
            else:
                heard = True
        return heard


class WakeupReceiver:
    """Calls `wake` whenever somebody wakes this worker, from its start to its end.

    The receiver only ever learns that something came: what came is neither kept nor looked at.
    """

    def __init__(self, settings: Settings, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._path = _folder(settings) / f"{os.getpid()}.sock"
        self._socket: socket.socket | None = None
        self._stopped = threading.Event()
        self._listener = (
            Listener(settings.url, wake)
            if settings.url.get_backend_name() == "postgresql"
            else None
        )

    def __enter__(self) -> Self:
        """Begin to listen; where that cannot be done, the worker polls and nothing else."""
        try:
            self._socket = self._bound()
        except OSError as error:
            log.warning("no wake-ups within this machine, polling will do: %s", error)
        else:
            threading.Thread(target=self._keep_receiving, name="wakeups", daemon=True).start()
        if self._listener is not None:
            self._listener.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Listen no more."""
        if self._listener is not None:
            self._listener.stop()
        if self._socket is not None:
            self._path.unlink(missing_ok=True)
            self._stopped.set()
            self._socket.shutdown(socket.SHUT_RDWR)  # ends the wait for a datagram

    def _bound(self) -> socket.socket:
        folder = self._path.parent
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _remove_abandoned(folder)
        self._path.unlink(missing_ok=True)
        bound = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            bound.bind(str(self._path))
        except OSError:
            bound.close()
            raise
        return bound

    def _keep_receiving(self) -> None:
        assert self._socket is not None
        with self._socket:
            while True:
                self._socket.recv(len(_BYTE))  # what else a datagram holds is dropped
                if self._stopped.is_set():
                    return
                self._wake()


def _remove_abandoned(folder: Path) -> None:
    """Remove the sockets of workers that were killed."""
    for path in folder.glob("*.sock"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect(str(path))
            except ConnectionRefusedError:
                with suppress(OSError):
                    path.unlink()
            except OSError:
                continue
