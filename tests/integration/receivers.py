"""Webhook receivers on loopback, which misbehave when told to, and certificates for them."""

import socket
import ssl
import threading
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Behaviour = Callable[["Connection"], None]

PATIENCE = 20.0
"""Seconds after which a test gives up waiting for something that must happen."""


@dataclass(frozen=True)
class Received:
    """A request as it came over the wire; the headers' names are in small letters."""

    method: str
    resource: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)


class Connection:
    """One connection to a receiver, for a behaviour to use."""

    def __init__(self, receiver: "Receiver", sock: socket.socket) -> None:
        self._receiver = receiver
        self.socket = sock
        self.sent = 0

    @property
    def closing(self) -> threading.Event:
        """Set when the receiver is shut down: nothing may wait for longer."""
        return self._receiver.closing

    def read_request(self) -> Received:
        """Read a request, and record it.

        :raise ConnectionError: the sender went away in the middle of it.
        """
        data = bytearray()
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._read()
        head, body = data[:end], data[end + 4 :]
        first, *lines = head.decode("latin-1").split("\r\n")
        method, resource, _ = first.split(" ")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        while len(body) < int(headers.get("content-length", "0")):
            body += self._read()
        received = Received(method, resource, headers, bytes(body))
        self._receiver.record(received)
        return received

    def _read(self) -> bytes:
        data = self.socket.recv(65_536)
        if not data:
            raise ConnectionAbortedError
        return data

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)
        self.sent += len(data)

    def answer(self, status: int, body: bytes = b"", headers: Mapping[str, str] = {}) -> None:
        """Send a whole answer, in one piece."""
        self.send(_head(status, {"Content-Length": str(len(body)), **headers}) + body)

    def begin(self, status: int, headers: Mapping[str, str]) -> None:
        """Send the head of an answer."""
        self.send(_head(status, headers))

    def wait_for_the_sender_to_close(self) -> None:
        """Return when the sender has closed the connection, and record that it has."""
        self.socket.settimeout(PATIENCE)
        with suppress(ConnectionError, ssl.SSLError):
            while self.socket.recv(65_536):
                pass
        if not self.closing.is_set():
            self._receiver.sender_closed.set()


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} Status\r\n{lines}\r\n".encode("latin-1")


class Receiver:
    """Listens on loopback and does with each connection what it was told; the last for ever.

    :param behaviours: one a connection, in the order in which connections are made.
    :param tls: speaks TLS with this; a connection without a handshake never gets to a behaviour.
    :param requests: what came, in order.
    :param sender_closed: set when a sender is seen to close a connection before the receiver does.
    """

    def __init__(
        self,
        *behaviours: Behaviour,
        tls: ssl.SSLContext | None = None,
        address: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.requests: list[Received] = []
        self.closing = threading.Event()
        self.sender_closed = threading.Event()
        self.address = address
        self._tls = tls
        self._behaviours = deque(behaviours or [answers(204)])
        self._changed = threading.Condition()
        self._connections: list[tuple[str, int]] = []
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._listener = socket.create_server((address, port), family=family)
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept)

    def url(self, host: str | None = None, path: str = "/hook") -> str:
        """Return a URL of the receiver, under a name if one is given."""
        own = f"[{self.address}]" if ":" in self.address else self.address
        return f"{'https' if self._tls else 'http'}://{host or own}:{self.port}{path}"

    def tell(self, *behaviours: Behaviour) -> None:
        """Behave so from now on."""
        with self._changed:
            self._behaviours = deque(behaviours)

    def record(self, received: Received) -> None:
        with self._changed:
            self.requests.append(received)
            self._changed.notify_all()

    def wait_for_requests(self, count: int, patience: float = PATIENCE) -> list[Received]:
        """Return the requests as soon as there are `count` of them."""
        with self._changed:
            arrived = self._changed.wait_for(lambda: len(self.requests) >= count, patience)
            assert arrived, f"{len(self.requests)} of {count} requests came"
            return list(self.requests)

    def connections(self) -> int:
        """Count the connections that have been made up to now.

        Connections are accepted in the order in which they are made. So one is made here, and when
        it has come up, everything before it has as well.
        """
        with socket.create_connection((self.address, self.port), PATIENCE) as last:
            mine = last.getsockname()[:2]
            with self._changed:
                arrived = self._changed.wait_for(lambda: mine in self._connections, PATIENCE)
                assert arrived, "the receiver does not accept connections"
                before = self._connections.index(mine)
                del self._connections[before]
                return before

    def _accept(self) -> None:
        while True:
            sock, peer = self._listener.accept()
            with self._changed:
                if self.closing.is_set():
                    sock.close()
                    return
                self._connections.append(peer[:2])
                self._open.add(sock)
                self._changed.notify_all()
            thread = threading.Thread(target=self._serve, args=(sock,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, plain: socket.socket) -> None:
        sock = plain
        try:
            sock.settimeout(PATIENCE)
            if not sock.recv(1, socket.MSG_PEEK):
                return  # it was made to count connections, or to knock
            if self._tls is not None:
                sock = self._tls.wrap_socket(plain, server_side=True)
                with self._changed:
                    self._open.discard(plain)
                    self._open.add(sock)
            self._next_behaviour()(Connection(self, sock))
        except OSError:
            pass  # the sender has gone, as it may, or the receiver is shut down
        finally:
            with self._changed:
                self._open -= {plain, sock}
            with suppress(OSError):
                sock.shutdown(socket.SHUT_WR)
            sock.close()

    def _next_behaviour(self) -> Behaviour:
        with self._changed:
            return self._behaviours.popleft() if len(self._behaviours) > 1 else self._behaviours[0]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._changed:
            self.closing.set()
            for sock in self._open:
                with suppress(OSError):
                    socket.socket.shutdown(sock, socket.SHUT_RDWR)
        socket.create_connection((self.address, self.port), PATIENCE).close()  # wakes accept()
        self._thread.join()
        for thread in self._threads:
            thread.join()
        self._listener.close()


def answers(status: int, body: bytes = b"", **headers: str) -> Behaviour:
    """Take the request and answer; underscores in the names of headers stand for hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    def behave(connection: Connection) -> None:
        connection.read_request()
        connection.answer(status, body, named)

    return behave


def redirects_to(url: str, status: int = 307) -> Behaviour:
    """Send the sender elsewhere."""
    return answers(status, Location=url)


def says(data: bytes) -> Behaviour:
    """Take the request and send these bytes, whatever they are, and close."""

    def behave(connection: Connection) -> None:
        connection.read_request()
        connection.send(data)

    return behave


def never_answers(connection: Connection) -> None:
    """Take the request and say nothing, until the sender goes."""
    connection.read_request()
    connection.wait_for_the_sender_to_close()


def hangs_up(connection: Connection) -> None:
    """Take the request and close the connection."""
    connection.read_request()


def breaks_off(connection: Connection) -> None:
    """Reset the connection in the middle of a good answer."""
    connection.read_request()
    connection.begin(200, {"Content-Length": "1000"})
    connection.send(b"half")
    connection.socket.setsockopt(
        socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00"
    )
    connection.socket.close()


def drips(head: bytes, drop: bytes, end: bytes) -> Behaviour:
    """Answer so slowly that each byte is in time and the whole is not.

    The answer is a good one: a sender that waits for it to the end sees a success.
    """

    def behave(connection: Connection) -> None:
        connection.read_request()
        connection.send(head)
        try:
            for _ in range(500):
                if connection.closing.wait(0.02):
                    return
                connection.send(drop)
            connection.send(end)
        except OSError:
            connection.wait_for_the_sender_to_close()

    return behave


drips_headers = drips(b"HTTP/1.1 200 OK\r\n", b"X-Drop: 1\r\n", b"Content-Length: 0\r\n\r\n")
drips_body = drips(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", b"x", b"")


def drains_slowly(taken: list[int]) -> Behaviour:
    """Take the request so slowly that each piece is in time and the whole is not.

    :param taken: gets the number of bytes that came, piece by piece.
    """

    def behave(connection: Connection) -> None:
        with suppress(ConnectionError):
            while not connection.closing.wait(0.02):
                taken.append(len(connection.socket.recv(65_536)))
                if not taken[-1]:
                    break
        connection.wait_for_the_sender_to_close()

    return behave


def refuses_unread(status: int, body: bytes) -> Behaviour:
    """Answer at the first bytes of the request, and hang up with the rest of it unread."""

    def behave(connection: Connection) -> None:
        connection.socket.recv(100)
        connection.answer(status, body)
        connection.socket.close()

    return behave


def repeats(head: bytes, piece: bytes) -> Behaviour:
    """Send a beginning and then a piece over and over, as fast as it is taken, until cut off."""

    def behave(connection: Connection) -> None:
        connection.read_request()
        try:
            connection.send(head)
            while not connection.closing.is_set():
                connection.send(piece)
        except OSError:
            connection.wait_for_the_sender_to_close()

    return behave


floods = repeats(
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"10000\r\n" + b"x" * 65_536 + b"\r\n",
)
floods_with_headers = repeats(b"HTTP/1.1 200 OK\r\n", b"X-More: " + b"x" * 1_000 + b"\r\n")
floods_with_interim_answers = repeats(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000)


class Authority:
    """A certificate authority of the tests.

    :param file: its own certificate, for those who are to trust it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of the tests")])
        usage = dict.fromkeys(_KEY_USAGES, False) | {
            "key_cert_sign": True,
            "crl_sign": True,
            "digital_signature": True,
        }
        self._certificate = (
            _builder(name, name, self._key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(x509.KeyUsage(**usage), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.file = folder / "authority.pem"
        self.file.write_bytes(self._certificate.public_bytes(serialization.Encoding.PEM))

    def server_tls(self, host: str, *, valid: timedelta = timedelta(days=1)) -> ssl.SSLContext:
        """Return what a server needs to be `host`; a negative `valid` is a time that is over."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        authority = self._key.public_key()
        certificate = (
            _builder(name, self._certificate.subject, key, valid)
            .add_extension(x509.SubjectAlternativeName([_alternative(host)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(authority), critical=False
            )
            .sign(self._key, hashes.SHA256())
        )
        file = self._folder / f"{certificate.serial_number}.pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


_KEY_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    valid: timedelta = timedelta(days=1),
) -> x509.CertificateBuilder:
    end = datetime.now(UTC) + valid
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(end - timedelta(days=2))
        .not_valid_after(end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)
