"""Starting, stopping and dying: what the person at the terminal sees, and what is left behind."""

import os
import re
import signal
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import httpx
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy.engine import URL

from interview_service import __version__
from interview_service.database import schema
from interview_service.database.engine import make_engine
from tests.callers import details
from tests.conftest import SECRET
from tests.e2e.conftest import Service, Starter, free_port, run, until


def can_be_bound(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def create(service: Service) -> str:
    with service.client() as client:
        response = client.post("/interviews", json=details())
    assert response.status_code == 201, response.text
    interview_id: str = response.json()["id"]
    return interview_id


def is_there(service: Service, interview_id: str) -> bool:
    with service.client() as client:
        return client.get(f"/interviews/{interview_id}").status_code == 200


# --- the first start


def test_the_first_start_says_where_everything_is_and_makes_what_it_needs(
    service: Starter, tmp_path: Path
) -> None:
    running = service("serve")
    base = f"http://127.0.0.1:{running.port}"
    lines = running.output.splitlines()
    link = lines.pop(3)
    assert lines == [
        f"Interview Service {__version__} listens on {base}/api/v1",
        f"  Documentation   {base}/api/docs",
        f"  Database        sqlite:///{tmp_path}/instance/interviews.db",
        "  A token         interview-service token --tenant demo --subject me",
        "                  (make token, in a clone)",
        "  See it work     interview-service demo    (make demo, in a clone)",
    ]
    assert re.fullmatch(
        rf"  The first user  http://localhost:{running.port}/setup\?code=[\w-]{{43}}", link
    )
    assert httpx.get(f"{base}/api/docs").status_code == 200
    secret = tmp_path / "instance" / "jwt-secret"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert stat.S_IMODE(secret.parent.stat().st_mode) == 0o700
    assert len(secret.read_bytes()) >= 32
    assert "Traceback" not in running.errors


def test_the_link_of_the_first_start_makes_the_first_user_and_is_shown_no_more_then(
    service: Starter,
) -> None:
    def link(running: Service) -> str | None:
        found = re.search(r"The first user  (\S+)", running.output)
        return found[1] if found else None

    first = service("serve")
    older = link(first)
    assert older is not None
    first.stop()
    running = service("serve")
    newer = link(running)
    assert newer is not None
    said = httpx.get(newer)
    assert said.status_code == 200
    assert 'name="password"' in said.text
    assert said.headers["Cache-Control"] == "no-store"
    body = {
        "tenant": "acme",
        "email": "ada@example.com",
        "name": "Ada",
        "password": "a quiet harbour town",
    }
    url = f"{running.base}/api/v1/auth/setup"
    for address, status in ((older, 404), (newer, 201), (newer, 404)):
        code = address.partition("code=")[2]
        assert httpx.post(url, json={**body, "code": code}).status_code == status
    running.stop()
    assert link(service("serve")) is None


def test_a_start_with_no_secret_that_machines_share_says_that_sign_in_is_off(
    service: Starter, empty_url: Callable[[str], URL]
) -> None:
    url = empty_url("postgresql")  # one of its own: no other test's users
    engine = make_engine(url)
    schema.upgrade(engine)
    engine.dispose()
    key = generate_private_key(public_exponent=65537, key_size=2048).public_key()
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    running = service(
        "serve",
        url=url,
        JWT_ALGORITHM="RS256",
        JWT_PUBLIC_KEY=pem,
        JWT_ISSUER="none",
        JWT_AUDIENCE="none",
        JWT_SECRET_KEY="",
    )
    assert "Sign-in is off" in running.output
    assert "/setup?code=" not in running.output
    body = {"email": "ada@example.com", "password": "a quiet harbour town"}
    answer = httpx.post(f"{running.base}/api/v1/auth/login", json=body)
    assert answer.status_code == 401
    assert httpx.get(f"{running.base}/health/ready").status_code == 200


def test_the_token_of_the_command_line_is_good_after_a_restart_as_well(
    service: Starter, tmp_path: Path
) -> None:
    made = run(tmp_path, "token", "--tenant", "demo", "--subject", "me")
    headers = {"Authorization": f"Bearer {made.stdout.strip()}"}
    for _ in range(2):
        running = service("web")
        url = f"{running.base}/api/v1/interviews"
        assert httpx.post(url, json=details(), headers=headers).status_code == 201
        assert running.stop() == 0
    assert made.returncode == 0
    assert made.stderr.startswith(f"created the secret {tmp_path}/instance/jwt-secret: ")


def test_two_starts_at_once_on_one_new_file_both_come_up(service: Starter, tmp_path: Path) -> None:
    both = [service("serve", wait=False) for _ in range(2)]
    for each in both:
        each.wait_until_ready()
    first, second = both
    interview_id = create(first)
    assert is_there(second, interview_id)
    assert "Traceback" not in first.errors + second.errors


# --- a start that is refused


@pytest.mark.parametrize("command", ["serve", "web"])
def test_a_second_start_on_a_taken_port_says_so_in_one_line(tmp_path: Path, command: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = run(tmp_path, command, settings={"PORT": str(port)})
    assert (refused.returncode, refused.stdout, refused.stderr) == (
        1,
        "",
        f"Error: 127.0.0.1:{port} is in use: is the service running already? "
        "Set PORT to another one.\n",
    )


def test_all_faults_in_the_settings_are_told_at_once(tmp_path: Path) -> None:
    refused = run(
        tmp_path,
        "serve",
        settings={
            "DATABASE_URL": "oracle://host/name",
            "PORT": "70000",
            "WEB_THREADS": "many",
            "JWT_SECRET_KEY": "short",
            "LOG_LEVEL": "LOUD",
            "LOG_FORMAT": "xml",
        },
    )
    assert (refused.returncode, refused.stdout) == (1, "")
    first, *faults = refused.stderr.splitlines()
    assert first == "Error: The settings cannot be used:"
    assert sorted(faults) == [
        "  DATABASE_URL: must be sqlite, postgresql or mariadb, not oracle",
        "  JWT_SECRET_KEY: must have 32 bytes or more for HS256, it has 5",
        "  LOG_FORMAT: must be one of text, json",
        "  LOG_LEVEL: must be one of DEBUG, INFO, WARNING, ERROR",
        "  PORT: must be a port from 1 to 65535",
        "  WEB_THREADS: must be a whole number",
    ]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["postgresql://u:p@127.0.0.1/name", "mariadb://u:p@127.0.0.1/name"])
def test_a_server_database_wants_a_secret_that_is_set(tmp_path: Path, url: str) -> None:
    refused = run(tmp_path, "web", settings={"DATABASE_URL": url})
    assert refused.returncode == 1
    (fault,) = refused.stderr.splitlines()
    assert "used: JWT_SECRET_KEY: must be set, to 32 bytes or more, on a server" in fault


@pytest.mark.parametrize("backend", ["postgresql", "mariadb"])
def test_an_unreachable_database_stops_the_start_in_one_line(tmp_path: Path, backend: str) -> None:
    url = f"{backend}://somebody:sesame@127.0.0.1:{free_port()}/name"
    refused = run(tmp_path, "web", settings={"DATABASE_URL": url, "JWT_SECRET_KEY": SECRET})
    assert refused.returncode == 1
    (line,) = refused.stderr.splitlines()
    assert line.startswith(f"Error: cannot use the database {backend}")
    assert "sesame" not in line


@pytest.mark.parametrize(("backend", "command"), [("postgresql", "serve"), ("mariadb", "worker")])
def test_an_unmigrated_database_stops_the_start_with_the_command_that_mends_it(
    service: Starter, tmp_path: Path, request: pytest.FixtureRequest, backend: str, command: str
) -> None:
    url: URL = request.getfixturevalue(f"{backend}_server").new_database()
    settings = {
        "DATABASE_URL": url.render_as_string(hide_password=False),
        "JWT_SECRET_KEY": SECRET,
        "PORT": str(free_port()),
    }
    newest = schema.newest()
    refused = run(tmp_path, command, settings=settings)
    assert (refused.returncode, refused.stdout, refused.stderr) == (
        1,
        "",
        f"Error: the database is at revision none and {newest} is wanted: "
        "run interview-service db upgrade\n",
    )
    shown = run(tmp_path, "db", "current", settings=settings)
    assert (shown.returncode, shown.stdout) == (1, f"none ({newest} is wanted)\n")

    upgraded = run(tmp_path, "db", "upgrade", settings=settings)
    assert (upgraded.returncode, upgraded.stdout, upgraded.stderr) == (
        0,
        f"upgraded from nothing to {newest}\n",
        "",
    )
    shown = run(tmp_path, "db", "current", settings=settings)
    assert (shown.returncode, shown.stdout) == (0, f"{newest} (current)\n")
    running = service("web", url=url)
    assert is_there(running, create(running))


# --- stopping


class SlowUpload:
    """A POST whose body is sent in two halves; it has sent the first when it is constructed."""

    def __init__(self, service: Service, body: bytes) -> None:
        with service.client() as client:
            authorization = client.headers["Authorization"]
        self.rest = body[len(body) // 2 :]
        self.socket = socket.create_connection(("127.0.0.1", service.port), timeout=60)
        self.socket.sendall(
            b"POST /api/v1/interviews HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
            + f"Authorization: {authorization}\r\nContent-Length: {len(body)}\r\n".encode()
            + b"Content-Type: application/json\r\nConnection: close\r\n\r\n"
        )
        assert self.socket.recv(100).startswith(b"HTTP/1.1 100 Continue\r\n")
        self.socket.sendall(body[: len(body) // 2])

    def finish(self) -> tuple[int, bytes]:
        """Send the second half; return the status and the body of the answer."""
        with self.socket:
            self.socket.sendall(self.rest)
            answer = b""
            while part := self.socket.recv(65536):
                answer += part
        head, _, body = answer.partition(b"\r\n\r\n")
        return int(head.split()[1]), body


@pytest.mark.parametrize(
    ("command", "all_of_them", "left", "signum"),
    [
        pytest.param("web", 3, 2, signal.SIGTERM, id="web, SIGTERM"),
        pytest.param("serve", 11, 3, signal.SIGTERM, id="serve, SIGTERM"),
        pytest.param("serve", 11, 3, signal.SIGINT, id="serve, Ctrl-C"),
    ],
)
def test_a_request_in_hand_is_finished_before_the_service_stops(
    service: Starter, command: str, all_of_them: int, left: int, signum: signal.Signals
) -> None:
    running = service(command)
    until(lambda: len(running.processes()) == all_of_them, "both web processes")
    upload = SlowUpload(running, orjson.dumps(details(jobDescription="Build. " * 2000)))
    if signum is signal.SIGINT:
        os.killpg(running.pid, signum)  # as a terminal does
    else:
        os.kill(running.pid, signum)
    # All but the parents of the busy web process go: so it has had its signal as well. A worker has
    # two processes beside it, and the four of its engine that these begin.
    until(lambda: len(running.processes()) == left, "the idle processes to end")
    status, body = upload.finish()
    assert status == 201
    assert running.wait_until_gone() == 0
    assert can_be_bound(running.port)
    assert "Traceback" not in running.errors
    again = service(command, PORT=str(running.port))
    assert is_there(again, orjson.loads(body)["id"])


def test_ctrl_c_stops_the_web_alone_as_well(service: Starter) -> None:
    running = service("web")
    os.killpg(running.pid, signal.SIGINT)
    assert running.wait_until_gone() == 0
    assert can_be_bound(running.port)
    assert "Traceback" not in running.errors


@pytest.mark.parametrize("command", ["serve", "web"])
def test_no_process_outlives_a_parent_that_was_killed(service: Starter, command: str) -> None:
    running = service(command)
    os.kill(running.pid, signal.SIGKILL)
    assert running.wait_until_gone() == -signal.SIGKILL
    assert can_be_bound(running.port)


# --- a process that dies


def test_a_web_process_that_was_killed_is_started_again(service: Starter) -> None:
    running = service("web")
    until(lambda: len(running.children()) == 2, "both web processes")
    before = running.children()
    os.kill(before[0], signal.SIGKILL)
    until(lambda: len(set(running.children()) - {before[0]}) == 2, "another web process")
    assert before[1] in running.children()
    assert is_there(running, create(running))


def test_either_child_of_serve_is_started_again_when_it_was_killed(service: Starter) -> None:
    running = service("serve")
    before = set(running.children())
    assert len(before) == 2
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    until(lambda: len(set(running.children()) - before) == 2, "two others in their place")
    running.wait_until_ready()
    told = [line for line in running.errors.splitlines() if line.startswith("interview-service:")]
    assert sorted(told) == [
        "interview-service: web ended with status -9; starting it again",
        "interview-service: worker ended with status -9; starting it again",
    ]
    interview_id = create(running)
    with running.client() as client:
        path = f"/interviews/{interview_id}"
        until(
            lambda: client.get(path).json()["workflowState"] == "PENDING",
            "the worker to write the plan",
        )
