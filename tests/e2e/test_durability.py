"""A 2xx to a write is on disk: all processes are killed while writers run, and nothing is lost."""

import random
import signal
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL

from interview_service.database.backends.postgresql import TENANT_SETTING
from interview_service.database.engine import make_engine
from interview_service.database.session import Database
from interview_service.domain.workflow import State
from tests.callers import details
from tests.conftest import empty
from tests.e2e.conftest import Service, Starter, until

ROUNDS = 3
WRITERS = 4
ANSWERS_A_ROUND = 40

Seen = tuple[str | None, str]
"""What a writer knows of a record: (companyName, workflowState). None stands for no record."""


@dataclass
class Writer:
    """Writes records of its own until the service dies, and keeps what it was told of each.

    :param known: by id, what was answered last.
    :param asked: by id, what the request asked for that was never answered: it may have happened.
    """

    number: int
    known: dict[str, Seen | None] = field(default_factory=dict)
    asked: dict[str, Seen | None] = field(default_factory=dict)
    answered: int = 0
    unanswered_creates: int = 0
    surprise: str = ""

    def write(self, service: Service, seed: int) -> None:
        """Create, change, cancel and delete at random, until an answer does not come."""
        choose = random.Random(seed * 100 + self.number)
        with service.client() as client:
            try:
                while not self.surprise:
                    self._write_once(client, choose)
            except httpx.TransportError:
                return

    def _write_once(self, client: httpx.Client, choose: random.Random) -> None:
        active = [key for key, seen in self.known.items() if seen and seen[1] == "RECEIVED"]
        if not active or choose.random() < 0.4:
            self.unanswered_creates += 1
            response = client.post("/interviews", json=details(candidateName=self.name))
            if self._is(201, response):
                self.unanswered_creates -= 1
                self.known[response.json()["id"]] = (None, "RECEIVED")
            return
        key = choose.choice(active)
        seen = self.known[key]
        assert seen is not None
        company = f"Company {self.answered}"
        method, body, wanted = choose.choice(
            [
                ("PUT", {"companyName": company}, (company, seen[1])),
                ("PUT", {"workflowState": "CANCELLED"}, (seen[0], "CANCELLED")),
                ("DELETE", None, None),
            ]
        )
        self.asked[key] = wanted
        response = client.request(method, f"/interviews/{key}", json=body)
        if self._is(200 if method == "PUT" else 204, response):
            self.known[key] = self.asked.pop(key)

    @property
    def name(self) -> str:
        return f"Writer {self.number}"

    def _is(self, status: int, response: httpx.Response) -> bool:
        if response.status_code != status:
            self.surprise = f"{response.status_code}, not {status}: {response.text}"
            return False
        self.answered += 1
        return True

    def settle(self, client: httpx.Client) -> None:
        """Compare what was answered with what is there; what was unanswered is either or."""
        for key, seen in self.known.items():
            found = read(client, key)
            allowed = [seen, self.asked[key]] if key in self.asked else [seen]
            assert found in allowed, key
            self.known[key] = found
        self.asked.clear()


def read(client: httpx.Client, key: str) -> Seen | None:
    response = client.get(f"/interviews/{key}")
    if response.status_code == 404:
        return None
    assert response.status_code == 200, response.text
    record = response.json()
    return record["companyName"], record["workflowState"]


def kept_totals(client: httpx.Client) -> dict[str, int]:
    """Return what the service says: a state's total, and everything's under the empty name."""
    totals = {}
    for state in ("", *State):
        query = {"state": state} if state else {}
        totals[str(state)] = client.get("/interviews", params=query).json()["meta"]["total"]
    return {state: total for state, total in totals.items() if total}


def true_totals(url: URL) -> dict[str, int]:
    """Return what the rows say, counted."""
    engine = make_engine(url)
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"SELECT set_config('{TENANT_SETTING}', 'acme', true)"))
        states = connection.execute(text("SELECT workflow_state FROM interviews")).scalars().all()
    engine.dispose()
    totals: dict[str, int] = {"": len(states), **Counter(states)}
    return {state: total for state, total in totals.items() if total}


@pytest.fixture
def empty_url(backend_url: URL) -> URL:
    database = Database(make_engine(backend_url))
    empty(database)
    database.engine.dispose()
    return backend_url


def test_nothing_that_was_answered_is_lost_when_every_process_is_killed(
    service: Starter, empty_url: URL
) -> None:
    writers = [Writer(number) for number in range(WRITERS)]
    running = service("web", url=empty_url)
    for round_ in range(ROUNDS):
        before = sum(writer.answered for writer in writers)
        threads = [
            threading.Thread(target=writer.write, args=(running, round_)) for writer in writers
        ]
        for thread in threads:
            thread.start()

        def enough(before: int = before) -> bool:
            surprised = any(writer.surprise for writer in writers)
            answered = sum(writer.answered for writer in writers) - before
            return surprised or answered >= ANSWERS_A_ROUND

        until(enough, "the writers to have their answers")
        running.kill()
        for thread in threads:
            thread.join()
        assert [writer.surprise for writer in writers] == [""] * WRITERS
        running = service("web", url=empty_url, PORT=str(running.port))
        with running.client() as client:
            for writer in writers:
                writer.settle(client)
                known = sum(seen is not None for seen in writer.known.values())
                found = client.get("/interviews", params={"q": writer.name}).json()["meta"]["total"]
                assert known <= found <= known + writer.unanswered_creates
            assert kept_totals(client) == true_totals(empty_url)


def test_each_kind_of_write_is_there_when_it_was_the_last_one_before_the_kill(
    service: Starter,
) -> None:
    """On one machine, with its worker: SQLite, where the service itself has to sync."""
    running = service("serve")
    with running.client() as client:
        deleted = client.post("/interviews", json=details()).json()["id"]
        changed = client.post("/interviews", json=details()).json()["id"]

    def killed_after(*request: Any, **kwargs: Any) -> httpx.Response:
        nonlocal running
        with running.client() as client:
            response = client.request(*request, **kwargs)
            running.kill()
        assert running.process.returncode == -signal.SIGKILL
        running = service("serve", PORT=str(running.port))
        return response

    with_key = {"Idempotency-Key": "once"}
    created = killed_after("POST", "/interviews", json=details(), headers=with_key)
    assert created.status_code == 201
    with running.client() as client:
        again = client.post("/interviews", json=details(), headers=with_key)
        assert (again.status_code, again.content) == (201, created.content)
        assert again.headers["Idempotent-Replayed"] == "true"
    assert killed_after("DELETE", f"/interviews/{deleted}").status_code == 204
    body = {"companyName": "New", "workflowState": "CANCELLED"}
    answer = killed_after("PUT", f"/interviews/{changed}", json=body)
    assert answer.status_code == 200, answer.text
    with running.client() as client:
        assert read(client, created.json()["id"]) is not None
        assert read(client, deleted) is None
        assert client.get(f"/interviews/{changed}").json() == answer.json()
        history = client.get(f"/workflow/interviews/{changed}/history").json()["data"]
        assert history[-1]["transition"] == "CANCEL"
        assert kept_totals(client)[""] == 2
