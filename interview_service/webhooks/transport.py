"""Posting a webhook to a receiver that nobody trusts. Which URLs and addresses are refused stands
in `addresses`.

HTTP is spoken by h11, which parses and does no I/O, over a socket made here. So the address that is
checked is the one that is connected to, a name is looked up once, and one deadline covers every
step: clients with sockets of their own apply their timeouts to each read, and a receiver that sends
a byte now and then can hold them for ever. Nothing here follows a redirect, reads a proxy's setting
from the environment, keeps a cookie or unpacks an answer.
"""

import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import certifi
import h11

from interview_service import __version__
from interview_service.webhooks.addresses import (
    IPAddress,
    Target,
    UrlRefused,
    check_public,
    parse_address,
    parse_url,
)

TIMEOUT = 10.0
MAX_ANSWER = 65_536
KEPT_ANSWER = 1_024
NO_ADDRESS = "Host name has no usable address"

_MAX_ADDRESSES = 4
_READ_SIZE = 16_384

_STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?![0-9])")

Resolve = Callable[[str, int], list[str]]
Connect = Callable[[IPAddress, int, float], socket.socket]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a post.

    :param status: of HTTP; None where no answer began.
    :param latency_ms: milliseconds from the start of the attempt to its end.
    :param answer: the first 1 KiB of the answer's body, read as UTF-8, without U+0000.
    :param error: why there was no answer, or only a part of one.
    """

    status: int | None
    latency_ms: int
    answer: str
    error: str | None

    @property
    def delivered(self) -> bool:
        """Tell whether the receiver took it: it said 2xx, whatever became of the answer's body."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """Tell whether the receiver wants no more."""
        return self.status == 410


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a name, best first.

    :raise OSError: it has none, or the DNS does not answer.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def connect(address: IPAddress, port: int, timeout: float) -> socket.socket:
    """Return a socket that is connected to an address; no name is looked up.

    :param timeout: seconds.
    :raise OSError: it cannot be reached.
    """
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    connected = socket.socket(family, socket.SOCK_STREAM)
    try:
        connected.settimeout(timeout)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connected.connect((str(address), port))
    except BaseException:
        connected.close()
        raise
    return connected


class Transport:
    """Posts to receivers, each time over a connection of its own. Threads may share one.

    :param allow_private: for development: any address and any port, and http as well as https.
    :param timeout: seconds for a whole attempt, from looking the name up to the answer's last byte.
    :param resolve: looks a name up.
    :param connect: opens a connection to an address.
    :param ca_file: certificates to trust beside those that the system trusts.
    """

    def __init__(
        self,
        *,
        allow_private: bool = False,
        timeout: float = TIMEOUT,
        resolve: Resolve = resolve,
        connect: Connect = connect,
        ca_file: str | Path | None = None,
    ) -> None:
        self._allow_private = allow_private
        self._timeout = timeout
        self._resolve = resolve
        self._connect = connect
        self._ca_file = ca_file

    def send(self, url: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
        """Post a body, and tell what came of it. Nothing that a URL or a receiver does raises.

        The answer is read up to 64 KiB, head and all; then the connection is closed. A redirect is
        an answer like any other that is not 2xx.
        """
        start = time.monotonic()
        answer = _Answer()
        error = None
        try:
            target = parse_url(url, allow_private=self._allow_private)
            deadline = _Deadline(start + self._timeout)
            with self._open(target, deadline) as connection:
                _exchange(connection, _request(target, body, headers), answer, deadline)
        except UrlRefused as refused:
            error = str(refused)
        except TimeoutError:
            error = f"{_missing(answer)} within {self._timeout:g} s"
        except _Failed as failed:
            error = str(failed)
        except h11.RemoteProtocolError:
            error = "Answer broke off"
            if answer.status is None:
                answer.status = _status_of(bytes(answer.head))
                error = "Answer is not HTTP" if answer.status is None else "Answer is malformed"
        except OSError as broken:
            error = f"{_missing(answer)}: {_reason(broken)}"
        latency = round((time.monotonic() - start) * 1000)
        return Outcome(answer.status, latency, answer.text, error)

    def _open(self, target: Target, deadline: "_Deadline") -> socket.socket:
        """Return a connection to the target, TLS and all, whose other end was checked."""
        if target.address:
            addresses = [target.address]
            if not self._allow_private:
                check_public(addresses)
        else:
            addresses = self._look_up(target, deadline)
        connection = self._reach(addresses[:_MAX_ADDRESSES], target.port, deadline)
        try:
            if target.scheme == "https":
                connection.settimeout(deadline.left())
                return self._tls.wrap_socket(connection, server_hostname=target.host)
        except TimeoutError:
            connection.close()
            raise
        except (OSError, ValueError) as error:
            connection.close()
            raise _Failed(f"TLS failed: {_reason(error)}") from error
        return connection

    def _look_up(self, target: Target, deadline: "_Deadline") -> list[IPAddress]:
        """Look a name up, no longer than the deadline: the resolver itself knows of none.

        :raise _Failed: there is no address to connect to. Why is not told: whether a name exists
            inside, and what it stands for there, is nobody's business.
        """
        future: Future[list[str]] = Future()

        def run() -> None:
            try:
                future.set_result(self._resolve(target.host, target.port))
            except Exception as error:  # noqa: BLE001 (handed to the thread that waits for it)
                future.set_exception(error)

        # A thread of its own, not of a pool: names that nobody answers for would fill a pool, and
        # at the end of the process it would be waited for.
        threading.Thread(target=run, name="webhook-lookup", daemon=True).start()
        try:
            found = future.result(deadline.left())
            addresses = [parse_address(each) for each in dict.fromkeys(found)]
            if not self._allow_private:
                check_public(addresses)
        except (OSError, UnicodeError, UrlRefused) as error:  # a TimeoutError is an OSError
            raise _Failed(NO_ADDRESS) from error
        if not addresses:
            raise _Failed(NO_ADDRESS)
        return addresses

    def _reach(self, addresses: list[IPAddress], port: int, deadline: "_Deadline") -> socket.socket:
        """Connect to the first address that answers; each gets its share of the time that is left.

        :raise UrlRefused: the other end of the connection is not public.
        :raise OSError: none answers.
        """
        for rest in range(len(addresses), 0, -1):
            address = addresses[-rest]
            try:
                connection = self._connect(address, port, deadline.left() / rest)
            except OSError:
                if rest == 1:
                    raise
                continue
            try:
                if not self._allow_private:
                    check_public([parse_address(connection.getpeername()[0])])
            except BaseException:
                connection.close()
                raise
            return connection
        raise AssertionError("there is at least one address")

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """What certificates are checked with; made once, as it takes a while."""
        context = ssl.create_default_context()
        if not context.cert_store_stats()["x509_ca"]:
            context.load_verify_locations(certifi.where())
        if self._ca_file is not None:
            context.load_verify_locations(self._ca_file)
        context.set_alpn_protocols(["http/1.1"])
        return context


class _Failed(Exception):
    """The attempt failed; the text says why."""


@dataclass(frozen=True, slots=True)
class _Deadline:
    """When an attempt is over, on the monotonic clock."""

    end: float

    def left(self) -> float:
        """Return the seconds that are left.

        :raise TimeoutError: none are.
        """
        left = self.end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


@dataclass(slots=True)
class _Answer:
    """As much of an answer as has come, and is kept."""

    status: int | None = None
    head: bytearray = field(default_factory=bytearray)
    body: bytearray = field(default_factory=bytearray)

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")


def _request(target: Target, body: bytes, headers: Mapping[str, str]) -> list[h11.Event]:
    fixed = {
        "host": target.authority,
        "user-agent": f"Interview-Service/{__version__}",
        "content-length": str(len(body)),
        "accept-encoding": "identity",
        "connection": "close",
    }
    given = {name.lower(): value for name, value in headers.items()}
    merged = {"content-type": "application/json"} | given | fixed
    return [
        h11.Request(method="POST", target=target.resource, headers=list(merged.items())),
        h11.Data(data=body),
        h11.EndOfMessage(),
    ]


def _exchange(
    connection: socket.socket, request: list[h11.Event], answer: _Answer, deadline: _Deadline
) -> None:
    """Send a request, and read what fits of the answer into `answer`, as it comes."""
    protocol = h11.Connection(h11.CLIENT)
    message = b"".join(protocol.send(event) or b"" for event in request)
    with suppress(ConnectionError):  # a receiver may answer and close before it has read all
        _send(connection, message, deadline)
    allowance = MAX_ANSWER
    while True:
        event = protocol.next_event()
        if event is h11.NEED_DATA:
            if not allowance and answer.status is None:
                raise _Failed("Answer is too long")
            if not allowance:
                return
            connection.settimeout(deadline.left())
            data = connection.recv(min(_READ_SIZE, allowance))
            if not data and allowance == MAX_ANSWER:
                raise _Failed("Connection was closed without an answer")
            allowance -= len(data)
            if answer.status is None:
                answer.head += data
            protocol.receive_data(data)
        elif isinstance(event, h11.Response):
            answer.status = event.status_code
        elif isinstance(event, h11.Data):
            answer.body += event.data[: KEPT_ANSWER - len(answer.body)]
        elif not isinstance(event, h11.InformationalResponse):
            return


def _send(connection: socket.socket, message: bytes, deadline: _Deadline) -> None:
    rest = memoryview(message)
    while rest:
        connection.settimeout(deadline.left())
        rest = rest[connection.send(rest) :]


def _status_of(head: bytes) -> int | None:
    """Return the status of an answer whose head has lines that are malformed; None of what is none.

    That a receiver took an event stands in its first line; what it says beside it is not needed.
    """
    for block in re.split(rb"\r?\n\r?\n", head)[:-1]:  # the last one has no end
        line = _STATUS_LINE.match(block)
        if line is None:
            return None
        status = int(line[1])
        if status >= 200:
            return status
    return None


def _missing(answer: _Answer) -> str:
    return "No answer" if answer.status is None else "Answer did not end"


def _reason(error: Exception) -> str:
    """Return what went wrong in the system's words, without its numbers and source lines."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    if isinstance(error, ssl.SSLError):
        return (error.reason or "handshake failed").lower().replace("_", " ")
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[:1].lower() + error.strerror[1:]
    return "connection broken"
