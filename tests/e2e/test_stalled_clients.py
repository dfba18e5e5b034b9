"""Clients that stall within a request, and headers that must not change how one is read."""

import json
import socket
import sys

import pytest

from . import conftest
from .conftest import PATIENCE_SECONDS, Service, Starter

QUICK = (
    "from interview_service import processes; processes.STALL_SECONDS = 1.0; "
    "from interview_service.cli import main; main()"
)


@pytest.fixture
def web(service: Starter, monkeypatch: pytest.MonkeyPatch) -> Service:
    """A web with one thread, whose patience is short."""
    monkeypatch.setattr(conftest, "COMMAND", [sys.executable, "-c", QUICK])
    return service("web", WEB_CONCURRENCY="1", WEB_THREADS="1")


def head(web: Service, length: int, **more: str) -> bytes:
    """Return the head of a request that creates an interview."""
    with web.client() as client:
        token = client.headers["Authorization"]
    lines = [
        "POST /api/v1/interviews HTTP/1.1",
        "Host: localhost",
        f"Authorization: {token}",
        "Content-Type: application/json",
        f"Content-Length: {length}",
        *(f"{name}: {value}" for name, value in more.items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def answer(connection: socket.socket) -> tuple[bytes, dict[str, object]]:
    """Return the head and the body of what comes until the connection is closed."""
    with connection.makefile("rb") as stream:
        begin, _, body = stream.read().partition(b"\r\n\r\n")
    return begin, json.loads(body)


@pytest.mark.parametrize("part", ["request line", "head", "body"])
def test_a_client_that_stalls_is_told_so_and_its_thread_is_free(web: Service, part: str) -> None:
    sent = {
        "request line": b"GET /api/v1/inter",
        "head": head(web, 0)[:-2],
        "body": head(web, 100) + b'{"candidateName": ',
    }[part]
    with socket.create_connection(("127.0.0.1", web.port), PATIENCE_SECONDS) as connection:
        connection.sendall(sent)
        begin, body = answer(connection)
    assert begin.startswith(b"HTTP/1.1 408 ")
    fields = dict(line.lower().split(": ") for line in begin.decode().split("\r\n")[1:])
    assert fields["x-request-id"]
    assert fields["connection"] == "close"
    assert fields["x-content-type-options"] == "nosniff"
    assert body == {"statusCode": 408, "message": "Request Timeout"}
    assert web.is_ready()


@pytest.mark.parametrize("part", ["head", "body"])
def test_a_client_that_sends_byte_by_byte_is_no_better(web: Service, part: str) -> None:
    begun = {"head": head(web, 0)[:-2] + b"X-Drip: ", "body": head(web, 10_000)}[part]
    with socket.create_connection(("127.0.0.1", web.port), PATIENCE_SECONDS) as connection:
        connection.sendall(begun)
        connection.settimeout(0.1)
        got, dripped = b"", 0
        while not got and dripped < 100:
            connection.sendall(b"x")
            dripped += 1
            try:
                got = connection.recv(100)
            except TimeoutError:
                continue
    assert got.startswith(b"HTTP/1.1 408 ")
    assert web.is_ready()


def test_headers_that_proxies_add_change_nothing(service: Starter) -> None:
    web = service("web")
    with web.client() as client:
        for headers in (
            {"SCRIPT_NAME": "/elsewhere"},
            {"Script_Name": "/api"},
            {"PATH_INFO": "/elsewhere"},
            {"X-Forwarded-Proto": "https", "X-Forwarded-Protocol": "http"},
            {"X-Forwarded-Proto": "https", "X-Forwarded-Protocol": "ssl", "X-Forwarded-Ssl": "no"},
        ):
            response = client.get("/interviews", headers=headers)
            assert (response.status_code, response.json()["data"]) == (200, []), headers
