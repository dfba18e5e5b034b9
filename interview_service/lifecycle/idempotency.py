"""Idempotency keys: a request that is repeated gets its first answer."""

from collections.abc import Callable
from datetime import datetime, timedelta

from interview_service.domain.clock import clock
from interview_service.domain.errors import IdempotencyKeyReused
from interview_service.domain.idempotency import Answer, KeptAnswer
from interview_service.lifecycle.base import one_transaction
from interview_service.repository import Repository

IDEMPOTENCY_HOURS = 24


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
        return known.answer, True
    answer = produce()
    kept = KeptAnswer(key, fingerprint, answer, now)
    repository.idempotency_keys.add(kept, expired=expired)
    return answer, False


@one_transaction
def forget_keys(repository: Repository, before: datetime) -> None:
    """Delete a tenant's idempotency keys from before a moment."""
    repository.idempotency_keys.forget(before)
