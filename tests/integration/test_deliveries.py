"""Events are written with the change and posted by the worker: signed, in order, at least once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any

import orjson
import pytest
from flask import Flask
from standardwebhooks.webhooks import Webhook

from interview_service import lifecycle
from interview_service.api.schemas.deliveries import WEBHOOK_EVENTS, WebhookEventSchema
from interview_service.database.session import Database
from interview_service.domain.limits import DELIVERY_ATTEMPTS
from interview_service.domain.outbox import DELIVERY_PAUSES
from interview_service.domain.plan import PlanStructure, Section
from interview_service.engines.base import EngineError
from interview_service.repository import Repository
from interview_service.webhooks.transport import Outcome, Transport
from interview_service.worker import Worker
from tests.callers import Caller
from tests.conftest import AppFactory, Hands

from .receivers import Receiver, answers, hangs_up, never_answers

PLAN = PlanStructure(30, (Section("Talk", 30, ("Work",)),))


class NoEngine:
    """An engine that these tests have no use for."""

    def plan(self, *args: Any) -> Any:
        raise EngineError("none here")

    assess = plan


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver(answers(204)) as receiver:
        yield receiver


@pytest.fixture
def app(database: Database, app_on: AppFactory) -> Flask:
    return app_on(database, webhook_allow_private=True)


@pytest.fixture
def worker(database: Database) -> Iterator[Worker]:
    worker = Worker(
        database,
        NoEngine(),
        Transport(allow_private=True, timeout=5),
        lease=timedelta(seconds=30),
    )
    yield worker
    worker.stop()


def deliver_all(worker: Worker, interview_id: str) -> int:
    """Deliver whatever is due, and return how many posts that took."""
    posts = 0
    while worker.deliver("acme", interview_id):
        posts += 1
    return posts


def plan(repository: Repository, interview_id: str) -> None:
    work = lifecycle.begin_work(repository, interview_id, timedelta(seconds=30))
    assert work is not None
    assert lifecycle.attach_plan(repository, interview_id, work.version, PLAN, {"engine": "test"})


def take(caller: Caller, interview_id: str, name: str) -> None:
    path = f"/workflow/interviews/{interview_id}/transition"
    assert caller.post(path, {"transition": name}).status_code == 200


def deliveries(caller: Caller, interview_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = caller.get(f"/interviews/{interview_id}/deliveries").json["data"]
    return found


def test_every_event_of_a_life_arrives_signed_and_in_order(
    caller: Caller, repository: Repository, worker: Worker, receiver: Receiver
) -> None:
    secret = caller.post("/tenant/webhook/secret").json["secret"]
    record = caller.create(callbackUrl=receiver.url(), externalId="req-1")
    plan(repository, record["id"])
    for name in ("APPROVE", "START", "CANCEL"):
        take(caller, record["id"], name)
    assert deliver_all(worker, record["id"]) == 6
    received = receiver.wait_for_requests(6)
    events = [Webhook(secret).verify(each.body.decode(), dict(each.headers)) for each in received]
    assert [(event["type"], event["data"]["workflowState"]) for event in events] == [
        ("interview.received", "RECEIVED"),
        ("interview.plan_generated", "PENDING"),
        ("interview.approved", "APPROVED"),
        ("interview.scheduled", "SCHEDULED"),
        ("interview.started", "IN_PROGRESS"),
        ("interview.cancelled", "CANCELLED"),
    ]
    assert events[2]["data"] == {
        "interviewId": record["id"],
        "runId": record["runId"],
        "tenantId": "acme",
        "externalId": "req-1",
        "transition": "APPROVE",
        "previousState": "PENDING",
        "workflowState": "APPROVED",
        "planId": events[1]["data"]["planId"],
        "assessmentId": None,
        "decision": None,
    }
    assert len({each.headers["webhook-id"] for each in received}) == 6
    assert not any(b"Jane" in each.body or b"jane@" in each.body for each in received)
    assert [each["state"] for each in deliveries(caller, record["id"])] == ["DELIVERED"] * 6


@pytest.mark.parametrize(
    "broken",
    [
        "interview_service.webhooks.payloads.body",
        "interview_service.repository.totals._ADD_TO_TOTAL",
    ],
)
def test_a_change_and_its_event_are_written_together_or_not_at_all(
    caller: Caller, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """The payload is made before the change is flushed; the totals are written after the event."""
    record = caller.create(callbackUrl=receiver.url())
    path = f"/workflow/interviews/{record['id']}"
    before = deliveries(caller, record["id"])
    with monkeypatch.context() as patch:
        patch.setattr(broken, None)
        assert caller.post(f"{path}/transition", {"transition": "CANCEL"}).status_code == 500
    assert caller.get(f"/interviews/{record['id']}").json == record
    assert caller.get(f"{path}/history").json["data"] == []
    assert deliveries(caller, record["id"]) == before
    take(caller, record["id"], "CANCEL")
    assert len(deliveries(caller, record["id"])) == 2


def test_an_answer_that_is_no_text_is_kept(
    caller: Caller, worker: Worker, receiver: Receiver
) -> None:
    receiver.tell(answers(200, b"\0\xff\xed\xa0\x80" + b"x" * 2000))
    record = caller.create(callbackUrl=receiver.url())
    assert deliver_all(worker, record["id"]) == 1
    (only,) = deliveries(caller, record["id"])
    assert only["attempts"][0]["answer"] == "\ufffd" * 5 + "x" * 1019


def test_the_tenants_url_gets_what_has_no_callback_of_its_own(
    caller: Caller, worker: Worker, receiver: Receiver
) -> None:
    silent = caller.create()
    caller.put("/tenant/settings", {"webhookUrl": receiver.url(path="/tenant")})
    told = caller.create()
    assert deliveries(caller, silent["id"]) == []
    assert deliver_all(worker, told["id"]) == 1
    assert receiver.wait_for_requests(1)[0].resource == "/tenant"


def test_an_event_that_fails_is_tried_again_under_the_same_id_and_holds_back_the_next(
    caller: Caller, worker: Worker, receiver: Receiver, hands: Hands
) -> None:
    receiver.tell(answers(500, b"not now"), hangs_up, answers(200, b"ok"))
    record = caller.create(callbackUrl=receiver.url())
    take(caller, record["id"], "CANCEL")
    assert deliver_all(worker, record["id"]) == 1
    first, second = deliveries(caller, record["id"])
    assert (first["state"], second["state"], second["nextAttemptAt"]) == (
        "PENDING",
        "PENDING",
        None,
    )
    hands.forward(seconds=4)
    assert deliver_all(worker, record["id"]) == 0
    hands.forward(seconds=1)
    assert deliver_all(worker, record["id"]) == 1
    hands.forward(minutes=5)
    assert deliver_all(worker, record["id"]) == 2
    received = receiver.wait_for_requests(4)
    assert [each.json["type"] for each in received] == [
        *["interview.received"] * 3,
        "interview.cancelled",
    ]
    assert len({each.headers["webhook-id"] for each in received[:3]}) == 1
    first, second = deliveries(caller, record["id"])
    assert [(each["number"], each["status"]) for each in first["attempts"]] == [
        (1, 500),
        (2, None),
        (3, 200),
    ]
    assert first["attempts"][0]["answer"] == "not now"
    assert (first["state"], second["state"]) == ("DELIVERED", "DELIVERED")


def test_after_the_last_pause_an_event_is_dead_and_the_next_goes_on(
    caller: Caller, worker: Worker, receiver: Receiver, hands: Hands
) -> None:
    receiver.tell(*[answers(503)] * (len(DELIVERY_PAUSES) + 1), answers(200))
    record = caller.create(callbackUrl=receiver.url())
    take(caller, record["id"], "CANCEL")
    for pause in DELIVERY_PAUSES:
        assert deliver_all(worker, record["id"]) == 1
        assert deliveries(caller, record["id"])[0]["state"] == "PENDING"
        hands.forward(seconds=pause.total_seconds())
    assert deliver_all(worker, record["id"]) == 2
    states = [each["state"] for each in deliveries(caller, record["id"])]
    assert states == ["DEAD", "DELIVERED"]
    ready = caller.client.get("/health/ready").json
    assert ready["details"] == {"deadDeliveries": 1}


def test_410_stops_at_once(caller: Caller, worker: Worker, receiver: Receiver) -> None:
    receiver.tell(answers(410))
    record = caller.create(callbackUrl=receiver.url())
    assert deliver_all(worker, record["id"]) == 1
    (only,) = deliveries(caller, record["id"])
    assert (only["state"], only["nextAttemptAt"]) == ("DEAD", None)


def test_a_worker_that_dies_between_posting_and_recording_posts_again_under_the_same_id(
    caller: Caller, repository: Repository, worker: Worker, receiver: Receiver, hands: Hands
) -> None:
    record = caller.create(callbackUrl=receiver.url())
    post = lifecycle.begin_delivery(repository, record["id"])
    assert post is not None
    Transport(allow_private=True).send(post.url, post.body, post.headers)
    assert deliver_all(worker, record["id"]) == 0
    hands.forward(seconds=31)
    assert deliver_all(worker, record["id"]) == 1
    first, second = receiver.wait_for_requests(2)
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body


def test_a_late_record_of_a_lost_lease_changes_nothing(
    caller: Caller, repository: Repository, worker: Worker, receiver: Receiver, hands: Hands
) -> None:
    record = caller.create(callbackUrl=receiver.url())
    post = lifecycle.begin_delivery(repository, record["id"])
    assert post is not None
    outcome = Transport(allow_private=True).send(post.url, post.body, post.headers)
    hands.forward(seconds=31)
    assert deliver_all(worker, record["id"]) == 1
    lifecycle.record_delivery(repository, post, replace(outcome, status=500))
    (only,) = deliveries(caller, record["id"])
    assert only["state"] == "DELIVERED"
    assert [each["number"] for each in only["attempts"]] == [1, 2]


def test_a_dead_event_is_redelivered_to_where_events_go_now(
    caller: Caller, worker: Worker, receiver: Receiver
) -> None:
    receiver.tell(answers(410), answers(204))
    record = caller.create(callbackUrl=receiver.url(path="/old"))
    deliver_all(worker, record["id"])
    caller.put(f"/interviews/{record['id']}", {"callbackUrl": receiver.url(path="/new")})
    (dead,) = deliveries(caller, record["id"])
    response = caller.post(f"/interviews/{record['id']}/deliveries/{dead['id']}/redeliver")
    assert (response.status_code, response.json["state"]) == (202, "PENDING")
    assert deliver_all(worker, record["id"]) == 1
    old, new = receiver.wait_for_requests(2)
    assert (old.resource, new.resource) == ("/old", "/new")
    assert old.headers["webhook-id"] == new.headers["webhook-id"] == dead["id"]
    assert deliveries(caller, record["id"])[0]["state"] == "DELIVERED"


def test_an_event_whose_worker_died_once_is_redelivered_at_once(
    caller: Caller, repository: Repository, worker: Worker, receiver: Receiver, hands: Hands
) -> None:
    receiver.tell(answers(500), answers(204))
    record = caller.create(callbackUrl=receiver.url())
    assert lifecycle.begin_delivery(repository, record["id"]) is not None
    hands.forward(seconds=31)
    assert deliver_all(worker, record["id"]) == 1
    (only,) = deliveries(caller, record["id"])
    caller.post(f"/interviews/{record['id']}/deliveries/{only['id']}/redeliver")
    assert deliver_all(worker, record["id"]) == 1
    (only,) = deliveries(caller, record["id"])
    assert only["state"] == "DELIVERED"
    assert [(each["number"], each["status"]) for each in only["attempts"]] == [(2, 500), (3, 204)]


def test_an_event_that_is_being_posted_is_not_posted_a_second_time(
    caller: Caller, repository: Repository, worker: Worker, receiver: Receiver, hands: Hands
) -> None:
    record = caller.create(callbackUrl=receiver.url())
    assert deliver_all(worker, record["id"]) == 1
    take(caller, record["id"], "CANCEL")
    first, second = deliveries(caller, record["id"])
    under_way = lifecycle.begin_delivery(repository, record["id"])
    assert under_way is not None
    for each in (first, second):
        path = f"/interviews/{record['id']}/deliveries/{each['id']}/redeliver"
        assert caller.post(path).status_code == 202
    assert deliver_all(worker, record["id"]) == 1  # the first; the second is under way
    lifecycle.record_delivery(repository, under_way, Outcome(500, 3, "", None))
    hands.forward(seconds=5)
    assert deliver_all(worker, record["id"]) == 1
    types = [each.json["type"] for each in receiver.wait_for_requests(3)]
    assert types == ["interview.received", "interview.received", "interview.cancelled"]


def test_an_event_that_fails_while_an_earlier_one_is_redelivered_follows_it(
    caller: Caller, repository: Repository, worker: Worker, receiver: Receiver, hands: Hands
) -> None:
    receiver.tell(answers(204), answers(500), answers(204))
    record = caller.create(callbackUrl=receiver.url())
    deliver_all(worker, record["id"])
    take(caller, record["id"], "CANCEL")
    first, _ = deliveries(caller, record["id"])
    under_way = lifecycle.begin_delivery(repository, record["id"])
    assert under_way is not None
    caller.post(f"/interviews/{record['id']}/deliveries/{first['id']}/redeliver")
    assert deliver_all(worker, record["id"]) == 1
    lifecycle.record_delivery(repository, under_way, Outcome(None, 3, "", "No answer"))
    assert [each["nextAttemptAt"] is None for each in deliveries(caller, record["id"])] == [
        False,
        True,
    ]
    hands.forward(seconds=5)
    assert deliver_all(worker, record["id"]) == 2
    assert [each["state"] for each in deliveries(caller, record["id"])] == ["DELIVERED"] * 2


def test_a_delivered_event_and_one_that_waits_are_redelivered_at_once(
    caller: Caller, worker: Worker, receiver: Receiver
) -> None:
    receiver.tell(answers(204), answers(500), answers(204))
    record = caller.create(callbackUrl=receiver.url())
    deliver_all(worker, record["id"])
    take(caller, record["id"], "CANCEL")
    deliver_all(worker, record["id"])
    for each in deliveries(caller, record["id"]):
        path = f"/interviews/{record['id']}/deliveries/{each['id']}/redeliver"
        answer = caller.post(path)
        assert (answer.status_code, answer.json["state"]) == (202, "PENDING")
    assert deliver_all(worker, record["id"]) == 2
    found = deliveries(caller, record["id"])
    assert [each["state"] for each in found] == ["DELIVERED"] * 2
    assert [[each["status"] for each in found["attempts"]] for found in found] == [
        [204, 204],
        [500, 204],
    ]


def test_another_tenants_deliveries_are_not_found(caller: Caller, receiver: Receiver) -> None:
    record = caller.create(callbackUrl=receiver.url())
    (only,) = deliveries(caller, record["id"])
    stranger = caller.other("other")
    path = f"/interviews/{record['id']}/deliveries"
    assert stranger.get(path).json == {"statusCode": 404, "message": "Interview not found"}
    assert stranger.post(f"{path}/{only['id']}/redeliver").status_code == 404
    unknown = caller.post(f"{path}/{record['id']}/redeliver")
    assert unknown.json == {"statusCode": 404, "message": "Delivery not found"}


def test_a_deletion_is_told_by_ids_alone_in_the_place_of_all_that_was_not_delivered(
    caller: Caller, worker: Worker, repository: Repository, receiver: Receiver
) -> None:
    record = caller.create(callbackUrl=receiver.url(), externalId="req-7")
    post = lifecycle.begin_delivery(repository, record["id"])
    assert post is not None
    plan(repository, record["id"])  # an event that waits for the one that is being posted
    assert caller.delete(f"/interviews/{record['id']}").status_code == 204
    assert deliver_all(worker, record["id"]) == 0  # it does not overtake that one
    outcome = Transport(allow_private=True).send(post.url, post.body, post.headers)
    lifecycle.record_delivery(repository, post, outcome)
    assert deliver_all(worker, record["id"]) == 1
    told = [orjson.loads(each.body) for each in receiver.requests]
    assert [each["type"] for each in told] == ["interview.received", "interview.deleted"]
    assert told[-1]["data"] == {
        "interviewId": record["id"],
        "runId": record["runId"],
        "tenantId": "acme",
        "externalId": None,
        "transition": None,
        "previousState": None,
        "workflowState": "PENDING",
        "planId": None,
        "assessmentId": None,
        "decision": None,
    }
    assert repository.deliveries.of_interview(record["id"]) == []


def test_a_deletion_is_tried_again_and_given_up_like_any_event(
    caller: Caller, worker: Worker, repository: Repository, hands: Hands
) -> None:
    with Receiver(answers(500)) as broken:
        record = caller.create(callbackUrl=broken.url())
        assert caller.delete(f"/interviews/{record['id']}").status_code == 204
        for pause in DELIVERY_PAUSES:
            assert deliver_all(worker, record["id"]) == 1
            (kept,) = repository.deliveries.of_interview(record["id"])
            assert kept.due_at == hands.moment + pause
            hands.forward(seconds=pause.total_seconds())
        assert deliver_all(worker, record["id"]) == 1
    assert repository.deliveries.of_interview(record["id"]) == []


def test_two_workers_never_post_one_event_twice_at_the_same_moment(
    caller: Caller, database: Database, worker: Worker, receiver: Receiver
) -> None:
    other = Worker(database, NoEngine(), Transport(allow_private=True), lease=timedelta(seconds=30))
    records = [caller.create(callbackUrl=receiver.url()) for _ in range(10)]
    barrier = Barrier(2)

    def work(one: Worker) -> None:
        barrier.wait()
        for record in records:
            deliver_all(one, record["id"])

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, (worker, other)))
    other.stop()
    received = receiver.wait_for_requests(10)
    assert len({each.headers["webhook-id"] for each in received}) == len(received) == 10
    for record in records:
        (only,) = deliveries(caller, record["id"])
        assert (only["state"], len(only["attempts"])) == ("DELIVERED", 1)


def test_the_documents_webhook_is_what_is_posted(
    caller: Caller, worker: Worker, receiver: Receiver
) -> None:
    record = caller.create(callbackUrl=receiver.url())
    deliver_all(worker, record["id"])
    (received,) = receiver.wait_for_requests(1)
    document = caller.client.get("/api/openapi.json").json
    assert list(document["webhooks"]) == WEBHOOK_EVENTS
    assert WebhookEventSchema().validate(received.json) == {}
    schema = document["components"]["schemas"]["WebhookEvent"]
    assert set(schema["properties"]) == set(received.json)


def test_the_sweep_finds_what_nobody_was_told_of(
    caller: Caller, worker: Worker, receiver: Receiver
) -> None:
    records = [caller.create(callbackUrl=receiver.url()) for _ in range(2)]
    worker.sweep()
    received = receiver.wait_for_requests(2)
    assert {each.json["data"]["interviewId"] for each in received} == {
        record["id"] for record in records
    }


@pytest.mark.parametrize("limit", [5, 200], ids="at most {} a sweep".format)
def test_a_receiver_that_never_answers_delays_nobody_elses_events(
    app: Flask, worker: Worker, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    monkeypatch.setattr("interview_service.worker.posting.SWEEP_LIMIT", limit)
    monkeypatch.setattr("interview_service.worker.turns.PLACES", min(limit, 200))
    with Receiver(never_answers) as dead:
        stuck = Caller(app, "stuck")
        for _ in range(20):
            stuck.create(callbackUrl=dead.url())
        other = Caller(app, "acme").create(callbackUrl=receiver.url())
        same_tenant = stuck.create(callbackUrl=receiver.url())
        worker.sweep_deliveries()
        received = receiver.wait_for_requests(2)
    assert {each.json["data"]["interviewId"] for each in received} == {
        other["id"],
        same_tenant["id"],
    }


def test_a_tenant_with_many_dead_receivers_delays_nobody_elses_events(
    app: Flask, worker: Worker, receiver: Receiver
) -> None:
    with ExitStack() as dead:
        stuck = Caller(app, "stuck")
        for _ in range(20):
            stuck.create(callbackUrl=dead.enter_context(Receiver(never_answers)).url())
        Caller(app, "acme").create(callbackUrl=receiver.url())
        worker.sweep_deliveries()
        assert len(receiver.wait_for_requests(1)) == 1


def test_tenants_that_fill_many_sweeps_hide_nobody_elses_events(
    app: Flask, worker: Worker, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interview_service.worker.posting.SWEEP_LIMIT", 4)
    with ExitStack() as stack:
        for tenant in ("one", "two", "three"):
            dead = stack.enter_context(Receiver(never_answers))
            for _ in range(6):
                Caller(app, tenant).create(callbackUrl=dead.url())
        Caller(app, "acme").create(callbackUrl=receiver.url())
        worker.sweep_deliveries()
        assert len(receiver.wait_for_requests(1)) == 1


def test_of_a_delivery_that_was_tried_often_the_last_twenty_attempts_are_kept(
    caller: Caller, repository: Repository, worker: Worker, receiver: Receiver
) -> None:
    tries = DELIVERY_ATTEMPTS + 3
    record = caller.create(callbackUrl=receiver.url())
    [only] = deliveries(caller, record["id"])
    path = f"/interviews/{record['id']}/deliveries/{only['id']}/redeliver"
    assert worker.deliver("acme", record["id"])
    for _ in range(tries - 1):
        assert caller.post(path).status_code == 202
        assert worker.deliver("acme", record["id"])
    kept = [each.number for each in repository.deliveries.attempts(record["id"])]
    assert kept == list(range(tries - DELIVERY_ATTEMPTS + 1, tries + 1))
    [shown] = deliveries(caller, record["id"])
    assert [each["number"] for each in shown["attempts"]] == kept
