"""Hints reach a worker over each queue there is, and nobody misses them where it is away."""

import os
import runpy
import secrets
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from huey import Huey
from sqlalchemy import text

from interview_service import hints as module
from interview_service import worker as worker_module
from interview_service.app import create_app
from interview_service.database.session import Database
from interview_service.hints import QUEUE_FILE, Hints, Pair, make_queue, register
from interview_service.settings import Settings
from interview_service.webhooks.transport import Transport
from interview_service.worker import Worker
from tests.callers import Caller
from tests.conftest import SECRET, Server
from tests.engines import PATIENCE_SECONDS, GoodEngine
from tests.lives import LEASE

WSGI = Path(__file__).parents[2] / "wsgi.py"
NOBODY_LISTENS = "redis://127.0.0.1:1/0"


def _sqlite(request: pytest.FixtureRequest, folder: Path) -> Settings:
    return Settings(instance_path=folder, jwt_secret_key=SECRET)


def _postgresql(request: pytest.FixtureRequest, folder: Path) -> Settings:
    url = request.getfixturevalue("postgresql_server").new_database()
    return replace(_sqlite(request, folder), database_url=url.render_as_string(hide_password=False))


def _redis(request: pytest.FixtureRequest, folder: Path) -> Settings:
    return replace(_sqlite(request, folder), queue_url=request.getfixturevalue("redis_url"))


@pytest.fixture(params=[_sqlite, _postgresql, _redis], ids=["sqlite", "postgresql", "redis"])
def queue_settings(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """Settings of each queue in turn, which is empty and this test's own."""
    monkeypatch.setattr(module, "_NAME", f"interview_service_test_{secrets.token_hex(4)}")
    monkeypatch.setattr(module, "_PAUSE_AFTER_FAILURE", 0.01)
    settings: Settings = request.param(request, tmp_path)
    return settings


class Consumer:
    """The worker's end of a queue: runs its tasks here and now."""

    def __init__(self, settings: Settings, take: Callable[[str, str], None]) -> None:
        self.queue: Huey = make_queue(settings)
        register(self.queue, take)

    def run_until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            assert time.monotonic() < deadline, "waited in vain for a hint"
            task = self.queue.dequeue()
            if task is not None:
                self.queue.execute(task)

    def close(self) -> None:
        self.queue.flush()
        self.queue.storage.close()


@pytest.fixture
def taken() -> list[Pair]:
    return []


@pytest.fixture
def consumer(queue_settings: Settings, taken: list[Pair]) -> Iterator[Consumer]:
    consumer = Consumer(queue_settings, lambda *pair: taken.append(pair))
    yield consumer
    consumer.close()


def test_every_hint_that_is_given_is_taken_once(
    queue_settings: Settings, consumer: Consumer, taken: list[Pair]
) -> None:
    given = [(f"tenant-{number % 3}", f"interview-{number}") for number in range(50)]
    threads = [
        threading.Thread(
            target=lambda own, part: [own.give(*pair) for pair in part],
            args=(Hints(queue_settings), given[start::2]),
        )
        for start in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    consumer.run_until(lambda: len(taken) >= len(given))
    assert sorted(taken) == sorted(given)
    assert consumer.queue.pending_count() == 0


def test_the_application_of_any_wsgi_server_gives_hints_too(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken: list[Pair]
) -> None:
    shutil.copy(sqlite_template, tmp_path / "interviews.db")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INSTANCE_PATH", str(tmp_path))
    monkeypatch.setenv("JWT_SECRET_KEY", SECRET)
    monkeypatch.setattr("interview_service.logs.configure", lambda settings: None)
    app = runpy.run_path(str(WSGI))["app"]
    consumer = Consumer(Settings(instance_path=tmp_path), lambda *pair: taken.append(pair))
    try:
        interview_id = Caller(app).create()["id"]
        consumer.run_until(lambda: bool(taken))
    finally:
        consumer.close()
        app.extensions["interview_service_database"].engine.dispose()
    assert taken == [("acme", interview_id)]


def test_a_created_interview_is_planned_by_whoever_takes_its_hint(
    queue_settings: Settings, sqlite_database: Database
) -> None:
    worker = Worker(sqlite_database, GoodEngine(), Transport(allow_private=True), lease=LEASE)
    consumer = Consumer(queue_settings, worker.look_at)
    app = create_app(queue_settings, database=sqlite_database, wake=Hints(queue_settings).give)
    caller = Caller(app)
    try:
        interview_id = caller.create()["id"]
        path = f"/interviews/{interview_id}"
        consumer.run_until(lambda: caller.get(path).json["workflowState"] == "PENDING")
        assert caller.get(f"{path}/plan").status_code == 200
    finally:
        worker.stop()
        consumer.close()


def test_a_hint_that_comes_twice_finds_nothing_to_do(
    sqlite_database: Database, tmp_path: Path
) -> None:
    settings = Settings(instance_path=tmp_path, jwt_secret_key=SECRET)
    engine = GoodEngine()
    worker = Worker(sqlite_database, engine, Transport(allow_private=True), lease=LEASE)
    done: list[Pair] = []

    def look_at(*pair: str) -> None:
        worker.look_at(*pair)
        done.append((pair[0], pair[1]))

    consumer = Consumer(settings, look_at)
    give = register(make_queue(settings), look_at)
    caller = Caller(create_app(settings, database=sqlite_database))
    try:
        pair = ("acme", caller.create()["id"])
        for hints in ([pair, pair], [pair], [("acme", "gone")], [("nobody", pair[1])]):
            give(hints)
        consumer.run_until(lambda: len(done) == 5)
        assert len(engine.asked) == 1
    finally:
        worker.stop()
        consumer.close()


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.message for each in caplog.records if each.name == module.__name__]


class Gives:
    """Watches what `Hints` queues, and makes it fail while `away`."""

    def __init__(self) -> None:
        self.away = False
        self.done = threading.Semaphore(0)
        self.failed = threading.Semaphore(0)

    def register(
        self, queue: Huey, take: Callable[[str, str], None]
    ) -> Callable[[list[Pair]], object]:
        give = register(queue, take)

        def watched(pairs: list[Pair]) -> None:
            try:
                if self.away:
                    raise ConnectionError("the queue is away")
                give(pairs)
            except Exception:
                self.failed.release()
                raise
            self.done.release()

        return watched


@pytest.fixture
def gives(monkeypatch: pytest.MonkeyPatch) -> Gives:
    gives = Gives()
    monkeypatch.setattr(module, "register", gives.register)
    monkeypatch.setattr(module, "_PAUSE_AFTER_FAILURE", 0.01)
    return gives


def keep_giving(hints: Hints, outcome: threading.Semaphore, times: int = 1) -> None:
    """Give hints until this outcome was had some times: those that come in a pause are dropped."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while times:
        assert time.monotonic() < deadline
        hints.give("acme", "one")
        if outcome.acquire(timeout=0.05):
            times -= 1


def test_requests_succeed_while_the_queue_is_away_and_it_is_logged_once(
    sqlite_database: Database,
    settings: Settings,
    gives: Gives,
    caplog: pytest.LogCaptureFixture,
) -> None:
    hints = Hints(replace(settings, queue_url=NOBODY_LISTENS))
    caller = Caller(create_app(settings, database=sqlite_database, wake=hints.give))
    created = [caller.create()["id"]]
    assert gives.failed.acquire(timeout=PATIENCE_SECONDS)
    created += [caller.create()["id"] for _ in range(3)]
    keep_giving(hints, gives.failed, times=3)
    worker = Worker(sqlite_database, GoodEngine(), Transport(allow_private=True), lease=LEASE)
    worker.sweep()
    worker.stop()
    states = [caller.get(f"/interviews/{each}").json["workflowState"] for each in created]
    assert states == ["PENDING"] * 4
    assert logged(caplog) == ["hints were lost, the sweep will do: ConnectionError"]


def test_hints_flow_again_when_the_queue_is_back_and_its_next_absence_is_logged_again(
    settings: Settings, gives: Gives, caplog: pytest.LogCaptureFixture
) -> None:
    hints = Hints(settings)
    for _ in range(2):
        gives.away = True
        keep_giving(hints, gives.failed, times=2)
        gives.away = False
        keep_giving(hints, gives.done)
    assert logged(caplog) == ["hints were lost, the sweep will do: ConnectionError"] * 2


def test_a_queue_file_that_was_deleted_costs_hints_and_nothing_else(
    sqlite_database: Database,
    settings: Settings,
    gives: Gives,
    taken: list[Pair],
    caplog: pytest.LogCaptureFixture,
) -> None:
    hints = Hints(settings)
    hints.give("acme", "one")
    assert gives.done.acquire(timeout=PATIENCE_SECONDS)
    for each in settings.instance_path.glob(f"{QUEUE_FILE}*"):
        each.unlink()
    caller = Caller(create_app(settings, database=sqlite_database, wake=hints.give))
    interview_id = caller.create()["id"]
    worker = Worker(sqlite_database, GoodEngine(), Transport(allow_private=True), lease=LEASE)
    worker.sweep()
    worker.stop()
    assert caller.get(f"/interviews/{interview_id}").json["workflowState"] == "PENDING"
    restarted = Consumer(settings, lambda *pair: taken.append(pair))
    Hints(settings).give("acme", "two")
    restarted.run_until(lambda: ("acme", "two") in taken)
    restarted.close()


def test_hints_flow_again_after_postgresql_has_cut_the_connection(
    postgresql_server: Server, tmp_path: Path, gives: Gives, taken: list[Pair]
) -> None:
    url = postgresql_server.new_database()
    settings = Settings(
        instance_path=tmp_path,
        jwt_secret_key=SECRET,
        database_url=url.render_as_string(hide_password=False),
    )
    hints = Hints(settings)
    hints.give("acme", "one")
    assert gives.done.acquire(timeout=PATIENCE_SECONDS)
    with postgresql_server.admin.connect() as connection:
        cut = connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
            {"name": url.database},
        ).all()
    assert cut == [(True,)]
    keep_giving(hints, gives.done)
    consumer = Consumer(settings, lambda *pair: taken.append(pair))
    consumer.run_until(lambda: len(taken) >= 2)
    consumer.close()


def test_a_worker_waits_for_a_queue_that_is_away(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("interview_service.worker.SWEEP_SECONDS", 0.0)
    answers = iter([ConnectionError("away"), ConnectionError("away"), "the queue"])

    def make(settings: Settings) -> Any:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr("interview_service.worker.make_queue", make)
    assert worker_module._queue(Settings()) == "the queue"
    assert [each.message for each in caplog.records] == [
        "the queue is away: waiting for it: ConnectionError"
    ]


@pytest.mark.parametrize(
    ("database_url", "queue_url", "loaded"),
    [
        ("", "", []),
        ("postgresql://interview@127.0.0.1/interview", "", ["psycopg"]),
        ("", NOBODY_LISTENS, ["redis"]),
    ],
)
def test_a_process_that_gives_hints_loads_the_driver_of_its_queue_and_no_other(
    database_url: str, queue_url: str, loaded: list[str]
) -> None:
    code = (
        "import sys\n"
        "from interview_service.hints import Hints\n"
        "from interview_service.settings import Settings\n"
        "Hints(Settings.from_environment(dotenv=None))\n"
        "print(*sorted({'psycopg', 'redis'} & set(sys.modules)))\n"
    )
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "QUEUE_URL": queue_url,
        "JWT_SECRET_KEY": SECRET,
    }
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == loaded
