"""How many requests a caller may make: RATE_LIMIT, counted for each subject of each tenant.

Counted in Redis where the queue is there, and else in each web process by itself.
"""

import logging
import math
import re
import time
from typing import TYPE_CHECKING, cast

from flask import Flask, current_app

from interview_service.domain.errors import InterviewServiceError
from interview_service.settings import Settings

if TYPE_CHECKING:
    from limits.strategies import RateLimiter

log = logging.getLogger(__name__)

_KEY = "interview_service_rate_limit"
_PAUSE_AFTER_FAILURE = 5.0


class TooManyRequests(InterviewServiceError):
    """The caller has used up what the rate limit allows.

    :param seconds: after how many it may try again.
    """

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many requests: try again in {seconds} seconds")
        self.seconds = seconds


class RateLimit:
    """Counts the requests of callers, and refuses those that are too many.

    While Redis is away, each process counts by itself.
    """

    def __init__(self, settings: Settings) -> None:
        from limits import RateLimitItem, parse  # only where there is a limit
        from limits.errors import StorageError
        from limits.storage import storage_from_string
        from limits.strategies import MovingWindowRateLimiter

        self._item: RateLimitItem = parse(settings.rate_limit)
        self._own = MovingWindowRateLimiter(storage_from_string("memory://"))
        self._shared: MovingWindowRateLimiter | None = None
        self._away: type[Exception] = StorageError
        self._away_until = 0.0
        if settings.queue_url:
            url = re.sub("^unix://", "redis+unix://", settings.queue_url)
            options = {"socket_connect_timeout": 1, "socket_timeout": 1, "wrap_exceptions": True}
            self._shared = MovingWindowRateLimiter(storage_from_string(url, **options))

    def count(self, tenant_id: str, subject: str) -> None:
        """Count a request.

        :raise TooManyRequests: it is one too many.
        """
        if self._shared is not None and time.monotonic() >= self._away_until:
            try:
                return self._count(self._shared, tenant_id, subject)
            except self._away as error:
                log.warning("Redis is away: each process counts requests by itself: %s", error)
                self._away_until = time.monotonic() + _PAUSE_AFTER_FAILURE
        return self._count(self._own, tenant_id, subject)

    def _count(self, limiter: "RateLimiter", tenant_id: str, subject: str) -> None:
        if limiter.hit(self._item, tenant_id, subject):
            return
        resets_at = limiter.get_window_stats(self._item, tenant_id, subject).reset_time
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
