"""Real processes and requests at the same moment: one record, one winner, true totals."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from sqlalchemy.engine import URL

from interview_service.database.engine import make_engine
from interview_service.database.session import Database
from interview_service.repository import Repository
from tests.callers import details
from tests.conftest import empty
from tests.lives import work

from .conftest import Starter

AT_ONCE = 12


@pytest.fixture(scope="module")
def installation(
    backend_url: URL, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """Somebody who calls the web alone, two processes, on each backend in turn."""
    web = Starter(tmp_path_factory.mktemp("web"))("web", url=backend_url)
    with web.client() as client:
        yield client
    assert web.stop() == 0


@pytest.fixture
def client(installation: httpx.Client, backend_url: URL) -> httpx.Client:
    """The same caller, of an empty database."""
    database = Database(make_engine(backend_url))
    empty(database)
    database.engine.dispose()
    return installation


def at_once(ask: Callable[[int], httpx.Response]) -> list[httpx.Response]:
    """Ask many times at the same moment."""
    barrier = threading.Barrier(AT_ONCE)

    def one(number: int) -> httpx.Response:
        barrier.wait()
        return ask(number)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def statuses(answers: list[httpx.Response]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


def create(client: httpx.Client, **changes: Any) -> dict[str, Any]:
    response = client.post("/interviews", json=details(**changes))
    assert response.status_code == 201, response.text
    record: dict[str, Any] = response.json()
    return record


def total(client: httpx.Client, **query: str) -> int:
    found: int = client.get("/interviews", params=query).json()["meta"]["total"]
    return found


def test_one_idempotency_key_makes_one_record(client: httpx.Client) -> None:
    answers = at_once(
        lambda number: client.post(
            "/interviews", json=details(), headers={"Idempotency-Key": "once"}
        )
    )
    assert statuses(answers) == {201: AT_ONCE}
    assert len({answer.content for answer in answers}) == 1
    replayed = [answer.headers.get("Idempotent-Replayed") for answer in answers]
    assert sorted(str(each) for each in replayed) == ["None"] + ["true"] * (AT_ONCE - 1)
    assert total(client) == 1


def test_of_different_requests_with_one_idempotency_key_one_is_done(client: httpx.Client) -> None:
    answers = at_once(
        lambda number: client.post(
            "/interviews",
            json=details(candidateName=f"No {number}"),
            headers={"Idempotency-Key": "once"},
        )
    )
    assert statuses(answers) == {201: 1, 409: AT_ONCE - 1}
    assert total(client) == 1


def test_one_external_id_makes_one_record(client: httpx.Client) -> None:
    answers = at_once(lambda number: client.post("/interviews", json=details(externalId="x")))
    assert statuses(answers) == {201: 1, 200: AT_ONCE - 1}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert total(client) == 1


def test_of_writers_who_read_the_same_version_one_wins(client: httpx.Client) -> None:
    record = create(client)
    answers = at_once(
        lambda number: client.put(
            f"/interviews/{record['id']}",
            json={"companyName": f"Company {number}"},
            headers={"If-Match": '"1"'},
        )
    )
    assert statuses(answers) == {200: 1, 412: AT_ONCE - 1}
    (winner,) = [answer for answer in answers if answer.status_code == 200]
    read = client.get(f"/interviews/{record['id']}")
    assert (read.json(), read.headers["ETag"]) == (winner.json(), '"2"')


def test_a_transition_happens_once(client: httpx.Client) -> None:
    record = create(client)
    path = f"/workflow/interviews/{record['id']}/transition"
    answers = at_once(lambda number: client.post(path, json={"transition": "CANCEL"}))
    assert statuses(answers) == {200: 1, 409: AT_ONCE - 1}
    history = client.get(f"/workflow/interviews/{record['id']}/history").json()["data"]
    assert len(history) == 1
    assert (total(client, state="CANCELLED"), total(client, state="RECEIVED")) == (1, 0)


def test_of_many_who_decide_on_a_plan_at_once_one_succeeds(
    client: httpx.Client, backend_url: URL
) -> None:
    record = create(client, scheduledAt=None)
    database = Database(make_engine(backend_url))
    assert work(Repository(database, "acme"), record["id"])
    database.engine.dispose()
    path = f"/workflow/interviews/{record['id']}/transition"
    names = ["APPROVE", "REJECT", "MODIFY"]
    answers = at_once(lambda number: client.post(path, json={"transition": names[number % 3]}))
    assert statuses(answers) == {200: 1, 409: AT_ONCE - 1}
    history = client.get(f"/workflow/interviews/{record['id']}/history").json()["data"]
    assert len(history) == 4
    (taken,) = [answer.json() for answer in answers if answer.status_code == 200]
    assert history[-1]["transition"] == taken["transition"]


def test_a_record_is_deleted_once(client: httpx.Client) -> None:
    record = create(client)
    answers = at_once(lambda number: client.delete(f"/interviews/{record['id']}"))
    assert statuses(answers) == {204: 1, 404: AT_ONCE - 1}
    assert total(client) == 0


def test_under_a_mixed_load_nothing_fails_and_the_totals_are_true(
    client: httpx.Client, backend_url: URL
) -> None:
    def life(number: int) -> httpx.Response:
        for _ in range(6):
            record = create(client, candidateName=f"No {number}")
            changed = client.put(f"/interviews/{record['id']}", json={"companyName": "New"})
            assert changed.status_code == 200, changed.text
            if number % 3 == 0:
                client.delete(f"/interviews/{record['id']}").raise_for_status()
            elif number % 3 == 1:
                cancelled = {"workflowState": "CANCELLED"}
                client.put(f"/interviews/{record['id']}", json=cancelled).raise_for_status()
            listed = client.get("/interviews", params={"q": f"No {number}"})
            assert listed.status_code == 200, listed.text
        return listed

    assert statuses(at_once(life)) == {200: AT_ONCE}
    third = AT_ONCE // 3 * 6
    assert (total(client), total(client, state="CANCELLED")) == (2 * third, third)
    assert total(client, q="No ") == 2 * third
