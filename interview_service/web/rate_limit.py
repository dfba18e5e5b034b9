"""How many requests are answered: RATE_LIMIT for each subject, TENANT_RATE_LIMIT for each tenant,
and as many failed authentications for each client address as a subject has requests.

Counted in Redis where RATE_LIMIT_STORAGE_URL names one, else in each web process by itself.
"""

import logging
import math
import re
import time
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_network
from typing import TYPE_CHECKING, cast

from flask import Flask, Response, current_app, g, request

from interview_service.domain.errors import InterviewServiceError
from interview_service.settings import Settings
from interview_service.web.client_address import IPAddress, Network, client_address

if TYPE_CHECKING:
    from limits import RateLimitItem
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


@dataclass(frozen=True, slots=True)
class Bucket:
    """What a caller has left of a limit.

    :param limit: requests in a window.
    :param remaining: how many of them are left.
    :param resets_at: when there are more, in seconds since 1970.
    """

    limit: int
    remaining: int
    resets_at: float


class RateLimit:
    """Counts requests, and refuses those that are too many.

    While Redis is unreachable, each process counts by itself.
    """

    def __init__(self, settings: Settings) -> None:
        from limits import parse  # only where there is a limit
        from limits.errors import StorageError
        from limits.storage import storage_from_string
        from limits.strategies import MovingWindowRateLimiter

        self._subject = parse(settings.rate_limit) if settings.rate_limit else None
        self._tenant = parse(settings.tenant_rate_limit) if settings.tenant_rate_limit else None
        self.proxies: tuple[Network, ...] = settings.proxies
        self._own = MovingWindowRateLimiter(storage_from_string("memory://"))
        self._shared: MovingWindowRateLimiter | None = None
        self._unreachable: type[Exception] = StorageError
        self._unreachable_until = 0.0
        if settings.rate_limit_storage_url:
            url = re.sub("^unix://", "redis+unix://", settings.rate_limit_storage_url)
            options = {"socket_connect_timeout": 1, "socket_timeout": 1, "wrap_exceptions": True}
            self._shared = MovingWindowRateLimiter(storage_from_string(url, **options))

    def count(self, tenant_id: str, subject: str) -> Bucket | None:
        """Count a request, and return the bucket that has the least left.

        :raise TooManyRequests: it is one too many.
        """
        # A subject's key says where the tenant's name ends: either may hold any character.
        buckets = [
            self._hit(self._subject, "subject", f"{len(tenant_id)}:{tenant_id}:{subject}"),
            self._hit(self._tenant, "tenant", tenant_id),
        ]
        known = [each for each in buckets if each is not None]
        return min(known, key=lambda each: each.remaining, default=None)

    def count_failure(self, address: IPAddress) -> None:
        """Count a failed authentication; those of one IPv6 subnet are counted together.

        :raise TooManyRequests: it is one too many.
        """
        if isinstance(address, IPv6Address):
            self._hit(self._subject, "address", str(ip_network((address, 64), strict=False)))
        else:
            self._hit(self._subject, "address", str(address))

    def _hit(self, item: "RateLimitItem | None", kind: str, key: str) -> Bucket | None:
        if item is None:
            return None
        if self._shared is not None and time.monotonic() >= self._unreachable_until:
            try:
                return self._hit_in(self._shared, item, kind, key)
            except self._unreachable as error:
                log.warning("Redis is unreachable: each process counts by itself: %s", error)
                self._unreachable_until = time.monotonic() + _PAUSE_AFTER_FAILURE
        return self._hit_in(self._own, item, kind, key)

    def _hit_in(self, limiter: "RateLimiter", item: "RateLimitItem", kind: str, key: str) -> Bucket:
        is_within = limiter.hit(item, kind, key)
        stats = limiter.get_window_stats(item, kind, key)
        bucket = Bucket(item.amount, stats.remaining if is_within else 0, stats.reset_time)
        if not is_within:
            g.rate_limit = bucket
            raise TooManyRequests(max(1, math.ceil(bucket.resets_at - time.time())))
        return bucket


def init_app(app: Flask, settings: Settings) -> None:
    """Set the limits of the application, where there are any."""
    limited = bool(settings.rate_limit or settings.tenant_rate_limit)
    app.extensions[_KEY] = RateLimit(settings) if limited else None
    if limited:
        app.after_request(_tell)


def count(tenant_id: str, subject: str) -> None:
    """Count a request of a caller.

    :raise TooManyRequests: it is one too many.
    """
    limit = _limit()
    if limit is not None:
        g.rate_limit = limit.count(tenant_id, subject)


def count_failure() -> None:
    """Count that the present request failed to authenticate, by its client's address.

    :raise TooManyRequests: it is one too many.
    """
    limit = _limit()
    address = None if limit is None else client_address(request, limit.proxies)
    if limit is not None and address is not None:
        limit.count_failure(address)


def _limit() -> RateLimit | None:
    return cast(RateLimit | None, current_app.extensions.get(_KEY))


def _tell(response: Response) -> Response:
    """Put on an answer how much its caller has left."""
    bucket = cast(Bucket | None, g.get("rate_limit"))
    if bucket is not None:
        response.headers["X-RateLimit-Limit"] = str(bucket.limit)
        response.headers["X-RateLimit-Remaining"] = str(bucket.remaining)
        response.headers["X-RateLimit-Reset"] = str(math.ceil(bucket.resets_at))
    return response
