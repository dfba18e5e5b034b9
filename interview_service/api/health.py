"""`/health`: is the process alive, and can it do its work? For load balancers and people."""

from http import HTTPStatus
from typing import Any

from interview_service.api.blueprint import Blueprint
from interview_service.api.schemas.health import CheckSchema
from interview_service.api.services import services
from interview_service.domain.clock import clock
from interview_service.domain.errors import DatabaseUnavailable
from interview_service.repository.watching import Watch

blueprint = Blueprint("health", __name__, url_prefix="/health", description="Is it well?")

_UNREACHABLE = {"database": "cannot be reached", "schema": "unknown"}


@blueprint.route("/live", methods=["GET"])
@blueprint.probe
@blueprint.response(200, CheckSchema)
def read_liveness() -> Any:
    """Tell that the process answers"""
    return {"status": "ok"}


@blueprint.route("/ready", methods=["GET"])
@blueprint.probe
@blueprint.response(200, CheckSchema)
@blueprint.alt_response(503, schema=CheckSchema, description="It cannot do its work now")
def read_readiness() -> Any:
    """Tell whether requests can be served

    The database can be reached and its schema is current. Without a living worker, or with a full
    disk, the status is `degraded` and still 200: requests are served, and a load balancer that took
    every machine out would make an outage of it.
    """
    watch = services().watch
    try:
        fault = watch.schema_fault()
        if fault is None:
            return _served(watch)
        checks = {"database": "ok", "schema": fault}
    except DatabaseUnavailable:
        checks = _UNREACHABLE
    return {"status": "unavailable", "checks": checks}, HTTPStatus.SERVICE_UNAVAILABLE


def _served(watch: Watch) -> dict[str, Any]:
    now = clock.now()
    workers = watch.workers(now)
    backlog = watch.backlog(now)
    checks = {"database": "ok", "schema": "ok", "disk": "ok", "worker": "ok"}
    if watch.is_disk_full(workers):
        checks["disk"] = "disk full: nothing can be written"
    if not workers.alive:
        checks["worker"] = "none is alive: start interview-service worker"
    well = all(each == "ok" for each in checks.values())
    return {
        "status": "ok" if well else "degraded",
        "checks": checks,
        "worker": {"alive": workers.alive > 0, "last_seen_at": workers.last_seen_at},
        "oldest_due_seconds": int(backlog.oldest_due_seconds(now)),
        "details": {"deadDeliveries": backlog.dead},
    }
