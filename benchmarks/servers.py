"""Real gunicorn processes on loopback: the service with its default settings, and the floor."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

import jwt
from sqlalchemy.engine import URL

from benchmarks.load import Connection, poll, request
from interview_service.settings import Settings

PATIENCE_SECONDS = 60.0
SECRET = secrets.token_hex(32)


def token(tenant: str) -> str:
    """Return a token that the service and the floor accept."""
    claims = {
        "sub": "bench",
        "tenantId": tenant,
        "permissions": ["interview:*", "tenant:*"],
        "exp": int(time.time()) + 24 * 3600,
    }
    return jwt.encode(claims, SECRET, "HS256")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A running `web`, `worker` or floor, stopped at the end of its `with` block.

    :param kind: `web`, `worker` or `floor`.
    """

    def __init__(self, kind: str, url: URL, folder: Path, **settings: str) -> None:
        self.kind = kind
        self.port = free_port()
        environment = {
            **os.environ,
            "PORT": str(self.port),
            "JWT_SECRET_KEY": SECRET,
            "DATABASE_URL": url.render_as_string(hide_password=False),
            "INSTANCE_PATH": str(folder),
            "PYTHONPATH": str(Path(__file__).resolve().parents[1]),
            **settings,
        }
        self._log = (folder / f"{kind}-{self.port}.log").open("ab")
        began = time.perf_counter()
        self._process = subprocess.Popen(
            _floor(self.port, url, environment) if kind == "floor" else _service(kind),
            cwd=folder,
            env=environment,
            stdout=self._log,
            stderr=self._log,
        )
        self.seconds_to_first_answer = 0.0
        if kind != "worker":
            poll(self._answers, seconds=PATIENCE_SECONDS)
            self.seconds_to_first_answer = time.perf_counter() - began

    def _answers(self) -> bool:
        if self._process.poll() is not None:
            raise RuntimeError(f"{self.kind} ended: see {self._log.name}")
        try:
            connection = Connection(self.port)
        except OSError:
            return False
        try:
            connection.ask(request("GET", "/api/v1/interviews?limit=1", token("nobody")))
        except OSError:
            return False
        finally:
            connection.close()
        return True

    def memory(self) -> list[float]:
        """Return the resident memory of each web process, in MB (10^6 bytes)."""
        found = []
        for child in _children(self._process.pid):
            for line in Path(f"/proc/{child}/status").read_text().splitlines():
                if line.startswith("VmRSS:"):
                    found.append(int(line.split()[1]) * 1024 / 1e6)
        return found

    def __enter__(self) -> "Server":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()


def _service(kind: str) -> list[str]:
    return [sys.executable, "-c", "from interview_service.cli import main; main()", kind]


def _floor(port: int, url: URL, environment: dict[str, str]) -> list[str]:
    defaults = Settings()
    database = url.database if defaults.url.get_backend_name() == url.get_backend_name() else ""
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    environment["FLOOR_DATABASE"] = database or plain
    return [
        *(sys.executable, "-m", "gunicorn", "benchmarks.floor:app"),
        *("--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--preload"),
        *("--workers", str(defaults.processes), "--threads", str(defaults.web_threads)),
        *("--keep-alive", "75", "--log-level", "warning"),
    ]


def _children(parent: int) -> list[int]:
    found = []
    for each in Path("/proc").iterdir():
        if each.name.isdigit():
            try:
                fields = (each / "stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(fields[1]) == parent:
                found.append(int(each.name))
    return found
