"""What a tenant sets for itself, the secret of its webhooks, and a test of them."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from interview_service.database.session import Database
from interview_service.webhooks import signing
from tests.callers import Caller
from tests.conftest import AppFactory, Hands

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
        "autoApprovePlans": False,
        "hasSecret": False,
    }


def test_any_part_of_the_settings_can_be_changed(caller: Caller) -> None:
    url = "https://ats.example.com/webhook"
    assert caller.put("/tenant/settings", {"webhookUrl": url}).json["webhookUrl"] == url
    changed = caller.put("/tenant/settings", {"autoApprovePlans": True}).json
    assert changed == {"webhookUrl": url, "autoApprovePlans": True, "hasSecret": False}
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
        {"hasSecret": True},
        {"secret": "x"},
    ],
)
def test_bad_settings_change_nothing(sqlite_caller: Caller, body: dict[str, object]) -> None:
    response = sqlite_caller.put("/tenant/settings", body)
    assert (response.status_code, list(response.json["errors"]["json"])) == (422, list(body))
    assert sqlite_caller.get("/tenant/settings").json["webhookUrl"] is None


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
    lenient: Caller, receiver: Receiver, hands: Hands
) -> None:
    old = lenient.post("/tenant/webhook/secret").json["secret"]
    made = lenient.post("/tenant/webhook/secret").json
    until = datetime.fromisoformat(made["previousValidUntil"])
    for moment, secrets in ((until - timedelta(seconds=1), 2), (until, 1)):
        hands.moment = moment
        lenient.post("/tenant/webhook/test", {"url": receiver.url()})
        received = receiver.requests[-1]
        body = received.body.decode()
        signed = [
            signing.headers([secret], received.headers["webhook-id"], moment, body.encode())
            for secret in (made["secret"], old)
        ]
        expected = " ".join(each["webhook-signature"] for each in signed[:secrets])
        assert received.headers["webhook-signature"] == expected


def test_the_permissions_are_the_tenants(sqlite_caller: Caller) -> None:
    stranger = sqlite_caller.other("acme", "interview:*")
    for method, path, permission in (
        ("GET", "/tenant/settings", "tenant:read"),
        ("PUT", "/tenant/settings", "tenant:update"),
        ("POST", "/tenant/webhook/secret", "tenant:update"),
        ("POST", "/tenant/webhook/test", "tenant:update"),
    ):
        response = stranger.call(method, path, json={})
        assert response.status_code == 403
        assert response.json["message"].endswith(permission)


def test_a_test_event_is_signed_and_its_outcome_told(lenient: Caller, receiver: Receiver) -> None:
    old = lenient.post("/tenant/webhook/secret").json["secret"]
    new = lenient.post("/tenant/webhook/secret").json["secret"]
    lenient.put("/tenant/settings", {"webhookUrl": receiver.url()})
    outcome = lenient.post("/tenant/webhook/test", {}).json
    assert outcome == {
        "delivered": True,
        "status": 200,
        "latencyMs": outcome["latencyMs"],
        "answer": "thanks",
        "error": None,
    }
    (received,) = receiver.wait_for_requests(1)
    for secret in (old, new):
        event = Webhook(secret).verify(received.body.decode(), dict(received.headers))
        assert (event["type"], event["data"]) == ("webhook.test", {"tenantId": "acme"})
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(received.body.decode() + " ", dict(received.headers))


def test_a_test_event_says_what_went_wrong(lenient: Caller, receiver: Receiver) -> None:
    receiver.tell(answers(500, b"broken"))
    outcome = lenient.post("/tenant/webhook/test", {"url": receiver.url()}).json
    assert (outcome["delivered"], outcome["status"], outcome["answer"]) == (False, 500, "broken")
    receiver.tell(answers(200, b"a\0b\xff\xfe\xc3("))
    binary = lenient.post("/tenant/webhook/test", {"url": receiver.url()}).json
    assert (binary["delivered"], binary["answer"]) == (True, "a\ufffdb\ufffd\ufffd\ufffd(")
    missing = lenient.post("/tenant/webhook/test", {})
    assert missing.json["errors"] == {"json": {"url": ["Required: the tenant has no webhookUrl."]}}


def test_a_test_event_says_that_nobody_listens(lenient: Caller) -> None:
    with Receiver(answers(204)) as gone:
        url = gone.url()
    outcome = lenient.post("/tenant/webhook/test", {"url": url}).json
    assert outcome == {
        "delivered": False,
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
