"""`/interviews/:id/plan` and `/plans`: the plan, plans that people put in, and earlier ones."""

from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from flask import request

from interview_service import lifecycle
from interview_service.api.blueprint import Blueprint
from interview_service.api.etags import (
    ETAG_HEADER,
    IF_MATCH_ANY,
    IF_NONE_MATCH,
    accepted_versions,
    etag,
)
from interview_service.api.idempotency import ViewResponse
from interview_service.api.interviews import CONFLICT, NOT_FOUND, SAME, STALE
from interview_service.api.schemas.pages import PlansQuerySchema
from interview_service.api.schemas.plans import PlanReplaceSchema, PlanSchema, PlansSchema
from interview_service.api.services import actor, repository
from interview_service.web.kit import kit_page

blueprint = Blueprint("plans", __name__, description="Plans of interviews")


@blueprint.route("/interviews/<string:interview_id>/plan", methods=["GET"])
@blueprint.requires("interview:read")
@blueprint.response(200, PlanSchema, headers=ETAG_HEADER)
@blueprint.alt_response(304, **SAME, success=True)
@blueprint.errors({HTTPStatus.NOT_FOUND: "No such interview, or it has no plan yet"})
@blueprint.doc(parameters=[IF_NONE_MATCH])
def read_plan(interview_id: str) -> Any:
    """Get the plan

    There is one from PENDING on. `Accept: text/html` gets it as an interview kit to print, with
    boxes for ratings.
    """
    plan = lifecycle.current_plan(repository(), interview_id)
    if request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html":
        interview = lifecycle.interview(repository(), interview_id, actor()).interview
        zone = ZoneInfo(lifecycle.tenant_settings(repository()).time_zone)
        page = kit_page(interview, plan, zone)
        return ViewResponse(page, mimetype="text/html", headers={"Vary": "Accept"})
    return plan, {**etag(plan.id), "Vary": "Accept"}


@blueprint.route("/interviews/<string:interview_id>/plan", methods=["PUT"])
@blueprint.requires("interview:update")
@blueprint.arguments(PlanReplaceSchema)
@blueprint.response(200, PlanSchema, headers=ETAG_HEADER)
@blueprint.errors({**NOT_FOUND, **CONFLICT, **STALE})
@blueprint.doc(parameters=[IF_MATCH_ANY])
def replace_plan(given: dict[str, Any], interview_id: str) -> Any:
    """Replace the plan

    While PENDING: by hand, or by an agent of your own. The sections' durations must add up.
    """
    plan = lifecycle.replace_plan(
        repository(), interview_id, given["structure"], actor(), versions=accepted_versions()
    )
    return plan, etag(plan.id)


@blueprint.route("/interviews/<string:interview_id>/plans", methods=["GET"])
@blueprint.requires("interview:read")
@blueprint.arguments(PlansQuerySchema, location="query")
@blueprint.response(200, PlansSchema)
@blueprint.errors(NOT_FOUND)
def read_plans(query: dict[str, Any], interview_id: str) -> Any:
    """Get the plans that there were

    Newest first, each with the feedback that it was made with. A page ends at 1 MiB as well.
    """
    limit = query["limit"]
    page = lifecycle.plans_of(repository(), interview_id, limit=limit, before=query.get("cursor"))
    return {"data": page.rows, "meta": {"limit": limit, "next_cursor": page.next_place}}
