"""`/metrics`: who may read it, its form, and that its figures are true."""

import threading
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from interview_service import __version__
from interview_service.api.metrics import KEPT
from interview_service.api.request_counts import BOUNDS, RequestCounts
from interview_service.app import create_app
from interview_service.database.session import Database
from interview_service.domain.clock import new_id
from interview_service.domain.outbox import DELIVERY_PAUSES
from interview_service.domain.workflow import State
from interview_service.repository import Repository
from interview_service.repository.watching import Watch
from interview_service.settings import Settings
from interview_service.webhooks.transport import Transport
from interview_service.worker import Worker
from tests.callers import BASE, Caller
from tests.conftest import AppFactory, Hands
from tests.documents import OPERATIONS
from tests.engines import FailingEngine
from tests.lives import interview_in
from tests.metrics import Labels, documented, samples, value

TOKEN = "a-token-of-the-tests"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
NOT_FOUND = {"statusCode": 404, "message": "Not found"}


@pytest.fixture
def watched(database: Database, settings: Settings) -> Flask:
    """The application with METRICS_TOKEN set, on each backend in turn."""
    return create_app(
        Settings(
            instance_path=settings.instance_path,
            jwt_secret_key=settings.jwt_secret_key,
            metrics_token=TOKEN,
            webhook_allow_private=True,
        ),
        database=database,
    )


@pytest.fixture
def watched_caller(watched: Flask) -> Caller:
    return Caller(watched)


def scraped(app: Flask) -> dict[tuple[str, Labels], float]:
    response = app.test_client().get("/metrics", headers=BEARER)
    assert response.status_code == 200, response.text
    return samples(response.text)


# --- who may read it


def test_there_is_no_such_page_without_a_token_in_the_settings(sqlite_app: Flask) -> None:
    for headers in ({}, BEARER):
        response = sqlite_app.test_client().get("/metrics", headers=headers)
        assert (response.status_code, response.json) == (404, NOT_FOUND)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": f"Bearer {TOKEN[:-1]}"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": "Bearer naïve"},
        {"X-API-Key": TOKEN},
    ],
)
def test_whoever_has_another_token_is_refused(
    sqlite_database: Database, app_on: AppFactory, headers: dict[str, str]
) -> None:
    app = app_on(sqlite_database, metrics_token=TOKEN)
    response = app.test_client().get("/metrics", headers=headers)
    assert (response.status_code, response.json) == (
        401,
        {
            "statusCode": 401,
            "message": "Missing or wrong bearer token: METRICS_TOKEN is wanted",
        },
    )
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_of_a_tenant_is_none_for_the_metrics(
    sqlite_database: Database, app_on: AppFactory
) -> None:
    caller = Caller(app_on(sqlite_database, metrics_token=TOKEN))
    response = caller.client.get("/metrics", headers=caller.headers)
    assert response.status_code == 401
    assert caller.client.get(f"{BASE}/interviews", headers=BEARER).status_code == 401


# --- its form


def test_it_is_openmetrics_and_names_no_tenant(watched_caller: Caller) -> None:
    caller = watched_caller
    caller.create()
    caller.other("a-tenant-of-its-own").create()
    response = caller.client.get("/metrics", headers=BEARER)
    assert response.headers["Content-Type"] == (
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    )
    assert response.headers["Cache-Control"] == "no-store"
    assert response.text.endswith("# EOF\n")
    found = samples(response.text)
    assert value(found, "build_info", version=__version__) == 1
    assert "acme" not in response.text
    assert "a-tenant-of-its-own" not in response.text
    assert {name for _, labels in found for name, _ in labels} <= {
        *("method", "route", "status", "le", "state", "kind", "version")
    }


def test_the_table_of_the_operations_is_what_is_told(
    watched_caller: Caller, database: Database, hands: Hands
) -> None:
    Watch(database).beat(new_id(hands.moment), hands.moment, hands.moment)
    watched_caller.create()
    heading = "| Metric | Labels | What it is |\n|---|---|---|\n"
    table = OPERATIONS.split(heading)[1].split("\n\n")[0]
    told = watched_caller.client.get("/metrics", headers=BEARER).text
    assert table.splitlines() == documented(told)


# --- requests


def test_requests_are_counted_by_route_method_and_status(watched_caller: Caller) -> None:
    caller = watched_caller
    interview_id = caller.create()["id"]
    for _ in range(3):
        assert caller.get(f"/interviews/{interview_id}").status_code == 200
    caller.get("/interviews/nothing")
    caller.client.get(f"{BASE}/interviews")
    found = scraped(caller.app)
    one = {"method": "GET", "route": f"{BASE}/interviews/<string:interview_id>"}
    assert value(found, "requests_total", **one, status="200") == 3
    assert value(found, "requests_total", **one, status="404") == 1
    every = {"route": f"{BASE}/interviews"}
    assert value(found, "requests_total", **every, method="POST", status="201") == 1
    assert value(found, "requests_total", **every, method="GET", status="401") == 1
    assert value(found, "request_duration_seconds_count", **one) == 4
    assert value(found, "request_duration_seconds_bucket", **one, le="+Inf") == 4
    assert value(found, "request_duration_seconds_sum", **one) > 0


def test_nothing_that_a_client_makes_up_becomes_a_label(watched_caller: Caller) -> None:
    caller = watched_caller
    for number in range(50):
        caller.client.get(f"/made-up/{number}")
        caller.client.open(f"{BASE}/interviews", method=f"MADE{number}")
        caller.get(f"/interviews/made-up-{number}?made={number}")
    response = caller.client.get("/metrics", headers=BEARER)
    assert "made" not in response.text.lower()
    found = samples(response.text)
    assert value(found, "requests_total", method="GET", route="-", status="404") == 50
    assert value(found, "requests_total", method="other", route="-", status="405") == 50


def test_the_counts_of_all_processes_are_summed_and_those_of_dead_ones_kept() -> None:
    counts = RequestCounts([("/a", ("GET",))], slots=3)
    for slot, times in ((0, 2), (1, 3), (0, 4)):  # the third goes on where the first has died
        counts.slot = slot
        for _ in range(times):
            counts.count("GET", "/a", 200, 0.003)
    (counted,) = counts
    assert (counted.method, counted.route, counted.by_status) == ("GET", "/a", {"200": 9})
    assert counted.seconds == pytest.approx(9 * 0.003)


def test_threads_of_one_process_lose_no_count() -> None:
    counts = RequestCounts([("/a", ("GET",))], slots=1)

    def ask() -> None:
        for _ in range(2_000):
            counts.count("GET", "/a", 200, 0.001)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    (counted,) = counts
    assert counted.by_status == {"200": 16_000}


def test_each_time_falls_into_its_bucket() -> None:
    counts = RequestCounts([("/a", ("GET",))], slots=1)
    for seconds in (0.0, *BOUNDS, 11.0):
        counts.count("GET", "/a", 299, seconds)
    (counted,) = counts
    assert counted.buckets == [2, *[1] * (len(BOUNDS) - 1), 1]
    assert counted.by_status == {"other": len(BOUNDS) + 2}


# --- the rest


def test_interviews_and_what_waits_are_told_as_they_are(
    watched_caller: Caller, database: Database, hands: Hands
) -> None:
    caller, repository = watched_caller, Repository(database, "acme")
    interview_in(State.PENDING, caller, repository)
    interview_in(State.CANCELLED, caller, repository)
    caller.other("globex").create()
    hands.forward(seconds=60)
    caller.create(callbackUrl="http://127.0.0.1:9/hook")
    found = scraped(caller.app)
    told = {state: value(found, "interviews", state=state) for state in State}
    assert told == dict.fromkeys(State, 0) | {
        State.PENDING: 1,
        State.CANCELLED: 1,
        State.RECEIVED: 2,
    }
    assert value(found, "queue_length", kind="work") == 2
    assert value(found, "queue_length", kind="webhooks") == 1
    assert value(found, "queue_age_seconds") == 60
    assert value(found, "webhooks_undelivered") == 1
    assert value(found, "webhooks_dead") == 0
    assert value(found, "work_failed") == 0
    assert value(found, "workers_alive") == 0
    assert value(found, "database_up") == 1
    assert ("worker_last_seen_timestamp_seconds", frozenset()) not in found


def test_failures_and_workers_are_told(
    watched_caller: Caller, database: Database, hands: Hands
) -> None:
    caller = watched_caller
    worker = Worker(database, FailingEngine(times=99), Transport(allow_private=True))
    try:
        worker.say_alive()
        caller.create(callbackUrl="http://127.0.0.1:9/hook")
        worker.sweep_interviews()
        worker.sweep()
        # twice as often as it is tried: the worker's own threads may be at a delivery just then
        for pause in (*DELIVERY_PAUSES, DELIVERY_PAUSES[0]) * 2:
            record = caller.get("/interviews").json["data"][0]
            worker.deliver("acme", record["id"])
            hands.forward(seconds=pause.total_seconds())
        found = scraped(caller.app)
    finally:
        worker.stop()
    assert value(found, "work_failed") == 1
    assert value(found, "webhooks_dead") == 1
    assert value(found, "worker_last_seen_timestamp_seconds") > 0


def test_the_database_is_read_once_in_a_while_however_often_one_asks(
    watched: Flask, database: Database, hands: Hands
) -> None:
    reads: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        reads.append(statement)

    event.listen(database._reading, "before_cursor_execute", note)
    try:
        for _ in range(5):
            scraped(watched)
        once = len(reads)
        hands.forward(seconds=KEPT.total_seconds())
        scraped(watched)
        assert once > 0
        assert len(reads) == 2 * once
    finally:
        event.remove(database._reading, "before_cursor_execute", note)


def test_a_database_that_is_away_is_told_and_requests_are_told_all_the_same(
    watched_caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    from interview_service.domain.errors import DatabaseUnavailable

    def away(*_: Any) -> None:
        raise DatabaseUnavailable("OperationalError")

    watched_caller.create()
    monkeypatch.setattr(Watch, "figures", away)
    found = scraped(watched_caller.app)
    assert value(found, "database_up") == 0
    created = {"method": "POST", "route": f"{BASE}/interviews", "status": "201"}
    assert value(found, "requests_total", **created) == 1
    assert not any(name == "interviews" for name, _ in found)


def test_nothing_of_it_is_loaded_without_a_token() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from pathlib import Path; from interview_service.app import create_app; "
        "from interview_service.settings import Settings; import interview_service.processes; "
        "import tempfile; create_app(Settings(instance_path=Path(tempfile.mkdtemp()))); "
        "print('prometheus_client' in sys.modules, 'flask_cors' in sys.modules)"
    )
    told = subprocess.check_output([sys.executable, "-c", code], text=True)
    assert told.split() == ["False", "False"]
