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
    known = kept_answer(repository, key, fingerprint)
    if known is not None:
        return known, True
    answer = produce()
    kept = KeptAnswer(key, fingerprint, answer, now)
    repository.idempotency_keys.add(kept, expired=_expired(now))
    return answer, False


def kept_answer(repository: Repository, key: str, fingerprint: str) -> Answer | None:
    """Return the answer that a request got the first time; None where it is new.

    :raise IdempotencyKeyReused: the key came before with another fingerprint.
    """
    known = repository.idempotency_keys.get(key)
    if known is None or known.created_at <= _expired(clock.now()):
        return None
    if known.fingerprint != fingerprint:
        raise IdempotencyKeyReused
    return known.answer


def _expired(now: datetime) -> datetime:
    """Return up to when a key is forgotten."""
    return now - timedelta(hours=IDEMPOTENCY_HOURS)


@one_transaction
def forget_keys(repository: Repository, before: datetime) -> None:
    """Delete a tenant's idempotency keys from before a moment."""
    repository.idempotency_keys.forget(before)
