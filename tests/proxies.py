"""A proxy before a database server, which tests cut, silence and count by."""

import select
import socket
import threading
from contextlib import suppress
from typing import Any


class Proxy:
    """Stands between the service and a database server, until it is cut.

    While it `is_silent` it takes connections and what they send, and passes nothing on. `turns`
    counts how often a client spoke after its server had: the round trips of all connections.
    `falls_on` is what a connection breaks on, once: the last of these statements, before it gets to
    the server, on the connection that sent the others before.
    """

    def __init__(self, target: tuple[str, int]) -> None:
        self.target = target
        self.port = 0
        self.falls_on: tuple[bytes, ...] = ()
        self.is_silent = False
        self.turns = 0
        self._lock = threading.Lock()
        self._clients: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener: socket.socket | None = None
        self.open()

    def open(self) -> None:
        """Take connections, again."""
        listener = socket.create_server(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        self._listener = listener
        self._start(self._accept, listener)

    def cut(self) -> None:
        """Close every connection and refuse new ones."""
        if self._listener is not None:
            self._listener.shutdown(socket.SHUT_RDWR)
            self._threads[0].join()
            self._listener = None
        with self._lock:
            for each in self._clients:
                with suppress(OSError):  # the other end was quicker
                    each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._threads.clear()

    def _start(self, work: Any, *arguments: Any) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener: socket.socket) -> None:
        with listener:
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                with self._lock:
                    self._clients.add(client)
                self._start(self._carry, client)

    def _carry(self, client: socket.socket) -> None:
        try:
            with socket.create_connection(self.target) as server:
                other, seen, last = {client: server, server: client}, 0, server
                while True:
                    for source in select.select([client, server], [], [])[0]:
                        data = source.recv(65536)
                        if source is client and self._watches(data, seen):
                            seen += 1
                        if not data or self._falls(seen):
                            return
                        if self.is_silent:
                            continue
                        self.turns += source is client and last is server
                        last = source
                        other[source].sendall(data)
        except OSError:
            return
        finally:
            with self._lock:
                self._clients.discard(client)
                client.close()

    def _watches(self, data: bytes, seen: int) -> bool:
        """Tell whether this is the next of the statements that are looked out for."""
        return seen < len(self.falls_on) and self.falls_on[seen] in data

    def _falls(self, seen: int) -> bool:
        """Tell whether a connection is to break now."""
        with self._lock:
            falls = bool(self.falls_on) and seen == len(self.falls_on)
            if falls:
                self.falls_on = ()
        return falls
