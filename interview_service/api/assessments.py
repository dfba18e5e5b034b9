"""`/interviews/:id/assessment`: what was drafted of an interview, for people to judge."""

from http import HTTPStatus
from typing import Any

from interview_service import lifecycle
from interview_service.api.blueprint import Blueprint
from interview_service.api.etags import ETAG_HEADER, IF_NONE_MATCH, etag
from interview_service.api.interviews import SAME
from interview_service.api.schemas.assessments import AssessmentSchema
from interview_service.api.services import repository

blueprint = Blueprint("assessments", __name__, description="Assessments of interviews")


@blueprint.route("/interviews/<string:interview_id>/assessment", methods=["GET"])
@blueprint.requires("interview:read")
@blueprint.response(200, AssessmentSchema, headers=ETAG_HEADER)
@blueprint.alt_response(304, **SAME, success=True)
@blueprint.errors({HTTPStatus.NOT_FOUND: "No such interview, or it has no assessment yet"})
@blueprint.doc(parameters=[IF_NONE_MATCH])
def read_assessment(interview_id: str) -> Any:
    """Get the assessment

    There is one after COMPLETED, once it has been drafted.
    """
    assessment = lifecycle.current_assessment(repository(), interview_id)
    return assessment, etag(assessment.id)
