"""Real workers are killed and restarted: one plan for each interview, work in hand is done."""

import os
import random
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy.engine import URL

from interview_service.database import schema
from interview_service.database.engine import make_engine
from tests.callers import details
from tests.conftest import Server
from tests.integration.chat_server import ChatServer, Reply, says

from .conftest import LEASE, PATIENCE_SECONDS, Service, Starter, until

INTERVIEWS = 20
PLAN = {
    "duration": 60,
    "sections": [
        {
            "name": "All",
            "duration": 60,
            "topics": ["SQL"],
            "questions": [
                {
                    "text": f"Tell me about {name}.",
                    "lookFor": ["an example", "what came of it"],
                    "followUps": ["What was your part?"],
                    "criterion": name,
                }
                for name in ("queries", "schemas", "teamwork")
            ],
        }
    ],
    "opening": ["Welcome. I take notes."],
    "closing": ["What would you like to ask us?"],
    "criteria": [
        {
            "key": name,
            "group": "technical",
            "name": name.capitalize(),
            "anchors": {"one": "Guesses", "three": "Explains", "five": "Improves"},
        }
        for name in ("queries", "schemas", "teamwork")
    ],
    "checks": [],
    "notes": [],
}


@pytest.fixture
def url(postgresql_server: Server) -> URL:
    """The URL of a PostgreSQL database of this test's own."""
    url = postgresql_server.new_database()
    engine = make_engine(url)
    schema.upgrade(engine)
    engine.dispose()
    return url


def test_a_worker_plans_at_once_what_the_web_takes_in(service: Starter) -> None:
    """Told by the web, it needs no poll: this one would wait for the next for a day."""
    service("worker", first="from interview_service import worker; worker.POLL_SECONDS = 86_400")
    web = service("web")
    folder = web.folder / "instance" / "workers"
    until(lambda: list(folder.glob("*.sock")), "the worker to listen")
    with web.client() as client:
        create(client)
        until(lambda: pending(client) == 1, "the first plan")
        for number in range(2, 12):
            create(client)
            until(lambda known=number: pending(client) == known, "the plan")
    assert web.stop() == 0


def test_the_queue_of_an_earlier_version_is_removed_by_the_worker(
    service: Starter, tmp_path: Path
) -> None:
    (tmp_path / "instance").mkdir(mode=0o700)
    old = [tmp_path / "instance" / f"queue.db{suffix}" for suffix in ("", "-wal", "-shm")]
    for path in old:
        path.write_text("hints")
    running = service("serve")
    until(lambda: not any(path.exists() for path in old), "the worker to remove it")
    assert running.stop() == 0
    assert "queue.db: the database is the queue now" in running.errors


def create(client: httpx.Client, **changes: Any) -> str:
    response = client.post("/interviews", json=details(**changes))
    assert response.status_code == 201, response.text
    created: str = response.json()["id"]
    return created


def pending(client: httpx.Client) -> int:
    """Return how many interviews have their plan."""
    page = client.get("/interviews", params={"state": "PENDING"}).json()
    total: int = page["meta"]["total"]
    return total


def assert_planned_once(client: httpx.Client, interview_id: str) -> None:
    history = client.get(f"/workflow/interviews/{interview_id}/history").json()["data"]
    assert [entry["transition"] for entry in history] == [
        "VALIDATE",
        "GENERATE_PLAN",
        "PLAN_READY",
    ]
    [plan] = client.get(f"/interviews/{interview_id}/plans").json()["data"]
    record = client.get(f"/interviews/{interview_id}").json()
    assert (record["workflowState"], record["planId"]) == ("PENDING", plan["id"])


def create_all_amid(client: httpx.Client, seed: int, faults: list[Callable[[], None]]) -> None:
    """Create interviews while faults happen at random moments, each when plans are being made."""
    choose = random.Random(seed)
    moments = dict(zip(choose.sample(range(1, INTERVIEWS), len(faults)), faults, strict=True))
    ids = []
    for number in range(INTERVIEWS):
        ids.append(create(client))
        if number in moments:
            wanted = choose.randint(0, min(pending(client) + 1, number))
            until(lambda wanted=wanted: pending(client) >= wanted, "some of the plans")  # type: ignore[misc]
            moments[number]()
    until(lambda: pending(client) == INTERVIEWS, "the plan of every interview")
    for each in ids:
        assert_planned_once(client, each)


def test_two_workers_on_postgresql_that_are_killed_plan_each_interview_once(
    service: Starter, url: URL
) -> None:
    web = service("web", url=url)
    workers = [service("worker", url=url, **LEASE) for _ in range(2)]

    def kill(which: int) -> None:
        workers[which].kill()
        workers[which] = service("worker", url=url, **LEASE)

    def kill_both() -> None:
        kill(0)
        kill(1)

    faults = [lambda: kill(0), lambda: kill(1), kill_both, lambda: kill(0)]
    with web.client() as client:
        create_all_amid(client, 7, faults)


def worker_of(serving: Service) -> int:
    """Return the process id of the worker of a `serve`: the one that listens to be woken."""
    folder = serving.folder / "instance" / "workers"

    def listening() -> list[int]:
        return [pid for pid in serving.children() if (folder / f"{pid}.sock").exists()]

    [found] = until(listening, "the worker to be there")
    return int(found)


def test_the_worker_of_serve_on_sqlite_that_is_killed_plans_each_interview_once(
    service: Starter,
) -> None:
    serving = service("serve", **LEASE)

    def kill() -> None:
        killed = worker_of(serving)
        os.kill(killed, signal.SIGKILL)
        until(lambda: killed not in serving.children(), "the worker to end")

    with serving.client() as client:
        create_all_amid(client, 11, [kill] * 4)


# --- with work in hand, which a model that takes its time makes certain


class SlowModel:
    """A model that thinks until it is released, and then answers with a sound plan."""

    def __init__(self) -> None:
        self.asked = threading.Semaphore(0)
        self.released = threading.Event()

    def reply(self, handler: Any) -> None:
        self.asked.release()
        assert self.released.wait(PATIENCE_SECONDS), "never released"
        says(PLAN)(handler)


@pytest.fixture
def model() -> Iterator[SlowModel]:
    model = SlowModel()
    yield model
    model.released.set()


@pytest.fixture
def chat(model: SlowModel) -> Iterator[ChatServer]:
    pytest.importorskip("agno", reason="the agno extra is not installed")
    pytest.importorskip("openai", reason="openai is not installed")
    reply: Reply = model.reply
    with ChatServer(reply) as chat:
        yield chat
        model.released.set()


def asking(chat: ChatServer, engine_timeout: int) -> dict[str, str]:
    """Return the settings of a worker whose engine is the model."""
    return {
        "INTERVIEW_ENGINE": "agno",
        "INTERVIEW_MODEL": "openai:a-model",
        "INTERVIEW_MODEL_URL": chat.url,
        "INTERVIEW_MODEL_KEY": "sk-test",
        "ENGINE_TIMEOUT": str(engine_timeout),
    }


def test_a_worker_that_is_told_to_stop_finishes_the_work_in_hand(
    service: Starter, chat: ChatServer, model: SlowModel
) -> None:
    web = service("web")
    worker = service("worker", **asking(chat, 60))
    with web.client() as client:
        interview_id = create(client)
        assert model.asked.acquire(timeout=PATIENCE_SECONDS)
        worker.process.terminate()
        until(lambda: "stopping: the work in hand" in worker.errors, "the worker to hear of it")
        assert worker.process.poll() is None
        model.released.set()
        assert worker.wait_until_gone() == 0
        assert_planned_once(client, interview_id)
    assert len(chat.requests) == 1


def test_what_a_killed_worker_had_in_hand_is_taken_over_by_another(
    service: Starter, url: URL, chat: ChatServer, model: SlowModel
) -> None:
    web = service("web", url=url)
    worker = service("worker", url=url, **asking(chat, 1))
    with web.client() as client:
        interview_id = create(client)
        assert model.asked.acquire(timeout=PATIENCE_SECONDS)
        worker.kill()
        model.released.set()
        service("worker", url=url, **asking(chat, 60))
        until(lambda: pending(client) == 1, "another worker to take over")
        assert_planned_once(client, interview_id)
