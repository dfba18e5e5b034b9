"""Malformed or oversized HTTP is answered as every error is, and quoted in no log."""

import json
import socket

from .conftest import PATIENCE_SECONDS, Service, Starter

PRIVATE = "Jane-Smith"
BAD, TOO_LONG, TOO_LARGE = (
    (400, "Bad Request"),
    (414, "URI Too Long"),
    (431, "Request Header Fields Too Large"),
)
MALFORMED = {
    f"{PRIVATE}\r\n\r\n": BAD,
    f"GET /{PRIVATE} HTTP/9.9\r\n\r\n": BAD,
    f"GET / HTTP/1.1\r\n{PRIVATE}\r\n\r\n": BAD,
    f"GET / HTTP/1.1\r\n{PRIVATE} name: x\r\n\r\n": BAD,
    f"POST /{PRIVATE} HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n": BAD,
    f"POST / HTTP/1.1\r\nContent-Length: {PRIVATE}\r\n\r\n": BAD,
    f"GET /{PRIVATE}{'x' * 10_000} HTTP/1.1\r\n\r\n": TOO_LONG,
    f"GET / HTTP/1.1\r\n{PRIVATE}: {'x' * 70_000}\r\n\r\n": TOO_LARGE,
}


def asked(service: Service, request: str) -> bytes:
    """Send bytes and return all that comes back."""
    with socket.create_connection(("127.0.0.1", service.port), PATIENCE_SECONDS) as connection:
        connection.sendall(request.encode())
        connection.shutdown(socket.SHUT_WR)
        with connection.makefile("rb") as answer:
            return answer.read()


def test_malformed_http_is_answered_as_every_error_is_and_quoted_in_no_log(
    service: Starter,
) -> None:
    web = service("web")
    for request, (status, message) in MALFORMED.items():
        head, _, body = asked(web, request).partition(b"\r\n\r\n")
        assert head.startswith(f"HTTP/1.1 {status} {message}\r\n".encode()), request[:80]
        assert b"Content-Type: application/json" in head
        fields = dict(line.split(": ") for line in head.decode().split("\r\n")[1:])
        assert (fields["Connection"], fields["X-Content-Type-Options"]) == ("close", "nosniff")
        assert fields["Referrer-Policy"] == "no-referrer"
        who = "tenant=- subject=- address=127.0.0.1"
        logged = f"status={status} {who} request_id={fields['X-Request-ID']}\n"
        assert web.errors.count(f" request method=- route=- {logged}") == 1
        assert json.loads(body) == {"statusCode": status, "message": message}
    assert web.errors.count("Invalid request") == len(MALFORMED)
    assert PRIVATE not in web.errors
