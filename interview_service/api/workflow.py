"""`/workflow/interviews`: transitions, history, and another try at background work."""

from functools import wraps
from operator import attrgetter
from typing import Any, cast

from interview_service import lifecycle
from interview_service.api.blueprint import Blueprint, View
from interview_service.api.etags import IF_MATCH_ANY, accepted_versions
from interview_service.api.interviews import NOT_FOUND, STALE
from interview_service.api.schemas.pages import PartQuerySchema
from interview_service.api.schemas.workflow import (
    HistorySchema,
    StatusSchema,
    TransitionNamesSchema,
    TransitionRequestSchema,
    TransitionResultSchema,
)
from interview_service.api.services import actor, repository
from interview_service.domain.workflow import Transition, caller_transitions_from

blueprint = Blueprint(
    "workflow", __name__, url_prefix="/workflow", description="The life of an interview"
)


def _permitted(view: View) -> View:
    """Let in only who may take the transition: a kept answer is not for others either."""

    @wraps(view)
    def wrapper(given: dict[str, Any], interview_id: str) -> Any:
        lifecycle.refuse_actor(Transition(given["transition"]), actor())
        return view(given, interview_id)

    return cast(View, wrapper)


@blueprint.route("/interviews/<string:interview_id>/transition", methods=["POST"])
@blueprint.requires(None)
@blueprint.arguments(TransitionRequestSchema)
@_permitted
@blueprint.idempotent
@blueprint.response(200, TransitionResultSchema, about=attrgetter("interview_id"))
@blueprint.errors({**NOT_FOUND, **STALE})
@blueprint.doc(parameters=[IF_MATCH_ANY])
def take_transition(given: dict[str, Any], interview_id: str) -> Any:
    """Take a transition

    Each transition has its own permission. Those that only the service makes are 403; one that the
    present state does not allow is 409, and the message names those that are allowed. If-Match sees
    to it that nothing is approved but what the caller has seen.
    """
    return lifecycle.transition(
        repository(),
        interview_id,
        Transition(given["transition"]),
        actor(),
        reason=given.get("reason"),
        scheduled_at=given.get("scheduled_at"),
        duration_minutes=given.get("duration_minutes"),
        location=given.get("location"),
        verdict=given.get("decision"),
        versions=accepted_versions(),
    )


@blueprint.route("/interviews/<string:interview_id>/history", methods=["GET"])
@blueprint.requires("interview:read")
@blueprint.arguments(PartQuerySchema, location="query")
@blueprint.response(200, HistorySchema)
@blueprint.errors(NOT_FOUND)
def read_history(query: dict[str, Any], interview_id: str) -> Any:
    """Get the history

    The transitions, oldest first.
    """
    limit = query["limit"]
    page = lifecycle.history_of(repository(), interview_id, limit=limit, after=query.get("cursor"))
    return {"data": page.rows, "meta": {"limit": limit, "next_cursor": page.next_place}}


@blueprint.route("/interviews/<string:interview_id>/available-transitions", methods=["GET"])
@blueprint.requires("interview:read")
@blueprint.response(200, TransitionNamesSchema)
@blueprint.errors(NOT_FOUND)
def read_available_transitions(interview_id: str) -> Any:
    """Get the available transitions

    Those that this caller may trigger now.
    """
    found = lifecycle.interview(repository(), interview_id, actor()).interview
    return {"data": caller_transitions_from(found.workflow_state, actor().permissions)}


@blueprint.route("/interviews/<string:interview_id>/retry", methods=["POST"])
@blueprint.requires("interview:approve")
@blueprint.idempotent
@blueprint.response(202, StatusSchema, about=attrgetter("interview.id"))
@blueprint.errors(NOT_FOUND)
def retry_background_work(interview_id: str) -> Any:
    """Try background work again

    At once, instead of when `status.error` says. 409 where the interview waits for no such work.
    """
    run_id = lifecycle.retry(repository(), interview_id, actor())
    return lifecycle.status(repository(), run_id, actor())
