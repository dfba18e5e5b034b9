"""`/interviews/:id/assessment` and `/assessments`: what people, a model and the words say."""

from http import HTTPStatus
from typing import Any

from interview_service import lifecycle
from interview_service.api.blueprint import Blueprint
from interview_service.api.etags import ETAG_HEADER, IF_NONE_MATCH, etag
from interview_service.api.interviews import NOT_FOUND, SAME
from interview_service.api.schemas.assessments import AssessmentSchema, AssessmentsSchema
from interview_service.api.schemas.pages import PlansQuerySchema
from interview_service.api.services import actor, repository

blueprint = Blueprint("assessments", __name__, description="Assessments of interviews")


@blueprint.route("/interviews/<string:interview_id>/assessment", methods=["GET"])
@blueprint.requires("interview:read")
@blueprint.response(200, AssessmentSchema, headers=ETAG_HEADER)
@blueprint.alt_response(304, **SAME, success=True)
@blueprint.errors({HTTPStatus.NOT_FOUND: "No such interview, or it has no assessment yet"})
@blueprint.doc(parameters=[IF_NONE_MATCH])
def read_assessment(interview_id: str) -> Any:
    """Get the assessment

    There is one after COMPLETED, once there is a transcript or a scorecard. `basis` says whose the
    numbers are: people's scorecards, else a language model's draft; from the words alone there are
    none, for no rule judges anybody. An interviewer who has not handed in a scorecard yet does not
    see what others think.
    """
    shown = lifecycle.current_assessment(repository(), interview_id, actor())
    return shown.assessment, etag(shown.tag)


@blueprint.route("/interviews/<string:interview_id>/assessments", methods=["GET"])
@blueprint.requires("interview:read")
@blueprint.arguments(PlansQuerySchema, location="query")
@blueprint.response(200, AssessmentsSchema)
@blueprint.errors(NOT_FOUND)
def read_assessments(query: dict[str, Any], interview_id: str) -> Any:
    """Get the assessments that there were

    Newest first, 50 at most; those before the present one come without `transcript`. A page ends at
    1 MiB as well.
    """
    limit = query["limit"]
    page = lifecycle.assessments_of(
        repository(), interview_id, actor(), limit=limit, before=query.get("cursor")
    )
    return {"data": page.rows, "meta": {"limit": limit, "next_cursor": page.next_place}}
