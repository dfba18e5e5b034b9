"""`/interviews/:id/scorecards`: what interviewers hand in."""

from http import HTTPStatus
from typing import Any

from interview_service import lifecycle
from interview_service.api.blueprint import Blueprint
from interview_service.api.etags import (
    ETAG_HEADER,
    IF_MATCH,
    IF_NONE_MATCH,
    accepted_versions,
    etag,
)
from interview_service.api.interviews import NOT_FOUND, SAME, STALE
from interview_service.api.schemas.scorecards import (
    ScorecardPutSchema,
    ScorecardSchema,
    ScorecardsSchema,
    ScorecardVersionsSchema,
)
from interview_service.api.services import actor, repository

blueprint = Blueprint("scorecards", __name__, description="Scorecards of interviewers")

_NO_CARD = {HTTPStatus.NOT_FOUND: "No such interview, or no scorecard of this person"}
_CLOSED = {
    HTTPStatus.CONFLICT: "The plan is not approved yet, the verdict has been given, or 50 people "
    "have a scorecard already"
}
_ONE = "/interviews/<string:interview_id>/scorecards"


@blueprint.route(_ONE, methods=["GET"])
@blueprint.requires("interview:read")
@blueprint.response(200, ScorecardsSchema)
@blueprint.errors(NOT_FOUND)
def read_scorecards(interview_id: str) -> Any:
    """Get the scorecards

    Others' are seen once you have handed in your own, with interview:approve, and when the
    interview has ended. Drafts are seen by their authors alone.
    """
    return {"data": lifecycle.scorecards_of(repository(), interview_id, actor())}


@blueprint.route(f"{_ONE}/me", methods=["GET"])
@blueprint.requires("interview:score")
@blueprint.response(200, ScorecardSchema, headers=ETAG_HEADER)
@blueprint.alt_response(304, **SAME, success=True)
@blueprint.errors(_NO_CARD)
@blueprint.doc(parameters=[IF_NONE_MATCH])
def read_own_scorecard(interview_id: str) -> Any:
    """Get your own scorecard"""
    shown = lifecycle.own_scorecard(repository(), interview_id, actor())
    return shown, etag(shown.card.tag)


@blueprint.route(f"{_ONE}/me", methods=["PUT"])
@blueprint.requires("interview:score")
@blueprint.arguments(ScorecardPutSchema)
@blueprint.response(200, ScorecardSchema, headers=ETAG_HEADER)
@blueprint.errors({**NOT_FOUND, **_CLOSED, **STALE})
@blueprint.doc(parameters=[IF_MATCH])
def put_own_scorecard(given: lifecycle.GivenScorecard, interview_id: str) -> Any:
    """Save your own scorecard, or hand it in

    From the plan's approval until the verdict, as often as you like. `submitted: true` hands it in:
    the assessment's numbers are made of what was handed in. `submitted: false` is a draft; of one
    that was handed in, it withdraws it. API keys cannot hand in scorecards: only people judge.
    """
    shown = lifecycle.put_scorecard(
        repository(), interview_id, given, actor(), versions=accepted_versions()
    )
    return shown, etag(shown.card.tag)


@blueprint.route(f"{_ONE}/me", methods=["DELETE"])
@blueprint.requires("interview:score")
@blueprint.response(204)
@blueprint.errors({**_NO_CARD, **_CLOSED, **STALE})
@blueprint.doc(parameters=[IF_MATCH])
def delete_own_scorecard(interview_id: str) -> None:
    """Remove your own scorecard"""
    lifecycle.delete_scorecard(repository(), interview_id, actor(), versions=accepted_versions())


@blueprint.route(f"{_ONE}/<path:interviewer>/versions", methods=["GET"])
@blueprint.requires("interview:approve")
@blueprint.response(200, ScorecardVersionsSchema)
@blueprint.errors({HTTPStatus.NOT_FOUND: "No such interview, or nothing handed in by this person"})
def read_scorecard_versions(interview_id: str, interviewer: str) -> Any:
    """Get the versions of a scorecard

    As this person has handed it in, newest first: the last 50 times.
    """
    return {"data": lifecycle.scorecard_versions(repository(), interview_id, interviewer)}
