"""The service as real processes: started by its command line, called over HTTP, stopped by id.

Each runs in a folder of its own, with no setting but those that a test gives.
"""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from sqlalchemy.engine import URL

from interview_service.domain.clock import clock
from interview_service.settings import Settings
from tests.conftest import SECRET
from tests.servers import free_port

PATIENCE_SECONDS = 180  # before something counts as never: a slow machine is no defect
COMMAND = [sys.executable, "-c", "from interview_service.cli import main; main()"]
LEASE = {"ENGINE_TIMEOUT": "2"}
"""Settings by which the work of a worker that was killed is another's within seconds."""
SETTINGS = frozenset(each.name.upper() for each in fields(Settings))


def until(condition: Callable[[], Any], what: str) -> Any:
    """Poll a condition until it returns something true, and return that."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.02)


def is_ready(port: int) -> bool:
    """Tell whether a service on this machine can serve requests now.

    httpx would read all certificate authorities for each of the many calls.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def environment(**settings: str) -> dict[str, str]:
    """Return this process's environment, with these settings and no others."""
    kept = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    return {**kept, **settings}


def run(
    folder: Path, *arguments: str, settings: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command of the service to its end."""
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=folder,
        env=environment(**(settings or {})),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


@dataclass(frozen=True)
class ProcessEntry:
    """A live process of a service, as /proc shows it."""

    pid: int
    parent: int


class Service:
    """A running `serve`, `web` or `worker`, with all of its processes.

    :param folder: its working directory, with the instance folder and, in NAME.out and NAME.err,
        what it prints.
    :param first: Python that its first process runs before anything else.
    """

    def __init__(
        self, command: str, folder: Path, settings: Mapping[str, str], first: str = ""
    ) -> None:
        self.command = command
        self.folder = folder
        self.settings = dict(settings)
        self.port = int(self.settings.get("PORT", "0"))
        self.base = f"http://127.0.0.1:{self.port}"
        name = f"{command}-{self.port or free_port()}"
        self._out = folder / f"{name}.out"
        self._err = folder / f"{name}.err"
        with self._out.open("ab") as out, self._err.open("ab") as err:
            self.process = subprocess.Popen(
                [*COMMAND[:-1], f"{first}\n{COMMAND[-1]}", command],
                cwd=folder,
                env=environment(**self.settings),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The id of the process that was started; the others descend from it."""
        return self.process.pid

    @property
    def output(self) -> str:
        """What it printed on its standard output."""
        return self._out.read_text()

    @property
    def errors(self) -> str:
        """What it printed on its standard error, its log among it."""
        return self._err.read_text()

    def processes(self) -> list[ProcessEntry]:
        """Return the live processes of its session, orphans as well."""
        found = []
        for each in Path("/proc").iterdir():
            if not each.name.isdigit():
                continue
            try:
                # The name, in brackets, may hold anything; what follows it does not.
                state, parent, _, session = (
                    (each / "stat").read_text().rpartition(")")[2].split()[:4]
                )
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(session) == self.pid and state not in "ZX":
                found.append(ProcessEntry(int(each.name), int(parent)))
        return found

    def children(self, parent: int | None = None) -> list[int]:
        """Return the ids of the children of one of its processes, by default of the first."""
        wanted = parent or self.pid
        return sorted(each.pid for each in self.processes() if each.parent == wanted)

    def is_ready(self) -> bool:
        """Tell whether it can serve requests now."""
        return is_ready(self.port)

    def wait_until_ready(self) -> None:
        """Return when it can serve requests; fail when it ends before that."""

        def ready_or_ended() -> bool:
            assert self.process.poll() is None, f"it ended: {self.output}{self.errors}"
            return self.is_ready()

        until(ready_or_ended, "the service to be ready")

    def wait_until_gone(self) -> int:
        """Return its exit status when the last of its processes has ended."""
        status = self.process.wait(PATIENCE_SECONDS)
        until(lambda: not self.processes(), "the last process to end")
        return status

    def stop(self) -> int:
        """Ask it to stop, and return its exit status when the last process has ended."""
        self.process.terminate()
        return self.wait_until_gone()

    def kill(self) -> None:
        """Kill every process of it."""
        while alive := self.processes():
            for each in alive:
                try:
                    os.kill(each.pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
        self.process.wait(PATIENCE_SECONDS)

    def client(self, tenant: str = "acme", *permissions: str) -> httpx.Client:
        """Return a client with a token of this tenant, with all permissions where none is named."""
        secret = self.settings.get("JWT_SECRET_KEY")
        if secret is None:
            secret = (self.folder / "instance" / "jwt-secret").read_text()
        claims = {
            "sub": "tester",
            "tenantId": tenant,
            "permissions": list(permissions) or ["interview:*", "tenant:*"],
            "exp": clock.now() + timedelta(hours=1),
        }
        return httpx.Client(
            base_url=f"{self.base}/api/v1",
            headers={"Authorization": f"Bearer {jwt.encode(claims, secret, 'HS256')}"},
            timeout=PATIENCE_SECONDS,
            verify=False,
        )


class Starter:
    """Starts services and, at the end of the test, kills those that still run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[Service] = []

    def __call__(
        self,
        command: str = "web",
        *,
        url: URL | None = None,
        folder: Path | None = None,
        wait: bool = True,
        first: str = "",
        **settings: str,
    ) -> Service:
        """Start `serve`, `web` or `worker`.

        :param url: of a database; by default it is the SQLite file of the instance folder.
        :param folder: another working directory than the test's own.
        :param wait: return when it is ready to serve (a `worker` never is).
        :param first: Python that its first process runs before anything else.
        :param settings: more environment.
        """
        settings = {"WEB_CONCURRENCY": "2", **settings}
        if url is not None:
            settings["DATABASE_URL"] = url.render_as_string(hide_password=False)
            settings.setdefault("JWT_SECRET_KEY", SECRET)
        if command != "worker":
            settings.setdefault("PORT", str(free_port()))
        service = Service(command, folder or self.folder, settings, first)
        self.started.append(service)
        if wait and command != "worker":
            service.wait_until_ready()
        return service

    def close(self) -> None:
        """Kill what still runs, quick and certain: stopping well has tests of its own."""
        for each in self.started:
            each.kill()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Starter]:
    """Starts the service as real processes, as often as the test calls it."""
    if not sys.platform.startswith("linux"):
        pytest.skip("its processes are looked up in /proc")
    starter = Starter(tmp_path)
    yield starter
    starter.close()
