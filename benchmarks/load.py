"""A load that costs little itself: requests over kept-alive connections, read by their length."""

import socket
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of a run of requests.

    :param rate: requests a second.
    :param median_ms: the median response time, in milliseconds.
    :param statuses: how often each status was returned.
    """

    rate: float
    median_ms: float
    statuses: dict[int, int]


def request(method: str, path: str, token: str, body: bytes = b"") -> bytes:
    """Return the bytes of a request."""
    head = f"{method} {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n"
    if body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return f"{head}\r\n".encode() + body


class Connection:
    """One kept-alive connection."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._rest = b""

    def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send a request and return the status and the body of its response."""
        self._socket.sendall(request)
        data = self._rest
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._received()
        head = data[:end].lower()
        at = head.find(b"content-length:")
        length = int(head[at + 15 : (head + b"\r").find(b"\r", at)]) if at >= 0 else 0
        while len(data) < end + 4 + length:
            data += self._received()
        self._rest = data[end + 4 + length :]
        return int(head[9:12]), data[end + 4 : end + 4 + length]

    def _received(self) -> bytes:
        chunk = self._socket.recv(65536)
        if not chunk:
            raise ConnectionError("the server closed the connection")
        return chunk

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()


def run(port: int, requests: Sequence[bytes], *, seconds: float, connections: int = 8) -> Result:
    """Send the requests round robin over several connections, for `seconds`."""
    times: list[float] = []
    statuses: dict[int, int] = {}
    lock = threading.Lock()
    until = time.perf_counter() + seconds

    def loop(first: int) -> None:
        connection, number = Connection(port), first
        own: list[float] = []
        seen: dict[int, int] = {}
        try:
            while (began := time.perf_counter()) < until:
                status, _ = connection.ask(requests[number % len(requests)])
                own.append(time.perf_counter() - began)
                seen[status] = seen.get(status, 0) + 1
                number += connections
        finally:
            connection.close()
        with lock:
            times.extend(own)
            for status, count in seen.items():
                statuses[status] = statuses.get(status, 0) + count

    began = time.perf_counter()
    threads = [threading.Thread(target=loop, args=(number,)) for number in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - began
    return Result(len(times) / elapsed, statistics.median(times) * 1000, statuses)


def poll(ready: Callable[[], bool], *, seconds: float, pause: float = 0.005) -> float:
    """Wait until `ready` returns true, and return the seconds that it took.

    :raise TimeoutError: it did not within `seconds`.
    """
    began = time.perf_counter()
    while not ready():
        if time.perf_counter() - began > seconds:
            raise TimeoutError(f"not ready after {seconds} seconds")
        time.sleep(pause)
    return time.perf_counter() - began
