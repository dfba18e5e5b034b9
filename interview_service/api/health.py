"""`/health`: is the process alive, and can it do its work? For load balancers and people."""

from http import HTTPStatus
from typing import Any

from interview_service.api.blueprint import Blueprint
from interview_service.api.schemas.health import CheckSchema
from interview_service.api.services import services

blueprint = Blueprint("health", __name__, url_prefix="/health", description="Is it well?")


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

    The database can be reached and its schema is current.
    """
    checks = services().readiness()
    well = not any(checks.values())
    shown = {name: fault or "ok" for name, fault in checks.items()}
    body: dict[str, Any] = {"status": "ok" if well else "unavailable", "checks": shown}
    if well:
        body["details"] = services().details()
    return body, HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE
