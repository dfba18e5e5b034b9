"""The database server becomes unreachable and returns: 503 in the usual form, then recovery."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import httpx
import pytest
from sqlalchemy.engine import URL

from interview_service.database import schema
from interview_service.database.engine import make_engine
from tests.callers import details
from tests.proxies import Proxy

from .conftest import PATIENCE_SECONDS, Service, Starter, until

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
        until(lambda: "the database is unreachable" in running.errors, "the worker to see it")
        proxy.open()
        running.wait_until_ready()
        planned(client)
    assert running.children() == before
    assert "Traceback" not in running.errors


def test_a_database_that_goes_silent_is_503_within_seconds_and_the_service_recovers(
    service: Starter, url: URL, proxy: Proxy
) -> None:
    """The proxy still takes all that it is sent, as one does whose own peer is gone."""
    running = service("web", url=url)
    with running.client() as client:
        client.timeout = httpx.Timeout(PATIENCE_SECONDS)
        record = client.post("/interviews", json=details()).json()
        one = f"/interviews/{record['id']}"
        for method, path, body in (("GET", one, None), ("PUT", one, {"companyName": "New"})):
            proxy.is_silent = True
            meanwhile = 0  # answers of the live probe that did not wait for the database
            with ThreadPoolExecutor(1) as threads:
                response = threads.submit(client.request, method, path, json=body)
                while not response.done():
                    assert health(running, "live") == (200, {"status": "ok"})
                    meanwhile += not response.done()
                    wait([response], 0.5)
            assert response.result().status_code == 503, response.result().text
            assert meanwhile
            proxy.is_silent = False
            until(lambda: client.get(one).status_code == 200, "the service to recover")
        assert client.get(one).json() == record
    assert "Traceback" not in running.errors
