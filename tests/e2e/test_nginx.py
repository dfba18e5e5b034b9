"""nginx before the service, as `deploy/` sets it up: errors as JSON, limits, logs, addresses."""

import json
import os
import re
import select
import signal
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.callers import details
from tests.conftest import SECRET
from tests.deploying import SITE, filled_in, program
from tests.servers import free_port

from .conftest import PATIENCE_SECONDS, Service, Starter, until

NAME = "interviews.example.com"
TOO_LARGE = {"statusCode": 413, "message": "Request body is larger than 1 MiB"}
MIB = 1 << 20
PATH = "/api/v1/interviews"


def write_certificate(folder: Path) -> None:
    """Write a key and a certificate that it has signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(
        now + timedelta(days=1)
    )
    certificate = builder.sign(key, hashes.SHA256())
    (folder / "site.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "site.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


class Nginx:
    """nginx with the site of `deploy/`, on ports of its own.

    :param upstream: the port of the service.
    """

    def __init__(self, folder: Path, upstream: int) -> None:
        self.folder = folder
        self.port, self.plain_port = free_port(), free_port()
        self.base = f"https://127.0.0.1:{self.port}"
        write_certificate(folder)
        site = filled_in(
            SITE,
            {
                "listen 80;": f"listen 127.0.0.1:{self.plain_port};",
                "listen 443 ssl": f"listen 127.0.0.1:{self.port} ssl",
                f"/etc/ssl/certs/{NAME}.pem": str(folder / "site.pem"),
                f"/etc/ssl/private/{NAME}.key": str(folder / "site.key"),
                "/var/log/nginx/": f"{folder}/",
                "http://127.0.0.1:3009": f"http://127.0.0.1:{upstream}",
            },
        )
        (folder / "site.conf").write_text(site)
        user = "user root;" if os.geteuid() == 0 else ""  # the folder is this test's alone
        temporary = "".join(
            f"{kind}_temp_path {folder}/{kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (folder / "nginx.conf").write_text(
            f"{user}daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log crit; "
            f"events {{}} http {{ {temporary} include {folder}/site.conf; }}\n"
        )
        self._command = [program("nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf")]
        self._process: subprocess.Popen[bytes] | None = None

    def check(self) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self._command, "-t"], capture_output=True, text=True, timeout=60, check=False
        )

    def start(self) -> None:
        self._process = subprocess.Popen(self._command)
        until(self._answers, "nginx")

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "nginx.log").read_text()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(PATIENCE_SECONDS)

    def log(self) -> str:
        return (self.folder / "interview-service.log").read_text()

    def client(self, headers: dict[str, str] | None = None) -> httpx.Client:
        return httpx.Client(
            base_url=self.base, headers=headers, verify=False, timeout=PATIENCE_SECONDS
        )


@pytest.fixture
def proxied(service: Starter, tmp_path: Path) -> Service:
    return service(
        "web",
        TRUSTED_PROXIES="127.0.0.1",
        JWT_SECRET_KEY=SECRET,
        LOG_FORMAT="json",
        WEB_CONCURRENCY="1",
    )


@pytest.fixture
def nginx(proxied: Service, tmp_path: Path) -> Iterator[Nginx]:
    folder = tmp_path / "nginx"
    folder.mkdir()
    nginx = Nginx(folder, proxied.port)
    nginx.start()
    yield nginx
    nginx.stop()


def test_nginx_finds_no_fault_in_the_site(tmp_path: Path) -> None:
    checked = Nginx(tmp_path, 3009).check()
    assert checked.returncode == 0, checked.stderr
    assert "warn" not in checked.stderr


# --- a body over 1 MiB


Send = Callable[[ssl.SSLSocket, bytes], None]


def send_at_once(connection: ssl.SSLSocket, body: bytes) -> None:
    connection.sendall(body)


def send_slowly(connection: ssl.SSLSocket, body: bytes) -> None:
    """Send a bit after the other, and look up from it now and then, as no answer comes yet."""
    for start in range(0, len(body), 16_384):
        connection.sendall(body[start : start + 16_384])
        select.select([], [], [connection], 0.01)


def chunked(body: bytes) -> bytes:
    chunks = (body[start : start + 65_536] for start in range(0, len(body), 65_536))
    return b"".join(b"%x\r\n%s\r\n" % (len(each), each) for each in chunks) + b"0\r\n\r\n"


def posted(port: int, body: bytes, head: str, send: Send) -> tuple[int, dict[str, str], Any]:
    """Post by hand, reading nothing before all is sent; return status, headers and JSON."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS) as plain,
        context.wrap_socket(plain, server_hostname=NAME) as connection,
    ):
        connection.sendall(
            f"POST {PATH} HTTP/1.1\r\nHost: {NAME}\r\nContent-Type: application/json\r\n"
            f"Connection: close\r\n{head}\r\n\r\n".encode()
        )
        send(connection, body)
        answer = b""
        while data := connection.recv(65_536):
            answer += data
    text, _, content = answer.partition(b"\r\n\r\n")
    status, *lines = text.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    return int(status.split()[1]), headers, json.loads(content)


@pytest.mark.parametrize("send", [send_at_once, send_slowly])
@pytest.mark.parametrize("is_chunked", [False, True])
def test_a_body_over_the_limit_is_always_answered_in_json(
    nginx: Nginx, send: Send, is_chunked: bool
) -> None:
    body = b" " * (3 * MIB)
    head = "Transfer-Encoding: chunked" if is_chunked else f"Content-Length: {len(body)}"
    sent = chunked(body) if is_chunked else body
    with ThreadPoolExecutor(17) as posting:
        answers = list(posting.map(lambda _: posted(nginx.port, sent, head, send), range(17)))
    for status, headers, told in answers:
        assert (status, told) == (413, TOO_LARGE)
        assert headers["Content-Type"] == "application/json"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert re.fullmatch(r"[0-9a-f]{32}", headers["X-Request-ID"])


def test_a_body_of_just_the_limit_reaches_the_service(nginx: Nginx) -> None:
    body = json.dumps({"jobDescription": "x"}).encode().ljust(MIB)
    status, _, told = posted(nginx.port, body, f"Content-Length: {MIB}", send_at_once)
    assert (status, told["message"]) == (
        401,
        "Missing bearer token: send Authorization: Bearer <jwt>",
    )


# --- the rest


def test_what_nginx_answers_by_itself_is_json_too(nginx: Nginx, proxied: Service) -> None:
    with nginx.client() as client:
        long = client.get(PATH, params={"q": "x" * 40_000})
        assert (long.status_code, long.json()) == (
            414,
            {"statusCode": 414, "message": "Request line is too long"},
        )
        large = client.get(PATH, headers={"X-Large": "x" * 40_000})
        assert (large.status_code, large.json()) == (
            431,
            {"statusCode": 431, "message": "Request headers are too large"},
        )
        proxied.stop()
        gone = client.get(PATH, headers={"X-Request-ID": "find-me"})
    assert (gone.status_code, gone.json()) == (
        502,
        {"statusCode": 502, "message": "The service cannot be reached"},
    )
    assert gone.headers["Retry-After"] == "5"
    assert gone.headers["X-Request-ID"] == "find-me"
    assert gone.headers["Content-Type"] == "application/json"


def test_the_service_is_reached_with_the_clients_address_and_id(
    nginx: Nginx, proxied: Service
) -> None:
    with proxied.client() as direct, nginx.client(dict(direct.headers)) as client:
        made = client.post(
            PATH,
            json=details(),
            headers={"X-Request-ID": "of-the-client", "X-Forwarded-For": "192.0.2.9"},
        )
        assert made.status_code == 201
        assert made.headers["X-Request-ID"] == "of-the-client"
        assert made.headers["Strict-Transport-Security"] == "max-age=31536000"
        one = f"{PATH}/{made.json()['id']}"
        read = client.get(one)
        again = client.get(one, headers={"If-None-Match": read.headers["ETag"]})
        assert (read.status_code, again.status_code) == (200, 304)
        assert "Content-Encoding" not in read.headers
        nothing = client.get("/nothing")
        assert (nothing.status_code, nothing.json()) == (
            404,
            {"statusCode": 404, "message": "Not found"},
        )
    lines = [json.loads(line) for line in proxied.errors.splitlines() if line.startswith("{")]
    (told,) = [each for each in lines if each.get("request_id") == "of-the-client"]
    assert told["address"] == "127.0.0.1"  # nginx's word, and not what the client made up


def test_no_log_has_a_query_string_in_it(nginx: Nginx) -> None:
    with nginx.client() as client:
        client.get(PATH, params={"q": "zebulon"})
    httpx.get(f"http://127.0.0.1:{nginx.plain_port}{PATH}", params={"q": "zebulon"})
    until(lambda: nginx.log().count("\n") == 2, "both requests to be logged")
    for file in nginx.folder.glob("*.log"):
        assert "zebulon" not in file.read_text()
    assert f'"GET {PATH}" 401' in nginx.log()


def test_only_what_is_the_same_for_everybody_is_compressed(nginx: Nginx) -> None:
    with nginx.client({"Accept-Encoding": "gzip"}) as client:
        page = client.get("/sign-in")
        assert page.status_code == 200
        assert "Content-Encoding" not in page.headers
        (style,) = re.findall(r'href="(/assets/[^"]+\.css[^"]*)"', page.text)[:1]
        assert client.get(style).headers["Content-Encoding"] == "gzip"


def test_plain_http_leads_to_https(nginx: Nginx) -> None:
    response = httpx.get(f"http://127.0.0.1:{nginx.plain_port}{PATH}?limit=1")
    assert response.status_code == 308
    assert response.headers["Location"] == f"https://{NAME}{PATH}?limit=1"
