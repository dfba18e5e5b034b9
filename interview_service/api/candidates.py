"""`/candidates`: a candidate's data handed out and erased."""

from typing import Any

from interview_service import lifecycle
from interview_service.api.auth import caller
from interview_service.api.blueprint import Blueprint
from interview_service.api.etags import IF_MATCH, accepted_versions
from interview_service.api.exports import document
from interview_service.api.idempotency import ViewResponse
from interview_service.api.interviews import NOT_FOUND, STALE
from interview_service.api.schemas.candidates import (
    CandidateExportSchema,
    CandidateSchema,
    ErasedSchema,
)
from interview_service.api.services import actor, repository
from interview_service.domain.clock import clock

blueprint = Blueprint("candidates", __name__, description="Candidates' data")


@blueprint.route("/candidates/export", methods=["GET"])
@blueprint.requires("candidate:export")
@blueprint.arguments(CandidateSchema, location="query")
@blueprint.response(200, CandidateExportSchema)
def export_candidate(query: dict[str, Any]) -> Any:
    """Hand out what is kept on a candidate

    One JSON document of all of their interviews with everything that hangs on them: plans, the
    transcript, scorecards with drafts and versions, assessments, history, and what was sent. Where
    nothing is kept, `interviews` is empty. It stands in the audit log.
    """
    email = query["email"]
    interviews = lifecycle.export(repository(), email, actor())
    pieces = document(interviews, email=email, tenant_id=caller().tenant_id, at=clock.now())
    response = ViewResponse(pieces, mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="candidate.json"'
    return response


@blueprint.route("/candidates/erase", methods=["POST"])
@blueprint.requires("candidate:erase")
@blueprint.idempotent_in_steps
@blueprint.arguments(CandidateSchema)
@blueprint.response(200, ErasedSchema)
def erase_candidate(given: dict[str, Any]) -> Any:
    """Erase a candidate's data

    From all of their interviews, one after the other; it cannot be undone. States, scores, dates
    and decisions stay, and so does what the interviews say of the job. Interviews that are not over
    are CANCELLED. Erasing again is harmless: it finds nothing.
    """
    return {"interview_ids": lifecycle.erase_candidate(repository(), given["email"], actor())}


@blueprint.route("/interviews/<string:interview_id>/candidate-data", methods=["DELETE"])
@blueprint.requires("candidate:erase")
@blueprint.response(204)
@blueprint.errors({**NOT_FOUND, **STALE})
@blueprint.doc(parameters=[IF_MATCH])
def erase_interview(interview_id: str) -> None:
    """Erase a candidate's data from one interview

    As `POST /candidates/erase` does from all. The record stays, with `candidateErasedAt`; every
    later change of it is 409. Erasing again is harmless, and is 204 again.
    """
    lifecycle.erase_interview(repository(), interview_id, actor(), versions=accepted_versions())
