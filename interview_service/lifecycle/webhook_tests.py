"""Testing a tenant's webhook: a signed event that the worker posts once, and what came of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from interview_service.database.models import WebhookTest
from interview_service.domain.clock import clock, new_id
from interview_service.domain.errors import InvalidFields, WebhookTestNotFound, WebhookTestUnderWay
from interview_service.domain.outbox import CLOCKS_DIFFER, DeliveryState
from interview_service.lifecycle.base import one_transaction
from interview_service.lifecycle.outbox import DELIVERY_LEASE, Post
from interview_service.lifecycle.tenants import signing_secrets
from interview_service.repository import Repository
from interview_service.webhooks import payloads, signing
from interview_service.webhooks.transport import Outcome

WEBHOOK_TEST = "webhook-test"
"""Stands for the tenant's test where a worker else has the id of an interview."""

GIVEN_UP_AFTER = timedelta(minutes=1)
"""A test that no worker has finished by then is in the way of no other."""


@dataclass(frozen=True, slots=True)
class WebhookTestReport:
    """A test, and what came of it; all that is not known yet is None.

    :param status: of HTTP.
    :param latency_ms: milliseconds from the start of the post to its end.
    """

    id: str
    url: str
    state: DeliveryState
    created_at: datetime
    status: int | None
    latency_ms: int | None
    answer: str | None
    error: str | None


@one_transaction
def begin_webhook_test(repository: Repository, url: str | None) -> WebhookTestReport:
    """Have a test event posted to `url`, by default to where the tenant's events go.

    :raise InvalidFields: there is no such place.
    :raise WebhookTestUnderWay: another test is to be finished first.
    """
    where = url or repository.settings.webhook_url()
    if where is None:
        raise InvalidFields({"url": ["Required: the tenant has no webhookUrl."]})
    now = clock.now()
    row = repository.webhook_tests.get(for_update=True)
    if row is None:
        row = WebhookTest(tenant_id=repository.tenant_id)
        repository.documents.add(row)
    elif row.state == DeliveryState.PENDING and abs(now - row.created_at) < GIVEN_UP_AFTER:
        raise WebhookTestUnderWay
    row.id, row.url, row.state = new_id(now), where, DeliveryState.PENDING.value
    row.created_at = row.due_at = now
    row.status = row.latency_ms = row.answer = row.error = None
    repository.work.wake_after_commit(WEBHOOK_TEST)
    return _report(row)


def webhook_test(repository: Repository, test_id: str) -> WebhookTestReport:
    """Return the tenant's last test.

    :raise WebhookTestNotFound: the last one has another id.
    """
    row = repository.webhook_tests.get()
    if row is None or row.id != test_id.lower():
        raise WebhookTestNotFound
    return _report(row)


@one_transaction
def take_webhook_test(repository: Repository) -> Post | None:
    """Take the tenant's test where it is due, and sign it; nobody else gets it meanwhile."""
    row = repository.webhook_tests.get(for_update=True)
    now = clock.now()
    if row is None or row.due_at is None:
        return None
    if now < row.due_at <= now + DELIVERY_LEASE + CLOCKS_DIFFER:
        return None
    row.due_at = now + DELIVERY_LEASE
    body = payloads.test_body(now, tenant_id=repository.tenant_id)
    headers = signing.headers(signing_secrets(repository, now), row.id, now, body)
    return Post(row.url, body, headers, delivery_id=row.id)


@one_transaction
def record_webhook_test(repository: Repository, post: Post, outcome: Outcome) -> None:
    """Keep what came of a test, unless another one has begun since."""
    row = repository.webhook_tests.get(for_update=True)
    if row is None or row.id != post.delivery_id:
        return
    row.state = (DeliveryState.DELIVERED if outcome.delivered else DeliveryState.DEAD).value
    row.due_at = None
    row.status, row.latency_ms = outcome.status, outcome.latency_ms
    row.answer, row.error = outcome.answer, outcome.error


def _report(row: WebhookTest) -> WebhookTestReport:
    return WebhookTestReport(
        id=row.id,
        url=row.url,
        state=DeliveryState(row.state),
        created_at=row.created_at,
        status=row.status,
        latency_ms=row.latency_ms,
        answer=row.answer,
        error=row.error,
    )
