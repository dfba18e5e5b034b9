"""Webhooks: events are written with the change that they tell of, taken, recorded, sent again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from interview_service.database.models import (
    Delivery,
    DeliveryAttempt,
    HistoryEntry,
)
from interview_service.domain.clock import clock, new_id
from interview_service.domain.errors import (
    InterviewNotFound,
    InvalidFields,
    NotFoundError,
)
from interview_service.domain.outbox import (
    LONGEST_PAUSE,
    DeliveryState,
    delivery_pause,
)
from interview_service.domain.workflow import State, Transition
from interview_service.lifecycle.base import one_transaction
from interview_service.lifecycle.tenants import signing_secrets
from interview_service.repository import Repository
from interview_service.webhooks import payloads, signing
from interview_service.webhooks.transport import Outcome

DELIVERY_LEASE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Post:
    """A signed event, ready to be posted.

    :param attempt: the number of this attempt, from 1; 0 of a test.
    """

    url: str
    body: bytes
    headers: Mapping[str, str]
    interview_id: str = ""
    delivery_id: str = ""
    attempt: int = 0


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """A delivery and what was tried."""

    delivery: Delivery
    attempts: list[DeliveryAttempt]


def emit(repository: Repository, interview: Any, entry: HistoryEntry | None, url: str) -> None:
    """Write the event of a transition (of the creation, where there is none) into the outbox."""
    event = payloads.RECEIVED if entry is None else payloads.EVENTS[Transition(entry.transition)]
    now = interview.updated_at
    body = payloads.body(
        event,
        now,
        interview_id=interview.id,
        run_id=interview.run_id,
        tenant_id=interview.tenant_id,
        external_id=interview.external_id,
        transition=None if entry is None else Transition(entry.transition),
        previous_state=None if entry is None else State(entry.previous_state),
        workflow_state=State(interview.workflow_state),
        plan_id=interview.plan_id,
        assessment_id=interview.assessment_id,
    )
    waits = repository.deliveries.pending(interview.id) is not None
    repository.documents.add(
        Delivery(
            tenant_id=interview.tenant_id,
            id=new_id(now),
            interview_id=interview.id,
            number=interview.transition_count,
            event=event,
            url=url,
            body=body.decode(),
            state=DeliveryState.PENDING,
            attempt_count=0,
            failure_count=0,
            due_at=None if waits else clock.now(),
            created_at=now,
        )
    )
    repository.work.flush()
    repository.work.wake_after_commit(interview.id)


def webhook_url_of(repository: Repository, interview: Any) -> str | None:
    own: str | None = interview.callback_url
    if own is not None:
        return own
    return repository.settings.webhook_url()


def due_url(repository: Repository, interview_id: str) -> str | None:
    """Return where the event of an interview goes that is due; None where none is."""
    delivery = repository.deliveries.pending(interview_id)
    return delivery.url if delivery is not None and _is_due(delivery, clock.now()) else None


def _is_due(delivery: Delivery, now: datetime) -> bool:
    due_at = delivery.due_at
    return due_at is not None and not now < due_at <= now + LONGEST_PAUSE


@one_transaction
def begin_delivery(repository: Repository, interview_id: str) -> Post | None:
    """Take the event of an interview that is due, and sign it.

    Nobody else gets it until the lease has run out: by then it is recorded, or its worker is dead,
    and the same event goes out again under the same id.

    :return: None where none is due, or another worker posts it.
    """
    try:
        interview = repository.interviews.get(interview_id, for_update=True)
    except InterviewNotFound:
        return None
    delivery = repository.deliveries.pending(interview.id)
    now = clock.now()
    if delivery is None or not _is_due(delivery, now):
        return None
    delivery.attempt_count += 1
    delivery.due_at = now + DELIVERY_LEASE
    body = delivery.body.encode()
    return Post(
        url=delivery.url,
        body=body,
        headers=signing.headers(signing_secrets(repository, now), delivery.id, now, body),
        interview_id=interview.id,
        delivery_id=delivery.id,
        attempt=delivery.attempt_count,
    )


@one_transaction
def record_delivery(repository: Repository, post: Post, outcome: Outcome) -> None:
    """Keep what came of a post, and set what is next: another try, the next event, or nothing."""
    try:
        interview = repository.interviews.get(post.interview_id, for_update=True)
        delivery = repository.deliveries.get(interview.id, post.delivery_id)
    except NotFoundError:
        return  # deleted meanwhile
    now = clock.now()
    repository.documents.add(
        DeliveryAttempt(
            tenant_id=delivery.tenant_id,
            delivery_id=delivery.id,
            number=post.attempt,
            status=outcome.status,
            latency_ms=outcome.latency_ms,
            answer=outcome.answer,
            error=outcome.error,
            created_at=now,
        )
    )
    if delivery.state != DeliveryState.PENDING or delivery.attempt_count != post.attempt:
        return  # its lease ran out, and another attempt has begun since
    if outcome.delivered:
        _finish_delivery(repository, delivery, DeliveryState.DELIVERED)
        return
    delivery.failure_count += 1
    pause = None if outcome.gone else delivery_pause(delivery.failure_count)
    head = repository.deliveries.pending(interview.id)
    if pause is None:
        _finish_delivery(repository, delivery, DeliveryState.DEAD)
    elif head is not None and head.id != delivery.id:
        delivery.due_at = None  # an earlier event is delivered again: this one follows it
    else:
        delivery.due_at = now + pause


def _finish_delivery(repository: Repository, delivery: Delivery, state: DeliveryState) -> None:
    delivery.state, delivery.due_at = state, None
    repository.work.flush()
    following = repository.deliveries.pending(delivery.interview_id)
    if following is not None:
        following.due_at = following.due_at or clock.now()
        repository.work.wake_after_commit(delivery.interview_id)


def deliveries(repository: Repository, interview_id: str) -> list[DeliveryReport]:
    """Return an interview's deliveries with their attempts, in order.

    :raise InterviewNotFound: there is no such interview.
    """
    interview = repository.interviews.record(interview_id)
    attempts: dict[str, list[DeliveryAttempt]] = {}
    for attempt in repository.deliveries.attempts(interview.id):
        attempts.setdefault(attempt.delivery_id, []).append(attempt)
    return [
        DeliveryReport(delivery, attempts.get(delivery.id, []))
        for delivery in repository.deliveries.of_interview(interview.id)
    ]


@one_transaction
def redeliver(repository: Repository, interview_id: str, delivery_id: str) -> DeliveryReport:
    """Have an event posted once more, under the same id, to where the events go now.

    :raise InterviewNotFound: there is no such interview.
    :raise DeliveryNotFound: it has no such delivery.
    """
    interview = repository.interviews.get(interview_id, for_update=True)
    delivery = repository.deliveries.get(interview.id, delivery_id)
    now = clock.now()
    tried = repository.deliveries.attempts(interview.id)
    attempts = [each for each in tried if each.delivery_id == delivery.id]
    if _is_being_posted(delivery, attempts, now):
        return DeliveryReport(delivery, attempts)
    delivery.url = webhook_url_of(repository, interview) or delivery.url
    delivery.state, delivery.failure_count = DeliveryState.PENDING, 0
    repository.work.flush()
    head = repository.deliveries.pending(interview.id)
    for each in repository.deliveries.of_interview(interview.id):
        behind = each.state == DeliveryState.PENDING and each.id != (head and head.id)
        if behind and not _is_being_posted(each, tried, now):
            each.due_at = None
    if head is not None and (head.due_at is None or head.id == delivery.id):
        head.due_at = now
    repository.work.wake_after_commit(interview.id)
    return DeliveryReport(delivery, attempts)


def _is_being_posted(
    delivery: Delivery, attempts: Sequence[DeliveryAttempt], now: datetime
) -> bool:
    """Tell whether a worker has taken a delivery, and may still record what came of it."""
    if delivery.state != DeliveryState.PENDING or delivery.due_at is None:
        return False
    numbers = [each.number for each in attempts if each.delivery_id == delivery.id]
    taken = delivery.attempt_count > max(numbers, default=0)
    return taken and now < delivery.due_at <= now + DELIVERY_LEASE


@one_transaction
def test_post(repository: Repository, url: str | None) -> Post:
    """Return a signed test event for `url`, by default for where the tenant's events go.

    :raise InvalidFields: there is no such place.
    """
    row = repository.settings.get()
    where = url or (row.webhook_url if row is not None else None)
    if where is None:
        raise InvalidFields({"url": ["Required: the tenant has no webhookUrl."]})
    now = clock.now()
    body = payloads.test_body(now, tenant_id=repository.tenant_id)
    headers = signing.headers(signing_secrets(repository, now), new_id(now), now, body)
    return Post(where, body, headers)
