"""Messages that wait: for the service's own work alone, for so long, and one in a process."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from interview_service import lifecycle
from interview_service.api.a2a import binding
from interview_service.api.a2a.interviews import InterviewAgent
from interview_service.app import create_app
from interview_service.database.session import Database
from interview_service.repository import Repository
from interview_service.settings import Settings
from tests.callers import Caller
from tests.conftest import SECRET
from tests.e2e.conftest import until
from tests.lives import INFO, LEASE, work

LONG = 60.0


def app_with(agent: InterviewAgent, database: Database, folder: Path) -> Flask:
    app = create_app(Settings(instance_path=folder, jwt_secret_key=SECRET), database=database)
    app.register_blueprint(binding.blueprint(agent, name="waiting", url_prefix="/waiting"))
    return app


def send(app: Flask, **configuration: Any) -> dict[str, Any]:
    """Send a request that lacks nothing, and return the task."""
    caller = Caller(app)
    message = {"messageId": str(uuid4()), "role": "ROLE_USER", "parts": [{"data": INFO}]}
    response = caller.client.post(
        "/waiting/message:send",
        json={"message": message, "configuration": configuration},
        headers={**caller.headers, "A2A-Version": "1.0"},
    )
    assert response.status_code == 200, response.json
    task: dict[str, Any] = response.json["task"]
    return task


@pytest.fixture
def repository_of_acme(sqlite_database: Database) -> Repository:
    return Repository(sqlite_database, "acme")


def test_a_message_waits_for_the_plan_and_others_are_answered_meanwhile(
    sqlite_database: Database, repository_of_acme: Repository, tmp_path: Path
) -> None:
    agent = InterviewAgent(LONG)
    app = app_with(agent, sqlite_database, tmp_path)
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(send, app)
        until(lambda: agent.is_waiting, "the first message to wait")
        [first] = Caller(app).get("/interviews").json["data"]
        begun = time.monotonic()
        second = send(app)
        assert time.monotonic() - begun < LONG / 2
        assert second["status"]["state"] == "TASK_STATE_WORKING"
        assert not waiting.done()
        assert work(repository_of_acme, first["id"])
        task = waiting.result(LONG)
    assert (task["contextId"], task["status"]["state"]) == (
        first["id"],
        "TASK_STATE_INPUT_REQUIRED",
    )
    assert [each["name"] for each in task["artifacts"]] == ["plan"]
    assert not agent.is_waiting


def test_a_message_waits_only_so_long(sqlite_database: Database, tmp_path: Path) -> None:
    app = app_with(InterviewAgent(0.2), sqlite_database, tmp_path)
    assert send(app)["status"]["state"] == "TASK_STATE_WORKING"


def test_a_message_that_returns_immediately_does_not_wait(
    sqlite_database: Database, tmp_path: Path
) -> None:
    app = app_with(InterviewAgent(LONG), sqlite_database, tmp_path)
    begun = time.monotonic()
    assert send(app, returnImmediately=True)["status"]["state"] == "TASK_STATE_WORKING"
    assert send(app, return_immediately=True)["status"]["state"] == "TASK_STATE_WORKING"
    assert time.monotonic() - begun < LONG / 2


def test_a_message_does_not_wait_for_work_that_has_failed(
    sqlite_database: Database, repository_of_acme: Repository, tmp_path: Path
) -> None:
    agent = InterviewAgent(LONG)
    app = app_with(agent, sqlite_database, tmp_path)
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(send, app)
        until(lambda: agent.is_waiting, "the message to wait")
        [row] = Caller(app).get("/interviews").json["data"]
        begun = lifecycle.begin_work(repository_of_acme, row["id"], LEASE)
        assert begun is not None
        lifecycle.record_failure(repository_of_acme, row["id"], begun.version, "the model is away")
        task = waiting.result(LONG)
    assert task["status"]["state"] == "TASK_STATE_WORKING"
    assert "the model is away" in task["status"]["message"]["parts"][1]["text"]
