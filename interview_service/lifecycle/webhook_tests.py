"""Testing a tenant's webhook: a signed event that the worker posts once, and what came of it."""

from dataclasses import replace
from datetime import timedelta

from interview_service.domain.audit import TargetType
from interview_service.domain.clock import clock, new_id
from interview_service.domain.errors import InvalidFields, WebhookTestNotFound, WebhookTestUnderWay
from interview_service.domain.outbox import (
    CLOCKS_DIFFER,
    DELIVERY_LEASE,
    DeliveryState,
    WebhookTest,
)
from interview_service.lifecycle.audit import record
from interview_service.lifecycle.base import Actor, one_transaction
from interview_service.lifecycle.outbox import Post
from interview_service.lifecycle.tenants import signing_secrets
from interview_service.repository import Repository
from interview_service.webhooks import payloads, signing
from interview_service.webhooks.transport import Outcome

WEBHOOK_TEST = "webhook-test"
"""Stands for the tenant's test where a worker else has the id of an interview."""

GIVEN_UP_AFTER = timedelta(minutes=1)
"""A test that no worker has finished by then is in the way of no other."""


@one_transaction
def begin_webhook_test(repository: Repository, url: str | None, actor: Actor) -> WebhookTest:
    """Have a test event posted to `url`, by default to where the tenant's events go.

    :raise InvalidFields: there is no such place.
    :raise WebhookTestUnderWay: another test is to be finished first.
    """
    where = url or repository.settings.get().webhook_url
    if where is None:
        raise InvalidFields({"url": ["Required: the tenant has no webhookUrl."]})
    now = clock.now()
    before = repository.webhook_tests.locked()
    is_pending = before is not None and before.state is DeliveryState.PENDING
    if before is not None and is_pending and abs(now - before.created_at) < GIVEN_UP_AFTER:
        raise WebhookTestUnderWay
    test = WebhookTest(new_id(now), where, DeliveryState.PENDING, due_at=now, created_at=now)
    repository.webhook_tests.put(test, is_first=before is None)
    tenant_id = repository.tenant_id
    record(repository, actor, "tenant.test_webhook", TargetType.TENANT, tenant_id)
    repository.work.wake_after_commit(WEBHOOK_TEST)
    return test


def webhook_test(repository: Repository, test_id: str) -> WebhookTest:
    """Return the tenant's last test.

    :raise WebhookTestNotFound: the last one has another id.
    """
    test = repository.webhook_tests.get()
    if test is None or test.id != test_id.lower():
        raise WebhookTestNotFound
    return test


@one_transaction
def take_webhook_test(repository: Repository) -> Post | None:
    """Take the tenant's test where it is due, and sign it; nobody else gets it meanwhile."""
    test = repository.webhook_tests.locked()
    now = clock.now()
    if test is None or test.due_at is None:
        return None
    if now < test.due_at <= now + DELIVERY_LEASE + CLOCKS_DIFFER:
        return None
    repository.webhook_tests.put(replace(test, due_at=now + DELIVERY_LEASE), is_first=False)
    body = payloads.test_body(now, tenant_id=repository.tenant_id)
    headers = signing.headers(signing_secrets(repository, now), test.id, now, body)
    return Post(test.url, body, headers, delivery_id=test.id)


@one_transaction
def record_webhook_test(repository: Repository, post: Post, outcome: Outcome) -> None:
    """Keep what came of a test, unless another one has begun since."""
    test = repository.webhook_tests.locked()
    if test is None or test.id != post.delivery_id:
        return
    done = replace(
        test,
        state=DeliveryState.DELIVERED if outcome.delivered else DeliveryState.DEAD,
        due_at=None,
        status=outcome.status,
        latency_ms=outcome.latency_ms,
        answer=outcome.answer,
        error=outcome.error,
    )
    repository.webhook_tests.put(done, is_first=False)
