"""What a tenant sets for itself, the secret of its webhooks, and a test of them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from interview_service import lifecycle
from interview_service.database.session import Database
from interview_service.repository import Repository
from interview_service.webhooks import signing
from interview_service.webhooks.transport import Outcome, Transport
from interview_service.worker import Worker
from tests.callers import Caller
from tests.conftest import AppFactory, Hands
from tests.engines import GoodEngine

from .receivers import Receiver, answers


@pytest.fixture
def lenient(sqlite_database: Database, app_on: AppFactory) -> Caller:
    """Somebody who calls a service whose webhooks may go to private addresses."""
    app = app_on(sqlite_database, webhook_allow_private=True)
    return Caller(app)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver(answers(200, b"thanks")) as receiver:
        yield receiver


def test_a_tenant_starts_with_nothing_set(caller: Caller) -> None:
    assert caller.get("/tenant/settings").json == {
        "webhookUrl": None,
        "webhookEvents": [],
        "autoApprovePlans": False,
        "retentionDays": None,
        "timeZone": "UTC",
        "hasSecret": False,
    }


def test_any_part_of_the_settings_can_be_changed(caller: Caller) -> None:
    url = "https://ats.example.com/webhook"
    assert caller.put("/tenant/settings", {"webhookUrl": url}).json["webhookUrl"] == url
    changed = caller.put("/tenant/settings", {"autoApprovePlans": True}).json
    assert changed == {
        "webhookUrl": url,
        "webhookEvents": [],
        "autoApprovePlans": True,
        "retentionDays": None,
        "timeZone": "UTC",
        "hasSecret": False,
    }
    assert caller.get("/tenant/settings").json == changed
    assert caller.put("/tenant/settings", changed).json == changed
    cleared = caller.put("/tenant/settings", {"webhookUrl": None}).json
    assert cleared["webhookUrl"] is None
    assert caller.other("other").get("/tenant/settings").json["autoApprovePlans"] is False


@pytest.mark.parametrize(
    "body",
    [
        {"webhookUrl": "http://ats.example.com/"},
        {"webhookUrl": "https://10.0.0.1/"},
        {"webhookUrl": 1},
        {"autoApprovePlans": "true"},
        {"autoApprovePlans": 1},
        {"webhookEvents": ["interview.approved"]},
        {"webhookEvents": ["unknown"]},
        {"webhookEvents": None},
        {"retentionDays": 0},
        {"retentionDays": 3651},
        {"retentionDays": "180"},
        {"timeZone": "Mars/Olympus"},
        {"timeZone": "../UTC"},
        {"timeZone": None},
        {"hasSecret": True},
        {"secret": "x"},
    ],
)
def test_bad_settings_change_nothing(sqlite_caller: Caller, body: dict[str, object]) -> None:
    response = sqlite_caller.put("/tenant/settings", body)
    assert (response.status_code, list(response.json["errors"]["json"])) == (422, list(body))
    assert sqlite_caller.get("/tenant/settings").json["webhookUrl"] is None


def test_events_that_a_tenant_does_not_want_are_not_written(
    caller: Caller, repository: Repository
) -> None:
    caller.put("/tenant/settings", {"webhookEvents": ["deleted", "cancelled", "cancelled"]})
    assert caller.get("/tenant/settings").json["webhookEvents"] == ["deleted", "cancelled"]
    interview_id = caller.create(callbackUrl="https://ats.example.com/hook")["id"]
    path = f"/workflow/interviews/{interview_id}/transition"
    assert caller.post(path, {"transition": "CANCEL"}).status_code == 200
    told = [each.event for each in repository.deliveries.of_interview(interview_id)]
    assert told == ["interview.cancelled"]
    caller.put("/tenant/settings", {"webhookEvents": ["approved"]})
    assert caller.delete(f"/interviews/{interview_id}").status_code == 204
    assert repository.deliveries.of_interview(interview_id) == []


def test_a_secret_is_shown_once_and_rotated_with_an_overlap(caller: Caller) -> None:
    first = caller.post("/tenant/webhook/secret")
    assert first.status_code == 201
    assert first.json["previousValidUntil"] is None
    second = caller.post("/tenant/webhook/secret").json
    assert second["secret"] != first.json["secret"]
    assert second["previousValidUntil"] is not None
    shown = caller.get("/tenant/settings").json
    assert shown["hasSecret"] is True
    assert first.json["secret"] not in str(shown)


def test_a_retry_of_a_rotation_with_the_same_key_makes_no_second_secret(caller: Caller) -> None:
    before = caller.post("/tenant/webhook/secret").json["secret"]
    once, again = (
        caller.post("/tenant/webhook/secret", headers={"Idempotency-Key": "rotation 7"})
        for _ in range(2)
    )
    assert once.json["secret"] != before
    assert (again.status_code, again.json["message"]) == (
        409,
        "Idempotency-Key was used before, and its answer held a secret, which is shown once",
    )
    assert once.json["secret"] not in again.text


def test_the_secret_before_signs_until_it_was_promised_to_and_no_longer(
    lenient: Caller, receiver: Receiver, hands: Hands, worker: Worker
) -> None:
    old = lenient.post("/tenant/webhook/secret").json["secret"]
    made = lenient.post("/tenant/webhook/secret").json
    until = datetime.fromisoformat(made["previousValidUntil"])
    for moment, secrets in ((until - timedelta(seconds=1), 2), (until, 1)):
        hands.moment = moment
        outcome_of(lenient, worker, {"url": receiver.url()})
        received = receiver.requests[-1]
        body = received.body.decode()
        signed = [
            signing.headers([secret], received.headers["webhook-id"], moment, body.encode())
            for secret in (made["secret"], old)
        ]
        expected = " ".join(each["webhook-signature"] for each in signed[:secrets])
        assert received.headers["webhook-signature"] == expected


@pytest.fixture
def worker(sqlite_database: Database) -> Iterator[Worker]:
    worker = Worker(sqlite_database, GoodEngine(), Transport(allow_private=True, timeout=5))
    yield worker
    worker.stop()


def outcome_of(caller: Caller, worker: Worker, body: dict[str, Any]) -> dict[str, Any]:
    """Have a test event posted, and return what came of it."""
    begun = caller.post("/tenant/webhook/test", body)
    assert begun.status_code == 202, begun.json
    worker.deliver("acme", lifecycle.WEBHOOK_TEST)
    found: dict[str, Any] = caller.get(f"/tenant/webhook/test/{begun.json['id']}").json
    return found


def test_the_permissions_are_the_tenants(sqlite_caller: Caller) -> None:
    stranger = sqlite_caller.other("acme", "interview:*")
    for method, path, permission in (
        ("GET", "/tenant/settings", "tenant:read"),
        ("PUT", "/tenant/settings", "tenant:update"),
        ("POST", "/tenant/webhook/secret", "tenant:update"),
        ("POST", "/tenant/webhook/test", "tenant:update"),
        ("GET", "/tenant/webhook/test/any", "tenant:update"),
    ):
        response = stranger.call(method, path, json={})
        assert response.status_code == 403
        assert response.json["message"].endswith(permission)


def test_a_test_event_is_signed_and_its_outcome_told(
    lenient: Caller, receiver: Receiver, worker: Worker
) -> None:
    old = lenient.post("/tenant/webhook/secret").json["secret"]
    new = lenient.post("/tenant/webhook/secret").json["secret"]
    lenient.put("/tenant/settings", {"webhookUrl": receiver.url()})
    begun = lenient.post("/tenant/webhook/test", {})
    assert begun.status_code == 202
    assert begun.json == {
        "id": begun.json["id"],
        "url": receiver.url(),
        "state": "PENDING",
        "createdAt": begun.json["createdAt"],
        "status": None,
        "latencyMs": None,
        "answer": None,
        "error": None,
    }
    assert receiver.connections() == 0
    path = f"/tenant/webhook/test/{begun.json['id']}"
    assert lenient.get(path).json == begun.json
    assert worker.deliver("acme", lifecycle.WEBHOOK_TEST) is not None
    outcome = lenient.get(path).json
    assert outcome == {
        **begun.json,
        "state": "DELIVERED",
        "status": 200,
        "latencyMs": outcome["latencyMs"],
        "answer": "thanks",
        "error": None,
    }
    (received,) = receiver.wait_for_requests(1)
    assert received.headers["webhook-id"] == outcome["id"]
    for secret in (old, new):
        event = Webhook(secret).verify(received.body.decode(), dict(received.headers))
        assert (event["type"], event["data"]) == ("webhook.test", {"tenantId": "acme"})
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(received.body.decode() + " ", dict(received.headers))


def test_a_test_event_says_what_went_wrong(
    lenient: Caller, receiver: Receiver, worker: Worker
) -> None:
    receiver.tell(answers(500, b"broken"))
    outcome = outcome_of(lenient, worker, {"url": receiver.url()})
    assert (outcome["state"], outcome["status"], outcome["answer"]) == ("DEAD", 500, "broken")
    receiver.tell(answers(200, b"a\0b\xff\xfe\xc3("))
    binary = outcome_of(lenient, worker, {"url": receiver.url()})
    assert (binary["state"], binary["answer"]) == ("DELIVERED", "a\ufffdb\ufffd\ufffd\ufffd(")
    missing = lenient.post("/tenant/webhook/test", {})
    assert missing.json["errors"] == {"json": {"url": ["Required: the tenant has no webhookUrl."]}}


def test_a_test_event_says_that_nobody_listens(lenient: Caller, worker: Worker) -> None:
    with Receiver(answers(204)) as gone:
        url = gone.url()
    outcome = outcome_of(lenient, worker, {"url": url})
    assert outcome == {
        "id": outcome["id"],
        "url": url,
        "state": "DEAD",
        "createdAt": outcome["createdAt"],
        "status": None,
        "latencyMs": outcome["latencyMs"],
        "answer": "",
        "error": "No answer: connection refused",
    }


def test_a_test_event_does_not_reach_a_private_address(
    sqlite_app: Flask, receiver: Receiver
) -> None:
    response = Caller(sqlite_app).post("/tenant/webhook/test", {"url": receiver.url()})
    assert response.status_code == 422
    assert receiver.connections() == 0


def test_one_test_is_under_way_at_a_time_and_the_last_one_is_kept(
    lenient: Caller, receiver: Receiver, worker: Worker, hands: Hands
) -> None:
    first = lenient.post("/tenant/webhook/test", {"url": receiver.url()}).json
    again = lenient.post("/tenant/webhook/test", {"url": receiver.url()})
    assert (again.status_code, again.json["message"]) == (
        409,
        "A test of the webhook is under way: wait until it has an outcome",
    )
    other = lenient.other("globex", "tenant:*")
    assert other.post("/tenant/webhook/test", {"url": receiver.url()}).status_code == 202
    worker.deliver("acme", lifecycle.WEBHOOK_TEST)
    second = lenient.post("/tenant/webhook/test", {"url": receiver.url()})
    assert second.status_code == 202
    unknown = {"statusCode": 404, "message": "Webhook test not found"}
    for test_id in (first["id"], "nonsense"):
        response = lenient.get(f"/tenant/webhook/test/{test_id}")
        assert (response.status_code, response.json) == (404, unknown)
    assert other.get(f"/tenant/webhook/test/{second.json['id']}").json == unknown
    hands.forward(minutes=1)  # no worker has finished it
    assert lenient.post("/tenant/webhook/test", {"url": receiver.url()}).status_code == 202


def test_an_outcome_that_comes_after_another_test_began_is_not_that_ones(
    lenient: Caller, receiver: Receiver, sqlite_database: Database, hands: Hands
) -> None:
    repository = Repository(sqlite_database, "acme")
    lenient.post("/tenant/webhook/test", {"url": receiver.url()})
    late = lifecycle.take_webhook_test(repository)
    assert late is not None
    assert lifecycle.take_webhook_test(repository) is None
    hands.forward(minutes=1)
    second = lenient.post("/tenant/webhook/test", {"url": receiver.url()}).json
    lifecycle.record_webhook_test(repository, late, Outcome(200, 1, "", None))
    assert lenient.get(f"/tenant/webhook/test/{second['id']}").json == second


def test_a_worker_finds_and_posts_a_test_by_itself(
    lenient: Caller, receiver: Receiver, worker: Worker
) -> None:
    lenient.post("/tenant/webhook/test", {"url": receiver.url()})
    worker.poll()
    receiver.wait_for_requests(1)
    worker.stop()
    worker.poll()
    assert receiver.connections() == 1
