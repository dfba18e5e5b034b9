"""How many requests a caller may make: RATE_LIMIT, counted for each subject of each tenant.

Counted in Redis where the queue is there, and else in each web process by itself.
"""

import math
import time
from typing import cast

from flask import Flask, current_app

from interview_service.domain.errors import InterviewServiceError
from interview_service.settings import Settings

_KEY = "interview_service_rate_limit"


class TooManyRequests(InterviewServiceError):
    """The caller has used up what the rate limit allows.

    :param seconds: after how many it may try again.
    """

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many requests: try again in {seconds} seconds")
        self.seconds = seconds


class RateLimit:
    """Counts the requests of callers, and refuses those that are too many."""

    def __init__(self, settings: Settings) -> None:
        from limits import RateLimitItem, parse  # only where there is a limit
        from limits.storage import storage_from_string
        from limits.strategies import MovingWindowRateLimiter

        self._item: RateLimitItem = parse(settings.rate_limit)
        storage = storage_from_string(settings.queue_url or "memory://")
        self._limiter = MovingWindowRateLimiter(storage)

    def count(self, tenant_id: str, subject: str) -> None:
        """Count a request.

        :raise TooManyRequests: it is one too many.
        """
        if self._limiter.hit(self._item, tenant_id, subject):
            return
        resets_at = self._limiter.get_window_stats(self._item, tenant_id, subject).reset_time
        raise TooManyRequests(max(1, math.ceil(resets_at - time.time())))


def init_app(app: Flask, settings: Settings) -> None:
    """Set the limit of the application, where there is one."""
    app.extensions[_KEY] = RateLimit(settings) if settings.rate_limit else None


def count(tenant_id: str, subject: str) -> None:
    """Count a request of a caller.

    :raise TooManyRequests: it is one too many.
    """
    limit = cast(RateLimit | None, current_app.extensions.get(_KEY))
    if limit is not None:
        limit.count(tenant_id, subject)
