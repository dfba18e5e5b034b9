"""Idempotency keys: a request that is repeated gets its first answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from interview_service.database.models import (
    IdempotencyKey,
)
from interview_service.domain.clock import clock
from interview_service.domain.errors import (
    IdempotencyKeyReused,
)
from interview_service.lifecycle.base import one_transaction
from interview_service.repository import Repository

IDEMPOTENCY_HOURS = 24


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered, kept for its Idempotency-Key.

    :param interview_id: the interview that the answer tells of; the answer goes when it goes.
    """

    status: int
    headers: Mapping[str, str]
    body: str
    interview_id: str | None = None


@one_transaction
def once(
    repository: Repository, key: str, fingerprint: str, produce: Callable[[], Answer]
) -> tuple[Answer, bool]:
    """Return the answer that a request got the first time, or produce and keep it; True if kept.

    What `produce` writes and the kept answer are on disk together or not at all.

    :raise IdempotencyKeyReused: the key came before with another fingerprint.
    """
    now = clock.now()
    expired = now - timedelta(hours=IDEMPOTENCY_HOURS)
    known = repository.idempotency_keys.get(key)
    if known is not None and known.created_at > expired:
        if known.fingerprint != fingerprint:
            raise IdempotencyKeyReused
        return Answer(known.status, known.headers, known.body, known.interview_id), True
    answer = produce()
    repository.idempotency_keys.add(
        IdempotencyKey(
            tenant_id=repository.tenant_id,
            key=key,
            interview_id=answer.interview_id,
            fingerprint=fingerprint,
            status=answer.status,
            headers=dict(answer.headers),
            body=answer.body,
            created_at=now,
        ),
        expired=expired,
    )
    return answer, False


@one_transaction
def forget_keys(repository: Repository, before: datetime) -> None:
    """Delete a tenant's idempotency keys from before a moment."""
    repository.idempotency_keys.forget(before)
