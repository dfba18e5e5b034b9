"""Posting webhooks over real sockets: good receivers, bad ones, and every way inside."""

import re
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from interview_service import __version__
from interview_service.webhooks.addresses import NOT_PUBLIC, IPAddress
from interview_service.webhooks.transport import (
    MAX_ANSWER,
    NO_ADDRESS,
    Connect,
    Outcome,
    Resolve,
    Transport,
)

from .receivers import (
    PATIENCE,
    Authority,
    Behaviour,
    Connection,
    Receiver,
    answers,
    breaks_off,
    drains_slowly,
    drips_body,
    drips_headers,
    floods,
    floods_with_headers,
    floods_with_interim_answers,
    hangs_up,
    never_answers,
    redirects_to,
    refuses_unread,
    says,
)

NAME = "ats.example.com"
PUBLIC = "93.184.215.14"
BODY = b'{"type":"interview.approved"}'
HEADERS = {"webhook-id": "msg-1", "webhook-timestamp": "1705312800", "webhook-signature": "v1,eA=="}
SHORT = 0.5


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def secure(authority: Authority) -> Iterator[Receiver]:
    with Receiver(tls=authority.server_tls(NAME)) as receiver:
        yield receiver


class Names:
    """A resolver with prepared answers, one a question; the last one is repeated."""

    def __init__(self, *found: list[str]) -> None:
        self._found = list(found)
        self.asked: list[tuple[str, int]] = []

    def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append((host, port))
        return self._found.pop(0) if len(self._found) > 1 else self._found[0]


class Routes:
    """Opens connections to loopback, whatever the address; and keeps what was asked for."""

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver
        self.wanted: list[tuple[str, int]] = []

    def __call__(self, address: IPAddress, port: int, timeout: float) -> socket.socket:
        self.wanted.append((str(address), port))
        return socket.create_connection((self._receiver.address, self._receiver.port), timeout)


def _send(transport: Transport, url: str) -> Outcome:
    return transport.send(url, BODY, HEADERS)


def _facts(outcome: Outcome) -> tuple[int | None, str, str | None]:
    return outcome.status, outcome.answer, outcome.error


def _development(**options: Any) -> Transport:
    return Transport(**{"allow_private": True, "timeout": PATIENCE, **options})


# --- what a receiver gets, and what is made of its answer


def test_a_receiver_gets_the_body_as_it_is_with_the_signature(receiver: Receiver) -> None:
    outcome = _send(_development(), receiver.url(path="/hook?of=ats"))

    assert (outcome.delivered, outcome.gone, *_facts(outcome)) == (True, False, 204, "", None)
    assert outcome.latency_ms >= 0
    (request,) = receiver.requests
    assert (request.method, request.resource, request.body) == ("POST", "/hook?of=ats", BODY)
    assert request.headers == {
        **HEADERS,
        "host": f"127.0.0.1:{receiver.port}",
        "user-agent": f"Interview-Service/{__version__}",
        "content-type": "application/json",
        "content-length": str(len(BODY)),
        "accept-encoding": "identity",
        "connection": "close",
    }


def test_a_receiver_on_ipv6_is_reached() -> None:
    with Receiver(address="::1") as receiver:
        outcome = _send(_development(), receiver.url())

        assert _facts(outcome) == (204, "", None)
        assert receiver.requests[0].headers["host"] == f"[::1]:{receiver.port}"


@pytest.mark.parametrize(
    ("status", "delivered", "gone"),
    [
        (200, True, False),
        (202, True, False),
        (299, True, False),
        (301, False, False),
        (304, False, False),
        (400, False, False),
        (404, False, False),
        (410, False, True),
        (429, False, False),
        (500, False, False),
        (503, False, False),
    ],
)
def test_the_status_decides(receiver: Receiver, status: int, delivered: bool, gone: bool) -> None:
    receiver.tell(answers(status))

    outcome = _send(_development(), receiver.url())

    assert (outcome.status, outcome.delivered, outcome.gone) == (status, delivered, gone)
    assert outcome.error is None


def test_the_first_kibibyte_of_the_answer_is_kept_as_text(receiver: Receiver) -> None:
    receiver.tell(answers(500, b"\x00\xff" + "ß".encode() + b"x" * 5_000))

    outcome = _send(_development(), receiver.url())

    assert _facts(outcome) == (500, "\ufffd\ufffdß" + "x" * 1_020, None)


def test_an_answer_that_says_it_is_packed_is_not_unpacked(receiver: Receiver) -> None:
    receiver.tell(answers(200, b"plain", Content_Encoding="gzip"))

    assert _facts(_send(_development(), receiver.url())) == (200, "plain", None)


def test_a_body_that_is_larger_than_the_buffers_between_arrives_whole(receiver: Receiver) -> None:
    body = b"x" * 8_000_000

    outcome = _development().send(receiver.url(), body, HEADERS)

    assert _facts(outcome) == (204, "", None)
    assert receiver.requests[0].body == body


def test_a_receiver_that_answers_before_it_has_read_the_body_is_heard(receiver: Receiver) -> None:
    receiver.tell(refuses_unread(413, b"too large"))

    outcome = _development().send(receiver.url(), b"x" * 8_000_000, HEADERS)

    assert _facts(outcome) == (413, "too large", None)


def test_cookies_are_not_kept(receiver: Receiver) -> None:
    receiver.tell(answers(204, Set_Cookie="session=1"))
    transport = _development()

    _send(transport, receiver.url())
    _send(transport, receiver.url())

    assert ["cookie" in request.headers for request in receiver.requests] == [False, False]


def test_proxies_of_the_environment_are_not_used(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Receiver() as proxy:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url(path=""))

        assert _facts(_send(_development(), receiver.url())) == (204, "", None)
        assert proxy.connections() == 0


def test_threads_share_a_transport(authority: Authority) -> None:
    with Receiver(tls=authority.server_tls(NAME)) as receiver, ThreadPoolExecutor(8) as threads:
        transport = _development(resolve=Names(["127.0.0.1"]), ca_file=authority.file)
        together = threading.Barrier(8)

        def send(number: int) -> Outcome:
            together.wait(PATIENCE)
            return transport.send(receiver.url(NAME), b"%d" % number, HEADERS)

        outcomes = list(threads.map(send, range(64)))

        assert [_facts(outcome) for outcome in outcomes] == [(204, "", None)] * 64
        assert sorted(int(request.body) for request in receiver.requests) == list(range(64))


# --- receivers that misbehave


def test_a_receiver_that_never_answers_is_given_up_and_hung_up_on(receiver: Receiver) -> None:
    receiver.tell(never_answers)

    outcome = _send(_development(timeout=SHORT), receiver.url())

    assert _facts(outcome) == (None, "", "No answer within 0.5 s")
    assert receiver.sender_closed.wait(PATIENCE)


def test_a_receiver_that_takes_the_body_in_drops_is_given_up(receiver: Receiver) -> None:
    taken: list[int] = []
    body = b"x" * 20_000_000
    receiver.tell(drains_slowly(taken))

    outcome = _development(timeout=SHORT).send(receiver.url(), body, HEADERS)

    assert _facts(outcome) == (None, "", "No answer within 0.5 s")
    assert receiver.sender_closed.wait(PATIENCE)
    assert sum(taken) < len(body)


def test_headers_that_drip_in_do_not_hold_the_sender(receiver: Receiver) -> None:
    receiver.tell(drips_headers)

    outcome = _send(_development(timeout=SHORT), receiver.url())

    assert _facts(outcome) == (None, "", "No answer within 0.5 s")
    assert receiver.sender_closed.wait(PATIENCE)


def test_a_body_that_drips_in_does_not_hold_the_sender(receiver: Receiver) -> None:
    receiver.tell(drips_body)

    outcome = _send(_development(timeout=SHORT), receiver.url())

    assert (outcome.status, outcome.error) == (200, "Answer did not end within 0.5 s")
    assert re.fullmatch("x+", outcome.answer)
    assert receiver.sender_closed.wait(PATIENCE)


def test_a_tls_handshake_that_drips_in_does_not_hold_the_sender(receiver: Receiver) -> None:
    def drip(connection: Connection) -> None:
        connection.send(b"\x16\x03\x03\x40\x00")
        try:
            for _ in range(500):
                if connection.closing.wait(0.02):
                    return
                connection.send(b"\x00")
        except OSError:
            connection.wait_for_the_sender_to_close()

    receiver.tell(drip)
    url = receiver.url().replace("http:", "https:")

    assert _facts(_send(_development(timeout=SHORT), url)) == (None, "", "No answer within 0.5 s")
    assert receiver.sender_closed.wait(PATIENCE)


def test_a_name_that_nobody_answers_for_does_not_hold_the_sender(receiver: Receiver) -> None:
    released, answered = threading.Event(), threading.Event()

    def resolve(host: str, port: int) -> list[str]:
        released.wait(PATIENCE)
        answered.set()
        return ["127.0.0.1"]

    outcome = _send(_development(timeout=SHORT, resolve=resolve), receiver.url(NAME))

    assert _facts(outcome) == (None, "", NO_ADDRESS)
    assert not answered.is_set()
    released.set()
    assert answered.wait(PATIENCE)
    assert receiver.connections() == 0


def test_an_endless_answer_is_read_up_to_64_kib_and_cut_off(receiver: Receiver) -> None:
    read: list[int] = []
    receiver.tell(floods)

    outcome = _send(_development(connect=_counting(read)), receiver.url())

    assert _facts(outcome) == (200, "x" * 1_024, None)
    assert sum(read) == MAX_ANSWER == 65_536
    assert receiver.sender_closed.wait(PATIENCE)


@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        (floods_with_headers, "Answer is not HTTP"),
        (floods_with_interim_answers, "Answer is too long"),
    ],
)
def test_an_endless_head_is_cut_off_as_well(
    receiver: Receiver, behaviour: Behaviour, error: str
) -> None:
    read: list[int] = []
    receiver.tell(behaviour)

    outcome = _send(_development(connect=_counting(read)), receiver.url())

    assert _facts(outcome) == (None, "", error)
    assert sum(read) <= MAX_ANSWER
    assert receiver.sender_closed.wait(PATIENCE)


def _counting(read: list[int]) -> Connect:
    class Counting(socket.socket):
        def recv(self, size: int, flags: int = 0) -> bytes:
            data = super().recv(size, flags)
            read.append(len(data))
            return data

    def connect(address: IPAddress, port: int, timeout: float) -> socket.socket:
        counting = Counting(socket.AF_INET, socket.SOCK_STREAM)
        counting.settimeout(timeout)
        counting.connect((str(address), port))
        return counting

    return connect


def test_a_receiver_that_hangs_up_is_an_error(receiver: Receiver) -> None:
    receiver.tell(hangs_up)

    outcome = _send(_development(), receiver.url())

    assert _facts(outcome) == (None, "", "Connection was closed without an answer")


def test_an_answer_that_breaks_off_keeps_its_status(receiver: Receiver) -> None:
    receiver.tell(breaks_off)

    outcome = _send(_development(), receiver.url())

    assert (outcome.status, outcome.delivered) == (200, True)
    assert outcome.error == "Answer did not end: connection reset by peer"


def test_an_answer_shorter_than_it_says_keeps_its_status(receiver: Receiver) -> None:
    receiver.tell(says(b"HTTP/1.1 500 Oops\r\nContent-Length: 10\r\n\r\nshort"))

    outcome = _send(_development(), receiver.url())

    assert _facts(outcome) == (500, "short", "Answer broke off")


def _raises(error: Exception) -> Resolve:
    def resolve(host: str, port: int) -> list[str]:
        raise error

    return resolve


@pytest.mark.parametrize(
    "data",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"220 mail.example.com ESMTP\r\n",
        b"-ERR unknown command\r\n",
        b"HTTP/1.1 twohundred OK\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon, and no end\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 \r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
        b"\x00" * 40_000,
        b"\r\n\r\n",
    ],
)
def test_an_answer_that_is_not_http_is_an_error(receiver: Receiver, data: bytes) -> None:
    receiver.tell(says(data))

    assert _facts(_send(_development(), receiver.url())) == (None, "", "Answer is not HTTP")


@pytest.mark.parametrize(
    "line",
    [
        b"no colon",
        b"X-Name with spaces: x",
        b": no name",
        b"X-Zero: \x00",
        b"X-Bell: \x07",
        b"Content-Length: minus one",
        b"Content-Length: 1\r\nContent-Length: 2",
        b"Transfer-Encoding: gzip",
    ],
)
@pytest.mark.parametrize(
    "before", [b"", b"HTTP/1.1 100 Continue\r\n\r\n"], ids=["", "after an interim answer"]
)
def test_an_event_is_delivered_whatever_the_header_lines_of_a_2xx_look_like(
    receiver: Receiver, before: bytes, line: bytes
) -> None:
    receiver.tell(says(before + b"HTTP/1.1 202 OK\r\nX-Good: yes\r\n" + line + b"\r\n\r\nthanks"))
    outcome = _send(_development(), receiver.url())
    assert (outcome.status, outcome.delivered) == (202, True)


def test_malformed_header_lines_do_not_make_a_refusal_a_delivery(receiver: Receiver) -> None:
    receiver.tell(says(b"HTTP/1.1 410 Gone\r\nno colon\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"))
    outcome = _send(_development(), receiver.url())
    assert (outcome.status, outcome.delivered, outcome.gone) == (410, False, True)


@pytest.mark.parametrize(
    "found",
    [
        lambda host, port: [],
        lambda host, port: ["10.0.0.1"],
        lambda host, port: ["fe80::1%eth0"],
        lambda host, port: ["no address"],
        _raises(socket.gaierror(-2, "Name or service not known")),
        _raises(socket.gaierror(-3, "Temporary failure in name resolution")),
        _raises(UnicodeError("label too long")),
        _raises(TimeoutError("the DNS server")),
    ],
)
def test_whatever_is_wrong_with_a_name_the_same_is_said(found: Resolve) -> None:
    outcome = _send(Transport(resolve=found), "https://inside.example.com/")
    assert _facts(outcome) == (None, "", NO_ADDRESS)


def test_a_receiver_that_does_not_listen_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"

    assert _facts(_send(_development(), url)) == (None, "", "No answer: connection refused")


@pytest.mark.parametrize(
    "failure", [socket.gaierror(-2, "Name or service not known"), UnicodeError("label too long")]
)
def test_a_name_that_does_not_exist_is_an_error(failure: Exception) -> None:
    def resolve(host: str, port: int) -> list[str]:
        raise failure

    outcome = _send(Transport(resolve=resolve), f"https://{NAME}/")

    assert _facts(outcome) == (None, "", NO_ADDRESS)


@pytest.mark.parametrize("allow_private", [True, False])
def test_a_name_without_an_address_is_an_error(allow_private: bool) -> None:
    transport = Transport(allow_private=allow_private, resolve=Names([]))

    assert _facts(_send(transport, f"https://{NAME}/")) == (
        None,
        "",
        NO_ADDRESS,
    )


def test_where_one_address_of_a_name_does_not_answer_the_next_is_tried(receiver: Receiver) -> None:
    transport = _development(resolve=Names(["127.0.0.2", "::1", "127.0.0.1"]))

    assert _facts(_send(transport, receiver.url("receiver"))) == (204, "", None)


def test_an_address_that_swallows_everything_leaves_time_for_the_next(receiver: Receiver) -> None:
    given: list[float] = []

    def connect(address: IPAddress, port: int, timeout: float) -> socket.socket:
        given.append(timeout)
        if str(address) == "192.0.2.1":
            raise TimeoutError
        return socket.create_connection((str(address), port), timeout)

    transport = _development(resolve=Names(["192.0.2.1", "127.0.0.1"]), connect=connect)

    assert _facts(_send(transport, receiver.url("receiver"))) == (204, "", None)
    first, _ = given
    assert first <= PATIENCE / 2


# --- TLS


def test_a_receiver_with_a_certificate_for_its_name_is_trusted(
    secure: Receiver, authority: Authority
) -> None:
    names = Names(["127.0.0.1"])
    transport = _development(resolve=names, ca_file=authority.file)

    assert _facts(_send(transport, secure.url(f"{NAME}."))) == (204, "", None)
    assert names.asked == [(NAME, secure.port)]
    assert secure.requests[0].headers["host"] == f"{NAME}:{secure.port}"


def test_a_receiver_with_a_certificate_for_its_address_is_trusted(authority: Authority) -> None:
    with Receiver(tls=authority.server_tls("127.0.0.1")) as receiver:
        transport = _development(ca_file=authority.file)

        assert _facts(_send(transport, receiver.url())) == (204, "", None)


def test_the_name_in_the_url_is_the_one_that_is_asked_for_in_tls(authority: Authority) -> None:
    asked: list[str | None] = []
    tls = authority.server_tls(NAME)
    tls.sni_callback = lambda _socket, name, _context: asked.append(name)
    with Receiver(tls=tls) as receiver:
        transport = _development(resolve=Names(["127.0.0.1"]), ca_file=authority.file)
        _send(transport, receiver.url(NAME))

    assert asked == [NAME]


def test_a_certificate_for_another_name_is_an_error(secure: Receiver, authority: Authority) -> None:
    transport = _development(resolve=Names(["127.0.0.1"]), ca_file=authority.file)

    outcome = _send(transport, secure.url("other.example.com"))

    assert _facts(outcome) == (
        None,
        "",
        "TLS failed: Hostname mismatch, certificate is not valid for 'other.example.com'.",
    )
    assert secure.requests == []


def test_a_certificate_of_an_unknown_authority_is_an_error(secure: Receiver) -> None:
    outcome = _send(_development(resolve=Names(["127.0.0.1"])), secure.url(NAME))

    assert (outcome.status, outcome.answer) == (None, "")
    assert (outcome.error or "").startswith("TLS failed: ")
    assert secure.requests == []


def test_a_certificate_that_has_expired_is_an_error(authority: Authority) -> None:
    tls = authority.server_tls(NAME, valid=timedelta(days=-1))
    with Receiver(tls=tls) as receiver:
        transport = _development(resolve=Names(["127.0.0.1"]), ca_file=authority.file)

        outcome = _send(transport, receiver.url(NAME))

        assert _facts(outcome) == (None, "", "TLS failed: certificate has expired")
        assert receiver.requests == []


def test_a_receiver_that_does_not_speak_tls_is_an_error(receiver: Receiver) -> None:
    receiver.tell(lambda connection: connection.send(b"HTTP/1.1 400 Bad Request\r\n\r\n"))

    outcome = _send(_development(), receiver.url().replace("http:", "https:"))

    assert (outcome.status, outcome.answer) == (None, "")
    assert (outcome.error or "").startswith("TLS failed: ")


# --- no way inside


SPELLINGS = [
    "127.0.0.1",
    "127.0.0.1.",
    "2130706433",
    "017700000001",
    "0177.0.0.1",
    "0x7f000001",
    "0x7f.1",
    "127.1",
    "0.0.0.0",
    "0",
    "１２７.0.0.1",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "127%2e0%2e0%2e1",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[2002:7f00:1::]",
    "[fe80::1%25lo]",
    "localhost",
    "localhost.",
    "LOCALHOST",
    "ｌocalhost",
    "user:secret@127.0.0.1",
    f"{NAME}@127.0.0.1",
    f"{NAME}\\@127.0.0.1",
    "127.0.0.1\\",
    "127.0.0.1\t",
    "127.0.0.1\n",
    " 127.0.0.1",
]


@pytest.mark.parametrize("host", SPELLINGS)
def test_no_spelling_of_loopback_gets_to_a_receiver_on_it(receiver: Receiver, host: str) -> None:
    routes = Routes(receiver)

    outcome = _send(Transport(connect=routes), f"https://{host}:{receiver.port}/")

    assert (outcome.status, outcome.answer) == (None, "")
    assert outcome.error is not None
    assert (routes.wanted, receiver.connections()) == ([], 0)


@pytest.mark.parametrize("found", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "0.0.0.0", "10.0.0.1"])
def test_a_name_that_resolves_to_a_private_address_is_refused(
    receiver: Receiver, found: str
) -> None:
    transport = Transport(resolve=Names([found]), connect=Routes(receiver))

    outcome = _send(transport, receiver.url(NAME).replace("http:", "https:"))

    assert _facts(outcome) == (None, "", NO_ADDRESS)
    assert receiver.connections() == 0


@pytest.mark.parametrize("found", [[PUBLIC, "127.0.0.1"], ["127.0.0.1", PUBLIC]])
def test_a_private_address_cannot_hide_behind_a_public_one(
    receiver: Receiver, found: list[str]
) -> None:
    transport = Transport(resolve=Names(found), connect=Routes(receiver))

    assert _facts(_send(transport, f"https://{NAME}/")) == (None, "", NO_ADDRESS)
    assert receiver.connections() == 0


def test_a_name_is_looked_up_once_and_what_was_checked_is_connected_to(receiver: Receiver) -> None:
    """The second answer of the DNS, loopback, is never asked for."""
    names = Names([PUBLIC], ["127.0.0.1"])
    wanted: list[tuple[str, int]] = []

    def connect(address: IPAddress, port: int, timeout: float) -> socket.socket:
        wanted.append((str(address), port))
        raise ConnectionRefusedError(111, "Connection refused")

    transport = Transport(resolve=names, connect=connect)
    url = f"https://{NAME}:{receiver.port}/"

    assert _facts(_send(transport, url)) == (None, "", "No answer: connection refused")
    assert (names.asked, wanted) == ([(NAME, receiver.port)], [(PUBLIC, receiver.port)])
    assert _facts(_send(transport, url)) == (None, "", NO_ADDRESS)
    assert (len(names.asked), wanted) == (2, [(PUBLIC, receiver.port)])
    assert receiver.connections() == 0


def test_a_connection_that_ends_inside_after_all_is_closed_before_a_byte_is_sent(
    secure: Receiver, authority: Authority
) -> None:
    """As when a route or a translation sends a public address to a private machine."""
    routes = Routes(secure)
    transport = Transport(resolve=Names([PUBLIC]), connect=routes, ca_file=authority.file)

    outcome = _send(transport, f"https://{NAME}/")

    assert _facts(outcome) == (None, "", NOT_PUBLIC)
    assert routes.wanted == [(PUBLIC, 443)]
    assert (secure.connections(), secure.requests) == (1, [])


def test_connections_are_made_without_asking_the_dns(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **kwargs: object) -> list[Any]:
        raise AssertionError("a name was looked up")

    transport = _development(resolve=Names(["127.0.0.1"]))
    monkeypatch.setattr(socket, "getaddrinfo", refuse)

    assert _facts(_send(transport, receiver.url(NAME))) == (204, "", None)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(receiver: Receiver, status: int) -> None:
    with Receiver() as inside:
        receiver.tell(redirects_to(inside.url(), status))

        outcome = _send(_development(), receiver.url())

        assert (outcome.delivered, *_facts(outcome)) == (False, status, "", None)
        assert (len(receiver.requests), inside.connections()) == (1, 0)


def test_http_is_for_development_only(receiver: Receiver) -> None:
    transport = Transport(resolve=Names([PUBLIC]), connect=Routes(receiver))

    outcome = _send(transport, receiver.url(NAME))

    assert _facts(outcome) == (None, "", "URL must start with https://")
    assert receiver.connections() == 0


def test_the_port_of_another_service_is_not_connected_to(receiver: Receiver) -> None:
    routes = Routes(receiver)
    transport = Transport(resolve=Names([PUBLIC]), connect=routes)

    outcome = _send(transport, f"https://{NAME}:6379/")

    assert outcome.error == "Port 6379 belongs to a service that does not speak HTTP"
    assert routes.wanted == []


def test_credentials_in_a_url_are_never_sent(receiver: Receiver) -> None:
    outcome = _send(_development(), receiver.url("user:secret@127.0.0.1"))

    assert _facts(outcome) == (None, "", "URL must not contain a user name or password")
    assert receiver.connections() == 0


def test_a_url_cannot_put_headers_or_requests_into_the_request(receiver: Receiver) -> None:
    outcome = _send(_development(), receiver.url(path="/a%0d%0aX-Evil:%201?b=ü{}|"))

    assert _facts(outcome) == (204, "", None)
    (request,) = receiver.requests
    assert request.resource == "/a%0d%0aX-Evil:%201?b=%C3%BC%7B%7D%7C"
    assert "x-evil" not in request.headers
