"""The database server becomes unreachable and returns: 503 in the usual form, then recovery."""

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest
from sqlalchemy.engine import URL

from interview_service.database import schema
from interview_service.database.engine import make_engine
from tests.callers import details

from .conftest import Service, Starter, until

PORTS = {"postgresql": 5432, "mariadb": 3306}
INSERT = b"INSERT INTO interviews"
AWAY = {
    "statusCode": 503,
    "message": "The database cannot be reached or is too busy; nothing was written",
}
UNKNOWN = {
    "statusCode": 503,
    "message": "The database went away while writing: what was asked for may be done or not",
}
UNREADY = {
    "status": "unavailable",
    "checks": {"database": "cannot be reached", "schema": "unknown"},
}


class Proxy:
    """Stands between the service and a database server, until it is cut.

    `falls_on` is what a connection breaks on, once: the last of these statements, before it gets to
    the server, on the connection that sent the others before.
    """

    def __init__(self, target: tuple[str, int]) -> None:
        self.target = target
        self.port = 0
        self.falls_on: tuple[bytes, ...] = ()
        self._lock = threading.Lock()
        self._clients: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener: socket.socket | None = None
        self.open()

    def open(self) -> None:
        """Take connections, again."""
        listener = socket.create_server(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        self._listener = listener
        self._start(self._accept, listener)

    def cut(self) -> None:
        """Close every connection and refuse new ones."""
        if self._listener is not None:
            self._listener.shutdown(socket.SHUT_RDWR)
            self._threads[0].join()
            self._listener = None
        with self._lock:
            for each in self._clients:
                with suppress(OSError):  # the other end was quicker
                    each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._threads.clear()

    def _start(self, work: Any, *arguments: Any) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener: socket.socket) -> None:
        with listener:
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                with self._lock:
                    self._clients.add(client)
                self._start(self._carry, client)

    def _carry(self, client: socket.socket) -> None:
        try:
            with socket.create_connection(self.target) as server:
                other, seen = {client: server, server: client}, 0
                while True:
                    for source in select.select([client, server], [], [])[0]:
                        data = source.recv(65536)
                        if source is client and self._watches(data, seen):
                            seen += 1
                        if not data or self._falls(seen):
                            return
                        other[source].sendall(data)
        except OSError:
            return
        finally:
            with self._lock:
                self._clients.discard(client)
                client.close()

    def _watches(self, data: bytes, seen: int) -> bool:
        """Tell whether this is the next of the statements that are looked out for."""
        return seen < len(self.falls_on) and self.falls_on[seen] in data

    def _falls(self, seen: int) -> bool:
        """Tell whether a connection is to break now."""
        with self._lock:
            falls = bool(self.falls_on) and seen == len(self.falls_on)
            if falls:
                self.falls_on = ()
        return falls


@pytest.fixture(params=["postgresql", "mariadb"])
def direct(request: pytest.FixtureRequest) -> URL:
    """The URL of a migrated database of this test's own, on each server in turn."""
    url: URL = request.getfixturevalue(f"{request.param}_server").new_database()
    engine = make_engine(url)
    schema.upgrade(engine)
    engine.dispose()
    return url


@pytest.fixture
def proxy(direct: URL) -> Iterator[Proxy]:
    assert direct.host is not None
    proxy = Proxy((direct.host, direct.port or PORTS[direct.get_backend_name()]))
    yield proxy
    proxy.cut()


@pytest.fixture
def url(direct: URL, proxy: Proxy) -> URL:
    """The URL by which the service finds the database, through the proxy."""
    url = direct.set(host="127.0.0.1", port=proxy.port)
    plain = {"sslmode": "disable"} if url.get_backend_name() == "postgresql" else {}
    return url.update_query_dict(plain)


def health(service: Service, kind: str) -> tuple[int, Any]:
    response = httpx.get(f"{service.base}/health/{kind}")
    return response.status_code, response.json()


def total(client: httpx.Client) -> int:
    found: int = client.get("/interviews").json()["meta"]["total"]
    return found


def assert_away(response: httpx.Response) -> None:
    assert (response.status_code, response.json()) == (503, AWAY)
    assert response.headers["Content-Type"] == "application/json"
    assert int(response.headers["Retry-After"]) > 0
    assert response.headers["X-Request-ID"]


def requests(record: dict[str, Any]) -> list[tuple[str, str, Any]]:
    """Return reads and writes of every kind."""
    one, flow = f"/interviews/{record['id']}", f"/workflow/interviews/{record['id']}"
    return [
        ("GET", "/interviews", None),
        ("GET", "/interviews?q=jane", None),
        ("GET", one, None),
        ("GET", f"{one}/plan", None),
        ("GET", f"{one}/deliveries", None),
        ("GET", f"/interviews/{record['runId']}/status", None),
        ("GET", f"{flow}/history", None),
        ("GET", "/tenant/settings", None),
        ("POST", "/interviews", details()),
        ("POST", "/interviews", details(externalId="req-1")),
        ("POST", "/a2a/interview", {}),
        ("PUT", one, {"companyName": "New"}),
        ("POST", f"{flow}/transition", {"transition": "CANCEL"}),
        ("PUT", "/tenant/settings", {"autoApprovePlans": True}),
        ("DELETE", one, None),
    ]


def test_while_the_database_is_away_all_is_refused_and_nothing_of_it_is_kept(
    service: Starter, url: URL, proxy: Proxy
) -> None:
    running = service("web", url=url)
    with running.client() as client:
        record = client.post("/interviews", json=details()).json()
        proxy.cut()
        until(lambda: health(running, "ready") == (503, UNREADY), "the health check to see it")
        for method, path, body in requests(record):
            assert_away(client.request(method, path, json=body))
        keyed = {"Idempotency-Key": "the key"}
        assert_away(client.post("/interviews", json=details(), headers=keyed))
        assert client.post("/interviews", json=details(level="GURU")).status_code == 422
        assert httpx.get(f"{running.base}/api/v1/interviews").status_code == 401
        assert health(running, "ready") == (503, UNREADY)
        assert health(running, "live") == (200, {"status": "ok"})

        proxy.open()
        running.wait_until_ready()
        assert client.get(f"/interviews/{record['id']}").json() == record
        assert total(client) == 1
        assert client.get("/tenant/settings").json()["autoApprovePlans"] is False
        again = client.post("/interviews", json=details(), headers=keyed)
        assert (again.status_code, "Idempotent-Replayed" in again.headers) == (201, False)
        assert total(client) == 2
    assert "Traceback" not in running.errors
    assert url.password is None or url.password not in running.errors + running.output


def test_a_database_that_was_away_between_two_requests_is_not_noticed(
    service: Starter, url: URL, proxy: Proxy
) -> None:
    running = service("web", url=url)
    with running.client() as client:
        for turn in range(4):
            made = client.post("/interviews", json=details(candidateName=f"No {turn}"))
            assert made.status_code == 201, made.text
            proxy.cut()
            proxy.open()
            found = client.get(f"/interviews/{made.json()['id']}")
            assert (found.status_code, found.json()) == (200, made.json())
            proxy.cut()
            proxy.open()
        assert total(client) == 4


def test_a_create_whose_connection_breaks_on_the_way_is_made_once(
    service: Starter, url: URL, proxy: Proxy
) -> None:
    running = service("web", url=url)
    with running.client() as client:
        proxy.falls_on = (INSERT,)
        made = client.post("/interviews", json=details())
        assert proxy.falls_on == ()
        assert made.status_code == 201, made.text
        assert client.get(f"/interviews/{made.json()['id']}").json() == made.json()
        assert total(client) == 1


def test_a_create_whose_connection_breaks_before_its_commit_leaves_nothing(
    service: Starter, url: URL, proxy: Proxy
) -> None:
    running = service("web", url=url)
    with running.client() as client:
        proxy.falls_on = (INSERT, b"COMMIT")
        response = client.post("/interviews", json=details(externalId="req-1"))
        assert (response.status_code, response.json()) == (503, UNKNOWN)
        assert int(response.headers["Retry-After"]) > 0
        assert proxy.falls_on == ()
        assert total(client) == 0
        assert client.post("/interviews", json=details(externalId="req-1")).status_code == 201
        assert total(client) == 1


def planned(client: httpx.Client) -> None:
    """Create an interview, and wait until the worker has written its plan."""
    made = client.post("/interviews", json=details())
    assert made.status_code == 201, made.text

    def is_planned() -> bool:
        found = client.get(f"/interviews/{made.json()['id']}")
        return found.status_code == 200 and found.json()["workflowState"] == "PENDING"

    until(is_planned, "the plan")


def test_the_worker_goes_on_by_itself_when_the_database_is_back(
    service: Starter, url: URL, proxy: Proxy
) -> None:
    running = service("serve", url=url)
    with running.client() as client:
        planned(client)
        before = running.children()
        proxy.cut()
        until(lambda: health(running, "ready") == (503, UNREADY), "the health check to see it")
        until(lambda: "the database is away" in running.errors, "the worker to see it")
        proxy.open()
        running.wait_until_ready()
        planned(client)
    assert running.children() == before
    assert "Traceback" not in running.errors
