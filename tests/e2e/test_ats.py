"""An applicant tracking system drives an interview end to end and is told of every change.

It knows the API and nothing else. The receiver is down for a while, and the worker is killed
ten times on the way: every event arrives, in order, and verifies.
"""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import httpx
import pytest
from standardwebhooks.webhooks import Webhook

from tests.e2e.conftest import LEASE, PATIENCE_SECONDS, Service, Starter, until
from tests.integration.receivers import Received, Receiver, answers


@pytest.fixture
def web(service: Starter) -> Service:
    return service("web", WEBHOOK_ALLOW_PRIVATE="true")


@pytest.fixture
def client(web: Service) -> Iterator[httpx.Client]:
    with web.client() as client:
        yield client


EXPECTED = [
    "interview.received",
    "interview.info_needed",
    "interview.info_completed",
    "interview.plan_generated",
    "interview.approved",
    "interview.scheduled",
    "interview.started",
    "interview.completed",
    "interview.assessment_ready",
    "interview.assessment_approved",
]


def drive(
    client: httpx.Client, receiver_url: str, between: Callable[[], None]
) -> tuple[str, list[str]]:
    """Play the ATS; `between` happens between its steps. Return the interview's id."""

    def call(method: str, path: str, **kwargs: Any) -> Any:
        between()
        response = client.request(method, path, **kwargs)
        assert response.is_success, response.text
        return response.json()

    def status(run_id: str) -> Any:
        return client.get(f"/a2a/interview/{run_id}/status").json()

    taken = call(
        "POST",
        "/a2a/interview",
        json={"externalId": "req-7", "position": "Engineer", "callbackUrl": receiver_url},
        headers={"Idempotency-Key": "req-7"},
    )
    questions = [item["field"] for item in taken["missing"]]
    interview_id, run_id = taken["interviewId"], taken["runId"]
    call(
        "PATCH",
        f"/a2a/interview/{interview_id}/complete-info",
        json={
            "level": "SENIOR",
            "skills": ["TypeScript", "React", "Node.js"],
            "jobDescription": "Build scalable platform services with modern tooling. " * 3,
            "scheduledAt": "2030-01-01T10:00:00Z",
        },
    )
    until(lambda: status(run_id)["waitingFor"] == "approval", "the plan")
    call("POST", f"/a2a/interview/{run_id}/approve", json={"approved": True})
    call("POST", f"/workflow/interviews/{interview_id}/transition", json={"transition": "START"})
    call(
        "PUT",
        f"/interviews/{interview_id}/transcript",
        content="Interviewer: What did you build?\nCandidate: I moved billing to TypeScript, "
        "because wrong types cost us two outages.",
        headers={"Content-Type": "text/plain"},
    )
    call("POST", f"/workflow/interviews/{interview_id}/transition", json={"transition": "COMPLETE"})
    until(lambda: status(run_id)["waitingFor"] == "verdict", "the assessment")
    decided = {"approved": True, "decision": {"recommendation": "HIRE"}}
    call("POST", f"/a2a/interview/{interview_id}/approve-assessment", json=decided)
    return interview_id, questions


def show(received: Sequence[Received], secret: str) -> None:
    """Print what was received, for whoever runs this with `pytest -s`."""
    print()
    for number, each in enumerate(received, start=1):
        event = Webhook(secret).verify(each.body.decode(), dict(each.headers))
        print(
            f"{number:3}  {event['type']:31} {event['data']['workflowState']:20} "
            f"webhook-id …{each.headers['webhook-id'][-6:]}  verified"
        )


def test_every_event_is_received_once_and_verifies(service: Starter, client: httpx.Client) -> None:
    service("worker", WEBHOOK_ALLOW_PRIVATE="true")
    secret = client.post("/tenant/webhook/secret").json()["secret"]
    with Receiver(answers(204)) as receiver:
        _, questions = drive(client, receiver.url(), between=lambda: None)
        received = receiver.wait_for_requests(len(EXPECTED), patience=PATIENCE_SECONDS)
    print("\nasked for:", ", ".join(questions))
    show(received, secret)
    assert questions == ["level", "skills", "jobDescription"]
    events = [Webhook(secret).verify(each.body.decode(), dict(each.headers)) for each in received]
    assert [event["type"] for event in events] == EXPECTED
    assert {event["data"]["externalId"] for event in events} == {"req-7"}


def test_every_event_arrives_in_order_once_a_receiver_that_was_down_is_up_again(
    service: Starter, client: httpx.Client
) -> None:
    service("worker", WEBHOOK_ALLOW_PRIVATE="true")
    secret = client.post("/tenant/webhook/secret").json()["secret"]
    with Receiver() as receiver:
        url, port = receiver.url(), receiver.port
    interview_id, _ = drive(client, url, between=lambda: None)
    path = f"/interviews/{interview_id}/deliveries"

    def first() -> Any:
        return client.get(path).json()["data"][0]

    failed = until(lambda: first()["attempts"], "an attempt")[0]
    assert (failed["status"], failed["error"]) == (None, "No answer: connection refused")
    with Receiver(answers(204), port=port) as receiver:
        assert client.post(f"{path}/{first()['id']}/redeliver").status_code == 202
        received = receiver.wait_for_requests(len(EXPECTED), patience=PATIENCE_SECONDS)
    show(received, secret)
    events = [Webhook(secret).verify(each.body.decode(), dict(each.headers)) for each in received]
    assert [event["type"] for event in events] == EXPECTED


def test_every_event_arrives_in_order_with_a_receiver_that_fails_and_the_worker_killed(
    service: Starter, client: httpx.Client
) -> None:
    secret = client.post("/tenant/webhook/secret").json()["secret"]
    worker = service("worker", WEBHOOK_ALLOW_PRIVATE="true", **LEASE)
    kills = 0

    def kill() -> None:
        nonlocal worker, kills
        os.kill(worker.pid, signal.SIGKILL)
        worker.process.wait()
        worker = service("worker", WEBHOOK_ALLOW_PRIVATE="true", **LEASE)
        kills += 1

    with Receiver(answers(503), answers(204)) as receiver:
        interview_id, _ = drive(client, receiver.url(), between=kill)
        while kills < 10:
            kill()

        def all_delivered() -> bool:
            found = client.get(f"/interviews/{interview_id}/deliveries").json()["data"]
            return [each["state"] for each in found] == ["DELIVERED"] * len(EXPECTED)

        until(all_delivered, "every event to be delivered")
        received = list(receiver.requests)
    show(received, secret)
    print(f"the worker was killed {kills} times")
    order: list[str] = []
    for each in received:
        event = Webhook(secret).verify(each.body.decode(), dict(each.headers))
        if each.headers["webhook-id"] not in order:
            order.append(each.headers["webhook-id"])
            assert event["type"] == EXPECTED[len(order) - 1]
        assert each.headers["webhook-id"] == order[-1]
    assert len(order) == len(EXPECTED)
    plans = client.get(f"/interviews/{interview_id}/plans").json()["data"]
    assert len(plans) == 1
