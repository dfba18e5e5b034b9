"""Deliveries of webhooks: taken by the worker, recorded, listed, sent again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from interview_service.domain.audit import TargetType
from interview_service.domain.clock import clock
from interview_service.domain.errors import (
    CandidateErased,
    DeliveryNotFound,
    InterviewNotFound,
)
from interview_service.domain.interview import Interview
from interview_service.domain.limits import DELIVERY_ATTEMPTS
from interview_service.domain.outbox import (
    DELIVERY_LEASE,
    WEBHOOK,
    Delivery,
    DeliveryAttempt,
    DeliveryState,
    delivery_pause,
)
from interview_service.lifecycle.audit import record
from interview_service.lifecycle.base import Actor, PartPage, one_transaction
from interview_service.lifecycle.events import webhook_url_of
from interview_service.lifecycle.tenants import signing_secrets
from interview_service.repository import Repository
from interview_service.webhooks import payloads, signing
from interview_service.webhooks.transport import Outcome


@dataclass(frozen=True, slots=True)
class Post:
    """A signed event, ready to be posted.

    :param line: in which it waited.
    :param attempt: the number of this attempt, from 1; 0 of a test.
    """

    url: str
    body: bytes
    headers: Mapping[str, str]
    interview_id: str = ""
    line: str = WEBHOOK
    delivery_id: str = ""
    attempt: int = 0


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """A delivery and what was tried."""

    delivery: Delivery
    attempts: Sequence[DeliveryAttempt]


def due_urls(repository: Repository, interview_id: str) -> Mapping[str, str]:
    """Return where the events of an interview go that are due, by their lines."""
    now = clock.now()
    timed = repository.deliveries.timed(interview_id)
    return {each.line: each.url for each in reversed(timed) if each.is_due(now)}


@one_transaction
def begin_delivery(repository: Repository, interview_id: str, line: str = WEBHOOK) -> Post | None:
    """Take the event in a line of an interview that is due, and sign it.

    Nobody else gets it until the lease has run out: by then it is recorded, or its worker is dead,
    and the same event goes out again under the same id.

    :return: None where none is due, or another worker posts it.
    """
    interview = _locked(repository, interview_id)
    if interview is None:  # it was deleted, which its last event tells
        pending = repository.deliveries.locked_pending(interview_id, line)
    else:
        pending = repository.deliveries.pending(interview_id, line)
    now = clock.now()
    if pending is None or not pending.is_due(now):
        return None
    leased = replace(pending, attempt_count=pending.attempt_count + 1, due_at=now + DELIVERY_LEASE)
    delivery = repository.deliveries.save(pending, leased)
    body = delivery.body.encode()
    signed = signing.headers(signing_secrets(repository, now), delivery.id, now, body)
    return Post(
        url=delivery.url,
        body=body,
        headers={**_own_headers(repository, delivery), **signed},
        interview_id=interview_id,
        line=line,
        delivery_id=delivery.id,
        attempt=delivery.attempt_count,
    )


def _own_headers(repository: Repository, delivery: Delivery) -> Mapping[str, str]:
    """Return what a receiver is sent beside the signature."""
    if delivery.line == WEBHOOK:
        return {}
    config = repository.push_configs.get(delivery.interview_id, delivery.line)
    return {**config.headers, "content-type": payloads.TASK_MEDIA_TYPE}


def _locked(repository: Repository, interview_id: str) -> Interview | None:
    """Return an interview, locked; None where there is none any more."""
    try:
        return repository.interviews.locked(interview_id)
    except InterviewNotFound:
        return None


@one_transaction
def record_delivery(repository: Repository, post: Post, outcome: Outcome) -> None:
    """Keep what came of a post, and set what is next: another try, the next event, or nothing.

    What a receiver answers is not kept once the candidate's data is erased.
    """
    interview = _locked(repository, post.interview_id)
    try:
        delivery = repository.deliveries.locked(post.interview_id, post.delivery_id)
    except DeliveryNotFound:  # its interview was deleted or erased meanwhile, or its receiver was
        if post.line == WEBHOOK:
            _begin_last(repository, post.interview_id)
        return
    is_kept = interview is not None and interview.candidate_erased_at is None
    now = clock.now()
    repository.deliveries.add_attempt(
        DeliveryAttempt(
            delivery_id=delivery.id,
            number=post.attempt,
            status=outcome.status,
            latency_ms=outcome.latency_ms,
            answer=outcome.answer if is_kept else "",
            error=outcome.error,
            created_at=now,
        )
    )
    if delivery.state is not DeliveryState.PENDING or delivery.attempt_count != post.attempt:
        return  # its lease ran out, and another attempt has begun since
    if outcome.delivered:
        delivered = replace(delivery, state=DeliveryState.DELIVERED)
        _finish(repository, interview, delivery, delivered)
        return
    failed = replace(delivery, failure_count=delivery.failure_count + 1)
    pause = None if outcome.gone else delivery_pause(failed.failure_count)
    if pause is None:
        dead = replace(failed, state=DeliveryState.DEAD)
        _finish(repository, interview, delivery, dead)
        return
    head = repository.deliveries.pending(delivery.interview_id, delivery.line)
    follows_another = head is not None and head.id != delivery.id  # which is delivered again
    due_at = None if follows_another else now + pause
    repository.deliveries.save(delivery, replace(failed, due_at=due_at))


def _begin_last(repository: Repository, interview_id: str) -> None:
    """Have the event posted that waited for one whose place it has taken."""
    last = repository.deliveries.locked_pending(interview_id, WEBHOOK)
    if last is not None and last.attempt_count == 0:
        repository.deliveries.save(last, replace(last, due_at=clock.now()))
        repository.work.wake_after_commit(interview_id)


def _finish(
    repository: Repository, interview: Interview | None, before: Delivery, after: Delivery
) -> None:
    """Write that an event is over, and have the next one of its line posted.

    The event of a deletion goes with that. Where the candidate's data is erased, the address goes:
    it may have been theirs.

    :param interview: None where it is deleted.
    """
    if interview is None:
        repository.deliveries.delete(before)
    else:
        url = "" if interview.candidate_erased_at is not None else after.url
        repository.deliveries.save(before, replace(after, due_at=None, url=url))
    following = repository.deliveries.pending(before.interview_id, before.line)
    if following is not None:
        due_at = following.due_at or clock.now()
        repository.deliveries.save(following, replace(following, due_at=due_at))
        repository.work.wake_after_commit(before.interview_id)


def deliveries(
    repository: Repository, interview_id: str, *, limit: int, after: int | None = None
) -> PartPage[DeliveryReport, int]:
    """Return deliveries of an interview with their last attempts, oldest first.

    :param after: the number of the delivery that the page follows.
    :raise InterviewNotFound: there is no such interview.
    """
    interview = repository.interviews.get(interview_id)
    found = repository.deliveries.page(
        interview.id, limit=limit + 1, after=-1 if after is None else after
    )
    rows = found[:limit]
    attempts: dict[str, list[DeliveryAttempt]] = {}
    for attempt in repository.deliveries.last_attempts(rows, DELIVERY_ATTEMPTS):
        attempts.setdefault(attempt.delivery_id, []).append(attempt)
    reports = [DeliveryReport(each, attempts.get(each.id, [])) for each in rows]
    return PartPage(reports, rows[-1].number if len(found) > limit else None)


@one_transaction
def redeliver(
    repository: Repository, interview_id: str, delivery_id: str, actor: Actor
) -> DeliveryReport:
    """Have an event posted once more, under the same id, to where the events go now.

    :raise InterviewNotFound: there is no such interview.
    :raise CandidateErased: its candidate's data is erased.
    :raise DeliveryNotFound: it has no such delivery.
    """
    interview = repository.interviews.locked(interview_id)
    if interview.candidate_erased_at is not None:
        raise CandidateErased
    delivery = repository.deliveries.locked(interview.id, delivery_id)
    now = clock.now()
    tried = repository.deliveries.attempts(interview.id)
    attempts = [each for each in tried if each.delivery_id == delivery.id]
    if delivery.is_being_posted(attempts, now):
        return DeliveryReport(delivery, attempts[-DELIVERY_ATTEMPTS:])
    url = _present_url(repository, interview, delivery)
    again = replace(delivery, url=url, state=DeliveryState.PENDING, failure_count=0)
    repository.deliveries.save(delivery, again)
    pending = [
        each
        for each in repository.deliveries.of_interview(interview.id)
        if each.state is DeliveryState.PENDING and each.line == delivery.line
    ]
    head, *behind = pending
    for each in behind:
        if not each.is_being_posted(tried, now):
            repository.deliveries.save(each, replace(each, due_at=None))
    if head.due_at is None or head.id == delivery.id:
        repository.deliveries.save(head, replace(head, due_at=now))
    record(repository, actor, "interview.redeliver", TargetType.INTERVIEW, interview.id)
    repository.work.wake_after_commit(interview.id)
    return DeliveryReport(
        repository.deliveries.locked(interview.id, delivery.id), attempts[-DELIVERY_ATTEMPTS:]
    )


def _present_url(repository: Repository, interview: Interview, delivery: Delivery) -> str:
    """Return where the events of a delivery's line go now."""
    if delivery.line == WEBHOOK:
        return webhook_url_of(repository, interview) or delivery.url
    return repository.push_configs.get(interview.id, delivery.line).url
