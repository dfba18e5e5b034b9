"""`/metrics` of several real web processes: sums, also when one of them is killed."""

import os
import signal
from contextlib import closing
from http.client import HTTPConnection

import pytest

from tests.metrics import samples, value

from .conftest import PATIENCE_SECONDS, Service, Starter, until

TOKEN = "a-token-of-the-tests"
LIVE = {"method": "GET", "route": "/health/live"}


def get(service: Service, path: str, **headers: str) -> tuple[int, str]:
    """Ask on a new connection, so that any process may answer; return status and body."""
    with closing(HTTPConnection("127.0.0.1", service.port, timeout=PATIENCE_SECONDS)) as connection:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return response.status, response.read().decode()


def counted(service: Service) -> tuple[float, float]:
    """Return how often the liveness was asked for: by the counter, and by the histogram."""
    status, text = get(service, "/metrics", Authorization=f"Bearer {TOKEN}")
    assert status == 200
    found = samples(text)
    return (
        value(found, "requests_total", **LIVE, status="200"),
        value(found, "request_duration_seconds_count", **LIVE),
    )


@pytest.fixture
def web(service: Starter) -> Service:
    return service("web", METRICS_TOKEN=TOKEN, WEB_CONCURRENCY="3")


def test_all_processes_are_summed_and_what_a_killed_one_counted_is_kept(web: Service) -> None:
    asked = 0
    for _ in range(4):
        for _ in range(30):
            assert get(web, "/health/live")[0] == 200
        asked += 30
        for _ in range(6):  # whichever process answers
            assert counted(web) == (asked, asked)
        before = set(web.children())
        os.kill(min(before), signal.SIGKILL)
        until(
            lambda: len(now := set(web.children())) == 3 and now != before,  # noqa: B023
            "another process in the place of the one that was killed",
        )
        until(web.is_ready, "the service to be ready")
