"""`/metrics`, in the text form of OpenMetrics, for whoever has METRICS_TOKEN.

Requests are counted by `request_counts`. All else is read from the database, and so it is the same
whichever process answers, and tells of workers on other machines too. No figure is a tenant's.
"""

import hmac
import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

from flask import Blueprint, Flask, Response, g, request
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST, generate_latest

from interview_service import __version__
from interview_service.api.callers import TokenRefused
from interview_service.api.request_counts import BOUNDS, COUNTS, RequestCounts
from interview_service.domain.clock import clock
from interview_service.domain.errors import DatabaseUnavailable
from interview_service.domain.watching import COUNTED, Figures
from interview_service.domain.workflow import State
from interview_service.repository.watching import Watch
from interview_service.settings import Settings
from interview_service.web import rate_limit

log = logging.getLogger(__name__)

KEPT = timedelta(seconds=5)
"""How long a process keeps what it has read: however often it is asked, it reads no more often."""

_PREFIX = "interview_service_"
_UP_TO = f"counted up to {COUNTED:,}"
_LABELS = ("method", "route")
_BOUNDS = (*map(str, BOUNDS), "+Inf")


@dataclass(frozen=True, slots=True)
class _Reading:
    """What was read of the database; `figures` is None where it could not be asked."""

    at: datetime
    figures: Figures | None
    is_disk_full: bool


class Metrics:
    """All that is told, gathered each time that somebody asks."""

    def __init__(self, watch: Watch, counts: RequestCounts) -> None:
        self._watch = watch
        self._counts = counts
        self._kept: _Reading | None = None
        self._lock = threading.Lock()

    def collect(self) -> Iterator[Metric]:
        """Yield each metric, for the library to write down."""
        yield InfoMetricFamily(f"{_PREFIX}build", "What runs here", value={"version": __version__})
        yield from self._requests()
        yield from self._database()

    def _requests(self) -> Iterator[Metric]:
        requests = CounterMetricFamily(
            f"{_PREFIX}requests", "Requests answered", labels=(*_LABELS, "status")
        )
        seconds = HistogramMetricFamily(
            f"{_PREFIX}request_duration_seconds",
            "How long requests took to answer",
            labels=_LABELS,
            unit="seconds",
        )
        for each in self._counts:
            labels = (each.method, each.route)
            for status, number in each.by_status.items():
                requests.add_metric((*labels, status), number)
            buckets = list(zip(_BOUNDS, accumulate(each.buckets), strict=True))
            seconds.add_metric(labels, buckets, sum_value=each.seconds)
        yield requests
        yield seconds

    def _database(self) -> Iterator[Metric]:
        reading = self._read()
        figures = reading.figures
        yield _gauge("database_up", "Whether the database can be asked", int(figures is not None))
        yield _gauge(
            "database_disk_full",
            "Whether the database has no room left to write",
            int(reading.is_disk_full),
        )
        if figures is None:
            return
        yield _gauge(
            "database_read_duration_seconds",
            "How long the database took to answer one small read",
            figures.read_seconds,
            unit="seconds",
        )
        interviews = GaugeMetricFamily(
            f"{_PREFIX}interviews", "Interviews of all tenants", labels=("state",)
        )
        for state in State:
            interviews.add_metric((state,), figures.by_state.get(state, 0))
        yield interviews
        backlog = figures.backlog
        queue = GaugeMetricFamily(
            f"{_PREFIX}queue_length",
            f"What is due: plans and assessments, webhooks and mails; {_UP_TO}",
            labels=("kind",),
        )
        queue.add_metric(("work",), backlog.due_work)
        queue.add_metric(("webhooks",), backlog.due_deliveries)
        queue.add_metric(("mails",), backlog.due_mails)
        yield queue
        yield _gauge(
            "queue_age_seconds",
            "For how long the oldest of what is due has waited",
            backlog.oldest_due_seconds(reading.at),
            unit="seconds",
        )
        yield _gauge(
            "work_failed",
            f"Interviews whose background work failed, and is tried again; {_UP_TO}",
            backlog.failed_work,
        )
        yield _gauge(
            "webhooks_undelivered", f"Webhooks not delivered yet; {_UP_TO}", backlog.undelivered
        )
        yield _gauge("webhooks_dead", f"Webhooks that were given up; {_UP_TO}", backlog.dead)
        yield _gauge("mails_unsent", f"Mails not sent yet; {_UP_TO}", backlog.unsent_mails)
        yield _gauge("mails_dead", f"Mails that were given up; {_UP_TO}", backlog.dead_mails)
        workers = figures.workers
        yield _gauge("workers_alive", "Workers seen within the last 45 seconds", workers.alive)
        if workers.last_seen_at is not None:
            yield _gauge(
                "worker_last_seen_timestamp_seconds",
                "When a worker was last seen, since 1970",
                workers.last_seen_at.timestamp(),
                unit="seconds",
            )

    def _read(self) -> _Reading:
        """Return what was read a moment ago, or read it now: one thread at a time does."""
        with self._lock:
            now = clock.now()
            if self._kept is None or not self._kept.at <= now < self._kept.at + KEPT:
                self._kept = self._read_now(now)
            return self._kept

    def _read_now(self, now: datetime) -> _Reading:
        try:
            figures = self._watch.figures(now)
        except DatabaseUnavailable as error:
            log.warning("the database cannot be asked for its figures: %s", error)
            return _Reading(now, None, is_disk_full=False)
        return _Reading(now, figures, self._watch.is_disk_full(figures.workers))


def _gauge(name: str, documentation: str, value: float, *, unit: str = "") -> Metric:
    return GaugeMetricFamily(f"{_PREFIX}{name}", documentation, value, unit=unit)


def init_app(app: Flask, settings: Settings, watch: Watch) -> None:
    """Count the requests of an application that has all of its routes, and serve `/metrics`."""
    token = settings.metrics_token.encode()
    blueprint = Blueprint("metrics", __name__)

    @blueprint.get("/metrics")
    def page() -> Response:
        _authenticate(token)
        text = generate_latest(metrics)  # type: ignore[no-untyped-call]
        response = Response(text, content_type=CONTENT_TYPE_LATEST)
        response.headers["Cache-Control"] = "no-store"
        return response

    app.register_blueprint(blueprint)
    routes = [(rule.rule, rule.methods or ()) for rule in app.url_map.iter_rules()]
    # Twice as many slots as processes: while new ones take over, the old ones finish.
    counts = RequestCounts(routes, slots=2 * settings.processes)
    metrics = Metrics(watch, counts)
    app.extensions[COUNTS] = counts

    @app.after_request
    def count(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule is not None else None
        seconds = time.perf_counter() - g.began
        counts.count(request.method, route, response.status_code, seconds)
        return response


def _authenticate(token: bytes) -> None:
    """Let in whoever has the token.

    :raise TokenRefused: somebody has not.
    :raise TooManyRequests: the client has tried too often.
    """
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token):
        return
    rate_limit.count_failure()
    raise TokenRefused("Missing or wrong bearer token: METRICS_TOKEN is wanted")
