"""PostgreSQL behind a transaction pooler: own records are found each time, others' never."""

import logging
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.engine import URL

from interview_service import lifecycle
from interview_service.app import create_app
from interview_service.database import schema
from interview_service.database.engine import make_engine
from interview_service.database.notifications import Listener
from interview_service.database.session import Database
from interview_service.domain.workflow import State
from interview_service.repository import Repository
from interview_service.settings import Settings
from tests.callers import Caller
from tests.conftest import Server, do_without
from tests.lives import LEASE, interview_in
from tests.proxies import Proxy
from tests.servers import free_port

READS = 40
"""Of each thread."""

CONFIGURATION = """
[databases]
{database} = host={host} port={port} user={user} password={password} pool_size=2
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {own_port}
auth_type = any
pool_mode = transaction
max_client_conn = 100
unix_socket_dir =
"""


@pytest.fixture
def pooled(postgresql_server: Server, tmp_path: Path) -> Iterator[URL]:
    """The URL of an empty database by way of a pooler that has two connections to it."""
    program = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        do_without("no pgbouncer is installed")
    url = postgresql_server.new_database()
    own_port = free_port()
    file = tmp_path / "pgbouncer.ini"
    file.write_text(
        CONFIGURATION.format(
            database=url.database,
            host=url.host,
            port=url.port or 5432,
            user=url.username,
            password=url.password,
            own_port=own_port,
        )
    )
    as_whom = ["-u", "nobody"] if os.geteuid() == 0 else []
    process = subprocess.Popen(
        [program, *as_whom, str(file)], stderr=subprocess.PIPE, text=True, bufsize=1
    )
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if "process up" in line:
            break
    else:
        pytest.fail("".join(said))
    reading = threading.Thread(target=lambda: list(process.stderr or ()), daemon=True)
    reading.start()
    yield url.set(host="127.0.0.1", port=own_port)
    process.terminate()
    process.wait(10)
    reading.join(10)
    process.stderr.close()


@pytest.fixture
def database(pooled: URL) -> Iterator[Database]:
    database = Database(make_engine(pooled, pool_size=8))
    schema.upgrade(database.engine)
    yield database
    database.engine.dispose()


@pytest.fixture
def app(database: Database, settings: Settings) -> Flask:
    return create_app(settings, database=database)


def test_two_tenants_that_take_turns_find_all_that_is_theirs_and_nothing_else(app: Flask) -> None:
    callers = {tenant: Caller(app, tenant) for tenant in ("acme", "other")}
    own = {tenant: caller.create()["id"] for tenant, caller in callers.items()}

    def read(number: int) -> set[tuple[int, Any]]:
        """Return what tenants that take turns get: of their own, of a list, of the other's."""
        outcomes: set[tuple[int, Any]] = set()
        for turn in range(READS):
            tenant, stranger = ("acme", "other") if (number + turn) % 2 else ("other", "acme")
            caller = Caller(app, tenant)
            found = caller.get(f"/interviews/{own[tenant]}")
            listed = [row["id"] for row in caller.get("/interviews?q=jane").json["data"]]
            strange = caller.get(f"/interviews/{own[stranger]}")
            outcomes.add((found.status_code, found.json.get("tenantId") == tenant))
            outcomes.add((strange.status_code, listed == [own[tenant]]))
        return outcomes

    with ThreadPoolExecutor(8) as threads:
        outcomes = set().union(*threads.map(read, range(8)))
    assert outcomes == {(200, True), (404, True)}


def test_an_interview_lives_its_life_behind_a_pooler(app: Flask, database: Database) -> None:
    caller, repository = Caller(app), Repository(database, "acme")
    interview_id = interview_in(State.ASSESSMENT_APPROVED, caller, repository)
    assert caller.get(f"/interviews/{interview_id}").json["workflowState"] == "ASSESSMENT_APPROVED"
    waiting = caller.create()["id"]
    assert lifecycle.begin_work(repository, waiting, LEASE) is not None


def test_what_one_transaction_named_is_unknown_to_the_next(database: Database) -> None:
    Repository(database, "acme").lists.page(limit=1)
    settings = "SELECT current_setting('interview_service.tenant_id', true)"
    with database.engine.connect() as connection:
        for _ in range(10):
            assert not connection.execute(text(settings)).scalar()
            connection.rollback()


def test_a_read_takes_one_round_trip_with_its_tenants_naming(postgresql_server: Server) -> None:
    url = postgresql_server.new_database()
    assert url.host is not None
    proxy = Proxy((url.host, url.port or 5432))
    proxied = url.set(host="127.0.0.1", port=proxy.port)
    database = Database(make_engine(proxied.update_query_dict({"sslmode": "disable"})))
    schema.upgrade(database.engine)
    sent: list[str] = []
    event.listen(
        database._reading,
        "before_cursor_execute",
        lambda connection, cursor, statement, *_: sent.append(statement),
    )
    for tenant in ("acme", "other", "acme"):  # the first reads connect
        Repository(database, tenant).lists.page(limit=1)
    before, sent[:] = proxy.turns, []
    for tenant in ("acme", "other") * 6:
        Repository(database, tenant).lists.page(limit=1)
    assert proxy.turns - before == len(sent) >= 12
    database.engine.dispose()
    proxy.cut()


def test_where_notifications_do_not_arrive_a_worker_polls(
    pooled: URL, caplog: pytest.LogCaptureFixture
) -> None:
    ended = threading.Event()
    listener = Listener(pooled, lambda: None)

    def listen() -> None:
        listener._keep_listening()
        ended.set()

    with caplog.at_level(logging.WARNING):
        threading.Thread(target=listen, daemon=True).start()
        assert ended.wait(30)
    assert "notifications do not arrive, behind a pooler: polling will do" in caplog.text
