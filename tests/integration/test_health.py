"""What `/health/ready` tells of workers, of what waits, and of a disk that is full."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from pymysql.err import OperationalError as MariaDBError
from sqlalchemy import event

from interview_service.database.backends import backend_named
from interview_service.database.session import Database
from interview_service.domain.clock import rfc3339
from interview_service.domain.roles import Role
from interview_service.domain.watching import BEAT, FORGOTTEN, SILENCE
from interview_service.lifecycle import Actor, keys
from interview_service.repository import Repository, watching
from interview_service.repository.watching import Watch
from interview_service.webhooks.transport import Transport
from interview_service.worker import Worker
from tests.callers import BASE, Caller, details
from tests.conftest import Hands
from tests.engines import GoodEngine

NONE_ALIVE = "none is alive: start interview-service worker"
DISK_FULL = "disk full: nothing can be written"
WRITES_REFUSED = {
    "statusCode": 503,
    "message": "The disk of the database is full; nothing was written",
}


@pytest.fixture
def worker(database: Database) -> Iterator[Worker]:
    worker = Worker(database, GoodEngine(), Transport(allow_private=True))
    yield worker
    worker.stop()


def ready(caller: Caller) -> dict[str, Any]:
    response = caller.client.get("/health/ready")
    assert response.status_code == 200
    told: dict[str, Any] = response.json
    return told


# --- workers


def test_ready_tells_whether_a_worker_is_alive_and_when_one_was_last_seen(
    caller: Caller, worker: Worker, hands: Hands
) -> None:
    assert ready(caller) == {
        "status": "degraded",
        "checks": {"database": "ok", "schema": "ok", "disk": "ok", "worker": NONE_ALIVE},
        "worker": {"alive": False, "lastSeenAt": None},
        "oldestDueSeconds": 0,
        "details": {"deadDeliveries": 0},
    }
    worker.say_alive()
    seen = rfc3339(hands.moment)
    hands.forward(seconds=SILENCE.total_seconds() - 1)
    assert ready(caller) == {
        "status": "ok",
        "checks": {"database": "ok", "schema": "ok", "disk": "ok", "worker": "ok"},
        "worker": {"alive": True, "lastSeenAt": seen},
        "oldestDueSeconds": 0,
        "details": {"deadDeliveries": 0},
    }
    hands.forward(seconds=1)
    silent = ready(caller)
    assert (silent["status"], silent["worker"]) == (
        "degraded",
        {"alive": False, "lastSeenAt": seen},
    )


def test_a_worker_that_was_stopped_is_alive_no_more_at_once(
    caller: Caller, worker: Worker, hands: Hands
) -> None:
    worker.say_alive()
    hands.forward(seconds=1)
    worker.say_stopped()
    told = ready(caller)["worker"]
    assert told == {"alive": False, "lastSeenAt": rfc3339(hands.moment)}


def test_a_worker_writes_once_in_a_while_and_is_forgotten_when_it_is_long_gone(
    database: Database, worker: Worker, hands: Hands
) -> None:
    writes: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        writes.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    for _ in range(10):
        worker.say_alive()
    event.remove(database.engine, "before_cursor_execute", note)
    assert [each.split()[0] for each in writes if "workers" in each] == ["UPDATE", "INSERT"]

    watch = Watch(database)
    assert watch.workers(hands.moment).alive == 1
    hands.forward(seconds=FORGOTTEN.total_seconds() + 1)
    worker.tidy()
    assert (watch.workers(hands.moment).alive, watch.workers(hands.moment).last_seen_at) == (
        0,
        None,
    )


def test_several_workers_are_counted_each_once(database: Database, hands: Hands) -> None:
    watch = Watch(database)
    for number in range(3):
        worker_id = f"00000000-0000-7000-8000-00000000000{number}"
        for _ in range(3):
            watch.beat(worker_id, hands.moment, hands.moment)
    hands.forward(seconds=BEAT.total_seconds())
    assert watch.workers(hands.moment).alive == 3


# --- what waits


def test_ready_tells_how_long_the_oldest_due_work_has_waited(caller: Caller, hands: Hands) -> None:
    caller.post("/interviews", details())
    hands.forward(seconds=90)
    caller.post("/interviews", details())
    assert ready(caller)["oldestDueSeconds"] == 90


def test_what_waits_is_counted_up_to_a_limit(
    caller: Caller,
    database: Database,
    hands: Hands,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for _ in range(4):
        caller.post("/interviews", details())
    watch = Watch(database)
    assert watch.backlog(hands.moment).due_work == 4
    monkeypatch.setattr(watching, "COUNTED", 3)
    assert watch.backlog(hands.moment).due_work == 3


# --- a full disk


CHECKED = ("interviews", "workers", "write_checks", "api_keys", "sessions")
NO_ROOM = {
    "postgresql": "EXECUTE FUNCTION no_room()",
    "mariadb": "SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1114, MESSAGE_TEXT = 'It is full'",
}
"""What the server itself says of a full disk, by a trigger: the error takes its whole way."""


class Disk:
    """A server's disk, as far as the service can tell. SQLite's is filled for real elsewhere."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def fill(self) -> None:
        if self._database.backend.name == "postgresql":
            self._execute(
                "CREATE OR REPLACE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION 'It is full' USING ERRCODE = '53100'; END $$"
            )
        body = NO_ROOM[self._database.backend.name]
        for table, change in product(CHECKED, ("INSERT", "UPDATE")):
            self._execute(
                f"CREATE TRIGGER full_{table}_{change} BEFORE {change} ON {table} "
                f"FOR EACH ROW {body}"
            )

    def make_room(self) -> None:
        is_postgresql = self._database.backend.name == "postgresql"
        for table, change in product(CHECKED, ("INSERT", "UPDATE")):
            on = f" ON {table}" if is_postgresql else ""
            self._execute(f"DROP TRIGGER IF EXISTS full_{table}_{change}{on}")
        if is_postgresql:
            self._execute("DROP FUNCTION IF EXISTS no_room()")

    def _execute(self, statement: str) -> None:
        with self._database.engine.connect() as connection:
            connection.exec_driver_sql(statement)
            connection.commit()


@pytest.fixture
def disk(database: Database) -> Iterator[Disk]:
    if database.backend.name == "sqlite":
        pytest.skip("tests/e2e/test_full_disk.py fills a disk for real")
    disk = Disk(database)
    yield disk
    disk.make_room()
    database.found_room()


def test_a_full_disk_refuses_writes_and_says_so_while_reads_go_on(
    caller: Caller,
    database: Database,
    worker: Worker,
    disk: Disk,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(watching, "CHECK_SECONDS", 0.0)
    record = caller.create()
    worker.say_alive()
    disk.fill()
    for response in (
        caller.post("/interviews", details()),
        caller.put(f"/interviews/{record['id']}", {"companyName": "Acme"}),
    ):
        assert (response.status_code, response.json) == (503, WRITES_REFUSED)
        assert int(response.headers["Retry-After"]) > 0
    assert caller.get(f"/interviews/{record['id']}").json == record
    told = ready(caller)
    assert (told["status"], told["checks"]["disk"]) == ("degraded", DISK_FULL)
    assert caplog.messages.count("the disk of the database is full: nothing can be written") == 1

    disk.make_room()
    assert ready(caller)["checks"]["disk"] == "ok"
    assert caplog.messages.count("the disk of the database has room again") == 1
    assert caller.post("/interviews", details()).status_code == 201


def test_an_api_key_reads_on_though_its_use_cannot_be_noted(
    caller: Caller, database: Database, disk: Disk
) -> None:
    admin = Actor("admin", Role.ADMIN.permissions)
    made = keys.create_key(Repository(database, "acme"), "ats", admin, role=Role.VIEWER)
    disk.fill()
    response = caller.client.get(f"{BASE}/interviews", headers={"X-API-Key": made.key})
    assert (response.status_code, response.json["data"]) == (200, [])


def test_a_process_that_has_written_nothing_finds_a_full_disk_by_the_silence_of_workers(
    caller: Caller, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "CHECK_SECONDS", 0.0)
    assert ready(caller)["checks"]["disk"] == "ok"
    disk.fill()
    assert ready(caller)["checks"]["disk"] == DISK_FULL


@pytest.mark.parametrize(
    ("arguments", "is_full"),
    [
        ((1021, "Disk full (/tmp/x); waiting for someone to free some space"), True),
        ((3, 'Error writing file "/tmp/x" (Errcode: 28 "No space left on device")'), True),
        ((1030, 'Got error 28 "No space left on device" from storage engine'), True),
        ((1030, 'Got error 128 "Table is crashed" from storage engine'), False),
        ((2006, "Server has gone away"), False),
        ((), False),
    ],
)
def test_what_mariadb_says_of_a_full_disk_is_understood(
    arguments: tuple[object, ...], is_full: bool
) -> None:
    assert backend_named("mariadb").is_disk_full(MariaDBError(*arguments)) is is_full
