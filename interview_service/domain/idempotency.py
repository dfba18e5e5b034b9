"""What is kept of a request that carried an Idempotency-Key."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered, kept for its Idempotency-Key.

    :param body: JSON.
    :param interview_id: the interview that the answer tells of; the answer goes when it goes.
    """

    status: int
    headers: Mapping[str, str]
    body: str
    interview_id: str | None = None


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """The answer to the first request of a key.

    :param fingerprint: a SHA-256 of what the request was, in hex.
    """

    key: str
    fingerprint: str
    answer: Answer
    created_at: datetime
